"""Edits in every shape: applied to exactly the expected bytes, or refused with every byte as it was."""

from __future__ import annotations

import random
import time
from itertools import count
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agents.tools.edits import apply, read_edits, told
from agents.tools.spoken import spoken
from tests.tool_bench import contents
from tests.tools.edit_shapes import NOISE, SHAPES, Change

CALC = (
    "import math\n\n\nclass Calc:\n    def add(self, a, b):\n        return a - b\n\n    def sub(self, a, b):\n"
    "        return a - b\n\n    def root(self, a):\n        return math.sqrt(a)\n\n\n"
    "def main():\n    print(Calc().add(1, 2))\n"
)
NUMBERS = count()
CHANGE = Change(
    "src/calc.py",
    CALC,
    CALC.replace("b):\n        return a - b", "b):\n        return a + b", 1),
    "    def add(self, a, b):\n        return a - b\n",
    "    def add(self, a, b):\n        return a + b\n",
    5,
)


def project(root: Path, files: dict[str, bytes]) -> Path:
    for name, content in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(content)
    return root


@pytest.mark.parametrize("noise", NOISE)
def test_every_shape_is_applied_to_the_byte(tmp_path: Path, noise: str) -> None:
    found: dict[str, object] = {}

    for shape, written in SHAPES.items():
        root = project(tmp_path, {"src/calc.py": CALC.encode(), "src/other.py": b"x = 1\n"})
        applied = apply(read_edits(NOISE[noise](written(CHANGE))), root)
        found[shape] = told(applied) if applied.refused else contents(root)

    expected = {"src/calc.py": CHANGE.after.encode(), "src/other.py": b"x = 1\n"}
    assert {shape: held for shape, held in found.items() if held != expected} == {} and len(found) == len(SHAPES)


LINES = st.lists(
    st.one_of(
        st.sampled_from(
            ["", "    pass", "def f(x):", "    return x", "}", "# note", "\tdeep = 1", "x = '''", "=======", "```"]
        ),
        st.text(st.characters(codec="utf-8", exclude_characters="\r\n\x00", exclude_categories=("Cs",)), max_size=20),
    ),
    min_size=1,
    max_size=14,
)


@st.composite
def changes(draw: st.DrawFn) -> tuple[Change, str, bool]:
    """Draw a file, some of its lines that stand in it once, and what they become; its line end and final end."""
    lines = draw(LINES)
    start = draw(st.integers(0, len(lines) - 1))
    stop = draw(st.integers(start + 1, len(lines)))
    new = draw(LINES)
    ended = draw(st.booleans()) or lines[-1] == ""
    before = "".join(f"{line}\n" for line in lines)
    after = "".join(f"{line}\n" for line in (*lines[:start], *new, *lines[stop:]))
    old = "".join(f"{line}\n" for line in lines[start:stop])
    change = Change("pkg/some_file.txt", before, after, old, "".join(f"{line}\n" for line in new), start + 1)
    return change, draw(st.sampled_from(["\n", "\r\n"])), ended


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(drawn=changes(), shape=st.sampled_from(sorted(SHAPES)), noise=st.sampled_from(sorted(NOISE)))
def test_a_change_in_any_shape_with_any_noise_gives_exactly_its_bytes_or_changes_nothing(
    tmp_path_factory: pytest.TempPathFactory, drawn: tuple[Change, str, bool], shape: str, noise: str
) -> None:
    """Never a third thing: what cannot be told apart is refused, and no other file is touched."""
    change, end, ended = drawn
    before = change.before if ended else change.before.removesuffix("\n")
    end = end if "\n" in before else "\n"
    after = change.after if ended else change.after.removesuffix("\n")
    files = {change.path: before.replace("\n", end).encode(), "pkg/other.txt": b"\x00\xff\r\n"}
    root = project(tmp_path_factory.mktemp(f"fuzzed-{next(NUMBERS)}", numbered=False), files)

    applied = apply(read_edits(NOISE[noise](SHAPES[shape](change))), root)

    held = contents(root)
    assert held.pop("pkg/other.txt") == b"\x00\xff\r\n"
    expected = {change.path: after.replace("\n", end).encode()}
    assert held == (expected if not applied.refused and applied.changed else {change.path: files[change.path]}), shape


