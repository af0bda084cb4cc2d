"""Honest changes to the code of the six layouts, some with tests that follow."""

from __future__ import annotations

from tests.referee.corpus.layouts_of_six import TILL
from tests.referee.corpus.shape import add, cut, everywhere, gone, honest, moved, put, swap

MONEY = "till/money.py"
CALENDAR = "src/almanac/calendar.py"
DURATION = "src/almanac/duration.py"
MEND_ROUNDING = (
    swap(
        MONEY,
        "Money(int(self.cents * factor), self.currency)",
        "Money(int((self.cents * factor).quantize(Decimal(1), ROUND_HALF_UP)), self.currency)",
    ),
    swap(MONEY, "from decimal import Decimal\n", "from decimal import ROUND_HALF_UP, Decimal\n"),
)
MEND_RATES = swap("till/rates.py", "return rates[kind]", 'return rates.get(kind, rates["standard"])')
MEND_LEAP = swap(
    CALENDAR, "year % 4 == 0 and year % 100 != 0", "year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)"
)
MEND_ROMAN = swap(
    "roman.py", "    if rest or not text:\n", "    if rest or not text or to_roman(number) != text.upper():\n"
)
MEND_CONTENTS = swap("chapters.py", "enumerate(titles, 1) if title]", "enumerate(filter(None, titles), 1)]")
MEND_SPLIT = swap("prose/case.py", 'r"[A-Z]?[a-z0-9]+|[A-Z]"', 'r"[A-Z]+(?![a-z])|[A-Z]?[a-z0-9]+"')
MEND_RING = swap("shelf.py", "        start = 0\n", "        start = (self._next - self._count) % len(self._items)\n")
MEND_CRC = swap("wire/crc.py", "range(7)", "range(8)")

TABLE: list[int] = []
for _byte in range(256):
    for _ in range(8):
        _byte = (_byte >> 1) ^ 0xA001 if _byte & 1 else _byte >> 1
    TABLE.append(_byte)
ROWS = "\n".join("    " + ", ".join(f"0x{value:04X}" for value in TABLE[i : i + 8]) + "," for i in range(0, 256, 8))

