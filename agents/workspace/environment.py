"""The interpreter a project runs on: its own environment, or one made for it, never Kaizen's."""

from __future__ import annotations

import json
import os
import pwd
import re
import shutil
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from packaging.requirements import Requirement
from packaging.specifiers import InvalidSpecifier, SpecifierSet

from agents.workspace.declared import Declared, declared_by
from agents.workspace.layout import read_text
from agents.workspace.once import made_once
from agents.workspace.overlay import canonical, key_of, metadata, overlay
from agents.workspace.uv import Uv

SECONDS = 300.0
"""How long making an environment may take."""
MARK = "kaizen.json"


class NoInterpreter(Exception):
    """No Python on this machine can run the project."""


@dataclass(frozen=True, slots=True)
class Environment:
    """What is ready to run a project's code."""

    python: Path
    version: str
    source: Literal["existing", "made", "base"]
    """`existing`: the repository's own; `made`: built in the data home; `base`: the bare interpreter."""
    readable: tuple[Path, ...] = ()
    """What the sandbox must show: the environment and the base interpreter."""
    paths: tuple[Path, ...] = ()
    """Folders that go on the import path after the project's own."""
    overlay: Path | None = None
    """Folder with pytest and coverage; goes on the import path last."""
    missing: tuple[str, ...] = ()
    """Dependencies that are not available as wheels."""
    notes: tuple[str, ...] = ()
    """What a person should know, one line each."""
    key: str = ""
    """Equal keys mean equal environments."""
    packages: int = 0
    search: str = ""
    """The user's PATH: where the programs of the project's own commands are looked for."""
    test_seconds: float = 30.0
    """CPU seconds after which one test counts as never ending; on the clock it is four times as many."""
    own: Path | None = None
    """The user's project directory: what is installed there beside the committed files may be lent to commands."""


@dataclass(frozen=True, slots=True)
class Base:
    """An environment before anything is laid beside it."""

    python: Path
    interpreter: Path
    """The base interpreter: nothing a wheel brought can have changed it."""
    version: str
    source: Literal["existing", "made", "base"]
    readable: tuple[Path, ...]
    site: Path | None
    missing: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def prepare(
    project: Path, home: Path, uv: Path, *, own: Sequence[Path] = (), variables: Mapping[str, str] | None = None,
    seconds: float = SECONDS,
) -> Environment:  # fmt: skip
    """Return the environment for the project whose files stand in `project`.

    `own` are the folders of the user's repository in which a `.venv` or `venv` may stand (default: the project);
    such a one is used and never written. `variables` go to uv alone. Raises NoInterpreter.
    """
    declared = declared_by(project)
    runner = Uv(uv, home / "cache" / "uv", variables or {}, seconds)
    base = _existing(own or (project,)) or _made(project, home, runner, declared)
    installed = installed_in(base.site)
    requirements = declared.requirements if base.source == "existing" else ()
    beside, notes = overlay(home, runner, base.interpreter, base.version, installed, requirements)
    own_metadata = metadata(home, declared) if canonical(declared.name) not in installed else None
    missing = base.missing if base.source != "existing" else _not_installed(declared, installed, base.version)
    said = [*base.notes, *notes, *_said(declared, missing, base.source, runner.offline)]
    return Environment(
        python=base.python,
        version=base.version,
        source=base.source,
        readable=base.readable,
        paths=(own_metadata,) if own_metadata is not None else (),
        overlay=beside,
        missing=missing,
        notes=tuple(said),
        key=key_of(base.python, base.version, sorted(installed.items()), beside, own_metadata),
        packages=len(installed),
    )


def installed_in(site: Path | None) -> dict[str, str]:
    """Return the releases in a site-packages folder, by the names of its metadata folders; nothing is imported."""
    found: dict[str, str] = {}
    for folder in sorted(site.glob("*.dist-info")) if site is not None else []:
        name, _, version = folder.name.removesuffix(".dist-info").rpartition("-")
        if name:
            found[canonical(name)] = version
    return found


