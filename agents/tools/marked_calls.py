"""PURE: tool calls behind the marks of a model's own template, where a server handed them on as text."""

from __future__ import annotations

import re
from collections.abc import Collection

from agents.json_reading import Unreadable, end_of, read_object
from agents.ports import ToolCall
from agents.tools.json_calls import calls_in, why_none
from agents.tools.python_calls import Unclear, python_calls

MARK = re.compile(
    r"\[TOOL_CALLS\]|<\|python_(?:tag|start)\|>|<\|(?:tool_call|action)_start\|>|<\|START_ACTION\|>|\[TOOL_REQUEST\]|<[|｜]tool[_▁]calls?(?:[_▁]section)?[_▁]begin[|｜]>|<\|tool_call\|?>"
)
OBSERVED = re.compile(
    r"[ \t*#]*(?:(?:observation|(?:tool|function)(?: call)? (?:outputs?|results?|response))[ \t*]*:|(?:user|human):"
    r"|\[TOOL_RESULTS?\]|<\|(?:im_start|start_header_id)\|>(?:user|tool|ipython)"
    r"|<[|｜]?(?:tool[_▁](?:response|result|output)s?|function_(?:call_)?results?|observation)(?:[_▁]begin)?[|｜]?>)",
    re.IGNORECASE,
)
"""What begins the outcome of a call; behind a call of the same answer it is made up."""
_BETWEEN = re.compile(
    r"(?:\s|,|;|<\|constrain\|>\s*\w+|<[|｜][^<>|｜\n]{1,60}[|｜]>|</?\|?tool_call\|?>|\[(?:ARGS|/?TOOL_CALLS|(?:END_)?TOOL_REQUEST)\]|\[CALL_ID\]\w*|`{3,}(?:json)?)+"
)
_NAME = re.compile(r"(?:functions\.|default_api\.)?([A-Za-z_][\w.-]*)(?::\d+)?")
_NO_NAMES = frozenset({"function", "assistant", "json", "code", "call"})
"""Words of the templates themselves."""


def marked_calls(text: str, tools: Collection[str]) -> list[ToolCall]:
    """Return the calls behind a mark: objects that name their tool, or a name and then its arguments.

    Raise Unreadable when there is none, or when one never ends. What follows the last call is no part of it.
    """
    called = _in_python(text, tools)
    if called:
        return called
    found: list[ToolCall] = []
    name = ""
    at = 0
    while at < len(text):
        between = _BETWEEN.match(text, at)
        at = between.end() if between else at
        if at == len(text):
            break
        if found and OBSERVED.match(text, at):
            break
        if text[at] in "{[":
            end = end_of(text, at)
            if not end:
                raise Unreadable(f"the arguments of {name or 'a call'} never end: write the whole call")
            found += _calls(name, text[at:end], tools)
            name, at = "", end
            continue
        said = None if name else _NAME.match(text, at)
        if said is None or (said[1] not in (*_NO_NAMES, *tools) and found):
            break
        name, at = ("" if said[1] in _NO_NAMES else said[1]), said.end()
    if name or not found:
        raise Unreadable(f"no arguments follow {name}: write them as one JSON object" if name else why_none(text))
    return found


def _in_python(text: str, tools: Collection[str]) -> list[ToolCall]:
    """Return the calls that stand as Python up to the next mark; none when it is anything else."""
    begin = _BETWEEN.match(text)
    code = re.split(r"</?[|｜]", text[begin.end() :] if begin else text)[0].strip()
    try:
        return python_calls(re.sub(r"^([\w]+)\.call\(", r"\1(", code), tools)
    except Unclear as wrong:
        raise Unreadable(str(wrong)) from wrong


def _calls(name: str, piece: str, tools: Collection[str]) -> list[ToolCall]:
    if name:
        read_object(piece)
        return [ToolCall("", name, piece)]
    calls = calls_in(piece, tools, named=False)
    if calls is None:
        raise Unreadable(why_none(piece))
    return calls
