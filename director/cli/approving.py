"""Commands about calls that wait for a person: which wait, exactly what would run, and the answer."""

from __future__ import annotations

import json as jsonlib
import time
from typing import Annotated, Any
from urllib.parse import quote

import typer

from director.cli.door import Door, answered
from director.cli.output import write, write_json
from director.cli.reading import JsonOption, ProjectOption

ApprovalArgument = Annotated[str, typer.Argument(help="Id of the call, see `kaizen approvals`.")]
DigestOption = Annotated[
    str | None, typer.Option(help="Answer only the call that was shown with this digest, here or elsewhere.")
]
YesOption = Annotated[bool, typer.Option("--yes", help="Answer; without this the call is only shown.")]


def approvals(
    project: ProjectOption = None,
    *,
    json: JsonOption = False,
    every: Annotated[bool, typer.Option("--all", help="Include calls that were answered or expired.")] = False,
) -> None:
    """List the calls of agents that wait for a person, with exactly what each would do."""
    state = "all" if every else "open"
    found = answered(project, lambda d, place: d.get(f"{place}/approvals", state=state))["approvals"]
    if json:
        write_json(found)
        return
    if not found:
        write("nothing waits for an answer")
    for row in found:
        for line in _lines(row):
            write(line)


def approve(
    approval: ApprovalArgument,
    project: ProjectOption = None,
    *,
    yes: YesOption = False,
    whole_run: Annotated[
        bool, typer.Option("--whole-run", help="Also every later call of this tool with this risk in the run.")
    ] = False,
    arguments: Annotated[
        str | None, typer.Option(help="Arguments as JSON, instead of those that were asked for.")
    ] = None,
    digest: DigestOption = None,
    json: JsonOption = False,
) -> None:
    """Show exactly what a waiting call would do; with --yes, allow it.

    What is allowed is the call as it is shown here: tool, arguments and tree. If another one waits by then, it is
    refused.
    """
    edited = _object(arguments)
    body: dict[str, object] = {"whole_run": whole_run} | ({} if edited is None else {"arguments": edited})
    _answer(project, approval, "approve", body, digest, yes, json)


def deny(
    approval: ApprovalArgument,
    project: ProjectOption = None,
    *,
    yes: YesOption = False,
    why: Annotated[str, typer.Option(help="What the agent is told.")] = "",
    digest: DigestOption = None,
    json: JsonOption = False,
) -> None:
    """Show exactly what a waiting call would do; with --yes, refuse it."""
    _answer(project, approval, "deny", {"why": why}, digest, yes, json)


def _answer(
    project: str | None, approval: str, what: str, body: dict[str, object], digest: str | None, yes: bool, json: bool
) -> None:
    async def go(d: Door, place: str) -> dict[str, Any]:
        where = f"{place}/approvals/{quote(approval, safe='')}"
        row: dict[str, Any] = await d.get(where)
        if yes:
            await d.post(f"{where}/{what}", {"digest": digest or row["digest"], **body})
            row = await d.get(where)
        return row

    row = answered(project, go, act=yes)
    if json:
        write_json({"done": yes, "call": row})
        return
    for line in _lines(row):
        write(line)
    write(f"{what}: done" if yes else f"nothing was answered; add --yes to {what} it")


def _lines(row: dict[str, Any]) -> list[str]:
    """Return a call as a person reads it: all of its arguments, none of the model's words about it."""
    left = max(0.0, float(row["expires"]) - time.time())
    waits = f"waits, {left / 60:.0f} min left" if row["state"] == "open" else str(row["state"])
    arguments = row["arguments"]
    lines = [f"{row['approval']}  {row['tool']}  risk {row['risk']}  {waits}"]
    lines.append(f"  asked by   {row['role'] or 'an agent'} in {row['attempt']}, on tree {str(row['tree'])[:12]}")
    lines.append(f"  digest     {row['digest']}")
    lines += [f"  would run  {line}" for line in str(row["shown"]).splitlines()]
    lines += [f"  arguments  {line}" for line in str(arguments["text"]).splitlines()]
    if arguments["truncated"]:
        lines.append("  arguments  (longer than is shown here: see them whole on the page, `kaizen open`)")
    if row["by"] or row["why"]:
        lines.append(f"  answered   {row['by'] or 'nobody'} {row['why']}".rstrip())
    return lines


def _object(text: str | None) -> dict[str, Any] | None:
    if text is None:
        return None
    try:
        value = jsonlib.loads(text)
    except ValueError as error:
        raise typer.BadParameter(f"--arguments is not JSON ({error})") from error
    if not isinstance(value, dict):
        raise typer.BadParameter("--arguments must be a JSON object")
    return value
