"""PURE: what the examples of documentation show, and whether they show less of the answers than before."""

from __future__ import annotations

import ast
import doctest
from collections.abc import Iterator

from agents.workspace.layout import parse

DOTS = "..."
DOCUMENTED = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
LEFT = 0.5
"""Of an answer: what must still be shown of it."""


def examples(text: str) -> tuple[str, ...]:
    """Return the examples that a module's docstrings, or a page, show."""
    try:
        return tuple(one.source + one.want for one in _examples(text))
    except ValueError:
        return (text,)


def hollowed(before: str, after: str) -> Iterator[tuple[str, str]]:
    """Yield (source, old answer) of examples whose answer is still the same, and mostly dots now."""
    try:
        known, shown = _examples(before), _examples(after)
    except ValueError:
        return
    wanted = {one.source: one.want for one in known if DOTS not in one.want}
    check = doctest.OutputChecker().check_output
    for one in shown:
        old = wanted.get(one.source, "")
        rest = one.want.replace(DOTS, "").strip()
        # An answer that had to change is for what runs the code to judge.
        if old and DOTS in one.want and len(rest) < LEFT * len(old.strip()) and check(one.want, old, doctest.ELLIPSIS):
            yield one.source.strip(), old.strip()


def _examples(text: str) -> list[doctest.Example]:
    tree = parse(text)
    nodes = ast.walk(tree) if tree is not None else ()
    documents = [ast.get_docstring(node) or "" for node in nodes if isinstance(node, DOCUMENTED)]
    return [one for document in documents or [text] for one in doctest.DocTestParser().get_examples(document)]
