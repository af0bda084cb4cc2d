"""Runs the same scripted model under Kaizen and two other agents, and keeps what each took and did as JSON."""

from __future__ import annotations

import argparse
import contextlib
import itertools
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from benchmarks.agents.cases import BEFORE, CASES, FILES, TEST
from benchmarks.agents.commands import ROOT, command, installed
from benchmarks.agents.contents import SHAPES
from benchmarks.agents.probe import Watched, watch
from benchmarks.agents.table import table

RESULTS = Path(__file__).parents[1] / "results" / "agents.json"
ENDLESS = 30
"""Calls after which a tool that goes on asking for ever is ended."""
PATIENCE = 900.0
"""Seconds after which any is: much, because the machine may be busy."""
KILLED_IN = {"kaizen": BEFORE + 2, "mini-swe-agent": BEFORE + 2, "aider": BEFORE + 1}
"""The call that is killed: the one that is answered with the edit; aider is not asked to read the file first."""
NO_DELETING = ("aider", "deletes the test")
"""Its edits cannot delete a file."""
Asked = list[dict[str, Any]]
Row = tuple[str, str]
"""A tool and a case."""


def main() -> int:
    """Run the chosen rows and print the table; results of others are kept."""
    arguments = _arguments()
    rows = _chosen(arguments.only, _known() if arguments.missing else frozenset())
    versions = {
        tool: _version() if tool == "kaizen" else installed(arguments.installs, tool)[1]
        for tool in dict.fromkeys(tool for tool, _ in rows)
    }
    for tool, case in rows:
        with tempfile.TemporaryDirectory(prefix="kaizen-agents-") as folder:
            row = measured(tool, case, Path(folder), arguments.installs, arguments.home)
        print(json.dumps(row), flush=True)
        _keep(row, versions)
    print(table(json.loads(RESULTS.read_text())))
    return 0


def _chosen(only: list[str], but: frozenset[Row]) -> list[Row]:
    """Return the rows that fit one of the patterns, but for some; end with the rows there are when one fits none."""
    every = [(tool, case) for case, tool in itertools.product(CASES, SHAPES) if (tool, case) != NO_DELETING]
    strange = [pattern for pattern in only if not any(fnmatchcase("/".join(row), pattern) for row in every)]
    if strange:
        sys.exit(f"no row fits {strange[0]!r}; there are: {', '.join(map('/'.join, every))}")
    return [row for row in every if row not in but and any(fnmatchcase("/".join(row), each) for each in only)]


def _known() -> frozenset[Row]:
    """Return the rows that are measured already."""
    kept = json.loads(RESULTS.read_text())["rows"] if RESULTS.exists() else []
    return frozenset((each["tool"], each["case"]) for each in kept)


def _keep(row: dict[str, Any], versions: dict[str, str]) -> None:
    kept = json.loads(RESULTS.read_text()) if RESULTS.exists() else {"versions": {}, "rows": []}
    others = [each for each in kept["rows"] if (each["tool"], each["case"]) != (row["tool"], row["case"])]
    machine = f"Python {platform.python_version()}, {os.cpu_count()} cores"
    row = row | {"load": round(os.getloadavg()[1], 1)}
    now = {"machine": machine, "versions": kept["versions"] | versions, "rows": [*others, row]}
    RESULTS.write_text(json.dumps(now, indent=1) + "\n")


def measured(tool: str, case: str, place: Path, installs: Path, home: Path | None) -> dict[str, Any]:
    """Run one tool through one case and return the row of it."""
    repository = made(place / "words")
    if tool == "kaizen" and home:
        _borrow(home, place / "kaizen")
    with served(place, SHAPES[tool](CASES[case])) as address:
        how = command(tool, case, place, repository, address, installs)
        runs: list[Watched] = []
        for nth in range(2 if case == "killed" else 1):
            kill_at = KILLED_IN[tool] if case == "killed" and nth == 0 else ENDLESS if case == "no edit applies" else 0
            runs.append(watch(how, repository, place / f"out{nth}", place / "asked.jsonl", PATIENCE, kill_at))
        asked = requests(place)
    events = [row for nth in range(len(runs)) for row in _json_rows(place / f"out{nth}")] if tool == "kaizen" else []
    return {
        "tool": tool, "case": case, **figures(runs[0], asked),
        **({"again": again(runs, asked)} if case == "killed" else {}), **told(tool, repository, runs[-1], events),
        **(dispatched(events, asked) if tool == "kaizen" else {}),
    }  # fmt: skip


def figures(run: Watched, asked: Asked) -> dict[str, Any]:
    """Return what a run took: seconds, bytes, processor, memory."""
    sizes = [row["bytes"] for row in asked]
    gaps = [later["at"] - row["at"] for row, later in itertools.pairwise(asked)]
    return {
        "calls": len(asked),
        "start_s": round(asked[0]["at"] - run.began, 2) if asked else None,
        "start_cpu_s": round(run.cpu_to_first_call, 2),
        "between_calls_s": round(statistics.median(gaps), 3) if gaps else None,
        "wall_s": round(run.ended - run.began, 1),
        "cpu_s": round(run.cpu, 2),
        "peak_mb": round(run.peak / 1e6),
        "bytes_first": sizes[0] if sizes else 0,
        "bytes_tools": sum(len(json.dumps(tool)) for tool in asked[0]["body"].get("tools") or ()) if asked else 0,
        "bytes_20": sum(sizes[:20]) if len(sizes) >= 20 else None,
        "bytes_100": sum(sizes[:100]) if len(sizes) >= 100 else None,
        "bytes": sum(sizes),
    }


