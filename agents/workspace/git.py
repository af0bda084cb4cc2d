"""Git plumbing, nothing else: one way to call git, blind to every configuration, hook and filter but our own."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

QUIET = (
    "core.hooksPath=/dev/null",
    "core.fsmonitor=false",
    "core.untrackedCache=false",
    "core.quotePath=false",
    "core.autocrlf=false",
    "core.attributesFile=/dev/null",
    "core.excludesFile=/dev/null",
    "core.logAllRefUpdates=false",
    "core.fsync=committed,loose-object",
    "gc.auto=0",
    "maintenance.auto=false",
    "safe.directory=*",
    "commit.gpgSign=false",
    "diff.external=",
    "merge.renames=true",
    "user.name=Kaizen",
    "user.email=kaizen@localhost",
)


OLDEST = (2, 38)
"""The first git that merges trees without a work tree."""
PATIENCE = 1800.0
"""Seconds a git command may take: a pipe among what it reads would hold it for ever."""


class GitError(Exception):
    """A git command failed; the message is its last line."""

    def __init__(self, arguments: Sequence[str], status: int, stderr: str) -> None:
        lines = [line for line in stderr.strip().splitlines() if line.strip()]
        said = lines[-1] if lines else f"exit status {status}"
        super().__init__(f"git {arguments[0] if arguments else ''}: {said}")
        self.status, self.stderr = status, stderr


class Git:
    """Runs git on one repository."""

    def __init__(self, git_dir: Path) -> None:
        self.git_dir = git_dir

    def __call__(
        self,
        *arguments: str,
        stdin: bytes = b"",
        index: Path | None = None,
        work_tree: Path | None = None,
        env: Mapping[str, str] | None = None,
    ) -> str:
        """Return standard output without its last newline; raise GitError."""
        said = self.raw(*arguments, stdin=stdin, index=index, work_tree=work_tree, env=env)
        return said.decode("utf-8", "surrogateescape").rstrip("\n")

    def raw(
        self,
        *arguments: str,
        stdin: bytes = b"",
        index: Path | None = None,
        work_tree: Path | None = None,
        env: Mapping[str, str] | None = None,
    ) -> bytes:
        """Return standard output as bytes; `index` and `work_tree` replace the repository's own."""
        variables = {**_environment(), **(env or {}), "GIT_DIR": str(self.git_dir)}
        if index is not None:
            variables["GIT_INDEX_FILE"] = str(index)
        if work_tree is not None:
            variables["GIT_WORK_TREE"] = str(work_tree)
        settings = [part for setting in QUIET for part in ("-c", setting)]
        return _run([*settings, *arguments], arguments, variables, work_tree or self.git_dir, stdin)

    def ok(self, *arguments: str) -> bool:
        """Return whether the command succeeds."""
        try:
            self.raw(*arguments)
        except GitError:
            return False
        return True


def git_dir_of(path: Path) -> tuple[Path, Path]:
    """Return (git directory, top of the work tree) of the repository that holds `path`; raise GitError."""
    # One question each: a name may hold the end of a line.
    return _place(path, "--absolute-git-dir"), _place(path, "--show-toplevel")


def _place(path: Path, question: str) -> Path:
    settings = [part for setting in QUIET for part in ("-c", setting)]
    try:
        said = _run([*settings, "rev-parse", question], ("rev-parse",), _environment(), path)
    except OSError as error:
        raise GitError(("rev-parse",), 127, f"{path} cannot be entered, or git be started ({error})") from error
    return Path(os.fsdecode(said.removesuffix(b"\n")))


def _run(
    argv: Sequence[str], named: Sequence[str], variables: Mapping[str, str], folder: Path, stdin: bytes = b""
) -> bytes:
    """Return standard output; `named` is what an error calls the command."""
    with subprocess.Popen(
        ["git", *argv],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=variables,
        cwd=folder,
    ) as child:
        try:
            said, complaint = child.communicate(stdin, PATIENCE)
        except BaseException as error:
            child.kill()
            if isinstance(error, subprocess.TimeoutExpired):
                raise GitError(named, 124, f"it had no end within {PATIENCE:g} s: see what git reads there") from error
            raise
    if child.returncode != 0:
        raise GitError(named, child.returncode, complaint.decode("utf-8", "replace"))
    return said


def _environment() -> dict[str, str]:
    return {
        "PATH": os.defpath + ":/usr/local/bin",
        "HOME": "/nonexistent",
        "LC_ALL": "C.UTF-8",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": "/dev/null",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_NO_REPLACE_OBJECTS": "1",
        "GIT_LITERAL_PATHSPECS": "1",
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_ALLOW_PROTOCOL": "file",
    }


def version_of_git() -> tuple[int, ...]:
    """Return git's version, empty when there is none."""
    if shutil.which("git", path=_environment()["PATH"]) is None:
        return ()
    done = subprocess.run(["git", "version"], capture_output=True, env=_environment(), text=True, check=False)
    words = done.stdout.split()
    return tuple(int(part) for part in words[2].split(".") if part.isdigit()) if len(words) > 2 else ()
