"""The page's own tests and types, so that one command runs everything."""

from __future__ import annotations

import subprocess

import pytest

from dashboard.build import WEB, ensure

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(
    "argv",
    [("node", "node_modules/vitest/vitest.mjs", "run"), ("node", "node_modules/typescript/bin/tsc", "--noEmit")],
    ids=["vitest", "types"],
)
def test_the_page_passes(argv: tuple[str, ...]) -> None:
    """What fails is printed as its own tool says it."""
    ensure()

    done = subprocess.run(argv, cwd=WEB, capture_output=True, text=True, timeout=180, check=False)

    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