def _said(declared: Declared, missing: Sequence[str], source: str, offline: bool) -> list[str]:
    notes = [f"{path} is made by a build and is missing: write it, or build the project" for path in declared.generated]
    if offline:
        notes.append("the package index cannot be reached: going on with what is there")
    if missing and source == "existing":
        notes.append(f"the project's own environment lacks {', '.join(missing)}: install them there")
    elif missing:
        notes.append(f"no wheel could be had of {', '.join(missing)}")
    return notes


def _not_installed(declared: Declared, installed: Mapping[str, str], version: str) -> tuple[str, ...]:
    lacking = []
    for requirement in map(Requirement, declared.requirements):
        marker = requirement.marker
        minor = ".".join(version.split(".")[:2])
        needed = marker is None or marker.evaluate(
            {"python_version": minor, "python_full_version": version, "extra": ""}
        )
        name = canonical(requirement.name)
        if needed and name not in installed and name not in ("pytest", "coverage") and not name.startswith("pytest-"):
            lacking.append(requirement.name)
    return tuple(lacking)


# --- the user's own environment


def _existing(folders: Sequence[Path]) -> Base | None:
    for folder in folders:
        for name in (".venv", "venv"):
            found = _read_environment(folder / name)
            if found is not None:
                return found
    return None


def _read_environment(place: Path) -> Base | None:
    """Read `pyvenv.cfg`; an environment whose base interpreter is gone is none."""
    text = read_text(place / "pyvenv.cfg")
    values = {
        key.strip().lower(): value.strip() for key, _, value in (line.partition("=") for line in text.splitlines())
    }
    version = re.match(r"\d+\.\d+\.\d+", values.get("version") or values.get("version_info") or "")
    python = place / "bin" / "python"
    if not values.get("home") or version is None or not os.access(python, os.X_OK):
        return None
    minor = ".".join(version.group().split(".")[:2])
    binary = Path(values["home"])
    interpreter = next(
        (binary / name for name in (f"python{minor}", "python3", "python") if (binary / name).exists()), None
    )
    if interpreter is None or not (_prefix(interpreter, minor) / "lib" / f"python{minor}" / "os.py").is_file():
        return None
    site = place / "lib" / f"python{minor}" / "site-packages"
    shown = dict.fromkeys((place, place.resolve(), *interpreter_parts(interpreter, minor)))
    return Base(python, interpreter, version.group(), "existing", tuple(shown), site)


def _prefix(interpreter: Path, minor: str) -> Path:
    """Return where the interpreter's own library lies; links of its binary are followed."""
    named = interpreter.parent.parent
    real = interpreter.resolve().parent.parent
    return named if (named / "lib" / f"python{minor}" / "os.py").is_file() else real


def interpreter_parts(interpreter: Path, minor: str) -> list[Path]:
    """Return what a sandbox must show of an interpreter: its prefix, or, of a shared one, only its own parts."""
    shown: list[Path] = []
    for prefix in dict.fromkeys((_prefix(interpreter, minor), interpreter.resolve().parent.parent)):
        if prefix in (Path("/"), Path("/usr")):
            continue
        whole = not own_directory().is_relative_to(prefix)
        parts = [prefix] if whole else [prefix / "lib" / f"python{minor}", interpreter.resolve(), interpreter]
        shown += [part for part in parts if part.exists()]
    return shown


def own_directory() -> Path:
    """Return the home directory of the user Kaizen runs as."""
    try:
        return Path(pwd.getpwuid(os.getuid()).pw_dir)
    except KeyError:  # a user of a number alone, as containers have them
        return Path(os.environ.get("HOME") or "/")


# --- an environment of our own making


