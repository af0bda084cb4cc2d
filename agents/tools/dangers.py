"""What bandit and detect-secrets find in a tree: dangerous code, and secrets that are committed."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from agents.ports import Completed, Limits, Target
from agents.tools.own import own_tool
from agents.workspace.layout import is_test_path, read_ini, read_toml
from ledger.events import Finding

LIMITS = Limits(wall=300, cpu=300, output=64 * 1024 * 1024)
GUESSES = ("Base64HighEntropyString", "HexHighEntropyString", "KeywordDetector", "IPPublicDetector")
"""Detectors that find what merely looks unusual: hashes, versions, words such as `password`."""
LOOKED_AT = "detect_secrets.filters.allowlist.is_line_allowlisted"


class Dangers(NamedTuple):
    """What was found; nothing counts when `why` says why one of the tools could not look."""

    code: tuple[Finding, ...] = ()
    secrets: tuple[Finding, ...] = ()
    in_tests: int = 0
    """Secrets in tests: they are made up."""
    tool: str = ""
    seconds: float = 0.0
    why: str = ""


class Part(NamedTuple):
    """What one tool found, or why it could not look."""

    findings: tuple[Finding, ...] = ()
    seconds: float = 0.0
    why: str = ""


async def find_dangers(target: Target, files: Sequence[str], trusted: Path) -> Dangers:
    """Run both tools isolated, bandit on `files`, with the tests that `trusted` skips; `nosec` hides nothing."""
    code = await code_dangers(target, files, trusted) if files else Part()
    secrets = await committed_secrets(target) if not code.why else Part()
    if code.why or secrets.why:
        return Dangers(tool=both_tools(), why=code.why or secrets.why)
    return as_dangers(code.findings, secrets.findings, code.seconds + secrets.seconds)


def as_dangers(code: Iterable[Finding], secrets: Iterable[Finding], seconds: float) -> Dangers:
    """Return what both tools found in one: secrets in tests are only counted."""
    every = sorted(secrets, key=_place)
    found = tuple(finding for finding in every if not is_test_path(finding.path))
    return Dangers(tuple(sorted(code, key=_place)), found, len(every) - len(found), both_tools(), seconds)


def both_tools() -> str:
    """Return names and versions."""
    return f"{own_tool('bandit', 'bandit').version}, {own_tool('detect_secrets', 'detect-secrets').version}"


async def code_dangers(target: Target, files: Sequence[str], trusted: Path) -> Part:
    """Run bandit on these files."""
    bandit = own_tool("bandit", "bandit", without=("yaml", "rich.progress"))  # its settings, and a bar for terminals
    empty = ("--ini", "/dev/null", "-x", "/nonexistent")
    argv = [*bandit.argv, "-q", "-f", "json", "--exit-zero", "--ignore-nosec", *empty, *skipped(trusted)]
    done = await target.run([*argv, "--", *files], limits=LIMITS, shown=bandit.shown)
    answer = _answer(done)
    if isinstance(answer, str):
        return Part(why=f"bandit could not measure: {answer}")
    return Part(tuple(_of_bandit(answer)), done.seconds)


async def committed_secrets(target: Target, files: Sequence[str] = ()) -> Part:
    """Run detect-secrets on these files, or on every file of the project."""
    secrets = own_tool("detect_secrets", "detect-secrets", without=("requests",))  # asks whether they are live
    argv = [*secrets.argv, "scan", "--all-files", "--no-verify", "--disable-filter", LOOKED_AT]
    argv += [word for detector in GUESSES for word in ("--disable-plugin", detector)]
    named = [f"./{path}" for path in files] or ["."]
    done = await target.run([*argv, *named], limits=LIMITS, shown=secrets.shown)
    answer = _answer(done)
    if isinstance(answer, str):
        return Part(why=f"detect-secrets could not measure: {answer}")
    return Part(tuple(_of_secrets(answer)), done.seconds)


def skipped(trusted: Path) -> list[str]:
    """Return which of bandit's tests the trusted checkpoint leaves out, as arguments."""
    tool = read_toml(trusted / "pyproject.toml").get("tool")
    table: Any = tool.get("bandit") if isinstance(tool, dict) else None
    ini = read_ini(trusted / ".bandit")
    if not isinstance(table, dict):
        table = dict(ini.items("bandit")) if ini.has_section("bandit") else {}
    given = []
    for key, option in (("tests", "-t"), ("skips", "-s")):
        named = table.get(key) or []
        codes = named.split(",") if isinstance(named, str) else named if isinstance(named, list) else []
        known = [code for code in (str(each).strip() for each in codes) if code.isalnum()]
        given += [option, ",".join(known)] if known else []
    return given


def _of_bandit(answer: Mapping[str, Any]) -> Iterator[Finding]:
    for found in answer.get("results", []):
        if found.get("issue_severity") in ("MEDIUM", "HIGH"):
            yield Finding(
                rule=str(found["test_id"]), message=str(found["issue_text"]).splitlines()[0][:500],
                path=str(found["filename"]).removeprefix("./"), line=int(found["line_number"]),
            )  # fmt: skip
    for unread in answer.get("errors", []):
        # What is not read hides everything in it.
        path = str(unread.get("filename", "")).removeprefix("./")
        yield Finding(rule="unreadable", message=f"bandit cannot read it: {unread.get('reason')}"[:500], path=path)


def _of_secrets(answer: Mapping[str, Any]) -> Iterator[Finding]:
    for path, rows in answer.get("results", {}).items():
        for row in rows:
            # The secret itself, and its hash, stay where they are.
            yield Finding(
                rule="secret", message=f"{row.get('type', 'secret')} is committed: revoke it, then take it out",
                path=str(path).removeprefix("./"), line=int(row.get("line_number") or 0),
            )  # fmt: skip


def _answer(done: Completed) -> Mapping[str, Any] | str:
    """Return the tool's answer, or why there is none."""
    if done.outcome != "exited":
        return f"ended by the limit of {done.outcome}"
    try:
        answer = json.loads(done.stdout)
    except ValueError:
        answer = None
    if (
        done.exit
        or done.truncated
        or not isinstance(answer, dict)
        or not isinstance(answer.get("results"), dict | list)
    ):
        lines = done.stderr.decode("utf-8", "replace").strip().splitlines()
        return lines[-1][:300] if lines else f"exit status {done.exit}"
    return answer


def _place(finding: Finding) -> tuple[str, int, str, str]:
    return finding.path, finding.line, finding.rule, finding.message
