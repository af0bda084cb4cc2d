"""PURE: what the prose before an edit says of it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from agents.tools.edits.naming import looks_like_path, name_in

_THING = r"(?:edits?|blocks?|answers?|outputs?|responses?|diffs?|patch(?:es)?|calls?|formats?|syntax|it|this|that|one)"
EXAMPLE = re.compile(
    r"^\W*(?:for example|for instance|e\.g\.|(?:an? |the )?(?:\w+ )?examples?\b)"
    r"|\b(?:for example|for instance|e\.g\.|such as)\W*$|\b(?:an|the following|as an?|this) (?:\w+ )?example\b"
    r"|\b(?:illustrat|hypothetical)"
    r"|\b(?:edit|block|output|answer|response|diff|patch|call|tool|required|expected|following)\W* (?:format|syntax)\b"
    r"|\bthe (?:format|syntax)\b"
    rf"|\b{_THING} (?:would |should |could |might |must |has to |have to |then )?looks? (?:like|as|so)\b"
    r"|\b(?:do not|don't|must not|mustn't|should not|shouldn't|never|not to be|will not|won't)"
    r" (?:be )?(?:apply|applied|make|made|do|done|run|write|use) ?(?:this|that|it|these|the following|yet|:|$)"
    r"|\b(?:not|never) (?:be |yet )?appl(?:y|ied)\b|\binstead of (?:this|writing|doing)\b"
    r"|^\W*(?:wrong|bad)\b\W*(?:way\W*)?$",
    re.IGNORECASE,
)
"""What is said right before an example; right before a real edit it is not said."""
BEFORE = re.compile(
    r"^\W*(?:before|was|(?:old|original|originally|current|currently|existing|previous|previously)"
    r"(?: (?:code|version|file|content|state|implementation))?)\W*$"
    r"|^\W*(?:here(?:'s| is)|this is) (?:the |your )?(?:current|existing|original|old|previous)\b",
    re.IGNORECASE,
)
"""What is said right before a file as it was."""
OPTION = re.compile(
    r"^\W*(?:\d+[.)]\s*)?(?:option|alternative|approach|variant|possibility|choice|solution)\s*#?\s*"
    r"(?P<which>[a-d]|[1-4]|one|two|three)\b",
    re.IGNORECASE,
)
OTHERWISE = re.compile(
    r"^\W*(?:alternatively\b|or\W*$|or,? (?:if|you (?:can|could))\b|(?:an)?other (?:option|way|approach|possibility)\b"
    r"|an alternative\b|a (?:second|different) (?:option|approach|way)\b|if you(?:'d| would)? (?:prefer|rather)\b"
    r"|you could also\b)",
    re.IGNORECASE,
)
"""What is said before the second of two ways, of which one is to be chosen."""
CORRECTS = re.compile(
    r"^\W*(?:actually|wait|oops|whoops|sorry|(?:my )?apologies|(?:i )?apologi[sz]e|no|hold on)\b"
    r"(?!.*\b(?:also|too|as well|another|next|more)\b)"
    r"|\b(?:corrected|right) (?:edit|block|diff|patch)\b"
    r"|\bscratch that\b|\bcorrection\W*$|\bon second thoughts?\b|\bI meant?\b\W*$"
    r"|\bshould have (?:been|said|read)\b"
    r"|\b(?:ignore|disregard|forget) (?:that|this|the|my) (?:\w+ )?"
    r"(?:above|previous|earlier|first|last|edit|block|one)\b"
    r"|\b(?:that|this|it|above|previous|one|edit|block)(?: \w+)?(?:'s| is| was)"
    r" (?:wrong|not right|incorrect|a mistake)\b"
    r"|(?:\b(?:this|that|following|one)(?: \w+)?|^\W*|[.!]\s+)\binstead\W*$",
    re.IGNORECASE,
)
"""What is said right before something that stands for an edit before it."""
OR = re.compile(r"^\W*(?:or|alternatively)\b[^.]{0,40}\W*$", re.IGNORECASE)
"""What is said right behind a way, before another one."""
DOUBT = re.compile(
    r"\b(?:not|never|no longer|would|could|might|may|if|was|were|held|had|printed|prints?|outputs?|says|fails?|failed"
    r"|delete|deletes|remove|removes|removed|instead|current(?:ly)?|old|before)\b|n't\b",
    re.IGNORECASE,
)
"""What is said of a text that is told of and not to be written."""
USAGE = re.compile(
    r"\b(?:usage|(?:use|using|call|calling|try|test|run|import) (?:it|this|them|with|like))\b", re.IGNORECASE
)
"""What is said right before code that only shows how something is used."""
ASKS = re.compile(
    r"^\W*(?:(?:then|next|now|first|finally|also|please|\d+[.)]|in [`*]{0,2}[\w./-]+[`*]{0,2},?)\s+)*"
    r"(?:add|replace|change|insert|update|modify|append|rewrite)\b.*:\W*$",
    re.IGNORECASE,
)
"""What asks for a change that the code below does not say the place of."""
_SPAN = re.compile(r"`([^`\n]+)`|\*\*([^*\n]+)\*\*")
_IN_PROSE = re.compile(r"(?<![\w./~:@-])[\w.-]+(?:/[\w.-]+)+\.[A-Za-z]\w{0,7}\b(?![\w/])")
_NEAR = 6
"""Lines between the words that begin another way and its edit."""


ANNOUNCED = "these words announce an edit that cannot be read: give it as a SEARCH/REPLACE block below the file's name"
_ANNOUNCES = re.compile(r"\blet me (?:fix|correct|redo|rewrite) (?:that|this|it)\b", re.IGNORECASE)


def announces(said: Sequence[str]) -> bool:
    """Whether lines of prose say that an edit follows, maybe in the stead of one before."""
    return any(_ANNOUNCES.search(line) for line in said)


def mentioned(said: Sequence[str]) -> str:
    """Return the one file that lines of prose name; empty when they name none or several."""
    names = {name for line in said if (name := name_in(line))}
    names = names or {name for line in said for name in map("".join, _SPAN.findall(line)) if looks_like_path(name)}
    names = names or {name for line in said for name in _IN_PROSE.findall(line)}
    return names.pop() if len(names) == 1 else ""


def are_ways(lines: Sequence[str], words: Sequence[int], places: Sequence[int]) -> bool:
    """Whether edits are ways to choose between: `words` are the lines (from 0) of prose, `places` those of edits."""
    labels = [(at, found["which"].lower()) for at in words if (found := OPTION.match(lines[at]))]
    options = set()
    for (at, which), (stop, _) in pairwise([*labels, (len(lines) + 1, "")]):
        options |= {which} if any(at < place <= stop for place in places) else set()
    ways = [at for at in words if OTHERWISE.match(lines[at])]
    return len(options) > 1 or any(places[0] <= at < place <= at + _NEAR for at in ways for place in places)


def taken_back(lines: Sequence[str], words: Sequence[int], places: Sequence[int]) -> int:
    """Return the last line (from 1) of words that put what follows in the stead of an edit before; 0 when none do."""
    prose = frozenset(words)
    said = (at for at in reversed(words) if places and at >= places[0] and CORRECTS.search(lines[at]))
    return next((at + 1 for at in said if not prose.issuperset(range(at, min(at + _NEAR, len(lines))))), 0)
