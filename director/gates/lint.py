"""Gate `lint`: what ruff finds, under Kaizen's own ruff and the settings of the trusted checkpoint."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from importlib.metadata import version
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from agents.ports import Completed, Limits, Target
from agents.tools.target import own_ruff
from agents.workspace.layout import is_name, is_there, read_toml
from director.gates.by_file import FindingsIn, every_file, findings_by_file, grouped
from director.gates.defaults import DEFAULTS
from director.gates.gate import MeasuredTree
from ledger.events import Finding, GateSpec, Reading

RULES = ("E4", "E7", "E9", "F")
"""Ruff's own defaults: what is almost certainly a mistake. Style is asked for only by projects that name it."""
OURS = frozenset({
    "extend", "required-version", "cache-dir", "output-format", "fix", "fix-only", "unsafe-fixes", "show-fixes",
    "respect-gitignore", "force-exclude",
})  # fmt: skip
"""Settings that say how ruff runs and not what it finds."""
READ = (".py", ".pyi", ".pyw", ".ipynb", "pyproject.toml")
"""Endings of the files that ruff looks at."""
HIDES = re.compile(rb"noqa|ruff:", re.IGNORECASE)
"""Words without which no comment hides a finding from ruff."""
OTHER_FILES = frozenset({"include", "extend-include", "extension"})
"""Settings that let it look at others."""
LIMITS = Limits(wall=120, output=64 * 1024 * 1024)
DEPTH = 8


class Lint:
    """Counts ruff's findings; no file of the measured tree changes which rules apply."""

    name = "lint"
    spec = DEFAULTS["lint"]
    static = True

    async def measure(self, tree: MeasuredTree, spec: GateSpec) -> Reading:
        """Run ruff twice: as the code asks, and with its suppressions ignored, to count what they hide."""
        settings = ruff_settings(tree.trusted, tree.trusted_target.root)
        note, looked = "", await _looked(tree, settings)
        if looked.refused and settings:
            note = f"ruff refuses the project's settings ({looked.why}); its own defaults were used"
            looked = await _looked(tree, {})
        if looked.why:
            return Reading(gate=spec.name, value=None, detail=f"ruff could not measure: {looked.why}")
        findings = sorted(looked.shown, key=lambda found: (found.path, found.line, found.rule))
        fixable = sum(found.fixable for found in findings)
        counts = {
            "findings": float(len(findings)),
            "fixable": float(fixable),
            "suppressed": float(max(0, looked.everything - len(findings))),
        }
        number = f"{len(findings)} finding{'s' * (len(findings) != 1)}" if findings else "no findings"
        said = f"{number}, {fixable} with a safe fix" if findings else number
        return Reading(
            gate=spec.name,
            value=float(len(findings)),
            detail="; ".join(part for part in (said, note) if part),
            tool=f"ruff {_version()}, {_rules(settings if not note else {})}",
            findings=tuple(findings),
            counts=counts,
            seconds=looked.seconds,
        )


def lint_arguments(trusted: Path, root: Path) -> tuple[str, ...]:
    """Return what follows `ruff check`, without paths, so that who mends sees what the gate sees."""
    return arguments_for(ruff_settings(trusted, root))


def ruff_settings(project: Path, root: Path) -> dict[str, Any]:
    """Return the settings ruff would take for the project, from it or from above it up to `root`; empty for none."""
    folder = project
    while True:
        for name in (".ruff.toml", "ruff.toml", "pyproject.toml"):
            table = _table_in(folder / name)
            if table is not None:
                return _with_python(_extended(folder / name, table, root, DEPTH), project)
        if folder in (root, folder.parent):
            return {}
        folder = folder.parent


