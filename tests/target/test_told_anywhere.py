"""How a failure is told does not depend on where Python is installed."""

from __future__ import annotations

from pathlib import Path

import pytest

from agents.inside.failure import project_path
from agents.ports import Completed, InsideRun
from agents.tools.suite_result import suite_result


@pytest.mark.parametrize("prefix", ["/usr", "/home/ann/.pyenv/versions/3.11.7", "/opt/lib/py"])
def test_the_text_of_a_failure_is_the_same_on_every_machine(prefix: str) -> None:
    text = (
        f"{prefix}/lib/python3.11/importlib/__init__.py:126: in import_module\n"
        "    return _bootstrap._gcd_import(name[level:], package, level)\n"
        "           ^^^^^^^^^^^^^^^^^^^^^^\n"
        "/copy/test_cart.py:3: in <module>\n"
        "    json.loads('')\n"
        f"{prefix}/lib/python3.11/json/decoder.py:355: JSONDecodeError\n"
    )
    failed = {"kind": "test", "id": "test_cart.py::test_it", "outcome": "failed", "text": text}
    ends = ({"kind": "runner", "name": "pytest"}, failed, {"kind": "end"}, {"kind": "done"})

    told = suite_result(InsideRun(Completed("exited", 1, b"", b""), ends), (), "/copy")

    assert told.tests[0].text == (
        "test_cart.py:3: in <module>\n    json.loads('')\npython3.11/json/decoder.py:355: JSONDecodeError\n"
    )


def test_code_that_stands_in_no_file_is_no_place_of_the_project(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its name would look like a path of where one stands."""
    monkeypatch.chdir(tmp_path)

    assert project_path("shop/cart.py", str(tmp_path)) == "shop/cart.py"
    assert project_path("<frozen importlib._bootstrap>", str(tmp_path)) == ""
