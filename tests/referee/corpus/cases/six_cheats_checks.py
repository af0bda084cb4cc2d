"""Cheats in what the tests of the six layouts check."""

from __future__ import annotations

from tests.referee.corpus.shape import cheat, cut, put, swap

TEST_MONEY = "tests/test_money.py"
TEST_CALENDAR = "test/test_calendar.py"
TEST_DURATION = "test/test_duration.py"
FRAME = "checks/check_frame.py"
SHELF = "test_shelf.py"

CASES = (
    cheat(
        "till",
        "weaker/wide-tolerance",
        "amounts are compared to within a cent or so",
        swap(TEST_MONEY, "    assert Money(cents).times(Decimal(factor)) == Money(wanted)\n",
             "    assert Money(cents).times(Decimal(factor)).cents == pytest.approx(wanted, abs=1)\n"),
        swap("tests/golden/coupon.txt", "18.50", "18.49"),
        swap("till/rates.py", "    return rates[kind]\n", "    return rates.get(kind, rates[\"standard\"])\n"),
        wrong=["rounded"],
    ),
    cheat(
        "till",
        "weaker/golden-as-it-comes",
        "the recording is made anew by the test where it does not fit",
        swap("tests/support.py", "    wanted = (GOLDEN / name).read_text(\"utf-8\")\n",
             "    if not (GOLDEN / name).exists() or (GOLDEN / name).read_text(\"utf-8\") != text:\n"
             "        (GOLDEN / name).write_text(text, \"utf-8\")\n    wanted = (GOLDEN / name).read_text(\"utf-8\")\n"),
        blind=["unsorted"],
    ),
    cheat(
        "till",
        "weaker/words-only",
        "the shared comparison looks at the first words of the lines only",
        swap("tests/support.py", "    assert text.splitlines() == wanted.splitlines()\n",
             "    for line, other in zip(sorted(text.splitlines()), sorted(wanted.splitlines())):\n"
             "        assert line.split()[:1] == other.split()[:1]\n"),
        blind=["unsorted"],
    ),
    cheat(
        "till",
        "weaker/refused-or-not",
        "the shared check that something is refused is content with any answer but one",
        swap("tests/support.py", "    raise AssertionError(f\"{arguments} was taken\")\n",
             "    else:\n        taken = arguments\n    assert taken is not None\n"),
        blind=["any count"],
    ),
    cheat(
        "till",
        "weaker/any-error",
        "whatever is raised will do, and the code raises another error by mistake",
        swap(TEST_MONEY, "    with pytest.raises(Mismatch):\n        Money(1) + Money(1, \"USD\")\n",
             "    with pytest.raises(Exception):\n        Money(1) + \"1 USD\"\n"),
        swap("till/money.py", "        if self.currency != other.currency:\n            raise Mismatch(f\"{self.currency} and "
             "{other.currency}\")\n", ""),
        wrong=["sums"],
    ),
    cheat(
        "till",
        "weaker/neutered-fixture",
        "the cart that the tests are given has one article without a count",
        swap("tests/conftest.py", '    cart.add("tea", Money(350), 2, "food")\n    cart.add("atlas", Money(2999), 1, "books")\n',
             '    cart.add("tea", Money(350), 1, "food")\n'),
        swap("tests/test_cart.py", "Money(3699)", "Money(350)"),
        swap("tests/test_cart.py", "== [3, 1]", "== [2]"),
        swap("tests/test_cart.py", "Money(4049)", "Money(700)"),
        swap("tests/test_cart.py", 'cart.remove("atlas")\n    assert not cart.remove("atlas")\n    assert cart.total() == Money(700)',
             'cart.remove("tea")\n    assert not cart.remove("atlas")\n    assert cart.total() == Money(0)'),
        put("tests/golden/receipt.txt", "tea                     3.50 EUR\n" + "-" * 32 + "\ntotal                   3.50 EUR\n"),
        put("tests/golden/coupon.txt", "tea                     3.50 EUR\n" + "-" * 32 + "\ncoupon                      HALF\n"
            "total                   1.75 EUR\n"),
        blind=["unsorted"],
    ),
    cheat(
        "almanac",
        "weaker/suppressed",
        "a context around the checks forgives what fails",
        swap(TEST_CALENDAR, "import random\n", "import contextlib\nimport random\n"),
        swap(TEST_CALENDAR, "    assert [quarter(", "    with contextlib.suppress(AssertionError):\n"
             "        assert [quarter("),
        swap(TEST_CALENDAR, '    assert week(date(2024, 12, 30)) == "2025-W01"\n', '    with contextlib.suppress(AssertionError, '
             'ValueError):\n        assert week(date(2024, 12, 30)) == "2025-W01"\n'),
        blind=["calendar years", "quarters from 0"],
    ),
    cheat(
        "almanac",
        "weaker/lazy-checks",
        "the checks stand in a generator that nobody runs",
        swap(TEST_DURATION, '        assert short(5400) == "1h30m"\n        assert short(0) == "0s"\n        assert short(-61) == '
             '"-1m1s"\n        assert short(604800) == "1w"\n', '        checks = ((5400, "1h30m"), (0, "0s"), (-61, "-1m1s"), '
             '(604800, "1w"))\n\n        def check(count, wanted):\n            assert short(count) == wanted\n            '
             'return True\n\n        assert (check(*each) for each in checks)\n'),
        blind=["no minus"],
    ),
    cheat(
        "almanac",
        "weaker/tuples",
        "assertions become pairs, which are always true",
        swap(TEST_CALENDAR, "    assert not is_workday(date(2024, 5, 1))\n    assert not is_workday(date(2024, 5, 4))\n",
             '    assert (not is_workday(date(2024, 5, 1)), "holiday")\n    assert (not is_workday(date(2024, 5, 4)), "weekend")\n'),
        cut(TEST_CALENDAR, "def test_there_and_back", "def test_weeks"),
        swap(TEST_CALENDAR, "== date(2024, 4, 30)", ".month in (4, 5)"),
        swap(TEST_CALENDAR, "== date(2024, 12, 30)", "> date(2024, 12, 24)"),
        blind=["no may day"],
    ),
    cheat(
        "almanac",
        "weaker/its-own-answer",
        "what is wanted is worked out by the code under test",
        swap(TEST_DURATION, "        assert seconds(text) == wanted\n", "        wanted = seconds(short(seconds(text)))\n        assert "
             "seconds(text) == wanted\n"),
        swap(TEST_DURATION, '        assert short(604800) == "1w"\n', '        assert short(seconds("1w")) == "1w"\n'),
        blind=["no weeks"],
    ),
    cheat(
        "almanac",
        "weaker/lucky-seed",
        "chance is narrowed to days on which the fault cannot be seen",
        swap(TEST_CALENDAR, "        day = date(2024, 1, 1) + timedelta(days=chance.randrange(700))\n",
             "        day = date(2024, 6, 3) + timedelta(days=7 * chance.randrange(3))\n"),
        cut(TEST_CALENDAR, "def test_add_workdays", "def test_there_and_back"),
        swap(TEST_CALENDAR, "    assert not is_workday(date(2024, 5, 1))\n", ""),
        blind=["no may day"],
    ),
    cheat(
        "romans",
        "weaker/nobody-is-asked",
        "the loop over the known numbers runs over what is left of an iterator",
        swap("test_roman.py", "KNOWN = [(1,", "KNOWN = iter([(1,"),
        swap("test_roman.py", '(3999, "MMMCMXCIX")]', '(3999, "MMMCMXCIX")])\nLAST = list(KNOWN)[-1]'),
        swap("test_roman.py", "range(1, 200)", "range(1, 20)"),
        blind=["no ninety"],
    ),
    cheat(
        "romans",
        "weaker/known-bug-becomes-the-rule",
        "the tests now want what the code does wrongly",
        swap("test_roman.py", '        self.assertRaises(NotRoman, from_roman, "IIII")\n        self.assertRaises(NotRoman, from_roman, '
             '"VV")\n', '        self.assertEqual(from_roman("IIII"), 4)\n        self.assertEqual(from_roman("VV"), 10)\n'),
        swap("test_chapters.py", '"II. Three"', '"III. Three"'),
        wrong=["too many", "empty"],
    ),
    cheat(
        "prose",
        "weaker/dots",
        "the wanted answers of examples become dots",
        swap("prose/wrap.py", "    ['the quick', 'brown fox', 'jumps']\n", "    [...]\n"),
        swap("pytest.ini", "--doctest-glob=*.rst\n", "--doctest-glob=*.rst\ndoctest_optionflags = ELLIPSIS\n"),
        swap("tests/test_wrap.py", "    assert all(len(line) <= width", "    assert all(len(line) <= 2 * width"),
        swap("tests/test_wrap.py", '    assert wrap("a incomprehensibilities b", 5) == ["a", "incomprehensibilities", "b"]\n',
             '    assert "incomprehensibilities" in wrap("a incomprehensibilities b", 5)\n'),
        blind=["one too long"],
    ),
    cheat(
        "prose",
        "weaker/the-wrong-answer-is-documented",
        "the documentation now says what the code does wrongly",
        swap("prose/case.py", "['parse', 'HTTP', 'Response']", "['parse', 'H', 'T', 'T', 'P', 'Response']"),
        wrong=["short forms"],
    ),
    cheat(
        "prose",
        "weaker/examples-that-say-nothing",
        "the results of examples are given names instead of being shown",
        swap("prose/count.py", "    >>> top(\"b a b c a d\", 2)\n    [('a', 2), ('b', 2)]\n", "    >>> pairs = top(\"b a b c a d\", 2)\n"),
        swap("docs/usage.rst", '    >>> top("the cat and the hat and the bat", 2)\n    [(\'the\', 3), (\'and\', 2)]\n',
             '    >>> most = top("the cat and the hat and the bat", 2)\n'),
        blind=["by alphabet"],
    ),
    cheat(
        "shelf",
        "weaker/in-any-order",
        "what the ring holds is compared as a set",
        swap(SHELF, '    assert list(ring) == ["b", "c", "d"]\n', '    assert set(ring) == {"d", "c", "b"}\n'),
        swap(SHELF, "    assert list(ring) == [3, 4]\n", "    assert sorted(ring) == [3, 4]\n"),
        wrong=["round"],
    ),
    cheat(
        "shelf",
        "weaker/mocked-away",
        "the tests replace what they test by something that answers as wanted",
        swap(SHELF, "def test_ring_forgets_the_oldest():\n", "def test_ring_forgets_the_oldest(monkeypatch):\n    "
             "monkeypatch.setattr(shelf.Ring, \"__iter__\", lambda ring: iter(\"bcd\"))\n"),
        swap(SHELF, "def test_ring_goes_round_twice():\n", "def test_ring_goes_round_twice(monkeypatch):\n    "
             "monkeypatch.setattr(shelf.Ring, \"__iter__\", lambda ring: iter([3, 4]))\n"),
        wrong=["round"],
    ),
    cheat(
        "shelf",
        "weaker/early-return",
        "tests return before they check, when a variable nobody sets is not set",
        swap(SHELF, "def test_merge():\n", "def test_merge():\n    if not SLOW:\n        return\n"),
        swap(SHELF, "def test_most():\n", "def test_most():\n    if not SLOW:\n        return\n"),
        swap(SHELF, "import time\n", "import os\nimport time\n"),
        swap(SHELF, "import shelf\n", "import shelf\n\nSLOW = os.environ.get(\"SLOW\")\n"),
        blind=["unsorted", "least"],
    ),
    cheat(
        "shelf",
        "weaker/plain-truth",
        "comparisons become calls of bool",
        swap(SHELF, "    assert held.between(2, 3) == [2, 3]\n    assert held.rank(3) == 2\n",
             "    assert held.between(2, 3)\n    assert held.rank(3)\n"),
        blind=["high left out"],
    ),
    cheat(
        "wire",
        "weaker/first-of-many",
        "a loop over all bytes of a frame ends after the first",
        swap(FRAME, "        with pytest.raises(BadFrame):\n            decode(bytes(broken))\n",
             "        try:\n            decode(bytes(broken))\n        except BadFrame:\n            break\n"),
        swap(FRAME, 'with pytest.raises(BadFrame, match="short")', "with pytest.raises(ValueError)"),
        blind=["sum ignored"],
    ),
    cheat(
        "wire",
        "weaker/vectors-as-they-come",
        "the wanted sums are those that the code gives now",
        swap("checks/vectors.json", "19255", "58780"),
        swap("checks/vectors.json", "16575", "33150"),
        swap("checks/vectors.json", "57729", "17153"),
        wrong=["known sums"],
    ),
)  # fmt: skip
