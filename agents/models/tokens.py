"""PURE: about how many tokens a text has, rather too many: for a provider that does not say."""

from __future__ import annotations

import json
import math
import re
from functools import lru_cache

from agents.models.requests import tools_bytes
from agents.ports import Message, ModelCall

_PIECES = re.compile(
    rb"(?P<word> ?[A-Za-z][a-z]*)|(?P<gap>[ \t]+)|(?P<other>[\x80-\xff]+)|(?P<sign>[^\sA-Za-z0-9]+)|[\s\S]"
)
"""What no model's dictionary joins further than `_count` says: parts of words, gaps, other alphabets, signs, digits."""
_LEAST_ROOM = 16_384
_AROUND = 8
"""Tokens a provider writes around each message."""


def count_call(call: ModelCall) -> int:
    """Return an upper estimate of the tokens of everything that is sent."""
    more = tools_bytes(call.tools) if call.tools else b""
    if call.answer_schema is not None:
        more += json.dumps(dict(call.answer_schema)).encode()
    return sum(count_message(message) for message in call.messages) + _count(more) + _AROUND


def room_for(call: ModelCall, window: int | None) -> int:
    """Return how many tokens a model of one's own machine must have room for, which drops the first ones otherwise.

    It grows in few steps, since the model is loaded anew for each; never beyond what it knows, where that is known.
    """
    wanted = max(_LEAST_ROOM, 1 << (count_call(call) + call.max_tokens - 1).bit_length())
    return min(wanted, window) if window else wanted


@lru_cache(maxsize=4096)
def count_message(message: Message) -> int:
    """Return an upper estimate of one message; the same message is counted once."""
    calls = sum(count_text(f"{call.id}{call.name}{call.arguments}") + _AROUND for call in message.tool_calls)
    return count_text(message.text) + calls + _AROUND


def count_text(text: str) -> int:
    """Return an upper estimate of a text."""
    return _count(text.encode("utf-8", "replace"))


def _count(content: bytes) -> int:
    return sum(
        math.ceil(len(piece[0]) / _PER_TOKEN.get(piece.lastgroup or "", 1.0)) for piece in _PIECES.finditer(content)
    )


_PER_TOKEN = {"word": 4.0, "gap": 8.0, "other": 1.5, "sign": 2.0}
"""Bytes that one token holds at least on the whole, by the kind of piece."""
