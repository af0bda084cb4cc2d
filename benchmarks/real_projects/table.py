"""What came of each package, kept as figures and shown as a table."""

from __future__ import annotations

import argparse
import json
import os
import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from agents.ports import SuiteResult
from benchmarks.real_projects.checks import GRACE
from benchmarks.real_projects.release import Planted

COLUMNS = (
    "package", "seed", "tests", "failing", "coverage %", "lint", "mended", "landed", "rejected", "seconds", "exit",
    "load", "broken",
)  # fmt: skip
GATES = ("tests", "coverage", "lint")
INTRODUCTION = """\
# Real packages

Source releases of packages that nobody here wrote, each with bugs planted in it that its own suite notices, given to
`kaizen run` without a model. Anyone can make a line of this table, for any package:

    python -m benchmarks.real_projects.run --seed 1 --bugs 3 --minutes 5 cachetools

After each run it is checked that the exit status is one that a run may have, that the ledger verifies, that nothing in
the user's repository moved but the new branch and its objects, that every landed commit, checked out alone, passes
under plain pytest each test that its parent passes, and that the run kept its budget. `broken` counts what did not.
The bugs are drawn by chance with operators that know nothing of the repair templates, so that some need logic that no
small edit brings.
"""
WRITTEN = """\
# Real packages, bugs written by hand

Source releases of packages that nobody here wrote, each with the slips of `benchmarks/real_projects/slips/` in it:
written by hand, before any of the code that mends was read, as a reviewer meets them. Given to `kaizen run` without a
model, and looked at afterwards as in [the other table](real_projects.md):

    python -m benchmarks.real_projects.run --by-hand --minutes 5 cronsim
"""


class Table(NamedTuple):
    """Where the rows of one kind of bugs are kept and shown."""

    figures: Path
    page: Path
    introduction: str


DRAWN = Table(Path("benchmarks/results/real_projects.json"), Path("benchmarks/real_projects.md"), INTRODUCTION)
BY_HAND = Table(
    Path("benchmarks/results/real_projects_by_hand.json"), Path("benchmarks/real_projects_by_hand.md"), WRITTEN
)


@dataclass(frozen=True, slots=True)
class Mended:
    """What became of one bug."""

    place: str
    kind: str
    original: str
    noticed: int
    """Tests that noticed it."""
    mended: bool
    """Whether all of them pass at the end."""
    exact: bool
    """Whether its function is again as it was released."""

    @classmethod
    def of(cls, planted: Planted, mended: bool, end: bytes) -> Mended:
        """Look at the file at the end of the run."""
        bug = planted.bug
        place = f"{bug.path}:{bug.line} {bug.function}"
        exact = mended and planted.is_as_released(end)
        return cls(place, bug.kind, planted.original, len(planted.noticed), mended, exact)


@dataclass(slots=True)
class Row:
    """One package, one seed."""

    package: str
    version: str
    seed: int
    minutes: float
    tests: int
    red_before: int
    """Tests of the release that fail before anything is planted."""
    exit: int
    state: str
    why: str
    seconds: float
    """Of the whole command."""
    baseline_seconds: float
    landed: int
    rejected: int
    branch: str
    gates: dict[str, Any]
    left: list[dict[str, str]]
    notes: list[str]
    reasons: list[str]
    """Why patches were rejected and attempts failed."""
    bugs: list[Mended] = field(default_factory=list)
    plain: list[str] = field(default_factory=list)
    """What plain pytest says of the start and of the end."""
    broken: list[str] = field(default_factory=list)
    """Promises that were not kept."""
    start_seconds: float = 0.0
    """Of the whole command, those before the run began, which its budget does not count."""
    load: float | None = None
    """How many programs wanted a processor in the run's last minutes, on average."""
    remark: str = ""
    """What a reader must know of how this line was measured."""

    @classmethod
    def of(
        cls, name: str, version: str, given: argparse.Namespace, events: Sequence[Mapping[str, Any]], status: int,
        seconds: float, suite: SuiteResult,
    ) -> Row:  # fmt: skip
        """Read what the run said of itself."""
        ended = next((e for e in reversed(events) if e["kind"] == "RunEnded"), {})
        started = next((e["at"] for e in events if e["kind"] == "RunStarted"), 0.0)
        baseline = next((e["at"] - started for e in events if e["kind"] == "BaselineMeasured"), 0.0)
        rejected = [r["message"] for e in events if e["kind"] == "PatchRejected" for r in e["reasons"]]
        failed = [e["why"] for e in events if e["kind"] == "AttemptFailed"]
        return cls(
            package=name, version=version, seed=given.seed, minutes=given.minutes, tests=len(suite.tests),
            red_before=sum(test.outcome in ("failed", "error") for test in suite.tests) + len(suite.broken),
            exit=status, state=ended.get("state", "none"), why=ended.get("why", ""), seconds=round(seconds, 1),
            baseline_seconds=round(baseline, 1), landed=ended.get("landed", 0), rejected=ended.get("rejected", 0),
            branch=ended.get("branch", ""), gates={gate["name"]: gate for gate in ended.get("gates", ())},
            left=[dict(left) for left in ended.get("left", ())],
            load=round(os.getloadavg()[1], 1), notes=[e["message"] for e in events if e["kind"] == "NoticeRaised"],
            reasons=[*rejected, *failed],
        )  # fmt: skip

    @property
    def mended(self) -> int:
        """How many of the bugs are mended."""
        return sum(bug.mended for bug in self.bugs)

    def line(self) -> str:
        """Return it in one line."""
        kept = f"BROKEN: {'; '.join(self.broken)}" if self.broken else "all promises kept"
        return (
            f"{self.package:<20} {self.version:<10} seed {self.seed}: {self.state} ({self.exit}), "
            f"mended {self.mended} of {len(self.bugs)}, landed {self.landed}, rejected {self.rejected}, "
            f"{self.seconds:.0f} s, {kept}"
        )


