"""The gates: the contract on each found one, and what only one of them promises."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from agents.ports import AgentError, SandboxBroken
from director.gates import LONGEST, SHOWN, found_gates, measure_all
from director.gates.coverage import Coverage
from director.gates.defaults import DEFAULTS, table
from director.gates.gate import Gate, MeasuredTree, by_name
from director.gates.lint import Lint, arguments_for, ruff_settings
from director.gates.tests import Tests, keep_passed
from director.gates.tree import CleanTree
from ledger.events import Finding, GateSpec, Reading
from tests.contracts.gate import BAD, GOOD, PROMISES, its_spec_is_its_own
from tests.target.plain import project

GATES = found_gates()


def promised(name: str, promise: Callable[..., object]) -> object:
    """The gates that measure longest say it twice among the long tests."""
    long = name in ("dependencies", "mutation", "performance") and promise.__name__ == "it_says_the_same_twice"
    return pytest.param(name, promise, id=f"{name}-{promise.__name__}", marks=pytest.mark.soak if long else ())


@pytest.mark.parametrize("name", GATES)
async def test_a_gate_names_itself(name: str) -> None:
    """Each found gate stands in the table of defaults."""
    await its_spec_is_its_own(GATES[name])

    assert DEFAULTS[name] == GATES[name].spec


@pytest.mark.slow
@pytest.mark.parametrize(("name", "promise"), [promised(name, one) for one in PROMISES for name in GATES])
async def test_a_gate_keeps_its_promises(name: str, promise: object, tmp_path: Path) -> None:
    """The contract suite of the port."""
    await promise(GATES[name], tmp_path)  # type: ignore[operator]


def test_the_gates_are_found_by_walking_the_folder() -> None:
    """No list names them."""
    assert set(GATES) == set(DEFAULTS)


def test_two_gates_of_one_name_are_refused() -> None:
    """Which of two would measure must not depend on the order of finding."""
    with pytest.raises(ValueError, match="two gates are called tests"):
        by_name([Tests(), Tests()])


def test_the_page_shows_the_table_in_force() -> None:
    """The defaults stand in one place."""
    page = Path(__file__).parents[2] / "docs" / "gates.md"

    assert table() in page.read_text(encoding="utf-8")


class Loud:
    """A gate that finds much, or whose tool is broken."""

    name = "loud"
    spec = GateSpec(name="loud", better="lower", target=0, tolerance=0)

    def __init__(self, failure: Exception | None = None) -> None:
        self.failure = failure

    async def measure(self, tree: MeasuredTree, spec: GateSpec) -> Reading:
        """Raise, or find 600 things."""
        if self.failure is not None:
            raise self.failure
        findings = tuple(Finding(rule="r" * 30_000, message="m", line=line) for line in range(600))
        return Reading(gate="loud", value=600.0, findings=findings)


async def test_a_gate_whose_tool_fails_is_unmeasurable_and_stops_no_other(tmp_path: Path) -> None:
    """The reading says what failed."""
    broken: Gate = Loud(SandboxBroken("no namespaces"))

    readings = await measure_all([(broken, Loud.spec), (Loud(), Loud.spec)], CleanTree(project(tmp_path, {})))

    assert [reading.value for reading in readings] == [None, 600.0]
    assert "no namespaces" in readings[0].detail
    assert (len(readings[1].findings), readings[1].more) == (SHOWN, 100)
    assert len(readings[1].findings[0].rule) == LONGEST
    assert issubclass(SandboxBroken, AgentError)


# --- tests


async def reading_of(folder: Path, files: dict[str, str], expected: set[str] | None = None) -> Reading:
    """What the gate of the tests says of a small project."""
    return await Tests().measure(CleanTree(project(folder, files), expected or set()), Tests.spec)


@pytest.mark.slow
async def test_a_test_that_passed_before_must_pass_here(tmp_path: Path) -> None:
    """Deleted or skipped counts like failed."""
    files = {
        "test_a.py": "import pytest\ndef test_a(): pass\n@pytest.mark.skip\ndef test_b(): pass\n"
        "def test_c(): assert 0\n"
    }

    reading = await reading_of(
        tmp_path, files, {"test_a.py::test_a", "test_a.py::test_b", "test_a.py::test_c", "test_gone.py::test_x"}
    )

    assert reading.value == 3
    assert {finding.symbol for finding in reading.findings if finding.rule == "gone"} == {
        "test_a.py::test_b", "test_gone.py::test_x",
    }  # fmt: skip


@pytest.mark.slow
async def test_a_module_that_cannot_be_collected_counts_for_all_its_tests(tmp_path: Path) -> None:
    """Mending its import may show failures, and must not look worse for it."""
    tests = "def test_a(): assert 0\ndef test_b(): assert 0\ndef test_c(): pass\n"

    hidden = await reading_of(tmp_path / "one", {"test_a.py": "import nowhere\n" + tests})
    shown = await reading_of(tmp_path / "two", {"test_a.py": tests})

    assert (hidden.value, shown.value) == (3, 2)
    assert hidden.findings[0].rule == "ModuleNotFoundError" and hidden.findings[0].path == "test_a.py"


@pytest.mark.slow
async def test_without_tests_there_is_no_value(tmp_path: Path) -> None:
    """Nothing that fails is not the same as everything passes."""
    reading = await reading_of(tmp_path, {"pkg.py": "x = 1\n"})

    assert (reading.value, reading.detail) == (None, "no tests were found")


@pytest.mark.slow
async def test_a_failure_is_found_where_it_was_raised(tmp_path: Path) -> None:
    """The innermost frame of the project, and a fingerprint that forgets the line."""
    code = "def f():\n    return {}['missing']\n"
    test = "from pkg import f\ndef test_f(): f()\n"

    reading = await reading_of(tmp_path / "one", {"pkg.py": code, "test_pkg.py": test})
    moved = await reading_of(tmp_path / "two", {"pkg.py": "# moved\n\n" + code, "test_pkg.py": test})

    finding = reading.findings[0]
    assert (finding.rule, finding.path, finding.line, finding.symbol) == (
        "KeyError",
        "pkg.py",
        2,
        "test_pkg.py::test_f",
    )
    assert finding.fingerprint and finding.fingerprint == moved.findings[0].fingerprint


class Shelf:
    """Blobs in a dict."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    def put(self, content: bytes) -> str:
        """Keep under its length: enough here."""
        self.kept[str(len(content))] = content
        return str(len(content))

    def get(self, name: str) -> bytes:
        """Return it."""
        return self.kept[name]

    def __contains__(self, name: object) -> bool:
        """Return whether it is there."""
        return name in self.kept


