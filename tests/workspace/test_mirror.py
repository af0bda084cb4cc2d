"""The mirror copies a user's repository, commits in its own place, and delivers by adding only."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
from pathlib import Path

import pytest

from agents.workspace.git import GitError
from agents.workspace.mirror import Mirror
from agents.workspace.source import Unusable, locate, require_room
from agents.workspace.worktree import Worktree
from tests.support.repositories import git, make

pytestmark = pytest.mark.slow


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    return make(tmp_path / "user", {"pkg/a.py": "x = 1\n", "ä b.txt": "odd name\n"}, "first", "trunk")


@pytest.fixture
def mirror(tmp_path: Path, repo: Path) -> Mirror:
    return Mirror(tmp_path / "home" / "mirror.git", repo)


def everything(repo: Path) -> dict[str, str]:
    """Return a digest of every file of the repository, objects aside."""
    files = [p for p in repo.rglob("*") if p.is_file() and ".git/objects" not in str(p)]
    return {str(p.relative_to(repo)): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}


def test_taking_a_repository_moves_nothing_in_it(repo: Path, mirror: Mirror) -> None:
    (repo / "untracked.txt").write_text("mine")
    before = everything(repo)

    source = mirror.take()

    assert everything(repo) == before
    assert (source.branch, source.dirty, source.shallow) == ("trunk", 1, False)
    assert source.commit == git(repo, "rev-parse", "HEAD")


def test_a_worktree_gives_the_patch_that_was_made_in_it(mirror: Mirror, tmp_path: Path) -> None:
    source = mirror.take()

    with Worktree(mirror, tmp_path / "w", source.commit) as tree:
        assert not (tree.root / ".git").exists()
        (tree.root / "pkg" / "a.py").write_text("x = 2\n")
        (tree.root / "pkg" / "__pycache__").mkdir()
        (tree.root / "pkg" / "__pycache__" / "a.pyc").write_text("junk")
        patch = tree.patch()

    assert patch is not None
    assert [f.path for f in patch.files] == ["pkg/a.py"]
    assert b"+x = 2" in patch.diff
    assert not (tmp_path / "w").exists()


def test_a_repository_smuggled_into_a_worktree_is_refused(mirror: Mirror, tmp_path: Path) -> None:
    source = mirror.take()

    with Worktree(mirror, tmp_path / "w", source.commit) as tree:
        (tree.root / "pkg" / ".git").mkdir()
        with pytest.raises(GitError, match="nested repository"):
            tree.patch()


def test_a_branch_that_moved_is_not_overwritten(mirror: Mirror) -> None:
    source = mirror.take()
    mirror.start_branch("kaizen/run-1", source.commit)
    tree = mirror.git("mktree", stdin=b"")
    one = mirror.commit(tree, [source.commit], "one\n", 1.0)
    two = mirror.commit(tree, [source.commit], "two\n", 2.0)
    mirror.advance("kaizen/run-1", {"refs/kaizen/landed/a1": one}, source.commit)

    with pytest.raises(GitError):
        mirror.advance("kaizen/run-1", {"refs/kaizen/landed/a2": two}, source.commit)

    assert mirror.ref("refs/heads/kaizen/run-1") == one
    assert mirror.ref("refs/kaizen/landed/a2") == ""


def test_two_patches_on_one_base_are_merged_and_a_conflict_is_said(mirror: Mirror, tmp_path: Path) -> None:
    source = mirror.take()

    def tree_with(**files: str) -> str:
        with Worktree(mirror, tmp_path / "w", source.commit) as work:
            for name, text in files.items():
                (work.root / f"{name}.txt").write_text(text)
            patch = work.patch()
        assert patch is not None
        return patch.tree

    head = mirror.commit(tree_with(one="1\n"), [source.commit], "one\n", 1.0)

    merged = mirror.merge(source.commit, tree_with(two="2\n"), head)
    clash = mirror.merge(source.commit, tree_with(one="other\n"), head)

    assert merged is not None
    names = mirror.git("ls-tree", "--name-only", merged).splitlines()
    assert "one.txt" in names and "two.txt" in names
    assert clash is None


def test_delivery_adds_one_reference_and_runs_no_hook(repo: Path, mirror: Mirror, tmp_path: Path) -> None:
    flag = tmp_path / "hook-ran"
    for name in ("reference-transaction", "post-update", "pre-receive"):
        hook = repo / ".git" / "hooks" / name
        hook.write_text(f"#!/bin/sh\ntouch {flag}\n")
        hook.chmod(0o755)
    source = mirror.take()
    before = everything(repo)
    commit = mirror.commit(mirror.git("mktree", stdin=b""), [source.commit], "better\n", 1.0)

    mirror.deliver("kaizen/run-1", commit, known="")

    after = everything(repo)
    assert set(after) - set(before) == {".git/refs/heads/kaizen/run-1"}
    assert all(after[name] == before[name] for name in before)
    assert not flag.exists()
    assert git(repo, "cat-file", "-t", "kaizen/run-1") == "commit"


def test_a_commit_of_the_user_on_the_delivered_branch_is_never_overwritten(repo: Path, mirror: Mirror) -> None:
    source = mirror.take()
    tree = mirror.git("mktree", stdin=b"")
    commit = mirror.commit(tree, [source.commit], "better\n", 1.0)
    mirror.deliver("kaizen/run-1", commit, known="")
    git(repo, "checkout", "-q", "kaizen/run-1")
    git(repo, "commit", "-q", "--allow-empty", "-m", "mine")
    mine = git(repo, "rev-parse", "HEAD")

    with pytest.raises(GitError):
        mirror.deliver("kaizen/run-1", mirror.commit(tree, [commit], "back\n", 2.0), known=commit)

    assert git(repo, "rev-parse", "kaizen/run-1") == mine


def test_detached_shallow_and_sub_directory_are_taken(repo: Path, tmp_path: Path) -> None:
    git(repo, "commit", "-q", "--allow-empty", "-m", "second")
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "-q", "--depth", "1", f"file://{repo}", str(clone))
    git(clone, "checkout", "-q", "--detach")

    source = Mirror(tmp_path / "m.git", clone).take()

    assert (source.branch, source.shallow) == ("", True)
    assert locate(clone / "pkg") == (clone, "pkg")


def test_a_shallow_clone_gets_its_branch_delivered(repo: Path, tmp_path: Path) -> None:
    git(repo, "commit", "-q", "--allow-empty", "-m", "second")
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "-q", "--depth", "1", f"file://{repo}", str(clone))
    mirror = Mirror(tmp_path / "m.git", clone)
    source = mirror.take()
    commit = mirror.commit(mirror.git("mktree", stdin=b""), [source.commit], "better\n", 1.0)

    mirror.deliver("kaizen/run-1", commit, known="")

    assert git(clone, "log", "--format=%s", "kaizen/run-1").splitlines()[0] == "better"


def test_what_cannot_be_worked_on_is_said_in_one_line_with_what_to_do(tmp_path: Path, repo: Path) -> None:
    plain, unborn, bare, broken = (tmp_path / name for name in ("plain", "unborn", "bare", "broken"))
    lines, latin = tmp_path / "a\nb", Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9"))
    submodule, damaged, elsewhere, upwards = (tmp_path / name for name in ("submodule", "damaged", "else", "upwards"))
    colon = repo / "a:b"
    for place in (plain, colon):
        place.mkdir()
    for place in (unborn, lines, latin, broken):
        git(tmp_path, "init", "-q", str(place))
    (broken / ".git" / "config").write_text("[core\n")
    git(tmp_path, "clone", "-q", "--bare", str(repo), str(bare))
    for place in (submodule, damaged, elsewhere, upwards):
        git(tmp_path, "clone", "-q", str(repo), str(place))
    git(submodule, "update-index", "--add", "--cacheinfo", f"160000,{git(repo, 'rev-parse', 'HEAD')},sub")
    git(submodule, "commit", "-qm", "sub")
    git(elsewhere, "config", "core.worktree", str(plain))
    entry = b"40000 ..\0" + bytes.fromhex(git(upwards, "rev-parse", "HEAD^{tree}"))
    (upwards / "tree").write_bytes(entry)
    tree = git(upwards, "hash-object", "-t", "tree", "-w", "--literally", "tree")
    git(upwards, "update-ref", "HEAD", git(upwards, "commit-tree", tree, "-m", "by hand"))
    blob = git(damaged, "rev-parse", "HEAD:pkg/a.py")
    (damaged / ".git" / "objects" / blob[:2] / blob[2:]).unlink()
    wanted = {
        plain: "not in a git repository: run `git init`",
        plain / ("x" * 300): "not a directory",
        unborn: "no commit yet: commit something",
        bare: "has no files beside its history: clone it",
        repo / ".git": "has no files beside its history: clone it",
        broken: "bad config line 1 .* mend that first",
        lines: "letters in its name that cannot be written down: rename",
        latin: "letters in its name that cannot be written down: rename",
        colon: "colon in its name, which no import path can hold: rename",
        upwards: r"'\.\./.*' cannot stand in any folder, .*: take it out of the commit",
        elsewhere: "the files of this repository stand in .*plain, not in .*: give that directory",
        submodule: "submodules .sub., they are not supported: remove",
        damaged: "cannot be copied .* `git fsck` there says",
    }

    said = {path: _why_not(path, tmp_path / f"{number}.git") for number, path in enumerate(wanted)}

    assert not [(path, said[path]) for path, line in wanted.items() if not re.search(line, said[path])]


def _why_not(path: Path, mirror: Path) -> str:
    with pytest.raises(Unusable) as refused:
        Mirror(mirror, locate(path)[0]).take()
    return str(refused.value)


def test_a_partial_clone_is_taken_as_far_as_it_is_there(repo: Path, tmp_path: Path) -> None:
    git(repo, "rm", "-q", "ä b.txt")
    git(repo, "commit", "-qm", "second")
    git(repo, "config", "uploadpack.allowFilter", "true")
    git(tmp_path, "clone", "-q", "--filter=blob:none", f"file://{repo}", "clone")
    (repo / ".git").rename(tmp_path / "out of reach")

    source = Mirror(tmp_path / "m #?%.git", tmp_path / "clone").take()

    assert source.shallow
    assert source.dirty == 0


def test_a_repository_that_names_objects_by_sha256_is_worked_on(tmp_path: Path) -> None:
    folder = tmp_path / "long names"
    git(tmp_path, "init", "-q", "--object-format=sha256", str(folder))
    (folder / "a.py").write_text("x = 1\n")
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", "first")
    mirror = Mirror(tmp_path / "m.git", folder)
    source = mirror.take()

    tree = mirror.with_entries(source.tree, {"a.py": None, "b.py": mirror.entries(source.tree)["a.py"]})
    commit = mirror.commit(tree, [source.commit], "better\n", 1.0)
    mirror.start_branch("kaizen/run-1", source.commit)
    mirror.deliver("kaizen/run-1", commit, known="")

    assert git(folder, "ls-tree", "--name-only", "kaizen/run-1") == "b.py"


def test_line_ends_that_git_changes_on_the_way_out_are_no_changes_of_the_users(repo: Path, mirror: Mirror) -> None:
    git(repo, "config", "core.autocrlf", "true")
    (repo / "pkg" / "a.py").unlink()
    git(repo, "checkout", "pkg/a.py")
    git(repo, "status")

    assert mirror.take().dirty == 0


def test_a_branch_of_the_users_that_is_in_the_way_is_found_before_the_work_and_after(
    repo: Path, mirror: Mirror
) -> None:
    source = mirror.take()
    git(repo, "branch", "kaizen")

    with pytest.raises(Unusable, match="git branch -m kaizen NAME"):
        require_room(repo)
    with pytest.raises(GitError, match="cannot create 'refs/heads/kaizen/run-1'"):
        mirror.deliver("kaizen/run-1", source.commit, known="")


def test_a_tag_of_the_users_takes_the_name_of_a_run_too(repo: Path, mirror: Mirror) -> None:
    git(repo, "tag", "kaizen/run-4")

    assert mirror.first_free_run() == 5


def test_nothing_that_a_hostile_repository_configures_is_run(repo: Path, mirror: Mirror, tmp_path: Path) -> None:
    ran = tmp_path / "ran"
    ran.mkdir()
    (repo / ".gitattributes").write_text("*.py filter=evil diff=evil merge=evil\nodd filter=a=b\n")
    (repo / "odd").touch()
    make(repo / "inner", {"b.py": "y = 1\n"})
    git(repo, "add", ".gitattributes", "pkg", "odd")
    git(repo, "commit", "-qm", "attributes")
    git(repo, "update-index", "--add", "--cacheinfo", f"160000,{git(repo / 'inner', 'rev-parse', 'HEAD')},inner")
    for name in ("pkg/a.py", "odd", "inner/b.py"):
        os.utime(repo / name, (1, 1))  # git has to look at what stands in it
    for setting in HOSTILE:
        for place in (repo, repo / "inner"):
            git(place, "config", setting, f"touch {ran}/{setting.replace('=', '-')}; cat")

    source = mirror.take()
    mirror.deliver("kaizen/run-1", mirror.commit(source.tree, [source.commit], "better\n", 1.0), known="")

    assert (sorted(path.name for path in ran.iterdir()), source.dirty) == ([], 0)


HOSTILE = (
    "filter.evil.clean",
    "filter.evil.smudge",
    "filter.evil.process",
    "filter.a=b.clean",
    "core.fsmonitor",
    "core.sshCommand",
    "core.alternateRefsCommand",
    "core.pager",
    "diff.external",
    "diff.evil.textconv",
    "diff.evil.command",
    "merge.evil.driver",
    "uploadpack.packObjectsHook",
    "credential.helper",
    "gpg.program",
    "alias.status",
)


def test_a_pipe_among_what_git_reads_holds_nobody_for_ever(
    repo: Path, mirror: Mirror, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("agents.workspace.git.PATIENCE", 0.5)
    os.mkfifo(repo / "pkg" / ".gitignore")

    with pytest.raises(GitError, match="no end within"):
        mirror.take()


def test_locks_of_a_killed_process_stop_nobody(repo: Path, mirror: Mirror) -> None:
    source = mirror.take()
    mirror.start_branch("kaizen/run-1", source.commit)
    (mirror.path / "refs" / "heads" / "kaizen" / "run-1.lock").touch()
    (repo / ".git" / "refs" / "heads" / "kaizen").mkdir(parents=True)
    (repo / ".git" / "refs" / "heads" / "kaizen" / "run-1.lock").touch()

    again = Mirror(mirror.path, repo)
    commit = again.commit(again.git("mktree", stdin=b""), [source.commit], "better\n", 1.0)
    again.advance("kaizen/run-1", {"refs/kaizen/landed/a1": commit}, source.commit)
    again.deliver("kaizen/run-1", commit, known="")

    assert git(repo, "rev-parse", "kaizen/run-1") == commit


def test_a_checkpoint_can_be_rebuilt_from_its_packs_alone(repo: Path, mirror: Mirror, tmp_path: Path) -> None:
    git(repo, "commit", "-q", "--allow-empty", "-m", "history that is not packed")
    source = mirror.take()
    with Worktree(mirror, tmp_path / "w", source.commit) as work:
        (work.root / "pkg" / "a.py").write_text("x = 2\n")
        patch = work.patch()
    assert patch is not None
    commit = mirror.commit(patch.tree, [source.commit], "better\n", 1.0)
    packs = [mirror.whole_pack(source.commit), mirror.pack(commit, source.commit)]

    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    git(elsewhere, "init", "-q", "--bare")
    for pack in packs:
        subprocess.run(["git", "index-pack", "--stdin", "--fix-thin"], cwd=elsewhere, input=pack, check=True)

    assert git(elsewhere, "show", f"{patch.tree}:pkg/a.py") == "x = 2"
    assert "missing" not in git(elsewhere, "fsck", "--connectivity-only", patch.tree)
