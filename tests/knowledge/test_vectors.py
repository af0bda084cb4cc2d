"""One suite for every index of vectors: the likest come first, and what is kept stays kept."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from knowledge_graph.embedding import embed, error_text
from knowledge_graph.graph import folded
from knowledge_graph.recall import similar
from knowledge_graph.vectors import ChromaVectors, ListedVectors, VectorIndex
from ledger.events import Fingerprint
from tests.knowledge.said import landed, measured, proposed, recorded, saw

CART = error_text("KeyError", "'sku'", "cart:total > prices:price_of")
MOVED = error_text("KeyError", "'id'", "basket:total > prices:price_of")
OTHER = error_text("ZeroDivisionError", "division by zero", "stats:mean")


@pytest.fixture(params=[ListedVectors, pytest.param(ChromaVectors, marks=pytest.mark.slow)])
def open_index(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], VectorIndex]:
    if request.param is ListedVectors:
        only = ListedVectors()
        return lambda: only
    return lambda: ChromaVectors(tmp_path / "chroma", "project-1")


def test_the_likest_text_comes_first(open_index: Callable[[], VectorIndex]) -> None:
    index = open_index()
    index.put({"other": OTHER, "moved": MOVED})

    near = index.similar(CART, 2)

    assert [each.id for each in near] == ["moved", "other"]
    assert near[0].likeness > 0.5 > 0.2 > near[1].likeness


def test_the_same_words_are_wholly_alike(open_index: Callable[[], VectorIndex]) -> None:
    index = open_index()
    index.put({"cart": CART})

    assert index.similar(CART, 1)[0].likeness == pytest.approx(1, abs=1e-5)


def test_an_empty_index_has_no_neighbours_and_k_is_a_limit(open_index: Callable[[], VectorIndex]) -> None:
    index = open_index()
    assert (len(index), list(index.similar(CART, 3))) == (0, [])

    index.put({"a": CART, "b": MOVED, "c": OTHER})

    assert (len(index), len(index.similar(CART, 2)), len(index.similar(CART, 9))) == (3, 2, 3)


def test_a_known_id_gets_the_new_text(open_index: Callable[[], VectorIndex]) -> None:
    index = open_index()
    index.put({"a": OTHER})
    index.put({"a": CART})

    assert (len(index), index.similar(CART, 1)[0].likeness) == (1, pytest.approx(1, abs=1e-5))


def test_what_was_kept_is_there_when_the_index_is_opened_again(open_index: Callable[[], VectorIndex]) -> None:
    open_index().put({"a": CART})

    assert [each.id for each in open_index().similar(CART, 1)] == ["a"]


def test_a_vector_is_the_same_in_every_run_and_has_length_one() -> None:
    vector = embed(CART)

    assert sum(each * each for each in vector) == pytest.approx(1)
    assert max(range(len(vector)), key=lambda place: abs(vector[place])) == 27


def test_near_recall_names_other_errors_with_a_proven_fix() -> None:
    graph = folded(
        recorded([saw("f1"), saw("f2"), saw("f3"), proposed("a1", "p1", "f2"), measured("a1"), landed("a1")])
    )
    index = ListedVectors()
    index.put(
        {each.fingerprint: error_text(each.exception, each.message, each.trace) for each in graph.errors.values()}
    )

    near = similar(graph, index, graph.errors[Fingerprint("f1")], 3)

    assert [each.fingerprint for each in near] == ["f2"]
