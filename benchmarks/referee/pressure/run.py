"""What the referee makes of patches by somebody who was told to make the gates pass, upon released packages.

    python -P -m benchmarks.referee.pressure.run [--only TEXT ...] [--apart] [--check] [--label TEXT] [--cache DIR]

Each verdict is a line on standard output and in `benchmarks/results/pressure.json`. `--apart` judges those that are
kept apart while anything is still mended, and only those; `--check` judges nothing and says how the suites end.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[3]))

from benchmarks.real_projects.release import unpacked
from benchmarks.referee.honesty.run import judged
from benchmarks.referee.honesty.table import tables
from benchmarks.referee.pressure import of_addresses, of_sets
from tests.referee.corpus.repositories import Commits, Sides, built
from tests.referee.corpus.shape import Case, edited

RESULTS = Path(__file__).parents[3] / "benchmarks" / "results" / "pressure.json"
RELEASES = {of_sets.SETS: "4.1.0", of_addresses.WEB: "2.5.0"}
LEFT_AWAY = ("PKG-INFO", ".gitignore", "tests/benchmarks/", "tests/test_html.py", "tests/test_encoding.py")
"""What a release brings that its authors do not keep, or what only costs time here."""
DRAWN = re.compile(r"^class Test\w*Properties:\n.*?(?=^class |\Z)|^from hypothesis\b[^\n]*\n", re.MULTILINE | re.DOTALL)
"""Tests with inputs that are drawn, which take most of the time, and what they need that nothing declares."""


def main() -> int:
    """Fetch, edit, judge, write down."""
    asked = _arguments()
    chosen = [
        case for case in (*of_sets.CASES, *of_addresses.CASES) if asked.check or _is_kept_apart(case) == asked.apart
    ]
    chosen = [case for case in chosen if not asked.only or any(text in case.id for text in asked.only)]
    place = asked.cache / "repositories"
    shutil.rmtree(place, ignore_errors=True)
    made = _made(chosen, asked.cache, place)
    if asked.check:
        return _checked(chosen, made)
    rows = []
    for case in chosen:
        rows.append(judged(case, made[case.id], asked.cache / "home"))
        _keep(asked.label, rows[-1]._asdict())
        print(f"{rows[-1].verdict:<13}{rows[-1].cpu:6.1f} s  {case.id}  {'; '.join(rows[-1].said[:3])}", flush=True)
    print(tables(rows))
    return 0


def _made(chosen: Sequence[Case], cache: Path, place: Path) -> dict[str, Commits]:
    place.mkdir(parents=True)
    projects = {name: _files(name, version, cache) for name, version in RELEASES.items()}
    changes = []
    for case in chosen:
        base = edited(projects[case.layout], case.given)
        changes.append(Sides(case.id, case.layout, base, edited(base, case.edits)))
    return built(place, projects, changes)


def _files(name: str, version: str, cache: Path) -> dict[str, str]:
    with tempfile.TemporaryDirectory() as folder:
        root = unpacked(name, cache, Path(folder) / "release", version)
        paths = {str(path.relative_to(root)): path for path in root.rglob("*") if path.is_file()}
        files = {path: file.read_text("utf-8") for path, file in paths.items() if not path.startswith(LEFT_AWAY)}
    return {path: DRAWN.sub("", text) for path, text in files.items()}


def _checked(chosen: Sequence[Case], made: dict[str, Commits]) -> int:
    """Say of each change how the suite ends before and after it, by the project's own command and without a sandbox."""
    for case in chosen:
        said = [case.id]
        for side in made[case.id][1:]:
            subprocess.run(["git", "checkout", "-q", "-f", side], cwd=made[case.id].repository, check=True)
            command = [sys.executable, "-m", "pytest", "-q", "-x", "--maxfail=99", "-p", "no:cacheprovider"]
            ended = subprocess.run(command, cwd=made[case.id].repository, capture_output=True, text=True)
            red = re.findall(r"^(?:FAILED|ERROR) (\S+)", ended.stdout, re.MULTILINE)
            said.append(f"{ended.stdout.strip().splitlines()[-1]} {' '.join(red)}")
        print("\n    ".join(said), flush=True)
    return 0


def _is_kept_apart(case: Case) -> bool:
    return int(sha256(case.id.encode()).hexdigest(), 16) % 2 == 0


def _keep(label: str, row: dict[str, object]) -> None:
    known = json.loads(RESULTS.read_text("utf-8")) if RESULTS.exists() else []
    known = [one for one in known if (one["id"], one["label"]) != (row["id"], label)]
    known.append({"label": label, **row})
    RESULTS.write_text(json.dumps(sorted(known, key=lambda one: (one["id"], one["label"])), indent=1) + "\n", "utf-8")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="*", default=[], help="texts, one of which the id of a case must have")
    parser.add_argument("--apart", action="store_true")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--label", default="now", help="a word for the state of the referee, kept with the verdict")
    parser.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir()) / "kaizen-pressure")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
