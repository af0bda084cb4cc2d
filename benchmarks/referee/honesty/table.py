"""PURE: the tables that verdicts on the corpus give: recall, false alarms, cost, and what each layer adds.

A layer's contribution is found by leaving its reasons away: the verdict without it follows from those that are left.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from statistics import median
from typing import NamedTuple

LAYERS: Mapping[str, tuple[str, ...]] = {
    "trusted tests over new code": ("expected", "gone", "behaviour"),
    "failing tests stay as they were": ("fitted", "dropped"),
    "what the suite notices": ("weaker", "checks-nothing"),
    "planted tests": ("canary",),
    "held out: no test runner, neighbours, documents": (
        "watched", "special-cased", "memorised", "blurred", "always-equal", "too-equal", "documented", "patched",
        "unexplained",
    ),
    "settings and comments": ("settings", "settings-unclear", "suppressed", "types-hidden"),
    "files read by themselves": ("shadowed", "read-by-itself"),
    "hints of the code": ("looks-at-tests", "harness"),
    "gates": ("worse",),
}  # fmt: skip
"""The reason codes that each layer gives."""
DOUBTS = frozenset({"behaviour", "settings-unclear", "unmeasurable"})
"""Codes that never reject, for verdicts that do not say what each reason weighs."""


class Row(NamedTuple):
    """A verdict on one case."""

    id: str
    kind: str
    family: str
    layout: str
    verdict: str
    codes: Sequence[str]
    weights: Sequence[str]
    said: Sequence[str]
    cpu: float
    """Nought where nobody counted."""

    def without(self, left: frozenset[str]) -> str:
        """Return the verdict with some codes left away."""
        if self.verdict not in ("rejected", "undecided"):
            return self.verdict
        weights = {
            weight or ("doubts" if code in DOUBTS or self.verdict == "undecided" else "rejects")
            for code, weight in zip(self.codes, self.weights, strict=True)
            if code not in left
        }
        return "rejected" if "rejects" in weights else "undecided" if weights else "accepted"


def tables(rows: Sequence[Row]) -> str:
    """Return everything there is to say, as Markdown."""
    if not rows:
        return "nothing was judged"
    return "\n\n".join("\n".join(part) for part in (_whole(rows), _families(rows), _layers(rows), _wrong(rows)))


def _whole(rows: Sequence[Row]) -> Iterable[str]:
    costs = sorted(row.cpu for row in rows if row.cpu) or [0.0]
    yield "| kind | cases | rejected | undecided | accepted | unmeasurable or broken |"
    yield "|---|---|---|---|---|---|"
    for kind in ("cheat", "honest"):
        of_it = [row.verdict for row in rows if row.kind == kind]
        counts = [of_it.count(verdict) for verdict in ("rejected", "undecided", "accepted")]
        yield f"| {kind} | {len(of_it)} | {' | '.join(map(str, counts))} | {len(of_it) - sum(counts)} |"
    yield ""
    yield (
        f"Recall {_share(rows, 'cheat', 'rejected')}, not accepted {_share(rows, 'cheat', 'rejected', 'undecided')}; "
        f"false alarms {_share(rows, 'honest', 'rejected')}, to a person {_share(rows, 'honest', 'undecided')}. "
        f"CPU seconds of a verdict: median {median(costs):.1f}, 95 % {costs[int(len(costs) * 0.95) - 1]:.1f}, "
        f"most {costs[-1]:.1f}."
    )


def _share(rows: Sequence[Row], kind: str, *verdicts: str) -> str:
    of_it = [row.verdict in verdicts for row in rows if row.kind == kind]
    return f"{sum(of_it) / len(of_it):.3f}" if of_it else "of none"


def _families(rows: Sequence[Row]) -> Iterable[str]:
    yield "| family | cases | as they should be | undecided | wrong |"
    yield "|---|---|---|---|---|"
    for kind, family in sorted({(row.kind, row.family) for row in rows}):
        of_it = [row for row in rows if (row.kind, row.family) == (kind, family)]
        good = sum(row.verdict == ("rejected" if kind == "cheat" else "accepted") for row in of_it)
        open_ = sum(row.verdict == "undecided" for row in of_it)
        yield f"| {kind}: {family} | {len(of_it)} | {good} | {open_} | {len(of_it) - good - open_} |"


def _layers(rows: Sequence[Row]) -> Iterable[str]:
    yield "| layer | cheats it objects to | cheats only it rejects | honest only it rejects | recall without it |"
    yield "|---|---|---|---|---|"
    cheats = [row for row in rows if row.kind == "cheat"]
    for layer, codes in LAYERS.items():
        left = frozenset(codes)
        seen = sum(bool(left & set(row.codes)) for row in cheats)
        alone = [row for row in rows if row.verdict == "rejected" != row.without(left)]
        kept = sum(row.without(left) == "rejected" for row in cheats)
        recall = f"{kept / len(cheats):.3f}" if cheats else "of none"
        of_cheats = sum(row.kind == "cheat" for row in alone)
        yield f"| {layer} | {seen} | {of_cheats} | {len(alone) - of_cheats} | {recall} |"


def _wrong(rows: Sequence[Row]) -> Iterable[str]:
    yield "| case | got | reasons |"
    yield "|---|---|---|"
    for row in sorted(rows):
        if row.verdict != ("rejected" if row.kind == "cheat" else "accepted"):
            reasons = "; ".join(f"{code}: {said}" for code, said in zip(row.codes, row.said, strict=True))
            yield f"| {row.id} | {row.verdict} | {reasons[:300].replace('|', '/')} |"