AWKWARD = st.one_of(
    st.sampled_from([b"", b"    pass", b"\tdeep", "grün — „so“".encode(), b"caf\xe9", b"a\x0cb", b"x" * 3000, b"...",
                     b"}", b"a\xc2\xa0b", b"old\rmac"]),
    st.text("ab \t#-+=<>`", min_size=1, max_size=8).map(str.encode),
)  # fmt: skip


@st.composite
def awkward_files(draw: st.DrawFn) -> tuple[bytes, bytes, Change]:
    """Draw what stands before and behind some lines of a file, each with its own line end, and a change of these."""
    rows = draw(st.lists(AWKWARD, min_size=1, max_size=10))
    of_row = {row: draw(st.sampled_from([b"\n", b"\n", b"\r\n"])) for row in rows}  # equal lines cannot be told apart
    ends = [of_row[row] for row in rows]
    if rows[-1] and draw(st.booleans()):
        ends[-1] = b""
    start = draw(st.integers(0, len(rows) - 1))
    stop = draw(st.integers(start + 1, len(rows)))
    new = draw(st.lists(st.sampled_from(["one", "    two", "", "x = 'drei'", "\tfour", "```", "a -> b"]), max_size=4))
    mark = draw(st.sampled_from([b"", b"", b"\xef\xbb\xbf"]))
    raw = [row + end for row, end in zip(rows, ends, strict=True)]

    def seen(lines: list[bytes]) -> str:
        return "".join(f"{line.decode('utf-8', 'replace')}\n" for line in lines)

    fresh = "".join(f"{line}\n" for line in new)
    after = seen(rows[:start]) + fresh + seen(rows[stop:])
    change = Change("pkg/some_file.txt", seen(rows), after, seen(rows[start:stop]), fresh, start + 1)
    return mark + b"".join(raw), mark + b"".join(raw[:start]), change


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    drawn=awkward_files(),
    shape=st.sampled_from(sorted(SHAPES)),
    noise=st.sampled_from(sorted(NOISE)),
    two=st.booleans(),
)
def test_bytes_that_are_not_edited_stay_whatever_they_are(
    tmp_path_factory: pytest.TempPathFactory, drawn: tuple[bytes, bytes, Change], shape: str, noise: str, two: bool
) -> None:
    """Lines keep their bytes and their own ends; new ones are as written; of two files both change or none."""
    content, head, change = drawn
    plain = Change("pkg/plain.py", CALC, CHANGE.after, CHANGE.old, CHANGE.new, CHANGE.line)
    files = {change.path: content, plain.path: CALC.encode()}
    root = project(tmp_path_factory.mktemp(f"awkward-{next(NUMBERS)}", numbered=False), files)
    text = SHAPES[shape](change) + (f"\n\n{SHAPES[shape](plain)}" if two else "")

    applied = apply(read_edits(NOISE[noise](text)), root)

    held = contents(root)
    if applied.refused or not applied.changed:
        assert held == files
        return
    if held[change.path] == content and "only shown" in told(applied):
        return
    assert held[plain.path].decode() == (plain.after if two else CALC), shape
    tail = content[len(head) :].split(b"\n")[change.old.count("\n") :]
    if not tail and not change.new:  # a file without a line end at its end has none when its last line goes
        head = head.removesuffix(b"\n").removesuffix(b"\r")
    assert held[change.path].startswith(head) and held[change.path].endswith(b"\n".join(tail)), shape
    middle = held[change.path][len(head) : len(held[change.path]) - len(b"\n".join(tail))]
    assert middle.replace(b"\r\n", b"\n").decode().rstrip("\n") == change.new.rstrip("\n"), shape


