"""Runs inside the target's interpreter: standard library only, Python 3.8 and later, no import of ours by name."""
