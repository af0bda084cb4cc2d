"""The referee: measures trees in a clean place, and judges whether a patch is honest."""

from director.referee.measuring import Measured, Referee

__all__ = ["Measured", "Referee"]
