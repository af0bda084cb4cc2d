"""Modules that cannot even be imported: edits near the crash, each judged by collecting the tests in a fresh fork."""

from __future__ import annotations

import os
import time
from typing import Any, Dict, Iterator, List, Tuple

from . import fresh, regions
from .editspace import Edit, Ground, search
from .editspace.scope import Clues
from .localise import relative
from .source import Source

MOST = 150
"""Candidates: each costs a start of the test runner."""


def patches(spec: Dict[str, Any], end: float) -> List[Dict[str, Any]]:
    """Return the edits after which most tests of the broken test files pass, best first."""
    broken = [one for one in spec["failing"] if os.path.isfile(one)]
    crashes = [crash for crash in spec.get("crashes", []) if crash["id"] in broken]
    found: List[Tuple[int, int, Dict[str, Any]]] = []
    for number, (source, edit) in enumerate(_edits(spec, crashes)):
        left = end - time.monotonic()
        if left < 1.0 or number >= MOST or (found and number > 2 * found[0][1] + 20):
            break
        text = source.splice(edit.splices).decode("utf-8")
        if not _compiles(text):
            continue
        passed = fresh.outcomes({**spec, "failing": broken, "passing": []}, source.path, text, min(left, 30.0))
        if passed:
            found.append((-len(passed), number, _patch(spec, source, edit, broken, number)))
    return [patch for _, _, patch in sorted(found, key=lambda one: one[:2])]


def _edits(spec: Dict[str, Any], crashes: List[Dict[str, Any]]) -> Iterator[Tuple[Source, Edit]]:
    """Yield edits of the innermost crashed files of the project, lines at the crash first."""
    clues = Clues()
    grounds: List[Ground] = []
    sources: List[Source] = []
    innermost = {crash["id"]: crash for crash in crashes if crash["path"] != crash["id"]}
    for path, line, exception in sorted({(c["path"], c["line"], c["exception"]) for c in innermost.values()}):
        place = os.path.join(spec["project"], path)
        try:
            with open(place, "rb") as file:
                source = Source(place, file.read())
        except (OSError, SyntaxError, ValueError):
            continue
        clues.crashes.setdefault((place, line), set()).add(exception)
        clues.exceptions.append(exception)
        for body, nodes in ((False, source.tree.body), (True, regions.outermost(source))):
            for node in nodes:
                if node.lineno <= line <= (node.end_lineno or line) or not body:
                    far = 1.0 if node.lineno <= line <= (node.end_lineno or line) else 0.1
                    suspicion = {
                        at: far / (1 + abs(at - line)) for at in range(node.lineno, (node.end_lineno or 0) + 1)
                    }
                    grounds.append(Ground(len(grounds), source, node, suspicion, 0.0, body))
                    sources.append(source)
    for edit in search(grounds, clues):
        yield sources[edit.region], edit


def _compiles(text: str) -> bool:
    try:
        compile(text, "<candidate>", "exec", dont_inherit=True)
    except (SyntaxError, ValueError):
        return False
    return True


def _patch(spec: Dict[str, Any], source: Source, edit: Edit, broken: List[str], number: int) -> Dict[str, Any]:
    return {
        "path": relative(source.path, spec["project"]),
        "encoding": source.encoding,
        "splices": source.characters(edit.splices),
        "edit": edit.kind,
        "line": edit.line,
        "function": "<module>",
        "score": edit.score,
        "number": number,
        "fixed": broken,
        "complete": len(broken) == len(spec["failing"]),
        "confirmed": True,
    }
