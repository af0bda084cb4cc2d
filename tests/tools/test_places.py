"""Which place of the project a path means to the tools that look."""

from __future__ import annotations

from pathlib import Path

import pytest

from agents.tools.commands import at_home
from agents.tools.project_files import Outside, named, paths, place

FILES = ("src/shop/cart.py", "tests/test_cart.py", "README.md")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    top = tmp_path / "project"
    for name in FILES:
        (top / name).parent.mkdir(parents=True, exist_ok=True)
        (top / name).write_text("x = 1\n")
    (tmp_path / "secret.txt").write_text("secret\n")
    (top / "leads_out").symlink_to(tmp_path)
    return top


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("src/shop", "src/shop"), ("src\\shop\\cart.py", "src/shop/cart.py"),
        ("/testbed/src/shop", "src/shop"), ("/workspace/repo/tests/test_cart.py", "tests/test_cart.py"),
        ("C:\\work\\repo\\src", "src"), ("/home/ada/shop/tests", "tests"), ("/src/shop", "src/shop"),
        ("/workspace", ""), ("/workspace/shop", ""), ("/testbed", ""), ("/", ""),
    ],
)  # fmt: skip
def test_a_path_of_another_machine_is_looked_at_where_it_lies_here(project: Path, written: str, meant: str) -> None:
    assert place(project, written) == project / meant
    assert [*paths(project, written)] == [*paths(project, meant)]


@pytest.mark.parametrize(
    "written",
    ["/etc/passwd", "/tmp/src/shop", "/usr/src/shop", "~/src", "/testbed/other", "/workspace/notes.txt",
     "/workspace/../secret.txt", "/testbed/leads_out/secret.txt", "../secret.txt", "leads_out/secret.txt"],
)  # fmt: skip
def test_what_lies_elsewhere_is_not_looked_at(project: Path, written: str) -> None:
    with pytest.raises(Outside):
        place(project, written)


@pytest.mark.parametrize(
    ("command", "run"),
    [
        ("cd /testbed && pytest -q", "cd . && pytest -q"), ("cd '/workspace/shop/src' ; ls", "cd ./src ; ls"),
        (["bash", "-lc", "cd /testbed && ls"], ["bash", "-lc", "cd . && ls"]),
        ("cd /tmp && ls", None), ("cd /testbed/other && ls", None), ("cd src && ls", None), (["cd", "/testbed"], None),
        ("echo cd /testbed && ls", None), ("cd /testbed$X && ls", None),
    ],
)  # fmt: skip
def test_a_command_that_begins_in_a_folder_of_another_machine_begins_where_it_lies_here(
    project: Path, command: str | list[str], run: str | list[str] | None
) -> None:
    begun, told = at_home(command, project)

    assert begun == (command if run is None else run) and bool(told) is (run is not None)


def test_calls_that_may_look_at_the_same_file_are_known_to() -> None:
    assert (named("/testbed/src/a.py"), named("src//a.py"), named("")) == ("tree", "file:src/a.py", "tree")
