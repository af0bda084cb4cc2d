"""Folders that are made once and then only read: whole or not there, whoever is killed while making them."""

from __future__ import annotations

import fcntl
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path


def made_once(place: Path, make: Callable[[Path], Path]) -> Path:
    """Return `place`, or what `make` says instead, made in a folder of its own and renamed into place.

    `make(building)` fills the folder it is given and returns the name it shall have beside `place`. A second maker
    waits for the first and finds its work; what a killed one left is swept away.
    """
    if place.is_dir():
        return place
    place.parent.mkdir(parents=True, exist_ok=True)
    building = place.parent / f".{place.name}.building"
    with _locked(place.parent / f".{place.name}.lock"):
        if place.is_dir():
            return place
        shutil.rmtree(building, ignore_errors=True)
        building.mkdir()
        final = place.parent / make(building)
        if final.is_dir():
            shutil.rmtree(building, ignore_errors=True)
        else:
            building.rename(final)
        return final


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("a") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)  # guards one folder in the making; the kernel lets go when its holder dies
        yield
