"""Ask the error graph: was this error seen before, what mended it, and what did not?

python examples/04_ask_the_graph.py
"""

from __future__ import annotations

from collections.abc import Sequence

from knowledge_graph.fingerprint import fingerprint, trace
from knowledge_graph.graph import folded
from knowledge_graph.recall import recall
from knowledge_graph.view import as_table, patterns
from ledger.blobs import MemoryBlobs
from ledger.events import AnyEvent, AttemptId, CheckpointId, ErrorSeen, PatchLanded, PatchProposed, PatchRejected
from ledger.events import Reason, RunId
from ledger.memory import MemoryStore

FRAMES = (("shop/basket.py", "total"),)
ERROR = fingerprint("KeyError", "no price for 'bread' at 0x7f3a10", FRAMES)
blobs = MemoryBlobs()


def tried(attempt: str, diff: str, end: AnyEvent) -> Sequence[AnyEvent]:
    """Return the events of one patch for the error, and its end."""
    proposed = PatchProposed(
        attempt=AttemptId(attempt), base="c0", tree="t1", technique="template_repair", title=diff, files=(),
        diff=blobs.put(diff.encode()), patch=f"patch of {attempt}", fixes=(ERROR,),
    )  # fmt: skip
    return proposed, end


seen = ErrorSeen(
    run=RunId("r1"), fingerprint=ERROR, exception="KeyError", message="no price for 'bread'", test="tests/test_basket.py::test_total",
    path="shop/basket.py", line=12, function="total", trace=trace(FRAMES),
)  # fmt: skip
refused = PatchRejected(attempt=AttemptId("r1.i1.a1"), reasons=(Reason(code="away", message="two tests fail more"),))
landed = PatchLanded(attempt=AttemptId("r1.i1.a2"), checkpoint=CheckpointId("c2"), commit="c1", tree="t1")

store = MemoryStore(lambda: 0.0)
for events in (
    [seen],
    tried("r1.i1.a1", "-price\n+0", refused),
    tried("r1.i1.a2", "-[price]\n+.get(price, 0)", landed),
):
    store.append("director", events).result()

graph = folded(store.read())
known = recall(graph, ERROR, blobs)
assert known is not None
print("error   ", ERROR, "is", as_table(graph)[0].state)
print("mended by", known.solved)
print("not by   ", known.failed)
print("patterns ", patterns(graph))
later = fingerprint("KeyError", "no price for 'milk' at 0x55d2c8", FRAMES)
print("met with other values it is", "the same" if later == ERROR else "another")
