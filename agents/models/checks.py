"""PURE: whether an answer is whole and of the shape that was asked for."""

from __future__ import annotations

import json
import re
from contextlib import suppress
from dataclasses import replace
from typing import Any

from agents.json_reading import Unreadable, read_object
from agents.ports import ModelAnswer, ModelCall, ModelFault, ToolCall

_FENCED = re.compile(r"```[a-zA-Z]*\s*\n(.*?)\n?```", re.DOTALL)


def checked(answer: ModelAnswer, call: ModelCall) -> ModelAnswer:
    """Return the answer when it can be used; raise ModelFault `garbled`, `bad_tool_call` or `bad_schema`.

    Arguments of tools that are nearly JSON and have one reading are put as JSON has them. With an `answer_schema` the
    text that is returned is the JSON alone, without what the model wrote around it.
    """
    if not answer.text.strip() and not answer.tool_calls and answer.finish != "length":
        raise ModelFault("garbled", "the answer is empty: no text and no tool call", began=True, answer=answer)
    try:
        calls = tuple(_readable(each) for each in answer.tool_calls)
    except Unreadable as wrong:
        cut = f"; it was cut at {call.max_tokens} tokens" if answer.finish == "length" else ""
        raise ModelFault("bad_tool_call", f"{wrong}{cut}", began=True, answer=answer) from wrong
    answer = replace(answer, tool_calls=calls)
    if call.answer_schema is None or answer.tool_calls:
        return answer
    try:
        return replace(answer, text=fitting(answer.text, dict(call.answer_schema)))
    except ValueError as error:
        cut = f"; it was cut at {call.max_tokens} tokens" if answer.finish == "length" else ""
        raise ModelFault("bad_schema", f"{error}{cut}", began=True, answer=answer) from error


def fitting(text: str, schema: dict[str, Any]) -> str:
    """Return the JSON in a text that fits a schema; raise ValueError with what is wrong.

    The whole text, else what stands behind its thinking, else a fenced block, else from the first brace to the last:
    models like to say a word before.
    """
    import jsonschema  # its validators take long to load

    why = "the answer is no JSON"
    for candidate in _candidates(text):
        try:
            value = json.loads(candidate)
        except (ValueError, RecursionError):
            continue
        wrong = next(iter(jsonschema.validators.validator_for(schema)(schema).iter_errors(value)), None)
        if wrong is None:
            return candidate
        place = "/".join(str(step) for step in wrong.absolute_path)
        why = f"the answer's JSON does not fit{f' at {place}' if place else ''}: {wrong.message[:200]}"
    raise ValueError(why)


def told(fault: ModelFault) -> str:
    """Return what a model is told about its answer that cannot be used."""
    if fault.kind == "bad_tool_call":
        return (
            f"Your last answer could not be used: {fault.message}. Nothing of it was done. "
            "Ask for the tool again; its arguments must be one JSON object, and short enough not to be cut."
        )
    return f"Your last answer could not be used: {fault.message}. Answer again with the JSON alone, nothing around it."


def _candidates(text: str) -> list[str]:
    found = [text.strip(), text.rpartition("</think>")[2].strip(), *(block.strip() for block in _FENCED.findall(text))]
    for opening, closing in (("{", "}"), ("[", "]")):
        first, last = text.find(opening), text.rfind(closing)
        if 0 <= first < last:
            found.append(text[first : last + 1])
    return found


def _readable(call: ToolCall) -> ToolCall:
    """Return the call with arguments every provider takes back; raise Unreadable when they have no one reading."""
    if not call.name:
        raise Unreadable("a tool call names no tool")
    with suppress(ValueError, RecursionError):
        if isinstance(json.loads(call.arguments or "{}"), dict):
            return call
    try:
        given = {} if call.arguments.strip() in ("null", "None") else read_object(call.arguments)
    except Unreadable as wrong:
        raise Unreadable(f"the arguments of {call.name} are no JSON object ({wrong})") from wrong
    return replace(call, arguments=json.dumps(given, ensure_ascii=False))
