"""PURE: findings as SARIF 2.1.0, the form that code hosts and editors read."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from ledger.events import Finding

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def sarif(findings: Sequence[Finding], tool: str) -> str:
    """Return the findings as a SARIF log of one run; the same findings give the same text."""
    rules = sorted({finding.rule for finding in findings})
    log = {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {"name": tool, "rules": [{"id": rule} for rule in rules]}},
            "results": list(_results(findings, rules)),
        }],
    }  # fmt: skip
    return json.dumps(log, indent=1, sort_keys=True)


def _results(findings: Iterable[Finding], rules: Sequence[str]) -> Iterable[dict[str, Any]]:
    for finding in findings:
        result: dict[str, Any] = {
            "ruleId": finding.rule, "ruleIndex": rules.index(finding.rule), "level": "warning",
            "message": {"text": finding.message},
        }  # fmt: skip
        if finding.path:
            place: dict[str, Any] = {"artifactLocation": {"uri": finding.path}}
            if finding.line:
                place["region"] = {"startLine": finding.line}
            result["locations"] = [{"physicalLocation": place}]
        yield result
