"""Gate `dependencies`: known vulnerabilities of what is installed, and what is left to chance about its versions."""

from __future__ import annotations

import asyncio
import json
import re
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from agents.ports import Limits, Target
from agents.tools.own import own_tool
from agents.workspace.layout import read_text, read_toml
from director.gates.defaults import DEFAULTS
from director.gates.gate import MeasuredTree
from ledger.events import Finding, GateSpec, Reading

LOCKS = ("uv.lock", "poetry.lock", "pdm.lock", "Pipfile.lock", "pylock.toml", "requirements.lock")
SECONDS = 120.0
LISTS = """
import importlib.metadata, json
print(json.dumps(sorted({(d.metadata["Name"] or "", d.version) for d in importlib.metadata.distributions()})))
"""
"""Run in the project's interpreter, isolated from its tree."""


class Dependencies:
    """Asks pip-audit about what is installed; what could not be asked about is unmeasurable, never a pass."""

    name = "dependencies"
    spec = DEFAULTS["dependencies"]
    static = True

    async def measure(self, tree: MeasuredTree, spec: GateSpec) -> Reading:
        """Read what is declared, list what is installed, and ask the database of known vulnerabilities."""
        tool = own_tool("pip_audit", "pip-audit")
        loose = list(unpinned(tree.target.project))
        wanted = {_canonical(name) for name in _declared(tree.target.project)}
        installed = await _installed(tree.target) if wanted else {}
        asked = {name: version for name, version in installed.items() if name != _own_name(tree.target.project)}
        if not wanted:
            said = "the project declares no dependency" if not loose else f"{len(loose)} without a version"
            return _reading(spec, tool.version, loose, said)
        if spec.options.get("offline"):
            why = "they could not be audited: Kaizen is offline; run it without --offline"
            return Reading(gate=spec.name, value=None, detail=why, tool=tool.version, findings=tuple(loose))
        answer = await _audited(tool.argv, asked)
        if isinstance(answer, str):
            why = f"they could not be audited: {answer}"
            return Reading(gate=spec.name, value=None, detail=why, tool=tool.version, findings=tuple(loose))
        bad = sorted(_vulnerable(answer), key=lambda finding: (finding.symbol, finding.rule))
        unknown = sorted(set(asked) - {_canonical(row["name"]) for row in answer if "vulns" in row})
        findings = [*bad, *loose]
        if unknown:
            named = ", ".join(unknown[:5]) + (", …" if len(unknown) > 5 else "")
            why = f"{len(unknown)} of {len(asked)} packages could not be audited ({named}): is the index reachable?"
            return Reading(gate=spec.name, value=None, detail=why, tool=tool.version, findings=tuple(findings))
        said = f"{len(bad)} known vulnerabilities in {len(asked)} packages, {len(loose)} without a version"
        return _reading(spec, tool.version, findings, said)


def _reading(spec: GateSpec, tool: str, findings: list[Finding], said: str) -> Reading:
    return Reading(gate=spec.name, value=float(len(findings)), detail=said, tool=tool, findings=tuple(findings))


def unpinned(project: Path) -> Iterator[Finding]:
    """Yield what no file pins: a locked project pins all, a requirements file each line, a library at least a bound."""
    if any((project / lock).is_file() for lock in LOCKS):
        return
    for path in sorted(project.glob("requirements*.txt")):
        for number, line in enumerate(_lines(read_text(path)), start=1):
            if line and not line.startswith("-") and not re.search(r"===?\s*[^*\s]+\s*(;|--hash|$)|\s@\s*\S|://", line):
                yield Finding(
                    rule="unpinned", message=f"{line[:80]} names no exact version", path=path.name, line=number,
                    symbol=_name(line),
                )  # fmt: skip
    for requirement in _of_pyproject(project):
        if not re.search(r"[<>=~]=?|\s@\s", requirement.split(";")[0]):
            yield Finding(
                rule="unbounded", message=f"{requirement[:80]} has no bound: any version may come",
                path="pyproject.toml", symbol=_name(requirement),
            )  # fmt: skip


