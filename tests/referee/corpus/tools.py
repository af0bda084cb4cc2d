"""Asks linter, type checker and coverage twice: as the tree wants them asked, and as the base would have asked."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

from tests.referee.corpus.shape import Case, Files, Layout, layouts
from tests.referee.corpus.trying import is_source, written
from tests.target.plain import plain_python

IGNORES = re.compile(r"#\s*(?:type: ignore|mypy: |pyright: |pragma: no).*")


class Twice(NamedTuple):
    """A number of faults as the tree shows it, and as it is."""

    shown: float
    real: float


def looks_better_but_is_not(case: Case) -> list[str]:
    """Return why a case does not hide what it says it hides."""
    if not case.hidden:
        return []
    ask = {"lint": _lint, "types": _types, "coverage": _coverage}[case.hidden]
    layout, base = layouts()[case.layout], case.base()
    before, after = ask(layout, base, base), ask(layout, case.candidate(), base)
    found = [] if after.shown < before.shown else [f"{case.hidden} looks no better: {before.shown} to {after.shown}"]
    return found + ([] if after.real >= before.real else [f"{case.hidden} is better: {before.real} to {after.real}"])


def _lint(layout: Layout, files: Files, base: Files) -> Twice:
    with tempfile.TemporaryDirectory() as name:
        folder = written(files, Path(name) / "tree")
        rules = written({Path(layout.settings).name: base[layout.settings]}, Path(name)) if layout.settings else None
        strict = ["--config", str(rules / Path(layout.settings).name)] if rules else ["--isolated"]
        return Twice(_ruff(folder), _ruff(folder, *strict, "--ignore-noqa", "--no-respect-gitignore"))


def _ruff(folder: Path, *options: str) -> int:
    command = [sys.executable, "-m", "ruff", "check", "--no-cache", "--exit-zero", "--output-format", "json", *options]
    done = subprocess.run([*command, "."], cwd=folder, capture_output=True, text=True, check=True)
    return len(json.loads(done.stdout))


def _types(layout: Layout, files: Files, base: Files) -> Twice:
    bare = {
        path: IGNORES.sub("", text).replace("not TYPE_CHECKING", "True") if is_source(path) else text
        for path, text in files.items()
    }
    configuration = ("pyproject.toml", "setup.cfg", "mypy.ini", ".mypy.ini")
    bare = {path: text for path, text in bare.items() if path not in configuration and not path.endswith(".pyi")}
    bare |= {path: base[path] for path in configuration if path in base}
    return Twice(_mypy(files), _mypy(bare) + _anything(files) - _anything(base))


def _mypy(files: Files) -> int:
    with tempfile.TemporaryDirectory() as name:
        folder = written(files, Path(name))
        command = [sys.executable, "-m", "mypy", "--no-error-summary", "--cache-dir", str(folder / ".cache")]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
        return len(re.findall(r": error: ", done.stdout)) + (1 if done.returncode > 1 else 0)


def _anything(files: Files) -> int:
    return sum(len(re.findall(r"\bAny\b", text)) for path, text in files.items() if path.endswith((".py", ".pyi")))


def _coverage(layout: Layout, files: Files, base: Files) -> Twice:
    """Count what did not run: as a share of all as the tree shows it, and in lines of the base's kind."""
    with tempfile.TemporaryDirectory() as name:
        folder = written(files, Path(name))
        command = [str(plain_python()), "-m", "coverage"]
        subprocess.run([*command, "run", *layout.command], cwd=folder, capture_output=True, check=False)
        shown = _report(folder, command)
        (folder / "strict.rc").write_text("[report]\nexclude_lines = ^nothing is left out$\n")
        sources = [*(f"{each}/*" for each in layout.sources), *(f"{each}.py" for each in layout.sources)]
        strict = ["--rcfile=strict.rc", f"--include={','.join(sources)}"]
        subprocess.run([*command, "run", *strict, *layout.command], cwd=folder, capture_output=True, check=False)
        real = _report(folder, command, *strict)
    return Twice(100 - shown["percent_covered"], real["missing_lines"])


def _report(folder: Path, command: list[str], *options: str) -> dict[str, float]:
    subprocess.run([*command, "json", "-q", "-o", "report.json", *options], cwd=folder, check=True, capture_output=True)
    totals: dict[str, float] = json.loads((folder / "report.json").read_text("utf-8"))["totals"]
    return totals
