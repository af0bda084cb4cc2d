"""The error graph says of each error what was tried on it and what became of that."""

from __future__ import annotations

import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge_graph.graph import ErrorGraph, PatternKey, folded
from knowledge_graph.projector import Projector
from knowledge_graph.recall import recall, refused_patches
from knowledge_graph.view import ErrorRow, as_table, neighbourhood, patterns
from ledger.errors import Missing
from ledger.events import AnyEvent, BranchMeasured, Fingerprint, IterationEnded
from tests.knowledge.said import (
    RUN,
    ListedBlobs,
    ListedStore,
    baseline,
    landed,
    measured,
    proposed,
    recorded,
    rejected,
    rolled_back,
    saw,
    suite_reading,
)


def graph_of(*events: AnyEvent) -> ErrorGraph:
    return folded(recorded(events))


def row_of(*events: AnyEvent) -> ErrorRow:
    (row,) = as_table(graph_of(*events))
    return row


def test_an_error_counts_how_often_and_where_it_was_seen() -> None:
    row = row_of(saw("f1", test="t::one"), saw("f1", test="t::two"), saw("f1", test="t::one"))

    assert (row.seen, row.first, row.last, row.tests) == (3, 1, 3, ("t::one", "t::two"))
    assert (row.state, row.exception, row.message, row.path, row.line) == ("open", "KeyError", "'a'", "a.py", 3)


def test_a_proposed_patch_leaves_the_error_open() -> None:
    assert row_of(saw("f1"), proposed("a1", "p1", "f1")).state == "open"


def test_a_landed_patch_solves_the_error_it_was_made_for() -> None:
    row = row_of(saw("f1"), proposed("a1", "p1", "f1"), measured("a1"), landed("a1"))

    assert row.state == "solved"
    assert [(each.attempt, each.outcome, each.patch) for each in row.solutions] == [("a1", "landed", "p1")]


def test_a_landed_patch_whose_measurement_still_shows_the_error_does_not_solve_it() -> None:
    graph = graph_of(saw("f1"), proposed("a1", "p1", "f1"), measured("a1", "f1"), landed("a1"))

    assert as_table(graph)[0].state == "open"
    assert recall(graph, Fingerprint("f1"), ListedBlobs()).solved == ()  # type: ignore[union-attr]


def test_an_error_that_comes_back_is_open_again() -> None:
    assert row_of(saw("f1"), proposed("a1", "p1", "f1"), measured("a1"), landed("a1"), saw("f1")).state == "open"


def test_a_rejected_patch_is_kept_with_its_reasons() -> None:
    row = row_of(saw("f1"), proposed("a1", "p1", "f1"), rejected("a1"))

    assert row.state == "rejected"
    assert row.solutions[0].reasons[0].message == "coverage fell"


def test_an_error_nobody_claimed_is_solved_when_a_whole_measurement_no_longer_shows_it() -> None:
    gone = BranchMeasured(run=RUN, tree="t", readings=(suite_reading(value=1.0),), score=1.0)

    assert row_of(saw("f1"), gone).state == "solved"


def test_an_error_the_branch_shows_again_is_open_though_nobody_tells_of_it_anew() -> None:
    events = (saw("f1"), proposed("a1", "p1", "f1"), measured("a1"), landed("a1"))

    assert row_of(*events, baseline(suite_reading("f1"))).state == "open"


@pytest.mark.parametrize("reading", [suite_reading(value=None), suite_reading("", more=0), suite_reading("f2", more=3)])
def test_a_measurement_that_does_not_name_every_failure_proves_nothing(reading) -> None:  # type: ignore[no-untyped-def]
    assert row_of(saw("f1"), baseline(reading)).state == "open"


def test_a_rolled_back_fix_is_undone_and_a_later_rollback_proves_it_again() -> None:
    events = [saw("f1"), proposed("a1", "p1", "f1"), measured("a1"), landed("a1"), *rolled_back("q1", "a1")]

    undone = graph_of(*events)
    redone = graph_of(*events, *rolled_back("q2", redone=("a1",)))

    assert (as_table(undone)[0].state, refused_patches(undone)) == ("undone", {"p1"})
    assert (as_table(redone)[0].state, refused_patches(redone)) == ("solved", set())