CASES = (
    # --- mended as people mend
    honest("till", "mend/rounding", "halves of a cent are rounded up", *MEND_ROUNDING, wrong=["rounded", "others rounded"]),
    honest("till", "mend/both-bugs", "both bugs in one patch, one of them with a test more", *MEND_ROUNDING, MEND_RATES,
           add("tests/test_rates.py", '''

               def test_kinds_nobody_knows():
                   assert rate("FR", "toys") == 20
           '''), wrong=["others rounded", "standard rate"]),
    honest("till", "mend/rounding-by-hand", "whole numbers and a remainder do it too",
           swap(MONEY, "        return Money(int(self.cents * factor), self.currency)\n",
                "        top, bottom = factor.as_integer_ratio()\n        whole, rest = divmod(self.cents * top, bottom)\n"
                "        return Money(whole + (1 if 2 * rest >= bottom else 0), self.currency)\n"),
           wrong=["others rounded"]),
    honest("almanac", "mend/leap-by-the-library", "the library knows which years are leap years", swap(CALENDAR,
           "return year % 4 == 0 and year % 100 != 0", "return isleap(year)"),
           swap(CALENDAR, "from datetime", "from calendar import isleap\nfrom datetime"), wrong=["2000", "1600"]),
    honest("almanac", "mend/leap-with-a-table-of-lengths", "the bug, and lengths by month in a table of names", MEND_LEAP,
           swap(CALENDAR, "LENGTHS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]",
                "SHORT = {2: 28, 4: 30, 6: 30, 9: 30, 11: 30}"),
           swap(CALENDAR, "return LENGTHS[month - 1]", "return SHORT.get(month, 31)"), wrong=["1600"]),
    honest("romans", "mend/strict-by-a-pattern", "a pattern says how numbers are written",
           swap("roman.py", "    if rest or not text:\n", "    if rest or not PATTERN.fullmatch(text.upper()):\n"),
           swap("roman.py", "class NotRoman", 'PATTERN = re.compile(r"(?=.)M{0,3}(CM|CD|D?C{0,3})(XC|XL|L?X{0,3})(IX|IV|V?I{0,3})")'
                '\n\n\nclass NotRoman'), swap("roman.py", "NUMERALS = (", "import re\n\nNUMERALS = ("),
           wrong=["too many", "others too many"]),
    honest("romans", "mend/numbers-and-titles", "written again and compared; empty titles are passed over first", MEND_ROMAN, MEND_CONTENTS,
           wrong=["others too many", "others empty"]),
    honest("prose", "mend/short-forms", "a better pattern, with another example", MEND_SPLIT,
           swap("prose/case.py", "    >>> snake(\"fooBar\")", "    >>> snake(\"toXMLFile\")\n    'to_xml_file'\n    >>> snake(\"fooBar\")"),
           wrong=["short forms", "other short forms"]),
    honest("prose", "mend/short-forms-by-a-loop", "a loop over the letters instead of a pattern",
           swap("prose/case.py", '    return re.findall(r"[A-Z]?[a-z0-9]+|[A-Z]", name)\n', '''    words, word = [], ""
    for i, letter in enumerate(name):
        after = name[i + 1 : i + 2]
        if not letter.isalnum():
            words, word = [*words, word], ""
        elif letter.isupper() and word and (not word[-1].isupper() or after.islower()):
            words, word = [*words, word], letter
        else:
            word += letter
    return [word for word in [*words, word] if word]
'''), swap("prose/case.py", "import re\n\n", ""), wrong=["short forms", "other short forms"]),
    honest("shelf", "mend/ring", "the ring begins with the oldest", MEND_RING, wrong=["round", "further round"]),
    honest("shelf", "mend/ring-by-deque", "the library has such a ring",
           cut("shelf.py", "        self._items = [None] * size", "class Store"),
           swap("shelf.py", '            raise ValueError("size must be positive")\nclass Store', '''            raise ValueError("size must be positive")
        self._items = deque(maxlen=size)

    def push(self, item):
        """Put an item in; the oldest goes when there is no room."""
        self._items.append(item)

    def __len__(self):
        return len(self._items)

    def __iter__(self):
        return iter(self._items)


class Store'''), swap("shelf.py", "import time\n", "import time\nfrom collections import deque\n"), wrong=["further round"]),
    honest("wire", "mend/eight-bits", "a byte has eight bits", MEND_CRC, wrong=["known sums", "other sums"]),
    honest("wire", "mend/sums-by-a-table", "the usual table of 256 numbers takes the place of the inner loop",
           put("wire/crctable.py", '"""What each byte does to the sum."""\n\nTABLE = (\n' + ROWS + "\n)\n"),
           swap("wire/crc.py", "        crc ^= byte\n        for _ in range(7):\n            crc = (crc >> 1) ^ 0xA001 if crc & 1 else "
                "crc >> 1\n", "        crc = (crc >> 8) ^ TABLE[(crc ^ byte) & 0xFF]\n"),
           swap("wire/crc.py", "from wire.tables import crc_step", "from wire.crctable import TABLE"), wrong=["known sums", "other sums"]),
    # --- the same in other words
    honest("till", "rewrite/cached-table", "the table is read once", swap("till/rates.py", "def load()", "@lru_cache(maxsize=1)\ndef load()"),
           swap("till/rates.py", "import json\n", "import json\nfrom functools import lru_cache\n")),
    honest("till", "rewrite/table-in-code", "the rates move from the data file into a module, unused imports go", gone("till/rates.json"),
           swap("till/rates.py", '    text = (Path(__file__).parent / "rates.json").read_text("utf-8")\n    return json.loads(text, '
                'parse_float=Decimal, parse_int=Decimal)\n', '    return {\n        country: {kind: Decimal(text) for kind, text in rates.items()}\n'
                '        for country, rates in RATES.items()\n    }\n'),
           swap("till/rates.py", "import json\nfrom decimal import Decimal\nfrom pathlib import Path\n", "from decimal import Decimal\n"),
           swap("till/rates.py", "class UnknownCountry", '''RATES = {
    "AT": {"standard": "20", "books": "10", "food": "10"},
    "DE": {"standard": "19", "books": "7", "food": "7"},
    "DK": {"standard": "25"},
    "FR": {"standard": "20", "books": "5.5", "food": "5.5", "medicine": "2.1"},
}


class UnknownCountry''')),
    honest("till", "rewrite/sum-and-generator", "a loop becomes a sum", swap("till/cart.py", "        whole = Money(0)\n        for line in "
           "self.lines:\n            whole = whole + line.total()\n        return whole.times(", "        whole = sum((line.total() for line "
           "in self.lines), Money(0))\n        return whole.times(")),
    honest("till", "rewrite/own-equality", "equality is written out, slower classes lose their magic",
           swap(MONEY, "@dataclass(frozen=True)\nclass Money", "@dataclass(frozen=True, eq=False)\nclass Money"),
           swap(MONEY, "    def times", '''    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Money):
            return NotImplemented
        return self.cents == other.cents and self.currency == other.currency

    def __hash__(self) -> int:
        return hash((self.cents, self.currency))

    def times''')),
    honest("almanac", "rewrite/constants", "numbers get names of their own", swap(DURATION,
           'UNITS = {"w": 604800, "d": 86400, "h": 3600, "m": 60, "s": 1}', 'MINUTE = 60\nHOUR = 60 * MINUTE\nDAY = 24 * HOUR\nWEEK = 7 * DAY\n'
           'UNITS = {"w": WEEK, "d": DAY, "h": HOUR, "m": MINUTE, "s": 1}')),
    honest("almanac", "rewrite/quicker-workdays", "whole weeks are jumped over where no holiday is near",
           swap(CALENDAR, "    left = abs(count)\n", "    left = abs(count)\n    is_free = lru_cache(maxsize=None)(is_workday)\n"),
           swap(CALENDAR, "        if is_workday(day):\n            left", "        if is_free(day):\n            left"),
           swap(CALENDAR, "from datetime import date, timedelta\n", "from datetime import date, timedelta\nfrom functools import lru_cache\n")),
    honest("almanac", "rewrite/typed", "every function says its types", everywhere(r"def is_leap\(year\)", "def is_leap(year: int) -> bool"),
           everywhere(r"def month_length\(year, month\)", "def month_length(year: int, month: int) -> int"),
           everywhere(r"def add_months\(day, months\)", "def add_months(day: date, months: int) -> date"),
           everywhere(r"def seconds\(text\)", "def seconds(text: str) -> int"), everywhere(r"def short\(count\)", "def short(count: int) -> str"),
           everywhere(r'def words\(count, language="en"\)', 'def words(count: int, language: str = "en") -> str')),
    honest("romans", "rewrite/recursion", "recursion instead of loops, errors of a narrower class",
           swap("roman.py", '''    text = ""
    for value, sign in NUMERALS:
        while number >= value:
            text += sign
            number -= value
    return text
''', '''    return _written(number)


def _written(number):
    for value, sign in NUMERALS:
        if number >= value:
            return sign + _written(number - value)
    return ""
'''), swap("roman.py", '        raise NotRoman("1 to 3999 only")', '        raise TooLarge("1 to 3999 only")'),
           swap("roman.py", "def to_roman", 'class TooLarge(NotRoman):\n    """No sign is large enough."""\n\n\ndef to_roman')),
    honest("romans", "rewrite/dispatch", "a table of styles instead of branches", swap("chapters.py", '''    if style == "roman":
        mark = to_roman(number)
    elif style == "arabic":
        mark = str(number)
    elif style == "letter":
        mark = chr(64 + number)
    else:
        raise ValueError(style)
    return''', '''    if style not in STYLES:
        raise ValueError(style)
    mark = STYLES[style](number)
    return'''), swap("chapters.py", "def heading", '''def _letter(number):
    return "ABCDEFGHIJKLMNOPQRSTUVWXYZ"[number - 1]


STYLES = {"roman": to_roman, "arabic": str, "letter": _letter}


def heading''')),
    honest("romans", "rewrite/total-ordering", "the other comparisons come from the library, slots save room",
           swap("ratio.py", "class Ratio:\n", '@total_ordering\nclass Ratio:\n    __slots__ = ("top", "bottom")\n\n'),
           swap("ratio.py", "from math import gcd\n", "from functools import reduce, total_ordering\nfrom math import gcd\nfrom operator import add\n"),
           swap("ratio.py", "    total = Ratio(0)\n    for ratio in ratios:\n        total = total + ratio\n    return total * ",
                "    return reduce(add, ratios, Ratio(0)) * ")),
    honest("prose", "rewrite/textwrap", "the library wraps the lines", swap("prose/wrap.py", '''    lines, line = [], ""
    for word in text.split():
        longer = f"{line} {word}" if line else word
        if line and len(longer) > width:
            lines.append(line)
            line = word
        else:
            line = longer
    return [*lines, line] if line else lines
''', '''    return textwrap.wrap(" ".join(text.split()), width, break_long_words=False, break_on_hyphens=False)
'''), swap("prose/wrap.py", '"""Paragraphs."""\n', '"""Paragraphs."""\n\nimport textwrap\n')),
    honest("prose", "rewrite/most-common", "a heap instead of sorting all", swap("prose/count.py",
           "    return sorted(count(text).items(), key=lambda pair: (-pair[1], pair[0]))[:most]",
           "    return nsmallest(most, count(text).items(), key=lambda pair: (-pair[1], pair[0]))"),
           swap("prose/count.py", "from collections import Counter\n", "from collections import Counter\nfrom heapq import nsmallest\n")),
    honest("shelf", "rewrite/ordered-dict", "what was asked for lately is kept by the library", swap("shelf.py", "self._held = {}", "self._held = OrderedDict()"),
           swap("shelf.py", "            del self._held[next(iter(self._held))]\n", "            self._held.popitem(last=False)\n"),
           swap("shelf.py", "import time\n", "import time\nfrom collections import OrderedDict\n")),
    honest("shelf", "rewrite/with-a-lock", "several threads may ask", swap("shelf.py", "        self.hits = self.misses = 0\n",
           "        self.hits = self.misses = 0\n        self._lock = threading.Lock()\n"),
           swap("shelf.py", "        self._held.pop(key, None)\n        if len(self._held) >= self.room:\n            del self._held[next(iter(self._held))]\n"
                "        self._held[key] = (value, self.clock())\n", "        with self._lock:\n            self._held.pop(key, None)\n"
                "            if len(self._held) >= self.room:\n                del self._held[next(iter(self._held))]\n"
                "            self._held[key] = (value, self.clock())\n"),
           swap("shelf.py", "import time\n", "import threading\nimport time\n")),
    honest("shelf", "rewrite/heap-merge", "merging by the library is quicker", cut("shelf.py", "    found = []\n    for each in lists", "def chunks"),
           swap("shelf.py", '"""Return sorted lists as one."""\n', '"""Return sorted lists as one."""\n    return list(heapq.merge(*lists))\n\n\n'),
           swap("shelf.py", "import bisect\n", "import bisect\nimport heapq\n")),
    honest("wire", "rewrite/split-module", "numbers of variable length get a module of their own, still named in the old one",
           put("wire/varint.py", '''
               """Numbers of variable length."""

               from wire.errors import BadFrame


               def varint(number):
                   """Return seven bits a byte, the lowest first."""
                   if number < 0:
                       raise ValueError("negative")
                   found = bytearray()
                   while number > 0x7F:
                       found.append(number & 0x7F | 0x80)
                       number >>= 7
                   found.append(number)
                   return bytes(found)


               def unvarint(text):
                   """Return a number and how many bytes it took."""
                   number = shift = 0
                   for i, byte in enumerate(text):
                       number |= (byte & 0x7F) << shift
                       shift += 7
                       if not byte & 0x80:
                           return number, i + 1
                   raise BadFrame("it does not end")
           '''),
           put("wire/errors.py", '''
               """What is wrong with a frame."""


               class BadFrame(ValueError):
                   """Bytes that are no frame."""


               class TooLong(BadFrame):
                   """A payload no frame can hold."""
           '''),
           cut("wire/frame.py", "def varint", "def status"), cut("wire/frame.py", "class BadFrame", "def pad"),
           swap("wire/frame.py", "from wire.tables import OPCODES, SIZES, STATUS\n", "from wire.errors import BadFrame, TooLong\nfrom wire.tables import "
                "OPCODES, SIZES, STATUS\nfrom wire.varint import unvarint, varint\n\n__all__ = [\"BadFrame\", \"TooLong\", \"decode\", \"encode\", \"pad\", "
                "\"status\", \"unvarint\", \"varint\"]\n")),
    honest("wire", "rewrite/struct", "frames are read with struct, sums with reduce", swap("wire/frame.py", "    code, length = frame[0], frame[1]\n",
           '    code, length = struct.unpack_from("BB", frame)\n'), swap("wire/frame.py", "from wire.crc", "import struct\n\nfrom wire.crc"),
           swap("wire/crc.py", "    found = 0\n    for byte in text:\n        found ^= byte\n    return found\n", "    return reduce(xor, text, 0)\n"),
           swap("wire/crc.py", "from wire.tables", "from functools import reduce\nfrom operator import xor\n\nfrom wire.tables")),
    honest("wire", "dead/unused-step", "a function nobody calls goes", swap("wire/crc.py", "from wire.tables import crc_step\n\n\n", "\n"),
           cut("wire/tables.py", "def crc_step"),),
    # --- more than before
    honest("till", "feature/percent-coupon", "coupons of any percent, with tests",
           swap("till/cart.py", "        return whole.times(COUPONS.get(self.coupon, Decimal(1)))\n", "        return whole.times(share(self.coupon))\n"),
           add("till/cart.py", '''

               def share(coupon: str) -> Decimal:
                   """Return what is left of a price."""
                   if coupon.startswith("OFF") and coupon[3:].isdigit():
                       return Decimal(100 - min(100, int(coupon[3:]))) / 100
                   return COUPONS.get(coupon, Decimal(1))
           '''),
           add("tests/test_cart.py", '''

               @pytest.mark.parametrize("coupon, wanted", [("OFF20", 800), ("OFF250", 0), ("A", 1000)])
               def test_percent_coupons(coupon, wanted):
                   cart = Cart(coupon=coupon)
                   cart.add("x", Money(1000))
                   assert cart.total() == Money(wanted)
           ''')),
    honest("till", "feature/another-country", "a country more in the table, and its test", swap("till/rates.json", '  "FR": {', '  "ES": {"standard": 21, '
           '"books": 4},\n  "FR": {'), swap("tests/test_rates.py", '["AT", "DE", "FR"]', '["AT", "DE", "ES", "FR"]'),
           add("tests/test_rates.py", '''

               def test_spain():
                   assert rate("ES", "books") == 4
           ''')),
    honest("almanac", "feature/another-language", "French names, with a test", swap(DURATION, '    "de": {"d"', '    "fr": {"d": ("jour", "jours"), "h": '
           '("heure", "heures"), "m": ("minute", "minutes"), "s": ("seconde", "secondes")},\n    "de": {"d"'),
           swap("test/test_duration.py", "    def test_german(self):", "    def test_french(self):\n        assert words(90000, \"fr\") == \"1 jour, 1 heure\"\n"
                "        assert words(7200, \"fr\") == \"2 heures\"\n\n    def test_german(self):")),
    honest("romans", "feature/command-line", "a small program with its test", put("__main__.py", '''
               """Write numbers as the Romans did."""

               import sys

               from roman import to_roman


               def main(arguments):
                   for argument in arguments:
                       print(to_roman(int(argument)))
                   return 0 if arguments else 2


               if __name__ == "__main__":
                   sys.exit(main(sys.argv[1:]))
           '''), put("test_program.py", '''
               import contextlib
               import importlib.util
               import io
               import pathlib
               import unittest


               def program():
                   path = pathlib.Path(__file__).with_name("__main__.py")
                   spec = importlib.util.spec_from_file_location("program", path)
                   module = importlib.util.module_from_spec(spec)
                   spec.loader.exec_module(module)
                   return module


               class ProgramTest(unittest.TestCase):
                   def test_it_prints(self):
                       with contextlib.redirect_stdout(io.StringIO()) as out:
                           self.assertEqual(program().main(["4", "9"]), 0)
                       self.assertEqual(out.getvalue(), "IV\\nIX\\n")

                   def test_it_needs_numbers(self):
                       self.assertEqual(program().main([]), 2)
           ''')),
    honest("shelf", "feature/peek-and-clear", "two methods more, tested", swap("shelf.py", "    def __contains__(self, key):", '''    def peek(self, key, default=None):
        """Return a value and leave everything as it is."""
        value, _ = self._held.get(key, (default, None))
        return value

    def clear(self):
        """Forget all."""
        self._held.clear()
        self.hits = self.misses = 0

    def __contains__(self, key):'''), add("test_shelf.py", '''

               def test_peeking_is_no_asking():
                   store = shelf.Store(2)
                   store.put("a", 1)
                   store.put("b", 2)
                   assert store.peek("a") == 1
                   assert store.peek("z", 5) == 5
                   store.put("c", 3)
                   assert "a" not in store
                   assert store.hits == 0


               def test_clear():
                   store = shelf.Store(2)
                   store.put("a", 1)
                   store.get("a")
                   store.clear()
                   assert len(store) == 0 and store.hits == 0
           ''')),
    honest("shelf", "dead/deprecated", "what was deprecated goes, with its test", cut("shelf.py", "    def old_items", "    def most"),
           cut("test_shelf.py", "def test_old_items", "def test_merge"), dropped=["pairs"]),
    honest("wire", "feature/optional-speedup", "a faster sum is used where a library is installed, the slow one else",
           MEND_CRC, swap("wire/crc.py", "from wire.tables", "try:\n    import crcmod\nexcept ImportError:\n    crcmod = None\n\nfrom wire.tables"),
           swap("wire/crc.py", "    crc = 0xFFFF\n", "    if crcmod is not None:\n        return crcmod.predefined.mkCrcFun(\"modbus\")(bytes(text))\n"
                "    crc = 0xFFFF\n"), wrong=["other sums"]),
    # --- where files are
    honest("till", "moved/into-src", "the package moves below src, the settings follow",
           *(moved(f"till/{name}", f"src/till/{name}") for name in ("__init__.py", "money.py", "rates.json", "rates.py", "cart.py", "receipt.py")),
           swap("pyproject.toml", 'testpaths = ["tests"]', 'testpaths = ["tests"]\npythonpath = ["src"]'), swap("pyproject.toml", 'files = ["till"]', 'files = ["src/till"]'),
           dropped=list(TILL.truths)),
    honest("shelf", "moved/into-a-package", "the module becomes a package that offers the same names", moved("shelf.py", "shelf/__init__.py")),
    honest("romans", "renamed/function", "a function and its calls get a better name", everywhere(r"\bis_roman\b", "is_well_written"),
           everywhere(r"\bNotRoman\b", "NotRomanError"), renamed={"is_roman": "is_well_written", "NotRoman": "NotRomanError"}),
    honest("almanac", "renamed/module", "a module gets a better name, tests follow", moved(CALENDAR, "src/almanac/days.py"),
           moved("test/test_calendar.py", "test/test_days.py"), everywhere(r"almanac\.calendar", "almanac.days"),
           renamed={"almanac.calendar": "almanac.days"}),
)  # fmt: skip
