"""What the referee sees without running anything: settings, comments, types, names, files read by themselves."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from agents.workspace.layout import Layout
from agents.workspace.mirror import Entry
from director.referee.changes import changes_between, kind_of, moved_to, shadows
from director.referee.ratchets import is_typed, newly_hidden, untyped, weakened_steps
from director.referee.static import left_out
from director.referee.toolsettings import shifts

LAYOUT = Layout(("src/shop",), ("src", "."), ("src/shop/text.py",), ("tests/test_text.py",), "pytest")


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("src/shop/text.py", "source"), ("src/shop/data.json", "source"), ("tests/test_text.py", "test"),
        ("tests/golden.json", "data"), ("tests/conftest.py", "test"), ("src/shop/ruff.toml", "settings"),
        (".github/workflows/ci.yml", "settings"), ("sitecustomize.py", "read"), ("x.egg-info/entry_points.txt", "read"),
        ("README.md", "docs"), ("fixtures/rates.csv", "data"),
    ],
)  # fmt: skip
def test_a_file_is_of_one_kind_by_its_place(path: str, kind: str) -> None:
    assert kind_of(path, "", (LAYOUT,)) == kind


@pytest.mark.parametrize(
    ("before", "after", "direction"),
    [
        ("[tool.coverage.report]\nfail_under = 90", "[tool.coverage.report]\nfail_under = 50", "weaker"),
        ("[tool.coverage.report]\nfail_under = 90", "[tool.coverage.report]\nfail_under = 95", "stronger"),
        ("[tool.ruff]\nline-length = 100", "[tool.ruff]", "stronger"),
        ("[tool.ruff]\nline-length = 100", "[tool.ruff]\nline-length = 120", "weaker"),
        ("[tool.ruff.lint]\nselect = ['E', 'B']", "[tool.ruff.lint]\nselect = ['E']", "weaker"),
        ("[tool.ruff.lint]\nselect = ['E']", "[tool.ruff.lint]\nselect = ['E', 'B']", "stronger"),
        ("[tool.mypy]\nstrict = true", "[tool.mypy]\nstrict = true\nignore_errors = true", "weaker"),
        ("[tool.mypy]", "[[tool.mypy.overrides]]\nmodule = 'shop'\nignore_errors = true", "weaker"),
        ("[tool.pytest.ini_options]", "[tool.pytest.ini_options]\naddopts = '-k quick'", "weaker"),
        ("[tool.mypy]\nfiles = ['a']", "[tool.mypy]\nfiles = ['a']\ndisallow_untyped_calls = true", "stronger"),
        ("[tool.mypy]\nfiles = ['a']", "[tool.mypy]\nfiles = ['a']\nwarn_unused_ignores = true", "stronger"),
        ("[tool.mypy]\nfiles = ['a']", "[tool.mypy]\nfiles = ['a']\nallow_redefinition = true", "weaker"),
        ("[tool.pyright]\ntypeCheckingMode = 'strict'", "[tool.pyright]\ntypeCheckingMode = 'basic'", "weaker"),
        ("[tool.pyright]\nreportMissing = 'none'", "[tool.pyright]\nreportMissing = 'error'", "stronger"),
        ("[tool.ruff]\ntarget-version = 'py311'", "[tool.ruff]\ntarget-version = 'py37'", "weaker"),
        ("[tool.ruff]\nline-length = 9", "[tool.ruff]\nline-length = 9\ninclude = ['a.py']", "weaker"),
        ("", "[tool.ruff.lint]\nselect = ['E902']", "weaker"),
        ("[tool.ruff.lint]\nselect = ['E4', 'E7', 'B']", "[tool.ruff.lint]\nselect = ['B', 'E', 'W']", "stronger"),
        ("[tool.ruff.lint]\nselect = ['E', 'B']", "[tool.ruff.lint]\nselect = ['E4', 'B', 'W']", "weaker"),
        ("", "[tool.ruff.lint]\nselect = ['ALL']", "stronger"),
        ("", "[tool.ruff.lint]\nignore = ['F401']", "weaker"),
        ("", "[tool.coverage.report]\nexclude_also = ['if TYPE_CHECKING:', 'raise ', 'def rare']", "weaker"),
        (
            "[tool.pytest.ini_options]\nfilterwarnings = ['error']",
            "[tool.pytest.ini_options]\nfilterwarnings = ['error', 'ignore:old']",
            "weaker",
        ),
        ("[tool.mypy]\nstrict = true", "[tool.pyright]\ninclude = ['a']", "weaker"),
        ("[project]\nrequires-python = '>=3.11'", "[project]\nrequires-python = '>=3.8'", "unclear"),
    ],
)
def test_settings_are_compared_by_what_they_ask(before: str, after: str, direction: str) -> None:
    found = list(shifts({"pyproject.toml": before}, {"pyproject.toml": after}))

    assert {shift.direction for shift in found} == {direction}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("[tool.ruff.lint]\nextend-ignore = ['E203']", "[tool.ruff.lint]\nignore = ['E203']"),
        ("[tool.ruff.lint]\nselect = ['E', 'F']", "[tool.ruff.lint]\nselect = ['E', 'F', 'D']\nignore = ['D100']"),
        ("", "[tool.ruff.lint]\nselect = ['ALL']\nignore = ['D100', 'PLR0913']"),
        ("", "[tool.pylint.messages_control]\ndisable = ['invalid-name']"),
        ("", "[tool.mypy]\nignore_missing_imports = true"),
        ("[tool.mypy]\nno_implicit_optional = true", "[tool.mypy]\npretty = true"),
        ("[tool.ruff]\nline-length = 99", "[tool.ruff]\nline-length = 99\nfix = true\n[tool.ruff.lint.isort]\nx = 1"),
        ("[tool.pytest.ini_options]\naddopts = '--strict'", "[tool.pytest.ini_options]\naddopts = '--strict-markers'"),
        ("[tool.pytest.ini_options]", "[tool.pytest.ini_options]\nfilterwarnings = ['ignore::DeprecationWarning']"),
        ("[tool.coverage.run]\nbranch = true", "[tool.coverage.run]\nbranch = true\ndisable_warnings = ['x']"),
        (
            "[tool.coverage.run]\nbranch = true",
            "[tool.coverage.run]\nbranch = true\n[tool.coverage.report]\n"
            "exclude_also = ['if TYPE_CHECKING:', '^\\\\s*if __name__ == .__main__.:', 'raise NotImplementedError']",
        ),
    ],
)
def test_settings_that_hide_nothing_that_was_told_are_not_weaker(before: str, after: str) -> None:
    found = list(shifts({"pyproject.toml": before}, {"pyproject.toml": after}))

    assert not {shift.direction for shift in found} & {"weaker", "unclear"}


def test_a_tool_may_give_its_place_to_one_that_finds_as_much() -> None:
    before = {".flake8": "[flake8]\nselect = B, E, F\n"}
    wide, narrow = ({"ruff.toml": f"[lint]\nselect = {rules}\n"} for rules in (["B", "E", "F", "UP"], ["E", "F"]))

    assert [shift for shift in shifts(before, wide) if shift.direction == "weaker"] == []
    assert "weaker" in {shift.direction for shift in shifts(before, narrow)}


def test_a_word_that_stands_for_many_settings_is_as_strict_as_they_are() -> None:
    few, strict = ({"mypy.ini": f"[mypy]\n{text}\n"} for text in ("warn_return_any = true", "strict = true"))

    assert {one.direction for one in shifts(few, strict)} == {"stronger"}
    assert "weaker" in {one.direction for one in shifts(strict, few)}


def test_settings_that_only_move_to_another_file_are_the_same() -> None:
    before = {"setup.cfg": "[coverage:report]\nfail_under = 90\n"}
    after = {"pyproject.toml": "[tool.coverage.report]\nfail_under = 90\n"}

    assert list(shifts(before, after)) == []


def test_settings_that_name_a_place_by_its_new_name_are_the_same() -> None:
    """A package that moves takes what tools are told about it along; one that stays behind does not."""
    base = ["shop/text.py", "shop/cart.py", "tests/test_text.py"]
    moved = ["src/shop/text.py", "src/shop/cart.py", "tests/test_text.py"]
    half = ["src/shop/text.py", "shop/cart.py", "tests/test_text.py"]
    before, after = ({"mypy.ini": f"[mypy]\nfiles = {place}\n"} for place in ("shop", "src/shop"))

    found = [list(shifts(before, after, lambda place: moved_to(place, base, now))) for now in (moved, half)]  # noqa: B023

    assert found[0] == []
    assert [shift.direction for shift in found[1]] == ["weaker"]


def test_a_new_file_that_a_tool_reads_first_replaces_the_settings() -> None:
    before = {"pyproject.toml": "[tool.ruff.lint]\nselect = ['E', 'B']\n"}

    found = list(shifts(before, {**before, "ruff.toml": "line-length = 100\n"}))

    assert "weaker" in {shift.direction for shift in found}


@pytest.mark.parametrize(
    "comment",
    [
        "# noqa", "# noqa: F401", "# type: ignore[arg-type]", "# pragma: no cover", "# nosec B101",
        "# pylint: disable=all", "# ruff: noqa", "# mypy: ignore-errors", "# pyright: basic",
    ],
)  # fmt: skip
def test_a_comment_that_hides_is_counted_once_it_is_new(comment: str) -> None:
    plain, hiding = {"a.py": "x = 1\n"}, {"a.py": f"x = 1  {comment}\n"}

    assert len(newly_hidden(plain, hiding)) == 1
    assert newly_hidden(hiding, hiding) == []
    assert newly_hidden(hiding, {"b.py": hiding["a.py"]}) == []


@pytest.mark.parametrize(
    ("after", "stood"),
    [
        ("def f():\n    return 1  # noqa: E501\n", True), ("def f():\n    return [1]  # noqa: E501\n", False),
        ("def f():\n    return 1\n\n\ndef g():\n    return 2  # noqa: E501\n", False),
        ("# ruff: noqa\ndef f():\n    return 1\n", True),
    ],
)  # fmt: skip
def test_a_comment_tells_whether_what_it_hides_was_there_before(after: str, stood: bool) -> None:
    assert [hidden.stood for hidden in newly_hidden({"a.py": "def f():\n    return 1\n"}, {"a.py": after})] == [stood]


def test_words_about_hiding_are_no_comments_that_hide() -> None:
    assert newly_hidden({}, {"a.py": "text = '# noqa'  # we ignore blank lines, type errors are shown\n"}) == []


def test_a_module_without_types_has_none_that_a_stub_could_hide() -> None:
    assert is_typed("class A:\n def f(self) -> int: ...") and not is_typed("def f(a): ...")


@pytest.mark.parametrize(
    ("after", "found"),
    [
        ("def f(a: Any) -> int: ...", 1), ("def f(a) -> int: ...", 1), ("def f(b) -> int: ...", 0),
        ("@no_type_check\ndef f(a: int) -> int: ...", 1), ("def f(a: int) -> bool: ...", 0),
    ],
)  # fmt: skip
def test_types_that_were_checked_may_not_be_hidden(after: str, found: int) -> None:
    assert len(list(untyped("a.py", "def f(a: int) -> int: ...", after))) == found


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        ("def f(a: t.Callable): ...", "def f(a: t.Callable[..., t.Any]): ...", 0),
        ("T = t.Optional[t.Any]\ndef f(a: T): ...", "def f(a: t.Any | None): ...", 0),
        ("def f(a: list): ...", "def f(a: Any): ...", 1), ("def f(a: list[int]): ...", "def f(a: list[Any]): ...", 1),
        ("def f(a: int): ...", "T = Any\ndef f(a: T): ...", 1), ("def f(a: int): ...", "def f(a: int | Any): ...", 1),
        ("def f(a: K): ...", "def f(a: Hashable): ...", 0),
        ("class A:\n def f(self: 'A'): ...", "class A:\n def f(self): ...", 0),
        ("def f(a): ...", "@no_type_check\ndef f(a): ...", 0),
    ],
)  # fmt: skip
def test_types_hide_only_where_they_let_more_through(before: str, after: str, found: int) -> None:
    assert len(list(untyped("a.py", before, after))) == found


@pytest.mark.parametrize(
    ("before", "after", "weaker"),
    [
        ("- run: pytest", "- run: pytest || true", True), ("- run: mypy .\n- run: pytest", "- run: pytest", True),
        ("- run: pytest", "- run: pytest\n- run: mypy .", False), ("a:\n\tpytest", "a:\n\tpytest -q", False),
        ("a:\n\tflake8 -v --ignore F401 a", "a:\n\tflake8 --ignore F401 a", False),
        ("a:\n\tflake8 --ignore F401 a", "a:\n\tflake8 --ignore F401,E711 a", True),
        ("coverage:\n  on: true", "  on: true", False),
    ],
)  # fmt: skip
def test_a_step_may_not_be_forgiven_or_left_out(before: str, after: str, weaker: bool) -> None:
    assert bool(list(weakened_steps({"ci.yml": before}, {"ci.yml": after}))) == weaker


def test_a_step_may_move_to_another_file() -> None:
    before = {"Makefile": "test:\n\tpytest\n\tmypy .\n", "ci.yml": "- run: make\n"}
    moved = {"Makefile": "test:\n\tpytest\n", "ci.yml": "- run: make\n- run: mypy .\n"}
    gone = {"Makefile": "test:\n\tpytest\n", "ci.yml": "- run: make\n"}

    assert list(weakened_steps(before, moved)) == []
    assert list(weakened_steps(before, gone)) == [("Makefile", "mypy .")]


@pytest.mark.parametrize(
    ("path", "taken"),
    [("pytest.py", True), ("src/json.py", True), ("src/shop/json.py", False), ("unittest/__init__.py", True)],
)
def test_a_new_module_may_not_take_the_name_of_a_known_one(path: str, taken: bool) -> None:
    after: Mapping[str, Entry] = {path: Entry("100644", "1" * 40)}

    found = shadows(changes_between({}, after, "", (LAYOUT,)), "", (LAYOUT,), ("pytest",))

    assert bool(found) == taken


@pytest.mark.parametrize(
    ("rules", "found"),
    [("*.pyc\n", []), ("build/\n", []), ("shop/\n", ["shop/.gitignore"]), ("text.py\n", ["shop/.gitignore"])],
)
def test_what_git_keeps_may_not_be_named_among_what_tools_pass_over(rules: str, found: list[str]) -> None:
    code, ignore = Entry("100644", "1" * 40), Entry("100644", "2" * 40)
    after = {"shop/shop/text.py": code, "shop/.gitignore": ignore}
    changes = changes_between({"shop/shop/text.py": code}, after, "", (LAYOUT,))

    objections = list(left_out(changes, after, lambda entry: rules if entry == ignore else ""))

    assert [one.reason.path for one in objections] == found
