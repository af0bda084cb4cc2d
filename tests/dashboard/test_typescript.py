"""The page's types are those of the ledger."""

from __future__ import annotations

from dashboard.typescript import TYPES, types


def test_the_generated_types_are_fresh() -> None:
    """Run `python -P -m dashboard.typescript` after a change of the events or the board."""
    assert TYPES.read_text(encoding="utf-8") == types()
