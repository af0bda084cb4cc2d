"""A schema and an expression of a stranger: judged as far as that costs little, and nothing is fetched for them."""

from __future__ import annotations

import socket
import time
from typing import Any

import pytest
import regex

from agents.tools import foreign_schema
from agents.tools.foreign_schema import Unusable, first_fault
from agents.tools.patterns import compiled

POINT = {"type": "object", "properties": {"x": {"$ref": "#/$defs/n"}}, "$defs": {"n": {"type": "integer"}}}
DOUBLING = {f"a{n}": {"allOf": [{"$ref": f"#/$defs/a{n - 1}"}] * 2} for n in range(1, 30)}
BAD: dict[str, tuple[Any, Any]] = {
    "doubling": ({"$ref": "#/$defs/a29", "$defs": {"a0": {}, **DOUBLING}}, {}),
    "circle": ({"$ref": "#"}, {}),
    "endless search": ({"properties": {"a": {"pattern": "^(a|a)+$"}}}, {"a": "a" * 40 + "b"}),
    "endless search of a name": ({"patternProperties": {"^(a|a)+$": {}}}, {"a" * 40 + "b": 1}),
    "large expression": ({"properties": {"a": {"pattern": "((a{1000}){1000}){1000}"}}}, {"a": "x"}),
    "no schema": ({"properties": []}, {"a": 1}),
    "no type": ({"type": "whatever"}, {}),
    "a file": ({"$ref": "file:///etc/passwd"}, {}),
    "nowhere": ({"$ref": "#/$defs/gone"}, {}),
}


@pytest.mark.parametrize(("given", "fault"), [({"x": 1}, ""), ({"x": "1"}, "x: '1' is not of type 'integer'")])
def test_a_schema_that_refers_to_itself_is_understood(given: dict[str, Any], fault: str) -> None:
    assert first_fault(POINT, given) == fault


def test_a_schema_that_costs_without_end_or_makes_no_sense_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(foreign_schema, "SECONDS", 0.05)
    began = time.process_time()
    passed = []
    for name, (schema, given) in BAD.items():
        try:
            first_fault(schema, given)
            passed.append(name)
        except Unusable:
            continue

    assert passed == []
    assert time.process_time() - began < 3.0


def test_nothing_is_fetched_for_a_schema() -> None:
    with socket.create_server(("127.0.0.1", 0)) as elsewhere:
        elsewhere.settimeout(0.2)
        with pytest.raises(Unusable):
            first_fault({"$ref": f"http://127.0.0.1:{elsewhere.getsockname()[1]}/x"}, {})

        with pytest.raises(TimeoutError):
            elsewhere.accept()


def test_an_expression_that_would_fill_the_memory_is_none() -> None:
    taken = [r"\d{1,4}-[a-f0-9]{40}", "a{5000}", "(a{100}){100}", "a{,9}"]

    assert [compiled(each).pattern for each in taken] == taken
    for bomb in ("(ab){10000000}", "((a{1000}){1000}){1000}", "(a{ 1 , 9999 }){9999}", "a{99999999999999999999}"):
        with pytest.raises(regex.error, match="more than"):
            compiled(bomb)
