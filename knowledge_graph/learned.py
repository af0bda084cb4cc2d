"""What agents may ask of everything learned about one project: errors like this one, texts like this question."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from knowledge_graph.embedding import error_text
from knowledge_graph.recall import proves
from knowledge_graph.vectors import ListedVectors, Near, VectorIndex
from ledger.events import Fingerprint

if TYPE_CHECKING:
    from knowledge_graph.graph import ErrorGraph, ErrorNode
    from knowledge_graph.projector import Projector

MOST = 60_000
"""Texts an index holds before it forgets those nobody asks about now."""
LEAST = 0.15
"""Likeness below which two errors have only everyday words in common."""


@dataclass(frozen=True, slots=True)
class LikeError:
    """An error met before, and how it ended."""

    fingerprint: Fingerprint
    exception: str
    message: str
    test: str
    """The test that showed it last."""
    path: str
    line: int
    seen: int
    likeness: float
    solved: bool
    """Whether a patch for it landed, stands, and was measured without it."""
    tried: tuple[str, ...] = ()
    """What was tried on it and how that ended, the latest last, e.g. `template repair: landed`."""


class Learned:
    """The error graph and an index of texts, for the tools of agents; may be asked from several threads."""

    def __init__(self, errors: Projector, texts: Callable[[], VectorIndex]) -> None:
        """`texts` opens the index of texts, at the first question only."""
        self._projector, self._open = errors, texts
        self._errors = ListedVectors()
        self._put: dict[str, str] = {}
        self._texts: VectorIndex | None = None
        # Guards both indexes: Chroma's files and what was put into them change together.
        self._lock = threading.Lock()

    def errors_like(self, exception: str, message: str, k: int) -> Sequence[LikeError]:
        """Return at most `k` errors whose words are like these, the likest first; those nobody would call alike not."""
        with self._lock, self._projector.lock:
            graph = self._projector.graph
            known = graph.errors
            changed: dict[str, str] = {
                name: _text(error) for name, error in known.items() if self._put.get(name) != _text(error)
            }
            self._errors.put(changed)
            self._put.update(changed)
            near = self._errors.similar(error_text(exception, message, ""), k)
            return [
                _like(graph, known[Fingerprint(each.id)], each.likeness)
                for each in near
                if each.likeness >= LEAST and each.id in known
            ]

    def nearest(self, texts: Mapping[str, str], asked: str, k: int) -> Sequence[Near]:
        """Return the likest of these texts; what the index does not hold yet is put into it first."""
        with self._lock:
            if self._texts is None:
                self._texts = self._open()
            index = self._texts
            missing = index.missing(texts.keys())
            if missing and len(index) + len(missing) > MOST:
                index.keep(texts.keys())
            index.put({name: texts[name] for name in sorted(missing)})
            return _among(index, texts, asked, k)


def _among(index: VectorIndex, texts: Mapping[str, str], asked: str, k: int) -> list[Near]:
    """Ask for more until enough of these texts are found: the index holds those of other trees, too."""
    wanted = min(k, len(texts))
    size = len(index)
    most = min(size, 4 * wanted + 16)
    while True:
        near = [each for each in index.similar(asked, most) if each.id in texts and each.likeness > 0]
        if len(near) >= wanted or most >= size:
            return near[:wanted]
        most = min(size, 4 * most)


def _text(error: ErrorNode) -> str:
    return error_text(error.exception, error.message, error.trace)


def _like(graph: ErrorGraph, error: ErrorNode, likeness: float) -> LikeError:
    tried = graph.tried_on(error.fingerprint)
    return LikeError(
        fingerprint=error.fingerprint,
        exception=error.exception,
        message=error.message,
        test=error.test,
        path=error.path,
        line=error.line,
        seen=error.seen,
        likeness=round(likeness, 3),
        solved=any(proves(each, error) for each in tried),
        tried=tuple(f"{each.title or each.technique}: {each.outcome}" for each in tried[-5:]),
    )
