"""The small program between the daemon and one command: starts it, meters it, ends all of it. Standard library only."""
