"""The same escapes, played by an ordinary user: root and a user are confined by different means."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.soak]

UID = 54321
ROOT = Path(__file__).resolve().parents[2]
PLACES = [str(ROOT), sysconfig.get_paths()["purelib"]]


def as_user(*words: str, home: Path) -> subprocess.CompletedProcess[str]:
    """Run as the user, with nothing of root's."""
    env = {"PATH": "/usr/bin:/bin", "HOME": str(home), "USER": "u", "PYTHONDONTWRITEBYTECODE": "1"}
    env["PYTHONPATH"] = os.pathsep.join(PLACES)
    return subprocess.run(
        words, user=UID, group=UID, extra_groups=[], env=env, cwd=ROOT, capture_output=True, text=True, check=False
    )


@pytest.fixture
def outside() -> Iterator[Path]:
    """A folder that stays open to the user: every other run of tests closes the one they all share."""
    with tempfile.TemporaryDirectory(prefix="kaizen-user-", ignore_cleanup_errors=True) as name:
        yield Path(name)


def can_run_tests(python: str, home: Path) -> bool:
    """Whether the user may run this interpreter and import what the tests need."""
    try:
        return as_user(python, "-c", "import pytest", home=home).returncode == 0
    except PermissionError:
        return False


@pytest.mark.parametrize("adapter", ["bubblewrap", "landlock"])
def test_nothing_escapes_an_ordinary_users_sandbox(adapter: str, outside: Path) -> None:
    if os.getuid() != 0:
        pytest.skip("this is an ordinary user already: the other tests are this one")
    home, own = outside / "home", outside / "own"
    for place in (home, own):
        place.mkdir()
        os.chown(place, UID, UID)
    for place in (home, own, outside):
        place.chmod(0o755)
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    python = next((path for path in (sys.executable, f"/usr/bin/{version}") if can_run_tests(path, home)), None)
    if python is None:
        pytest.skip(f"no {version} that an ordinary user can run")

    done = as_user(
        python, "-P", "-m", "pytest", "-q", "-p", "no:cacheprovider", "--basetemp", str(own / "t"),
        "tests/contracts/test_escapes.py", "-k", f"stopped_by and {adapter}", home=home,
    )  # fmt: skip

    assert done.returncode == 0, done.stdout[-4000:]
    assert " passed" in done.stdout
