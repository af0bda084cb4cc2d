"""What it costs to land patches where the suite is slow: processor seconds of a run, and how often all tests were run.

    python -m benchmarks.landing.run --bugs 6 --seconds 10 --minutes 20 [--code FOLDER]

A project is made whose suite takes so many processor seconds and fails for so many bugs, each in a module of its own.
`--code` runs another copy of Kaizen on the same project, to compare with. One JSON object goes to standard output.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
SLOW = 40
"""Tests that take the time; none of them reaches a module with a bug."""
MODULES = 12


def main() -> None:
    """Make the project, run, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bugs", type=int, default=6)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--minutes", type=float, default=20.0)
    parser.add_argument("--parallel", type=int, default=2)
    parser.add_argument("--code", type=Path, default=ROOT)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="landing-") as place:
        repository = _repository(Path(place).resolve() / "slow", given.bugs, given.seconds)
        print(json.dumps(_run(repository, given)))


def _run(repository: Path, given: argparse.Namespace) -> dict[str, Any]:
    home = repository.parent / "home"
    argv = [sys.executable, "-P", "-m", "director", "run", str(repository), "--json", "--no-page"]
    argv += ["--minutes", str(given.minutes)]
    own = {"KAIZEN_HOME": str(home), "PYTHONPATH": str(given.code), "KAIZEN_PARALLEL": str(given.parallel)}
    began = time.monotonic()
    done = subprocess.run(argv, env={**os.environ, **own}, capture_output=True, text=True, check=False)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    events = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    return {
        "bugs": given.bugs,
        "suite_cpu": given.seconds,
        "status": done.returncode,
        "cpu": round(used.ru_utime + used.ru_stime, 1),
        "wall": round(time.monotonic() - began, 1),
        **_told(events),
    }


def _told(events: list[dict[str, Any]]) -> dict[str, Any]:
    kinds = Counter(event["kind"] for event in events)
    measured = [event for event in events if event["kind"] == "PatchMeasured"]
    whole = [event for event in measured if not event.get("together") or event["together"][-1] == event["attempt"]]
    return {
        "landed": kinds["PatchLanded"],
        "rejected": kinds["PatchRejected"],
        "whole_runs_of_patches": len(whole) + kinds["PatchesDoubted"],
        "together": [len(event["together"]) for event in whole if event.get("together")],
        "alone": [event["alone"] for event in events if event["kind"] == "PatchStacked" and event.get("alone")],
    }


def _repository(folder: Path, bugs: int, seconds: float) -> Path:
    files = {"pkg/__init__.py": "", "tests/test_slow.py": _slow(seconds)}
    for number in range(MODULES):
        files[f"pkg/m{number:02}.py"] = _module(number, wrong=number < bugs)
        files[f"tests/test_m{number:02}.py"] = _tests(number)
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    for words in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "Begin"]):
        subprocess.run(["git", "-c", "user.name=a", "-c", "user.email=a@b.c", *words], cwd=folder, check=True)
    return folder


def _module(number: int, wrong: bool) -> str:
    sign, less = ("-", "<=") if wrong else ("+", "<")
    body = (
        f"def fee{number}(amount, days):\n    total = amount * {number + 2}\n    return total {sign} days\n"
        if number % 2
        else f"def rank{number}(value):\n    if value {less} {10 + number}:\n        return 0\n    return value * 2\n"
    )
    return f'"""Module {number}."""\n\n\n{body}'


def _tests(number: int) -> str:
    if number % 2:
        name, cases = f"fee{number}", [((1, 2), number + 4), ((5, 7), 5 * (number + 2) + 7), ((0, 3), 3)]
    else:
        edge = 10 + number
        name, cases = f"rank{number}", [((edge,), 2 * edge), ((edge - 1,), 0), ((edge + 1,), 2 * edge + 2)]
    lines = [f"from pkg.m{number:02} import {name}\n"]
    for nth, (given, wanted) in enumerate(cases):
        shown = ", ".join(map(str, given))
        lines.append(f"\n\ndef test_{name}_{nth}():\n    assert {name}({shown}) == {wanted}\n")
    return "".join(lines)


def _slow(seconds: float) -> str:
    rounds = max(1, int(seconds / SLOW * 1_500_000))
    return (
        "import hashlib\n\nimport pytest\n\n\n"
        f'@pytest.mark.parametrize("number", range({SLOW}))\ndef test_slow(number):\n'
        f'    assert hashlib.pbkdf2_hmac("sha256", b"%d" % number, b"salt", {rounds})\n'
    )


if __name__ == "__main__":
    main()