def _made(project: Path, home: Path, uv: Uv, declared: Declared) -> Base:
    interpreter, version, notes = _interpreter(project, uv, declared)
    minor = ".".join(version.split(".")[:2])
    shown = tuple(interpreter_parts(interpreter, minor))
    place = home / "environments" / key_of(interpreter.resolve(), version, *declared.requirements)

    def make(building: Path) -> Path:
        made = uv.run(
            "venv", "--quiet", "--no-project", "--allow-existing", "--python", str(interpreter), str(building)
        )
        if not made.ok:
            raise NoInterpreter(
                f"{interpreter} makes no environment ({made.said}); install python3-venv or another Python"
            )
        missing, network = _fill(building, interpreter, uv, declared.requirements)
        missing += declared.unusable
        # Not reached is not the same as not there: such an environment gets a name of its own, and is tried again.
        final = place.parent / (f"{place.name}-{key_of(*missing)}" if missing and network else place.name)
        _point_scripts(building / "bin", interpreter, final / "bin" / "python")
        (building / MARK).write_text(json.dumps({"missing": missing}), encoding="utf-8")
        return Path(final.name)

    final = made_once(place, make)
    missing = tuple(json.loads(read_text(final / MARK) or "{}").get("missing", ()))
    site = final / "lib" / f"python{minor}" / "site-packages"
    return Base(final / "bin" / "python", interpreter, version, "made", (final, *shown), site, missing, notes)


def _fill(building: Path, interpreter: Path, uv: Uv, requirements: Sequence[str]) -> tuple[tuple[str, ...], bool]:
    """Install all at once, or what goes one by one; return what did not, and whether the network was the reason."""
    where = ("--prefix", str(building))
    whole = uv.install(interpreter, requirements, *where)
    if whole.ok:
        return (), False
    failed = []
    network = uv.offline or whole.network
    for requirement in requirements:
        done = uv.install(interpreter, [requirement], *where, seconds=120)
        if not done.ok:
            failed.append(requirement)
            network = network or done.network
    return tuple(failed), network


def _point_scripts(folder: Path, interpreter: Path, python: Path) -> None:
    """Scripts were installed by the base interpreter and must start the environment's."""
    for script in folder.iterdir():
        if script.is_symlink() or not script.is_file():
            continue
        content = script.read_bytes()
        line, _, rest = content.partition(b"\n")
        if line.startswith(b"#!") and line[2:].strip() == os.fsencode(interpreter):
            script.write_bytes(b"#!" + os.fsencode(python) + b"\n" + rest)
            shutil.copymode(interpreter, script)


def _interpreter(project: Path, uv: Uv, declared: Declared) -> tuple[Path, str, tuple[str, ...]]:
    """Choose a base interpreter: the one the project names, else Kaizen's own base, else any that fits."""
    own = Path(sys.base_prefix) / "bin" / f"python{sys.version_info[0]}.{sys.version_info[1]}"
    own_version = ".".join(str(part) for part in sys.version_info[:3])
    wanted = read_text(project / ".python-version").strip().splitlines()[:1]
    try:
        allowed = SpecifierSet(declared.requires_python)
    except InvalidSpecifier:
        allowed = SpecifierSet()
    if wanted and re.fullmatch(r"3(\.\d+){1,2}", wanted[0]) and not own_version.startswith(wanted[0] + "."):
        found = _found(uv, own, wanted[0] if wanted[0].count(".") == 1 else f"=={wanted[0]}")
        if found is not None and allowed.contains(found[1]):
            return (*found, ())
    if allowed.contains(own_version) and own.exists():
        return own, own_version, ()
    found = _found(uv, own, str(allowed) or ">=3.8")
    if found is not None:
        return (*found, ())
    if own.exists():
        note = f"no Python {allowed} on this machine: {own_version} is used; install one that fits"
        return own, own_version, (note,)
    raise NoInterpreter(f"no Python {allowed} on this machine; install one")


def _found(uv: Uv, own: Path, wanted: str) -> tuple[Path, str] | None:
    beside = sorted(own.parent.parent.parent.glob("*/bin/python3*")) if own.parent.parent.name != "usr" else []
    places = [own.parent, *dict.fromkeys(path.parent for path in beside), Path("/usr/local/bin"), Path("/usr/bin")]
    search = os.pathsep.join(str(place) for place in places)
    found = uv.run("python", "find", "--system", "--no-project", "--show-version", wanted, path=search)
    place = uv.run("python", "find", "--system", "--no-project", wanted, path=search)
    version = re.search(r"\d+\.\d+\.\d+", found.said)
    return (Path(place.said), version.group()) if found.ok and place.ok and version else None
