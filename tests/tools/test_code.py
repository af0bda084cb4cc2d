"""Code is read by its grammar: what is defined, where it is used, what does not parse; six languages, nothing run."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from agents.ports import Tool
from agents.tools.code.tags import parse
from agents.tools.offered.diagnostics import Diagnostics
from agents.tools.offered.outline import Outline
from agents.tools.offered.references import References
from agents.tools.offered.search_text import SearchText
from agents.tools.offered.symbols import Symbols
from tests.tools.bench import bench_with_past, bench_without_past, call

SHELF = '''import os


class Shelf:
    """Holds items."""

    LIMIT = 3

    @property
    def free(self) -> int:
        return self.LIMIT - len(self.items)

    async def add(self, item: str, *, twice: bool = False) -> None:
        def inner() -> None: ...

        self.items.append(item)


TOTAL: int = 4


def fill(shelf: Shelf) -> Shelf:
    shelf.add("fill")  # add it
    return shelf
'''
FILES = {
    "src/shelf.py": SHELF,
    "src/use.py": "from shelf import Shelf, fill\n\nfill(Shelf())\n",
    "web/cart.ts": (
        "export interface Priced { price(): number }\n"
        "export class Cart implements Priced {\n  price() { return 1 }\n}\n"
        "export const total = (cart: Cart): number => cart.price();\n"
    ),
    "web/old.js": "class Cart {}\nfunction total(a) { return a }\nmodule.exports.late = function () {};\n",
    "main.go": "package main\n\ntype Cart struct{}\n\nfunc (c *Cart) Price() int { return 1 }\n",
    "lib.rs": "pub struct Cart;\nimpl Cart {\n    pub fn price(&self) -> u32 { 1 }\n}\n",
    "Cart.java": "public class Cart {\n  private int n;\n  @Override\n  public int price() { return n; }\n}\n",
    "README.md": "add(x)\n",
}


def given(**arguments: object) -> str:
    return json.dumps(arguments)


async def test_an_outline_has_every_definition_with_its_lines(tmp_path: Path) -> None:
    done = await call(Outline(), bench_without_past(tmp_path, FILES), given(path="src/shelf.py"))

    assert [line.split(maxsplit=1) for line in done.text.splitlines()[1:]] == [
        ["4-16", "class Shelf"],
        ["7-7", "LIMIT = 3"],
        ["10-11", "def free(self) -> int"],
        ["13-16", "async def add(self, item: str, *, twice: bool = False) -> None"],
        ["14-14", "def inner() -> None"],
        ["19-19", "TOTAL: int = 4"],
        ["22-24", "def fill(shelf: Shelf) -> Shelf"],
    ]


async def test_an_outline_of_a_folder_shows_each_files_top(tmp_path: Path) -> None:
    done = await call(Outline(), bench_without_past(tmp_path, FILES))

    assert "def free" not in done.text and "class Shelf" in done.text
    assert done.facts["files"] == 7 and "README" not in done.text


@pytest.mark.parametrize(
    ("name", "places"),
    [
        ("Cart", {"web/cart.ts:2", "web/old.js:1", "main.go:3", "lib.rs:1", "Cart.java:1"}),
        ("Cart.price", {"web/cart.ts:3", "main.go:5", "lib.rs:3", "Cart.java:4"}),
        ("Cart::price", {"web/cart.ts:3", "main.go:5", "lib.rs:3", "Cart.java:4"}),
        ("total", {"web/cart.ts:5", "web/old.js:2", "src/shelf.py:19"}),
        ("Shelf.add", {"src/shelf.py:13"}),
        ("lat", {"web/old.js:3"}),
        ("nothing_like_it", set()),
    ],
)
async def test_symbols_are_found_in_every_language(tmp_path: Path, name: str, places: set[str]) -> None:
    done = await call(Symbols(), bench_without_past(tmp_path, FILES), given(name=name))

    assert done.success
    assert {line.split()[0] for line in done.text.splitlines() if line[0] != " " and ":" in line} == places


async def test_a_name_that_is_not_there_is_answered_with_those_like_it(tmp_path: Path) -> None:
    done = await call(Symbols(), bench_without_past(tmp_path, FILES), given(name="Shelff"))

    assert "there are Shelf" in done.text


async def test_references_are_uses_in_code_only(tmp_path: Path) -> None:
    done = await call(References(), bench_without_past(tmp_path, FILES), given(name="add"))
    fills = await call(References(), bench_without_past(tmp_path / "b", FILES), given(name="Shelf.fill"))

    assert done.text.splitlines()[:2] == [
        "src/shelf.py:13 in Shelf (defined here): async def add(self, item: str, *, twice: bool = False) -> None:",
        'src/shelf.py:23 in fill: shelf.add("fill")  # add it',
    ]
    assert fills.facts == {"lines": 3, "files": 2}


async def test_what_does_not_parse_keeps_its_symbols() -> None:
    tags = parse("python", b"class A:\n    def f(self):\n        return (1\n\n    def g(self): ...\n")

    assert {each.full for each in tags.definitions} >= {"A", "A.f"}
    assert tags.broken


async def test_diagnostics_know_each_language(tmp_path: Path) -> None:
    broken = {
        "a.py": "import os\n\n\ndef f():\n    return nothing\n",
        "b.py": "def f(:\n",
        "c.ts": "function f( { return }\n",
        "d.go": "package main\n\nfunc {\n",
        "e.rs": "fn f( -> { }\n",
        "F.java": "class F { void f( }\n",
        "g.json": '{"a": 1,}\n',
        "h.toml": "a = \n",
        "i.js": "let x = ;\n",
        "tsconfig.json": "// comments are meant\n{}\n",
        "good.py": "x = 1\n",
    }

    done = await call(Diagnostics(), bench_without_past(tmp_path, broken), given(paths=["."]))

    assert {line.split(":")[0] for line in done.text.splitlines()[:-1]} == set(broken) - {"good.py", "tsconfig.json"}
    assert "a.py:5:12 F821 Undefined name `nothing`" in done.text
    assert "F401" in done.text


@pytest.mark.slow
async def test_diagnostics_look_at_the_changed_files_by_themselves(tmp_path: Path) -> None:
    with bench_with_past(tmp_path, {"a.py": "x = nowhere\n", "b.py": "y = 1\n"}) as bench:
        unchanged = await call(Diagnostics(), bench)
        (bench.target.project / "b.py").write_text("y = missing\n")
        changed = await call(Diagnostics(), bench)

    assert not unchanged.success and "no file is changed yet" in unchanged.text
    assert "b.py:1:5 F821" in changed.text and "a.py" not in changed.text


async def test_text_is_found_with_place_and_surroundings(tmp_path: Path) -> None:
    bench = bench_without_past(tmp_path, FILES)

    done = await call(SearchText(), bench, given(pattern=r"add\(", glob="*.md"))
    around = await call(SearchText(), bench, given(pattern="TOTAL", around=1, path="src"))
    literal = await call(SearchText(), bench, given(pattern="add(x)", literal=True))
    lower = await call(SearchText(), bench, given(pattern="^total", ignore_case=True, path="src"))

    assert done.text == literal.text == "README.md:1: add(x)"
    assert around.text.splitlines() == [
        "src/shelf.py-18- ",
        "src/shelf.py:19: TOTAL: int = 4",
        "src/shelf.py-20- ",
        "--",
    ]
    assert lower.facts["lines"] == 1


async def test_a_pattern_may_reach_over_lines_and_counts_where_it_begins(tmp_path: Path) -> None:
    done = await call(SearchText(), bench_without_past(tmp_path, FILES), given(pattern=r"class Shelf:\n\s+\S+ \w+"))

    assert done.text == "src/shelf.py:4: class Shelf:"


@pytest.mark.parametrize("pattern", [r"(a+)+$", r"(a|aa)+$", r"(?:a?){40}a{40}b"])
async def test_a_pattern_that_explodes_ends_in_time(
    tmp_path: Path, pattern: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("agents.tools.offered.search_text.SECONDS", 0.2)
    bench = bench_without_past(tmp_path, {"a.txt": "a" * 64 + "!\n"})

    done = await call(SearchText(), bench, given(pattern=pattern))

    assert "simpler" in done.text or "no line matches" in done.text


@pytest.mark.parametrize("pattern", ["(", "[", "a{2,1}", "(?P<1>x)", "\\"])
async def test_a_pattern_that_is_none_is_answered_with_what_is_wrong(tmp_path: Path, pattern: str) -> None:
    done = await call(SearchText(), bench_without_past(tmp_path, FILES), given(pattern=pattern))

    assert not done.success and "pattern is not right" in done.text


async def test_many_and_long_lines_are_cut_and_said(tmp_path: Path) -> None:
    bench = bench_without_past(tmp_path, {"a.txt": "x\n" * 1000, "b.bin": "x\0", "c.txt": "y" * 100_000})

    many = await call(SearchText(), bench, given(pattern="x", most=3))
    long = await call(SearchText(), bench, given(pattern="y"))

    assert many.text.count("a.txt:") == 3 and "more than 3 lines match" in many.text
    assert len(long.text) < 500


@pytest.mark.parametrize(
    "tool", [Outline(), Symbols(), References(), SearchText(), Diagnostics()], ids=lambda t: t.name
)
async def test_no_code_tool_leaves_the_project(tmp_path: Path, tool: Tool) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside/secret.py").write_text("def f(): 'secret'\n")
    bench = bench_without_past(tmp_path, {"a/b.py": "x = 1\n"})
    (bench.target.project / "link").symlink_to(tmp_path / "outside")
    fields = tool.arguments.model_fields
    other = {name: "f" for name in ("name", "pattern") if name in fields}

    for path in ("../outside", "/etc", "~/x", "a/../../b", ".git", "link", "a\0b", "missing.py"):
        done = await call(tool, bench, given(**({"paths": [path]} if "paths" in fields else {"path": path}), **other))

        assert "secret" not in done.text, path
        assert not done.success or "missing.py" in done.text, path
