"""The user's repository, read and never written: what it is, which commit it has, what stands there."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from agents.workspace.git import OLDEST, Git, GitError, git_dir_of, version_of_git

EMPTY = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"
"""The tree without a file, which every git knows."""
MOST_SHOWN = 4 * 1024 * 1024
"""Bytes of one file of a commit that is read as a whole."""
_NOWHERE = frozenset({"", ".", "..", ".git", "git~1"})
_OF_LINES = ("core.autocrlf", "core.eol")
_OFF = (("clean", ""), ("smudge", ""), ("process", ""), ("required", "false"))


@dataclass(frozen=True, slots=True)
class Source:
    """What the user's repository has now."""

    commit: str
    tree: str
    branch: str
    """Short name, empty when the head is detached."""
    dirty: int
    """How many paths differ from the commit; they are left alone."""
    shallow: bool


class Unusable(Exception):
    """The path cannot be worked on; the message is one line that says what to do."""


@dataclass(frozen=True, slots=True)
class Files:
    """What stands in one commit."""

    git: Git
    commit: str
    repository: Path
    """How a person calls the place."""

    def require_usable(self, prefix: str) -> None:
        """Raise Unusable for a commit Kaizen cannot work on: submodules, or nothing to measure."""
        self.require_plain()
        if not self.has_python(prefix):
            where = self.repository / prefix
            raise Unusable(
                f"{where} has no Python file that is committed: there is nothing to measure, "
                "unless kaizen.toml names a command: [gates.NAME] command = [...]"
            )

    def has_python(self, prefix: str) -> bool:
        """Return whether a Python file of the project is committed."""
        return any(name.endswith(".py") for name in self.names(prefix))

    def names(self, prefix: str) -> list[str]:
        """Return the paths of the project's committed files, from the root of the repository."""
        place = ["--", f"{prefix}/"] if prefix else []
        raw = self.git.raw("ls-tree", "-r", "-z", "--name-only", self.commit, *place)
        return [name.decode("utf-8", "surrogateescape") for name in raw.split(b"\0") if name]

    def require_plain(self) -> None:
        """Raise Unusable for submodules, and for names that git itself lays nowhere."""
        for row in self.git.raw("ls-tree", "-r", "-z", self.commit).split(b"\0"):
            head, _, name = row.partition(b"\t")
            path = os.fsdecode(name)
            if head.startswith(b"160000"):
                raise Unusable(f"{self.repository} has submodules ({path}), they are not supported: remove them")
            if head and not _NOWHERE.isdisjoint(path.casefold().split("/")):
                raise Unusable(
                    f"{path!r} cannot stand in any folder, `git fsck` names it too: take it out of the commit"
                )

    def show(self, path: str) -> bytes | None:
        """Return a file's bytes, or None; raise Unusable for one that nobody would read."""
        name = f"{self.commit}:{path}"
        try:
            size = int(self.git.raw("cat-file", "-s", name))
            if size <= MOST_SHOWN:
                return self.git.raw("cat-file", "blob", name)
        except GitError:
            return None
        raise Unusable(f"{path} has {size} bytes, at most {MOST_SHOWN} are read: make it smaller and commit that")


def commit_of(repository: Path, *, may_be_empty: bool = False) -> Files:
    """Return the current commit of the user's repository, or the empty tree where one may begin; raise Unusable."""
    user = user_git(repository)
    if not user.ok("rev-parse", "--verify", "--quiet", "HEAD^{commit}"):
        if may_be_empty:
            return Files(user, EMPTY, repository)
        raise Unusable(f"{repository} has no commit yet: commit something first")
    return Files(user, user("rev-parse", "HEAD^{commit}"), repository)


def require_git() -> None:
    """Raise Unusable without a git that can do what is asked of it."""
    there, oldest = version_of_git(), ".".join(map(str, OLDEST))
    if there < OLDEST:
        found = f"git {'.'.join(map(str, there))} is too old" if there else "there is no git"
        raise Unusable(f"{found}: install git {oldest} or later")


