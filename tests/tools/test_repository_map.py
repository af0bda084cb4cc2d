"""The map shows what matters for what is mentioned, within its tokens, the same bytes for the same tree."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from agents.tools.code.tags import TagCache
from agents.tools.repository_map import count, mentioned_in, repository_map
from tests.local_target import write_tree

ROOT = Path(__file__).parents[2]
SHOP = {
    "shop/__init__.py": "",
    "shop/prices.py": "def price_of(item: str) -> int:\n    return len(item)\n\n\ndef _hidden() -> None: ...\n",
    "shop/basket.py": (
        "from shop.prices import price_of\n\n\nclass Basket:\n    def __init__(self) -> None:\n"
        "        self.items = []\n\n"
        "    def total(self) -> int:\n        return sum(price_of(item) for item in self.items)\n"
    ),
    "shop/unrelated.py": "".join(f"def unrelated_{n}() -> None: ...\n" for n in range(40)),
    "shop/users.py": "from shop.unrelated import unrelated_1\n\n\ndef use() -> None:\n    unrelated_1()\n",
    "tests/test_basket.py": "from shop.basket import Basket\n\n\ndef test_total():\n    assert Basket().total() == 0\n",
    "web/cart.ts": "export class Cart { total(): number { return priceOf(this) } }\n",
    "go/main.go": "package main\n\nfunc PriceOf(item string) int { return len(item) }\n",
}


def test_what_a_failing_test_leads_to_comes_first(tmp_path: Path) -> None:
    project = write_tree(tmp_path, SHOP)

    shown = repository_map(project, ["tests/test_basket.py::test_total"], 110)

    assert "class Basket" in shown and "def price_of(item: str) -> int" in shown
    assert "def total(self) -> int" in shown
    assert "unrelated_" not in shown


def test_a_name_that_is_mentioned_is_shown(tmp_path: Path) -> None:
    project = write_tree(tmp_path, SHOP)

    assert "unrelated_33" in repository_map(project, ["NameError: unrelated_33 is broken"], 100)


@pytest.mark.parametrize("tokens", [0, 1, 20, 60, 200, 5000])
def test_it_keeps_within_its_tokens(tmp_path: Path, tokens: int) -> None:
    project = write_tree(tmp_path, SHOP)

    assert count(repository_map(project, ["shop.basket"], tokens)) <= tokens


def test_every_language_is_on_it(tmp_path: Path) -> None:
    shown = repository_map(write_tree(tmp_path, SHOP), [], 5000)

    assert "class Cart" in shown and "func PriceOf(item string) int" in shown


@pytest.mark.slow
def test_it_is_the_same_in_another_interpreter_with_another_seed(tmp_path: Path) -> None:
    project = write_tree(tmp_path, SHOP)
    here = repository_map(project, ["shop/basket.py:4", "total"], 150)
    program = (
        "import sys; from pathlib import Path; from agents.tools.repository_map import repository_map as m;"
        "sys.stdout.write(m(Path(sys.argv[1]), ['shop/basket.py:4', 'total'], 150))"
    )

    for seed in ("1", "2"):
        env = {"PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)}
        said = subprocess.run([sys.executable, "-c", program, project], capture_output=True, check=True, env=env)
        assert said.stdout.decode() == here


def test_only_files_that_changed_are_parsed_again(tmp_path: Path) -> None:
    project = write_tree(tmp_path, SHOP)
    tags = TagCache()
    repository_map(project, [], 500, tags)
    before = tags.parsed
    write_tree(tmp_path, {"shop/users.py": "def changed() -> None: ...\n"})

    shown = repository_map(project, [], 5000, tags)

    assert tags.parsed == before + 1
    assert "def changed() -> None" in shown


def test_what_stands_outside_is_not_on_it(tmp_path: Path) -> None:
    """A link to a file, a link to a folder, a pipe's name: none is opened."""
    write_tree(tmp_path / "outside", {"secret.py": "def secret(): ...\n"})
    project = write_tree(tmp_path / "project", SHOP)
    (project / "link.py").symlink_to(tmp_path / "outside/secret.py")
    (project / "linked").symlink_to(tmp_path / "outside")

    assert "secret" not in repository_map(project, ["secret"], 5000)


def test_names_cannot_speak_in_control_characters(tmp_path: Path) -> None:
    project = write_tree(tmp_path, {"a\x1b[31m\nb.py": "def f(x='\u202e\x07'): ...\n"})

    shown = repository_map(project, [], 500)

    assert not any(sign in shown for sign in "\x1b\x07\u202e")
    assert [line for line in shown.splitlines() if not line.startswith((" ", "("))] == [r"a\x1b[31m\x0ab.py:"]


@pytest.mark.parametrize(
    ("word", "files", "names"),
    [
        ("src/a/b.py:12", {"src/a/b.py"}, set()),
        ("tests/test_b.py::Case::test_it[x-1]", {"tests/test_b.py"}, {"Case", "test_it"}),
        ("a.b", {"src/a/b.py"}, set()),
        ("./src/a/__init__.py", {"src/a/__init__.py"}, set()),
        ("call_me(b)", set(), {"call_me"}),
        ("", set(), set()),
    ],
)
def test_paths_tests_modules_and_names_are_told_apart(word: str, files: set[str], names: set[str]) -> None:
    known = ["src/a/__init__.py", "src/a/b.py", "tests/test_b.py"]

    assert mentioned_in([word], known) == (mentioned := mentioned_in([word], reversed(known)))
    assert (mentioned.files, mentioned.names) == (files, names)


def test_files_that_are_no_code_cost_nothing(tmp_path: Path) -> None:
    huge = {"huge.py": "x = 1\n" * 200_000, "one_line.js": "a();" * 20_000, "binary.py": "\0" * 100}
    tags = TagCache()

    assert repository_map(write_tree(tmp_path, huge), [], 100, tags) == ""
    assert tags.parsed == 1
