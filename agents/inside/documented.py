"""Examples in documentation, tried on the code as it is."""

from __future__ import annotations

import doctest
import importlib
from typing import Any, List, NamedTuple, Sequence

from .ticks import arm, disarm


class Documented(NamedTuple):
    """The examples of one docstring, and whether they are true."""

    name: str
    module: str
    text: str
    """The examples and what they want."""
    document: str
    """The whole docstring."""
    passed: bool


def here(modules: Sequence[str]) -> List[Documented]:
    """Try every example in the documentation of some modules."""
    finder, rows = doctest.DocTestFinder(exclude_empty=True), []
    for module in imported(modules):
        try:
            examples = [test for test in finder.find(module) if test.examples]
        except Exception:
            continue
        rows += [_tried(test, module.__name__) for test in examples]
    return rows


def elsewhere(known: Sequence[Sequence[str]]) -> List[Documented]:
    """Try the examples of another tree's documentation, each [name, module, docstring], on the code as it is here."""
    rows = []
    for name, module, document in known:
        for found in imported([module]):
            test = doctest.DocTestParser().get_doctest(document, dict(vars(found)), name, None, 0)
            rows.append(_tried(test, module))
    return rows


def _tried(test: Any, module: str) -> Documented:
    runner = doctest.DocTestRunner(verbose=False, optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE)
    text = "".join(example.source + example.want for example in test.examples)
    document = test.docstring or ""
    try:
        arm(2.0)
        failed = runner.run(test, out=lambda text: None).failed
    except BaseException:
        failed = 1
    finally:
        disarm()
    return Documented(test.name, module, text, document, not failed)


def imported(modules: Sequence[str]) -> List[Any]:
    """Return those of some modules that can be imported."""
    found = []
    for name in modules:
        try:
            found.append(importlib.import_module(name))
        except BaseException:
            continue
    return found
