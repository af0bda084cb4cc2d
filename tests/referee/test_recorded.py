"""What tests call is noted so that it can be asked again elsewhere: nothing that only fits its place or moment."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
CODE = (
    "import os\n\n\ndef files(folder):\n    for name in sorted(os.listdir(folder)):\n        yield name\n\n\n"
    "def upto(n):\n    for each in range(n):\n        yield each\n\n\n"
    "def here():\n    return os.path.abspath('code_.py')\n\n\n"
    "def both(a, b):\n    return iter([*a, *b])\n\n\n"
    "def double(n):\n    return 2 * n\n\n\n"
    "def size(paths):\n    return sum(os.path.getsize(path) for path in paths)\n"
)
TESTS = (
    "import os\nimport code_\n\n\n"
    "def test_files():\n    assert 'code_.py' in list(code_.files(os.path.dirname(__file__)))\n\n\n"
    "def test_upto():\n    assert list(code_.upto(3)) == [0, 1, 2]\n\n\n"
    "def test_here():\n    assert code_.here().endswith('code_.py')\n\n\n"
    "def test_both():\n    assert list(code_.both([1], [2])) == [1, 2]\n"
    "    assert list(code_.both([], [3])) == [3]\n\n\n"
    "def test_double():\n    assert code_.double(4) == 8\n\n\n"
    "def test_size(tmp_path):\n    (tmp_path / 'a').write_text('four')\n"
    "    assert code_.size([tmp_path / 'a']) == code_.size([str(tmp_path / 'a')]) == 4\n"
)
ASK = (
    "import json, sys\nfrom agents.inside import heldout\nsent = []\nheldout.main(json.load(sys.stdin), sent.append)\n"
)


def recorded(folder: Path) -> dict[str, dict[str, list[Any]]]:
    """Return by function what was noted of its calls, what they gave at the time and what they gave again."""
    (folder / "code_.py").write_text(CODE)
    (folder / "test_code.py").write_text(TESTS)
    names = ("files", "upto", "here", "double", "both", "size")
    spec = {
        "mode": "record", "runner": "pytest", "tests": ["test_code.py"], "collected": ["test_code.py"],
        "ids": [f"test_code.py::test_{name}" for name in names], "files": ["code_.py"], "seed": 1, "fresh": 0,
        "addopts": [],
    }  # fmt: skip
    end = f"open({str(folder / 'sent.json')!r}, 'w').write(json.dumps(sent))\n"
    subprocess.run(
        [sys.executable, "-B", "-c", ASK + end], input=json.dumps(spec), cwd=folder, text=True, check=True,
        env={**os.environ, "PYTHONPATH": f"{ROOT}:{folder}"},
    )  # fmt: skip
    found: dict[str, dict[str, list[Any]]] = {name: {"call": [], "inside": [], "outcome": []} for name in names}
    sent = json.loads((folder / "sent.json").read_text())
    called = {message["number"]: message["call"][2] for message in sent if message["kind"] == "call"}
    for message in sent:
        if message["kind"] in ("call", "inside", "outcome"):
            found[called[message["number"]]][message["kind"]].append(message.get("outcome"))
    return found


def test_calls_are_noted_with_what_they_give_wherever_the_project_lies(tmp_path: Path) -> None:
    """A generator gives its values later, a folder of the project is another one in each run."""
    found = recorded(tmp_path)

    assert found["double"]["inside"] == [["int", "8"]]
    assert len(found["upto"]["call"]) == 1 and found["upto"]["inside"] == []
    assert len(found["both"]["call"]) == 2, "what the test reads is left to the test"
    assert found["files"]["call"] == found["size"]["call"] == [], "what a test put there is there no more"
    assert str(tmp_path) not in json.dumps(found["here"]) and "<here>" in json.dumps(found["here"]["inside"])
    assert found["here"]["outcome"][0] == ["gave", found["here"]["inside"][0]]


def test_one_test_that_never_ends_is_waited_for_and_others_are_not(tmp_path: Path) -> None:
    """An endless bug makes many tests endless: each would cost as long as the first."""
    (tmp_path / "code_.py").write_text("def upto(n):\n    while n:\n        n -= 2\n    return n\n")
    body = "    begun = time.process_time()\n    try:\n        code_.upto({number})\n    finally:\n"
    note = "        open('spent', 'a').write(str(time.process_time() - begun) + chr(10))\n"
    tests = "".join(f"def test_{number}():\n{body}{note}\n".format(number=number) for number in (1, 3, 5))
    (tmp_path / "test_code.py").write_text(f"import time\nimport code_\n\n{tests}")
    spec = {
        "mode": "record", "runner": "pytest", "tests": ["test_code.py"], "collected": ["test_code.py"],
        "ids": [f"test_code.py::test_{number}" for number in (1, 3, 5)], "files": ["code_.py"], "seed": 1,
        "fresh": 0, "addopts": [],
    }  # fmt: skip
    quick = "from agents.inside import heldout, recorded\nrecorded.PATIENCE, recorded.IMPATIENCE = 1.0, 0.1\n"
    subprocess.run(
        [sys.executable, "-B", "-c", quick + ASK], input=json.dumps(spec), cwd=tmp_path, text=True, check=True,
        env={**os.environ, "PYTHONPATH": f"{ROOT}:{tmp_path}"},
    )  # fmt: skip

    first, *others = map(float, (tmp_path / "spent").read_text().split())
    assert len(others) == 2 and max(others) < first / 2
