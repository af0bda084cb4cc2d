"""PURE: what the prose before an edit says of it."""

from __future__ import annotations

import re

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
