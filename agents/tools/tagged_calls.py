"""PURE: tool calls whose arguments stand between tags of their own."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from agents.json_reading import Unreadable, read_object
from agents.ports import ToolCall

_SPACE = r"(?:\w+:|[|｜]\w+[|｜])?"
"""What some models write before the names of such tags."""
OPENS = re.compile(
    rf"<(?P<tag>tool_call|tool_calls|function_call|function_calls|tool_use|toolcall|tool_code|{_SPACE}invoke"
    rf"|{_SPACE}function_calls|function)(?P<rest>=[\w.-]+|\s+name=\"[\w.-]+\"\s*)?(?:>|(?==?\(?\{{))",
    re.IGNORECASE,
)
_CALL = re.compile(
    rf"<(?:{_SPACE}invoke\s+name=\"(?P<invoked>[\w.-]+)\"\s*|function=(?P<function>[\w.-]+))(?:>|=?\(?(?=\{{))"
)
"""Some models leave out what ends the tag: its arguments begin in it."""
_PARAMETER = re.compile(
    rf"<(?:(?P<tag>{_SPACE}parameter)\s+name=\"(?P<named>[\w.-]+)\"[^>\n]*|parameter=(?P<equal>[\w.-]+))>"
)
_END = re.compile(rf"</(?:{_SPACE}invoke|function)>")
_INVOKED = re.compile(r"<invoke>(.*?)</invoke>", re.DOTALL)
_NAMED = re.compile(
    r"\s*<(?P<tag>tool_name|name|function_name|tool)>\s*(?P<name>[\w.-]+)\s*</(?P=tag)>\s*"
    r"(?:<(?P<inner>parameters|arguments|args|input|params|tool_input)>(?P<given>.*)</(?P=inner)>\s*)?\Z",
    re.DOTALL,
)
_KEYED = re.compile(r"\s*([\w.-]+)\s*(<arg_key>.*)?\Z", re.DOTALL)
_CHILD = re.compile(r"<(\w+)>")
_CDATA = re.compile(r"\A\s*<!\[CDATA\[(.*)\]\]>\s*\Z", re.DOTALL)
_WHOLE = ("content", "file_text", "contents")
"""Arguments that are whole files: they end with a line end, which stands next to the closing tag."""


def calls_between(body: str) -> list[ToolCall]:
    """Return the calls a text makes by tags that name tool and arguments; none when it has no such tag.

    Raise Unreadable when one of them never ends, or when it cannot be told where an argument ends.
    """
    found: list[ToolCall] = []
    opened = _CALL.search(body)
    while opened:
        call, at = _one(body, opened)
        found.append(call)
        opened = _CALL.search(body, at)
        between = body[at : opened.start() if opened else len(body)]
        if _PARAMETER.search(between) or _END.search(between):
            raise Unreadable("a closing tag stands within an argument, so that nobody knows where it ends")
    return found


def keyed_call(body: str) -> ToolCall | None:
    """Return the call of a text that names a tool, and its arguments by `<arg_key>` and `<arg_value>`."""
    named = _KEYED.match(body)
    if named is None or (named[2] is None and "\n" not in body.rstrip(" ")):
        return None
    given: dict[str, Any] = {}
    rest = named[2] or ""
    while rest.strip():
        key, value, rest = _pair(rest.strip())
        if key in given:
            raise Unreadable(f"{named[1]} is given {key} twice: give each once")
        given[key] = value
    return call_of(named[1], given)


def named_within(body: str) -> list[ToolCall]:
    """Return the calls of a text that names tool and arguments between tags of their own; none when it does not."""
    found = []
    for piece in _INVOKED.findall(body) or [body]:
        named = _NAMED.match(piece)
        if named is None:
            return []
        found.append(named_by_tag((named["given"] or "").split("\n"), named["name"]))
    return found


def named_by_tag(lines: Collection[str], name: str) -> ToolCall:
    """Return the call of a tool whose name is the tag and whose arguments are tags in it; raise Unreadable."""
    text = "\n".join(lines).strip()
    if text[:1] == "{":
        return call_of(name, read_object(text, whole=True))
    given: dict[str, Any] = {}
    while text:
        opened = _CHILD.match(text)
        end = text.find(f"</{opened[1]}>", opened.end()) if opened else -1
        if opened is None or end < 0:
            raise Unreadable("it holds more than arguments between tags of their own")
        if opened[1] in given:
            raise Unreadable(f"{name} is given {opened[1]} twice: give each once")
        given[opened[1]] = _value(opened[1], text[opened.end() : end])
        text = text[end + len(opened[1]) + 3 :].strip()
    return call_of(name, given)


def call_of(name: str, given: Mapping[str, Any]) -> ToolCall:
    """Return a call with these arguments."""
    return ToolCall("", name, json.dumps(given, ensure_ascii=False))


def _one(body: str, opened: re.Match[str]) -> tuple[ToolCall, int]:
    """Read one call from its opening tag on; return it with the place behind it."""
    name = opened["invoked"] or opened["function"]
    end = _END.search(body, opened.end())
    if end is None:
        raise Unreadable(f"the call of {name} is never closed: write it whole")
    first = _PARAMETER.search(body, opened.end())
    if first is None or first.start() > end.start():
        inner = body[opened.end() : end.start()].strip()
        inner = inner.rstrip(")>;") if inner[:1] == "{" else inner
        return call_of(name, read_object(inner, whole=True) if inner else {}), end.end()
    given: dict[str, Any] = {}
    at = opened.end()
    for key, value, behind in _parameters(body, at):
        if key in given:
            raise Unreadable(f"{name} is given {key} twice: give each once")
        given[key] = value
        at = behind
    end = _END.search(body, at)
    if end is None or body[at : end.start()].strip():
        raise Unreadable(f"the call of {name} is never closed, or holds more than arguments: write it whole")
    return call_of(name, given), end.end()


def _parameters(body: str, at: int) -> Iterator[tuple[str, str, int]]:
    """Yield arguments that follow each other, each with the place behind it.

    An argument ends at the first closing tag behind which another one begins or the call ends.
    """
    while opened := _PARAMETER.match(body, _behind_blanks(body, at)):
        close = f"</{opened['tag'] or 'parameter'}>"
        end = body.find(close, opened.end())
        while end >= 0:
            at = end + len(close)
            after = _behind_blanks(body, at)
            if after == len(body) or _PARAMETER.match(body, after) or _END.match(body, after):
                break
            end = body.find(close, at)
        if end < 0:
            raise Unreadable(f"the argument {opened['named'] or opened['equal']} is never closed: write the whole call")
        name = opened["named"] or opened["equal"]
        yield name, _value(name, body[opened.end() : end]), at


def _pair(text: str) -> tuple[str, str, str]:
    found = re.match(r"<arg_key>\s*([\w.-]+)\s*</arg_key>\s*<arg_value>", text)
    end = text.find("</arg_value>", found.end()) if found else -1
    if found is None or end < 0:
        raise Unreadable(
            "arguments stand between <arg_key> and <arg_value>, and one of them does not: write each whole"
        )
    return found[1], _value(found[1], text[found.end() : end]), text[end + len("</arg_value>") :]


def _value(name: str, value: str) -> str:
    """Return a value between tags: on lines of its own it loses the line ends next to the tags."""
    literal = _CDATA.match(value)
    value = literal[1] if literal else value
    if not value.startswith("\n"):
        return value
    value = value[1:].removesuffix("\n")
    return f"{value}\n" if name in _WHOLE and value and not value.endswith("\n") else value


def _behind_blanks(text: str, at: int) -> int:
    while at < len(text) and text[at].isspace():
        at += 1
    return at