PIECES = (
    "<<<<<<< SEARCH\n",
    "=======\n",
    ">>>>>>> REPLACE\n",
    "```\n",
    "```python\n",
    "````\n",
    "*** Begin Patch\n",
    "*** Update File: src/calc.py\n",
    "*** Add File: ../out.py\n",
    "*** End Patch\n",
    "--- a/src/calc.py\n",
    "+++ b/src/calc.py\n",
    "@@ -1,2 +1,3 @@\n",
    "@@\n",
    " import math\n",
    "-import math\n",
    "+import os\n",
    "src/calc.py\n",
    "/etc/passwd\n",
    "../../x.py\n",
    '<edit path="src/calc.py">\n',
    "<old>\n",
    "</old>\n",
    "<new>\n",
    "</new>\n",
    "</edit>\n",
    "<think>\n",
    "</think>\n",
    '{"path": "src/calc.py", "old": "import math", "new": ',
    '"x"}',
    "        return a - b\n",
    "*** Delete File: src/other.py\n",
    "+++ /dev/null\n",
    "rename from src/calc.py\nrename to link/x.py\n",
    "link/x.py\n",
    "def main():\n",
    "\\ No newline at end of file\n",
    "...\n",
    "# ... existing code ...\n",
    "\x00",
    "\r",
    "\u2028",
    "é",
)


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(text=st.one_of(st.lists(st.sampled_from(PIECES), max_size=25).map("".join), st.text(max_size=200)))
def test_any_text_never_raises_and_never_writes_outside(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    """All or nothing; what is refused leaves every byte; links and what lies outside stay as they are."""
    top = tmp_path_factory.mktemp(f"any-{next(NUMBERS)}", numbered=False)
    outside = project(top / "outside", {"x.py": b"secret\n"})
    files = {"src/calc.py": CALC.encode(), "src/other.py": b"x = 1\n", "bin.dat": b"\x00\x01"}
    root = project(top / "project", files)
    (root / "link").symlink_to(outside)

    applied = apply(read_edits(text), root)

    assert contents(outside) == {"x.py": b"secret\n"} and (root / "link").is_symlink()
    assert sorted(path.name for path in top.iterdir()) == ["outside", "project"]
    assert told(applied)
    if applied.refused or not applied.changed:
        assert {name: held for name, held in contents(root).items() if not name.startswith("link")} == files


@pytest.mark.soak
@settings(max_examples=20_000, deadline=None, suppress_health_check=list(HealthCheck))
@given(drawn=changes(), shape=st.sampled_from(sorted(SHAPES)), noise=st.sampled_from(sorted(NOISE)))
def test_many_changes_in_any_shape(
    tmp_path_factory: pytest.TempPathFactory, drawn: tuple[Change, str, bool], shape: str, noise: str
) -> None:
    test_a_change_in_any_shape_with_any_noise_gives_exactly_its_bytes_or_changes_nothing.hypothesis.inner_test(  # type: ignore[attr-defined]
        tmp_path_factory, drawn, shape, noise
    )


def test_plain_changes_are_applied_and_not_merely_refused(tmp_path: Path) -> None:
    """The property above would hold for a reader that refuses everything; this one would not."""
    chance = random.Random(1)
    taken = 0
    for nth in range(60):
        lines = [f"line {number} of {nth}" for number in range(chance.randrange(3, 30))]
        at = chance.randrange(len(lines))
        before = "".join(f"{line}\n" for line in lines)
        old, new = f"{lines[at]}\n", f"changed {nth}\nand more\n"
        change = Change("a/b.txt", before, before.replace(old, new), old, new, at + 1)
        shape = chance.choice(sorted(SHAPES))
        root = project(tmp_path / str(nth), {"a/b.txt": before.encode()})
        applied = apply(read_edits(SHAPES[shape](change)), root)
        taken += contents(root)["a/b.txt"] == change.after.encode()
        assert applied.refused == (), (shape, told(applied))

    assert taken == 60


@pytest.mark.parametrize(
    "piece",
    [
        "```python\n",
        "<<<<<<< SEARCH\n",
        "<function=x>\n",
        '<edit path="a">\n',
        "<think>\n",
        "<function=x><parameter=a>",
        "a.py\n```\nx\n```\n",
        '{"a": 1}\n',
        "{",
        "[TOOL_CALLS]\n",
        "/*",
        "Option 1:\n",
    ],
)
def test_a_text_made_to_take_long_does_not(tmp_path: Path, piece: str) -> None:
    text = piece * (50_000 // len(piece))
    began = time.process_time()

    apply(read_edits(text), tmp_path)
    spoken(text, ("edit_file", "run_command"))

    assert time.process_time() - began < 0.75
