"""How often the last commits touched each file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from agents.workspace.git import Git

COMMITS = 500


def touched(git: Git, commit: str) -> Mapping[str, int]:
    """Return how many of the last 500 commits up to one touched each file, the most touched first."""
    said = git.raw(
        "log", f"--max-count={COMMITS}", "--no-renames", "--no-merges", "--format=", "--name-only", "-z", commit
    )
    paths = said.decode("utf-8", "surrogateescape").replace("\n", "\0").split("\0")
    return dict(Counter(path for path in paths if path).most_common())
