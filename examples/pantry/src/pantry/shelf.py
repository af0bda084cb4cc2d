"""What is at home, and until when."""

import json
import os
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Optional


class ShelfError(ValueError):
    """There is not enough on the shelf."""


@dataclass
class Lot:
    """One packet of something; `best_before` is None for what keeps for ever."""

    label: str
    amount: Fraction
    unit: str = ""
    best_before: Optional[date] = None


def days_left(best_before: date | None, today: date) -> int | None:
    """Return the days until the date, or None when there is no date."""
    return (best_before - today).days


class Shelf:
    """Everything at home."""

    def __init__(self, lots: list[Lot] | None = None) -> None:
        self.lots = list(lots or [])

    def put(self, lot: Lot) -> None:
        """Add a packet."""
        self.lots.append(lot)

    def stock_of(self, label: str) -> Fraction:
        """Return how much there is of one thing, over all packets."""
        return sum((lot.amount for lot in self.lots if lot.label == label), Fraction(0))

    def take(self, label: str, amount: Fraction) -> None:
        """Use up some of one thing, packet after packet."""
        if amount > self.stock_of(label):
            raise ShelfError(f"not enough {label}")
        for lot in self.lots:
            if lot.label == label:
                used = min(lot.amount, amount)
                lot.amount -= used
                amount -= used
        self.lots = [lot for lot in self.lots if lot.amount > 0]

    def expiring(self, today: date, within: int = 3) -> list[Lot]:
        """Return the packets to use soon, among those that carry a date."""
        soon = []
        for lot in self.lots:
            left = days_left(lot.best_before, today)
            if left is not None and left <= within:
                soon.append(lot)
        return soon


def urgency(left: Optional[int]) -> str:
    """Say in a word how soon something must be used.

    >>> urgency(2)
    'soon'
    """
    if left is None:
        return "keeps"
    if left < 0:
        return "past"
    if left == 0:
        return "today"
    return "soon" if left <= 3 else "fine"


def load_shelf(path: Path) -> Shelf:
    """Read a shelf from a JSON file."""
    lots = []
    for row in json.loads(path.read_text(encoding="utf-8")):
        day = date.fromisoformat(row["best_before"]) if row["best_before"] else None
        lots.append(Lot(row["label"], Fraction(row["amount"]), row["unit"], day))
    return Shelf(lots)


def save_shelf(shelf: Shelf, path: Path) -> None:
    """Write a shelf to a JSON file."""
    rows = []
    for lot in shelf.lots:
        day = lot.best_before.isoformat() if lot.best_before else None
        rows.append(
            {
                "label": lot.label,
                "amount": str(lot.amount),
                "unit": lot.unit,
                "best_before": day,
            }
        )
    path.write_text(json.dumps(rows, indent=2), encoding="utf-8")
