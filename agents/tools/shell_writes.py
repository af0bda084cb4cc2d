"""PURE: whether a line for the shell is meant to change files."""

from __future__ import annotations

import re
import shlex
from typing import Any

_LONGEST = 20_000
"""Characters of a command that are looked at."""
_HERE = re.compile(r"<<-?\s*([\"']?)(\w+)\1")
_WRITERS = re.compile(
    r"(?:^|[|;&(\n]|\bxargs\b|\bsudo\b)[ \t]*+(?:sed\s[^|;&\n]*(?:-[a-zA-Z]*i|--in-place)|perl\s+-\w*i|tee|mv|rm|cp|"
    r"mkdir|touch|patch|git\s+(?:apply|mv|rm|checkout|restore|revert|stash)|apply_patch|ln|chmod|truncate|black|isort|"
    r"prettier\s[^|;&\n]*(?:--write|-w)|ruff\s+(?:format|[^|;&\n]*--fix)|npm\s+(?:install|i)|npx\s[^|;&\n]*--write|gofmt\s+-w|"
    r"cargo\s+fmt)\b"
)
_INTO = re.compile(r"(?<![0-9<>&=-])>{1,2}[ \t]*+(?![>&]|/dev/|/tmp/)[\w./~$\"'{-]")


def writes_files(command: Any) -> bool:
    """Return whether a command changes files by what it says; what a program it starts does nobody knows from that."""
    plain = _without_texts(_line(command) if isinstance(command, list) else str(command))[:_LONGEST]
    return bool(_WRITERS.search(plain) or _INTO.search(plain))


def without_prompts(body: str) -> str:
    """Return lines of a console without their prompts, when every one has one."""
    lines = body.strip("\n").split("\n")
    if all(line.startswith("$ ") for line in lines if line.strip()):
        return "\n".join(line.removeprefix("$ ") for line in lines)
    return "\n".join(lines)


def _line(words: list[Any]) -> str:
    """Return a list of program and arguments as a line; of a shell what it is told to run."""
    told = [str(word) for word in words]
    if len(told) > 2 and told[0].rpartition("/")[2] in ("sh", "bash", "zsh") and told[1].endswith("c"):
        return told[2]
    return shlex.join(told)


def _without_texts(line: str) -> str:
    """Return a command without its here-documents and what stands in single quotes."""
    kept = []
    end = ""
    for row in line.split("\n"):
        if end:
            end = "" if row.strip() == end else end
            continue
        here = _HERE.search(row)
        end = here[2] if here else ""
        kept.append(re.sub(r"'[^']*'", "''", row))
    return "\n".join(kept)
