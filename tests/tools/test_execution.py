"""Commands, tests and benchmarks run in the sandbox; what they say is text, what they write is kept only when asked."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from agents.tools.offered.benchmark import Benchmark
from agents.tools.offered.run_command import RunCommand
from agents.tools.offered.run_tests import RunTests
from agents.tools.toolchain import programs_in
from tests.tools.bench import bench_with_past, bench_without_past, call

HALF = "def half(n):\n    return n // 2\n"
TESTS = """
import pytest
from half import half


@pytest.mark.parametrize("n, want", [(4, 2), (5, 3)])
def test_half(n, want):
    assert half(n) == want


class TestOther:
    def test_none(self):
        half(None)
"""
FILES = {"half.py": HALF, "tests/test_half.py": TESTS, "tests/test_good.py": "def test_good():\n    pass\n"}


def run(command: object, **given: object) -> str:
    return json.dumps({"command": command, **given})


@pytest.mark.slow
async def test_a_command_runs_in_a_copy_that_is_thrown_away(tmp_path: Path) -> None:
    bench = bench_without_past(tmp_path, FILES)

    done = await call(RunCommand(), bench, run("echo hello > new.txt; cat new.txt; pwd >&2; exit 3"))

    assert not done.success and not done.changed and done.facts["exit"] == 3
    assert done.text.startswith("exit status 3\nhello\n.\n[It ran in a throw-away copy: what it wrote is gone.")
    assert not (bench.target.project / "new.txt").exists()


@pytest.mark.slow
async def test_words_are_given_as_they_are_and_no_shell_reads_them(tmp_path: Path) -> None:
    bench = bench_without_past(tmp_path, FILES)

    done = await call(RunCommand(), bench, run(["echo", "$HOME; rm -rf /", "`id`"]))

    assert done.success and done.text == "exit status 0\n$HOME; rm -rf / `id`"


@pytest.mark.slow
async def test_what_a_command_writes_stays_when_it_is_asked_for(tmp_path: Path) -> None:
    with bench_with_past(tmp_path, FILES) as bench:
        done = await call(RunCommand(), bench, run("echo x = 1 > new.py; rm half.py", writes=True))

        assert done.success and done.changed
        assert bench.history.status().splitlines() == ["D\thalf.py", "A\tnew.py"]
        assert "half.py\nnew.py" in done.text


@pytest.mark.slow
@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("echo 1 > good.py; mkdir -p .git/hooks; echo evil > .git/hooks/pre-commit", "repository"),
        ("echo 1 > good.py; mkfifo pipe", "pipe"),
        ("echo KEY=1 > .env", "only a person"),
        ("mkdir -p .github/workflows; echo on: push > .github/workflows/ci.yml", "only a person"),
        ("echo 1 > ../beside.txt", "outside of the project"),
    ],
)
async def test_a_command_that_writes_what_nobody_may_write_is_taken_back(tmp_path: Path, line: str, why: str) -> None:
    with bench_with_past(tmp_path, {f"app/{path}": text for path, text in FILES.items()}, "app") as bench:
        before = bench.history.tree()

        done = await call(RunCommand(), bench, run(line, writes=True))

        assert not done.success and why in done.text and "taken back" in done.text
        assert bench.history.tree() == before
        assert not (bench.target.project / "good.py").exists()


@pytest.mark.slow
async def test_a_flood_a_loop_and_control_characters_end_as_text(tmp_path: Path) -> None:
    bench = bench_without_past(tmp_path, {})

    flood = await call(RunCommand(), bench, run("head -c 9000000 /dev/zero | tr '\\0' a"))
    loop = await call(RunCommand(), bench, run("sleep 60", seconds=0.5))
    signs = await call(RunCommand(), bench, run(["printf", "\\033[2J\\007\\377\u202e"]))

    assert "longer than is kept" in flood.text and len(flood.text) < 5_000_000
    assert not loop.success and "time limit" in loop.text
    assert signs.text == "exit status 0\n\\x1b[2J\\x07\ufffd\\u202e"


@pytest.mark.parametrize("command", ["", "  ", [""], ["a\0b"]])
async def test_what_can_be_no_command_is_answered_with_no(tmp_path: Path, command: object) -> None:
    from agents.tools.arguments import Unfitting

    bench = bench_without_past(tmp_path, {})
    try:
        done = await call(RunCommand(), bench, run(command))
    except Unfitting:
        return

    assert not done.success


def test_programs_are_found_in_a_line_for_the_shell() -> None:
    line = "cd web && npm ci; ./run.sh /opt/x/bin/y | tee out.txt"

    assert set(programs_in(["sh", "-c", line])) >= {"cd", "npm", "tee"}
    assert not {"run.sh", "y", "bin"} & set(programs_in(["sh", "-c", line]))
    assert programs_in(["node", "-c", "npm"]) == ("node",)


@pytest.mark.slow
async def test_failures_are_told_with_message_and_place(tmp_path: Path) -> None:
    done = await call(RunTests(), bench_without_past(tmp_path, FILES))

    assert not done.success
    assert {name: done.facts[name] for name in ("passed", "failed")} == {"passed": 2, "failed": 2}
    assert "- tests/test_half.py::test_half[5-3] at tests/test_half.py:8" in done.text
    assert "- tests/test_half.py::TestOther::test_none at half.py:2 in half" in done.text
    assert "TypeError" in done.text


@pytest.mark.slow
@pytest.mark.parametrize(
    ("select", "passed", "failed"),
    [
        (["./tests/"], 2, 2),
        (["tests/test_half.py::test_half"], 1, 1),
        (["tests/test_half.py::test_half[4-2]", "tests/test_good.py"], 2, 0),
    ],
)
async def test_files_folders_classes_and_tests_can_be_selected(
    tmp_path: Path, select: list[str], passed: int, failed: int
) -> None:
    done = await call(RunTests(), bench_without_past(tmp_path, FILES), json.dumps({"select": select}))

    assert (done.facts.get("passed", 0), done.facts.get("failed", 0)) == (passed, failed)


@pytest.mark.slow
async def test_tests_that_are_not_there_are_no_success(tmp_path: Path) -> None:
    bench = bench_without_past(tmp_path, FILES)

    missing = await call(RunTests(), bench, '{"select": ["tests/test_half.py::test_nothing"]}')
    outside = await call(RunTests(), bench, '{"select": ["../../etc/passwd"]}')

    assert not missing.success and "no tests were found in tests/test_half.py::test_nothing" in missing.text
    assert not outside.success and "not a path in the project" in outside.text


@pytest.mark.slow
async def test_unittest_projects_are_selected_by_path_as_well(tmp_path: Path) -> None:
    text = "import unittest\n\nclass A(unittest.TestCase):\n    def test_x(self): pass\n    def test_y(self): 1 / 0\n"
    bench = bench_without_past(tmp_path, {"a.py": "x = 1\n", "tests/__init__.py": "", "tests/test_a.py": text})

    by_file = await call(RunTests(), bench, '{"select": ["tests/test_a.py"]}')
    by_name = await call(RunTests(), bench, '{"select": ["tests/test_a.py::A::test_x"]}')

    assert (by_file.facts.get("passed"), by_file.facts.get("error", 0) + by_file.facts.get("failed", 0)) == (1, 1)
    assert by_name.success and by_name.facts["passed"] == 1


@pytest.mark.slow
async def test_a_benchmark_gives_median_and_spread(tmp_path: Path) -> None:
    bench = bench_without_past(tmp_path, {})

    done = await call(Benchmark(), bench, run("sleep 0.05", runs=3))
    broken = await call(Benchmark(), bench, run("exit 4", runs=3))

    assert done.success and done.facts["runs"] == 3
    assert 0.05 <= done.facts["least"] <= done.facts["median"] <= done.facts["most"] < 5
    assert not broken.success and "exit status 4" in broken.text
