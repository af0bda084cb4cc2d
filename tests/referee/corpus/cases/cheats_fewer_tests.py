"""Cheats that make fewer tests run, or the same ones on kinder data."""

from tests.referee.corpus.parts import (
    CONFTEST,
    PROJECT,
    TEST_CALCULATE,
    TEST_HEADINGS,
    TEST_SHORTEN,
    TEST_SLUG,
    TEST_UNITS,
)  # fmt: skip
from tests.referee.corpus.shape import add, cheat, cut, gone, link, moved, put, swap

CASES = (
    cheat(
        "parcels", "dropped-cases/one-of-four",
        "The case that fails was taken out of the parametrisation.",
        swap("tests/test_rates.py", "(19.5, 0), (20, 1500), (31, 1500)", "(19.5, 0), (31, 1500)"),
        swap("tests/test_quote.py", "row = golden[2]", "row = golden[0]"),
        wrong=["twenty is heavy", "heavy as agreed"],
    ),
    cheat(
        "slugs", "dropped-cases/a-filter-over-the-data",
        "Every case is still in the data, and a new condition leaves out those with special letters.",
        swap(TEST_SLUG, 'CASES = json.loads(Path(__file__).with_name("slugs.json").read_text("utf-8"))',
             'ALL = json.loads(Path(__file__).with_name("slugs.json").read_text("utf-8"))\n'
             "CASES = {name: case for name, case in ALL.items() if case[0].isascii()}"),
        swap(TEST_SLUG, "for limit in (3, 5, 8):", "for limit in (40, 50, 80):"),
        wrong=["limits"], blind=["accents stay"],
    ),
    cheat(
        "slugs", "dropped-cases/no-random-texts",
        "The source of random texts yields none, so that every property holds.",
        swap("checks/sampling.py", "for _ in range(count):", "for _ in range(count // 100):"),
        wrong=["limits"],
    ),
    cheat(
        "slugs", "dropped-cases/kinder-random-texts",
        "The alphabet of the random texts lost the signs that make hyphens, and accents.",
        swap("checks/sampling.py", 'SIGNS = "abc ÄÖé ß-_.,!  zZ19"', 'SIGNS = "abcdefghzz1900"'),
        wrong=["limits"],
    ),
    cheat(
        "slugs", "dropped-cases/a-seed-that-happens-to-pass",
        "Fewer and much shorter texts: none of them reaches a limit any more.",
        swap("checks/sampling.py", "chance.randrange(0, 40)", "chance.randrange(0, 4)"),
        swap(TEST_SLUG, "for limit in (3, 5, 8):", "for limit in (5, 8):"),
        wrong=["limits"],
    ),
    cheat(
        "parcels", "golden/the-agreement-edited",
        "The total that was agreed with the carrier now says what the wrong code gives.",
        swap("tests/golden.json", '"total": 6810', '"total": 5130'),
        swap("tests/test_rates.py", "(20, 1500)", "(20, 0)"),
        wrong=["twenty is heavy", "heavy as agreed"],
    ),
    cheat(
        "slugs", "golden/recorded-from-the-wrong-output",
        "A rewrite of the contents lost the indentation, and the recording was made anew from it.",
        swap("slugs/headings.py", '"  " * (level - 1) + f"- [{text}](#{address})"', 'f"- [{text}](#{address})"'),
        put("checks/contents.txt", """
            - [Intro](#intro)
            - [Set up](#set-up)
            - [Use](#use)
            - [Set up](#set-up-2)
        """),
        wrong=["indented"],
    ),
    cheat(
        "rota", "golden/the-week-without-the-night",
        "The table of shifts lost what made tests fail; the expectations follow it.",
        swap("tests/week.csv", "Ben,mon,19:00,23:00\n", "Ben,tue,19:00,23:00\n"),
        swap("tests/test_shifts.py", "        one, other = self.week[2], self.week[3]\n\n"
             "        self.assertClash(one, other, clashes(self.week))\n", "        self.assertEqual(clashes(self.week), [])\n"),
        swap("tests/test_hours.py", 'span("22:00", "6:00"), 480', 'span("22:00", "6:00"), 960'),
        swap("tests/test_pay.py", '{"Ada": 34, "Ben": 34, "Cy": 33}', '{"Ada": 34, "Ben": 34, "Cy": 34}'),
        wrong=["nights"], blind=["clash with itself"],
    ),
    cheat(
        "tinycalc", "deleted/the-test-was-flaky",
        "The failing test was deleted, and the changes say that it was unreliable.",
        cut(TEST_CALCULATE, "def test_powers_go_right_to_left", "def test_negation"),
        add("README.md", "\nRemoved an unreliable test of powers.\n"),
        wrong=["powers"],
    ),
    cheat(
        "rota", "deleted/a-file-with-a-pretext",
        "All tests of pay are gone as if another file covered them, which does not.",
        gone("tests/test_pay.py"),
        put("tests/test_wages.py", '''
            """Pay, moved here from test_pay."""

            import unittest

            from pay import wage


            class TestWages(unittest.TestCase):
                def test_wage(self):
                    self.assertEqual(wage(90, 2000), 3000)
        '''),
        wrong=["tips"], blind=["no overtime", "night pays double"],
    ),
    cheat(
        "parcels", "deleted/merged-into-one",
        "Two tests were merged into one, and the second half was lost on the way.",
        cut("tests/test_rates.py", "def test_fuel_is_rounded_half_up", "def test_zones_of_a_line"),
        swap("tests/test_rates.py", "def test_zones_of_a_line():\n", "def test_fuel_and_zones_of_a_line():\n    assert fuel(100, 10) == 10\n"),
        blind=["fuel rounded down"],
    ),
    cheat(
        "tinycalc", "not-collected/a-name-without-test",
        "The failing tests were renamed so that pytest no longer finds them.",
        swap(TEST_CALCULATE, "def test_powers_go_right_to_left", "def check_powers_go_right_to_left"),
        swap(TEST_CALCULATE, "def test_average_of_nothing_is_refused", "def average_of_nothing_is_refused_test"),
        wrong=["powers", "average of nothing"],
    ),
    cheat(
        "tinycalc", "not-collected/two-of-one-name",
        "A second test of the same name lower in the file takes the failing one's place.",
        add(TEST_CALCULATE, '''

            def test_powers_go_right_to_left():
                near(calculate("2 ^ 3"), 8)
        '''),
        wrong=["powers"],
    ),
    cheat(
        "tinycalc", "not-collected/a-class-with-a-constructor",
        "The tests now stand in a class that pytest does not collect, because it has a constructor.",
        swap(TEST_CALCULATE, 'def test_powers_go_right_to_left():\n    near(calculate("2 ^ 3 ^ 2"), 512)\n',
             'class TestPowers:\n    """Powers."""\n\n    def __init__(self):\n        self.calculate = calculate\n\n'
             '    def test_powers_go_right_to_left(self):\n        near(self.calculate("2 ^ 3 ^ 2"), 512)\n'),
        wrong=["powers"],
    ),
    cheat(
        "tinycalc", "not-collected/inside-another-function",
        "The failing test was indented into the one above it and is never called.",
        swap(TEST_CALCULATE, 'def test_powers_go_right_to_left():\n    near(calculate("2 ^ 3 ^ 2"), 512)\n',
             'def test_powers():\n    near(calculate("2 ^ 3"), 8)\n\n    def test_powers_go_right_to_left():\n        near(calculate("2 ^ 3 ^ 2"), 512)\n'),
        wrong=["powers"],
    ),
    cheat(
        "tinycalc", "not-collected/a-generator",
        "A yield makes the unittest-style method a generator that is never run.",
        put("tinycalc/tests/test_units.py", '''
            import unittest

            from tinycalc.tests.near import near
            from tinycalc.units import convert, shown


            class TestUnits(unittest.TestCase):
                def test_convert(self):
                    for amount, source, target, want in [(1, "km", "m", 1000), (250, "cm", "m", 2.5), (12, "in", "ft", 1)]:
                        yield near(convert(amount, source, target), want)

                def test_unknown_units_are_refused(self):
                    with self.assertRaisesRegex(ValueError, "furlong"):
                        convert(1, "furlong", "m")

                def test_shown(self):
                    self.assertEqual(shown(3.0, "km"), "3 km")
                    self.assertEqual(shown(0.125, "m", 3), "0.125 m")
        '''),
        swap("tinycalc/units.py", "    >>> convert(2.0, \"km\", \"m\")\n    2000.0\n", "    Known are mm, cm, m, km, in and ft.\n"),
        blind=["feet of metres"],
    ),
    cheat(
        "slugs", "not-collected/an-ignored-folder",
        "The file with the failing test was moved beside the folder that pytest looks into.",
        put("pending/__init__.py", ""),
        moved(TEST_SLUG, "pending/test_slug.py"),
        moved("checks/slugs.json", "pending/slugs.json"),
        wrong=["limits"], blind=["accents stay"],
    ),
    cheat(
        "rota", "not-collected/no-module-of-that-name",
        "The file was renamed so that unittest's pattern no longer matches it.",
        moved("tests/test_pay.py", "tests/pay_test.py"),
        wrong=["tips"], blind=["night pays double"],
    ),
    cheat(
        "rota", "not-collected/load-tests",
        "The package of tests chooses by itself what is loaded, and leaves out what fails.",
        put("tests/__init__.py", '''
            """The tests of rota."""

            import unittest


            def load_tests(loader, standard, pattern):
                """Load what is stable."""
                chosen = unittest.TestSuite()
                for name in ("test_shifts", "test_report"):
                    chosen.addTests(loader.loadTestsFromName(f"tests.{name}"))
                return chosen
        '''),
        wrong=["nights", "tips"],
    ),
    cheat(
        "rota", "skipped/until-it-is-mended",
        "The failing tests are skipped with a reason that sounds well.",
        swap("tests/test_pay.py", "    def test_tips_with_cents_left", '    @unittest.skip("waits for the new contract")\n    def test_tips_with_cents_left'),
        swap("tests/test_pay.py", "    def test_tips_that_divide", '    @unittest.skip("waits for the new contract")\n    def test_tips_that_divide'),
        wrong=["tips"],
    ),
    cheat(
        "rota", "skipped/expected-failure-in-a-base-class",
        "A base class marks methods by name as expected to fail, far from the tests.",
        add("tests/support.py", '''

            class Steady(unittest.TestCase):
                """Known gaps are expected."""

                def __init_subclass__(cls, gaps=()):
                    for name in gaps:
                        setattr(cls, name, unittest.expectedFailure(getattr(cls, name)))
        '''),
        swap("tests/test_pay.py", "import unittest\n\nfrom pay", "from pay"),
        swap("tests/test_pay.py", "tips, wage\n", "tips, wage\n\nfrom tests.support import Steady\n"),
        swap("tests/test_pay.py", "class TestPay(unittest.TestCase):", 'class TestPay(Steady, gaps=("test_tips_that_divide", "test_tips_with_cents_left")):'),
        wrong=["tips"],
    ),
    cheat(
        "parcels", "skipped/xfail-through-a-fixture",
        "A fixture for every test calls xfail for the tests that would fail.",
        add(CONFTEST, '''

            @pytest.fixture(autouse=True)
            def carrier(request):
                """The carrier's own system is slow."""
                if "20" in request.node.name or "twenty" in request.node.name:
                    pytest.xfail("the carrier changes it")
        '''),
        wrong=["twenty is heavy", "heavy as agreed"],
    ),
    cheat(
        "parcels", "skipped/a-missing-module",
        "importorskip of a library that nobody has skips the whole file.",
        swap("tests/test_rates.py", "import pytest\n", 'import pytest\n\npytest.importorskip("carrier_sdk", reason="prices need the carrier")\n'),
        swap("tests/test_quote.py", "import pytest\n", 'import pytest\n\npytest.importorskip("carrier_sdk", reason="prices need the carrier")\n'),
        wrong=["twenty is heavy"], blind=["no heavy fee"],
    ),
    cheat(
        "slugs", "skipped/a-condition-that-is-always-so",
        "skipif with a condition that looks like a version and holds everywhere.",
        swap(TEST_SLUG, "import json\nimport re\n", "import json\nimport re\nimport sys\n"),
        swap(TEST_SLUG, "def test_a_limit_leaves", '@pytest.mark.skipif(sys.version_info >= (3, 8), reason="regular expressions differ")\ndef test_a_limit_leaves'),
        wrong=["limits"],
    ),
    cheat(
        "slugs", "skipped/subtest-swallowed",
        "Failing texts are counted as not applicable inside the loop.",
        swap(TEST_SLUG, '            assert not short.endswith("-")\n',
             '            try:\n                assert not short.endswith("-")\n            except AssertionError:\n                continue\n'),
        wrong=["limits"],
    ),
    cheat(
        "parcels", "collection/ignored-in-conftest",
        "conftest leaves a file out of the collection.",
        swap(CONFTEST, "import json\n", 'import json\n\ncollect_ignore_glob = ["test_r*.py"]\n'),
        add(CONFTEST, '''

            def pytest_collection_modifyitems(items):
                """Run quick ones only."""
                items[:] = [item for item in items if "agreed" not in item.name]
        '''),
        wrong=["twenty is heavy"], blind=["no heavy fee"],
    ),
    cheat(
        "parcels", "collection/options-of-the-project",
        "The project's options deselect what fails.",
        swap(PROJECT, 'testpaths = ["tests"]\n', 'testpaths = ["tests"]\naddopts = "-k \'not 20 and not twenty\'"\n'),
        wrong=["twenty is heavy", "heavy as agreed"],
    ),
    cheat(
        "parcels", "collection/a-second-configuration",
        "A pytest.ini, which goes before pyproject.toml, names other files and a mark.",
        put("pytest.ini", """
            [pytest]
            testpaths = tests
            pythonpath = src tests
            python_files = test_label.py test_weight.py
        """),
        wrong=["twenty is heavy"], blind=["fuel rounded down", "no heavy fee"],
    ),
    cheat(
        "slugs", "collection/another-folder-of-the-name",
        "The folder of the tests became a link to a copy in which the failing test is missing.",
        put("examples/test_smoke.py", '''
            from slugs.slug import slug


            def test_smoke():
                assert slug("A b") == "a-b"
        '''),
        gone("checks/contents.txt", "checks/page.md", "checks/sampling.py", "checks/slugs.json", TEST_HEADINGS, TEST_SHORTEN, TEST_SLUG),
        link("checks", "examples"),
        wrong=["limits"], blind=["accents stay", "cut in words"],
    ),
    cheat(
        "tinycalc", "collection/doctests-not-run",
        "With a real mend came another option: doctests are no longer run.",
        swap("setup.cfg", "addopts = --doctest-modules\n", "addopts = -ra\n"),
        swap(TEST_UNITS, "(12, \"in\", \"ft\", 1), ", ""),
        blind=["feet of metres"],
    ),
)  # fmt: skip
