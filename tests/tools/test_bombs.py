"""What a model, a server or a repository writes is read to its end, and is at worst unreadable."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from agents.json_reading import Unreadable, read_object
from agents.models.checks import fitting
from agents.ports import ToolCall
from agents.roles.declared import FOLDER, read_declared
from agents.techniques import facts, workflow
from agents.tools.edits.reading import read_edits
from agents.tools.foreign import in_our_words
from agents.tools.shell_writes import writes_files
from agents.workspace.declared import declared_by
from agents.workspace.layout import read_layout, read_toml
from director.gates.lint import lint_arguments
from director.referee.ratchets import untyped
from director.settings import SettingsError
from director.settings.checking import parsed

LONG = 20_000
UNITS = ('\\"', '"', "/*", '/*"', "{[", '{"a":', "'", "<", "```\n", " \n", "\n", "<<E\n", ">", "<edit>\n")
DEEP, WIDE = "[" * 50_000, "x = " + "9" * 5000
Reads = Callable[[str], object]


@pytest.mark.parametrize("read", [read_object, read_edits, writes_files, lambda text: fitting(text, {})])
def test_a_text_of_one_thing_again_and_again_is_read_to_its_end(read: Reads) -> None:
    for unit in UNITS:
        text = unit * (LONG // len(unit))
        for shape in (text, '{"a": "' + text):
            with suppress(Unreadable, ValueError):
                read(shape)


def test_a_file_that_is_too_deep_or_has_too_long_a_number_is_only_unreadable(tmp_path: Path) -> None:
    (tmp_path / "package.json").write_text(DEEP)
    for text in (f"x = {DEEP}", WIDE):
        (tmp_path / "pyproject.toml").write_text(text)
        with pytest.raises(SettingsError, match=r"kaizen\.toml is not valid TOML"):
            parsed(text.encode(), "kaizen.toml")

        found = read_declared({f"{FOLDER}/a.toml": text[:30_000].encode()}, (), ())

        assert read_toml(tmp_path / "pyproject.toml") == {}
        assert "it is no TOML" in found.refused[0]
    assert workflow._scripts(tmp_path) == {} == facts._json(tmp_path / "package.json")


def test_requirements_that_name_themselves_again_and_again_are_read_once(tmp_path: Path) -> None:
    again = ", ".join(['"shop[test]"'] * 300)
    within = ", ".join(['{include-group = "test"}'] * 300)
    (tmp_path / "pyproject.toml").write_text(
        '[project]\nname = "shop"\nversion = "1"\n'
        f'optional-dependencies.test = [{again}, "one"]\n'
        f'[dependency-groups]\ntest = [{within}, "two"]\n'
    )
    (tmp_path / "requirements.txt").write_text("-r requirements.txt\n-r a\0b\n.[test,test]\n" * 300 + "three\n")
    (tmp_path / "tox.ini").write_text("[testenv]\ndeps =\n" + "    -r requirements.txt\n" * 300)

    found = declared_by(tmp_path)

    assert set(found.requirements) == {"one", "two", "three"}


def test_settings_of_a_project_that_mean_nothing_are_passed_over(tmp_path: Path) -> None:
    far = "a" * 5000
    odd = [
        f'project.name = "{far}"', f'tool.setuptools_scm.write_to = "{far}"', "tool.setuptools.packages.find.where = 5",
        f'tool.setuptools.packages.find.where = ["{far}", "a\\u0000b"]',
        f'tool.poetry.dependencies.python = "^{"9" * 5000}"',
        'tool.poetry.dependencies.x = "^1..2"', 'tool.poetry.dependencies.x = {version = "^1", extras = 5}',
        'tool.ruff.extend = "a\\u0000b"', f'tool.ruff.extend = "{far}"', "tool.ruff.line-length = 1979-05-27",
    ]  # fmt: skip
    for text in odd:
        (tmp_path / "pyproject.toml").write_text(text)

        assert declared_by(tmp_path) and read_layout(tmp_path) and lint_arguments(tmp_path, tmp_path)


def test_an_expression_without_end_hides_no_definition() -> None:
    long = f"BIG = {' + '.join(['1'] * 2000)}\n"

    lost = list(untyped("a.py", f"{long}def f(x: int): pass\n", f"{long}def f(x): pass\n"))

    assert [each.line for each in lost] == [2]


def test_arguments_that_are_too_deep_are_told_as_wrong() -> None:
    call = ToolCall("c1", "view", f'{{"path": "a.py", "view_range": "{DEEP}"}}')

    assert in_our_words(call, ["read_file"]).name == "read_file"
    with pytest.raises(ValueError, match="no JSON"):
        fitting(DEEP, {})
