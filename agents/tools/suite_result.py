"""Folds what the job `suite` sent into a result; believes only what is whole and of the right type."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Literal, cast

from agents.ports import FileCoverage, Frame, InsideRun, SuiteResult, TestOutcome

OUTCOMES = ("passed", "failed", "error", "skipped", "xfailed", "xpassed")
Ending = Literal["ran", "none", "broken", "timeout"]

_INSTALLED = re.compile(r"/(?:[^\s/:\"']{1,255}/){0,40}lib(?:64)?/(python3\.\d+/)")
"""Where an interpreter keeps what is installed with it."""
_IMPORTING = re.compile(r"^python3\.\d+/importlib/\S+:\d+: in .*\n(?:[ \t].*(?:\n|\Z))*", re.MULTILINE)


_LONGEST = 64 * 1024
"""Characters of a failure that are looked at."""
_RANGE = re.compile(r"(?<![^,])([0-9]{1,9})(?:-([0-9]{1,9}))?(?![^,])")
_MOST_LINES = 1_000_000


def suite_result(run: InsideRun, notes: Sequence[str], copy: str) -> SuiteResult:
    """Return what the tests gave; a run that did not reach its end is never called `ran`."""
    kinds: dict[str, list[Mapping[str, Any]]] = {}
    for message in run.messages:
        kinds.setdefault(message["kind"], []).append(message)
    tests = {outcome.id: outcome for outcome in (_test(message, copy) for message in kinds.get("test", []))}
    broken = tuple(_test(dict(message, outcome="error"), copy) for message in kinds.get("broken", []))
    collected = [str(test) for message in kinds.get("collected", []) for test in _list(message.get("ids"))]
    begun = str(kinds["started"][-1].get("id")) if kinds.get("started") else ""
    refused = kinds.get("usage", [None])[0]
    if refused is not None and refused.get("conftest"):
        broken += (_test(dict(refused, id=refused["conftest"], outcome="error"), copy),)
    outcome, detail = _ending(run, kinds, tests, broken, collected, begun if begun not in tests else "")
    if outcome in ("broken", "timeout") and begun and begun not in tests:
        tests[begun] = TestOutcome(id=begun, outcome="error", exception=outcome.capitalize(), message=detail[:500])
    notes = [*notes, *(str(message.get("text"))[:300] for message in kinds.get("note", []))]
    runner = kinds.get("runner", [{}])[0]
    named = runner.get("runner")
    return SuiteResult(
        outcome=outcome,
        runner=cast(Literal["pytest", "unittest", ""], named if named in ("pytest", "unittest") else ""),
        tests=tuple(tests.values()),
        broken=broken,
        coverage=tuple(_file(message) for message in kinds.get("file", [])),
        lines_of={
            str(message.get("id")): {str(path): _lines(lines) for path, lines in _dict(message.get("files")).items()}
            for message in kinds.get("lines", [])
        },
        detail="; ".join(part for part in [detail.replace(copy + "/", ""), *notes] if part),
        seconds=run.completed.seconds,
        cpu_seconds=run.completed.cpu_seconds,
        tool=str(runner.get("tool") or ""),
    )


def _ending(
    run: InsideRun, kinds: Mapping[str, list[Mapping[str, Any]]], tests: Mapping[str, TestOutcome],
    broken: Sequence[TestOutcome], collected: Sequence[str], hung: str,
) -> tuple[Ending, str]:  # fmt: skip
    completed = run.completed
    where = f" inside {hung}" if hung else ""
    if completed.outcome in ("wall", "cpu"):
        return "timeout", f"the tests were still running{where} at the limit of {completed.outcome} time"
    if completed.outcome != "exited":
        return "broken", f"the tests were ended{where} by the limit of {completed.outcome}"
    if not kinds.get("runner"):
        return "broken", f"the tests could not be begun: {_last_line(completed.stderr) or 'no reason was given'}"
    refused = kinds.get("usage")
    if refused:
        return "broken", f"pytest began no session: {str(refused[0].get('message') or '')[:500]}"
    if not kinds.get("end") or not kinds.get("done"):
        why = _last_line(completed.stderr) if completed.exit else ""
        return "broken", f"the interpreter ended{where} with status {completed.exit}{': ' + why if why else ''}"
    unseen = [test for test in collected if test not in tests]
    if unseen:
        return "broken", f"the run stopped with {len(unseen)} of {len(collected)} tests not run, {unseen[0]} first"
    if not tests and not broken:
        return "none", "no tests were found"
    return "ran", ""


def _test(message: Mapping[str, Any], copy: str) -> TestOutcome:
    outcome = message.get("outcome")
    frames = [frame for frame in _list(message.get("frames")) if isinstance(frame, list) and len(frame) == 3]
    return TestOutcome(
        id=str(message.get("id")),
        outcome=outcome if outcome in OUTCOMES else "error",
        seconds=_number(message.get("seconds")),
        exception=str(message.get("exception") or "")[:200],
        message=str(message.get("message") or "").replace(copy + "/", "")[:500],
        frames=tuple(Frame(str(path), int(_number(line)), str(function)) for path, line, function in frames),
        text=_anywhere(str(message.get("text") or "")[:_LONGEST].replace(copy + "/", ""))[: 8 * 1024],
    )


def _anywhere(text: str) -> str:
    """Return a failure as it reads wherever Python is installed, without what its import system did on the way."""
    return _IMPORTING.sub("", _INSTALLED.sub(r"\1", text))


def _file(message: Mapping[str, Any]) -> FileCoverage:
    return FileCoverage(
        path=str(message.get("path")),
        lines=_lines(message.get("lines")),
        executed=_lines(message.get("executed")),
        branches=int(_number(message.get("branches"))),
        branches_taken=int(_number(message.get("branches_taken"))),
    )


def _lines(text: Any) -> tuple[int, ...]:
    lines: list[int] = []
    for found in _RANGE.finditer(str(text or "")):
        first, last = int(found[1]), int(found[2] or found[1])
        if len(lines) + last - first < _MOST_LINES:
            lines.extend(range(first, last + 1))
    return tuple(lines)


def _last_line(output: bytes) -> str:
    lines = [line.strip() for line in output[-4096:].decode("utf-8", "replace").splitlines() if line.strip()]
    return lines[-1][:300] if lines else ""


def _number(value: Any) -> float:
    return float(value) if isinstance(value, (int, float)) and value == value else 0.0


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