def test_a_rollback_that_was_decided_and_not_done_undoes_nothing() -> None:
    decided, _ = rolled_back("q1", "a1")

    assert refused_patches(graph_of(saw("f1"), proposed("a1", "p1", "f1"), landed("a1"), decided)) == set()


def test_an_error_seen_again_after_the_rollback_stays_undone() -> None:
    events = (saw("f1"), proposed("a1", "p1", "f1"), measured("a1"), landed("a1"), *rolled_back("q1", "a1"), saw("f1"))

    assert row_of(*events).state == "undone"


def test_patches_without_an_error_are_remembered_as_refused_too() -> None:
    assert refused_patches(graph_of(proposed("a1", "lint-1", technique="ruff_fixes"), rejected("a1"))) == {"lint-1"}


def test_a_stale_patch_may_be_tried_again() -> None:
    assert refused_patches(graph_of(proposed("a1", "p1"), rejected("a1", code="stale"))) == set()


def test_the_last_trial_of_a_patch_decides_whether_it_is_refused() -> None:
    twice = [proposed("a1", "p1"), rejected("a1"), proposed("a2", "p1"), landed("a2")]

    assert refused_patches(graph_of(*twice)) == set()


def test_a_pattern_counts_how_a_technique_fared_with_an_exception() -> None:
    graph = graph_of(
        saw("f1"), saw("f2"), saw("f3", "IndexError"),
        proposed("a1", "p1", "f1"), landed("a1"), proposed("a2", "p2", "f2"), rejected("a2"),
        proposed("a3", "p3", "f3"), rejected("a3"), proposed("a4", "p4", "f1", technique="recalled"),
        *rolled_back("q1", "a1"),
    )  # fmt: skip

    rows = {(row.exception, row.technique): (row.successes, row.failures) for row in patterns(graph)}

    assert rows == {
        ("KeyError", "templates"): (0, 2),
        ("IndexError", "templates"): (0, 1),
        ("KeyError", "recalled"): (0, 0),
    }


def test_a_patch_proposed_before_its_error_is_known_still_joins_the_pattern() -> None:
    graph = graph_of(proposed("a1", "p1", "f1"), landed("a1"), saw("f1", "TypeError"))

    assert graph.patterns[PatternKey("TypeError", "templates")].successes == 1


def test_recall_brings_the_diffs_of_proven_fixes_best_first() -> None:
    blobs = ListedBlobs()
    diffs = {name: blobs.put(name.encode()) for name in ("came back", "long", "short", "undone")}
    graph = graph_of(
        saw("f1"), proposed("a1", "p1", "f1", diff=diffs["came back"], lines=2), measured("a1"), landed("a1"),
        saw("f1"), proposed("a2", "p2", "f1", diff=diffs["long"], lines=9), measured("a2"), landed("a2"),
        proposed("a3", "p3", "f1", diff=diffs["short"], lines=3), measured("a3"), landed("a3"),
        proposed("a4", "p4", "f1", diff=diffs["undone"]), measured("a4"), landed("a4"), *rolled_back("q1", "a4"),
        proposed("a5", "p5", "f1"), rejected("a5"),
    )  # fmt: skip

    known = recall(graph, Fingerprint("f1"), blobs)

    assert known is not None
    assert (known.seen, known.solved, known.failed) == (2, ("short", "long", "came back"), ("p4", "p5"))


def test_an_error_never_met_is_not_recalled() -> None:
    assert recall(graph_of(saw("f1")), Fingerprint("f2"), ListedBlobs()) is None


def test_a_fix_whose_diff_is_gone_is_not_claimed() -> None:
    graph = graph_of(saw("f1"), proposed("a1", "p1", "f1"), measured("a1"), landed("a1"))

    with pytest.raises(Missing):
        recall(graph, Fingerprint("f1"), ListedBlobs())


