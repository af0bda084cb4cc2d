"""Slips that developers make have their right edit in the space, and early enough to be tried."""

from __future__ import annotations

import itertools

import pytest

from agents.inside.editspace import Ground, names, search
from agents.inside.editspace.scope import Clues
from agents.inside.regions import outermost
from agents.inside.source import Source

EARLY = 1200
"""Edits of a short function that even a slow suite lets a search try."""


def drawn(code: str, types: dict[str, set[str]] | None = None, clues: Clues | None = None) -> list[str]:
    """Return the texts that the first edits of the last function of a module make, every line as suspicious."""
    source = Source("f.py", code.encode())
    node = outermost(source)[-1]
    clues = clues or Clues()
    clues.types["f.py", node.lineno] = types or {}
    names.callers(clues.keywords, source.tree)
    suspicion = dict.fromkeys(range(node.lineno, (node.end_lineno or 0) + 1), 0.5)
    found = search([Ground(0, source, node, suspicion, 0.02, True)], clues)
    return [source.splice(edit.splices).decode() for edit in itertools.islice(found, EARLY)]


@pytest.mark.parametrize(
    ("slip", "code", "right"),
    [
        (
            "a variable for the one that nothing reads",
            "def f(a, b, text, sep):\n    return a.split(b)\n",
            "a.split(sep)",
        ),
        ("a result that is not kept", "def f(rows, x):\n    clean(x)\n    return rows + x\n", "x = clean(x)"),
        ("nothing returned", "def f(text):\n    text = text + 'x'\n    return None\n", "return text"),
        ("a default for an empty text", "def f(s):\n    return g(s.strip('0'), '0')\n", "s.strip('0') or '0'"),
        ("a missing value that is looked into", "def f(s):\n    return s.split('.')\n", "(s or '').split"),
        ("a missing value that is converted", "def f(s):\n    return str(s)\n", "str(s) if s is not None else None"),
        ("a product that is grouped wrong", "def f(x):\n    return x / (100 * 255)\n", "x / 100 * 255"),
        ("a sum that is grouped wrong", "def f(a, b, c):\n    return a - b - c\n", "a - (b - c)"),
        ("a number that is cut and not rounded", "def f(x):\n    return int(x / 3)\n", "int(round(x / 3))"),
        ("names unpacked in another order", "def f(t):\n    y, m = t.split('-')\n    return y, m\n", "m, y = t.split"),
        ("what is looked for and where", "def f(a, b):\n    return a in b\n", "b in a"),
        ("a call that is not waited for", "async def f(x):\n    return load(x)\n", "return await load(x)"),
        ("a key that is not handed on", "def f(rows, by):\n    return min(rows)\n", "min(rows, key=by)"),
        ("a keyword that is not handed on", "def f(a, depth):\n    return g(a)\n", "g(a, depth=depth)"),
        ("one attribute of two set", "def f(x, a, b):\n    x.a = a\n    return x\n", "x.b = b"),
        ("a counter not counted", "def f(self):\n    self.go()\n    return self.n > 3\n", "self.n += 1"),
        ("a value not yielded", "def f(rows):\n    yield 0\n    for row in rows:\n        row.go()\n", "yield row"),
        ("a case changed in a format", 'def f(a):\n    return f"#{a}"\n', 'f"#{a.lower()}"'),
        ("a name in a format", 'def f(a, b):\n    return f"<{a} {a:>3}>"\n', 'f"<{a} {b:>3}>"'),
        ("an owner in a format", 'def f(a, b):\n    return f"<{a.name}>"\n', 'f"<{b.name}>"'),
        ("a width in a format", 'def f(a):\n    return f"{a:2d}"\n', 'f"{a:02d}"'),
        ("a case of a conditional value", "def f(v):\n    return 9 if v > 9 else v\n", "(9 if v > 9 else v) if v"),
        ("a guard of what is looked into", "def f(g, h):\n    if h:\n        g[h].go()\n", "if h and g[h]:"),
        ("a default that overwrites", "def f(k):\n    k = g()\n    return k\n", "if k is None:\n        k = g()"),
        (
            "half a condition",
            "class A:\n    def __init__(self, lax):\n        self.lax = lax\n\n"
            "    def get(self, node):\n        if node is None:\n            return 0\n        return 1\n",
            "self.lax and node is None",
        ),
        (
            "a path that is followed",
            "def f(x, path):\n    for key in path:\n        look(x)\n    return x\n",
            "x = x[key]",
        ),
        (
            "what is done to what was caught",
            "def g(path):\n    try:\n        go()\n    except E as e:\n        e.add(path)\n        raise\n\n\n"
            "def f(path):\n    try:\n        stay()\n    except E as e:\n        pass\n        raise\n",
            "stay()\n    except E as e:\n        e.add(path)",
        ),
        (
            "a function made inside",
            "def f(func):\n    def inner(x):\n        return func(x)\n    return func\n",
            "    return inner",
        ),
        (
            "a decorator of what is made inside",
            "from functools import wraps\ndef f(func):\n    def inner(x):\n        return func(x)\n    return inner\n",
            "    @wraps(func)\n    def inner",
        ),
        (
            "a list that all objects share",
            "class A:\n    rows = []\n\n    def __init__(self, x):\n        self.x = x\n",
            "self.rows = []",
        ),
        (
            "a hole in a loop",
            "def f(x, path):\n    for key in path:\n        try:\n            pass\n        except KeyError:\n"
            "            return 0\n    return x\n",
            "x = x[key]",
        ),
        (
            "a parameter that chooses",
            "def re_find(f):\n    return 1\n\n\ndef re_test(f):\n    return 2\n\n\n"
            "def make(f, test):\n    return re_test(f)\n",
            "return re_test(f) if test else re_find(f)",
        ),
        (
            "what a twin does",
            "from text import shown\n\n\ndef date(d, format):\n    return shown(d, format)\n\n\n"
            "def time(t, format):\n    return t\n",
            "return shown(t, format)",
        ),
        (
            "what a twin does with what nothing reads",
            "from text import by_percent, by_number, name\n\n\ndef percent(p):\n    return name(by_percent(p))\n\n\n"
            "def number(n):\n    return n\n",
            "return name(by_number(n))",
        ),
        (
            "what a twin does by another name",
            "def lower(v):\n    return str(v).lower()\n\n\ndef title(text):\n    return text\n",
            "return str(text).title()",
        ),
        ("pairs of a mapping", "def f(d):\n    for k, v in d:\n        use(k, v)\n", "in d.items():"),
        ("numbered things", "def f(d):\n    return [k * v for k, v in d]\n", "in enumerate(d)]"),
        ("a total", "def f(d):\n    return d.values()\n", "sum(d.values())"),
        ("no first value", "def f(x):\n    if x:\n        s = 1\n    return s\n", "    s = 0\n    if x:"),
        ("a sign", "def f(self):\n    return make(months=self.months)\n", "months=-self.months"),
        ("a carry", "def f(a, b):\n    carry, a = split(a)\n    return a + b\n", "a + b + carry"),
        ("a type", "def f(a):\n    return isinstance(a, (list, dict))\n", "(list, dict, bool)"),
        ("a single thing for a list", "def f(x):\n    return {1: x}\n", "{1: [x]}"),
        ("a keyword's unit", "def f(n):\n    return span(minutes=n)\n", "span(hours=n)"),
        ("two keywords", "def f(a, b):\n    return g(x=a, y=b)\n", "g(y=a, x=b)"),
        ("a helper that nothing calls", "def _low(x): ...\ndef f(x):\n    return x\n", "return _low(x)"),
        ("a class that is not handed on", "def f(cls, d):\n    return make(d)\n", "make(d, cls)"),
        (
            "a step that the function's twin has",
            "def g(a, m):\n    if a > m:\n        a = m\n    return a\ndef f(a, m):\n    return a * m\n",
            "    if a > m:\n        a = m\n    return a * m",
        ),
        (
            "a value that its name has everywhere else",
            "def g(a):\n    kind = type(a)\n    return kind(1)\ndef f(a):\n    kind = a\n    return kind(2)\n",
            "    kind = type(a)\n    return kind(2)",
        ),
        (
            "an attribute that nothing reads",
            "class C:\n    def __init__(self, p):\n        self.p = p\n    def f(self, k):\n        return g(k)\n",
            "self.p + g(k)",
        ),
    ],
    ids=lambda text: text.replace(" ", "-") if "\n" not in text else "",
)
def test_the_right_edit_of_a_slip_is_drawn_early(slip: str, code: str, right: str) -> None:
    """Which slip it is stands first; nothing is known of the types."""
    assert any(right in text for text in drawn(code)), slip


