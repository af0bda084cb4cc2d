"""The trees a verdict needs: new sources under trusted tests, and the other way round."""

from __future__ import annotations

from collections.abc import Callable

from agents.workspace.layout import is_test_file, is_test_path
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


def without_tests(mirror: Mirror, tree: str, prefix: str) -> str:
    """Return a tree without its tests and their data, so that nothing can read them."""
    gone = [path for path in mirror.entries(tree) if _is_of_tests(path.removeprefix(f"{prefix}/") if prefix else path)]
    return mirror.with_entries(tree, dict.fromkeys(gone)) if gone else tree


def _is_of_tests(path: str) -> bool:
    return is_test_file(path) or (is_test_path(path) and not path.endswith(".py"))


def _mixed(mirror: Mirror, tree: str, changes: Changes, as_before: Callable[[Change], bool]) -> str:
    back = {change.path: change.before for change in changes.all if as_before(change)}
    if not back:
        return tree
    return mirror.with_entries(tree, back)
