"""Reports become values, and a report that measured nothing becomes none."""

from __future__ import annotations

import json
import time
from typing import Any

import msgspec
import pytest

from director.gates import _capped, readers
from director.gates.readers import Read, Unreadable, axe, by_json_path, by_regex, cobertura, junit, lcov, sarif
from ledger.events import Reading

RESULT = {
    "ruleId": "no-undef", "message": {"text": "x is not defined\nmore"},
    "locations": [{"physicalLocation": {"artifactLocation": {"uri": "src/a%20b.js"}, "region": {"startLine": 7}}}],
}  # fmt: skip
SARIF = {
    "runs": [
        {
            "results": [
                RESULT,
                {**RESULT, "suppressions": [{"kind": "inSource"}]},
                {**RESULT, "kind": "pass"},
                {**RESULT, "level": "none"},
            ]
        }
    ]
}
JUNIT = """<?xml version="1.0"?><testsuites><testsuite>
<testcase classname="a.B" name="one"/>
<testcase classname="a.B" name="two"><failure message="1 != 2">trace</failure></testcase>
<testcase classname="a.B" name="three"><error/></testcase>
<testcase classname="a.B" name="four"><skipped/></testcase>
</testsuite></testsuites>"""
LCOV = "SF:src/a.ts\nDA:1,1\nDA:2,0\nBRDA:1,0,0,1\nBRDA:1,0,1,-\nend_of_record\nSF:src/a.ts\nDA:2,3\nend_of_record\n"
COBERTURA = """<?xml version="1.0"?><!DOCTYPE coverage SYSTEM "http://example.org/coverage-04.dtd"><coverage><packages>
<package><classes><class filename="a.go"><methods><method><lines><line number="1" hits="1"/></lines></method></methods>
<lines><line number="1" hits="1"/><line number="2" hits="0" condition-coverage="50% (1/2)"/></lines></class></classes>
</package></packages></coverage>"""


def test_sarif_counts_failures_that_nobody_suppressed() -> None:
    read = sarif(json.dumps(SARIF))

    assert (read.value, read.counts["suppressed"]) == (1, 2)
    assert [(f.rule, f.path, f.line, f.message) for f in read.findings] == [
        ("no-undef", "src/a b.js", 7, "x is not defined")
    ]


def test_junit_counts_cases_that_fail_or_break() -> None:
    read = junit(JUNIT)

    assert (read.value, read.detail) == (2, "1 of 4 tests pass, 1 skipped")
    assert [finding.symbol for finding in read.findings] == ["a.B.two", "a.B.three"]


def test_lines_that_two_runs_measured_count_once() -> None:
    assert lcov(LCOV).value == 75.0
    assert lcov(LCOV).counts == {"lines": 2, "lines_run": 2, "branches": 2, "branches_run": 1}


def test_cobertura_counts_lines_and_branches_of_each_file_once() -> None:
    assert cobertura(COBERTURA).counts == {"lines": 2, "lines_run": 1, "branches": 2, "branches_run": 1}


def test_axe_counts_each_element_of_each_page() -> None:
    page = {"url": "/a", "passes": [{}], "violations": [{"id": "label", "help": "Label it", "nodes": [{}, {}]}]}

    assert axe(json.dumps([page, page])).value == 4
    assert axe(json.dumps({"violations": [], "passes": [{"id": "x"}]})).value == 0


@pytest.mark.parametrize(
    ("reader", "text"),
    [
        (sarif, '{"runs": []}'),
        (sarif, '{"runs": [{"invocations": [{"executionSuccessful": false}], "results": []}]}'),
        (sarif, "[]"),
        (junit, "<testsuites/>"),
        (junit, '<testsuites><testcase name="a"><skipped/></testcase></testsuites>'),
        (lcov, ""),
        (cobertura, "<coverage/>"),
        (axe, '{"violations": []}'),
        (axe, "{}"),
    ],
)
def test_a_report_that_measured_nothing_has_no_value(reader: object, text: str) -> None:
    read = reader(text)  # type: ignore[operator]

    assert read.value is None and read.detail


