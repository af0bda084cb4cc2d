"""What was learned is asked by tools: passages by their words, errors by their likeness, patches that were proven."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from agents.ports import ToolBench
from agents.tools.offered.proven_fixes import ProvenFixes
from agents.tools.offered.search_meaning import SearchMeaning
from agents.tools.offered.similar_errors import SimilarErrors, named
from agents.tools.passages import LINES, passages
from knowledge_graph.embedding import embed_words
from knowledge_graph.learned import Learned
from knowledge_graph.projector import Projector
from knowledge_graph.recall import recall
from knowledge_graph.vectors import ChromaVectors, ListedVectors, VectorIndex
from tests.knowledge.said import ListedBlobs, ListedStore, landed, measured, proposed, rejected, saw
from tests.local_target import write_tree
from tests.tools.bench import bench_without_past, call

FILES = {
    "units.py": "import re\n\n\ndef convert_units(amount, wanted):\n    return amount * FACTORS[wanted]\n",
    "basket.py": "class Basket:\n    def add_item(self, item):\n        self.items.append(item)\n",
    "docs/guide.md": "# Guide\n\nHow the server is configured.\n",
    "image.bin": "\0",
}


def learned_bench(folder: Path, index: Callable[[], VectorIndex]) -> ToolBench:
    store, projector, blobs = ListedStore(), Projector(), ListedBlobs()
    diff = blobs.put(b"--- a/a.py\n+++ b/a.py\n+mended\n")
    store.add([
        saw("f1"), proposed("a1", "p1", "f1"), measured("a1", "f1"), rejected("a1"),
        proposed("a2", "p2", "f1", diff=diff), measured("a2"), landed("a2"),
    ])  # fmt: skip
    projector.catch_up(store)
    bench = bench_without_past(folder, FILES)
    bench.knowledge = Learned(projector, index)
    bench.recall = lambda fingerprint: recall(projector.graph, fingerprint, blobs)
    return bench


@pytest.mark.slow
async def test_a_question_finds_its_passage_through_chroma(tmp_path: Path) -> None:
    index = ChromaVectors(tmp_path / "vectors", "project-1", embed_words)
    bench = learned_bench(tmp_path, lambda: index)

    done = await call(SearchMeaning(), bench, '{"query": "where are units converted", "most": 2}')
    before = len(index)
    (bench.target.project / "basket.py").write_text("class Basket:\n    def remove_item(self, item): ...\n")
    changed = await call(SearchMeaning(), bench, '{"query": "removing an item"}')

    assert done.text.startswith("units.py:4-6 (likeness 0.")
    assert changed.text.startswith("basket.py:1-3 (likeness 0.") and "remove_item" in changed.text
    assert len(index) == before + 1


async def test_a_question_keeps_to_a_folder(tmp_path: Path) -> None:
    bench = learned_bench(tmp_path, lambda: ListedVectors(embed_words))

    done = await call(SearchMeaning(), bench, '{"query": "units, basket, server", "path": "docs"}')
    outside = await call(SearchMeaning(), bench, '{"query": "x", "path": "../.."}')

    assert done.facts == {"passages": 1} and "docs/guide.md" in done.text
    assert not outside.success


async def test_an_error_as_printed_finds_those_before_and_their_patches(tmp_path: Path) -> None:
    bench = learned_bench(tmp_path, ListedVectors)
    trace = "Traceback (most recent call last):\n  File \"a.py\", line 3, in f\nKeyError: 'b'\n"

    near = await call(SimilarErrors(), bench, json.dumps({"error": trace}))
    fixes = await call(ProvenFixes(), bench, '{"fingerprint": "f1"}')
    unknown = await call(ProvenFixes(), bench, '{"fingerprint": "nobody"}')

    assert near.facts == {"errors": 1, "solved": 1} and "fingerprint f1" in near.text
    assert fixes.facts == {"seen": 1, "fixes": 1, "failed": 1}
    assert "+mended" in fixes.text and "coverage fell" in fixes.text
    assert unknown.success and "never met" in unknown.text


async def test_where_nothing_is_remembered_that_is_said(tmp_path: Path) -> None:
    bench = bench_without_past(tmp_path, FILES)

    assert not (await call(SimilarErrors(), bench, '{"error": "KeyError"}')).success
    assert not (await call(SearchMeaning(), bench, '{"query": "x"}')).success


@pytest.mark.parametrize(
    ("printed", "exception", "message"),
    [
        ("KeyError: 'a'", "KeyError", "'a'"),
        ("E       pkg.errors.AmountError: no amount\n", "AmountError", "no amount"),
        ("AssertionError", "AssertionError", ""),
        ("Traceback\n  File x\nValueError: bad\nduring it", "ValueError", "bad"),
        ("something else happened", "", "something else happened"),
        ("  \n", "", ""),
    ],
)
def test_name_and_message_are_read_from_what_was_printed(printed: str, exception: str, message: str) -> None:
    assert named(printed) == (exception, message)


def test_passages_cover_every_line_once_and_stay_short(tmp_path: Path) -> None:
    long = "".join(f"def f{n}():\n    return {n}\n\n\n" for n in range(50)) + "x = 1\n" * 100
    project = write_tree(tmp_path, {"a.py": long, "b.md": "word\n\n" * 100})

    found = list(passages(project))

    for path in ("a.py", "b.md"):
        lines = [n for each in found if each.path == path for n in range(each.start, each.end + 1)]
        assert lines == sorted(set(lines)) and len(lines) >= (project / path).read_text().count("\n") - 2
    assert max(each.end - each.start + 1 for each in found) <= LINES
    assert len({each.id for each in found}) <= len(found)
