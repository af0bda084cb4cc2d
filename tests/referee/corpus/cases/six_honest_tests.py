"""Honest changes to the tests and the settings of the six layouts."""

from __future__ import annotations

from tests.referee.corpus.cases.six_honest_code import (
    MEND_CONTENTS,
    MEND_CRC,
    MEND_LEAP,
    MEND_RING,
    MEND_ROMAN,
    MEND_ROUNDING,
    MEND_SPLIT,
)
from tests.referee.corpus.shape import add, cut, everywhere, gone, honest, moved, put, swap

TEST_MONEY = "tests/test_money.py"
TEST_CALENDAR = "test/test_calendar.py"
TEST_DURATION = "test/test_duration.py"
SHELF = "test_shelf.py"
OLD_BUG = swap("tests/golden/coupon.txt", "18.50", "18.49")

CASES = (
    # --- moved, renamed, put together
    honest("till", "tests/split-a-file", "the tests of parsing get a file of their own",
           cut(TEST_MONEY, '@pytest.mark.parametrize(\n    "text, wanted"', "def test_text"),
           swap(TEST_MONEY, "import BadAmount, Mismatch, Money, parse", "import Mismatch, Money"),
           put("tests/test_parse.py", '''
               import pytest

               from till.money import BadAmount, Money, parse


               @pytest.mark.parametrize(
                   "text, wanted",
                   [("12.30 EUR", Money(1230)), ("-4 USD", Money(-400, "USD")), (" 0.05 EUR ", Money(5))],
               )
               def test_parse(text, wanted):
                   assert parse(text) == wanted


               @pytest.mark.parametrize("text", ["", "12", "1.5 EUR", "1.50 euro", "1,50 EUR"])
               def test_parse_refuses(text):
                   with pytest.raises(BadAmount):
                       parse(text)
           ''')) ,
    honest("till", "tests/unit-folder", "all tests move a folder deeper, their data with them",
           *(moved(f"tests/{name}", f"tests/unit/{name}") for name in ("__init__.py", "conftest.py", "support.py", "golden/receipt.txt",
             "golden/coupon.txt", "test_money.py", "test_rates.py", "test_cart.py", "test_receipt.py"))),
    honest("till", "tests/shared-fixture", "carts of one line are made by a fixture", add("tests/conftest.py", '''

               @pytest.fixture
               def single():
                   def made(**options: str) -> Cart:
                       cart = Cart(**options)
                       cart.add("x", Money(1000))
                       return cart

                   return made
           '''), swap("tests/test_cart.py", "def test_coupons(coupon, wanted):\n    cart = Cart(coupon=coupon)\n    cart.add(\"x\", Money(1000))\n"
                      "    assert cart.total()", "def test_coupons(single, coupon, wanted):\n    assert single(coupon=coupon).total()"),
           swap("tests/test_cart.py", "def test_tax():\n    cart = Cart(\"DE\")\n    cart.add(\"x\", Money(1000))\n", "def test_tax(single):\n    cart = "
                "single(country=\"DE\")\n"), swap("tests/test_cart.py", "from till import Cart, Money", "from till import Money")),
    honest("till", "tests/raises-instead-of-own-check", "the library's check takes the place of the project's own",
           cut("tests/support.py", "def check_refused"), swap("tests/test_cart.py", "from .support import check_refused\n\n\n", "\n"),
           swap("tests/test_cart.py", "    check_refused(ValueError, cart.add, \"x\", Money(1), 0)\n", "    with pytest.raises(ValueError, match=\"positive\"):\n"
                "        cart.add(\"x\", Money(1), 0)\n"),
           swap("tests/test_rates.py", "from .support import check_refused\n\n\n", "\n"),
           swap("tests/test_rates.py", "from decimal import Decimal\n", "from decimal import Decimal\n\nimport pytest\n"),
           swap("tests/test_rates.py", "def test_unknown():\n    check_refused(UnknownCountry, rate, \"XX\")\n    check_refused(UnknownCountry, rate, \"\")\n",
                "@pytest.mark.parametrize(\"country\", [\"XX\", \"\"])\ndef test_unknown(country):\n    with pytest.raises(UnknownCountry):\n        rate(country)\n")),
    honest("till", "tests/goldens-inline", "the recordings are so short that they move into the test",
           gone("tests/golden/receipt.txt", "tests/golden/coupon.txt"), cut("tests/support.py", "from pathlib", "def check_refused"),
           put("tests/test_receipt.py", '''
               from till.receipt import barcode, receipt, row

               LINES = ["atlas                  29.99 EUR", "2 x tea                 7.00 EUR", "-" * 32]


               def test_receipt(cart):
                   assert receipt(cart).splitlines() == [*LINES, "total                  36.99 EUR"]


               def test_coupon(cart):
                   cart.coupon = "HALF"
                   wanted = [*LINES, "coupon                      HALF", "total                  18.50 EUR"]
                   assert receipt(cart).splitlines() == wanted


               def test_long_names_are_cut():
                   assert row("x" * 40, "1.00 EUR") == "x" * 23 + " 1.00 EUR"


               def test_barcode():
                   assert barcode(400638133393) == "4006381333931"
                   assert barcode(1) == "0000000000017"
           ''')),
    honest("almanac", "tests/parametrised", "plain tests become parameters, one of them is told twice no more",
           swap(TEST_CALENDAR, '''def test_workdays():
    assert is_workday(date(2024, 5, 2))
    assert not is_workday(date(2024, 5, 1))
    assert not is_workday(date(2024, 5, 4))
''', '''@pytest.mark.parametrize("number, works", [(1, False), (2, True), (3, True), (4, False)])
def test_workdays(number, works):
    assert is_workday(date(2024, 5, number)) is works
''')),
    honest("almanac", "tests/from-classes-to-functions", "classes of tests are given up", swap(TEST_DURATION, "class TestText:\n", ""),
           cut(TEST_DURATION, "class TestStopwatch"), everywhere(r"(?m)^    (@pytest|def test_(?:read|unr|sho|wor|ger))", r"\1"),
           everywhere(r"\(self, text", "(text"), everywhere(r"def (test_short|test_words|test_german)\(self\)", r"def \1()"),
           everywhere(r"(?m)^        (assert seconds|assert short|assert words|with pytest.raises\((?:Bad|Key).*|    seconds\(text\)|    words\(1)", r"    \1"),
           add(TEST_DURATION, '''

               @pytest.fixture
               def watch():
                   times = iter([10.0, 12.5, 20.0, 21.0])
                   return Stopwatch(lambda: next(times))


               def test_laps(watch):
                   watch.start()
                   assert watch.stop() == 2.5
                   watch.start()
                   assert watch.stop() == 1.0
                   assert watch.best() == 1.0


               def test_nothing_to_stop(watch):
                   with pytest.raises(RuntimeError, match="does not"):
                       watch.stop()


               def test_twice(watch):
                   watch.start()
                   with pytest.raises(RuntimeError, match="already"):
                       watch.start()


               def test_no_laps(watch):
                   assert watch.best() is None
           ''')),
    honest("almanac", "tests/all-days-instead-of-chance", "chance becomes a loop over every day, so that nothing depends on a seed",
           swap(TEST_CALENDAR, "    chance = random.Random(11)\n    for _ in range(40):\n        day = date(2024, 1, 1) + timedelta(days=chance.randrange(700))\n",
                "    for number in range(0, 700, 7):\n        day = date(2024, 1, 1) + timedelta(days=number)\n"), swap(TEST_CALENDAR, "import random\n", "")),
    honest("almanac", "tests/stronger", "two vague checks become exact ones", MEND_LEAP,
           swap(TEST_CALENDAR, "    assert sum(month_length(2023, month) for month in range(1, 13)) == 365\n",
                "    assert [month_length(2023, month) for month in range(1, 13)] == [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]\n"),
           swap(TEST_DURATION, '    def test_no_laps', '    def test_best_of_several(self):\n        times = iter([0, 5, 10, 12, 20, 29])\n        watch = '
                'Stopwatch(lambda: next(times))\n        for _ in range(3):\n            watch.start()\n            watch.stop()\n'
                '        assert watch.best() == 2\n        assert watch.laps == [5, 2, 9]\n\n    def test_no_laps'), wrong=["2000"]),
    honest("romans", "tests/sub-tests", "loops name what they ask", swap("test_roman.py", '''        for text in ["", "A", "IXZ", "I I"]:
            self.assertRaises(NotRoman, from_roman, text)
''', '''        for text in ("", "A", "IXZ", "I I"):
            with self.subTest(text=text), self.assertRaises(NotRoman):
                from_roman(text)
'''), swap("test_ratio.py", "        self.assertEqual((self.third.top, self.third.bottom), (1, 3))", "        self.assertEqual(self.third.top, 1)\n        "
           "self.assertEqual(self.third.bottom, 3)")),
    honest("romans", "tests/without-inheritance", "what was inherited is one test over several values", cut("test_ratio.py", "class Laws", "class RatioTest"),
           swap("test_ratio.py", "class RatioTest(", '''class LawsTest(unittest.TestCase):
    RATIOS = [Ratio(1, 2), Ratio(3, -4), Ratio(0), Ratio(9, 3)]

    def test_sums_and_products(self):
        for ratio in self.RATIOS:
            with self.subTest(ratio=ratio):
                self.assertEqual(ratio + Ratio(2, 7), Ratio(2, 7) + ratio)
                self.assertEqual(ratio + Ratio(0), ratio)
                self.assertEqual(ratio * Ratio(1), ratio)

    def test_text(self):
        self.assertEqual([repr(ratio) for ratio in self.RATIOS], ["1/2", "-3/4", "0", "3"])


class RatioTest(''')),
    honest("romans", "tests/into-a-package", "tests move into a package, as discovery likes it",
           *(moved(f"test_{name}.py", f"tests/test_{name}.py") for name in ("roman", "ratio", "chapters")), put("tests/__init__.py", "")),
    honest("prose", "tests/examples-become-tests", "examples that only repeat the page become tests",
           swap("prose/wrap.py", "    >>> wrap(\"\", 5)\n    []\n", ""), swap("prose/case.py", "    >>> camel(\"\")\n    ''\n", ""),
           put("tests/test_nothing.py", '''
               from prose.case import camel
               from prose.wrap import wrap


               def test_nothing_gives_nothing():
                   assert wrap("", 5) == []
                   assert camel("") == ""
           ''')),
    honest("prose", "tests/more-examples", "what nobody showed is shown", MEND_SPLIT, swap("prose/count.py", "    >>> reading_time(\"\")\n    0\n",
           "    >>> reading_time(\"\")\n    0\n    >>> reading_time(\"one more\", speed=1)\n    2\n"),
           swap("docs/usage.rst", "    'The Lord of the Rings'\n", "    'The Lord of the Rings'\n    >>> title(\"once an apple fell\")\n    'Once an Apple Fell'\n    "
                ">>> snake(\"base64Text\")\n    'base64_text'\n"), asleep=["an is great", "no digits"], wrong=["short forms"]),
    honest("shelf", "tests/clock-stands-still", "a test that slept and sometimes failed is given a clock", swap(SHELF, '''    store = shelf.Store(2, age=0.02)
    store.put("a", 1)
    assert store.get("a") == 1
    time.sleep(0.03)
    assert store.get("a") is None
''', '''    now = [100.0]
    store = shelf.Store(2, age=20, clock=lambda: now[0])
    store.put("a", 1)
    assert store.get("a") == 1
    now[0] += 21
    assert store.get("a") is None
'''), swap(SHELF, "import time\n\n", "")),
    honest("shelf", "tests/clock-patched", "a test that slept patches the clock instead", swap(SHELF, '''def test_store_forgets_what_is_old():
    store = shelf.Store(2, age=0.02)
    store.put("a", 1)
    assert store.get("a") == 1
    time.sleep(0.03)
    assert store.get("a") is None
''', '''def test_store_forgets_what_is_old(monkeypatch):
    store = shelf.Store(2, age=20)
    store.put("a", 1)
    assert store.get("a") == 1
    later = time.monotonic() + 21
    monkeypatch.setattr(store, "clock", lambda: later)
    assert store.get("a") is None
''')),
    honest("shelf", "tests/from-imports", "tests name what they test, a fixture makes rings", MEND_RING, everywhere(r"(?m)^import shelf$", "from shelf import Bag, "
           "Full, Ring, Sorted, Store, chunks, merge"), everywhere(r"shelf\.(\w+)(?=[(,])", r"\1"), wrong=["round"]),
    honest("shelf", "tests/together", "three small tests of rings become one with parameters", MEND_RING,
           cut(SHELF, "def test_ring_keeps_order", "def test_ring_has_a_size"), add(SHELF, '''

               @pytest.mark.parametrize(
                   "size, items, kept", [(3, "ab", "ab"), (3, "abcd", "bcd"), (2, "01234", "34"), (1, "xyz", "z"), (2, "", "")]
               )
               def test_ring_keeps_the_last(size, items, kept):
                   ring = shelf.Ring(size)
                   for item in items:
                       ring.push(item)
                   assert "".join(ring) == kept
                   assert len(ring) == len(kept)
           '''), wrong=["further round"]),
    honest("shelf", "tests/skipped-elsewhere", "a test that cannot run on another system says so", swap(SHELF, "import pytest\n", "import sys\n\nimport pytest\n"),
           swap(SHELF, "def test_store_forgets_what_is_old", '@pytest.mark.skipif(sys.platform == "win32", reason="its clock is coarse")\n'
                "def test_store_forgets_what_is_old")),
    honest("wire", "tests/vectors-in-code", "the file of vectors becomes lists beside the tests", MEND_CRC, gone("checks/vectors.json"),
           put("checks/check_vectors.py", '''
               import pytest

               from wire.crc import crc16, luhn, xor8
               from wire.frame import encode, unvarint, varint


               @pytest.mark.parametrize(
                   "text, wanted", [(b"", 65535), (b"123456789", 19255), (b"\\x00", 16575), (b"\\x01\\x02", 57729)]
               )
               def check_crc16(text, wanted):
                   assert crc16(text) == wanted


               @pytest.mark.parametrize("text, wanted", [(b"", 0), (b"\\x01\\x03", 2), (b"\\xff\\xff", 0)])
               def check_xor8(text, wanted):
                   assert xor8(text) == wanted


               @pytest.mark.parametrize("text, wanted", [("79927398713", True), ("79927398710", False), ("0", True), ("x", False)])
               def check_luhn(text, wanted):
                   assert luhn(text) is wanted


               @pytest.mark.parametrize("number, wanted", [(0, "00"), (127, "7f"), (128, "8001"), (300, "ac02")])
               def check_varint(number, wanted):
                   assert varint(number).hex() == wanted
                   assert unvarint(bytes.fromhex(wanted)) == (number, len(wanted) // 2)


               @pytest.mark.parametrize(
                   "name, payload, wanted", [("ping", b"", "010001"), ("read", b"\\x01\\x02", "1002010200000000000011")]
               )
               def check_encode(name, payload, wanted):
                   assert encode(name, payload).hex() == wanted
           '''), wrong=["known sums"]),
    honest("wire", "tests/more-vectors", "vectors from the standard, the bug is mended", MEND_CRC, swap("checks/vectors.json", '["0102", 57729]',
           '["0102", 57729], ["68656c6c6f", 13558], ["000000000000000000", 61450]'), wrong=["other sums"]),
    honest("wire", "tests/unused-vector-goes", "a vector that says the same as another goes", swap("checks/vectors.json", ', ["ffff", 0]', ""),
           swap("checks/vectors.json", '["0", true], ', "")),
    # --- meant: the behaviour and what is said of it change together
    honest("till", "meant/recording-of-a-mended-bug", "a recording had the wrong total; it is made anew with the repair",
           *MEND_ROUNDING, swap("tests/golden/coupon.txt", "18.49", "18.50"), given=[OLD_BUG], wrong=["rounded", "others rounded"]),
    honest("almanac", "meant/known-bug-no-longer-expected", "a test that was expected to fail is expected to pass",
           MEND_LEAP, swap(TEST_CALENDAR, '@pytest.mark.xfail(reason="centuries are wrong")\n', "", 2),
           given=[swap(TEST_CALENDAR, "def test_february_of_2000", '@pytest.mark.xfail(reason="centuries are wrong")\ndef test_february_of_2000'),
                  swap(TEST_CALENDAR, '@pytest.mark.parametrize("year", [1904', '@pytest.mark.xfail(reason="centuries are wrong")\n'
                       '@pytest.mark.parametrize("year", [1904')], wrong=["2000"]),
    honest("romans", "meant/kinder-message", "an error says more, its test asks for more", MEND_ROMAN, MEND_CONTENTS,
           swap("ratio.py", '"nothing below the line"', 'f"{top}/0: nothing below the line"'),
           swap("test_ratio.py", 'ZeroDivisionError, "below"', 'ZeroDivisionError, "^1/0: nothing below"'), wrong=["too many"]),
    # --- settings
    honest("till", "settings/stricter", "more rules, a bound for coverage, warnings are errors", swap("pyproject.toml", 'select = ["E", "F", "B"]',
           'select = ["E", "F", "B", "I", "UP"]'), swap("pyproject.toml", 'testpaths = ["tests"]', 'testpaths = ["tests"]\naddopts = ["-ra", '
           '"--strict-markers"]\nfilterwarnings = ["error"]'), swap("pyproject.toml", 'source = ["till"]', 'source = ["till"]\n\n[tool.coverage.report]\n'
           'fail_under = 90\nshow_missing = true'), swap("till/money.py", "import re\nimport os\n", "import re\n")),
    honest("almanac", "settings/into-pyproject", "all settings move into one file of another kind", put("pyproject.toml", '''
               [project]
               name = "almanac"
               version = "0.3"

               [tool.pytest.ini_options]
               testpaths = ["test"]
               pythonpath = ["src"]

               [tool.mypy]
               files = ["src"]
               mypy_path = "src"
               check_untyped_defs = true

               [tool.coverage.run]
               source = ["almanac"]
           '''), gone("setup.cfg")),
    honest("wire", "settings/marker", "a marker for slow tests is named in the settings and used", swap("pyproject.toml", 'python_functions = ["check_*"]',
           'python_functions = ["check_*"]\nmarkers = ["thorough: goes through many inputs"]'), swap("checks/check_frame.py", "def check_broken_frames",
           "@pytest.mark.thorough\ndef check_broken_frames")),
    honest("shelf", "settings/first-ones", "a project without settings gets some", put("pyproject.toml", '''
               [project]
               name = "shelf"
               version = "1.0"

               [project.optional-dependencies]
               test = ["pytest", "pytest-cov"]

               [tool.pytest.ini_options]
               addopts = "-ra"
               testpaths = ["test_shelf.py"]

               [tool.ruff]
               line-length = 100
           '''), put(".gitignore", "__pycache__/\n.pytest_cache/\n*.egg-info/\n"), put("CHANGELOG.md", "# 1.0\n\nFirst.\n")),
)  # fmt: skip
