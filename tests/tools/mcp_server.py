"""A server of the Model Context Protocol in a few lines, with every bad habit on demand."""

from __future__ import annotations

import json
import os
import sys
import time

HABIT = sys.argv[1] if len(sys.argv) > 1 else ""
TOOLS = [
    {
        "name": "add", "description": "Add two\x1b[2J numbers.",
        "inputSchema": {
            "type": "object", "properties": {"a": {"type": "integer"}, "b": {"type": "integer"}},
            "required": ["a", "b"], "additionalProperties": False,
        },
    },
    {"name": "Environment!", "description": "", "inputSchema": {"type": "object"}},
    {"name": "misbehave", "description": "Do what it says.", "inputSchema": {"type": "object"}},
    {"name": "huge", "description": "", "inputSchema": {"type": "object", "description": "x" * 30_000}},
]  # fmt: skip


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def text(said: str, error: bool = False) -> dict[str, object]:
    return {"content": [{"type": "text", "text": said}], "isError": error}


def called(name: str, arguments: dict[str, object]) -> dict[str, object]:
    if name == "add":
        return text(str(int(str(arguments["a"])) + int(str(arguments["b"]))))
    if name == "Environment!":
        return text(json.dumps(sorted(os.environ)))
    match arguments.get("how"):
        case "hang":
            time.sleep(60)
        case "die":
            os._exit(3)
        case "garbage":
            say("this is no JSON")
        case "fail":
            return text("it did not work", error=True)
        case "picture":
            return {"content": [{"type": "image", "data": "AAAA", "mimeType": "image/png"}]}
    return text("\x07 \u202e quiet")


def answer(method: str, params: dict[str, object]) -> dict[str, object] | None:
    if method == "initialize":
        if HABIT == "hang":
            time.sleep(60)
        return {
            "protocolVersion": params["protocolVersion"], "capabilities": {"tools": {}},
            "serverInfo": {"name": "tests", "version": "1"},
        }  # fmt: skip
    if method == "tools/list":
        return {"tools": TOOLS}
    if method == "tools/call":
        return called(str(params["name"]), dict(params.get("arguments") or {}))  # type: ignore[call-overload]
    return {} if method == "ping" else None


for line in sys.stdin:
    message = json.loads(line)
    if "id" not in message:
        continue
    result = answer(message["method"], message.get("params") or {})
    reply = {"result": result} if result is not None else {"error": {"code": -32601, "message": "no such method"}}
    say(json.dumps({"jsonrpc": "2.0", "id": message["id"], **reply}))
