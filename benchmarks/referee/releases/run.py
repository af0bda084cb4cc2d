"""What the referee makes of honest changes of real size: a release of a package, and the one after it.

    python -P -m benchmarks.referee.releases.run PACKAGE OLD NEW [--only PIECE ...] [--label TEXT] [--cache DIR]

Both are fetched as source releases with pip and put under git; judged are the whole change and those of its pieces that
stand by themselves. Each verdict is a line on standard output, and in `benchmarks/results/releases.json`.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, NamedTuple

from agents.ports import Limits, SuiteResult
from agents.sandbox.choose import choose
from agents.tools.target import SandboxedTarget
from agents.workspace.environment import prepare
from benchmarks.real_projects.release import NotEnough, passed
from benchmarks.referee.honesty.run import measured
from benchmarks.referee.releases.pieces import Pair, Piece, is_kept_apart, pair
from director.bootstrap import tool
from director.settings import load

ROOT = Path(__file__).resolve().parents[3]
RESULTS = ROOT / "benchmarks" / "results" / "releases.json"
SUITE = Limits(wall=300.0)


class Row(NamedTuple):
    """A verdict on one piece."""

    id: str
    label: str
    """Which state of the referee judged it."""
    kept_apart: bool
    files: int
    tests: int
    """Tests that pass on the older release."""
    verdict: str
    reasons: list[list[str]]
    """Code, weight, what is said."""
    cpu: float
    seconds: float


def main() -> int:
    """Fetch, cut, judge, write down."""
    asked = _arguments()
    try:
        two = pair(asked.package, asked.old, asked.new, asked.cache, asked.cache / "releases" / _folder(asked))
        standing, tests = asyncio.run(_standing(two, asked))
    except NotEnough as why:
        print(f"{asked.package} {asked.old} {asked.new} not judged: {why}", flush=True)
        return 1
    for piece in standing:
        row = _judged(two, piece, tests, asked)
        _keep(row)
        said = "; ".join(f"{code} ({weight}) {text}" for code, weight, text in row.reasons[:4])
        print(f"{row.verdict:<13}{row.cpu:6.1f} s {row.seconds:6.0f} s  {row.id}  {said}", flush=True)
    return 0


async def _standing(two: Pair, asked: argparse.Namespace) -> tuple[list[Piece], int]:
    """Return the pieces over which every test ends as it does on one of the releases, and how many pass on the older.

    The whole change is always one of them.
    """
    home = asked.cache / "home"
    older = asked.cache / "releases" / _folder(asked) / asked.old
    folder = next(path for path in older.iterdir() if path.is_dir())
    variables = load({**os.environ, "KAIZEN_HOME": str(home)}).environment
    made = await asyncio.to_thread(prepare, folder, home, tool("uv"), variables=variables)
    target = SandboxedTarget(choose(accept_none=asked.accept_no_sandbox), made, folder)
    base = await target.suite(limits=SUITE)
    if base.outcome != "ran" or not passed(base):
        raise NotEnough(f"its suite does not run: {base.detail or base.outcome}")
    wanted = [piece for piece in two.pieces if not asked.only or piece.name in asked.only]
    standing = [piece for piece in wanted if piece.name == "whole"]
    if standing == wanted:
        return standing, len(passed(base))
    newer = next(path for path in (older.parent / asked.new).iterdir() if path.is_dir())
    then = await target.at(newer).suite(limits=SUITE)
    for piece in wanted[len(standing) :]:
        suite = await target.at(older.parent / f"piece-{piece.name}").suite(limits=SUITE)
        if _stands(suite, base, then):
            standing.append(piece)
        else:
            print(f"{'left out':<13}{asked.package} {asked.new}, {piece.name}: does not stand by itself", flush=True)
    return standing, len(passed(base))


def _stands(suite: SuiteResult, base: SuiteResult, then: SuiteResult) -> bool:
    """What passes on the older release passes; what is new does not fail more than on the newer one."""
    green = passed(suite)
    there = {test.id for test in suite.tests}
    broken = {one.id for one in suite.broken} - {one.id for one in (*base.broken, *then.broken)}
    lost = (passed(base) & there) - green
    new = there - {test.id for test in base.tests}
    return suite.outcome == "ran" and not broken and not lost and not (new & passed(then)) - green


def _judged(two: Pair, piece: Piece, tests: int, asked: argparse.Namespace) -> Row:
    command = [sys.executable, "-P", "-m", "director", "referee", "--repo", str(two.repository), "--json"]
    command += ["--i-accept-no-sandbox"] if asked.accept_no_sandbox else []
    began = time.monotonic()
    ended = measured([*command, "--seed", "1", two.base, piece.commit], asked.cache / "home")
    seconds = time.monotonic() - began
    try:
        found: dict[str, Any] = json.loads(ended.said)
    except ValueError:
        found = {"verdict": "broken", "reasons": [{"code": "broken", "message": ended.complained[-600:]}]}
    reasons = [
        [one["code"], one.get("weight", ""), f"{one.get('file') or ''}:{one.get('line') or ''} {one['message']}"[:300]]
        for one in found["reasons"]
    ]
    name = f"{asked.package} {asked.old} {asked.new} {piece.name}"
    apart, files = is_kept_apart(asked.package), len(piece.paths)
    return Row(
        name, asked.label, apart, files, tests, found["verdict"], reasons, round(ended.cpu, 1), round(seconds, 1)
    )


def _keep(row: Row) -> None:
    rows = [Row(**one) for one in json.loads(RESULTS.read_text("utf-8"))] if RESULTS.exists() else []
    rows = [one for one in rows if (one.id, one.label) != (row.id, row.label)]
    shown = [one._asdict() for one in sorted([*rows, row], key=lambda one: (one.id, one.label))]
    RESULTS.write_text(json.dumps(shown, indent=1) + "\n", encoding="utf-8")


def _folder(asked: argparse.Namespace) -> str:
    return f"{asked.package}-{asked.old}-{asked.new}"


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("package")
    parser.add_argument("old")
    parser.add_argument("new")
    parser.add_argument("--label", default="now", help="a word for the state of the referee, kept with the verdict")
    parser.add_argument("--only", nargs="*", default=[], help="names of pieces: whole, source, tests, rest, file-1")
    parser.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir()) / "kaizen-releases")
    parser.add_argument("--i-accept-no-sandbox", dest="accept_no_sandbox", action="store_true")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