BOMB = '<!DOCTYPE a [<!ENTITY x "xxxxxxxxxx"><!ENTITY y "&x;&x;&x;&x;">]><a>&y;</a>'


@pytest.mark.parametrize(("reader", "text"), [(junit, BOMB), (junit, "<a"), (sarif, "{"), (sarif, "[" * 100_000)])
def test_what_is_no_report_is_said_so(reader: object, text: str) -> None:
    with pytest.raises(Unreadable, match="the report is no"):
        reader(text)  # type: ignore[operator]


@pytest.mark.parametrize(
    ("text", "pattern", "value"),
    [
        ("3 problems\n5 problems", r"(\d+) problems", 5),
        ("total: 1,234.5 ms", r"total: (?P<value>[\d,.]+)", 1234.5),
        ("97.5%", r"[\d.]+%", 97.5),
        ("none", r"(\d+) problems", None),
        ("n=abc", r"n=(\w+)", None),
        ("x", "(", None),
        ("x", "(" * 5000, None),
        ("x", "(?R)", None),
    ],
)
def test_a_number_is_found_by_a_pattern(text: str, pattern: str, value: float | None) -> None:
    assert by_regex(text, pattern).value == value


def test_a_pattern_that_never_ends_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readers, "PATIENCE", 0.1)

    read = by_regex("a" * 5000 + "b", r"((a|a)*)*c|(x+x+)+y|(?:(?:a+)+)+$")

    assert read.value is None and "searches for more than" in read.detail


def test_whatever_a_report_says_can_be_kept() -> None:
    """A reading that cannot be written down, or not be read again, would end the run."""
    odd: list[Any] = [None, True, -1, 10**400, 1e999, "", "\ud800", "\0", [], {}, [None], [[1]], {"a": 1}]
    wrong = []
    for value in odd:
        place = {"artifactLocation": {"uri": value}, "region": {"startLine": value}}
        result = {"ruleId": value, "message": {"text": value}, "locations": [{"physicalLocation": place}]}
        node = {
            "violations": [{"id": value, "help": value, "nodes": [{"target": value}]}],
            "passes": value,
            "url": value,
        }
        for reader, report in ((sarif, {"runs": [{"results": [result]}]}), (axe, node)):
            wrong += [(reader.__name__, value)] if not keepable(reader(json.dumps(report))) else []
        read = by_json_path(json.dumps({"a": value}), "a[99999999999999999999].a")
        wrong += [("json path", value)] if not keepable(read) else []

    assert wrong == []
    assert by_regex("1e999", ".+").value is by_json_path("[1e999]", "[0]").value is None


def keepable(read: Read) -> bool:
    """Whether it comes back from the ledger as it was taken in."""
    reading = _capped(Reading(gate="x", value=read.value, detail=read.detail, findings=read.findings))
    return msgspec.json.decode(msgspec.json.encode(reading), type=Reading) == reading


def test_what_would_take_a_report_too_long_or_too_much_memory_is_not_begun() -> None:
    line = '<line number="{}" hits="1" condition-coverage="9% (9/999999)"/>'
    lines = "".join(line.format(number) for number in range(50))
    began = time.process_time()

    read = cobertura(f'<c><class filename="a">{lines}</class></c>')
    for reader, text in ((sarif, "[[],"), (junit, "<a/>"), (lcov, "DA:1,0\n")):
        with pytest.raises(Unreadable, match="more than 3,000,000 parts"):
            reader(text * 3_100_000)

    assert (read.counts["branches"], read.counts["branches_run"]) == (50 * 999_999, 450)
    assert time.process_time() - began < 2


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("totals.errors", 3),
        ("$.files[1].errors", 2),
        ("files[*].errors", 3),
        ("files.length", 2),
        ("none[*].errors", 0),
        ("totals.nothing", None),
        ("totals", None),
        ("totals.ok", None),
    ],
)
def test_a_number_is_found_by_its_path(path: str, value: float | None) -> None:
    report = {"totals": {"errors": 3, "ok": True}, "files": [{"errors": 1}, {"errors": 2}], "none": []}

    assert by_json_path(json.dumps(report), path).value == value