def test_what_no_name_of_the_function_reads_is_tried_first() -> None:
    """Of many names that fit, the one that was handed in and forgotten is most likely meant."""
    given = "abcdefgh"
    code = f"def f({', '.join(given)}):\n    return g({', '.join(given[:-1])}, a)\n"

    texts = drawn(code)

    places = {name: next((at for at, text in enumerate(texts) if f"g, {name})" in text), EARLY) for name in "bcdefgh"}
    assert min(places, key=lambda name: places[name]) == "h"


def test_one_place_that_takes_in_much_does_not_hold_up_the_others() -> None:
    """The return of a function with many conditions is reached though the conditions take in hundreds of edits."""
    tests = "".join(f"    if a{n} > b{n}:\n        total += a{n}\n" for n in range(6))
    given = ", ".join(f"a{n}, b{n}" for n in range(6))

    texts = drawn(f"def f({given}):\n    total = 0\n{tests}    return -total\n")

    assert any("return total" in text for text in texts[:200])


def test_what_is_called_as_the_place_it_goes_to_is_tried_first() -> None:
    """In a row of `a=self.a, b=self.b` the slip is the one whose names differ."""
    parts = [f"part{n}" for n in range(9)]
    row = ", ".join(f"{name}=self.{name}" for name in parts)
    slip = row.replace("=self.part5", "=self.part4")
    code = f"class C:\n    def g(self):\n        return self.part5\n    def f(self):\n        return dict({slip})\n"

    texts = drawn(code)

    assert any(row in text for text in texts[:12])


