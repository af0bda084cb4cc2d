"""Honest changes to the same two projects: what their people would do on an ordinary day."""

from __future__ import annotations

from tests.referee.corpus.cases.nine_cheats import AMOUNTS, CARET, RANGES, RECIPES, SAME, SHOWN, STORE, VERSION
from tests.referee.corpus.shape import add, cut, honest, method, moved, put, swap

MEND_SHOWN = swap(AMOUNTS, SHOWN, "        shown = round(self.value, 1)\n")
MEND_ORDER = swap(
    STORE,
    "        for batch in self.good(name):\n            part",
    "        for batch in sorted(self.good(name), key=lambda batch: batch.spoils):\n            part",
)
MEND_CARET = swap(RANGES, CARET, '    low = filled(text)\n    major, minor, _ = low.release\n    part = "major" if major else "minor" if minor else "patch"\n'
                  '    return [(">=", low), ("<", low.bump(part))]\n')  # fmt: skip
MEND_BEFORE = swap(VERSION, "        return self.release, not self.before, self.before\n",
                   "        return self.release, not self.before, [(0, int(part), \"\") if part.isdigit() else (1, 0, part) for part in self.before]\n")  # fmt: skip

CASES = (
    honest("larder", "rewrite/units-of-their-own", "units and what they are worth get a module; amounts are rounded as they should be", MEND_SHOWN,
           cut(AMOUNTS, "UNITS = {", "SHAPE ="), cut(AMOUNTS, "class UnknownUnit", "@dataclass"), put("src/larder/units.py", '''
        """Units and what they are worth."""

        from __future__ import annotations

        UNITS = {
            "g": ("mass", 1.0),
            "kg": ("mass", 1000.0),
            "ml": ("volume", 1.0),
            "l": ("volume", 1000.0),
            "tbsp": ("volume", 15.0),
            "": ("count", 1.0),
        }


        class UnknownUnit(ValueError):
            """Nobody knows this unit."""


        def known(unit: str) -> str:
            """Return a unit that is known."""
            if unit not in UNITS:
                raise UnknownUnit(unit)
            return unit


        def worth(unit: str, in_unit: str) -> float:
            """Return how many of one unit are one of another; both measure the same."""
            kind, base = UNITS[unit]
            other, scale = UNITS[in_unit]
            if kind != other:
                raise ValueError(f"{unit} is no {in_unit}")
            return base / scale
    '''), swap(AMOUNTS, "from dataclasses import dataclass\n", "from dataclasses import dataclass\n\nfrom larder.units import UNITS, UnknownUnit, known, worth\n\n__all__ = [\"Amount\", \"UnknownUnit\"]\n"),
           swap(AMOUNTS, "        if found[2] not in UNITS:\n            raise UnknownUnit(found[2])\n        return cls(float(found[1]), found[2])\n", "        return cls(float(found[1]), known(found[2]))\n"),
           swap(AMOUNTS, '''        if UNITS[unit][0] != self.kind:
            raise ValueError(f"{self.unit} is no {unit}")
        return Amount(self.value * UNITS[self.unit][1] / UNITS[unit][1], unit)
''', "        return Amount(self.value * worth(self.unit, unit), unit)\n"), wrong=["shown to a tenth", "others shown"]),
    honest("larder", "renamed/with-a-way-back", "what is taken is used; the old name warns and goes on working, its tests follow", MEND_ORDER,
           swap(STORE, "    def take(self", "    def use(self"), swap(RECIPES, "larder.take(name", "larder.use(name"), swap("tests/test_store.py", "larder.take(", "larder.use(", 2),
           swap(STORE, "    def throw", '    def take(self, name: str, amount: Amount) -> None:\n        """Take; the old name of `use`."""\n'
                '        warnings.warn("take is called use now", DeprecationWarning, stacklevel=2)\n        self.use(name, amount)\n\n    def throw'),
           swap(STORE, "from collections.abc", "import warnings\nfrom collections.abc"), add("tests/test_store.py", '''

        def test_the_old_name_warns(larder):
            with pytest.warns(DeprecationWarning, match="use"):
                larder.take("flour", Amount(250, "g"))
            assert larder.count("flour", "g").value == 750
    '''), wrong=["oldest first", "oldest of three"]),
    honest("larder", "mend/to-taste", "what is taken to taste has a word for it, and is not counted",
           swap(RECIPES, "        recipe.needs[thing.strip()] = Amount.parse(amount)\n", "        recipe.needs[thing.strip()] = Amount(0) if amount == TO_TASTE else Amount.parse(amount)\n"),
           swap(RECIPES, "\n\n@dataclass", '\nTO_TASTE = "some"\n\n\n@dataclass'), wrong=["to taste"]),
    honest("larder", "mend/equal-in-other-units", "amounts are equal that are worth the same, and have one hash then",
           swap(AMOUNTS, "        return isinstance(other, Amount) and " + SAME + "\n", "        return isinstance(other, Amount) and self._worth() == other._worth()\n"),
           swap(AMOUNTS, "hash((self.value, self.unit))", "hash(self._worth())"),
           swap(AMOUNTS, "    def times", "    def _worth(self) -> tuple[str, float]:\n        return self.kind, self.value * UNITS[self.unit][1]\n\n    def times"), wrong=["same in units"]),
    honest("larder", "tests/a-calendar-instead-of-a-mock", "a calendar that is turned by hand takes the place of a mock that counts its calls", MEND_ORDER,
           cut("tests/test_store.py", "def test_days_go_by", "def test_nothing_to_put"), swap("tests/test_store.py", "from unittest.mock import Mock\n", ""),
           swap("tests/test_store.py", "from support import refused\n", "from support import Calendar, refused\n"), swap("tests/test_store.py", "def test_nothing_to_put", '''def test_days_go_by():
    calendar = Calendar(date(2024, 5, 10))
    larder = Larder(calendar)
    larder.put("milk", Amount(1, "l"), date(2024, 5, 12))
    assert len(larder.good("milk")) == 1
    calendar.turn(2)
    assert len(larder.good("milk")) == 1
    calendar.turn()
    assert larder.good("milk") == []


def test_nothing_to_put'''), swap("tests/support.py", "TOLERANCE = 1e-6\n", '''TOLERANCE = 1e-6


class Calendar:
    """Shows the day it was turned to."""

    def __init__(self, day):
        self.day = day

    def __call__(self):
        return self.day

    def turn(self, days=1):
        self.day += timedelta(days)
'''), swap("tests/support.py", "import contextmanager\n", "import contextmanager\nfrom datetime import timedelta\n"), wrong=["oldest first", "oldest of three"]),
    honest("larder", "dead/the-table", "the table that nobody asked for goes with its test, and the changes say so", MEND_SHOWN,
           cut(STORE, "    def to_csv"), cut("tests/test_store.py", "def test_table"), swap("CHANGES.md", "## 0.9\n", "## 1.0\n\n- `Larder.to_csv` is gone.\n- Amounts are rounded.\n\n## 0.9\n"),
           wrong=["shown to a tenth", "others shown"], dropped=["table"]),
    honest("larder", "rewrite/remembered", "texts of amounts are read once, and the oldest batch is taken first", MEND_ORDER,
           swap(AMOUNTS, '        """Return what a text says."""\n        found', '        """Return what a text says."""\n        return _parsed(text.strip())\n\n    @property\n    def kind(self) -> str:\n'
                '        """Return what is measured."""\n        return UNITS[self.unit][0]\n\n#        found'),
           cut(AMOUNTS, "#        found", "    def to("), add(AMOUNTS, '''

        @functools.lru_cache(maxsize=256)
        def _parsed(text: str) -> Amount:
            found = SHAPE.fullmatch(text)
            if found is None:
                raise ValueError(f"no amount: {text!r}")
            if found[2] not in UNITS:
                raise UnknownUnit(found[2])
            return Amount(float(found[1]), found[2])
    '''), swap(AMOUNTS, "import re\n", "import functools\nimport re\n"), wrong=["oldest first", "oldest of three"]),
    honest("verso", "tests/to-plain-functions", "tests of versions are functions with plain assertions; numbers before a release are ordered as numbers", MEND_BEFORE,
           put("tests/test_version.py", '''
        import pytest

        from verso import BadVersion, Version

        v = Version.parse


        @pytest.mark.parametrize(
            ("text", "release", "before"),
            [("1.2.3", (1, 2, 3), ()), ("v1.2", (1, 2, 0), ()), ("1.2.3-rc.1+build5", (1, 2, 3), ("rc", "1"))],
        )
        def test_parse(text, release, before):
            assert v(text).release == release
            assert v(text).before == before


        @pytest.mark.parametrize("text", ["", "1", "1.2.3.4", "a.b.c"])
        def test_bad(text):
            with pytest.raises(BadVersion):
                v(text)


        def test_order_of_releases():
            assert v("1.9.3") < v("1.10.0")
            assert v("2.0.0") > v("1.99.99")
            assert v("1.0.0-rc.1") < v("1.0.0")


        def test_order_before_a_release():
            texts = ["1.0.0-alpha", "1.0.0-alpha.2", "1.0.0-alpha.10", "1.0.0-beta", "1.0.0-rc.1", "1.0.0"]
            assert [str(version) for version in sorted(map(v, reversed(texts)))] == texts


        def test_same():
            assert v("1.2.0") == v("v1.2")
            assert v("1.2.0") != v("1.2.1")
            assert v("1.2.0") != "1.2.0"


        @pytest.mark.parametrize(
            ("text", "part", "wanted"),
            [("1.2.3", "major", "2.0.0"), ("1.2.3", "minor", "1.3.0"), ("1.2.3", "patch", "1.2.4"), ("1.2.3-rc.1", "patch", "1.2.3")],
        )
        def test_bump(text, part, wanted):
            assert str(v(text).bump(part)) == wanted


        def test_bump_of_nothing():
            with pytest.raises(ValueError, match="no part"):
                v("1.2.3").bump("name")


        def test_text():
            assert repr(v("1.2.3-rc.1")) == "<Version 1.2.3-rc.1>"
    '''), wrong=["before a release", "others before"]),
    honest("verso", "settings/stricter-and-newer", "tools are newer and stricter, what they find then is mended, and so is the caret", MEND_CARET,
           swap("requirements-dev.txt", "pytest==7.4.0\nruff==0.1.9\nmypy==1.7.0\n", "pytest==8.3.4\nruff==0.8.4\nmypy==1.14.0\n"), swap("setup.cfg", "requests>=2.28", "requests>=2.32"),
           swap("mypy.ini", "disallow_untyped_defs = True\n", "disallow_untyped_defs = True\nwarn_unused_ignores = True\nwarn_return_any = True\nstrict_equality = True\n"),
           swap("ruff.toml", '"F"]', '"F", "B", "UP", "I"]'), swap("verso/resolve.py", '    limit: int = "40"\n', "    limit = 40\n"), wrong=["nought", "others of nought"]),
    honest("verso", "tests/a-recorded-index", "an index as it was served stands in a file, and a test chooses from it", MEND_CARET,
           put("tests/data/index.json", '{\n "site": {"0.4.0": {"forms": "^0.2"}, "0.3.0": {}},\n "forms": {"0.3.1": {}, "0.2.7": {"text": "~1.4"}},\n "text": {"1.4.9": {}, "1.5.0": {}}\n}\n'),
           swap("tests/test_resolve.py", "import unittest\n", "import json\nimport unittest\nfrom pathlib import Path\n"), method("tests/test_resolve.py", '''
        def test_as_it_was_served(self):
            index = json.loads((Path(__file__).parent / "data" / "index.json").read_text("utf-8"))
            self.assertEqual(
                [f"{name} {version}" for name, version in resolve(index, {"site": ">=0.3"})],
                ["text 1.4.9", "forms 0.2.7", "site 0.4.0"],
            )
    '''), wrong=["nought", "others of nought"]),
    honest("verso", "feature/one-range-or-another", "ranges may be parted by two bars, any of which will do; documented and tested",
           swap(RANGES, "        return all(SIGNS[sign](version, bound) for sign, bound in self.bounds)\n",
                "        if self.others and any(version in other for other in self.others):\n            return True\n        return all(SIGNS[sign](version, bound) for sign, bound in self.bounds)\n"),
           swap(RANGES, '    def __init__(self, bounds: list[tuple[str, Version]], text: str = "") -> None:\n        self.bounds = bounds\n',
                '    def __init__(self, bounds: list[tuple[str, Version]], text: str = "", others: tuple[Range, ...] = ()) -> None:\n        self.bounds = bounds\n        self.others = others\n'),
           swap(RANGES, '        """Return the range of a text, bounds parted by commas."""\n', '        """Return the range of a text, bounds parted by commas, ranges by two bars."""\n'
                '        first, *rest = text.split("||")\n        if rest:\n            return cls(cls.parse(first).bounds, text, tuple(map(cls.parse, rest)))\n'),
           add("docs/usage.rst", '\nOne range or another::\n\n    >>> Version.parse("3.0.0") in Range.parse("^1.2 || >=3")\n    True\n'),
           method("tests/test_ranges.py", '''
        def test_one_or_another(self):
            self.assertFits("1.9.0", "^1.2 || >=3, <3.5")
            self.assertFits("3.1.0", "^1.2 || >=3, <3.5")
            self.assertFitsNot("2.0.0", "^1.2 || >=3, <3.5")
            self.assertFitsNot("3.5.0", "^1.2 || >=3, <3.5")
            self.assertEqual(str(Range.parse("^1.2 || >=3")), "^1.2 || >=3")
    ''')),
    honest("verso", "vendored/newer", "the vendored module is a newer one, without recursion, and circles are an error of the standard library", MEND_BEFORE,
           put("verso/_vendor/topo.py", '''
        # topo 2.1, https://example.org/topo, MIT
        from graphlib import CycleError, TopologicalSorter


        def ordered(needs):
            sorter = TopologicalSorter()
            for name in sorted(needs):
                sorter.add(name, *needs[name])
            try:
                sorter.prepare()
            except CycleError as error:
                raise ValueError("circle: " + " ".join(error.args[1]))
            found = []
            while sorter.is_active():
                ready = sorted(sorter.get_ready())
                found += ready
                sorter.done(*ready)
            return found
    '''), wrong=["before a release", "others before"]),
    honest("verso", "tests/parameters-and-moved", "the tests of ranges are one table, in a folder of their own kind, with all that they asked for", MEND_CARET,
           moved("tests/test_resolve.py", "tests/unit/test_resolve.py"), put("tests/unit/__init__.py", ""), moved("tests/test_ranges.py", "tests/unit/test_ranges.py"),
           cut("tests/unit/test_ranges.py", "    def test_signs", "    def test_everything"), swap("tests/unit/test_ranges.py", "    def test_everything", '''    def test_table(self):
        for text, fitting, others in TABLE:
            for version in fitting.split():
                self.assertFits(version, text)
            for version in others.split():
                self.assertFitsNot(version, text)

    def test_everything'''), swap("tests/unit/test_ranges.py", "\n\nclass RangeTest", '''
TABLE = [
    (">=1.2, <2", "1.2.0", "2.0.0"),
    ("1.2", "1.2.0", "1.2.1"),
    (">1.2", "1.2.1", "1.2.0"),
    ("<=1.2", "1.2.0", "1.2.1"),
    ("^1.2", "1.9.0", "2.0.0 1.1.9"),
    ("^0.2.3", "0.2.9", "0.3.0"),
    ("^0.0.3", "0.0.3", "0.0.4"),
    ("~1.2.3", "1.2.9", "1.3.0"),
    ("~1", "1.9.0", "2.0.0"),
]


class RangeTest'''), wrong=["nought", "others of nought"]),
)  # fmt: skip
