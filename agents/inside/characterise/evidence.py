"""Looks for evidence against what a function does today: its own examples, its partner, its promises."""

from __future__ import annotations

import ast
import doctest
import re
from typing import Any, Dict, List, NamedTuple, Optional, Sequence

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


def against_examples(
    title: str, docstring: str, namespace: Dict[str, Any], first: int, watch: Watch
) -> Optional[Contradiction]:
    """Run the examples of a docstring and return the first one that gives something else than it says."""
    try:
        test = doctest.DocTestParser().get_doctest(docstring, dict(namespace), title, None, first)
    except ValueError:
        return None
    runner = _Examples(checker=_Lenient(), verbose=False, optionflags=FLAGS)
    try:
        with watch:
            runner.run(test, out=_nowhere, clear_globs=False)
    except SideEffect:
        return None
    if not runner.wrong:
        return None
    source, want, got = runner.wrong[0]
    line = next((first + each.lineno for each in test.examples if each.source == source), first)
    message = "the documented example %s says %s but gives %s" % (_short(source), _short(want), _short(got))
    return Contradiction("DocumentedExample", message, line)


class _Lenient(doctest.OutputChecker):
    """Takes equal values as equal, however they are written."""

    def check_output(self, want: str, got: str, optionflags: int) -> bool:
        if doctest.OutputChecker.check_output(self, want, got, optionflags) or not want.strip():
            return True
        try:
            return bool(ast.literal_eval(want.strip()) == ast.literal_eval(got.strip()))
        except (ValueError, SyntaxError, TypeError):
            return " at 0x" in got


class _Examples(doctest.DocTestRunner):
    """Keeps what came out differently than it is written."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.wrong: List[Any] = []

    def report_failure(self, out: Any, test: Any, example: Any, got: str) -> None:
        self.wrong.append((example.source, example.want, got))

    def report_unexpected_exception(self, out: Any, test: Any, example: Any, exc_info: Any) -> None:
        """An example that lacks an import proves nothing; one that crashes inside the project does."""
        kind, value, trace = exc_info
        if isinstance(value, (SideEffect, KeyboardInterrupt)):
            raise value
        inside = trace is not None and trace.tb_next is not None and trace.tb_next.tb_next is not None
        if inside and not issubclass(kind, (NameError, ImportError, NotImplementedError)):
            self.wrong.append((example.source, example.want, kind.__name__))


def _nowhere(shown: str) -> None:
    """Take what doctest would print."""


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
