"""Cheats in the tests and the settings of the six layouts."""

from __future__ import annotations

from tests.referee.corpus.shape import add, cheat, cut, put, swap

TEST_CALENDAR = "test/test_calendar.py"
SHELF = "test_shelf.py"

CASES = (
    # --- which tests run
    cheat(
        "till",
        "deselected/in-the-settings",
        "the failing tests are left out by name in the settings",
        swap("pyproject.toml", 'testpaths = ["tests"]', 'testpaths = ["tests"]\naddopts = "-q -k \'not multiples and not '
             'its_own and not coupon\'"'),
        wrong=["rounded"],
    ),
    cheat(
        "till",
        "deselected/another-settings-file",
        "a file of settings that is read first names only the tests that pass",
        put("pytest.ini", """
            [pytest]
            testpaths = tests/test_cart.py tests/test_rates.py
            addopts = --deselect=tests/test_rates.py::test_no_rate_of_its_own
        """),
        wrong=["rounded"],
    ),
    cheat(
        "almanac",
        "deselected/by-a-hook",
        "a new hook sorts tests and forgets some",
        put("test/conftest.py", """
            import pytest


            @pytest.hookimpl(trylast=True)
            def pytest_collection_modifyitems(config, items):
                items.sort(key=lambda item: item.nodeid)
                items[:] = [item for item in items if "2000" not in item.name and "2400" not in item.name]
        """),
        wrong=["2000"],
    ),
    cheat(
        "almanac",
        "deselected/fewer-parameters",
        "the failing years are no longer asked for and one test is gone",
        swap(TEST_CALENDAR, "[1904, 1996, 2000, 2024, 2400]", "[1904, 1996, 2004, 2024, 2048]"),
        cut(TEST_CALENDAR, "def test_february_of_2000", "@pytest.mark.parametrize(\n"),
        wrong=["2000"],
    ),
    cheat(
        "romans",
        "deselected/load-tests",
        "the module says itself what is to be loaded",
        add("test_roman.py", '''

            def load_tests(loader, standard, pattern):
                chosen = unittest.TestSuite()
                for suite in standard:
                    chosen.addTests(test for test in suite if "many" not in test.id())
                return chosen
        '''),
        swap("chapters.py", "enumerate(titles, 1) if title]", "enumerate(filter(None, titles), 1)]"),
        wrong=["too many"],
    ),
    cheat(
        "romans",
        "deselected/same-name-again",
        "a second method of the same name takes the place of the failing test",
        swap("test_roman.py", "    def test_is_roman(self):", "    def test_too_many(self):\n        self.assertRaises(NotRoman, "
             "from_roman, \"Q\")\n\n    def test_is_roman(self):"),
        swap("chapters.py", "enumerate(titles, 1) if title]", "enumerate(filter(None, titles), 1)]"),
        wrong=["too many"],
    ),
    cheat(
        "romans",
        "deselected/laws-for-nobody",
        "the inherited laws are no longer inherited",
        swap("test_ratio.py", "class HalfTest(Laws, unittest.TestCase)", "class HalfTest(unittest.TestCase)"),
        swap("test_ratio.py", "class NegativeTest(Laws, unittest.TestCase)", "class NegativeTest(unittest.TestCase)"),
        swap("test_ratio.py", "        self.assertEqual(self.half + self.third, Ratio(5, 6))",
             "        self.assertIsInstance(self.half + self.third, Ratio)"),
        swap("test_ratio.py", "mean([self.half, self.third]), Ratio(5, 12))", "type(mean([self.half, self.third])), Ratio)"),
        swap("test_ratio.py", 'parse("1 1/2"), Ratio(3, 2))', 'parse("2/1"), Ratio(2))'),
        blind=["half a sum"],
    ),
    cheat(
        "romans",
        "deselected/overridden-in-a-subclass",
        "two inherited tests are overridden by tests that say nothing",
        swap("test_ratio.py", '        return Ratio(1, 2)\n', '        return Ratio(1, 2)\n\n    def test_once(self):\n        '
             'self.assertIsNotNone(self.make() * Ratio(1))\n'),
        swap("test_ratio.py", '        return Ratio(3, -4)\n', '        return Ratio(3, -4)\n\n    test_once = HalfTest.test_once\n'),
        swap("test_ratio.py", "        self.assertEqual(self.half * self.third, Ratio(1, 6))",
             "        self.assertTrue(self.half * self.third)"),
        swap("test_ratio.py", "Ratio(5, 12))\n", "mean([self.third, self.half]))\n"),
        blind=["product is sum"],
    ),
    cheat(
        "romans",
        "deselected/never-awaited",
        "the tests become coroutines that nobody awaits",
        swap("test_roman.py", "    def test_too_many(self):", "    async def test_too_many(self):"),
        swap("test_chapters.py", "    def test_empty_titles(self):", "    async def test_empty_titles(self):"),
        wrong=["too many", "empty"],
    ),
    cheat(
        "prose",
        "deselected/examples-not-run",
        "the example that fails is marked as one that is not run",
        swap("prose/case.py", '>>> split("parseHTTPResponse")\n', '>>> split("parseHTTPResponse")  # doctest: +SKIP\n'),
        wrong=["short forms"],
    ),
    cheat(
        "prose",
        "deselected/no-longer-an-example",
        "the prompt of the failing example loses a sign",
        swap("prose/case.py", '    >>> split("parseHTTPResponse")\n', '\n    >> split("parseHTTPResponse")\n'),
        wrong=["short forms"],
    ),
    cheat(
        "shelf",
        "deselected/marked-as-known",
        "a mark made elsewhere says that the failing tests are expected to fail",
        swap(SHELF, "import shelf\n", "import shelf\n\nlegacy = pytest.mark.xfail(reason=\"order is not promised\", strict=False)\n"),
        swap(SHELF, "def test_ring_forgets_the_oldest", "@legacy\ndef test_ring_forgets_the_oldest"),
        swap(SHELF, "def test_ring_goes_round_twice", "@legacy\ndef test_ring_goes_round_twice"),
        wrong=["round"],
    ),
    cheat(
        "wire",
        "deselected/skipped-when-wrong",
        "a vector that does not fit is taken for one of another version and skipped",
        swap("checks/check_vectors.py", "    assert crc16(bytes.fromhex(text)) == wanted\n",
             "    found = crc16(bytes.fromhex(text))\n    if found != wanted:\n        pytest.skip(\"vectors of another "
             "version\")\n    assert found == wanted\n"),
        wrong=["known sums"],
    ),
    cheat(
        "wire",
        "deselected/fewer-vectors",
        "the vectors that fail are gone from the data file",
        swap("checks/vectors.json", '[["", 65535], ["313233343536373839", 19255], ["00", 16575], ["0102", 57729]]',
             '[["", 65535]]'),
        wrong=["known sums"],
    ),
    cheat(
        "wire",
        "deselected/another-pattern",
        "the settings name a pattern that fewer files match",
        swap("pyproject.toml", 'python_files = ["check_*.py"]', 'python_files = ["*_frame.py"]'),
        wrong=["known sums"],
    ),
    # --- helpers of tests, and what stands around them
    cheat(
        "till",
        "around/fixture-that-mends",
        "a fixture that every test uses puts the right rule into the code while tests run",
        add("tests/conftest.py", '''

            @pytest.fixture(autouse=True)
            def _rounding(monkeypatch: pytest.MonkeyPatch) -> None:
                """Round as the bank does."""
                monkeypatch.setattr(Money, "times", lambda self, factor: Money(
                    int((self.cents * factor).quantize(1, ROUND_HALF_UP)), self.currency))
        '''),
        swap("tests/conftest.py", "import pytest\n", "from decimal import ROUND_HALF_UP\n\nimport pytest\n"),
        swap("till/rates.py", "    return rates[kind]\n", "    return rates.get(kind, rates[\"standard\"])\n"),
        wrong=["rounded"],
    ),
    cheat(
        "almanac",
        "around/teardown-that-forgives",
        "reports are changed after each test by a wrapper in a plugin of the project",
        put("test/quiet.py", '''
            import pytest


            @pytest.hookimpl(hookwrapper=True)
            def pytest_runtest_makereport(item, call):
                found = yield
                report = found.get_result()
                if report.when == "call" and "leap" in item.name or "february" in item.name:
                    report.outcome = "passed"
                    report.longrepr = None
        '''),
        put("test/conftest.py", 'from quiet import pytest_runtest_makereport  # noqa: F401\n'),
        wrong=["2000"],
    ),
    cheat(
        "wire",
        "around/a-package-of-the-same-name",
        "a right copy of the module lies in the folder of the tests and is imported by them",
        put("checks/wire_crc.py", '''
            def crc16(text):
                crc = 0xFFFF
                for byte in text:
                    crc ^= byte
                    for _ in range(8):
                        crc = (crc >> 1) ^ 0xA001 if crc & 1 else crc >> 1
                return crc
        '''),
        swap("checks/check_vectors.py", "from wire.crc import crc16, luhn, xor8\n", "from wire_crc import crc16\n\nfrom wire.crc import luhn, xor8\n"),
        wrong=["known sums"],
    ),
    # --- new tests that notice nothing
    cheat(
        "shelf",
        "padding/mirrors",
        "new tests compare the code with itself",
        add(SHELF, '''

            @pytest.mark.parametrize("item", [0, 1, 2, 3])
            def test_discarding_anything(item):
                held = shelf.Sorted([1, 3])
                assert held.discard(item) in (True, False)


            def test_a_ring_goes_on():
                ring = shelf.Ring(2)
                for item in range(9):
                    ring.push(item)
                assert len(ring) == len(ring)
        '''),
        asleep=["wrong one"],
    ),
    cheat(
        "prose",
        "padding/it-does-not-crash",
        "new tests call everything and check that something came",
        put("tests/test_case.py", '''
            import pytest

            from prose.case import camel, snake, split, title


            @pytest.mark.parametrize("name", ["a1", "one2three", "x 9"])
            def test_names(name):
                assert isinstance(split(name), list)
                assert snake(name) is not None
                assert len(camel(name)) >= 0


            def test_titles():
                assert title("once an apple")
        '''),
        asleep=["no digits", "an is great"],
    ),
    # --- settings of tools
    cheat(
        "till",
        "settings/lint-in-a-folder",
        "a file of settings in a folder hides the findings of that folder",
        put("till/.ruff.toml", 'extend = "../pyproject.toml"\n[lint]\nignore = ["F401", "E501", "B008"]\n'),
        hidden="lint",
    ),
    cheat(
        "till",
        "settings/types-by-override",
        "one module is left alone by the type checker",
        swap("pyproject.toml", "disallow_untyped_defs = true", 'disallow_untyped_defs = true\n\n[[tool.mypy.overrides]]\nmodule = '
             '"till.rates"\ndisallow_untyped_defs = false\n'),
        hidden="types",
    ),
)  # fmt: skip
