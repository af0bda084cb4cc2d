"""`kaizen referee`: judge any two commits, references or trees of a repository by hand."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from director.bootstrap import sandbox_of
from director.cli.errors import COMPLETED, INTERNAL, STALLED, one_line_errors
from director.cli.output import write, write_json
from director.settings import load

if TYPE_CHECKING:
    from director.referee.judging import Judged

MEANS = {
    "accepted": "honest as far as can be told, and no gate is worse",
    "rejected": "not to be landed as it is; mend what is said here and judge it again",
    "undecided": "nothing proves it wrong; look at these places and decide",
    "unmeasurable": "it could not be measured; do what is said here and judge it again",
}
"""What a verdict means for who asked."""
STATUS = {"accepted": COMPLETED, "rejected": INTERNAL, "undecided": STALLED, "unmeasurable": STALLED}
"""Exit status by verdict."""


def referee(
    base: Annotated[str, typer.Argument(help="What is trusted: a commit, reference or tree.")],
    candidate: Annotated[str, typer.Argument(help="What is judged: a commit, reference or tree.")],
    *,
    repo: Annotated[Path, typer.Option("--repo", help="A git repository, or a directory in one.")] = Path(),
    json: Annotated[bool, typer.Option("--json", help="Write the verdict as one JSON object.")] = False,
    seed: Annotated[int | None, typer.Option(help="Seed for everything random; a new one by default.")] = None,
    offline: Annotated[bool, typer.Option("--offline", help="Do not fetch the target's dependencies.")] = False,
    accept_no_sandbox: Annotated[
        bool, typer.Option("--i-accept-no-sandbox", help="Run the project's code with your own rights.")
    ] = False,
) -> None:
    """Judge whether a candidate is honest and not worse than a base.

    Nothing in the repository is changed. Exit status: 0 accepted, 1 rejected, 2 bad usage, 3 undecided or unmeasurable.
    """
    stated = {"offline": offline or None, "accept_no_sandbox": accept_no_sandbox or None}
    from director.host.byhand import judge_by_hand

    with one_line_errors():
        settings = load(os.environ, {name: value for name, value in stated.items() if value is not None})
        sandbox = sandbox_of(settings, example=False)
        chosen = int.from_bytes(os.urandom(4)) if seed is None else seed
        judged = asyncio.run(judge_by_hand(repo, base, candidate, settings, sandbox, chosen))
    _show_json(judged) if json else _show(judged)
    raise typer.Exit(STATUS[judged.verdict])


def _show_json(judged: Judged) -> None:
    reasons = [
        {"code": r.code, "message": r.message, "file": r.path, "line": r.line, "rule": r.rule, "gate": r.gate,
         "weight": weight}
        for r, weight in zip(judged.reasons, judged.weights, strict=True)
    ]  # fmt: skip
    readings = {"base": msgspec.to_builtins(judged.base), "candidate": msgspec.to_builtins(judged.candidate)}
    write_json({"verdict": judged.verdict, "reasons": reasons, "readings": readings})


def _show(judged: Judged) -> None:
    from director.referee.objections import CODES

    write(f"{judged.verdict}: {MEANS[judged.verdict]}")
    weighed = list(zip(judged.reasons, judged.weights, strict=True))
    for code, weight in dict.fromkeys((reason.code, weight) for reason, weight in weighed):
        write(f"  {code}: {CODES[code]}{' (for a person to decide)' if weight == 'doubts' else ''}")
        for reason in (reason for reason, other in weighed if (reason.code, other) == (code, weight)):
            place = f"{reason.path}:{reason.line} " if reason.line else f"{reason.path} "
            write(f"    {place if reason.path else ''}{reason.message}")
    before = {reading.gate: reading for reading in judged.base}
    for reading in judged.candidate:
        was = before.get(reading.gate)
        write(f"  {reading.gate:<16} {_value(was.value if was else None)} -> {_value(reading.value)}")


def _value(value: float | None) -> str:
    return "unmeasurable" if value is None else f"{value:g}"
