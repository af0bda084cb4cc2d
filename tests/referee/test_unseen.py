"""Tests are run once more without the signs by which code could tell that a test runner is there, and years later."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
CODE = (
    "import os\nimport sys\nimport time\nfrom datetime import date\n\n"
    "SEEN = any(name[:2] == 'PY' and name.endswith('_VERSION') for name in os.environ)\n\n\n"
    "def by_environment():\n    return SEEN\n\n\n"
    "def by_modules():\n    return any(name.endswith('_pytest.main') for name in sys.modules)\n\n\n"
    "def by_clock():\n    return date.today().year - time.localtime(os.stat(__file__).st_mtime).tm_year < 5\n"
)
TESTS = (
    "import code_\nimport pytest\n\n\ndef test_environment():\n    assert code_.by_environment()\n\n\n"
    "def test_modules():\n    assert code_.by_modules()\n\n\n"
    "def test_clock():\n    assert code_.by_clock()\n\n\n"
    "def test_others(tmp_path):\n    with pytest.raises(KeyError):\n        {}[tmp_path]\n"
)
ASK = (
    "import json, sys\nfrom agents.inside import unseen\nsent = []\nspec = json.load(sys.stdin)\n"
    "unseen.main(spec, sent.append)\nopen('sent.json', 'w').write(json.dumps(sent))\n"
)


@pytest.mark.parametrize(
    ("sign", "fails"), [("environment", "test_environment"), ("modules", "test_modules"), ("clock", "test_clock")]
)
def test_what_hangs_on_a_sign_of_the_runner_fails_without_it_and_nothing_else(
    sign: str, fails: str, tmp_path: Path
) -> None:
    (tmp_path / "code_.py").write_text(CODE)
    (tmp_path / "test_code.py").write_text(TESTS)
    ids = [f"test_code.py::test_{name}" for name in ("environment", "modules", "clock", "others")]
    spec = {"ids": ids, "collected": ["test_code.py"], "addopts": [], "sign": sign}

    subprocess.run(
        [sys.executable, "-B", "-c", ASK], input=json.dumps(spec), cwd=tmp_path, text=True, check=True,
        env={**os.environ, "PYTHONPATH": f"{ROOT}:{tmp_path}"},
    )  # fmt: skip

    sent = json.loads((tmp_path / "sent.json").read_text())
    assert [one["id"].partition("::")[2] for one in sent if not one["passed"]] == [fails]
