"""PURE: what a command said, to a value and findings: a number, an exit status, SARIF, JUnit, LCOV, Cobertura, axe."""

from __future__ import annotations

import json
import math
import re
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple
from urllib.parse import unquote

from ledger.events import Finding

PATIENCE = 5.0
"""Seconds a regular expression of the project's may search."""
MOST_PARTS = 3_000_000
"""Parts of one report: a few bytes each where they are written, a hundred where they are read."""
LAST_LINE = 2**31 - 1


class Read(NamedTuple):
    """What a report says; without a value, why there is none."""

    value: float | None
    detail: str
    findings: tuple[Finding, ...] = ()
    counts: Mapping[str, float] = {}


class Unreadable(Exception):
    """A report is not what it should be; the message says what is wrong with it."""


def by_regex(text: str, pattern: str) -> Read:
    """Return the last number the pattern finds: its group `value`, else its first group, else all of it."""
    import regex

    from agents.tools.patterns import compiled

    try:
        # Others of this process may go on meanwhile: the pattern is a stranger's.
        found = deque(compiled(pattern).finditer(text, timeout=PATIENCE, concurrent=True), maxlen=1)
    except TimeoutError:
        return Read(None, f"the pattern {pattern!r} searches for more than {PATIENCE:g} s: write a simpler one")
    except regex.error as error:
        return Read(None, f"the pattern {pattern!r} is no regular expression: {error}")
    except (RecursionError, MemoryError):
        return Read(None, f"the pattern {pattern[:60]!r} goes into itself too often: write a simpler one")
    if not found:
        return Read(None, f"nothing in the output matches {pattern!r}")
    last = found[-1]
    group = last["value"] if "value" in last.groupdict() else last[1] if last.re.groups else last[0]
    return _number(group, f"what {pattern!r} finds")


def by_json_path(text: str, path: str) -> Read:
    """Return the number at a path such as `totals.errors`, `[0].count`, `[*].count` (the sum) or `items.length`."""
    values: list[Any] = [_json(text)]
    for name, index in re.findall(r"([^.\[\]$]+)|\[(\*|-?\d{1,9})\]", path):
        values = [below for value in values for below in _below(value, name, index)]
    if not values and "[*]" in path:
        return Read(0.0, f"{path} is 0")
    if not values:
        return Read(None, f"there is nothing at {path} in the report")
    total = 0.0
    for value in values:
        one = _number(value, f"what is at {path}")
        if one.value is None:
            return one
        total += one.value
    return Read(total, f"{path} is {total:g}")


def _below(value: Any, name: str, index: str) -> Iterator[Any]:
    if index == "*":
        yield from value if isinstance(value, list) else value.values() if isinstance(value, dict) else ()
    elif index and isinstance(value, list) and -len(value) <= int(index) < len(value):
        yield value[int(index)]
    elif name and isinstance(value, dict) and name in value:
        yield value[name]
    elif name == "length" and isinstance(value, list | dict):
        yield len(value)


def sarif(text: str) -> Read:
    """Count the results of a SARIF report that are failures; what is suppressed is counted beside."""
    runs = _rows(_json(text), "runs")
    if not runs:
        return Read(None, "the SARIF report holds no run: nothing was measured")
    if any(not each.get("executionSuccessful", True) for run in runs for each in _rows(run, "invocations")):
        return Read(None, "the SARIF report says that the tool did not reach its end")
    failed = [r for run in runs for r in _rows(run, "results") if r.get("kind", "fail") == "fail"]
    shown = [r for r in failed if not r.get("suppressions") and r.get("level", "warning") != "none"]
    counts = {"findings": float(len(shown)), "suppressed": float(len(failed) - len(shown))}
    return _counted(shown, "findings", tuple(_of_sarif(result) for result in shown), counts)


def _of_sarif(result: dict[str, Any]) -> Finding:
    places = _rows(result, "locations")
    physical = _table(places[0], "physicalLocation") if places else {}
    line = _table(physical, "region").get("startLine", 0)
    return Finding(
        rule=str(result.get("ruleId") or "finding"),
        message=_line(_table(result, "message").get("text") or result.get("ruleId") or "finding"),
        path=unquote(str(_table(physical, "artifactLocation").get("uri", "")).removeprefix("file://")),
        line=line if type(line) is int and 0 <= line <= LAST_LINE else 0,
    )