def write(root: Path, row: Row, table: Table = DRAWN) -> None:
    """Put the row among the kept ones, in the place of an earlier one of the same package and seed."""
    path = root / table.figures
    kept = json.loads(path.read_text(encoding="utf-8"))["rows"] if path.is_file() else []
    rows = [r for r in kept if (r["package"], r["seed"]) != (row.package, row.seed)]
    rows = sorted([*rows, asdict(row)], key=lambda r: (r["package"], r["seed"]))
    machine = {"python": platform.python_version(), "system": platform.system()}
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps({"machine": machine, "rows": rows}, indent=1) + "\n", encoding="utf-8")
    (root / table.page).write_text(page(rows, table), encoding="utf-8")


def page(rows: Sequence[Mapping[str, Any]], table: Table = DRAWN) -> str:
    """Return the table and what was not mended as Markdown."""
    mended = sum(bug["mended"] for row in rows for bug in row["bugs"])
    exact = sum(bug["exact"] for row in rows for bug in row["bugs"])
    whole = sum(len(row["bugs"]) for row in rows)
    broken = sum(len(row["broken"]) for row in rows)
    lines = [
        table.introduction,
        f"{len(rows)} runs, {mended} of {whole} bugs mended, {exact} of them as the release had it; {broken} broken.\n",
        f"| {' | '.join(COLUMNS)} |",
        f"| {' | '.join('---' for _ in COLUMNS)} |",
        *(_row(row) for row in rows),
        "\n`failing`, `coverage` and `lint` are the gates before and after; `mended` counts bugs; `exit` 0 is "
        "completed, 3 stalled, 4 out of budget. `seconds` are those of the whole command beside the budget of the "
        f"run, which counts from its first event; up to {GRACE:g} beyond it, for the end, count as kept. `load` is how "
        "many programs wanted one of the machine's processors meanwhile.\n",
        *(f"- {row['package']}, seed {row['seed']}: {row['remark']}" for row in rows if row.get("remark")),
        "\n## What was not mended, and why\n",
        *(line for row in rows for line in _unmended(row)),
    ]
    return "\n".join(lines).rstrip() + "\n"


def _row(row: Mapping[str, Any]) -> str:
    gates = [_change(row["gates"].get(name, {})) for name in GATES]
    cells = [
        f"{row['package']} {row['version']}", row["seed"], row["tests"], *gates,
        f"{sum(bug['mended'] for bug in row['bugs'])} of {len(row['bugs'])}", row["landed"], row["rejected"],
        f"{row['seconds']:.0f} of {row['minutes'] * 60:.0f}", row["exit"],
        row.get("load") or "?", len(row["broken"]),
    ]  # fmt: skip
    return f"| {' | '.join(str(cell) for cell in cells)} |"


def _change(gate: Mapping[str, Any]) -> str:
    before, after = (_number(gate.get(when)) for when in ("before", "after"))
    return before if before == after else f"{before} → {after}"


def _number(value: float | None) -> str:
    return "?" if value is None else f"{value:.4g}"


def _unmended(row: Mapping[str, Any]) -> list[str]:
    lines = [f"- broken: {_plain(text)}" for text in row["broken"]]
    for bug in row["bugs"]:
        if not bug["mended"]:
            lines.append(f"- `{bug['place']}` ({bug['kind']}) was `{bug['original']}`")
    lines += [f"  - {_plain(left['what'])}: {_plain(left['why'])}" for left in row["left"][:8]]
    if len(row["left"]) > 8:
        lines.append(f"  - and {len(row['left']) - 8} more")
    return (
        [f"**{row['package']} {row['version']}, seed {row['seed']}**: {_plain(row['why'])}\n", *lines, ""]
        if lines
        else []
    )


def _plain(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|").replace("<", "\\<")[:300]
