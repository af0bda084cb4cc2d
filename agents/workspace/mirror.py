"""Kaizen's own bare copy of the user's repository: the only place where Kaizen writes commits."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

from agents.workspace.git import Git, GitError
from agents.workspace.outward import objections, outward_links, require_plain_files, sizes
from agents.workspace.source import (
    EMPTY,
    Files,
    Source,
    Unusable,
    changed,
    commit_of,
    format_of,
    is_partial,
    user_git,
)
from ledger.events import FileChange

SOURCE = "refs/kaizen/source"
NEVER_ADDED = """\
__pycache__/
*.py[cod]
.pytest_cache/
.mypy_cache/
.ruff_cache/
.hypothesis/
.coverage
.coverage.*
.venv/
"""


class Entry(NamedTuple):
    """One file of a tree: git's mode and the name of its bytes."""

    mode: str
    blob: str


class Mirror:
    """Trees and commits of one repository. Nothing here is ever checked out with a `.git` in it."""

    def __init__(self, git_dir: Path, repository: Path) -> None:
        """Open the mirror, or make it; `repository` is the top of the user's work tree."""
        self.path = git_dir
        self.repository = repository
        self.git = Git(git_dir)
        if not (git_dir / "HEAD").exists():
            _make(git_dir, format_of(repository))
        self._tidy()
        (git_dir / "info").mkdir(exist_ok=True)
        (git_dir / "info" / "exclude").write_text(NEVER_ADDED)

    # --- reading the user's repository

    def take(self, *, may_be_empty: bool = False) -> Source:
        """Copy the current commit of the user's repository and say what it is; raise Unusable.

        A repository without a commit begins, when it `may_be_empty`, with an empty one that is made here.
        """
        found = commit_of(self.repository, may_be_empty=may_be_empty)
        user = found.git
        if found.commit == EMPTY:
            first = self.commit(self.git("mktree"), [], "Begin\n", 0.0)
            self.git("update-ref", SOURCE, first)
        else:
            self._fetch(user)
        commit = self.git("rev-parse", f"{SOURCE}^{{commit}}")
        Files(self.git, commit, self.repository).require_plain()
        return Source(
            commit=commit,
            tree=self.git("rev-parse", f"{commit}^{{tree}}"),
            branch=user("symbolic-ref", "--short", "-q", "HEAD") if user.ok("symbolic-ref", "-q", "HEAD") else "",
            dirty=changed(user, self.repository),
            shallow=is_partial(user) or user("rev-parse", "--is-shallow-repository") == "true",
        )

    def _fetch(self, user: Git) -> None:
        """Copy the current commit with its history; of a partial clone, whose past is elsewhere, without."""
        # A depth is heard only of an address, not of a path.
        where = (
            ("--depth=1", f"file://{quote(os.fsencode(user.git_dir))}") if is_partial(user) else (str(user.git_dir),)
        )
        try:
            self.git(
                "fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--update-shallow", *where, f"+HEAD:{SOURCE}"
            )
        except GitError as error:
            raise Unusable(
                f"{self.repository} cannot be copied ({error}): if the disk is not full, `git fsck` there says what it "
                "lacks; a partial clone gets that by `git fetch --refetch --no-filter`"
            ) from error

    def first_free_run(self) -> int:
        """Return the lowest number N above every branch or tag `kaizen/run-N` here and in the user's repository."""
        places = ("refs/heads/kaizen/", "refs/tags/kaizen/")  # of two that share a name git merges the tag
        numbers = [0]
        for git in (self.git, user_git(self.repository)):
            for ref in git("for-each-ref", "--format=%(refname)", *places).splitlines():
                tail = ref.rpartition("run-")[2]
                numbers += [int(tail)] if tail.isdigit() else []
        return max(numbers) + 1

    # --- trees and folders

    def checkout(self, tree: str, to: Path) -> None:
        """Write the files of a tree (or commit) into a new folder, without a `.git` and without links that lead out."""
        to.mkdir(parents=True)
        with self._index() as index:
            self.git("read-tree", tree, index=index)
            left_out = outward_links(self.git, tree)
            if left_out:
                names = b"".join(os.fsencode(path) + b"\0" for path in left_out)
                self.git("update-index", "--force-remove", "-z", "--stdin", stdin=names, index=index, work_tree=to)
            self.git("checkout-index", "--all", "--quiet", f"--prefix={to}/", index=index, work_tree=to)

    def snapshot(self, folder: Path, base: str) -> str:
        """Return the tree of what stands in a folder that was checked out from `base`; raise GitError for a danger."""
        require_plain_files(folder, sizes(self.git, base))
        with self._index() as index:
            self.git("read-tree", base, index=index)
            self.git("add", "--all", "--", ".", index=index, work_tree=folder)
            for path, blob in outward_links(self.git, base).items():
                if not os.path.lexists(folder / path):
                    self.git(
                        "update-index", "--add", "--cacheinfo", f"120000,{blob},{path}", index=index, work_tree=folder
                    )
            return self.git("write-tree", index=index)

    def diff(self, before: str, after: str) -> bytes:
        """Return the unified diff between two trees."""
        return self.git.raw("diff-tree", "-r", "-p", "--binary", "--no-renames", "--no-textconv", before, after)

    def changes(self, before: str, after: str) -> tuple[FileChange, ...]:
        """Return how much each file changes between two trees."""
        said = self.git.raw("diff-tree", "-r", "-z", "--numstat", "--no-renames", before, after)
        parts = [row.decode("utf-8", "backslashreplace").split("\t", 2) for row in said.split(b"\0") if row]
        return tuple(FileChange(path=p, added=_count(a), removed=_count(r)) for a, r, p in parts)

    def objections(self, before: str, after: str) -> tuple[str, ...]:
        """Return why the change between two trees may not be proposed at all."""
        return tuple(objections(self.git, before, after))

    def patch_id(self, diff: bytes) -> str:
        """Return the id of a change, the same wherever it is applied."""
        return self.git("patch-id", "--stable", stdin=diff).partition(" ")[0]

    def tree_of(self, commit: str) -> str:
        """Return the tree of a commit."""
        return self.git("rev-parse", f"{commit}^{{tree}}")

    def merge(self, base: str, tree: str, onto: str) -> str | None:
        """Return the tree of `onto` with the change from `base` to `tree`, or None when they conflict."""
        theirs = self.commit(tree, [base], "a patch to be moved\n", 0.0)
        try:
            return self.git("merge-tree", "--write-tree", onto, theirs).splitlines()[0]
        except GitError as error:
            if error.status == 1:
                return None
            raise

    # --- parts of trees

    def entries(self, tree: str) -> dict[str, Entry]:
        """Return every file of a tree (or commit), by path."""
        found = {}
        for row in self.git.raw("ls-tree", "-r", "-z", "--full-tree", tree).split(b"\0"):
            if row:
                about, _, path = row.decode("utf-8", "surrogateescape").partition("\t")
                mode, _, blob = about.split(" ")
                found[path] = Entry(mode, blob)
        return found

    def content(self, blob: str) -> bytes:
        """Return the bytes of one file."""
        return self.git.raw("cat-file", "blob", blob)

    def blob(self, content: bytes) -> str:
        """Keep the bytes of one file and return their name."""
        return self.git("hash-object", "-w", "--stdin", stdin=content)

    def with_entries(self, tree: str, changed: Mapping[str, Entry | None]) -> str:
        """Return the tree with some paths put otherwise; None takes a path away."""
        gone = Entry("0", "0" * len(self.tree_of(tree)))
        rows = [f"{(entry or gone).mode} {(entry or gone).blob}\t{path}" for path, entry in changed.items()]
        with self._index() as index:
            self.git("read-tree", tree, index=index)
            stdin = "\0".join([*rows, ""]).encode("utf-8", "surrogateescape")
            self.git("update-index", "-z", "--index-info", stdin=stdin, index=index)
            return self.git("write-tree", index=index)

    def adopt(self, revision: str) -> str:
        """Copy the tree of any revision of the user's repository here and return its id; raise Unusable.

        Nothing of its history comes along.
        """
        user = user_git(self.repository)
        try:
            tree = user("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{tree}}")
        except GitError as error:
            known = f"{self.repository} has no commit, reference or tree called {revision}"
            raise Unusable(f"{known}: see `git log --all --oneline`") from error
        pack = user.raw("pack-objects", "--revs", "--stdout", "-q", "--threads=1", stdin=f"{tree}\n".encode())
        self.git.raw("index-pack", "--stdin", "--fix-thin", stdin=pack)
        Files(self.git, tree, self.repository).require_plain()
        return tree

    # --- commits and the branch

    def commit(self, tree: str, parents: Sequence[str], message: str, at: float) -> str:
        """Write a commit; the same arguments give the same id."""
        date = f"@{int(at)} +0000"
        flags = [part for parent in parents for part in ("-p", parent)]
        dates = {"GIT_AUTHOR_DATE": date, "GIT_COMMITTER_DATE": date}
        return self.git("commit-tree", tree, *flags, stdin=message.encode(), env=dates)

    def ref(self, name: str) -> str:
        """Return what a reference points to, or an empty text."""
        try:
            return self.git("rev-parse", "--verify", "--quiet", name)
        except GitError:
            return ""

    def start_branch(self, branch: str, commit: str) -> None:
        """Make the branch, unless it stands already."""
        name = f"refs/heads/{branch}"
        if not self.ref(name):
            self.git("update-ref", name, commit, "")

    def advance(self, branch: str, marks: Mapping[str, str], parent: str) -> None:
        """Move the branch from `parent` to the last of the marked commits and set all marks, or do nothing of it.

        Done already is done.
        """
        commit = list(marks.values())[-1]
        if all(self.ref(mark) == marked for mark, marked in marks.items()):
            return
        orders = [
            "start",
            *(f"create {mark} {marked}" for mark, marked in marks.items()),
            f"update refs/heads/{branch} {commit} {parent}",
            "prepare",
            "commit",
        ]
        self.git("update-ref", "--stdin", stdin=("\n".join(orders) + "\n").encode())

    def pack(self, commit: str, have: str) -> bytes:
        """Return a thin pack of what `commit` has and `have` has not."""
        wanted = f"{commit}\n^{have}\n"
        return self.git.raw("pack-objects", "--revs", "--thin", "--stdout", "-q", stdin=wanted.encode())

    def whole_pack(self, commit: str) -> bytes:
        """Return a pack of one commit with everything its tree holds, and nothing of its history."""
        objects = self.git.raw("rev-list", "--objects", "--max-count=1", commit)
        return self.git.raw("pack-objects", "--stdout", "-q", "--threads=1", stdin=objects)

    def deliver(self, branch: str, commit: str, known: str) -> str:
        """Add the branch and its objects to the user's repository; return the reference.

        `known` is what Kaizen delivered there before, empty for a new reference: anything else found there is the
        user's and stays as it is (GitError).
        """
        user = user_git(self.repository)
        name = f"refs/heads/{branch}"
        there = user("for-each-ref", "--format=%(objectname)", name)
        if there == commit:
            return name
        have = self.git("rev-list", "--max-count=1", SOURCE)
        begun = have if user.ok("cat-file", "-e", f"{have}^{{commit}}") else ""  # unless it was made here
        wanted = "".join([f"{commit}\n", *(f"^{each}\n" for each in (begun, known) if each)])
        pack = self.git.raw("pack-objects", "--revs", "--thin", "--stdout", "-q", stdin=wanted.encode())
        user.raw("index-pack", "--stdin", "--fix-thin", stdin=pack)
        # Nobody else makes this reference: a lock of it is what a killed delivery left behind.
        lock = user.git_dir / user("rev-parse", "--git-path", f"{name}.lock")
        if lock.exists():
            lock.unlink(missing_ok=True)
        user("update-ref", "--no-deref", name, commit, known)
        return name

    def _tidy(self) -> None:
        """Remove what git and this class leave when they are killed; who opens the mirror holds the project's lease."""
        for pattern in ("**/*.lock", "objects/**/tmp_*"):
            for stray in self.path.glob(pattern):
                stray.unlink(missing_ok=True)
        for folder in self.path.glob("index-*"):
            shutil.rmtree(folder, ignore_errors=True)

    @contextmanager
    def _index(self) -> Iterator[Path]:
        folder = tempfile.mkdtemp(prefix="index-", dir=self.path)
        index = Path(folder) / "index"
        try:
            yield index
        finally:
            index.unlink(missing_ok=True)
            Path(folder).rmdir()


def _make(git_dir: Path, objects: str) -> None:
    """Make the repository beside its place and move it there whole: half of one would be taken for a repository."""
    git_dir.parent.mkdir(parents=True, exist_ok=True)
    beside = git_dir.with_name(f"{git_dir.name}.new")
    shutil.rmtree(beside, ignore_errors=True)
    beside.mkdir()
    Git(beside)("init", "--bare", "--quiet", f"--object-format={objects}", str(beside))
    if git_dir.exists():
        shutil.rmtree(git_dir)
    beside.rename(git_dir)


def _count(text: str) -> int:
    return int(text) if text.isdigit() else 0
