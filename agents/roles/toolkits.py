"""Which tools go together: what looks, what changes the worktree, what runs the project's code."""

from __future__ import annotations

LOOK = (
    "read_*",
    "list_*",
    "search_*",
    "outline",
    "symbols",
    "references",
    "diagnostics",
    "git_status",
    "git_diff",
    "git_log",
)
REMEMBER = ("similar_errors", "proven_fixes")
CHANGE = ("write_file", "edit_file", "delete_file")
RUN = ("run_tests", "run_command")
MEASURE = ("run_tests", "benchmark")
