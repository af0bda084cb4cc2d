"""Tools by request: which there are, and one use of one in a throw-away copy of the branch."""

from __future__ import annotations

import asyncio
import re
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field
from starlette.responses import Response

from dashboard.server.access.permissions import Caller, Permission, in_project
from dashboard.server.asked import ToolUse
from dashboard.server.errors import Refused
from dashboard.server.feed import Feed
from dashboard.server.parts import Parts, TheCaller, TheParts, TheProject
from dashboard.server.routes.requests import SEEN, Key, Line, append, request_id, store_key
from dashboard.server.routes.tasks import NOBODY, PATIENCE, Wait
from dashboard.server.texts import bytes_of, json_of, text_of
from dashboard.server.wire import Json, encoded, written_json
from ledger.events import RequestId, ToolCard, ToolRequested

MOST_RESULT = 256 * 1024
SEARCHES = {"text": "search_text", "pattern": "search_text", "meaning": "search_meaning", "symbols": "symbols"}
"""By the word of a request: the tool that looks."""
_HIT = re.compile(r"^(?P<path>[^\s:][^:]*):(?P<line>\d+)(?:-(?P<end>\d+))?:? ?(?P<text>.*)$")
"""How these tools name a place: `path:line: text`, `path:line kind name`, `path:from-to (likeness)`."""

_LIKENESS = re.compile(r"\(likeness (\d+\.\d+)\)")


class Use(BaseModel, extra="forbid"):
    """One use of one tool."""

    tool: Line
    arguments: dict[str, Any] = {}


class Search(BaseModel, extra="forbid"):
    """What to look for in the code."""

    query: Annotated[str, Field(min_length=1, max_length=1000, pattern=r"^[^\x00]*[^\s\x00][^\x00]*$")]
    mode: Literal["text", "pattern", "meaning", "symbols"] = "text"
    """`text` as it stands, `pattern` a regular expression, `meaning` the likest passages, `symbols` definitions."""
    path: Line | None = None
    """A folder or a file; without it everywhere."""
    limit: Annotated[int, Field(ge=1, le=200)] = 20


async def tools(feed: TheProject) -> Response:
    """Return every tool with the schema of its arguments and what it risks."""
    rows = await asyncio.to_thread(lambda: [_card(feed, card) for card in feed.asked.tools])
    return Json(encoded({"project": feed.name, "position": feed.position, "tools": rows}))


async def execute(
    body: Use, feed: TheProject, parts: TheParts, caller: TheCaller, key: Key = None, wait: Wait = PATIENCE
) -> Response:
    """Use a tool on the branch as it stands; what it changes is thrown away. 200 with the result, else 202."""
    find_tool(feed, body.tool)
    return await _use(body.tool, body.arguments, feed, parts, caller, key, wait)


async def use(feed: TheProject, parts: TheParts, request: str, wait: Wait = 0) -> Response:
    """Return what came of a tool that was asked for."""
    found = feed.asked.uses.get(RequestId(request))
    if found is None:
        raise Refused(404, "unknown_request", f"no tool was asked for under {request[:100]}: POST /tool/execute")
    await parts.patience.wait(feed, lambda: found.answered is not None, wait)
    return await _shown(feed, found, 200)


async def search(
    body: Search, feed: TheProject, parts: TheParts, caller: TheCaller, key: Key = None, wait: Wait = PATIENCE
) -> Response:
    """Look for text, meaning or symbols in the branch as it stands: ranked hits with file and line."""
    tool = find_tool(feed, SEARCHES[body.mode])
    return await _use(tool.name, _arguments(body), feed, parts, caller, key, wait)


