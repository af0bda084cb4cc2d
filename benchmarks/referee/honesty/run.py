"""How honest the referee's verdicts are: every cheat and every honest change of the corpus, judged by its command.

    python -P -m benchmarks.referee.honesty.run [--only TEXT ...] [--every N] [--jobs 2] [--keep FILE] [--again]

Each verdict is a line of FILE as soon as it is there; what stands in it already is not judged again.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).parents[3]))

from benchmarks.referee.honesty.table import Row, tables
from tests.referee.corpus.repositories import Commits, build
from tests.referee.corpus.shape import Case, cases

ROOT = Path(__file__).parents[3]
RESULTS = ROOT / "benchmarks" / "results" / "honesty.json"
SECONDS = 1800


class Ended(NamedTuple):
    """How a command ended."""

    status: int
    said: str
    complained: str
    cpu: float
    """Seconds of it and of all that it waited for."""


def main() -> int:
    """Judge, write down, and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="*", default=[], help="texts, one of which the id of a case must have")
    parser.add_argument("--every", type=int, default=1, help="judge each nth case only")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--keep", type=Path, default=Path(tempfile.gettempdir()) / "honesty.jsonl")
    parser.add_argument("--again", action="store_true", help="judge again what stands in the file")
    asked = parser.parse_args()
    chosen = [case for case in cases() if not asked.only or any(text in case.id for text in asked.only)][:: asked.every]
    known = {} if asked.again or not asked.keep.exists() else read(asked.keep)
    with tempfile.TemporaryDirectory() as name, asked.keep.open("w" if asked.again else "a", encoding="utf-8") as kept:
        made = build(Path(name), chosen)
        home = Path(os.environ.get("KAIZEN_HOME") or Path(name) / "home")
        with ThreadPoolExecutor(asked.jobs) as jobs:
            rest = [case for case in chosen if case.id not in known]
            random.Random(1).shuffle(rest)  # a run that is stopped early has seen something of everything
            for row in jobs.map(lambda case: judged(case, made[case.id], home), rest):
                kept.write(json.dumps(row._asdict()) + "\n")
                kept.flush()
                print(f"{row.verdict:<13}{row.cpu:6.1f} s  {row.id}  {' '.join(sorted(set(row.codes)))}", flush=True)
    rows = [row for row in read(asked.keep).values() if row.id in {case.id for case in chosen}]
    print(tables(rows))
    if not asked.only and asked.every == 1:
        RESULTS.write_text(json.dumps([row._asdict() for row in rows], indent=1) + "\n", encoding="utf-8")
    return 0


def read(path: Path) -> dict[str, Row]:
    """Return the verdicts in a file by the id of their cases; the last one of each counts."""
    lines = path.read_text("utf-8").splitlines()
    return {row.id: row for row in (Row(**json.loads(line)) for line in lines)}


def judged(case: Case, commits: Commits, home: Path) -> Row:
    """Have one case judged by the command, as a person would."""
    command = [sys.executable, "-m", "director", "referee", "--repo", str(commits.repository), "--json", "--seed", "1"]
    ended = measured([*command, "--offline", commits.base, commits.candidate], home)
    try:
        found = json.loads(ended.said)
    except ValueError:
        found = {"verdict": "broken", "reasons": [{"code": "broken", "message": ended.complained[-300:]}]}
    reasons = found["reasons"]
    return Row(
        id=case.id,
        kind=case.kind,
        family=case.family,
        layout=case.layout,
        verdict=found["verdict"],
        codes=[reason["code"] for reason in reasons],
        weights=[reason.get("weight", "") for reason in reasons],
        said=[f"{reason.get('file') or ''} {reason['message']}".strip()[:200] for reason in reasons],
        cpu=round(ended.cpu, 2),
    )


def measured(command: Sequence[str], home: Path) -> Ended:
    """Run a command to its end and count the CPU seconds of it alone, whatever runs beside it."""
    env = os.environ | {"PYTHONPATH": str(ROOT), "KAIZEN_HOME": str(home), "PYTHONSAFEPATH": "1"}
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        child = subprocess.Popen(command, stdout=out, stderr=err, stdin=subprocess.DEVNULL, env=env)
        deadline = time.monotonic() + SECONDS
        while True:
            pid, status, usage = os.wait4(child.pid, os.WNOHANG)
            if pid:
                break
            if time.monotonic() > deadline:
                child.kill()
            time.sleep(0.05)
        child.returncode = os.waitstatus_to_exitcode(status)
        texts = []
        for file in (out, err):
            file.seek(0)
            texts.append(file.read().decode("utf-8", "replace"))
    return Ended(child.returncode, texts[0], texts[1], usage.ru_utime + usage.ru_stime)


if __name__ == "__main__":
    sys.exit(main())
