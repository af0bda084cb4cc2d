"""Gate `lint`: what ruff finds, under Kaizen's own ruff and the settings of the trusted checkpoint."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

import msgspec

from agents.ports import Completed, Limits, Target
from agents.tools.target import own_ruff
from agents.workspace.layout import read_toml
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
        arguments = arguments_for(settings)
        done = await _ruff(tree.target, arguments)
        note = ""
        if done.outcome == "exited" and done.exit > 1 and settings:
            note = f"ruff refuses the project's settings ({why_not(done)}); its own defaults were used"
            arguments = arguments_for({})
            done = await _ruff(tree.target, arguments)
        if done.outcome != "exited" or done.exit > 1 or done.truncated:
            return Reading(gate=spec.name, value=None, detail=f"ruff could not measure: {why_not(done)}")
        findings = sorted(findings_of(done.stdout, tree.target), key=lambda found: (found.path, found.line, found.rule))
        everything = list(findings_of((await _ruff(tree.target, (*arguments, "--ignore-noqa"))).stdout, tree.target))
        fixable = sum(found.fixable for found in findings)
        counts = {
            "findings": float(len(findings)),
            "fixable": float(fixable),
            "suppressed": float(max(0, len(everything) - len(findings))),
        }
        said = f"{len(findings)} findings, {fixable} with a safe fix" if findings else "no findings"
        return Reading(
            gate=spec.name,
            value=float(len(findings)),
            detail="; ".join(part for part in (said, note) if part),
            tool=f"ruff {_version()}, {_rules(settings if not note else {})}",
            findings=tuple(findings),
            counts=counts,
            seconds=done.seconds,
        )


def lint_arguments(trusted: Path, root: Path | None = None) -> tuple[str, ...]:
    """Return what follows `ruff check`, without paths, so that who mends sees what the gate sees."""
    return arguments_for(ruff_settings(trusted, root or trusted))


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


async def _ruff(target: Target, arguments: tuple[str, ...]) -> Completed:
    argv = [str(own_ruff()), "check", *arguments, "--no-fix", "--output-format", "json-lines", "."]
    return await target.run(argv, limits=LIMITS)


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
        return table if path.is_file() else None
    tool = table.get("tool")
    ruff = tool.get("ruff") if isinstance(tool, dict) else None
    return ruff if isinstance(ruff, dict) else None


def _extended(path: Path, table: dict[str, Any], root: Path, depth: int) -> dict[str, Any]:
    """Lay the table over the one it extends, as long as that lies in the repository."""
    named = table.get("extend")
    if not isinstance(named, str) or depth == 0:
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
    return json.dumps(value)


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
