"""Repositories of the corpus: one for each layout, a commit for each side of each case, made by git plumbing."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from tests.referee.corpus.shape import LINK, Case, Files, layouts

PERSON = "A Person <person@localhost> 1700000000 +0000"


class Commits(NamedTuple):
    """The two sides of a case in its layout's repository."""

    repository: Path
    base: str
    candidate: str


class Sides(NamedTuple):
    """The files of a change before and after it."""

    id: str
    repository: str
    """Changes of one name share a repository."""
    base: Files
    candidate: Files


def build(folder: Path, chosen: Sequence[Case]) -> dict[str, Commits]:
    """Make the repositories that some cases need below a folder; return where each case is, by its id."""
    as_they_are = {case.layout: layouts()[case.layout].files for case in chosen}
    return built(folder, as_they_are, [Sides(case.id, case.layout, case.base(), case.candidate()) for case in chosen])


def built(folder: Path, projects: Mapping[str, Files], changes: Sequence[Sides]) -> dict[str, Commits]:
    """Make a repository of each project below a folder, with both sides of the changes to it, by their ids."""
    made: dict[str, Commits] = {}
    for name, files in sorted(projects.items()):
        repository = folder / name
        subprocess.run(["git", "init", "-q", "-b", "main", str(repository)], check=True)
        of_it = [change for change in changes if change.repository == name]
        stream = [_commit("main", "The project as it is", files)]
        for change in of_it:
            stream.append(_commit(f"base/{change.id}", "The project as it is", change.base))
            # The message must not say what it is: a judge that reads it would know the answer.
            stream.append(_commit(f"candidate/{change.id}", "A patch", change.candidate, f"base/{change.id}"))
        subprocess.run(["git", "fast-import", "--quiet"], input=b"".join(stream), cwd=repository, check=True)
        subprocess.run(["git", "reset", "-q", "--hard"], cwd=repository, check=True)
        heads = _heads(repository)
        for change in of_it:
            made[change.id] = Commits(repository, heads[f"base/{change.id}"], heads[f"candidate/{change.id}"])
    return made


def _commit(branch: str, message: str, files: Files, parent: str = "") -> bytes:
    lines = [f"commit refs/heads/{branch}", f"committer {PERSON}", *_data(message)]
    lines += [f"from refs/heads/{parent}"] if parent else []
    lines.append("deleteall")
    for path, text in sorted(files.items()):
        is_link = text.startswith(LINK)
        lines += [f"M {'120000' if is_link else '100644'} inline {path}", *_data(text.removeprefix(LINK))]
    return ("\n".join(lines) + "\n").encode()


def _data(text: str) -> list[str]:
    return [f"data {len(text.encode())}", text]


def _heads(repository: Path) -> dict[str, str]:
    command = ["git", "for-each-ref", "--format=%(refname:lstrip=2) %(objectname)", "refs/heads"]
    found = subprocess.run(command, cwd=repository, capture_output=True, check=True, text=True).stdout
    return dict(line.split() for line in found.splitlines())
