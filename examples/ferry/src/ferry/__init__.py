"""Berths and fares of a small ferry line."""

from ferry.berths import Call, assign
from ferry.clock import clock, minutes
from ferry.fares import fare, shares

__all__ = ["Call", "assign", "clock", "fare", "minutes", "shares"]