def arguments_for(settings: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the arguments that give these settings, and let ruff find no others."""
    fixed = ("--isolated", "--no-cache", "--no-respect-gitignore")
    if not settings:
        return (*fixed, "--select", ",".join(RULES))
    given = []
    for key, value in settings.items():
        if key not in OURS:
            given += ["--config", f"{key}={_toml(value)}"]
    return (*fixed, *given)


class Looked(NamedTuple):
    """What ruff finds in a tree."""

    shown: Sequence[Finding] = ()
    everything: int = 0
    """How many findings there are with every suppression ignored."""
    seconds: float = 0.0
    why: str = ""
    """Why it could not look."""
    refused: bool = False
    """Whether it did not take its settings."""


async def _looked(tree: MeasuredTree, settings: Mapping[str, Any]) -> Looked:
    """Run ruff as the code asks, and on files that suppress something once more without heeding that."""
    project, arguments = tree.target.project, arguments_for(settings)
    files = [path for path in every_file(project) if path.endswith(READ)]
    about = ("lint", _version(), *arguments, *_surroundings(files))
    seconds, refused = 0.0, False

    async def look(named: Sequence[str], *more: str) -> FindingsIn | str:
        nonlocal seconds, refused
        done = await _ruff(tree.target, (*arguments, *more), named)
        seconds += done.seconds
        if done.outcome == "exited" and done.exit <= 1 and not done.truncated:
            return grouped(findings_of(done.stdout, tree.target))
        refused = done.outcome == "exited" and done.exit > 1
        return why_not(done)

    # Which files ruff takes is known only to ruff where settings say it, or where links may lead to the same file.
    by_name = not OTHER_FILES & settings.keys() and not any((project / path).is_symlink() for path in files)
    if not by_name:
        shown, every = await look(()), await look((), "--ignore-noqa")
    else:
        silent = [path for path in files if HIDES.search((project / path).read_bytes())]
        shown = await findings_by_file(project, files, about, look, tree.kept)
        every = shown
        if silent and not isinstance(shown, str):
            ignoring = await findings_by_file(
                project,
                silent,
                (*about, "--ignore-noqa"),
                lambda named: look(named or silent, "--ignore-noqa"),
                tree.kept,
            )
            every = ignoring if isinstance(ignoring, str) else {**shown, **ignoring}
    if isinstance(shown, str) or isinstance(every, str):
        return Looked(why=shown if isinstance(shown, str) else str(every), refused=refused)
    return Looked([*chain(*shown.values())], sum(map(len, every.values())), seconds)


def _surroundings(files: Sequence[str]) -> Iterator[str]:
    """Yield what ruff sees of other files: which there are, for modules of the project's own sort otherwise."""
    yield from files
    yield from sorted({path.rpartition("/")[0] for path in files})


async def _ruff(target: Target, arguments: tuple[str, ...], files: Sequence[str] = ()) -> Completed:
    argv = [str(own_ruff()), "check", *arguments, "--no-fix", "--output-format", "json-lines"]
    return await target.run([*argv, *(["--force-exclude", "--", *files] if files else ["."])], limits=LIMITS)


def findings_of(output: bytes, target: Target) -> Iterator[Finding]:
    for line in output.splitlines():
        try:
            found = json.loads(line)
            path = Path(found["filename"])
            fix = found.get("fix") or {}
            place = path.relative_to(target.project) if path.is_absolute() else path
            yield Finding(
                rule=str(found.get("code") or found.get("name") or "invalid-syntax"),
                message=str(found["message"]),
                path=place.as_posix(),
                line=int(found["location"]["row"]),
                fixable=fix.get("applicability") == "safe",
            )
        except (ValueError, KeyError, TypeError):
            continue


# --- settings


def _table_in(path: Path) -> dict[str, Any] | None:
    table = read_toml(path)
    if path.name != "pyproject.toml":
        return table if is_there(path) else None
    tool = table.get("tool")
    ruff = tool.get("ruff") if isinstance(tool, dict) else None
    return ruff if isinstance(ruff, dict) else None


def _extended(path: Path, table: dict[str, Any], root: Path, depth: int) -> dict[str, Any]:
    """Lay the table over the one it extends, as long as that lies in the repository."""
    named = table.get("extend")
    if not isinstance(named, str) or not is_name(named) or depth == 0:
        return table
    base = (path.parent / named).resolve()
    if not base.is_relative_to(root.resolve()):
        return table
    return _laid_over(_extended(base, _table_in(base) or {}, root, depth - 1), table)


def _laid_over(below: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    merged = dict(below)
    for key, value in above.items():
        old = merged.get(key)
        merged[key] = _laid_over(old, value) if isinstance(old, dict) and isinstance(value, dict) else value
    return merged


def _with_python(settings: dict[str, Any], project: Path) -> dict[str, Any]:
    """Name the oldest Python of the project, which ruff would read from a file that it is not to read now."""
    metadata = read_toml(project / "pyproject.toml").get("project")
    requires = str(metadata.get("requires-python", "")) if isinstance(metadata, dict) else ""
    oldest = re.search(r">=\s*3\.(\d+)", requires)
    if "target-version" in settings or oldest is None:
        return settings
    return {**settings, "target-version": f"py3{max(7, int(oldest.group(1)))}"}


def _toml(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ",".join(f"{json.dumps(str(key))}={_toml(part)}" for key, part in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(_toml(part) for part in value) + "]"
    return json.dumps(value, default=str)  # a date is a word for ruff to refuse


def _rules(settings: Mapping[str, Any]) -> str:
    if not settings:
        return "rules " + ",".join(RULES)
    digest = hashlib.sha256(msgspec.json.encode(settings, order="deterministic")).hexdigest()
    return f"the project's rules ({digest[:12]})"


def _version() -> str:
    return version("ruff")


def why_not(done: Completed) -> str:
    if done.outcome != "exited":
        return f"ended by the limit of {done.outcome}"
    if done.truncated:
        return "more findings than fit"
    lines = [line.strip() for line in done.stderr.decode("utf-8", "replace").splitlines() if line.strip()]
    return " ".join(lines[:3])[:300] or f"exit status {done.exit}"
