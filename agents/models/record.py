"""Answers kept in a file by the hash of their request, and a model that says them again without asking anybody.

JSON lines: first what is known of the models, then one line per answer. Requests stand there as digests alone.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from agents.models.requests import answer_value, part_name, read_answer, request_hash, request_parts
from agents.ports import AgentError, FaultKind, Model, ModelAnswer, ModelCall, ModelCard, ModelFault
from ledger.masking import Masker

_VERSION = 1
_KEPT: frozenset[FaultKind] = frozenset({"bad_tool_call", "bad_schema", "context_overflow", "refused"})
"""Faults an agent answers to: without them its next request would be another. Those that pass are not kept."""


class RecordError(AgentError):
    """A record cannot be read or written; the message is one line that says where and what."""


class Recording:
    """The port `Model` around another: what comes back is written down too."""

    def __init__(self, model: Model, file: Path, names: Sequence[str], masker: Masker) -> None:
        """`names`: the models of the run, the cheapest first. Answers are added to a record that is there already."""
        self._model, self._file, self._masker = model, file, masker
        self._names, self._begun = tuple(names), False

    def card(self, model: str) -> ModelCard:
        """Return what the model behind says."""
        return self._model.card(model)

    async def ask(self, call: ModelCall, on_token: Callable[[str], None]) -> ModelAnswer:
        """Ask and write down."""
        try:
            answer = await self._model.ask(call, on_token)
        except ModelFault as fault:
            if fault.kind in _KEPT:
                kept = None if fault.answer is None else answer_value(fault.answer)
                self._write(call, {"fault": fault.kind, "why": fault.message, "answer": kept})
            raise
        self._write(call, {"answer": answer_value(answer), "seconds": round(answer.seconds, 3)})
        return answer

    def _write(self, call: ModelCall, came: Mapping[str, Any]) -> None:
        line = {"request": request_hash(call), "parts": [part[:8] for part in request_parts(call)], **came}
        try:
            with self._file.open("ab") as file:
                if not self._begun and file.tell() == 0:
                    cards = [asdict(self._model.card(name)) for name in self._names]
                    file.write(json.dumps({"record": _VERSION, "models": cards}).encode() + b"\n")
                self._begun = True
                # Known secrets alone, as in what the agent was told: guessing would change code that it wrote.
                file.write(self._masker.known(json.dumps(line, ensure_ascii=False).encode("utf-8", "replace")) + b"\n")
        except OSError as error:
            raise RecordError(f"the record {self._file} cannot be written: {error.strerror or error}") from error


class Replaying:
    """The port `Model` from a record: nobody is asked."""

    def __init__(self, file: Path) -> None:
        """Read the record; raise RecordError."""
        self._file = file
        self._cards, lines = _read(file)
        self._came: dict[str, list[Mapping[str, Any]]] = {}
        for line in lines:
            self._came.setdefault(line["request"], []).append(line)
        self._parts = [tuple(line.get("parts", ())) for line in lines]
        self._said: dict[str, int] = {}

    @property
    def names(self) -> tuple[str, ...]:
        """The models of the run that was recorded, the cheapest first."""
        return tuple(self._cards)

    def card(self, model: str) -> ModelCard:
        """Return what was known when it was recorded; nothing is paid, so no price is unknown."""
        card = self._cards.get(model) or ModelCard(model, model.partition("/")[0])
        return replace(card, price_in=card.price_in or 0.0, price_out=card.price_out or 0.0)

    async def ask(self, call: ModelCall, on_token: Callable[[str], None]) -> ModelAnswer:
        """Return what came then; the last again when it is asked more often. Raise ModelFault `not_recorded`."""
        request = request_hash(call)
        came = self._came.get(request)
        if came is None:
            raise ModelFault("not_recorded", self._stranger(call))
        nth = min(self._said.get(request, 0), len(came) - 1)
        self._said[request] = nth + 1
        line = came[nth]
        answer = None if line["answer"] is None else replace(_answer(line["answer"]), source="record")
        if line.get("fault"):
            raise ModelFault(line["fault"], line["why"], began=answer is not None, answer=answer)
        assert answer is not None
        on_token(answer.text)
        return answer

    def _stranger(self, call: ModelCall) -> str:
        """Say where an unknown request parts from the recorded one that begins most like it."""
        mine = [part[:8] for part in request_parts(call)]
        same = max((_alike(mine, parts) for parts in self._parts), default=0)
        first = f"it differs from the nearest first in {part_name(same)}" if self._parts else "the record is empty"
        return f"{self._file} holds no such request of {call.model} ({call.purpose}): {first}; record the run anew"


def _alike(mine: Sequence[str], other: Sequence[str]) -> int:
    for nth, (one, two) in enumerate(zip(mine, other, strict=False)):
        if one != two:
            return nth
    return min(len(mine), len(other))


def _answer(value: Mapping[str, Any]) -> ModelAnswer:
    return read_answer(dict(value))


def _read(file: Path) -> tuple[dict[str, ModelCard], list[Mapping[str, Any]]]:
    try:
        text = file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise RecordError(f"the record {file} cannot be read ({error}): make one with --record {file}") from error
    cards: dict[str, ModelCard] = {}
    lines: list[Mapping[str, Any]] = []
    for number, written in enumerate(text.splitlines(), 1):
        try:
            line = json.loads(written)
            if "record" in line:
                if line["record"] != _VERSION:
                    raise RecordError(f"{file} is a record of version {line['record']}: record the run anew")
                cards |= {card["name"]: ModelCard(**card) for card in line["models"]}
                continue
            if line["answer"] is not None:
                _answer(line["answer"])
            line["request"]
        except (ValueError, KeyError, TypeError) as error:
            raise RecordError(f"{file}:{number} is no line of a record ({error}): record the run anew") from error
        lines.append(line)
    return cards, lines
