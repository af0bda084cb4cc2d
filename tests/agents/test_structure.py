"""The technique `structure` names circles of imports and hot spots, with evidence, and changes nothing."""

from __future__ import annotations

import ast
from pathlib import Path
from textwrap import dedent

import pytest

from agents.ports import Found, Nothing, Outcome
from agents.techniques.structure import MOST, Structure, hot_spots
from ledger.events import Finding, Task, TaskId
from tests.local_target import bench_for, write_tree
from tests.support.repositories import commit, make

TASK = Task(id=TaskId("t1"), kind="structure", gate="lint", role="architect", title="structure")


async def looked(root: Path, files: dict[str, str], sources: tuple[str, ...] = (".",)) -> Outcome:
    return await Structure().try_on(TASK, bench_for(write_tree(root, files), sources=sources).bench)


async def findings(root: Path, files: dict[str, str], sources: tuple[str, ...] = (".",)) -> tuple[Finding, ...]:
    outcome = await looked(root, files, sources)
    assert isinstance(outcome, Found), outcome
    return outcome.findings


async def test_a_circle_of_imports_is_told_with_its_lines_and_its_cheapest_cut(tmp_path: Path) -> None:
    files = {
        "src/shop/__init__.py": "",
        "src/shop/cart.py": "from shop.prices import A, B\n",
        "src/shop/prices.py": "import os\nfrom .taxes import rate, rule\n",
        "src/shop/taxes.py": "\nfrom . import cart\n",
    }

    (found,) = await findings(tmp_path, files, ("src",))

    assert (found.rule, found.path, found.line) == ("import-cycle", "src/shop/taxes.py", 2)
    assert "shop.taxes takes 1 name of shop.cart" in found.message
    assert "src/shop/cart.py:1, src/shop/prices.py:2, src/shop/taxes.py:2" in found.message


async def test_a_package_given_as_its_own_source_is_understood(tmp_path: Path) -> None:
    files = {"shop/__init__.py": "", "shop/a.py": "from shop.b import x\n", "shop/b.py": "import shop.a\n"}

    (found,) = await findings(tmp_path, files, ("shop",))

    assert "shop.a → shop.b → shop.a" in found.message


async def test_a_package_without_an_init_is_named_after_its_folder(tmp_path: Path) -> None:
    files = {"src/shop/a.py": "from shop.b import x\n", "src/shop/b.py": "import shop.a\n"}

    (found,) = await findings(tmp_path, files, ("src/shop",))

    assert "shop.a → shop.b → shop.a" in found.message


async def test_imports_made_later_or_for_the_type_checker_close_no_circle(tmp_path: Path) -> None:
    late = "def f():\n    import a\n"
    typed = "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import a\n"

    outcome = await looked(tmp_path, {"a.py": "import b\nimport c\n", "b.py": late, "c.py": typed})

    assert outcome == Nothing("no circle of imports and no hot spot in 3 files")


async def test_imports_in_a_try_do_close_a_circle(tmp_path: Path) -> None:
    files = {"a.py": "try:\n    x\nexcept NameError:\n    import b\n", "b.py": "import a\n"}

    assert len(await findings(tmp_path, files)) == 1


async def test_a_knot_of_modules_is_one_finding(tmp_path: Path) -> None:
    files = {f"m{n}.py": "".join(f"import m{other}\n" for other in range(5) if other != n) for n in range(5)}

    (found,) = await findings(tmp_path, files)

    assert "5 modules that all import each other" in found.message


DEEP = dedent("""\
    def {name}(x):
        total = 0
        for a in x:
            for b in a:
                if b and a or x:
                    while b:
                        total += 1 if b else 2
                elif a:
                    total += 2
    """)
FLAT = "    if x == {n} and total:\n        total += {n}\n"


def tangled(name: str, checks: int = 40) -> str:
    return DEEP.format(name=name) + "".join(FLAT.format(n=n) for n in range(checks)) + "    return total\n"


def test_depth_branches_and_lines_are_counted_as_they_read() -> None:
    (spot,) = hot_spots("a.py", ast.parse(DEEP.format(name="f")))

    assert (spot.lines, spot.depth, spot.branches) == (9, 5, 9)


def test_a_function_inside_another_counts_for_itself() -> None:
    source = "class A:\n    def f(self):\n        def g():\n            if 1:\n                pass\n        return g\n"

    spots = {spot.name: (spot.lines, spot.branches) for spot in hot_spots("a.py", ast.parse(source))}

    assert spots == {"A.f": (2, 1), "A.f.g": (3, 2)}


@pytest.mark.slow
async def test_what_changed_often_is_hotter(tmp_path: Path) -> None:
    files = {"often.py": tangled("often", 38), "once.py": tangled("once", 40), "short.py": "def f():\n    return 1\n"}
    make(tmp_path, files)
    for number in range(3):
        (tmp_path / "often.py").write_text(files["often.py"] + f"\n# {number}\n")
        commit(tmp_path, "more")

    found = await findings(tmp_path, files)

    assert [each.symbol for each in found] == ["often.py::often", "once.py::once"]
    assert "its file changed 4 times" in found[0].message


async def test_without_history_the_finding_says_so(tmp_path: Path) -> None:
    (found,) = await findings(tmp_path, {"a.py": tangled("f")})

    assert found.message == "f: 90 lines, 5 levels, 89 branches; no history to read"


async def test_a_report_is_bounded_and_the_same_each_time(tmp_path: Path) -> None:
    files = {f"m{n}.py": tangled(f"f{n}", 40 + n) for n in range(MOST + 5)}

    first = await findings(tmp_path, files)

    assert len(first) == MOST
    assert first[0].symbol == f"m{MOST + 4}.py::f{MOST + 4}"
    assert first == await findings(tmp_path, files)


async def test_a_project_without_code_is_a_no(tmp_path: Path) -> None:
    assert isinstance(await looked(tmp_path, {"README.md": "# nothing\n", "b.py": "def (\n"}), Nothing)
