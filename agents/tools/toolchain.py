"""Where a command of the project's finds its program: what of the user's tools is shown, never a home itself."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from agents.workspace.environment import own_directory

SYSTEM = (Path("/usr"), Path("/bin"), Path("/sbin"), Path("/lib"))
"""What every sandbox shows."""

MOST_WORDS = 200
"""Words of a line for the shell that are looked for."""
_WORD = re.compile(r"(?<![\w./+-])[A-Za-z][\w.+-]*(?![\w/])")


@dataclass(frozen=True, slots=True)
class Toolchain:
    """What must be readable for a program to run, and what it must be told."""

    folders: tuple[Path, ...] = ()
    path: tuple[str, ...] = ()
    """Folders that go on PATH, before the system's."""
    variables: dict[str, str] = field(default_factory=dict)


def toolchain(program: str, search: str) -> Toolchain:
    """Return what the user's installation of a program needs, found along the user's own PATH; nothing when none is."""
    found = shutil.which(program, path=search) if search and "/" not in program else None
    if found is None:
        return Toolchain()
    place = Path(found)
    binaries = [folder for folder in dict.fromkeys((place.parent, place.resolve().parent)) if not _is_system(folder)]
    if not binaries:
        return Toolchain()
    rust = _rust(binaries)
    shown = [part for folder in binaries for part in _shown(folder)]
    return Toolchain(
        folders=tuple(dict.fromkeys((*shown, *rust.folders))),
        path=tuple(str(folder) for folder in binaries),
        variables=rust.variables,
    )


def toolchains(programs: Iterable[str], search: str) -> Toolchain:
    """Return what several programs need together."""
    found = [toolchain(program, search) for program in programs]
    return Toolchain(
        folders=tuple(dict.fromkeys(folder for each in found for folder in each.folders)),
        path=tuple(dict.fromkeys(folder for each in found for folder in each.path)),
        variables={name: value for each in found for name, value in each.variables.items()},
    )


def programs_in(argv: Sequence[str]) -> tuple[str, ...]:
    """Return the names of programs a command may start: its own, or every word of a line for the shell."""
    if len(argv) > 2 and argv[0] in ("sh", "bash") and argv[1] == "-c":
        return tuple(dict.fromkeys(_WORD.findall(argv[2])))[:MOST_WORDS]
    return (argv[0],)


def _shown(binaries: Path) -> list[Path]:
    """Return the installation around a folder of programs, or that folder alone where private things lie beside it."""
    prefix, home = binaries.parent, own_directory()
    beside_private = home == prefix or home.is_relative_to(prefix) or prefix.parent == home
    whole = binaries.name == "bin" and not beside_private and prefix != Path("/")
    chosen = prefix if whole else binaries
    return [chosen] if chosen != home and not home.is_relative_to(chosen) else []


def _rust(binaries: list[Path]) -> Toolchain:
    """Return what rustup's stand-ins need: the toolchains, and a place of their own to write."""
    for folder in binaries:
        rustup = folder.parent.parent / ".rustup"
        if (folder / "rustup").exists() and (rustup / "toolchains").is_dir():
            kept = [
                rustup / name for name in ("toolchains", "settings.toml", "update-hashes") if (rustup / name).exists()
            ]
            variables = {"RUSTUP_HOME": str(rustup), "CARGO_HOME": "/tmp/cargo", "CARGO_NET_OFFLINE": "true"}
            return Toolchain(folders=tuple(kept), variables=variables)
    return Toolchain()


def _is_system(folder: Path) -> bool:
    return any(folder.is_relative_to(system) for system in SYSTEM)
