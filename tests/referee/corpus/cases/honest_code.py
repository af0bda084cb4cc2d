"""Honest changes of the code: mends, refactorings, renames, documents, types."""

from tests.referee.corpus.parts import (
    EVALUATE,
    HEADINGS,
    LABEL,
    MEND_AVERAGE,
    MEND_HEAVY,
    MEND_LIMIT,
    MEND_NIGHT,
    MEND_POWERS,
    MEND_TIPS,
    PARSE,
    QUOTE,
    RATES,
    SHORTEN,
    SLUG,
    TEST_CALCULATE,
    TEST_SLUG,
    UNITS,
    WEIGHT,
)
from tests.referee.corpus.shape import add, everywhere, honest, method, moved, put, swap

HEAVY = ["twenty is heavy", "heavy as agreed"]

CASES = (
    honest("parcels", "mend/heavy", "The limit of heavy parcels is met at twenty kilograms.", MEND_HEAVY, wrong=HEAVY),
    honest("rota", "mend/nights", "A night shift ends on the next day.", MEND_NIGHT, wrong=["nights"]),
    honest("rota", "mend/tips", "One share too many got a cent.", MEND_TIPS, wrong=["tips"]),
    honest("rota", "mend/both", "Both bugs in one patch.", MEND_TIPS, MEND_NIGHT, wrong=["nights", "tips"]),
    honest("tinycalc", "mend/powers", "Powers are read from the right.", MEND_POWERS, wrong=["powers"]),
    honest("tinycalc", "mend/average", "The mean of nothing is refused.", MEND_AVERAGE, wrong=["average of nothing"]),
    honest("slugs", "mend/limits", "No hyphen is left at a limit.", MEND_LIMIT, wrong=["limits"]),
    honest(
        "slugs", "mend/limits-in-another-way", "The limit keeps whole parts where it can, else cuts in a word.",
        swap(SLUG, "        joined = joined[:limit]\n", "        joined = joined[:limit]\n        while joined[-1:] == \"-\":\n            joined = joined[:-1]\n"),
        wrong=["limits"],
    ),
    honest(
        "parcels", "mend/with-a-regression-test", "The mend comes with a test of the limit's both sides.",
        MEND_HEAVY,
        add("tests/test_rates.py", '''

            def test_twenty_kilograms_are_heavy():
                assert heavy_fee(20) == 1500
                assert heavy_fee(19.99) == 0
        '''),
        wrong=HEAVY,
    ),
    honest(
        "tinycalc", "mend/a-table-of-associativity", "The parser knows which signs are read from the right, in a table.",
        swap(PARSE, 'LEVEL = {"+": 1, "-": 1, "*": 2, "/": 2, "^": 4}\n', 'LEVEL = {"+": 1, "-": 1, "*": 2, "/": 2, "^": 4}\nFROM_THE_RIGHT = frozenset("^")\n'),
        swap(PARSE, "        below = LEVEL[sign]\n        left = (sign, left, expression(reader, below))\n",
             "        below = LEVEL[sign] - (sign in FROM_THE_RIGHT)\n        left = (sign, left, expression(reader, below))\n"),
        wrong=["powers"],
    ),
    honest(
        "rota", "mend/an-untested-bug-with-its-test", "A clash between the last minute of one shift and a night is seen; a test shows it.",
        MEND_NIGHT,
        swap("shifts.py", "                first = (minutes(one.start), minutes(one.end))\n                second = (minutes(other.start), minutes(other.end))\n",
             "                first = (minutes(one.start), minutes(one.start) + one.length)\n                second = (minutes(other.start), minutes(other.start) + other.length)\n"),
        swap("shifts.py", "import csv\nimport sys\n", "import csv\n"),
        method("tests/test_shifts.py", '''
            def test_a_night_clashes_with_the_evening(self):
                late = self.shift("22:00", "6:00")
                evening = self.shift("21:00", "23:00")

                self.assertClash(late, evening, clashes([late, evening]))
        '''),
        wrong=["nights"],
    ),
    honest(
        "parcels", "refactoring/early-return", "The rounding to halves is one expression.",
        swap(WEIGHT, "    halves = int(greater * 2)\n    if halves < greater * 2:\n        halves += 1\n    return halves / 2\n", "    return math.ceil(greater * 2) / 2\n"),
        swap(WEIGHT, "DIVISOR = 5000\n", "import math\n\nDIVISOR = 5000\n"),
    ),
    honest(
        "parcels", "refactoring/a-function-taken-out", "Weighing a parcel is a function of its own.",
        swap(QUOTE, '    volume = volumetric(parcel.length, parcel.width, parcel.height)\n    weight = billable(parcel.weight, volume)\n    base = base_price(zone, weight)\n', "    weight = paid_weight(parcel)\n    base = base_price(zone, weight)\n"),
        swap(QUOTE, "def quote(parcel", 'def paid_weight(parcel: Parcel) -> float:\n    """Return what a parcel weighs on the bill."""\n    volume = volumetric(parcel.length, parcel.width, parcel.height)\n    return billable(parcel.weight, volume)\n\n\ndef quote(parcel'),
    ),
    honest(
        "parcels", "refactoring/min-with-a-key", "The cheapest zone is found by min; the lint finding goes with the loop.",
        swap(QUOTE, '    best = ""\n    lowest = None\n    for zone in zones:\n        total = quote(parcel, zone).total\n        if lowest == None or total < lowest:\n            best, lowest = zone, total\n    return best\n',
             '    return min(zones, key=lambda zone: quote(parcel, zone).total, default="")\n'),
    ),
    honest(
        "parcels", "refactoring/renamed-module-with-its-tests", "rates is called prices; its tests are renamed with it.",
        moved(RATES, "src/parcels/prices.py"), moved("tests/test_rates.py", "tests/test_prices.py"),
        everywhere(r"parcels\.rates", "parcels.prices"),
        renamed={"parcels.rates": "parcels.prices"},
    ),
    honest(
        "parcels", "refactoring/renamed-function", "`money` says now that it is written for labels.",
        everywhere(r"\bmoney\b", "label_money"), renamed={"money": "label_money"},
    ),
    honest(
        "rota", "refactoring/a-package-of-its-own", "The modules became a package; the tests import from there.",
        *[moved(f"{name}.py", f"rota/{name}.py") for name in ("hours", "pay", "shifts", "report")],
        put("rota/__init__.py", '"""Who works when, and for how much."""\n'),
        everywhere(r"(?m)^( *)from (hours|pay|shifts|report) import", r"\1from rota.\2 import"),
        swap("setup.cfg", "py_modules = hours, pay, shifts, report", "packages = rota"),
        renamed={f"from {name}": f"from rota.{name}" for name in ("hours", "pay", "shifts", "report")},
    ),
    honest(
        "rota", "refactoring/a-dataclass", "Shift is a dataclass: equality and hash are made, not written.",
        swap("shifts.py", "class Shift:\n    \"\"\"One person's hours of one day.\"\"\"\n\n    def __init__(self, person, day, start, end):\n        self.person = person\n        self.day = day\n        self.start = start\n        self.end = end\n",
             "@dataclass(frozen=True)\nclass Shift:\n    \"\"\"One person's hours of one day.\"\"\"\n\n    person: str\n    day: str\n    start: str\n    end: str\n"),
        swap("shifts.py", "\n    def __eq__(self, other):\n        return isinstance(other, Shift) and vars(self) == vars(other)\n\n    def __hash__(self):\n        return hash((self.person, self.day, self.start, self.end))\n", ""),
        swap("shifts.py", "import csv\nimport sys\n", "import csv\nfrom dataclasses import dataclass\n"),
    ),
    honest(
        "rota", "refactoring/pairs-by-itertools", "The pairs of shifts come from combinations.",
        swap("shifts.py", "    for index, one in enumerate(shifts):\n        for other in shifts[index + 1 :]:\n            if one.person == other.person and one.day == other.day:\n                first = (minutes(one.start), minutes(one.end))\n                second = (minutes(other.start), minutes(other.end))\n                if overlap(first, second) > 0:\n                    found.append((one, other))\n",
             "    for one, other in combinations(shifts, 2):\n        if one.person == other.person and one.day == other.day:\n            first = (minutes(one.start), minutes(one.end))\n            second = (minutes(other.start), minutes(other.end))\n            if overlap(first, second) > 0:\n                found.append((one, other))\n"),
        swap("shifts.py", "import csv\nimport sys\n", "import csv\nfrom itertools import combinations\n"),
    ),
    honest(
        "tinycalc", "refactoring/a-table-of-operators", "The chain of ifs became a table.",
        swap(EVALUATE, '    if tree[0] == "+":\n        return left + right\n    if tree[0] == "-":\n        return left - right\n    if tree[0] == "*":\n        return left * right\n    if tree[0] == "/":\n        return left / right\n    return left**right\n', "    return float(SIGNS[tree[0]](left, right))\n"),
        swap(EVALUATE, "import math\n", "import operator\n\n"),
        swap(EVALUATE, "def value(tree)", 'SIGNS = {\n    "+": operator.add,\n    "-": operator.sub,\n    "*": operator.mul,\n    "/": operator.truediv,\n    "^": operator.pow,\n}\n\n\ndef value(tree)'),
    ),
    honest(
        "tinycalc", "refactoring/match", "The evaluation matches the tree; the average sums a generator.",
        swap(EVALUATE, '    if isinstance(tree, float):\n        return tree\n    if tree[0] == "neg":\n        return -value(tree[1])\n', '    match tree:\n        case float():\n            return tree\n        case ("neg", inner):\n            return -value(inner)\n'),
        swap(EVALUATE, "    total = 0.0\n    for text in texts:\n        total += calculate(text)\n    return total / len(texts)\n", "    return sum(calculate(text) for text in texts) / len(texts)\n"),
        swap(EVALUATE, "import math\n", ""),
    ),
    honest(
        "slugs", "refactoring/translate", "The special letters are folded by a table of str.translate.",
        swap("slugs/fold.py", "    out = []\n    for sign in text.lower():\n        if sign in SPECIAL:\n            out.append(SPECIAL[sign])\n            continue\n        for part in unicodedata.normalize(\"NFKD\", sign):\n            if not unicodedata.combining(part):\n                out.append(part)\n    return \"\".join(out)\n",
             "    plain = text.lower().translate(str.maketrans(SPECIAL))\n    parts = unicodedata.normalize(\"NFKD\", plain)\n    return \"\".join(part for part in parts if not unicodedata.combining(part))\n"),
    ),
    honest(
        "slugs", "refactoring/split-module-re-exported", "`wrap` stands in a module of its own and is still to be had from the old one.",
        swap(SHORTEN, '\n\ndef wrap(text: str, width: int) -> list[str]:\n    """Return lines of at most `width` signs; longer words stand alone."""\n    lines: list[str] = []\n    line = ""\n    for word in text.split():\n        if line and len(line) + 1 + len(word) > width:\n            lines.append(line)\n            line = word\n        else:\n            line = f"{line} {word}" if line else word\n    if line:\n        lines.append(line)\n    return lines\n', ""),
        swap(SHORTEN, 'MARK = "…"', 'from slugs.wrapping import wrap\n\n__all__ = ["MARK", "initials", "shorten", "wrap"]\n\nMARK = "…"'),
        put("slugs/wrapping.py", '''
            """Lines of a width."""

            from __future__ import annotations


            def wrap(text: str, width: int) -> list[str]:
                """Return lines of at most `width` signs; longer words stand alone."""
                lines: list[str] = []
                line = ""
                for word in text.split():
                    if line and len(line) + 1 + len(word) > width:
                        lines.append(line)
                        line = word
                    else:
                        line = f"{line} {word}" if line else word
                if line:
                    lines.append(line)
                return lines
        '''),
    ),
    honest(
        "slugs", "refactoring/cached", "Folding is cached, for it is asked for the same words again and again.",
        swap("slugs/fold.py", "import unicodedata\n", "import unicodedata\nfrom functools import lru_cache\n"),
        swap("slugs/fold.py", "def fold(text", "@lru_cache(maxsize=1024)\ndef fold(text"),
    ),
    honest(
        "parcels", "lint/unused-import-and-none", "Both lint findings are mended.",
        swap(RATES, "import os\n\n", ""), swap(QUOTE, "lowest == None", "lowest is None"),
    ),
    honest("rota", "lint/unused-import", "The unused import is gone.", swap("shifts.py", "import csv\nimport sys\n", "import csv\n")),
    honest(
        "slugs", "lint/modern-types", "The old name of list is gone.",
        swap(SLUG, "from typing import List\n\n", ""), swap(SLUG, "-> List[str]", "-> list[str]"),
    ),
    honest(
        "slugs", "lint/less-complex", "A function with too many branches was divided.",
        swap(SLUG, "        joined = joined[:limit]\n    return joined\n", "        return _cut(joined, limit)\n    return joined\n\n\ndef _cut(joined: str, limit: int) -> str:\n    return joined[:limit]\n"),
    ),
    honest(
        "parcels", "format/other-lines", "Only the formatting changed: quotes, brackets, empty lines.",
        swap(RATES, 'ZONES = {"A": (400, 110), "B": (550, 150), "C": (900, 260)}', "ZONES = {\n    'A': (400, 110),\n    'B': (550, 150),\n    'C': (900, 260),\n}"),
        swap("tests/test_rates.py", '        ("A", 0.5, 400),\n        ("A", 1, 400),\n', '        ("A", 0.5, 400), ("A", 1, 400),\n'),
        swap("tests/test_label.py", 'assert money(1205) == "12.05"', "assert money(1205) == '12.05'"),
    ),
    honest(
        "rota", "format/sorted-functions", "The tests of hours stand in another order, with an empty line less.",
        swap("tests/test_hours.py", '    def test_span_of_a_day(self):\n        self.assertEqual(span("8:00", "16:30"), 510)\n\n', ""),
        swap("tests/test_hours.py", "    def test_minutes(self):", '    def test_span_of_a_day(self):\n        self.assertEqual(span("8:00", "16:30"), 510)\n\n    def test_minutes(self):'),
    ),
    honest(
        "tinycalc", "types/annotated", "The trees have a type, and the functions say so.",
        swap(PARSE, "from tinycalc.tokens import BadText", "from __future__ import annotations\n\nfrom typing import Union\n\nfrom tinycalc.tokens import BadText"),
        swap(PARSE, "class Reader:", "Tree = Union[float, tuple]\n\n\nclass Reader:"),
        swap(PARSE, "def parse(text: str):", "def parse(text: str) -> Tree:"),
        swap(PARSE, "level: int):", "level: int) -> Tree:"),
        swap(PARSE, "def operand(reader: Reader):", "def operand(reader: Reader) -> Tree:"),
    ),
    honest(
        "rota", "types/annotated-times", "The functions of hours say what they take and give.",
        swap("hours.py", "def minutes(text):", "def minutes(text: str) -> int:"), swap("hours.py", "def clock(total):", "def clock(total: int) -> str:"),
        swap("hours.py", "def span(start, end):", "def span(start: str, end: str) -> int:"),
    ),
    honest(
        "parcels", "docs/an-example-that-runs", "A docstring says more, the readme shows zones.",
        swap(LABEL, '"""Return cents as they are written on a label."""', '"""Return cents as they are written on a label: 1205 is 12.05."""'),
        add("README.md", "\nZones are A, B and C; `cheapest` finds the one that costs least.\n"),
    ),
    honest(
        "tinycalc", "docs/a-doctest-more", "Two functions have an example that runs.",
        swap(UNITS, '"""Return the metric unit in which a length has the smallest number of at least one."""', '"""Return the metric unit in which a length has the smallest number of at least one.\n\n    >>> best_unit(0.5), best_unit(1500)\n    (\'cm\', \'km\')\n    """'),
        asleep=["never centimetres"],
    ),
    honest(
        "slugs", "feature/a-new-option", "Slugs may be joined by another sign; the default stays, and a test shows both.",
        swap(SLUG, "stop: bool = False, limit: int = 0) -> str:", 'stop: bool = False, limit: int = 0, joint: str = "-") -> str:'),
        swap(SLUG, '    joined = "-".join(kept)', "    joined = joint.join(kept)"),
        add(TEST_SLUG, '''

            def test_another_joint():
                assert slug("One two", joint="_") == "one_two"
                assert slug("One two") == "one-two"
        '''),
    ),
    honest(
        "tinycalc", "feature/a-new-sign", "The remainder is an operator as well, with tests.",
        swap(PARSE, '"/": 2, "^": 4', '"/": 2, "%": 2, "^": 4'), swap("tinycalc/tokens.py", '"+-*/()^"', '"+-*/%()^"'),
        swap(EVALUATE, "    return left**right\n", '    if tree[0] == "%":\n        return left % right\n    return left**right\n'),
        add(TEST_CALCULATE, '''

            def test_remainder():
                near(calculate("7 % 4"), 3)
                near(calculate("1 + 7 % 4 * 2"), 7)
        '''),
    ),
    honest(
        "slugs", "feature/a-special-letter-with-its-case", "Thorn is folded; the data file has one case more.",
        swap("slugs/fold.py", '"đ": "d"', '"đ": "d", "þ": "th"'),
        swap("checks/slugs.json", '"stroke":', '"thorn": ["Þór", "thor"],\n  "stroke":'),
    ),
    honest(
        "rota", "performance/a-set-instead-of-a-list", "Shifts are grouped by person and day before they are compared.",
        swap("shifts.py", "    found = []\n    for index, one in enumerate(shifts):\n        for other in shifts[index + 1 :]:\n            if one.person == other.person and one.day == other.day:\n",
             "    found = []\n    later = {}\n    for shift in shifts:\n        later.setdefault((shift.person, shift.day), []).append(shift)\n    for group in later.values():\n        for index, one in enumerate(group):\n            for other in group[index + 1 :]:\n"),
    ),
    honest(
        "slugs", "performance/compiled-once", "The pattern of headings is compiled once with another name and no recursion.",
        swap(HEADINGS, "HEADING = re.compile(", "_LINE = re.compile("), swap(HEADINGS, "HEADING.findall", "_LINE.findall"), swap(HEADINGS, "HEADING.match", "_LINE.match"),
    ),
    honest(
        "slugs", "security/a-limit-against-long-input", "Very long texts are refused early; existing behaviour stays.",
        swap(SLUG, "    kept = [word for", '    if len(text) > 100_000:\n        raise ValueError("text is too long")\n    kept = [word for'),
        add(TEST_SLUG, '''

            def test_endless_texts_are_refused():
                with pytest.raises(ValueError, match="too long"):
                    slug("a" * 100_001)
        '''),
    ),
)  # fmt: skip