def again(runs: list[Watched], asked: Asked) -> dict[str, Any]:
    """Return which calls the second start made, and how many that were answered before it asked for again."""
    first = [_turn(row) for row in asked if row["at"] < runs[0].ended]
    second = [_turn(row) for row in asked if row["at"] >= runs[0].ended]
    answered = first[:-1]
    return {"before": len(first), "after": len(second), "paid_twice": sum(turn in answered for turn in second)}


def told(tool: str, repository: Path, last: Watched, events: Asked) -> dict[str, Any]:
    """Return the exit code, and what stands in the result: the mended code, and the test as it was."""
    branch = "kaizen/run-1" if tool == "kaizen" else "HEAD"
    delivered = {name: _shown(repository, branch, name) for name in ("words.py", TEST)}
    found = {name: (repository / name).read_text() if (repository / name).exists() else "" for name in delivered}
    result = delivered if tool == "kaizen" and any(delivered.values()) else found
    ended = next((row for row in reversed(events) if row["kind"] == "RunEnded"), {})
    return {
        "exit": last.status,
        "mended": _passes(result["words.py"]),
        "test_kept": result[TEST] == FILES[TEST],
        "checkout_touched": found != {name: FILES[name] for name in found},
        **({"state": ended.get("state"), "why": ended.get("why")} if ended else {}),
        "rejected": sum(row["kind"] == "PatchRejected" for row in events) if events else None,
    }


def dispatched(events: Asked, asked: Asked) -> dict[str, Any]:
    """Return the seconds from the first task given out, and from the first given to a model, to the first call."""
    given = [row for row in events if row["kind"] == "AttemptScheduled"]
    thinking = [row for row in given if row.get("model")]
    if not asked or not given:
        return {}
    return {
        "first_task_to_call_s": round(asked[0]["at"] - given[0]["at"], 2),
        "thinking_task_to_call_s": round(asked[0]["at"] - thinking[0]["at"], 2) if thinking else None,
    }


@contextlib.contextmanager
def served(place: Path, lines: list[dict[str, Any]]) -> Iterator[str]:
    """Serve a script as `kaizen model-server` does; yield its address."""
    script = place / "script.jsonl"
    script.write_text("".join(json.dumps(line) + "\n" for line in lines))
    server = subprocess.Popen(
        [sys.executable, "-P", "-m", "director", "model-server", str(script), "--log", str(place / "asked.jsonl")],
        stdout=subprocess.PIPE, text=True, env=os.environ | {"PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    try:
        assert server.stdout is not None
        yield server.stdout.readline().split()[2].rstrip(";")
    finally:
        server.kill()
        server.communicate()


def requests(place: Path) -> Asked:
    """Return what the server was asked so far."""
    return _json_rows(place / "asked.jsonl")


def made(repository: Path) -> Path:
    """Return a new repository with one commit."""
    for name, text in FILES.items():
        (repository / name).parent.mkdir(parents=True, exist_ok=True)
        (repository / name).write_text(text)
    for line in (["init", "-q", "."], ["add", "-A"], ["commit", "-qm", "Begin"]):
        subprocess.run(
            ["git", "-c", "user.name=Ada", "-c", "user.email=ada@example.org", *line], cwd=repository, check=True
        )
    for name, value in (("user.name", "Ada"), ("user.email", "ada@example.org")):
        subprocess.run(["git", "config", name, value], cwd=repository, check=True)
    return repository


def _borrow(home: Path, to: Path) -> None:
    """Give a new home what an earlier run made ready: environments and downloads, no ledger."""
    to.mkdir(parents=True)
    for name in ("cache", "overlays", "environments"):
        (home / name).mkdir(parents=True, exist_ok=True)
        (to / name).symlink_to(home / name)


def _turn(row: dict[str, Any]) -> int:
    return sum(message["role"] == "assistant" for message in row["body"]["messages"])


def _json_rows(path: Path) -> Asked:
    rows = []
    for line in path.read_text("utf-8").splitlines() if path.exists() else ():
        with contextlib.suppress(ValueError):  # the last line may be half written
            rows.append(json.loads(line))
    return rows


def _shown(repository: Path, branch: str, name: str) -> str:
    line = ["git", "show", f"{branch}:{name}"]
    return subprocess.run(line, cwd=repository, check=False, capture_output=True, text=True).stdout


def _passes(code: str) -> bool:
    check = "; assert [slug(t) for t in ('Hello World!', '--a  b--')] == ['hello-world', 'a-b']"
    line = [sys.executable, "-c", f"exec({code!r}){check}"]
    return bool(code) and subprocess.run(line, check=False, capture_output=True).returncode == 0


def _version() -> str:
    line = ["git", "-C", str(ROOT), "rev-parse", "--short", "HEAD"]
    return subprocess.run(line, check=True, capture_output=True, text=True).stdout.strip()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--only", nargs="+", default=["*"], metavar="TOOL/CASE", help="rows to run, `*` for any letters"
    )
    parser.add_argument("--missing", action="store_true", help="of these, only rows that are not measured yet")
    parser.add_argument("--installs", type=Path, default=Path(tempfile.gettempdir()) / "kaizen-agents")
    parser.add_argument("--home", type=Path, help="a KAIZEN_HOME whose environments are borrowed: no first start")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
