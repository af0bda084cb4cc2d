"""What stands beside an environment and never in it: pytest and coverage, and the project's own name and version."""

from __future__ import annotations

import compileall
import hashlib
import re
import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from importlib.metadata import Distribution, distribution
from pathlib import Path

from packaging.requirements import Requirement

from agents.workspace.declared import Declared
from agents.workspace.once import made_once
from agents.workspace.uv import Uv

NEEDED = ("pytest", "coverage")
SHARED = ("packaging", "pluggy", "iniconfig", "pygments", "exceptiongroup", "tomli", "typing-extensions")
"""What pytest brings that an environment may have in another release: the environment's comes first on the path."""


def canonical(name: str) -> str:
    """Return a distribution's name as indexes compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def key_of(*parts: object) -> str:
    """Return a short name for what these parts determine."""
    return hashlib.sha256("\0".join(str(part) for part in parts).encode()).hexdigest()[:16]


def overlay(
    home: Path, uv: Uv, python: Path, version: str, installed: Mapping[str, str], requirements: Sequence[str]
) -> tuple[Path | None, list[str]]:
    """Return the folder with what `installed` lacks of pytest, coverage and the pytest plugins named, and notes."""
    plugins = [r for r in requirements if canonical(Requirement(r).name).startswith("pytest-")]
    plugins = [r for r in plugins if canonical(Requirement(r).name) not in installed]
    wanted = [name for name in NEEDED if name not in installed] + plugins
    if not wanted:
        return None, []
    pinned = [f"{name}=={installed[name]}" for name in (*SHARED, *NEEDED) if name in installed]
    minor = ".".join(version.split(".")[:2])
    place = home / "overlays" / key_of(minor, *sorted(wanted), *sorted(pinned))
    notes: list[str] = []

    def make(building: Path) -> Path:
        if not plugins and _ours_fit(version, installed, wanted):
            _copy_ours(wanted, building, installed)
            # Whoever reads this folder may not write into it: without this every run would compile it anew.
            compileall.compile_dir(building, quiet=2, stripdir=str(building), prependdir=str(place))
            return Path(place.name)
        constraints = building / "constraints.txt"
        constraints.write_text("\n".join(pinned) + "\n", encoding="utf-8")
        where = ("--target", str(building), "--constraint", str(constraints))
        failed = [] if uv.install(python, wanted, *where).ok else _one_by_one(uv, python, wanted, where)
        notes.extend(f"{name} could not be had as a wheel" for name in failed)
        # What is incomplete gets a name of its own, so that the next time it is tried again.
        return Path(f"{place.name}-{key_of(*failed)}" if failed else place.name)

    made = made_once(place, make)
    return made, notes


def _one_by_one(uv: Uv, python: Path, wanted: Sequence[str], where: Sequence[str]) -> list[str]:
    return [requirement for requirement in wanted if not uv.install(python, [requirement], *where).ok]


# --- our own pytest and coverage: no network, and the same releases everywhere


def _ours_fit(version: str, installed: Mapping[str, str], wanted: Sequence[str]) -> bool:
    """Our own copies serve when the target's Python is of the same minor release and nothing older is in the way."""
    if [int(part) for part in version.split(".")[:2]] != list(sys.version_info[:2]):
        return False
    for found in _closure(wanted):
        for requirement in _requirements(found):
            there = installed.get(canonical(requirement.name))
            if there is not None and not requirement.specifier.contains(there, prereleases=True):
                return False
    return True


def _closure(names: Sequence[str]) -> list[Distribution]:
    found: dict[str, Distribution] = {}
    waiting = list(names)
    while waiting:
        name = canonical(waiting.pop())
        if name not in found:
            found[name] = distribution(name)
            waiting += [requirement.name for requirement in _requirements(found[name])]
    return list(found.values())


def _requirements(found: Distribution) -> Iterator[Requirement]:
    for line in found.requires or []:
        requirement = Requirement(line)
        if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
            yield requirement


def _copy_ours(wanted: Sequence[str], building: Path, installed: Mapping[str, str]) -> None:
    for found in _closure(wanted):
        if canonical(found.name) in installed:
            continue
        for file in found.files or []:
            if ".." in file.parts or "__pycache__" in file.parts:
                continue
            source, copy = Path(str(found.locate_file(file))), building / file
            if source.is_file():
                copy.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(source, copy)


# --- the project's own metadata


def metadata(home: Path, declared: Declared) -> Path | None:
    """Return a folder in which `importlib.metadata` finds the project, which is on the path but not installed."""
    if not declared.name or not re.fullmatch(r"[A-Za-z0-9][\w.-]*", declared.name):
        return None
    version = declared.version if re.fullmatch(r"[\w.+!-]+", declared.version) else "0"
    entry_points = _entry_points(declared.entry_points or {})
    requires = "".join(f"Requires-Dist: {requirement}\n" for requirement in declared.requirements)
    text = f"Metadata-Version: 2.1\nName: {declared.name}\nVersion: {version}\n{requires}"
    place = home / "overlays" / f"project-{key_of(text, entry_points)}"

    def make(building: Path) -> Path:
        folder = building / f"{re.sub(r'[-.]+', '_', declared.name)}-{version}.dist-info"
        folder.mkdir()
        (folder / "METADATA").write_text(text, encoding="utf-8")
        if entry_points:
            (folder / "entry_points.txt").write_text(entry_points, encoding="utf-8")
        return Path(place.name)

    return made_once(place, make)


def _entry_points(groups: Mapping[str, Mapping[str, str]]) -> str:
    lines = []
    for group, entries in sorted(groups.items()):
        good = [(name, place) for name, place in sorted(entries.items()) if "\n" not in name + place]
        lines += [f"[{group}]", *(f"{name} = {place}" for name, place in good), ""] if "\n" not in group else []
    return "\n".join(lines)
