"""The head: decides what should happen, has it done, and starts the rest."""

__version__ = "0.1.0"
