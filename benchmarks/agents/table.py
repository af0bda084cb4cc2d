"""Prints the kept results as the tables of the page."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).parents[1] / "results" / "agents.json"
TOOLS = ("kaizen", "mini-swe-agent", "aider")
Row = dict[str, Any]
FIGURES = (
    ("mend", "start to first call, s", "start_s"),
    ("mend", "start to first call, processor s", "start_cpu_s"),
    ("mend", "first task given out to first call, s", "first_task_to_call_s"),
    ("mend", "task given to a model to first call, s", "thinking_task_to_call_s"),
    ("mend", "between calls, median s", "between_calls_s"),
    ("long", "between calls, median s", "between_calls_s"),
    ("mend", "calls", "calls"),
    ("mend", "bytes of the first call", "bytes_first"),
    ("mend", "of these tool schemas", "bytes_tools"),
    ("mend", "bytes of all calls", "bytes"),
    ("long", "bytes of the first 20 calls", "bytes_20"),
    ("long", "bytes of the first 100 calls", "bytes_100"),
    ("mend", "whole command, s", "wall_s"),
    ("mend", "processor s", "cpu_s"),
    ("long", "processor s", "cpu_s"),
    ("mend", "peak memory, MB", "peak_mb"),
    ("long", "peak memory, MB", "peak_mb"),
)
ENDS = ("mend", "never mends", "weakens the test", "deletes the test", "no edit applies", "killed")


def table(kept: Row) -> str:
    """Return two tables in Markdown: figures, and how each case ended."""
    rows = {(row["tool"], row["case"]): row for row in kept["rows"]}
    lines = [f"{kept['machine']}; versions {kept['versions']}", ""]
    lines += ["| case | figure | " + " | ".join(TOOLS) + " |", "|---|---|" + "---|" * len(TOOLS)]
    for case, words, key in FIGURES:
        cells = [_cell(rows.get((tool, case), {}).get(key)) for tool in TOOLS]
        lines.append(f"| {case} | {words} | " + " | ".join(cells) + " |")
    lines += ["", "| case | " + " | ".join(TOOLS) + " |", "|---|" + "---|" * len(TOOLS)]
    for case in ENDS:
        lines.append(f"| {case} | " + " | ".join(_end(rows.get((tool, case))) for tool in TOOLS) + " |")
    return "\n".join(lines)


def _cell(value: Any) -> str:
    return "–" if value is None else f"{value:,}"


def _end(row: Row | None) -> str:
    if row is None:
        return "not measured"
    code = "ended from outside" if row["exit"] is None else f"exit {row['exit']}"
    said = [code, f"{row['calls']} calls", "mended" if row["mended"] else "not mended"]
    if not row["test_kept"]:
        said.append("**the test is not what it was**")
    if row.get("rejected"):
        said.append(f"{row['rejected']} patches rejected")
    if "again" in row:
        said.append(
            "{before} calls before the kill, {after} after, {paid_twice} answers paid twice".format(**row["again"])
        )
    return "; ".join(said)


if __name__ == "__main__":
    print(table(json.loads(RESULTS.read_text())))