def require_room(repository: Path) -> None:
    """Raise Unusable when no branch `kaizen/run-N` can be added to the user's repository."""
    if user_git(repository).ok("show-ref", "--verify", "--quiet", "refs/heads/kaizen"):
        raise Unusable(
            "a branch called kaizen is in the way of kaizen/run-N: rename it (`git branch -m kaizen NAME`), or run "
            "with --no-deliver"
        )


def user_git(repository: Path) -> Git:
    """Return git on the user's repository; raise Unusable when there is none."""
    return Git(_found(repository)[0])


def locate(path: Path) -> tuple[Path, str]:
    """Return (top of the work tree, the project's directory in it); raise Unusable."""
    if not os.path.isdir(path):  # noqa: PTH112 - it answers where `Path` raises: a name too long, a closed folder
        raise Unusable(f"{path} is not a directory: give the path of a git repository")
    top = _found(path)[1]
    place = path.resolve()
    if any(letter < " " or "\ud800" <= letter <= "\udfff" for letter in str(place)):
        raise Unusable(f"{str(place)!r} has letters in its name that cannot be written down: rename the directory")
    prefix = os.path.relpath(place, top.resolve())
    if prefix.split("/")[0] == "..":
        raise Unusable(
            f"the files of this repository stand in {top}, not in {place}: give that directory, or "
            "`git config --unset core.worktree`"
        )
    if os.pathsep in prefix:
        raise Unusable(f"{place} has a colon in its name, which no import path can hold: rename the directory")
    return top, "" if prefix == "." else prefix


def _found(path: Path) -> tuple[Path, Path]:
    """Return the git directory and the top of the work tree that hold a directory; raise Unusable."""
    try:
        return git_dir_of(path)
    except GitError as error:
        if "not a git repository" in error.stderr:
            raise Unusable(f"{path} is not in a git repository: run `git init` and commit first") from error
        if "must be run in a work tree" in error.stderr:
            raise Unusable(f"{path} has no files beside its history: clone it and give the clone") from error
        raise Unusable(f"{path} cannot be read as a git repository ({error}): mend that first") from error


def format_of(repository: Path) -> str:
    """Return how the user's repository names its objects."""
    return user_git(repository)("rev-parse", "--show-object-format")


def is_partial(user: Git) -> bool:
    """Return whether objects of the repository are fetched from elsewhere when they are needed."""
    return user.ok("config", "--get-regexp", r"^remote\..*\.promisor$")


def changed(user: Git, repository: Path) -> int:
    """Return how many paths of the user's work tree differ from the commit; no program is run for it.

    Git runs the filters that a repository configures, and what a repository inside names, even to look.
    """
    try:
        rows = user.raw("config", "--null", "--name-only", "--get-regexp", r"^filter\.").split(b"\0")
    except GitError:
        rows = []  # that is how git says that there is none
    drivers = sorted({os.fsdecode(row).rpartition(".")[0] for row in rows if row})
    off = [(f"{each}.{key}", value) for each in drivers for key, value in _OFF]
    env = {"GIT_CONFIG_COUNT": str(len(off))}
    for number, (key, value) in enumerate(off):
        env |= {f"GIT_CONFIG_KEY_{number}": key, f"GIT_CONFIG_VALUE_{number}": value}
    asked = ("status", "--porcelain", "--ignore-submodules=all", "--no-renames")
    return len(user(*line_ends(user), *asked, work_tree=repository, env=env).splitlines())


def line_ends(user: Git) -> tuple[str, ...]:
    """Return what the user's own repository says of line ends: without it files that did not change look changed."""
    said = [user("config", "--local", "--default", "", "--get", name) for name in _OF_LINES]
    return tuple(
        part for name, value in zip(_OF_LINES, said, strict=True) if value for part in ("-c", f"{name}={value}")
    )