async def _use(
    tool: str, arguments: dict[str, Any], feed: Feed, parts: Parts, caller: Caller, key: str | None, wait: float
) -> Response:
    request = request_id(feed.name, caller, key, parts, (tool, arguments))
    if request not in feed.asked.uses:
        blob = await asyncio.to_thread(feed.ledger.blobs.put, written_json(arguments))
        wish = ToolRequested(request=request, tool=tool, arguments=blob, by=caller.spoken)
        recorded = await append(feed.ledger.store, wish, store_key(feed.name, caller, key))
        if not await feed.reach(recorded.position, SEEN):
            raise Refused(503, "behind", f"{request} is asked for, but not yet seen: GET /tool/{request}", retry=1)
    found = feed.asked.uses[request]
    await parts.patience.wait(feed, lambda: found.answered is not None, wait)
    return await _shown(feed, found, 200 if found.answered is not None else 202)


def find_tool(feed: Feed, name: str) -> ToolCard:
    """Return a tool; raise Refused with the ones there are, or to be asked again while none is known yet."""
    if not feed.asked.tools:
        raise Refused(503, "starting", NOBODY.format(what="tool"), retry=1)
    found = next((card for card in feed.asked.tools if card.name == name), None)
    if found is None:
        known = [card.name for card in feed.asked.tools]
        message = f"no tool is called {name[:100]}; known: {', '.join(known)}"
        raise Refused(404, "unknown_tool", message, more={"known": known})
    return found


def _arguments(body: Search) -> dict[str, Any]:
    """Return a search in the words of its tool."""
    match body.mode:
        case "text" | "pattern":
            words: dict[str, Any] = {"pattern": body.query, "literal": body.mode == "text", "most": body.limit}
        case "meaning":
            words = {"query": body.query, "most": min(body.limit, 30)}
        case "symbols":
            words = {"name": body.query[:200]}
    return words | ({"path": body.path} if body.path is not None else {})


def _hits(text: str) -> list[dict[str, object]]:
    """Return the places a search names, in its order; `likeness` where it looked for meaning."""
    found = filter(None, (_HIT.match(line) for line in text.splitlines()))
    return [{"rank": rank, **_hit(hit)} for rank, hit in enumerate(found, 1)]


def _hit(hit: re.Match[str]) -> dict[str, object]:
    likeness = _LIKENESS.fullmatch(hit["text"])
    return {
        "path": hit["path"],
        "line": int(hit["line"]),
        "end": int(hit["end"] or hit["line"]),
        "text": "" if likeness else hit["text"],
        "likeness": float(likeness[1]) if likeness else None,
    }


def _schema(feed: Feed, card: ToolCard) -> dict[str, Any]:
    found = json_of(bytes_of(feed.ledger.blobs, card.parameters)[0])
    return found if isinstance(found, dict) else {}


def _card(feed: Feed, card: ToolCard) -> dict[str, object]:
    schema = _schema(feed, card)
    return {"name": card.name, "description": card.description, "risk": card.risk, "parameters": schema}


async def _shown(feed: Feed, use: ToolUse, status: int) -> Response:
    return Json(encoded(await asyncio.to_thread(_row, feed, use)), status_code=status)


def _row(feed: Feed, use: ToolUse) -> dict[str, object]:
    answer, blobs = use.answer, feed.ledger.blobs
    state = "pending" if use.answered is None else "refused" if answer is None else "done"
    text = text_of(blobs, answer.result if answer is not None else "", MOST_RESULT)
    searched = use.event.tool in SEARCHES.values() and answer is not None and answer.success
    return {
        "request": use.event.request,
        "tool": use.event.tool,
        "state": state,
        "success": answer is not None and answer.success,
        "risk": answer.risk if answer is not None else None,
        "summary": answer.summary if answer is not None else use.refused,
        "text": text.text,
        **({"hits": _hits(text.text)} if searched else {}),
        "truncated": text.truncated,
        "facts": json_of(bytes_of(blobs, answer.facts)[0]) if answer is not None and answer.facts else {},
        "seconds": answer.seconds if answer is not None else None,
        "at": use.at,
        "answered": use.answered,
    }


ENDPOINTS = (
    *in_project("GET", "/tools", Permission.READ, tools),
    *in_project("POST", "/tool/execute", Permission.ASK, execute),
    *in_project("GET", "/tool/{request}", Permission.READ, use),
    *in_project("POST", "/code/search", Permission.ASK, search),
)
