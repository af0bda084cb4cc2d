"""A home whose environment is made once: most trips share it, as a user's would."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.command import Kaizen


@pytest.fixture(scope="session")
def kaizen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kaizen]:
    """The command in a home that many tests use, one after the other."""
    command = Kaizen(tmp_path_factory.mktemp("kaizen-home"))
    yield command
    command("down")


@pytest.fixture
def fresh(kaizen: Kaizen, tmp_path: Path) -> Iterator[Kaizen]:
    """The command in a home of its own, where only the target's environment stands already."""
    command = kaizen.beside(tmp_path / "home")
    yield command
    command("down")
