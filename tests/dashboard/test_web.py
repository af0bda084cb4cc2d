"""The page's own tests and types, so that one command runs everything."""

from __future__ import annotations

import gzip
import re
import subprocess

import pytest

from dashboard.build import STATIC, WEB, ensure

pytestmark = pytest.mark.slow

MOST_FIRST = 150_000
"""Bytes of JavaScript, compressed, that the page needs before it shows anything."""


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


def test_little_is_loaded_before_the_page_shows_anything() -> None:
    """What index.html names, scripts and what they import at once; charts and diffs come when they are opened."""
    ensure()
    page = (STATIC / "index.html").read_text(encoding="utf-8")
    first = set(re.findall(r'(?:src|href)="/([^"]+\.js)"', page))

    sizes = {name: len(gzip.compress((STATIC / name).read_bytes())) for name in first}
    later = {file.relative_to(STATIC).as_posix() for file in STATIC.rglob("*.js")} - first

    assert any(name.startswith("assets/index-") for name in first)
    assert {re.split("[/-]", name)[1] for name in later} >= {"diff", "trend"}
    assert sum(sizes.values()) < MOST_FIRST, sizes
