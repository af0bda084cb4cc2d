"""A script of answers and faults: what a scripted model, and the server of `kaizen model-server`, say to what is asked.

JSON lines, or TOML with a table `[[line]]` each. The first line from the top that fits a request and is not used up
answers it.
"""

from __future__ import annotations

import fnmatch
import json
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from agents.models.faulty import FAULTS
from agents.ports import AgentError


class ScriptError(AgentError):
    """A script cannot be read; the message is one line that says where and what."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ScriptedCall(_Strict):
    """A tool call of a scripted answer."""

    name: str
    arguments: dict[str, Any] | str = Field(default_factory=dict)
    """An object, or the text as it is sent: it may be broken."""


class Line(_Strict):
    """One answer or fault, and which requests it is for."""

    model: str = "*"
    """Glob over the model's name."""
    contains: str = ""
    """What some message of the request must contain."""
    last: str = ""
    """What the last message must contain."""
    turn: int | None = None
    """How many answers of the model stand in the request: 0 for the first call of a conversation."""
    times: int = Field(default=1, ge=0)
    """How many requests it answers; 0: any number."""
    every: int = Field(default=1, ge=1)
    """Answers only every so manieth request that fits: 3 with a fault means that one call in three fails."""
    text: str = ""
    tool_calls: tuple[ScriptedCall, ...] = ()
    finish: str = ""
    """Finish reason; empty: `stop`, or `tool_calls` with tools."""
    usage: tuple[int, int, int] | None = None
    """Tokens in, of these cached, and out; left out: counted from the lengths."""
    no_usage: bool = False
    """Whether the answer says nothing about tokens."""
    delay: float = Field(default=0.0, ge=0)
    """Seconds before the answer begins."""
    pace: float = Field(default=0.0, ge=0)
    """Seconds between two pieces of a stream."""
    fault: str = ""
    """A name from the list of faults; then there is no answer."""
    retry_after: float | None = None
    """Of a fault: seconds in the header Retry-After."""


@dataclass(slots=True)
class Script:
    """Lines and what was used of them."""

    lines: Sequence[Line]
    used: dict[int, int] = field(default_factory=dict)
    fitted: dict[int, int] = field(default_factory=dict)

    def answer(self, model: str, messages: Sequence[Mapping[str, Any]]) -> Line | None:
        """Return the line that answers a request, and count it; None when no line fits."""
        texts = [_text_of(message) for message in messages]
        turn = sum(message.get("role") == "assistant" for message in messages)
        for nth, line in enumerate(self.lines):
            if (line.times and self.used.get(nth, 0) >= line.times) or not _fits(line, model, texts, turn):
                continue
            self.fitted[nth] = self.fitted.get(nth, 0) + 1
            if self.fitted[nth] % line.every:
                continue
            self.used[nth] = self.used.get(nth, 0) + 1
            return line
        return None


def read_script(path: Path) -> Script:
    """Read a script; raise ScriptError."""
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ScriptError(f"{path} cannot be read ({error}): name a file of JSON lines or TOML") from error
    if path.suffix == ".toml":
        try:
            stated = tomllib.loads(text).get("line", [])
        except tomllib.TOMLDecodeError as error:
            raise ScriptError(f"{path} is not valid TOML: {error}") from error
        return Script(lines_of((f"{path}: line {nth}", value) for nth, value in enumerate(stated, 1)))
    return Script(lines_of(_json_lines(path, text)))


def lines_of(stated: Iterable[tuple[str, Any]]) -> tuple[Line, ...]:
    """Check values that stand at named places; raise ScriptError."""
    found = []
    for where, value in stated:
        try:
            line = Line.model_validate(value)
        except ValidationError as error:
            first = error.errors()[0]
            raise ScriptError(f"{where}: {'.'.join(map(str, first['loc']))}: {first['msg']}") from error
        if line.fault and line.fault not in FAULTS:
            raise ScriptError(f"{where}: there is no fault {line.fault!r}; known are {', '.join(FAULTS)}")
        found.append(line)
    return tuple(found)


def _json_lines(path: Path, text: str) -> Iterable[tuple[str, Any]]:
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        try:
            yield f"{path}:{number}", json.loads(line)
        except ValueError as error:
            raise ScriptError(f"{path}:{number} is not JSON: {error}") from error


def _fits(line: Line, model: str, texts: Sequence[str], turn: int) -> bool:
    return (
        fnmatch.fnmatchcase(model, line.model)
        and (line.turn is None or line.turn == turn)
        and (not line.contains or any(line.contains in text for text in texts))
        and (not line.last or (bool(texts) and line.last in texts[-1]))
    )


def _text_of(message: Mapping[str, Any]) -> str:
    content = message.get("content")
    if isinstance(content, list):
        return "".join(str(part.get("text", "")) for part in content if isinstance(part, Mapping))
    return content if isinstance(content, str) else ""
