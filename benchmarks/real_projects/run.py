"""Run Kaizen on real packages with bugs planted in them, and check what it left.

    python -m benchmarks.real_projects.run --seed 1 --bugs 3 --minutes 5 cachetools inflection

Each package is fetched as a source release with pip, put under git with bugs that its own suite notices, given to
`kaizen run`, and looked at afterwards. One line per package goes to standard output; the table and the figures beside
it are brought up to date after each. Exit status 1 when a promise was broken.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from agents.sandbox.choose import choose
from agents.tools.target import SandboxedTarget
from agents.workspace.environment import prepare
from benchmarks.real_projects import by_hand, checks, release
from benchmarks.real_projects.table import BY_HAND, DRAWN, Mended, Row, write
from director.bootstrap import project_id, tool
from director.settings import load

ROOT = Path(__file__).resolve().parents[2]
EXITS = (0, 3, 4)
"""Completed, stalled, exhausted: every other exit status is a broken promise here."""
PATIENCE = 120.0
"""Seconds beyond the budget after which a run counts as stuck and is ended."""


async def main() -> int:
    """Run all that is asked for and return the exit status."""
    given = _arguments()
    broken = 0
    for name in given.packages:
        try:
            row = await one(name, given)
        except (release.NotEnough, subprocess.CalledProcessError) as error:
            print(f"{name:<20} not run: {error}", flush=True)
            continue
        write(ROOT, row, BY_HAND if given.by_hand else DRAWN)
        broken += bool(row.broken)
        print(row.line(), flush=True)
    return 1 if broken else 0


async def one(name: str, given: argparse.Namespace) -> Row:
    """Fetch, plant, run, check."""
    place = given.cache / "work" / f"{name}-{given.seed}"
    shutil.rmtree(place, ignore_errors=True)
    released = release.unpacked(name, given.cache, place / "unpacked")
    repository = place / f"{name}-{given.seed}"
    shutil.move(released, repository)
    home = given.cache / "home"
    shutil.rmtree(home / "projects" / project_id(repository, ""), ignore_errors=True)  # what an earlier run learnt
    environment = await asyncio.to_thread(
        prepare, repository, home, tool("uv"), variables=load(_environment(home)).environment
    )
    target = SandboxedTarget(choose(accept_none=given.accept_no_sandbox), environment, repository)
    suite, planted = (
        await by_hand.plant(target, by_hand.written(name, repository))
        if given.by_hand
        else await release.plant(target, given.bugs, given.seed)
    )
    release.under_git(repository)
    before = checks.fingerprint(repository)
    began = time.time()
    events, status, seconds, said = _kaizen(repository, home, given)
    row = Row.of(name, release.version_of(released), given, events, status, seconds, suite)
    row.start_seconds = round(max(0.0, next((e["at"] for e in events), began) - began), 1)
    row.notes += [note for note in said if note not in row.notes]
    if seconds - row.start_seconds > given.minutes * 60 + checks.GRACE:
        took = f"took {seconds - row.start_seconds:.0f} s from its start"
        row.broken.append(f"{took} with a budget of {given.minutes:g} minutes")
    if status not in EXITS:
        row.broken.append(f"exit status {status}: {' '.join(said[-1:])}")
    row.broken += [
        f"moved in the user's repository: {path}" for path in checks.moved(before, checks.fingerprint(repository))
    ]
    row.broken += _verified(repository, home)
    await _look(row, repository, target, planted)
    return row


async def _look(row: Row, repository: Path, target: SandboxedTarget, planted: list[release.Planted]) -> None:
    """Run plain pytest on each commit, and see what became of each bug."""
    chain = checks.commits(repository, row.branch)
    plain = [await checks.plain_pytest(repository, commit, target) for commit in chain]
    for commit, parent, child in zip(chain[1:], plain, plain[1:], strict=False):
        lost = checks.worse(parent, child)
        if lost:  # a test that fails now and then is not the patch's fault: ask both once more
            at = chain.index(commit)
            again = [await checks.plain_pytest(repository, one, target) for one in chain[at - 1 : at + 1]]
            lost = sorted(set(lost) & set(checks.worse(*again)))
        row.broken += [f"{commit[:10]} loses {test}" for test in lost[:5]]
    if len(plain[-1].red) > len(plain[0].red):
        row.broken.append(f"more tests fail at the end: {len(plain[0].red)} -> {len(plain[-1].red)}")
    row.plain = [p.said for p in (plain[0], plain[-1])]
    with tempfile.TemporaryDirectory(prefix="final-") as place:
        root = Path(place).resolve() / "tree"
        checks.checked_out(repository, chain[-1], root)
        green = release.passed(await target.at(root).suite())
    for one in planted:
        fixed = all(test in green for test in one.noticed)
        row.bugs.append(Mended.of(one, fixed, checks.file_at(repository, chain[-1], one.bug.path)))


def _kaizen(
    repository: Path, home: Path, given: argparse.Namespace
) -> tuple[list[dict[str, Any]], int, float, list[str]]:
    argv = [sys.executable, "-P", "-m", "director", "run", str(repository), "--json", "--no-page"]
    argv += ["--minutes", str(given.minutes), "--seed", str(given.seed)]
    argv += ["--i-accept-no-sandbox"] if given.accept_no_sandbox else []
    began = time.monotonic()
    with (repository.parent / "events.jsonl").open("w") as out, (repository.parent / "stderr.txt").open("w") as err:
        try:
            status = subprocess.run(
                argv, stdout=out, stderr=err, env=_environment(home), timeout=given.minutes * 60 + PATIENCE, check=False
            ).returncode
        except subprocess.TimeoutExpired:
            status = -9
    seconds = time.monotonic() - began
    events = [json.loads(line) for line in (repository.parent / "events.jsonl").read_text().splitlines()]
    said = [line for line in (repository.parent / "stderr.txt").read_text().splitlines() if line.strip()]
    return events, status, seconds, said


def _verified(repository: Path, home: Path) -> list[str]:
    argv = [sys.executable, "-P", "-m", "director", "verify"]
    done = subprocess.run(argv, cwd=repository, env=_environment(home), capture_output=True, text=True, check=False)
    return [] if done.returncode == 0 else [f"the ledger does not verify: {done.stdout}{done.stderr}".strip()]


def _environment(home: Path) -> dict[str, str]:
    return {**os.environ, "KAIZEN_HOME": str(home), "PYTHONPATH": str(ROOT)}


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("packages", nargs="+", help="names of packages with a source release")
    parser.add_argument("--seed", type=int, default=1, help="which bugs are planted, and the run's own seed")
    parser.add_argument("--bugs", type=int, default=3, help="how many are drawn by chance")
    parser.add_argument("--by-hand", action="store_true", help="plant the bugs written in slips/ instead")
    parser.add_argument("--minutes", type=float, default=5.0, help="budget of each run")
    parser.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir()) / "kaizen-real-projects")
    parser.add_argument("--i-accept-no-sandbox", dest="accept_no_sandbox", action="store_true")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
