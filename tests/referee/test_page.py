"""The page says which reasons there are."""

from __future__ import annotations

from director.referee.objections import CODES
from tests.house.sources import ROOT


def test_the_page_shows_every_reason_code() -> None:
    page = (ROOT / "docs" / "referee.md").read_text("utf-8")

    assert all(f"| `{code}` | {means} |" in page for code, means in CODES.items())
