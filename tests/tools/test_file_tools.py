"""The file tools: what a file is besides its lines stays, nothing outside is touched, a refusal says what is there."""

from __future__ import annotations

import json
import os
from itertools import count
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agents.ports import ToolResult
from agents.tools.arguments import read_arguments
from agents.tools.edits import Replace, Wanted, apply
from agents.tools.edits.text_file import NotText, decoded
from agents.tools.found import find_tools
from tests.tool_bench import bench_over, contents

TOOLS = find_tools(())
NUMBERS = count()


async def use(root: Path, name: str, **given: object) -> ToolResult:
    tool = TOOLS[name]
    return await tool.run(read_arguments(tool, json.dumps(given)), bench_over(root))


async def test_lines_are_read_with_their_numbers_and_where_to_go_on(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("".join(f"line {nth}\n" for nth in range(1, 3001)))

    first = await use(tmp_path, "read_file", path="a.py", start=2, end=3)
    long = await use(tmp_path, "read_file", path="a.py")

    assert first.text == "     2\tline 2\n     3\tline 3\n[2997 lines more: go on with start 4]"
    assert len(long.text) <= 12_000 and "go on with start" in long.text
    assert (await use(tmp_path, "read_file", path="a.py", start=9999)).success is False


async def test_a_name_that_is_not_there_is_answered_with_the_nearest(tmp_path: Path) -> None:
    (tmp_path / "src").mkdir()
    (tmp_path / "src/calc.py").write_text("x = 1\n")

    told = await use(tmp_path, "read_file", path="src/calk.py")
    taken = await use(tmp_path, "read_file", path="calc.py")

    assert not told.success and "src/calc.py" in told.text
    assert taken.success and "calc.py was read as src/calc.py" in taken.text and "x = 1" in taken.text


@pytest.mark.parametrize(
    ("content", "old", "new", "expected"),
    [
        (b"a\r\nb\r\nc\r\n", "b", "x\ny", b"a\r\nx\r\ny\r\nc\r\n"),
        (b"a\nb\r\nc\n", "b\n", "x\n", b"a\nx\r\nc\n"),
        (b"a\nb", "b", "x", b"a\nx"),
        (b"a\nb", "b\n", "x\n", b"a\nx"),
        (b"\xef\xbb\xbfa\nb\n", "a", "x", b"\xef\xbb\xbfx\nb\n"),
        ("a\nü\n".encode("utf-16"), "a", "x", "x\nü\n".encode("utf-16")),
        (b"# -*- coding: latin-1 -*-\na = '\xfc'\n", "a = 'ü'", "b = 'ä'", b"# -*- coding: latin-1 -*-\nb = '\xe4'\n"),
        (b"caf\xe9\nb\n", "b", "x", b"caf\xe9\nx\n"),
        (b"a\x0cb\nc\n", "c", "x", b"a\x0cb\nx\n"),
        (b"a\rb\nc\n", "c", "x", b"a\rb\nx\n"),
        ("a\u2028b\nc\n".encode(), "c", "x", "a\u2028b\nx\n".encode()),
    ],
)
async def test_encoding_line_ends_and_the_end_of_the_file_stay(
    tmp_path: Path, content: bytes, old: str, new: str, expected: bytes
) -> None:
    (tmp_path / "f.txt").write_bytes(content)

    result = await use(tmp_path, "edit_file", path="f.txt", old_text=old, new_text=new)

    assert result.success, result.text
    assert (tmp_path / "f.txt").read_bytes() == expected


@pytest.mark.parametrize(
    ("content", "new", "why"),
    [
        (b"caf\xe9\nb\n", "ü", "ASCII"),
        (b"b\x00\x01\n", "x", "binary"),
        (b"# coding: ascii\nb\n", "\u0416", ""),
    ],
)
async def test_what_a_file_cannot_hold_is_refused(tmp_path: Path, content: bytes, new: str, why: str) -> None:
    (tmp_path / "f.txt").write_bytes(content)

    result = await use(tmp_path, "edit_file", path="f.txt", old_text="b", new_text=new)

    assert why in result.text
    assert result.success is (why == "") and ((tmp_path / "f.txt").read_bytes() == content) is (why != "")


async def test_the_mode_of_a_file_stays(tmp_path: Path) -> None:
    (tmp_path / "run.sh").write_text("echo a\n")
    (tmp_path / "run.sh").chmod(0o755)

    assert (await use(tmp_path, "edit_file", path="run.sh", old_text="echo a", new_text="echo b")).success
    assert (await use(tmp_path, "write_file", path="run.sh", content="echo c\n")).success

    assert (tmp_path / "run.sh").stat().st_mode & 0o777 == 0o755


async def test_no_link_is_followed_and_nothing_outside_is_touched(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "x.py").write_text("kept\n")
    root = tmp_path / "project"
    root.mkdir()
    (root / "folder").symlink_to(outside)
    (root / "file.py").symlink_to(outside / "x.py")
    os.mkfifo(root / "pipe")

    for path in ("folder/x.py", "file.py", "../outside/x.py", str(outside / "x.py"), "folder/new.py", "pipe", "folder"):
        for name, given_ in (
            ("read_file", {}),
            ("write_file", {"content": "gone\n"}),
            ("edit_file", {"old_text": "kept", "new_text": "gone"}),
            ("delete_file", {}),
        ):
            result = await use(root, name, path=path, **given_)
            assert not result.success and result.text, (name, path)

    assert contents(outside) == {"x.py": b"kept\n"} and (root / "file.py").is_symlink() and (root / "pipe").exists()


async def test_a_whole_file_is_written_with_its_folders_and_keeps_its_line_ends(tmp_path: Path) -> None:
    (tmp_path / "dos.txt").write_bytes(b"a\r\nb\r\n")

    new = await use(tmp_path, "write_file", path="pkg/sub/new.py", content="x = 1\n")
    old = await use(tmp_path, "write_file", path="dos.txt", content="c\nd")

    assert new.success and new.changed and (tmp_path / "pkg/sub/new.py").read_bytes() == b"x = 1\n"
    assert old.success and (tmp_path / "dos.txt").read_bytes() == b"c\r\nd\r\n"


async def test_a_bare_name_writes_here_even_where_another_folder_has_such_a_file(tmp_path: Path) -> None:
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests/conftest.py").write_text("")

    result = await use(tmp_path, "write_file", path="conftest.py", content="x = 1\n")

    assert result.success and (tmp_path / "conftest.py").exists()


async def test_a_whole_file_with_lines_left_out_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("x = 1\n" * 3)

    result = await use(tmp_path, "write_file", path="a.py", content="y = 2\n# ... rest of the code unchanged ...\n")

    assert not result.success and "left out" in result.text and (tmp_path / "a.py").read_text() == "x = 1\n" * 3


async def test_several_edits_are_made_all_or_none_and_the_syntax_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("x = 1\ny = 2\n")
    (tmp_path / "b.js").write_text("let a = 1;\n")
    edits = [{"old_text": "x = 1", "new_text": "x = ("}, {"old_text": "z", "new_text": "q"}]

    none = await use(tmp_path, "edit_file", path="a.py", edits=edits)
    assert not none.success and (tmp_path / "a.py").read_text() == "x = 1\ny = 2\n"
    one = await use(tmp_path, "edit_file", path="a.py", edits=edits[:1])
    two = await use(tmp_path, "edit_file", path="b.js", old_text="1;", new_text="(1;")

    assert one.success and "SYNTAX ERROR in it now: line 1" in one.text and one.facts["broken"] == ["a.py"]
    assert two.success and "SYNTAX ERROR" in two.text


async def test_every_place_is_edited_when_that_is_said(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("aa b aa\nb\naa")

    result = await use(tmp_path, "edit_file", path="a.txt", old_text="aa", new_text="c", replace_all=True)

    assert result.success and (tmp_path / "a.txt").read_text() == "c b c\nb\nc"


async def test_files_are_listed_by_folder_and_pattern_without_links_and_caches(tmp_path: Path) -> None:
    for name in ("a.py", "src/b.py", "src/c.txt", "node_modules/x.js", ".git/config"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("")
    (tmp_path / "link.py").symlink_to("/etc/passwd")

    assert (await use(tmp_path, "list_files")).text == "a.py\nsrc/b.py\nsrc/c.txt"
    assert (await use(tmp_path, "list_files", path="src", pattern="*.py")).text == "src/b.py"
    assert not (await use(tmp_path, "list_files", path="nothing")).success


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=60))
def test_any_bytes_come_back_as_they_were(content: bytes) -> None:
    try:
        file = decoded(content)
    except NotText:
        return

    assert file.encoded() == content


UNITS = ("  ", "    ", "\t")


@settings(max_examples=80, deadline=None)
@given(
    unit=st.sampled_from(UNITS), written=st.sampled_from(UNITS), depth=st.integers(0, 2), less=st.integers(0, 2),
    name=st.sampled_from(["alpha", "beta"]),
)  # fmt: skip
def test_another_indentation_is_put_right_or_refused_and_never_left_crooked(
    tmp_path_factory: pytest.TempPathFactory, unit: str, written: str, depth: int, less: int, name: str
) -> None:
    """What Python reads after the edit is what it would have read with the right indentation."""
    shape = [(0, f"if {name}:"), (1, "while True:"), (2, "stop()"), (1, "after()")]
    fresh = [(0, f"if {name}:"), (1, "while True:"), (2, "first()"), (2, "stop()"), (1, "after()")]
    heads = [f"{unit * nth}def outer_{nth}():" for nth in range(depth)]

    def text(rows: list[tuple[int, str]], indent: str, base: int) -> str:
        return "".join(f"{indent * (deep + base)}{row}\n" for deep, row in rows)

    root = tmp_path_factory.mktemp(f"indented-{next(NUMBERS)}", numbered=False)
    head = "".join(f"{line}\n" for line in heads)
    (root / "a.py").write_text(head + text(shape, unit, depth))
    base = max(0, depth - less)
    edit = Replace("a.py", text(shape, written, base), text(fresh, written, base))

    applied = apply(Wanted((edit,)), root)

    expected = head + text(fresh, unit, depth)
    assert (root / "a.py").read_text() == (expected if not applied.refused else head + text(shape, unit, depth))
    assert not applied.refused
