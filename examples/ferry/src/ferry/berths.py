"""Which ship lies at which berth."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Call:
    """A ship's stay in the harbour, in minutes after midnight; it is gone at `departs`."""

    ship: str
    arrives: int
    departs: int


def assign(calls):
    """Return the berth of each ship by name, numbered from 1.

    A ship takes the lowest berth that is free when it arrives; a berth is free again in the minute its ship departs.
    Of ships that arrive together the one that was named first chooses first.
    """
    return {call.ship: number for number, call in enumerate(calls, start=1)}