@pytest.mark.slow
async def test_the_ids_that_passed_are_kept_beside_the_reading(tmp_path: Path) -> None:
    """The next tree is held to them."""
    tree = CleanTree(project(tmp_path, {"test_a.py": "def test_a(): pass\ndef test_b(): assert 0\n"}))
    shelf = Shelf()

    readings = keep_passed([await Tests().measure(tree, Tests.spec)], await tree.suite(), shelf)

    assert json.loads(shelf.get(readings[0].blob)) == ["test_a.py::test_a"]


# --- coverage


@pytest.mark.slow
async def test_functions_no_test_reaches_come_largest_first(tmp_path: Path) -> None:
    """Methods by their qualified name; what is nested in an unreached one is part of it."""
    code = (
        "def used(x):\n    return x\n\n\ndef small():\n    return 1\n\n\nclass Box:\n    def open(self):\n"
        "        def key():\n            return 1\n        a = key()\n        return a\n"
    )
    files = {"pkg.py": code, "test_pkg.py": "from pkg import used\ndef test_used(): assert used(1) == 1\n"}

    reading = await Coverage().measure(CleanTree(project(tmp_path, files)), Coverage.spec)

    assert [(found.symbol, found.line) for found in reading.findings] == [("Box.open", 10), ("small", 5)]
    assert reading.value == 50.0 and reading.counts["lines"] == 10


@pytest.mark.slow
async def test_a_project_without_tests_has_no_coverage_at_all(tmp_path: Path) -> None:
    """Nothing ran: that is a value, and the functions to be tested are known."""
    reading = await Coverage().measure(
        CleanTree(project(tmp_path, {"pkg.py": "def f():\n    return 1\n"})), Coverage.spec
    )

    assert reading.value == 0.0 and [finding.symbol for finding in reading.findings] == ["f"]


# --- lint


@pytest.mark.slow
async def test_no_file_of_the_measured_tree_changes_the_rules(tmp_path: Path) -> None:
    """A configuration that hides everything hides nothing; the trusted one is in force."""
    trusted = project(tmp_path / "trusted", {"pyproject.toml": "[tool.ruff]\nlint.select = ['F']\n"})
    candidate = project(
        tmp_path / "candidate",
        {**BAD, "ruff.toml": "exclude = ['*']\n", ".gitignore": "*\n", "pkg/ruff.toml": "lint.select = []\n"},
    )

    reading = await Lint().measure(CleanTree(candidate, trusted=trusted.project), Lint.spec)

    assert [(finding.rule, finding.path, finding.fixable) for finding in reading.findings] == [
        ("F401", "pkg/half.py", True)
    ]


@pytest.mark.slow
async def test_what_a_comment_hides_is_counted(tmp_path: Path) -> None:
    """A suppressed finding is no finding, but it is no secret either."""
    files = {**GOOD, "pkg/extra.py": "import os  # noqa: F401\n"}

    reading = await Lint().measure(CleanTree(project(tmp_path, files)), Lint.spec)

    assert (reading.value, reading.counts["suppressed"]) == (0, 1)


@pytest.mark.slow
async def test_settings_ruff_refuses_are_said(tmp_path: Path) -> None:
    """The defaults take their place, and the reading says so."""
    files = {**BAD, "ruff.toml": "lint.select = ['NOSUCHRULE']\n"}

    reading = await Lint().measure(CleanTree(project(tmp_path, files)), Lint.spec)

    assert reading.value == 1 and "refuses" in reading.detail


def test_extended_settings_are_resolved_inside_the_repository_only(tmp_path: Path) -> None:
    """A file outside is not read, however it is named."""
    (tmp_path / "outside.toml").write_text("line-length = 77\n")
    root = tmp_path / "repo"
    (root / "sub").mkdir(parents=True)
    (root / "base.toml").write_text("extend = '../outside.toml'\n[lint]\nselect = ['F']\n")
    (root / "sub" / "ruff.toml").write_text("extend = '../base.toml'\n[lint]\nignore = ['F401']\n")

    settings = ruff_settings(root / "sub", root)

    assert settings["lint"] == {"select": ["F"], "ignore": ["F401"]} and "line-length" not in settings
    assert "outside" not in " ".join(arguments_for(settings))
