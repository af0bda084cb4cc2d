"""What is often forgotten, or taken for something like it, is drawn while a slow suite still lets a search try."""

from __future__ import annotations

from agents.inside.editspace import Ground, search
from agents.inside.editspace.scope import Clues
from agents.inside.source import Source
from tests.repair.test_space import drawn

BODIES = (
    ("a flag", "import re\ndef f(p):\n    return re.compile(p)\n", "re.compile(p, re.IGNORECASE)"),
    ("a flag of a substitution", "import re\ndef f(s):\n    return re.sub('a.b', '', s)\n", "'', s, flags=re.DOTALL)"),
    ("another flag", "import re\ndef f(s):\n    return re.match('a.b', s, re.I)\n", "re.S)"),
    (
        "how often to split, in a long function that says its types in comments",
        "from typing import Any, Callable, Dict, Iterable, Iterator, List, Optional, Text, Tuple, Type, Union\n"
        "def f(s, a, b, c):\n" + "    a = g(b, c)\n    b = h(c, a)\n" * 4 + "    return a, b, c, s.split('=')\n",
        "s.split('=', 1)",
    ),
    ("where counting begins", "def f(xs):\n    return list(enumerate(xs))\n", "enumerate(xs, 1)"),
    ("where a range begins", "def f(n):\n    return list(range(n))\n", "range(1, n)"),
    ("a base", "def f(s):\n    return int(s)\n", "int(s, 16)"),
    ("a fallback", "def f(s, n):\n    return getattr(s, n)\n", "getattr(s, n, None)"),
    ("digits", "def f(a):\n    return round(a)\n", "round(a, 2)"),
    ("a sort key", "def f(xs):\n    return sorted(xs)\n", "sorted(xs, key=lambda x: x[1])"),
    ("a constant keyword", "def g(a, deep=False): ...\ndef f(a):\n    return g(a)\n", "g(a, deep=True)"),
    (
        "a keyword that the twin gives",
        "def g(x):\n    return make(x, zone=x.zone)\ndef f(x):\n    return make(x, )\n",
        "make(x, zone=x.zone)",
    ),
    ("which is which", "def f(a, b):\n    return b * len(a) > 9\n", "a * len(b) > 9"),
    ("arguments far apart", "def f(a, b, c):\n    return g(c, b, a)\n", "g(a, b, c)"),
    ("an end taken off", "def f(n):\n    many = n.endswith('*')\n    return n, many\n", "return n.rstrip('*'), many"),
    ("what to cut at, at the beginning", "def f(p, sep):\n    return p.split(sep)\n", "p.lstrip(sep).split(sep)"),
    ("space around", "def f(s):\n    return s.startswith('#')\n", "s.strip().startswith('#')"),
    (
        "a name that a pattern gives",
        "import re\nP = re.compile('(?P<year>[0-9]+)-(?P<monthdash>[0-9]+)')\n"
        "def f(s):\n    return P.match(s).groupdict().get('month_dash', 1)\n",
        "get('monthdash', 1)",
    ),
    ("a name that a text is given", "T = 'Dear %(name)s, {salute!r}'\ndef f(d):\n    return d['nam']\n", "d['name']"),
    (
        "an end taken off before",
        "def f(n):\n    many = n.endswith('*')\n    if n:\n        n = n.lower()\n    return n, many\n",
        "    n = n.rstrip('*')\n",
    ),
    ("a beginning cut", "def f(n):\n    return n if n.startswith('no-') else ''\n", "n[len('no-'):]"),
    ("how a number is shown", 'def f(a):\n    return f"%{a:02d}"\n', 'f"%{a:02x}"'),
    ("that a number is shown in two digits", 'def f(a):\n    return "%d-%d" % (a, a)\n', '"%d-%02d"'),
    ("digits that are shown", 'def f(a):\n    return "{:.1f}".format(a)\n', '"{:.2f}"'),
    ("its own object", "class A:\n    def go(self): ...\n    def f(self):\n        return go()\n", "self.go()"),
    ("what and binds first", "def f(a, b, c):\n    return a or b and c\n", "(a or b) and c"),
    ("what not binds first", "def f(a, b):\n    return 1 if not a and b else 2\n", "not (a and b)"),
    ("that not is for both", "def f(a, b):\n    return 1 if not (a and b) else 2\n", "not a and b"),
    ("to repeat", "def f(a, b):\n    if b:\n        a, b = b, a % b\n    return a\n", "while b:"),
    ("what to begin with", "def f(xs):\n    out = []\n    out[xs] = 1\n    return out\n", "out = {}"),
    ("a name in all its places", "def f(low, high):\n    return max(low, 2 * low)\n", "max(high, 2 * high)"),
    (
        "what the object tells of itself",
        "class A:\n    @property\n    def is_new(self):\n        return self.n == 0\n"
        "    def f(self, p):\n        if p is None:\n            p = self.n\n        return p\n",
        "if self.is_new or p is None:",
    ),
    (
        "to ask the object",
        "class A:\n    def _has_rows(self) -> bool:\n        return self.rows > 0\n"
        "    def f(self, p):\n        self.go(p)\n        return p\n",
        "if self._has_rows():\n            self.go(p)",
    ),
    ("more digits of a pattern", "import re\ndef f(s):\n    return re.match(r'v(\\d)-', s)\n", r"r'v(\d+)-'"),
    ("more digits of a text", "import re\ndef f(s):\n    return re.match('v\\\\d-', s)\n", r"'v\\d+-'"),
    ("where a word ends", "import re\ndef f(s):\n    return re.match(r'\\bin', s)\n", "r'in'"),
    ("a letter that may be missing", "import re\ndef f(s):\n    return re.match('https:', s)\n", "'https?:'"),
    ("which word first", "import re\ndef f(s):\n    return re.match('(in|int)', s)\n", "'(int|in)'"),
    ("a word too many", "import re\ndef f(s):\n    return re.match('(in|int)', s)\n", "'(int)'"),
    (
        "to go on behind the first",
        "def f(rows, go):\n    if go:\n        a, b = go.c, go.d\n        go.head(rows[0], a, b)\n"
        "    for row in rows:\n        go.add(row)\n    return go\n",
        "        rows = rows[1:]\n    for",
    ),
    ("who wins", "def f(a, b):\n    return {**b, **a}\n", "{**a, **b}"),
    ("values", "def f(d):\n    return sum(d)\n", "sum(d.values())"),
    ("texts to join", "def f(xs):\n    return ', '.join(xs)\n", "join(map(str, xs))"),
    ("an encoding", "def f(s):\n    return s.encode('ascii')\n", "s.encode('utf-8')"),
    ("how a file is opened", "def f(p):\n    return open(p, 'w')\n", "open(p, 'a')"),
    ("a unit", "def f(hours):\n    return hours * 60\n", "hours * 3600"),
    ("a mask", "def f(a):\n    return a & 15\n", "a & 255"),
    ("its own exception", "class MyError(Exception): ...\ndef f(a):\n    raise OSError(a)\n", "MyError(a)"),
    ("an optional group", "import re\ndef f(s):\n    return re.findall(r'(a)(b)', s)\n", "(a)(b)?"),
    ("another character", "import re\ndef f(s):\n    return re.findall(r'[.]x', s)\n", "[.,]x"),
    ("a longest", "import re\ndef f(s):\n    return re.findall(r'a{1,3}', s)\n", "a{1,}"),
    (
        "another field",
        "class A:\n    def __init__(self, x, y):\n        self.x, self.y = x, y\n"
        "    def __eq__(self, o):\n        return self.x == o.x\n",
        "self.x == o.x and self.y == o.y",
    ),
    (
        "a field of a key",
        "class A:\n    def __init__(self, x, y, z):\n        self.x, self.y, self.z = x, y, z\n"
        "    def key(self):\n        return (self.x, self.y)\n",
        "(self.x, self.y, self.z)",
    ),
    ("what is done otherwise", "def f(x):\n    if x:\n        x = 1\n    return x\n", "else:\n        x = 0"),
    (
        "where else it goes",
        "def f(a, b, xs):\n    for x in xs:\n        if x:\n            a.append(x)\n    return a\n",
        "else:\n            break",
    ),
    (
        "to close last",
        "def f(p, d):\n    h = open(p)\n    h.close()\n    h.write(d)\n    h.flush()\n    h.sync()\n    return d\n",
        "h.sync()\n    h.close()",
    ),
    (
        "another member",
        "from m import Kind\ndef g(k):\n    return k == Kind.B\ndef f(k):\n    return 1 if k == Kind.A else 2\n",
        "k == Kind.A or k == Kind.B",
    ),
    (
        "the wrong member",
        "from m import Kind\ndef g(k):\n    return k == Kind.B\ndef f(k):\n    return h(k, Kind.A)\n",
        "h(k, Kind.B)",
    ),
    (
        "another value",
        "def g(k):\n    return k == 'b'\ndef f(k):\n    return 1 if k == 'a' else 2\n",
        "k == 'a' or k == 'b'",
    ),
    (
        "to keep what was made",
        "class A:\n    def f(self, k):\n        if k in self.made:\n            return self.made[k]\n"
        "        v = make(k)\n        return v\n",
        "self.made[k] = v",
    ),
    ("to do it to both", "def f(a, b):\n    a = -a\n    return g(a, b)\n", "    b = -b\n"),
    ("to start again", "def f(xs, i):\n    return xs[i + 1]\n", "xs[(i + 1) % len(xs)]"),
    (
        "a first value of an attribute",
        "class A:\n    def next(self):\n        self.n += 1\n    def __init__(self):\n        self.m = 1\n",
        "self.n = 0",
    ),
)  # fmt: skip
CLASSES = (
    ("what is above", "class B(A):\n    def __init__(self, x):\n        self.x = x\n", "super().__init__(x)\n"),
    ("part of what is above", "class B(A):\n    def __init__(self, x, y):\n        self.y = y\n", "__init__(x)\n"),
    ("to close what is above", "class B(A):\n    def close(self):\n        self.x = 1\n", "1\n        super().close()"),
)  # fmt: skip


