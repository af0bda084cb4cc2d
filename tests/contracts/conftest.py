"""The probed sandbox, shared by the suites of this folder."""

from __future__ import annotations

import os
import shutil

import pytest

from agents.sandbox.bubblewrap import BubblewrapSandbox
from agents.sandbox.landlock import LandlockSandbox

_BUBBLEWRAP = BubblewrapSandbox()
_LANDLOCK = LandlockSandbox()


@pytest.fixture
def bubblewrap() -> BubblewrapSandbox:
    """A machine without a sandbox that holds fails by name under CI and skips by name elsewhere."""
    missing = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
    if shutil.which("bwrap") is None:
        missing("bubblewrap is missing: apt-get install bubblewrap")
    level = _BUBBLEWRAP.level
    if not level.sandboxed:
        missing(f"{level.detail}; {level.remedy}")
    return _BUBBLEWRAP


@pytest.fixture
def landlock() -> LandlockSandbox:
    """The reduced layer; a kernel without it fails by name under CI and skips by name elsewhere."""
    missing = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
    level = _LANDLOCK.level
    if not level.sandboxed:
        missing(f"{level.detail}; {level.remedy}")
    return _LANDLOCK