@pytest.mark.parametrize(
    ("code", "right"),
    [
        ("class A:\n    def make(cls, x):\n        return cls(x)\n", "    @classmethod\n    def make"),
        ("class A:\n    def low(x):\n        return x\n", "    @staticmethod\n    def low"),
        ("class A:\n    def size(self):\n        return 1\n", "    @property\n    def size"),
        ("class A:\n    @property\n    def size(self):\n        return 1\n", "class A:\n    def size"),
    ],
)
def test_a_decorator_of_a_method_is_an_edit_of_its_class(code: str, right: str) -> None:
    """What runs when the class is made is searched apart from the bodies of its methods."""
    source = Source("f.py", code.encode())

    found = search([Ground(0, source, source.tree.body[0], {2: 0.5, 3: 0.5}, 0.0, False)], Clues())

    assert any(right in source.splice(edit.splices).decode() for edit in found)


def test_an_attribute_is_first_given_where_the_others_are() -> None:
    code = "class A:\n    def reset(self):\n        self.rows = []\n        self.seen = False\n\n"
    code += (
        "    def add(self, row):\n        self.rows.append(row)\n        self.seen = True\n        return self.depth\n"
    )
    source = Source("a.py", code.encode())
    grounds = [
        Ground(n, source, node, dict.fromkeys(range(node.lineno, (node.end_lineno or 0) + 1), 0.5), 0.02, True)
        for n, node in enumerate(outermost(source))
    ]

    first = next(edit for edit in search(grounds, Clues()) if b"self.depth = " in edit.splices[0][2])

    assert first.region == 0