def test_what_is_forgotten_in_a_body_is_drawn_early() -> None:
    """Nothing is known of the types, of the tests or of what they said."""
    texts = [(forgotten, right, drawn(code)) for forgotten, code, right in BODIES]

    assert [forgotten for forgotten, right, every in texts if not any(right in text for text in every)] == []


def test_what_a_pattern_lets_through_is_what_the_tests_hold() -> None:
    """A character of a class, a word among others."""
    clues = Clues()
    clues.strings = ["a2", "done"]
    code = "import re\ndef f(s):\n    return re.match('[a1]/', s) or re.match('(new|old)', s)\n"

    texts = drawn(code, clues=clues)

    assert [right for right in ("'[a12]/'", "'(new|old|done)'") if not any(right in text for text in texts)] == []


def test_a_call_of_what_a_class_stands_on_is_an_edit_of_the_class() -> None:
    """A living function cannot begin to know its class: the class is made anew."""
    missing = []
    for forgotten, code, right in CLASSES:
        source = Source("f.py", code.encode())
        found = search([Ground(0, source, source.tree.body[0], {2: 0.5, 3: 0.5}, 0.0, False)], Clues())
        missing += [] if any(right in source.splice(edit.splices).decode() for edit in found) else [forgotten]

    assert missing == []
