"""The interpreter a project runs on: its own environment, or one made for it, never Kaizen's."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal


@dataclass(frozen=True, slots=True)
class Environment:
    """What is ready to run a project's code."""

    python: Path
    version: str
    source: Literal["existing", "made", "base"]
    """`existing`: the repository's own; `made`: built in the data home; `base`: the bare interpreter."""
    readable: tuple[Path, ...] = ()
    """What the sandbox must show: the environment, the base interpreter, the overlay."""
    paths: tuple[Path, ...] = ()
    """Folders that go on the import path after the project's own."""
    overlay: Path | None = None
    """Folder with pytest and coverage; goes on the import path last."""
    missing: tuple[str, ...] = ()
    """Dependencies that could not be had as wheels."""
    notes: tuple[str, ...] = ()
    """What a person should know, one line each."""
    key: str = ""
    """Equal keys mean equal environments."""
    packages: int = 0