def test_the_neighbourhood_grows_with_the_hops_and_is_json() -> None:
    graph = graph_of(saw("f1"), saw("f2"), proposed("a1", "p1", "f1"), proposed("a2", "p2", "f2"), landed("a2"))

    sizes = [len(neighbourhood(graph, Fingerprint("f1"), hops).nodes) for hops in range(4)]

    assert sizes == [1, 3, 5, 5]
    assert neighbourhood(graph, Fingerprint("unknown"), 2).nodes == ()
    near = json.loads(msgspec.json.encode(neighbourhood(graph, Fingerprint("f1"), 1)))
    assert {node["kind"]: node["state"] for node in near["nodes"]} == {
        "error": "open", "solution": "proposed", "pattern": "1/1"
    }  # fmt: skip
    assert json.loads(msgspec.json.encode(as_table(graph)))[0]["fingerprint"] == "f2"


def test_the_projector_reads_only_what_is_new_and_begins_anew_after_a_restore() -> None:
    store, projector = ListedStore(), Projector()
    store.add([saw("f1"), IterationEnded(run=RUN, iteration=1, landed=0, rejected=0, score=0.0)])

    assert (projector.catch_up(store), projector.bookmark) == (1, 2)
    assert (projector.catch_up(store), projector.bookmark) == (0, 2)
    store.add([saw("f2")])
    assert (projector.catch_up(store), sorted(projector.graph.errors)) == (1, ["f1", "f2"])

    restored = ListedStore(lineage="second")
    restored.add([saw("f3")])
    projector.catch_up(restored)
    assert sorted(projector.graph.errors) == ["f3"]


ATTEMPTS = st.sampled_from(["a1", "a2", "a3", "a4"])
FINGERPRINTS = st.sampled_from(["f1", "f2", "f3"])
EVENTS = st.one_of(
    st.builds(saw, FINGERPRINTS, st.sampled_from(["KeyError", "TypeError"])),
    st.builds(proposed, ATTEMPTS, st.sampled_from(["p1", "p2"]), FINGERPRINTS),
    st.builds(measured, ATTEMPTS, FINGERPRINTS),
    st.builds(landed, ATTEMPTS),
    st.builds(rejected, ATTEMPTS, st.sampled_from(["worse", "stale"])),
    st.builds(lambda *failing: baseline(suite_reading(*failing)), FINGERPRINTS),
    st.builds(lambda attempt: rolled_back("q", attempt)[0], ATTEMPTS),
    st.builds(lambda attempt: rolled_back("q", redone=(attempt,))[0], ATTEMPTS),
    st.just(rolled_back("q")[1]),
)


def everything(graph: ErrorGraph) -> bytes:
    around = [neighbourhood(graph, each, 9) for each in sorted(graph.errors)]
    return msgspec.json.encode((as_table(graph), patterns(graph), sorted(refused_patches(graph)), around))


@given(st.lists(st.lists(EVENTS, max_size=6), max_size=6))
def test_a_rebuilt_graph_equals_the_one_that_was_kept(batches: list[list[AnyEvent]]) -> None:
    store, live = ListedStore(), Projector()
    for batch in batches:
        store.add(batch)
        live.catch_up(store)

    rebuilt = Projector()
    rebuilt.catch_up(store)

    assert everything(rebuilt.graph) == everything(live.graph)


@given(st.lists(EVENTS, max_size=30))
def test_patterns_count_what_the_solutions_say_in_any_order_of_events(events: list[AnyEvent]) -> None:
    graph = graph_of(*events)

    for key, pattern in graph.patterns.items():
        examples = [graph.solutions[each.attempt] for each in graph.nodes.predecessors(key)]  # type: ignore[union-attr]
        assert pattern.successes == sum(each.outcome == "landed" for each in examples)
        assert pattern.failures == sum(each.blamed for each in examples)
