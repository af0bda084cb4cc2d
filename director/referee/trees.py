"""The trees a verdict needs: new sources under trusted tests, and the other way round."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from agents.workspace.layout import Layout, is_test_file
from agents.workspace.mirror import Mirror
from director.referee.changes import Change, Changes


def under_trusted_tests(mirror: Mirror, candidate: str, changes: Changes) -> str:
    """Return the candidate's sources with the tests, data, settings and tools of the trusted base.

    What a candidate adds beside the tests (new data, a new page) stays: nothing trusted reads it.
    """

    def trusted(change: Change) -> bool:
        return change.kind in ("test", "settings", "read") or (
            change.kind in ("data", "docs") and change.before is not None
        )

    return _mixed(mirror, candidate, changes, trusted)


def over_trusted_sources(mirror: Mirror, candidate: str, changes: Changes) -> str:
    """Return the trusted base's sources with everything else of the candidate."""
    return _mixed(mirror, candidate, changes, lambda change: change.kind == "source")


def without_tests(mirror: Mirror, tree: str, prefix: str, layouts: Iterable[Layout]) -> str:
    """Return a tree without its tests, what they share and their data, so that nothing can read or see them.

    Modules of the project's own that stand among the tests stay: packages there may be imported by the code.
    """
    both = tuple(layouts)

    def is_of_tests(path: str) -> bool:
        if is_test_file(path) or path.rpartition("/")[2] == "conftest.py":
            return True
        if any(path in layout.tests for layout in both):
            return True
        return any(layout.is_of_tests(path) for layout in both) and not path.endswith(".py")

    gone = [path for path in mirror.entries(tree) if is_of_tests(path.removeprefix(f"{prefix}/") if prefix else path)]
    return mirror.with_entries(tree, dict.fromkeys(gone)) if gone else tree


def _mixed(mirror: Mirror, tree: str, changes: Changes, as_before: Callable[[Change], bool]) -> str:
    back = {change.path: change.before for change in changes.all if as_before(change)}
    if not back:
        return tree
    return mirror.with_entries(tree, back)
