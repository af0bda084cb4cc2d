"""Which files of a tree the static gates look at."""

from __future__ import annotations

from agents.ports import Target
from agents.workspace.layout import is_test_path, python_files


def source_files(target: Target) -> tuple[str, ...]:
    """Return the Python files of the project's code, sorted; tests are not among them."""
    sources = tuple(target.sources)
    below = tuple(f"{source}/" for source in sources)
    return tuple(
        path for path in python_files(target.project)
        if (path in sources or path.startswith(below) or "." in sources) and not is_test_path(path)
    )  # fmt: skip
