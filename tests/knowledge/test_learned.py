"""Errors and texts are found again by their words; what is known already is not taken in a second time."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from knowledge_graph import learned
from knowledge_graph.embedding import embed_words
from knowledge_graph.learned import Learned
from knowledge_graph.projector import Projector
from knowledge_graph.vectors import ChromaVectors, ListedVectors, VectorIndex
from tests.knowledge.said import ListedStore, landed, measured, proposed, rejected, saw

TEXTS = {
    "units": "def convert_units(amount, source, wanted): ...",
    "basket": "class ShoppingBasket:\n    def add_item(self, item): ...",
    "login": "def check_password(user, secret): ...",
    "readme": "How to install and configure the server",
}


@pytest.fixture(params=[ListedVectors, pytest.param(ChromaVectors, marks=pytest.mark.slow)])
def open_index(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], VectorIndex]:
    if request.param is ListedVectors:
        only = ListedVectors(embed_words)
        return lambda: only
    return lambda: ChromaVectors(tmp_path / "chroma", "project-1", embed_words)


@pytest.mark.parametrize(
    ("asked", "first"),
    [
        ("where are units converted?", "units"),
        ("adding items to the basket", "basket"),
        ("user passwords", "login"),
        ("installing, server configuration", "readme"),
    ],
)
def test_other_forms_and_parts_of_words_are_found(asked: str, first: str) -> None:
    known = Learned(Projector(), lambda: ListedVectors(embed_words))

    assert known.nearest(TEXTS, asked, 1)[0].id == first


def test_only_texts_that_are_new_are_embedded(open_index: Callable[[], VectorIndex]) -> None:
    index = open_index()
    Learned(Projector(), lambda: index).nearest({"units": TEXTS["units"]}, "units", 1)

    assert index.missing(TEXTS.keys()) == TEXTS.keys() - {"units"}
    again = Learned(Projector(), open_index).nearest(TEXTS, "units", 9)
    assert [each.id for each in again][:1] == ["units"]


def test_texts_of_another_tree_are_never_answered(open_index: Callable[[], VectorIndex]) -> None:
    known = Learned(Projector(), open_index)
    known.nearest({f"old-{n}": f"{TEXTS['units']} {n}" for n in range(120)}, "units", 1)

    near = known.nearest({"now": "def convert_units(): ...", "login": TEXTS["login"]}, "convert units", 2)

    assert [each.id for each in near][:1] == ["now"]
    assert {each.id for each in near} <= {"now", "login"}


def test_an_index_that_is_full_forgets_what_is_not_asked_about(
    open_index: Callable[[], VectorIndex], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(learned, "MOST", 5)
    index = open_index()
    known = Learned(Projector(), lambda: index)
    known.nearest({"a": "first", "b": "second", "c": "third"}, "first", 1)

    known.nearest(TEXTS, "units", 1)

    assert len(index) == 4 and index.missing(TEXTS.keys()) == frozenset()


@pytest.mark.parametrize("asked", ["", "!!!", "zzqx"])
def test_a_question_without_words_in_common_has_no_answer(asked: str) -> None:
    known = Learned(Projector(), lambda: ListedVectors(embed_words))

    assert [each for each in known.nearest(TEXTS, asked, 3) if each.likeness > 0.2] == []


def test_errors_are_found_by_words_with_what_became_of_them() -> None:
    store = ListedStore()
    store.add([
        saw("f1"), saw("f2", "ZeroDivisionError"), proposed("a1", "p1", "f1"), measured("a1", "f1"), rejected("a1"),
        proposed("a2", "p2", "f1"), measured("a2"), landed("a2"),
    ])  # fmt: skip
    projector = Projector()
    projector.catch_up(store)
    known = Learned(projector, ListedVectors)

    near = known.errors_like("KeyError", "'b'", 3)

    assert [each.fingerprint for each in near][:1] == ["f1"]
    assert near[0].solved and near[0].tried == ("mend p1: rejected", "mend p2: landed")
    assert known.errors_like("UnicodeDecodeError", "invalid start byte", 3) == []


def test_errors_met_since_the_last_question_are_known_too() -> None:
    store, projector = ListedStore(), Projector()
    known = Learned(projector, ListedVectors)
    assert known.errors_like("KeyError", "'a'", 1) == []
    store.add([saw("f1")])

    projector.catch_up(store)

    assert [each.fingerprint for each in known.errors_like("KeyError", "'a'", 1)] == ["f1"]