def junit(text: str) -> Read:
    """Count the test cases of a JUnit report that failed or broke; a report without any has no value."""
    cases = [case for case in _xml(text).iter() if _tag(case) == "testcase"]
    if not cases:
        return Read(None, "the JUnit report holds no test case: no test ran")
    bad = [(case, below) for case in cases for below in case if _tag(below) in ("failure", "error")]
    skipped = sum(any(_tag(below) == "skipped" for below in case) for case in cases)
    failed = len({id(case) for case, _ in bad})
    passed = len(cases) - failed - skipped
    counts = {"passed": float(passed), "failed": float(failed), "skipped": float(skipped), "total": float(len(cases))}
    if not passed and not failed:
        return Read(None, f"all {skipped} test cases were skipped: no test ran")
    findings = tuple(
        Finding(
            rule=_line(below.get("type") or _tag(below)),
            message=_line(below.get("message") or below.text or _tag(below)),
            path=case.get("file") or "",
            symbol=_case(case),
        )
        for case, below in bad
    )
    said = f"{passed} of {len(cases)} tests pass" + (f", {skipped} skipped" if skipped else "")
    return Read(float(failed), said, findings, counts)


def junit_cases(text: str) -> dict[str, str]:
    """Return what became of each test case of a JUnit report: passed, failed or skipped; of two alike the worse."""
    found: dict[str, str] = {}
    for case in (each for each in _xml(text).iter() if _tag(each) == "testcase"):
        below = {_tag(each) for each in case}
        became = "failed" if below & {"failure", "error"} else "skipped" if "skipped" in below else "passed"
        name = " ".join(filter(None, (case.get("file"), _case(case))))
        found[name] = "failed" if "failed" in (became, found.get(name)) else became
    return found


def _case(case: Any) -> str:
    return ".".join(part for part in (case.get("classname"), case.get("name")) if part)


def lcov(text: str) -> Read:
    """Return the share of lines and branches that ran, in per cent, of an LCOV report."""
    lines: dict[tuple[str, str], bool] = {}
    branches: dict[tuple[str, str], bool] = {}
    path = ""
    _require_bearable(text, "\n")
    for row in text.splitlines():
        kind, _, rest = row.strip().partition(":")
        if kind == "SF":
            path = rest
        elif kind == "DA":
            number, hits = (*rest.split(","), "0")[:2]
            lines[path, number] = lines.get((path, number), False) or hits.strip() not in ("0", "")
        elif kind == "BRDA":
            place, _, taken = rest.rpartition(",")
            branches[path, place] = branches.get((path, place), False) or taken.strip() not in ("0", "-", "")
    return _covered(lines, len(branches), sum(branches.values()))


def cobertura(text: str) -> Read:
    """Return the share of lines and branches that ran, in per cent, of a Cobertura report."""
    lines: dict[tuple[str, str], bool] = {}
    branches: dict[tuple[str, str], tuple[int, int]] = {}
    for file in (each for each in _xml(text).iter() if _tag(each) == "class"):
        path = file.get("filename") or ""
        for line in (each for each in file.iter() if _tag(each) == "line"):
            number = line.get("number") or ""
            lines[path, number] = lines.get((path, number), False) or (line.get("hits") or "0") != "0"
            share = re.search(r"\((\d{1,6})/(\d{1,6})\)", line.get("condition-coverage") or "")
            if share:
                all_of_it, taken = int(share[2]), min(int(share[1]), int(share[2]))
                before = branches.get((path, number), (0, 0))
                branches[path, number] = max(before[0], all_of_it), max(before[1], taken)
    return _covered(lines, sum(whole for whole, _ in branches.values()), sum(ran for _, ran in branches.values()))


def axe(text: str) -> Read:
    """Count what axe found wrong: each node of each violation, of one page or of a list of pages."""
    report = _json(text)
    pages = [page for page in (report if isinstance(report, list) else [report]) if isinstance(page, dict)]
    if not pages or not all(isinstance(page.get("violations"), list) for page in pages):
        return Read(None, "the report is none of axe: it has no list `violations`")
    if not any(page["violations"] or page.get("passes") for page in pages):
        return Read(None, "axe says neither what passed nor what failed: it looked at nothing")
    findings = []
    for page in pages:
        for rule in _rows(page, "violations"):
            said = _line(rule.get("help") or rule.get("description") or rule.get("id") or "violation")
            for node in _rows(rule, "nodes") or [{}]:
                target = node.get("target") or ()
                where = " ".join(str(part) for part in (target if isinstance(target, list | tuple) else [target]))
                findings.append(
                    Finding(rule=str(rule.get("id") or "violation"), message=said, symbol=where, path=_page(page))
                )
    counts = {"findings": float(len(findings)), "pages": float(len(pages))}
    return _counted(findings, "violations", tuple(findings), counts)


