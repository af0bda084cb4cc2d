"""What a project and its user ask of the gates: which are on, which options they have, and clear words for mistakes."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from director.core.evolve import fold
from director.core.left import left
from director.core.state import State
from director.gates import found_gates
from director.gates.defaults import DEFAULTS, MEANS, OPTIONS, UNASKED
from director.gates.mypy_settings import mypy_file, mypy_settings, written
from director.settings import GateSettings, Known, SettingsError, load, read_repository, specs, together
from ledger.events import Finding, GateSpec, Reading
from tests.core.world import World, play, start

KNOWN = {name: Known(spec, OPTIONS.get(name, frozenset()), name in UNASKED) for name, spec in DEFAULTS.items()}


def asked(text: str) -> dict[str, GateSettings]:
    """What a kaizen.toml asks for."""
    return dict(read_repository(text.encode(), "kaizen.toml").gates)


def chosen(text: str, *on: str) -> dict[str, GateSpec]:
    """The gates that are measured then."""
    return {spec.name: spec for spec in specs(KNOWN, asked(text), "kaizen.toml", on)}


def test_every_gate_has_a_row_and_words() -> None:
    assert set(found_gates()) >= set(DEFAULTS) == set(MEANS) and set(OPTIONS) < set(DEFAULTS)


def test_what_nobody_asks_for_is_off() -> None:
    assert set(chosen("")) == UNASKED
    assert set(chosen("", "types")) == UNASKED | {"types"}
    assert set(chosen("[gates.types]\nenabled = false\n[gates.security]\n", "types")) == UNASKED | {"security"}


def test_a_table_with_a_command_is_a_gate_of_its_own() -> None:
    text = (
        "[gates.vet]\ncommand = ['go', 'vet']\n[gates.cover]\ncommand = ['make']\nread = 'lcov'\nfile = 'a/lcov.info'\n"
    )

    gates = chosen(text)

    assert (gates["vet"].command, gates["vet"].better, gates["vet"].options) == (("go", "vet"), "lower", {})
    assert (gates["cover"].better, gates["cover"].target, gates["cover"].unit) == ("higher", 80, " %")
    assert gates["cover"].options == {"read": "lcov", "file": "a/lcov.info"}


MISTAKES: dict[str | bytes, tuple[str, ...]] = {
    "[gates.typs]": ("no gate 'typs'", "did you mean 'types'?"),
    "[gates.vet]\ntarget = 1": ("no gate 'vet'", "has no `command`"),
    "[gates.Vet]\ncommand = ['go']": ("'Vet' is no name",),
    "[gates.types]\nlimit = 3": ("'types' has no setting 'limit'", "known are"),
    "[gates.complexity]\nlimits = 3": ("unknown key 'gates.complexity.limits'", "did you mean 'limit'?"),
    "[gate.tests]\ntarget = 1": ("unknown key 'gate'", "did you mean 'gates'?"),
    "[gates.mutation]\nsample = 0": ("gates.mutation.sample", "greater than or equal to 1"),
    "[gates.tests]\ntarget = 'none'": ("gates.tests.target", "valid number", "'none'"),
    "[gates.tests]\ntolerance = nan": ("gates.tests.tolerance", "finite"),
    "[gates.coverage]\ntarget = 101": ("gates.coverage.target is 101", "nothing above 100 %"),
    "[gates.lint]\ntarget = -1": ("gates.lint.target is -1", "nothing below 0"),
    "[gates.tests]\nenabled = false\n[gates.lint]\nenabled = false\n[gates.coverage]\nenabled = false": (
        "every gate off",
    ),
    "gates = 1": ("gates: give a table, not 1",),
    "[gates]\nlint = 1": ("gates.lint: give a table, not 1",),
    "[gates.a]\ncommand = 'make check'": ("gates.a.command: give a list", "not 'make check'"),
    "[gates.a]\ncommand = ['']": ("names no program",),
    "[gates.a]\ncommand = ['x']\nread = 'xml'": ("gates.a.read", "'junit'"),
    "[gates.a]\ncommand = ['x']\nregex = 'a'\njson_path = 'b'": ("keep one",),
    "[gates.a]\ncommand = ['x']\nregex = '('": ("gates.a.regex is no regular expression", "missing )"),
    "[gates.a]\ncommand = ['x']\nread = 'json'": ("has no `json_path`",),
    "[gates.a]\ncommand = ['x']\nfile = '../x'": ("leads out of the project",),
    "[gates.a]\ncommand = ['x']\nbetter = 'higher'": ("has no `target`",),
    "[gates.a]\ncommand = ['x']\nseconds = 1e18": ("gates.a.seconds", "86400"),
    "[gates\n": ("not valid TOML", "line 1"),
    f"[gates.lint]\ntarget = {'9' * 5000}": ("not valid TOML", "4300 digits"),
    f"x = {'[' * 5000}": ("not valid TOML", "recursion"),
    f"{'a.' * 400_000}a = 1": ("not valid TOML", "thousands of parts"),
    "[gates.a]\ncommand = ['x']\nregex = '((a{1,999}){1,999}){1,999}'": ("gates.a.regex", "more than 50000 times"),
    f"goal = '{'x' * 20001}'": ("goal: ", "20000", "xxx…"),
    "# café".encode("latin-1"): ("is not UTF-8 (byte 5)",),
}


def test_a_mistake_is_one_clear_line() -> None:
    said = {text: said_of(text if isinstance(text, bytes) else text.encode()) for text in MISTAKES}

    unclear = [(text, said[text]) for text, words in MISTAKES.items() if not all(word in said[text] for word in words)]
    assert not unclear
    assert not [line for line in said.values() if "\n" in line or len(line) > 300]


def said_of(content: bytes) -> str:
    """What is said of a kaizen.toml with a mistake."""
    with pytest.raises(SettingsError) as caught:
        specs(KNOWN, read_repository(content, "kaizen.toml").gates, "kaizen.toml")
    return str(caught.value)


def test_a_file_that_an_editor_marked_as_utf_8_is_read_as_any_other() -> None:
    assert read_repository(b"\xef\xbb\xbf[gates.lint]\r\ntarget = 3\r\n", "kaizen.toml").gates["lint"].target == 3


def test_a_wrong_setting_of_the_users_is_looked_for_where_it_stands(tmp_path: Path) -> None:
    home = {"KAIZEN_HOME": str(tmp_path)}
    (tmp_path / "kaizen.toml").write_text("parallel = 99\n")
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "kaizen.toml").write_bytes(b"\xff")
    (tmp_path / "dotted").mkdir()
    (tmp_path / "dotted" / ".env").write_bytes(b"A=\xff")
    places: dict[str, tuple[dict[str, str], dict[str, object]]] = {
        f"{tmp_path}/kaizen.toml: parallel": (home, {}),
        "KAIZEN_PARALLEL: parallel": (home | {"KAIZEN_PARALLEL": "x"}, {}),
        "--parallel: parallel": (home | {"KAIZEN_PARALLEL": "x"}, {"parallel": 17}),
        f"{tmp_path}/broken/kaizen.toml is not UTF-8": ({"KAIZEN_HOME": f"{tmp_path}/broken"}, {}),
        f"{tmp_path}/dotted/.env cannot be read": ({"KAIZEN_HOME": f"{tmp_path}/dotted"}, {}),
        "set KAIZEN_HOME": ({"KAIZEN_HOME": "~nobody-of-this-name/kaizen"}, {}),
    }

    for words, (environment, options) in places.items():
        with pytest.raises(SettingsError, match=re.escape(words)):
            load(environment, options)


def test_the_users_own_file_wins_key_by_key(tmp_path: Path) -> None:
    (tmp_path / "kaizen.toml").write_text(
        "[gates.security]\ntarget = 2\n[gates.lint]\nenabled = false\n[gates.x]\nenabled = false\n"
    )
    mine = load({"KAIZEN_HOME": str(tmp_path)}).gates

    both = together(mine, asked("[gates.security]\nenabled = false\ntolerance = 3\ntarget = 9\n[gates.types]\n"), KNOWN)

    gates = {spec.name: spec for spec in specs(KNOWN, both, "kaizen.toml")}
    assert "security" not in gates and "lint" not in gates and "types" in gates
    assert both["security"].target == 2 and both["security"].tolerance == 3


def test_mypy_is_configured_where_a_file_says_so() -> None:
    files = {"pyproject.toml": b"[project]\nname = 'a'\n", "setup.cfg": b"[mypy]\nstrict = True\n"}

    assert mypy_file(files.get) == "setup.cfg"
    assert mypy_file({"pyproject.toml": b"[[tool.mypy.overrides]]\n"}.get) == "pyproject.toml"
    assert mypy_file({}.get) == ""


def test_mypys_settings_are_written_anew(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(
        "[tool.mypy]\nstrict = true\ncache_dir = 'x'\nplugins = ['./own.py', 'no_such_plugin', 'pydantic.mypy']\n"
        "[[tool.mypy.overrides]]\nmodule = ['a.*', 'b']\nignore_errors = true\n"
    )

    text, lost = written(mypy_settings(tmp_path)[1])

    assert lost == ("./own.py", "no_such_plugin") and "cache_dir" not in text
    assert "[mypy-a.*]\nignore_errors = True" in text and "plugins = pydantic.mypy" in text


def test_what_is_left_of_a_gate_names_the_worst() -> None:
    run = fold(State(), play(World(), [start()], stop_after=9)).run
    assert run is not None
    eval_ = Finding(rule="B307", message="eval", path="a.py", line=3)
    reading = Reading(gate="security", value=2.0, findings=(eval_, Finding(rule="x", message="bad", path="b.py")))
    begun = msgspec.structs.replace(run.started, gates=(DEFAULTS["security"], DEFAULTS["performance"]))

    security, performance = left(replace(run, started=begun, readings=(reading,)))

    assert security.what == "security is 2 findings, the target 0 findings: a.py:3 eval, b.py bad"
    assert "by hand" in security.remedy
    assert performance.what == "performance could not be measured"
