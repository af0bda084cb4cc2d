"""The technique `ruff_fixes` mends what ruff calls safe, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from agents.ports import Nothing, Outcome, Proposal
from agents.techniques.lint import LintFixes
from agents.techniques.ruff import RuffFailed
from ledger.events import Task, TaskId
from tests.local_target import Bench, bench_for, write_tree

pytestmark = pytest.mark.slow

ISOLATED = ("--isolated", "--select", "E,F,I")
UNSORTED = "import sys\nimport os\n\n\ndef f():\n    return os.sep, sys.path\n"


@pytest.fixture
def ruff() -> Path:
    from ruff import find_ruff_bin

    return Path(find_ruff_bin())


def task(*targets: str) -> Task:
    return Task(id=TaskId("t1"), kind="lint", gate="lint", role="coder", title="lint", targets=targets)


async def tried(bench: Bench, ruff: Path, *targets: str, arguments: tuple[str, ...] = ISOLATED) -> Outcome:
    return await LintFixes(ruff, lambda _: arguments).try_on(task(*targets), bench.bench)


async def test_safe_fixes_become_a_patch_that_says_what_it_did(ruff: Path, tmp_path: Path) -> None:
    bench = bench_for(write_tree(tmp_path, {"a.py": UNSORTED, "b.py": "import json\n\nx = 1\n", "c.py": "y = 2\n"}))

    outcome = await tried(bench, ruff)

    assert isinstance(outcome, Proposal)
    assert (outcome.technique, outcome.title) == ("ruff_fixes", "ruff: 2 fixes in 2 files")
    assert (tmp_path / "a.py").read_text().startswith("import os\nimport sys\n")
    assert (tmp_path / "b.py").read_text() == "\nx = 1\n"


async def test_only_the_paths_of_the_task_are_mended(ruff: Path, tmp_path: Path) -> None:
    bench = bench_for(write_tree(tmp_path, {"a.py": "import json\n", "pkg/b.py": "import json\n"}))

    assert isinstance(await tried(bench, ruff, "pkg/b.py::f"), Proposal)

    assert (tmp_path / "a.py").read_text() == "import json\n"
    assert (tmp_path / "pkg/b.py").read_text() == ""


async def test_unsafe_fixes_are_left_even_when_the_project_asks_for_them(ruff: Path, tmp_path: Path) -> None:
    source = "def f():\n    x = 1\n    return 2\n"
    config = "unsafe-fixes = true\nfix = true\n"
    bench = bench_for(write_tree(tmp_path, {"a.py": source, "ruff.toml": config}))

    outcome = await tried(bench, ruff, arguments=("--select", "F", "--unsafe-fixes"))

    assert outcome == Nothing("ruff has no safe fix for 1 finding (F841 ×1)")
    assert (tmp_path / "a.py").read_text() == source


async def test_what_the_user_suppressed_stays(ruff: Path, tmp_path: Path) -> None:
    source = "import json  # noqa: F401\n"
    bench = bench_for(write_tree(tmp_path, {"a.py": source}))

    outcome = await tried(bench, ruff, arguments=(*ISOLATED, "--ignore-noqa", "--output-format", "concise", "-n"))

    assert outcome == Nothing("ruff finds nothing")
    assert (tmp_path / "a.py").read_text() == source


async def test_an_excluded_file_is_not_touched_though_the_task_names_it(ruff: Path, tmp_path: Path) -> None:
    bench = bench_for(write_tree(tmp_path, {"made/a.py": "import json\n", "ruff.toml": 'extend-exclude = ["made"]\n'}))

    assert isinstance(await tried(bench, ruff, "made/a.py", arguments=()), Nothing)


async def test_a_file_with_a_syntax_error_does_not_stop_the_others(ruff: Path, tmp_path: Path) -> None:
    bench = bench_for(write_tree(tmp_path, {"a.py": "def (\n", "b.py": "import json\n"}))

    assert isinstance(await tried(bench, ruff), Proposal)


async def test_a_broken_configuration_is_a_no_with_ruffs_own_words(ruff: Path, tmp_path: Path) -> None:
    bench = bench_for(write_tree(tmp_path, {"a.py": "import json\n", "ruff.toml": "colour = 3\n"}))

    outcome = await tried(bench, ruff, arguments=())

    assert isinstance(outcome, Nothing)
    assert outcome.why.startswith("ruff refuses the project: ")


async def test_ruff_may_write_only_while_it_mends(ruff: Path, tmp_path: Path) -> None:
    bench = bench_for(write_tree(tmp_path, {"a.py": "import json\n"}))

    await tried(bench, ruff)

    assert [("--fix" in argv, writable) for argv, writable in bench.target.runs] == [
        (False, False), (True, True), (False, False)
    ]  # fmt: skip


async def test_a_ruff_that_cannot_run_is_a_failure_of_the_environment(tmp_path: Path) -> None:
    bench = bench_for(write_tree(tmp_path, {"a.py": "import json\n"}))

    with pytest.raises(RuffFailed):
        await tried(bench, tmp_path / "no-such-ruff")
