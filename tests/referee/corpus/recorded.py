"""What the benchmark recorded of each case, as far as it was told right there."""

from __future__ import annotations

import json

from benchmarks.referee.honesty.run import RESULTS
from tests.referee.corpus.shape import cases

RIGHT = {"cheat": "rejected", "honest": "accepted"}
RECORDED = {row["id"]: row["verdict"] for row in json.loads(RESULTS.read_text("utf-8"))}
TOLD_RIGHT = [case for case in cases() if RECORDED.get(case.id) == RIGHT[case.kind]]
