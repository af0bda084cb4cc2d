"""What calls give where a condition of their function is loosened."""

from __future__ import annotations

import base64
import json
import os
import pickle
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
CODE = "def shrunk(items, most):\n    while len(items) > most:\n        items = items[1:]\n    return items\n"


def test_a_condition_without_which_a_call_never_ends_is_not_tried_and_costs_no_further_call(tmp_path: Path) -> None:
    (tmp_path / "code_.py").write_text(CODE)
    start = CODE.index("len(items) >")
    end = CODE.index(":\n        items")
    given = base64.b64encode(pickle.dumps({"items": [1, 2, 3], "most": 2})).decode()
    call = ["code_", "code_.py", "shrunk", given, "test_code.py::test_shrunk", -1, [], {}, ""]
    spec = {
        "loosened": [["code_.py", "shrunk", 1, start, end, text] for text in ("True", "False")],
        "calls": [call] * 40, "further": 0, "seed": 1,
    }  # fmt: skip
    ask = "import json, sys\nfrom agents.inside import loosened\nsent = []\nspec = json.load(sys.stdin)\n"
    ask += "loosened.main(spec, sent.append)\nopen('sent.json', 'w').write(json.dumps(sent))\n"

    subprocess.run(
        [sys.executable, "-B", "-c", ask], input=json.dumps(spec), cwd=tmp_path, text=True, check=True,
        env={**os.environ, "PYTHONPATH": f"{ROOT}:{tmp_path}"},
    )  # fmt: skip

    sent = json.loads((tmp_path / "sent.json").read_text())
    assert [one["variant"] for one in sent if one["kind"] == "tried"] == [1], "the other one needs its end"
    assert len([one for one in sent if one["kind"] == "gave" and one["variant"] == 1]) == 40
