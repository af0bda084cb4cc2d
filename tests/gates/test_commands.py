"""Gates that are commands: what measures is trusted, what is measured is a copy, what is not there is no pass."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from agents.tools.copies import collect, lay
from agents.tools.toolchain import toolchain
from director.gates.bundle import Bundle
from director.gates.command import OwnCommand
from director.gates.performance import Pair, is_noisy, slower
from director.gates.tree import CleanTree
from ledger.events import GateSpec, Reading
from tests.target.plain import project

LANGUAGES = {
    "node": (
        {
            "sum.js": "exports.sum = (a, b) => a - b;\n",
            "test/sum.test.js": "const test = require('node:test');\nconst { sum } = require('../sum.js');\n"
            "test('sums', () => { if (sum(1, 2) !== 3) throw new Error('wrong'); });\n"
            "test('stays', () => { if (sum(1, 0) !== 1) throw new Error('wrong'); });\n",
        },
        ("node", "--test", "--test-reporter=junit"),
        {"read": "junit"},
    ),
    "rustc": (
        {"src/lib.rs": "#[test]\nfn sums() { let n: i32 = \"three\"; }\n"},
        ("rustc", "--test", "src/lib.rs", "-o", "all"),
        {},
    ),
    "go": (
        {
            "go.mod": "module sum\n\ngo 1.20\n",
            "sum_test.go": 'package sum\n\nimport "testing"\n\nfunc TestSum(t *testing.T) { t.Fatal("wrong") }\n',
        },
        ("go", "test", "./..."),
        {},
    ),
    "tsc": (
        {"sum.ts": "export const sum: number = 'three';\n"},
        ("tsc", "--noEmit", "--pretty", "false", "sum.ts"),
        {"read": "regex", "regex": r"(\d)\): error"},
    ),
}  # fmt: skip
"""A project of each language in which one thing is wrong, and how that is measured."""


PAGE_TOOLS = Path(__file__).resolve().parents[2] / "dashboard" / "web" / "node_modules" / ".bin"
"""Where the compiler stands that the page is built with."""


async def measured(
    folder: Path, files: dict[str, str], *command: str, then: dict[str, str] | None = None, **options: str
) -> Reading:
    """What a command says of a small project."""
    spec = GateSpec(name="own", better="lower", target=0, tolerance=0, command=command, options=options)
    beside = project(folder / "then", then).project if then else None
    return await OwnCommand().measure(CleanTree(project(folder / "tree", files), trusted=beside), spec)


@pytest.mark.slow
async def test_the_script_that_measures_is_the_trusted_one(tmp_path: Path) -> None:
    reading = await measured(tmp_path, {"check.sh": "exit 0\n"}, "sh", "check.sh", then={"check.sh": "exit 1\n"})

    assert reading.value == 1


@pytest.mark.slow
async def test_what_is_said_to_be_trusted_comes_from_the_checkpoint(tmp_path: Path) -> None:
    now = {"main.sh": "sh test/a.sh\n", "test/a.sh": "exit 0\n"}

    then = {**now, "test/a.sh": "exit 4\n"}

    free = await measured(tmp_path / "free", now, "sh", "main.sh", then=then)
    held = await measured(tmp_path / "held", now, "sh", "main.sh", then=then, trusted="test/**")

    assert (free.value, held.value) == (0, 1)


@pytest.mark.slow
async def test_a_command_writes_to_a_copy_alone(tmp_path: Path) -> None:
    script = {"make.sh": "echo 3 > report.txt; echo worse > make.sh\n"}

    reading = await measured(tmp_path, script, "sh", "make.sh", read="regex", regex=r"\d+", file="report.txt")

    assert reading.value == 3
    assert sorted(path.name for path in (tmp_path / "tree").iterdir()) == ["make.sh"]
    assert (tmp_path / "tree" / "make.sh").read_text() == script["make.sh"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("script", "options", "why"),
    [
        ("exit 127\n", {}, "could not be started"),
        ("echo nothing\n", {"read": "regex", "regex": r"\d+"}, "nothing in the output matches"),
        ("echo 0 errors; exit 2\n", {"read": "regex", "regex": r"(\d+) errors"}, "ended with status 2"),
        ("exit 0\n", {"read": "junit", "file": "report.xml"}, "report.xml was not written"),
        ("ln -s /etc/hostname report.xml\n", {"read": "junit", "file": "report.xml"}, "report.xml was not written"),
        ("sleep 9\n", {"seconds": "0.3"}, "limit of seconds"),
    ],
)
async def test_what_gives_no_value_says_why(script: str, options: dict[str, str], why: str, tmp_path: Path) -> None:
    reading = await measured(tmp_path, {"run.sh": script}, "sh", "run.sh", **options)

    assert reading.value is None and why in reading.detail


@pytest.mark.slow
@pytest.mark.parametrize("program", LANGUAGES)
async def test_a_project_in_another_language_is_measured(program: str, tmp_path: Path) -> None:
    """Where the language is not installed the test is skipped by its name, and fails under CI."""
    search = f"{os.environ['PATH']}:{PAGE_TOOLS}"
    if shutil.which(program, path=search) is None:
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(f"{program} is not installed")
    files, command, options = LANGUAGES[program]
    target = project(tmp_path, files)
    object.__setattr__(target.environment, "search", search)
    spec = GateSpec(name="own", better="lower", target=0, tolerance=0, command=command, options=options)

    reading = await OwnCommand().measure(CleanTree(target), spec)

    assert reading.value is not None and reading.value >= 1, reading.detail


def test_only_regular_files_are_taken_from_a_copy(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "a.js").write_text("a")
    (tmp_path / "out" / "b.js").symlink_to("/etc/passwd")
    os.mkfifo(tmp_path / "out" / "c.js")
    (tmp_path / "out" / "deep").symlink_to("/etc")

    assert collect(tmp_path, ["out/**/*.js", "out/deep/*"]).files == {"out/a.js": b"a"}


def test_a_link_in_the_way_of_a_trusted_file_is_not_followed(tmp_path: Path) -> None:
    outside, copy = tmp_path / "outside", tmp_path / "copy"
    outside.mkdir()
    copy.mkdir()
    (copy / "test").symlink_to(outside)
    (tmp_path / "a.sh").write_text("exit 1\n")

    lay(copy, {"test/a.sh": tmp_path / "a.sh"})

    assert not list(outside.iterdir()) and (copy / "test" / "a.sh").read_text() == "exit 1\n"


def test_no_more_of_a_home_is_shown_than_a_program_needs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("agents.tools.toolchain.own_directory", lambda: tmp_path)
    for place in (".cargo/bin", ".nvm/v20/bin", "bin"):
        (tmp_path / place).mkdir(parents=True)
    (tmp_path / ".cargo" / "credentials.toml").touch()
    for program in (".cargo/bin/one", ".nvm/v20/bin/two", "bin/three"):
        (tmp_path / program).write_text("#!/bin/sh\n")
        (tmp_path / program).chmod(0o755)
    search = os.pathsep.join(str(tmp_path / place) for place in (".cargo/bin", ".nvm/v20/bin", "bin"))

    shown = {name: toolchain(name, search).folders for name in ("one", "two", "three", "four")}

    assert shown == {
        "one": (tmp_path / ".cargo" / "bin",), "two": (tmp_path / ".nvm" / "v20",), "three": (tmp_path / "bin",),
        "four": (),
    }  # fmt: skip


async def test_no_built_file_is_no_small_bundle(tmp_path: Path) -> None:
    reading = await Bundle().measure(CleanTree(project(tmp_path, {"a.py": ""})), Bundle.spec)

    assert reading.value is None and "no built file" in reading.detail


# --- performance


def test_the_same_speed_is_no_slower_and_noise_is_wide() -> None:
    steady = [Pair(1 + n / 1000, 1) for n in range(-7, 7)]
    wild = [Pair(1 + (n % 5) / 4, 1 + (n * 7 % 5) / 4) for n in range(14)]

    low, high = slower(steady)
    assert low <= 0 <= high and high - low < 2
    low, high = slower(wild)
    assert high - low > 10


def test_what_is_slower_is_found_through_noise() -> None:
    pairs = [Pair(1.2 + n / 50, 1 + n / 60) for n in range(-7, 7)]

    low, high = slower(pairs)

    assert 10 < low <= high < 30


def test_only_what_the_trusted_runs_show_too_is_called_noise() -> None:
    """A patch whose own runs vary, on a machine that does not, has no excuse."""
    quiet, loud = [1 + n % 3 / 100 for n in range(28)], [1 + n * 7 % 5 / 4 for n in range(28)]

    assert is_noisy(loud) and not is_noisy(quiet)
