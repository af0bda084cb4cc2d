"""Turn an example into a git repository with its own small history.

A repository cannot lie inside a repository, so an example ships its last state as plain files and, in
`history/commits.toml`, the commits that led there: which files each one added, and a patch for the files it changed.

    python examples/unpack.py examples/pantry /tmp/pantry
"""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any


class UnpackError(Exception):
    """The example cannot be unpacked; the message says what to do."""


def unpack(example: Path, to: Path) -> Path:
    """Build the repository at `to`, which must be missing or empty, and return it; commit ids are always the same."""
    if to.exists() and any(to.iterdir()):
        raise UnpackError(f"{to} is not empty: give a new directory")
    commits = read_history(example)
    to.mkdir(parents=True, exist_ok=True)
    copy_files(example, to, commits)
    git(to, "init", "--quiet", "--template=", "--initial-branch=main", "--object-format=sha1")
    for commit in reversed(commits):
        if "patch" in commit:
            git(to, "apply", "--reverse", str((example / "history" / commit["patch"]).resolve()))
    for commit in commits:
        replay(example, to, commit)
    if left := git(to, "status", "--porcelain").strip():
        raise UnpackError(f"the history of {example.name} does not end at its files: {left.splitlines()[0]}")
    return to


def read_history(example: Path) -> list[dict[str, Any]]:
    """Return the commits of an example, oldest first."""
    path = example / "history" / "commits.toml"
    if not path.is_file():
        raise UnpackError(f"{example} is no example: {path} is missing")
    commits: list[dict[str, Any]] = tomllib.loads(path.read_text(encoding="utf-8"))["commit"]
    return commits


def copy_files(example: Path, to: Path, commits: list[dict[str, Any]]) -> None:
    """Copy the files that some commit adds; caches and other strays stay behind."""
    for name in (name for commit in commits for name in commit["adds"]):
        target = to / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes((example / name).read_bytes())


def replay(example: Path, to: Path, commit: dict[str, Any]) -> None:
    """Make one commit, with its own author and date and nobody else's configuration."""
    if "patch" in commit:
        git(to, "apply", str((example / "history" / commit["patch"]).resolve()))
    git(to, "add", "--update")
    git(to, "add", "--force", "--", *commit["adds"])
    name, _, address = commit["author"].rstrip(">").partition(" <")
    author = {f"GIT_{who}_{what}": value for who in ("AUTHOR", "COMMITTER")
              for what, value in (("NAME", name), ("EMAIL", address), ("DATE", commit["date"]))}  # fmt: skip
    git(to, "commit", "--quiet", "--message", commit["subject"], extra=author)


def git(repository: Path, *arguments: str, extra: dict[str, str] | None = None) -> str:
    """Run one git command untouched by the user's configuration and hooks; return what it printed."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    alone = {"GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CEILING_DIRECTORIES": "/", "LC_ALL": "C"}
    settings = ("-c", "core.hooksPath=/dev/null", "-c", "core.autocrlf=false", "-c", "core.fileMode=false",
                "-c", "core.excludesFile=/dev/null", "-c", "gc.auto=0")  # fmt: skip
    done = subprocess.run(
        ["git", *settings, *arguments],
        cwd=repository,
        env={**kept, **alone, **(extra or {})},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise UnpackError(f"git {arguments[0]} failed: {done.stderr.strip() or 'no message'}")
    return done.stdout


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit("usage: python examples/unpack.py EXAMPLE DIRECTORY")
    try:
        print(unpack(Path(sys.argv[1]), Path(sys.argv[2])))
    except (UnpackError, OSError) as error:
        sys.exit(str(error))
