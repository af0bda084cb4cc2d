"""What a command may leave in a worktree, and what the daemon makes of it: every danger on the real path."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from agents.workspace.git import GitError
from agents.workspace.mirror import Mirror
from agents.workspace.outward import LARGEST, leads_out
from agents.workspace.worktree import Patch, Worktree, remove
from tests.support.repositories import git, make

pytestmark = pytest.mark.slow


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    folder = tmp_path / "user"
    folder.mkdir()
    (tmp_path / "secret").write_text("the user's own")
    (folder / "away").symlink_to("../secret")
    (folder / "root").symlink_to("/etc/hostname")
    (folder / "near").symlink_to("pkg/a.py")
    return make(folder, {"pkg/a.py": "x = 1\n"}, "first", "trunk")


@pytest.fixture
def mirror(tmp_path: Path, repo: Path) -> Mirror:
    return Mirror(tmp_path / "home" / "mirror.git", repo)


def change(mirror: Mirror, tmp_path: Path, by: Callable[[Path], object]) -> Patch | None:
    commit = mirror.take().commit
    with Worktree(mirror, tmp_path / "attempt", commit) as tree:
        by(tree.root)
        return tree.patch()


def test_links_that_lead_out_are_not_laid_into_a_worktree_and_stay_in_the_patch(mirror: Mirror, tmp_path: Path) -> None:
    seen: list[str] = []

    def act(root: Path) -> None:
        seen.extend(path.name for path in root.iterdir())
        (root / "pkg/a.py").write_text("x = 2\n")

    patch = change(mirror, tmp_path, act)

    assert sorted(seen) == ["near", "pkg"]
    assert patch is not None
    assert [file.path for file in patch.files] == ["pkg/a.py"]
    assert patch.objections == ()


@pytest.mark.parametrize("target", ["/etc/passwd", "../../outside", "pkg/../../outside", "near/../../outside"])
def test_a_new_link_that_leads_out_is_refused(mirror: Mirror, tmp_path: Path, target: str) -> None:
    patch = change(mirror, tmp_path, lambda root: (root / "new").symlink_to(target))

    assert patch is not None
    assert "leads out" in patch.objections[0]


@pytest.mark.parametrize(
    ("path", "target", "out"),
    [("a", "b", False), ("d/a", "../b", False), ("d/a", "../../b", True), ("a", "..", True), ("a", "c/../b", True)],
)
def test_a_link_is_judged_by_its_words_alone(path: str, target: str, out: bool) -> None:
    assert leads_out(path, target) is out


@pytest.mark.parametrize("place", ["pipe", "pkg/a.py"])
def test_a_pipe_is_refused_and_never_opened(mirror: Mirror, tmp_path: Path, place: str) -> None:
    def act(root: Path) -> None:
        (root / place).unlink(missing_ok=True)
        os.mkfifo(root / place)

    with pytest.raises(GitError, match="no file"):
        change(mirror, tmp_path, act)


def test_a_socket_is_refused(mirror: Mirror, tmp_path: Path) -> None:
    def act(root: Path) -> None:
        with socket.socket(socket.AF_UNIX) as server:
            server.bind(os.path.relpath(root / "s"))

    with pytest.raises(GitError, match="no file"):
        change(mirror, tmp_path, act)


def test_a_huge_file_is_refused_before_it_is_read(mirror: Mirror, tmp_path: Path) -> None:
    with pytest.raises(GitError, match="MiB"):
        change(mirror, tmp_path, lambda root: os.truncate(root / "pkg/a.py", LARGEST * 1000))


def test_a_large_file_of_the_users_own_is_no_reason_to_refuse(repo: Path, mirror: Mirror, tmp_path: Path) -> None:
    (repo / "data").touch()
    os.truncate(repo / "data", LARGEST + 1)
    git(repo, "add", "-A")
    git(repo, "commit", "-qm", "data")

    patch = change(mirror, tmp_path, lambda root: (root / "pkg/a.py").write_text("x = 3\n"))

    assert patch is not None and [file.path for file in patch.files] == ["pkg/a.py"]


@pytest.mark.parametrize("inner", [".git", "pkg/.git", "new/deep/.git", "pkg/.GIT"])
def test_a_nested_repository_is_refused(mirror: Mirror, tmp_path: Path, inner: str) -> None:
    with pytest.raises(GitError, match="nested repository"):
        change(mirror, tmp_path, lambda root: (root / inner).mkdir(parents=True))


@pytest.mark.parametrize(
    "path",
    [
        ".envrc",
        ".vscode/tasks.json",
        "pkg/.envrc",
        ".github/workflows/x.yml",
        ".GitModules",
        "a.code-workspace",
        ".en\u200cvrc",
        ".envrc. .",
        ".envrc::$DATA",
    ],
)
def test_files_that_programs_run_by_themselves_are_not_proposed(mirror: Mirror, tmp_path: Path, path: str) -> None:
    def act(root: Path) -> None:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text("x")

    patch = change(mirror, tmp_path, act)

    assert patch is not None
    assert "by themselves" in patch.objections[0]


@pytest.mark.parametrize("name", ["\x1b[2Jx.py", "a\nb.py", "tab\there.py", "\x9b31m.py", "a\u202eyp.b"])
def test_names_a_terminal_would_obey_are_refused(mirror: Mirror, tmp_path: Path, name: str) -> None:
    patch = change(mirror, tmp_path, lambda root: (root / name).write_text("x"))

    assert patch is not None
    assert "control characters" in patch.objections[0]
    assert "\x1b" not in patch.objections[0]


def test_folders_too_deep_for_whoever_walks_them_are_refused(mirror: Mirror, tmp_path: Path) -> None:
    with pytest.raises(GitError, match="more than 200 deep"):
        change(mirror, tmp_path, lambda root: (root / "/".join("a" * 300)).mkdir(parents=True))


@pytest.mark.parametrize(
    "name", ["-rf", "--", " ", "ünï.py", "👩\u200d🔬.py", "a'b\".py", "$(touch x)", ":(top)x", "*"]
)
def test_odd_names_are_names(mirror: Mirror, tmp_path: Path, name: str) -> None:
    patch = change(mirror, tmp_path, lambda root: (root / name).write_text("x"))

    assert patch is not None
    assert [file.path for file in patch.files] == [name]
    assert patch.objections == ()


def test_a_name_that_is_no_text_can_be_told(mirror: Mirror, tmp_path: Path) -> None:
    patch = change(mirror, tmp_path, lambda root: Path(os.fsdecode(bytes(root / "x") + b"\xff")).write_text("x"))

    assert patch is not None
    assert [file.path for file in patch.files] == ["x\\xff"]


@pytest.mark.parametrize("where", ["clean", "smudge", "process"])
def test_filters_that_attributes_name_are_not_run(mirror: Mirror, tmp_path: Path, where: str) -> None:
    mark = tmp_path / "ran"

    def act(root: Path) -> None:
        (root / ".gitattributes").write_text("* filter=evil diff=evil merge=evil\n")
        (root / ".gitconfig").write_text(f'[filter "evil"]\n{where} = touch {mark}\n[core]\nfsmonitor = touch {mark}\n')
        (root / "pkg/a.py").write_text("x = 2\n")

    patch = change(mirror, tmp_path, act)

    assert patch is not None and not mark.exists()


def test_the_patch_is_what_was_measured_whatever_the_folder_becomes(mirror: Mirror, tmp_path: Path) -> None:
    commit = mirror.take().commit
    with Worktree(mirror, tmp_path / "attempt", commit) as tree:
        (tree.root / "pkg/a.py").write_text("x = 2\n")
        patch = tree.patch()
        (tree.root / "pkg/a.py").write_text("import os\n")

    assert patch is not None
    assert mirror.git("cat-file", "blob", f"{patch.tree}:pkg/a.py") == "x = 2"


def test_an_attempt_sees_no_history_at_all(repo: Path, mirror: Mirror, tmp_path: Path) -> None:
    commit = mirror.take().commit
    (repo / "pkg/a.py").write_text("the answer\n")
    git(repo, "commit", "-qam", "later")

    with Worktree(mirror, tmp_path / "attempt", commit) as tree:
        found = [path for path in tree.folder.rglob("*") if "git" in path.name]

    assert found == []


def test_a_secret_that_only_the_history_knows_is_in_no_pack_and_no_worktree(
    repo: Path, mirror: Mirror, tmp_path: Path
) -> None:
    (repo / "key").write_text("never-shown-again\n")
    git(repo, "add", "-A")
    git(repo, "commit", "-qm", "a secret")
    git(repo, "rm", "-q", "key")
    git(repo, "commit", "-qm", "taken out")
    commit = mirror.take().commit

    with Worktree(mirror, tmp_path / "attempt", commit) as tree:
        laid = [path.name for path in tree.root.rglob("*")]
    (tmp_path / "kept.pack").write_bytes(mirror.whole_pack(commit))
    git(tmp_path, "index-pack", "kept.pack")
    objects = git(tmp_path, "verify-pack", "--verbose", "kept.idx")
    secret = git(repo, "rev-parse", "HEAD~1:key")
    present = git(repo, "rev-parse", "HEAD:pkg/a.py")

    assert "a.py" in laid and "key" not in laid
    assert present in objects and secret not in objects


def test_a_folder_deeper_than_any_path_is_removed(tmp_path: Path) -> None:
    top = tmp_path / "top"
    top.mkdir()
    here = os.open(top, os.O_RDONLY)
    for _ in range(2500):
        os.mkdir("deeper", dir_fd=here)
        below = os.open("deeper", os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = below
    os.close(here)

    remove(top)

    assert not top.exists()


def test_what_is_closed_by_its_modes_is_removed_and_links_are_not_followed(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir(mode=0o755)
    (tmp_path / "top/a/b").mkdir(parents=True)
    (tmp_path / "top/link").symlink_to(tmp_path / "mine")
    for name in ("top/a/b", "top/a", "top"):
        (tmp_path / name).chmod(0)

    remove(tmp_path / "top")

    assert not (tmp_path / "top").exists()
    assert (tmp_path / "mine").stat().st_mode & 0o777 == 0o755
