"""PURE: the thinking that stands in an answer: what is edited or called in it is a draft."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from agents.tools.edits.fences import CLOSER, DIVIDER, FENCE, OPENER, behind_edit, read_fence

_WORDS = (
    "think|thinking|thoughts?|thought_process|scratch_?pad|reason|reasoning|reflection|analysis|(?:inner_)?monologue"
)
_OPEN = re.compile(
    rf"^\s*(?:<(?:\w+:)?(?:{_WORDS})(?:\s[^<>\n]*)?>|\[(?:think|thinking)\]|◁think▷|<[|｜](?:begin_of_|start_)?(?:{_WORDS})[|｜]>)",
    re.IGNORECASE,
)
_CLOSE = re.compile(
    rf"</(?:\w+:)?(?:{_WORDS})>|\[/(?:think|thinking)\]|◁/think▷|<[|｜](?:/|end_of_|end_)(?:{_WORDS})[|｜]>",
    re.IGNORECASE,
)
_CHANNEL = re.compile(
    r"(?:<\|start\|>assistant)?(?: to=(?P<first>[\w.-]+))?<\|channel\|>(?P<channel>\w+)(?: to=(?P<second>[\w.-]+))?"
    r"[ \w]*(?:<\|constrain\|>\s*\w+\s*)?<\|message\|>(?P<said>(?:[^<]|<(?!\|))*)(?:<\|(?:end|return)\|>)?"
)
_LAST = re.compile(r"(?:\s*(?:<[|｜](?:im_end|eot_id|eom_id|end|return|endoftext|end▁of▁sentence)[|｜]>|</s>))+\s*\Z")
_TAIL = 200
"""Characters of an answer's end in which such marks stand."""
_UNSEEN = re.compile("[\u200b\u2060\ufeff]+")
_MARKS = (OPENER, DIVIDER, CLOSER, FENCE)


class Meant(NamedTuple):
    """An answer without its drafts: as many lines as before, those of drafts empty."""

    lines: list[str]
    unended: int | None = None
    """The line (from 0) where thinking begins that never ends."""


def lines_of(text: str) -> list[str]:
    """Return the lines of an answer, without what a model's own template puts around them.

    Its thinking on a channel of its own is a draft; letters nobody sees are taken from the marks of edits.
    """
    text = text.replace("\r\n", "\n")
    text = text[:-_TAIL] + _LAST.sub("\n", text[-_TAIL:])
    if text.lstrip().startswith(("<|channel|>", "<|start|>")):
        text = _CHANNEL.sub(_final, text)
    return [_seen(line) for line in text.split("\n")]


def _final(said: re.Match[str]) -> str:
    """Return what is meant of what was said on one channel, with as many lines."""
    tool = said["first"] or said["second"]
    if tool:
        return f"[TOOL_CALLS]{tool} {said['said']}"
    return said["said"] if said["channel"] == "final" else "\n" * said["said"].count("\n")


def _seen(line: str) -> str:
    bare = _UNSEEN.sub("", line)
    return bare if bare != line and any(mark.match(bare) for mark in _MARKS) else line


def without_thoughts(text: str) -> str:
    """Return an answer without what a model thinks aloud in it; what never ends is all thought."""
    return "\n".join(drafts_out(text.split("\n")).lines).lstrip("\n")


def drafts_out(lines: Sequence[str]) -> Meant:
    """Return the lines that are meant. Some models leave out where their thinking begins: then it begins at the top."""
    kept: list[str] = []
    here = 0
    fences = True
    while here < len(lines):
        if _OPEN.match(lines[here]):
            end = next((at for at in range(here, len(lines)) if _CLOSE.search(lines[at])), None)
            if end is None:
                return Meant(kept + [""] * (len(lines) - here), here)
            tail = lines[end][[*_CLOSE.finditer(lines[end])][-1].end() :]
            kept += [*([""] * (end - here)), tail]
            here = end + 1
            continue
        alone = _CLOSE.match(lines[here].strip())
        if alone and alone[0] == lines[here].strip():
            kept = [""] * (here + 1)
            here += 1
            continue
        fence = read_fence(lines, here) if fences else None
        fences = fences and (fence is None or fence.closed)  # behind one that never ends there is none to be told apart
        behind = behind_edit(lines, here) or (fence.stop + 1 if fence and fence.closed else here + 1)
        kept += lines[here:behind]
        here = behind
    return Meant(kept)
