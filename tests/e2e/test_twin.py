"""Nothing knows the example: a copy with every name and file renamed and other bugs is completed as well."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.e2e.command import ROOT, Kaizen
from tests.support.example_twin import derive

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("seed", [3])
def test_a_twin_of_the_example_with_other_bugs_is_completed(kaizen: Kaizen, tmp_path: Path, seed: int) -> None:
    twin = derive(ROOT / "examples" / "pantry", tmp_path / "twin", seed)

    done = kaizen.run(twin.root, seconds=900)

    assert twin.failing
    assert done.ended["state"] == "completed", [(e.kind, e.path, e.before, e.after) for e in twin.bugs]
    assert done.status == 0
