"""`kaizen keys`: API keys for programs; made, listed and revoked by the owner of the data home."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Any

import typer

from director.cli.door import Door, door
from director.cli.errors import Refused, one_line_errors
from director.cli.output import write, write_json
from director.cli.reading import JsonOption
from director.settings import load

KEYS = "/api/v1/keys"


class What(StrEnum):
    """What is done with keys."""

    CREATE = "create"
    LIST = "list"
    REVOKE = "revoke"


class Scope(StrEnum):
    """What a key may do."""

    READ = "read"
    ASK = "ask"
    APPROVE = "approve"
    OWN = "own"


ScopeOption = Annotated[
    list[Scope] | None, typer.Option("--scope", help="What a new key may do; repeat it for several. Default: read.")
]
DaysOption = Annotated[float, typer.Option(min=0, help="Days a new key is valid; 0: until it is revoked.")]


def keys(
    what: Annotated[What, typer.Argument(help="create, list or revoke.")],
    name: Annotated[str | None, typer.Argument(help="What a new key is called; the id of the one to revoke.")] = None,
    *,
    scope: ScopeOption = None,
    days: DaysOption = 90,
    test: Annotated[bool, typer.Option("--test", help="Mark a new key as a test key: kz_test_….")] = False,
    json: JsonOption = False,
) -> None:
    """Make, list or revoke API keys, with which programs reach the API.

    A new key is shown once; only its hash is kept. It goes into the header `Authorization: Bearer …`, never into an
    address.
    """
    with one_line_errors():
        if what is not What.LIST and not name:
            raise Refused(
                f"which one? `kaizen keys {what} NAME`" if what is What.CREATE else "give its id: `kaizen keys list`"
            )
        if what is What.LIST:
            rows = _ask(lambda d: d.get(KEYS))["keys"]
            if json:
                write_json(rows)
            else:
                write("\n".join(map(_line, rows)) or "no keys yet: `kaizen keys create NAME` makes one")
        elif what is What.REVOKE:
            row = _ask(lambda d: d.delete(f"{KEYS}/{name}"))
            if json:
                write_json(row)
            else:
                write(f"revoked {row['key']} ({row['name']})")
        else:
            _create({
                "name": name,
                "scopes": [str(each) for each in scope or [Scope.READ]],
                "days": days or None,
                "environment": "test" if test else "live",
            }, json=json)  # fmt: skip


def _create(body: dict[str, Any], *, json: bool) -> None:
    row = _ask(lambda d: d.post(KEYS, body))
    if json:
        write_json(row)
        return
    write(row["secret"])
    sys.stderr.write(f"key {row['key']} ({', '.join(row['scopes'])}) {_until(row)}; it is not shown again\n")


def _line(row: dict[str, Any]) -> str:
    used = f"used {_day(row['used'])}" if row["used"] else "never used"
    return f"{row['key']}  {row['state']:<8} {', '.join(row['scopes']):<24} {_until(row):<22} {used:<16} {row['name']}"


def _until(row: dict[str, Any]) -> str:
    return f"until {_day(row['expires'])}" if row["expires"] else "until it is revoked"


def _day(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).astimezone().strftime("%Y-%m-%d")


def _ask(question: Callable[[Door], Coroutine[Any, Any, Any]]) -> Any:
    async def through() -> Any:
        async with door(load(os.environ)) as d:
            return await question(d)

    return asyncio.run(through())