async def _installed(target: Target) -> dict[str, str]:
    done = await target.run([str(target.python), "-I", "-B", "-c", LISTS], limits=Limits(wall=60))
    try:
        rows = json.loads(done.stdout)
        return {_canonical(name): str(version) for name, version in rows if name and version}
    except (ValueError, TypeError):
        return {}


async def _audited(argv: tuple[str, ...], installed: Mapping[str, str]) -> list[dict[str, Any]] | str:
    """Return what is known of each package, or why nothing is.

    This asks the network and runs none of the project's code: names and versions are all it is given.
    """
    if not installed:
        return "nothing is installed that could be asked about"
    with tempfile.TemporaryDirectory(prefix="audit-") as folder:
        listed = Path(folder) / "installed.txt"
        listed.write_text("".join(f"{name}=={version}\n" for name, version in installed.items()), encoding="utf-8")
        options = ("--requirement", str(listed), "--no-deps", "--disable-pip", "--format", "json", "--progress-spinner")
        child = await asyncio.create_subprocess_exec(
            *argv, *options, "off", cwd=folder, stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        try:
            out, err = await asyncio.wait_for(child.communicate(), SECONDS)
        except TimeoutError:
            return f"no answer after {SECONDS:g} s: is the index reachable?"
        finally:
            if child.returncode is None:
                child.kill()
                await child.wait()
    try:
        rows = json.loads(out)["dependencies"]
    except (ValueError, KeyError, TypeError):
        lines = err.decode("utf-8", "replace").strip().splitlines()
        return (lines[-1][:200] if lines else f"pip-audit ended with status {child.returncode}") + ": try again later"
    return [row for row in rows if isinstance(row, dict) and isinstance(row.get("name"), str)]


def _vulnerable(rows: list[dict[str, Any]]) -> Iterator[Finding]:
    for row in rows:
        for found in row.get("vulns") or []:
            fixes = ", ".join(found.get("fix_versions") or []) or "no release yet"
            yield Finding(
                rule=str(found.get("id") or "vulnerability"),
                message=f"{row['name']} {row.get('version')} is vulnerable; mended in {fixes}",
                symbol=row["name"],
            )


# --- what is declared


def _declared(project: Path) -> Iterator[str]:
    for path in sorted(project.glob("requirements*.txt")):
        yield from (_name(line) for line in _lines(read_text(path)) if line and not line.startswith("-"))
    yield from map(_name, _of_pyproject(project))
    if (project / "setup.py").is_file() or (project / "setup.cfg").is_file():
        yield from re.findall(
            r"^[ \t]*['\"]?([A-Za-z][\w.-]*)\s*[<>=~!]=", read_text(project / "setup.cfg"), re.MULTILINE
        )


def _of_pyproject(project: Path) -> list[str]:
    metadata = read_toml(project / "pyproject.toml").get("project")
    table: Mapping[str, Any] = metadata if isinstance(metadata, dict) else {}
    extras = table.get("optional-dependencies")
    rows = [*_strings(table.get("dependencies"))]
    for extra in extras.values() if isinstance(extras, dict) else ():
        rows += _strings(extra)
    return rows


def _strings(value: object) -> list[str]:
    return [each.strip() for each in value if isinstance(each, str)] if isinstance(value, list) else []


def _lines(text: str) -> list[str]:
    return [re.sub(r"(^|\s)#.*$", "", line).strip() for line in text.splitlines()]


def _name(requirement: str) -> str:
    found = re.match(r"[A-Za-z0-9][\w.-]*", requirement)
    return found.group() if found else ""


def _own_name(project: Path) -> str:
    metadata = read_toml(project / "pyproject.toml").get("project")
    return _canonical(str(metadata.get("name", ""))) if isinstance(metadata, dict) else ""


def _canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