READERS: Mapping[str, Callable[[str], Read]] = {
    "sarif": sarif, "junit": junit, "lcov": lcov, "cobertura": cobertura, "axe": axe,
}  # fmt: skip
"""What reads a whole report, by the name it has in kaizen.toml."""


# --- parts


def _covered(lines: Mapping[tuple[str, str], bool], branches: int, taken: int) -> Read:
    whole = len(lines) + branches
    if not whole:
        return Read(None, "the coverage report holds no line: nothing was measured")
    ran = sum(lines.values())
    value = round(100 * (ran + taken) / whole, 4)
    missed: dict[str, int] = {}
    for (path, _), hit in lines.items():
        if not hit:
            missed[path] = missed.get(path, 0) + 1
    findings = tuple(
        Finding(rule="uncovered", message="1 line does not run" if n == 1 else f"{n} lines do not run", path=path)
        for path, n in sorted(missed.items(), key=lambda item: (-item[1], item[0]))
    )
    counts = {
        "lines": float(len(lines)), "lines_run": float(ran),
        "branches": float(branches), "branches_run": float(taken),
    }  # fmt: skip
    said = f"{value:.1f} % ({ran} of {len(lines)} lines, {taken} of {branches} branches)"
    return Read(value, said, findings, counts)


def _counted(found: list[Any], what: str, findings: tuple[Finding, ...], counts: Mapping[str, float]) -> Read:
    ordered = tuple(sorted(findings, key=lambda finding: (finding.path, finding.line, finding.rule, finding.symbol)))
    return Read(float(len(found)), f"{len(found)} {what}" if found else f"no {what}", ordered, counts)


def _number(value: Any, what: str) -> Read:
    if isinstance(value, str):
        text = value.strip().replace(",", "").removesuffix("%").strip()
        if re.fullmatch(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?", text) and math.isfinite(float(text)):
            return Read(float(text), f"{float(text):g}")
    elif isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e300:
        return Read(float(value), f"{float(value):g}")
    return Read(None, f"{what} is no number: {str(value)[:60]!r}")


def _require_bearable(text: str, *signs: str) -> None:
    """Raise Unreadable for a report of more parts, told by the signs that part them, than anybody's memory bears."""
    if sum(text.count(sign) for sign in signs) > MOST_PARTS:
        raise Unreadable(f"the report has more than {MOST_PARTS:,} parts: have it say less")


def _json(text: str) -> Any:
    _require_bearable(text, "[", "{", ",")
    try:
        return json.loads(text, parse_constant=lambda name: name)
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"the report is not JSON: {str(error)[:100]}") from error


def _xml(text: str) -> Any:
    from xml.etree.ElementTree import ParseError

    from defusedxml import DefusedXmlException
    from defusedxml.ElementTree import fromstring

    _require_bearable(text, "<", "=")
    try:
        return fromstring(text.encode("utf-8", "replace") if not text.lstrip().startswith("<?xml") else text.encode())
    except (ParseError, DefusedXmlException, ValueError, LookupError, RecursionError) as error:
        raise Unreadable(f"the report is no plain XML: {str(error)[:100]}") from error


def _rows(table: Any, key: str) -> list[dict[str, Any]]:
    rows = table.get(key) if isinstance(table, dict) else None
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


def _table(table: Any, key: str) -> dict[str, Any]:
    value = table.get(key) if isinstance(table, dict) else None
    return value if isinstance(value, dict) else {}


def _page(page: Mapping[str, Any]) -> str:
    return str(page.get("url") or "")[:200]


def _tag(element: Any) -> str:
    return str(element.tag).rpartition("}")[2]


def _line(text: Any) -> str:
    lines = str(text).strip().splitlines()
    return lines[0][:500] if lines else ""
