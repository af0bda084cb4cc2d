"""Looks for evidence against what a function does today: its own examples, its partner, its promises."""

from __future__ import annotations

import ast
import doctest
import io
import re
import sys
from typing import Any, Dict, NamedTuple, Optional, Sequence

from .effects import SideEffect, Watch

PARTNERS = (
    ("encode", "decode"), ("dump", "load"), ("dumps", "loads"), ("parse", "format"), ("pack", "unpack"),
    ("serialize", "deserialize"), ("serialise", "deserialise"), ("compress", "decompress"), ("escape", "unescape"),
    ("quote", "unquote"), ("to", "from"), ("read", "write"), ("flatten", "unflatten"), ("split", "join"),
    ("parse", "render"), ("parse", "unparse"), ("encrypt", "decrypt"), ("marshal", "unmarshal"), ("zip", "unzip"),
)  # fmt: skip
FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE | doctest.IGNORE_EXCEPTION_DETAIL


class Contradiction(NamedTuple):
    """What the project itself says against the behaviour of a function."""

    rule: str
    message: str
    line: int


def against_examples(docstring: str, namespace: Dict[str, Any], first: int, watch: Watch) -> Optional[Contradiction]:
    """Run the examples of a docstring and return the first one that gives something else than it says."""
    try:
        examples = doctest.DocTestParser().get_examples(docstring)
    except ValueError:
        return None
    names = dict(namespace)
    checker = _Lenient()
    for example in examples:
        wanted = example.want
        if example.exc_msg is not None:
            wanted = example.exc_msg.split(":")[0].strip().split(".")[-1]
        try:
            with watch:
                got = _shown(example.source, names)
        except SideEffect:
            return None
        except Exception as error:
            got = type(error).__name__
            if got != wanted and _proves_nothing(error):
                return None
        if not checker.check_output(wanted, got, FLAGS):
            message = "the documented example %s says %s but gives %s"
            shown = tuple(_short(text) for text in (example.source, wanted, got))
            return Contradiction("DocumentedExample", message % shown, first + example.lineno)
    return None


def _shown(source: str, names: Dict[str, Any]) -> str:
    """Run one example and return what it prints; doctest's own runner would read the debugger's files."""
    shown = io.StringIO()
    before = sys.stdout, sys.displayhook
    sys.stdout, sys.displayhook = shown, sys.__displayhook__
    try:
        exec(compile(source, "<example>", "single"), names)
    finally:
        sys.stdout, sys.displayhook = before
    return shown.getvalue()


def _proves_nothing(error: Exception) -> bool:
    """Return whether an exception tells of the example and not of the code: a missing import, a name not known."""
    depth, trace = 0, error.__traceback__
    while trace is not None:
        depth, trace = depth + 1, trace.tb_next
    # Our two frames, the example's, and only then the project's.
    return depth < 4 or isinstance(error, (NameError, ImportError, NotImplementedError))


class _Lenient(doctest.OutputChecker):
    """Takes equal values as equal, however they are written."""

    def check_output(self, want: str, got: str, optionflags: int) -> bool:
        if doctest.OutputChecker.check_output(self, want, got, optionflags) or not want.strip():
            return True
        if want.strip() == got.strip():
            return True
        try:
            return bool(ast.literal_eval(want.strip()) == ast.literal_eval(got.strip()))
        except (ValueError, SyntaxError, TypeError):
            return " at 0x" in got


def _short(text: str) -> str:
    one = " ".join(text.split())
    return one if len(one) <= 60 else one[:57] + "..."


def partner_of(title: str, namespace: Dict[str, Any]) -> str:
    """Return the name of the function that undoes this one, when the module has one by its name."""
    words = title.split("_")
    for there, back in [pair for each in PARTNERS for pair in (each, each[::-1])]:
        for place, word in enumerate(words):
            if word == there:
                other = "_".join([*words[:place], back, *words[place + 1 :]])
                if callable(namespace.get(other)):
                    return other
    turned = re.fullmatch(r"(\w+?)_?(?:to|2)_?(\w+)", title)
    if turned:
        for other in ("%s_to_%s", "%s2%s"):
            name = other % (turned.group(2), turned.group(1))
            if name != title and callable(namespace.get(name)):
                return name
    return ""


def promises_idempotence(docstring: str) -> bool:
    """Return whether a docstring says that doing it twice is doing it once."""
    return "idempotent" in docstring.lower() and "not idempotent" not in docstring.lower()


def against_partner(held: Sequence[bool], title: str, other: str, line: int) -> Optional[Contradiction]:
    """Return a contradiction when the way there and back holds for most values but not for all."""
    good = sum(held)
    if good >= 3 and good < len(held) and good >= 0.75 * len(held):
        message = "%s undoes %s for %d of %d values, not for all" % (other, title, good, len(held))
        return Contradiction("RoundTrip", message, line)
    return None
