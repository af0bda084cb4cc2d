"""Honest changes of the tests: moved, renamed, converted, parametrised, new, stronger, removed with what they tested."""

from tests.referee.corpus.parts import (
    CHECKS,
    CONFTEST,
    LABEL,
    MEND_HEAVY,
    RATES,
    TEST_CALCULATE,
    TEST_HEADINGS,
    TEST_SHORTEN,
    TEST_SLUG,
    TEST_UNITS,
)
from tests.referee.corpus.shape import add, cut, everywhere, gone, honest, method, moved, put, swap

POWERS = '    near(calculate("2 ^ 3 ^ 2"), 512)\n'

CASES = (
    honest(
        "parcels", "moved/tests-in-folders", "The tests stand in a folder for prices and one for labels.",
        moved("tests/test_rates.py", "tests/prices/test_rates.py"), moved("tests/test_label.py", "tests/labels/test_label.py"),
    ),
    honest("slugs", "moved/a-file-renamed", "A file of tests has the name of the function it tests.", moved(TEST_SHORTEN, "checks/test_shortening.py")),
    honest(
        "rota", "moved/a-test-to-the-file-it-belongs-to", "The test of a shift's length stands with the hours.",
        swap("tests/test_shifts.py", '    def test_length(self):\n        self.assertEqual(self.shift("9:00", "17:30").length, 510)\n\n', ""),
        swap("tests/test_hours.py", "    def test_overlap(self):", '    def test_length_of_a_shift(self):\n        self.assertEqual(Shift("Ada", "mon", "9:00", "17:30").length, 510)\n\n    def test_overlap(self):'),
        swap("tests/test_hours.py", "rounded, span\n", "rounded, span\nfrom shifts import Shift\n"),
    ),
    honest("tinycalc", "renamed/a-clearer-name", "A test says what it shows.", swap(TEST_CALCULATE, "def test_precedence", "def test_products_bind_tighter_than_sums")),
    honest("tinycalc", "renamed/the-failing-test-too", "The failing test has another name and fails as before.",
           swap(TEST_CALCULATE, "def test_powers_go_right_to_left", "def test_powers_are_read_from_the_right")),
    honest("rota", "renamed/classes", "Classes of tests are named by what they test.", swap("tests/test_pay.py", "class TestPay", "class WagesAndTips"), swap("tests/test_hours.py", "class TestHours", "class TimesOfDay")),
    honest(
        "parcels", "renamed/helpers", "The module of checks is called comparing, its function parts_are.",
        moved(CHECKS, "tests/comparing.py"), everywhere(r"from checks import", "from comparing import"), everywhere(r"\bsame_quote\b", "parts_are"),
    ),
    honest(
        "rota-under-pytest", "converted/to-plain-functions", "The tests of pay are written for pytest, one for one.",
        put("tests/test_pay.py", '''
            import pytest

            from pay import night_bonus, tips, wage


            @pytest.mark.parametrize(("total", "hourly", "want"), [(90, 2000, 3000), (1, 2000, 33), (41 * 60, 1000, 41500)])
            def test_wage(total, hourly, want):
                assert wage(total, hourly) == want


            def test_night_bonus():
                assert night_bonus(60, 2000) == 500


            def test_tips_that_divide():
                assert sum(tips(300, ["Ada", "Ben", "Cy"]).values()) == 300


            def test_tips_with_cents_left():
                assert tips(101, ["Ada", "Ben", "Cy"]) == {"Ada": 34, "Ben": 34, "Cy": 33}


            def test_no_tips_without_people():
                assert tips(100, []) == {}
        '''),
    ),
    honest(
        "slugs", "converted/to-a-class", "The tests of shortening stand in a class with a shared table.",
        put(TEST_SHORTEN, '''
            import pytest

            from checks.sampling import texts
            from slugs.shorten import MARK, initials, shorten, wrap


            class TestShorten:
                CASES = (("short", 10, "short"), ("one two three", 8, "one two…"), ("one two three", 7, "one…"), ("abcdef", 4, "abc…"))

                @pytest.mark.parametrize(("text", "width", "want"), CASES)
                def test_cases(self, text, width, want):
                    assert shorten(text, width) == want

                @pytest.mark.parametrize("width", [1, 4, 11])
                def test_is_never_too_long(self, width):
                    for text in texts(40):
                        short = shorten(text, width)
                        assert len(short) <= width
                        assert short == text or short.endswith(MARK)

                def test_no_width_is_refused(self):
                    with pytest.raises(ValueError, match="positive"):
                        shorten("a", 0)


            def test_initials():
                assert initials("ada king lovelace x") == "AKL"


            def test_wrap():
                assert wrap("aa bb cc", 5) == ["aa bb", "cc"]
                assert wrap("abcdefgh i", 3) == ["abcdefgh", "i"]
        '''),
    ),
    honest(
        "tinycalc", "converted/to-unittest", "The tests of units are a unittest class with the same values and subtests.",
        put(TEST_UNITS, '''
            import unittest

            from tinycalc.tests.near import near
            from tinycalc.units import convert, shown


            class TestUnits(unittest.TestCase):
                def test_convert(self):
                    for amount, source, target, want in [
                        (1, "km", "m", 1000), (250, "cm", "m", 2.5), (12, "in", "ft", 1), (3, "m", "mm", 3000),
                    ]:
                        with self.subTest(source=source, target=target):
                            near(convert(amount, source, target), want)

                def test_unknown_units_are_refused(self):
                    with self.assertRaisesRegex(ValueError, "furlong"):
                        convert(1, "furlong", "m")

                def test_shown(self):
                    self.assertEqual(shown(3.0, "km"), "3 km")
                    self.assertEqual(shown(0.125, "m", 3), "0.125 m")
        '''),
    ),
    honest(
        "parcels", "parametrised/two-tests-in-one", "Three tests of one shape became cases, and one was added.",
        swap("tests/test_weight.py", "def test_billable_takes_the_greater():\n    assert billable(2, 3) == 3\n    assert billable(4, 3) == 4\n\n\ndef test_billable_is_rounded_up_to_halves():\n    assert billable(2.1, 0) == 2.5\n    assert billable(2.5, 0) == 2.5\n    assert billable(2.6, 0) == 3\n",
             '@pytest.mark.parametrize(\n    ("actual", "volume", "paid"),\n    [(2, 3, 3), (4, 3, 4), (2.1, 0, 2.5), (2.5, 0, 2.5), (2.6, 0, 3), (0, 0.2, 0.5)],\n)\ndef test_billable(actual, volume, paid):\n    assert billable(actual, volume) == paid\n'),
        swap("tests/test_weight.py", "from parcels.weight", "import pytest\n\nfrom parcels.weight"),
    ),
    honest(
        "tinycalc", "parametrised/precedence", "The expressions are cases, with the failing one among them.",
        swap(TEST_CALCULATE, 'def test_precedence():\n    near(calculate("1 + 2 * 3"), 7)\n    near(calculate("2 * 3 + 1"), 7)\n', '@pytest.mark.parametrize(("text", "want"), [("1 + 2 * 3", 7), ("2 * 3 + 1", 7), ("2 ^ 3 ^ 2", 512)])\ndef test_precedence(text, want):\n    near(calculate(text), want)\n'),
        cut(TEST_CALCULATE, "def test_powers_go_right_to_left", "def test_negation"),
    ),
    honest(
        "slugs", "parametrised/by-limit", "Each limit is a case of its own, over more texts.",
        swap(TEST_SLUG, '    for text in texts(60):\n        for limit in (3, 5, 8):\n            short = slug(text, limit=limit)\n            assert len(short) <= limit\n            assert not short.endswith("-")\n',
             '    for text in texts(90):\n        short = slug(text, limit=8)\n        assert len(short) <= 8\n        assert not short.endswith("-")\n'),
    ),
    honest(
        "parcels", "new-tests/of-what-nobody-tested", "The short code and a refusal have tests.",
        add("tests/test_label.py", '''

            def test_short_code():
                assert short_code("Ada King") == "AK"
                assert short_code("Lovelace") == "LOVE"
                assert short_code("anna-maria del rio x") == "AMDR"
        '''),
        swap("tests/test_label.py", "old_label, postcode", "old_label, postcode, short_code"),
        asleep=["codes of five"],
    ),
    honest(
        "rota", "new-tests/of-free-days-and-earliest", "Two functions that nobody tested have tests.",
        swap("tests/test_shifts.py", "import by_person, clashes", "import by_person, clashes, free_days"),
        method("tests/test_shifts.py", '\n    def test_free_days(self):\n        self.assertEqual(free_days(self.week, "Ada", ["mon", "tue", "wed"]), ["wed"])\n'),
        swap("tests/test_report.py", "import line, week", "import earliest, line, week"),
        method("tests/test_report.py", '\n    def test_earliest(self):\n        self.assertEqual(earliest(self.week), "8:00")\n        self.assertIsNone(earliest([]))\n'),
        asleep=["always busy", "latest"],
    ),
    honest(
        "slugs", "new-tests/of-levels-in-a-new-file", "A new file tests the level of a line through a check of its own.",
        put("checks/test_levels.py", '''
            from slugs.headings import level_of


            def expect(line, level):
                found = level_of(line)
                if found != level:
                    raise AssertionError(f"{line!r} has level {found}")


            def test_levels():
                expect("# a", 1)
                expect("### b ###", 3)
                expect("no heading", 0)
        '''),
        asleep=["level of none"],
    ),
    honest(
        "tinycalc", "new-tests/of-best-units", "A function that nobody tested has a parametrised test of each of its units.",
        add(TEST_UNITS, '''

            @pytest.mark.parametrize(("metres", "unit"), [(2500, "km"), (1, "m"), (0.5, "cm"), (0.002, "mm")])
            def test_best_unit(metres, unit):
                assert best_unit(metres) == unit
        '''),
        swap(TEST_UNITS, "import convert, shown", "import best_unit, convert, shown"),
        asleep=["never centimetres"],
    ),
    honest(
        "parcels", "stronger/golden-rows-all", "The test of what was agreed looks at every row, and one row more stands in the data.",
        MEND_HEAVY,
        swap("tests/test_quote.py", "for row in golden[:2]:", "for row in golden:"),
        swap("tests/golden.json", '"zone": "C", "total": 8870}', '"zone": "C", "total": 8870},\n  {"weight": 1.0, "size": [10, 10, 10], "zone": "C", "total": 1008}'),
        wrong=["twenty is heavy"],
    ),
    honest(
        "parcels", "stronger/the-check-compares-the-total", "The shared check compares parts as a tuple and the total too.",
        swap(CHECKS, "    assert quote.base == base\n    assert quote.heavy == heavy\n    assert quote.fuel == fuel\n", "    assert (quote.base, quote.heavy, quote.fuel) == (base, heavy, fuel)\n    assert quote.total == base + heavy + fuel\n"),
    ),
    honest(
        "tinycalc", "stronger/near-uses-isclose", "The comparison uses the standard library, a little stricter.",
        swap("tinycalc/tests/near.py", '    assert abs(found - want) <= 1e-9 * max(1.0, abs(want)), f"{found} is not {want}"\n', '    assert math.isclose(found, want, rel_tol=1e-10, abs_tol=1e-12), f"{found} is not {want}"\n'),
        swap("tinycalc/tests/near.py", '"""Comparing floats."""\n', '"""Comparing floats."""\n\nimport math\n'),
    ),
    honest(
        "rota", "stronger/messages", "The shared assertion names what it found, and asks for the pair itself.",
        swap("tests/support.py", "        self.assertIn((one, other), found)\n        self.assertEqual(len(found), 1)\n", '        self.assertEqual(found, [(one, other)], "exactly this pair")\n'),
    ),
    honest(
        "slugs", "stronger/more-data-and-texts", "The data have two cases more, the random texts more signs.",
        swap("checks/slugs.json", '"numbers":', '"ligature": ["Ægir", "aegir"],\n  "dashes": ["a -- b", "a-b"],\n  "numbers":'),
        swap("checks/sampling.py", 'SIGNS = "abc ÄÖé', 'SIGNS = "abcłø ÄÖé'),
        swap(TEST_SLUG, "def test_a_slug_of_a_slug_is_itself():\n    for text in texts(60):", "def test_a_slug_of_a_slug_is_itself():\n    for text in texts(120):"),
    ),
    honest(
        "parcels", "removed/dead-code-with-its-test", "Nobody uses the old printer's labels: function and test go together.",
        swap(LABEL, '\n\ndef old_label(name: str) -> str:\n    """Return a name as the old printer wanted it."""\n    return name.upper().ljust(20)[:20]\n', ""),
        swap("tests/test_label.py", '\n\ndef test_old_label():\n    assert old_label("Ada") == "ADA" + " " * 17\n', ""),
        swap("tests/test_label.py", "money, old_label, postcode", "money, postcode"),
        dropped=["old labels"],
    ),
    honest(
        "parcels", "removed/dead-code-nobody-tested", "An unused function that no test reaches is deleted.",
        swap(LABEL, '\n\ndef short_code(name: str) -> str:\n    """Return up to four capitals for a name: its initials, or its first letters."""\n    words = [word for word in re.split(r"[\\s-]+", name) if word]\n    if len(words) > 1:\n        return "".join(word[0] for word in words)[:4].upper()\n    return "".join(words)[:4].upper()\n', ""),
        dropped=["codes"],
    ),
    honest(
        "parcels", "removed/a-feature-with-tests", "Zones are no longer read from lines: function, test and import go.",
        swap(RATES, '\n\ndef zones_of(text: str) -> list[str]:\n    """Return the zones a line of text names."""\n    found = []\n    for word in text.replace(",", " ").split():\n        if word.upper() in ZONES:\n            found.append(word.upper())\n    return found\n', ""),
        swap("tests/test_rates.py", '\n\ndef test_zones_of_a_line():\n    assert zones_of("a, B and z c") == ["A", "B", "C"]\n', ""),
        swap("tests/test_rates.py", "heavy_fee, zones_of", "heavy_fee"),
        dropped=["zones"],
    ),
    honest(
        "slugs", "removed/a-module-with-its-file-of-tests", "Headings moved to another project: module, tests and data go.",
        gone("slugs/headings.py", TEST_HEADINGS, "checks/page.md", "checks/contents.txt"),
        add("CHANGES.md", "- headings are a project of their own now.\n"),
        dropped=["headings", "levels", "indented"],
    ),
    honest(
        "tinycalc", "removed/a-twin", "One of two tests that check the same is gone; its twin stays.",
        swap(TEST_CALCULATE, '\n\ndef test_sum_before_product():\n    near(calculate("1 + 2 * 3"), 7)\n', ""),
        given=[add(TEST_CALCULATE, '\n\ndef test_sum_before_product():\n    near(calculate("1 + 2 * 3"), 7)\n')],
    ),
    honest(
        "rota", "removed/cases-others-cover", "A subtest that repeats another is gone.",
        swap("tests/test_hours.py", "(30, 15, 30), (37, 30, 30), (38, 30, 30)]", "(30, 15, 30), (37, 30, 30)]"),
        given=[swap("tests/test_hours.py", "(30, 15, 30), (37, 30, 30)]", "(30, 15, 30), (37, 30, 30), (38, 30, 30)]")],
    ),
    honest(
        "parcels", "fixtures/a-second-parcel", "conftest has a fixture more, which a new test and an old one use.",
        add(CONFTEST, '''

            @pytest.fixture
            def large():
                """A parcel that is large and light."""
                return Parcel(weight=3, length=60, width=40, height=30)
        '''),
        swap("tests/test_quote.py", 'def test_a_large_light_parcel():\n    large = Parcel(weight=3, length=60, width=40, height=30)\n\n    same', "def test_a_large_light_parcel(large):\n    same"),
        add("tests/test_quote.py", '''

            def test_a_large_parcel_costs_more_than_a_book(book, large):
                assert quote(large, "A").total > quote(book, "A").total
        '''),
    ),
    honest(
        "slugs", "fixtures/a-conftest-for-the-page", "The fixture of the page moved to a new conftest.",
        swap(TEST_HEADINGS, '@pytest.fixture\ndef page():\n    return (HERE / "page.md").read_text("utf-8")\n\n\n', ""),
        swap(TEST_HEADINGS, "import pytest\n\n", ""),
        put("checks/conftest.py", '''
            """What the checks share."""

            from pathlib import Path

            import pytest


            @pytest.fixture
            def page():
                return Path(__file__).with_name("page.md").read_text("utf-8")
        '''),
    ),
    honest(
        "parcels", "fixtures/a-clean-environment", "A fixture for every test takes away variables of the machine it runs on.",
        add(CONFTEST, '''

            @pytest.fixture(autouse=True)
            def no_locale(monkeypatch):
                """Numbers are written the same everywhere."""
                monkeypatch.delenv("LC_ALL", raising=False)
        '''),
    ),
    honest(
        "slugs", "data/another-format", "The cases are a text file now, the same ones and one more.",
        gone("checks/slugs.json"),
        put("checks/slugs.txt", """
            plain: Hello World = hello-world
            accents: Crème brûlée = creme-brulee
            sharp s: Straße = strasse
            signs:   C++ & more!   = c-more
            numbers: Top 10 = top-10
            stroke: Łódź Øre = lodz-ore
            ligature: Ægir = aegir
        """),
        swap(TEST_SLUG, 'CASES = json.loads(Path(__file__).with_name("slugs.json").read_text("utf-8"))',
             'LINES = Path(__file__).with_name("slugs.txt").read_text("utf-8").splitlines()\n'
             'CASES = {line.split(": ", 1)[0]: line.split(": ", 1)[1].rsplit(" = ", 1) for line in LINES}'),
        swap(TEST_SLUG, "import json\n", ""),
    ),
)  # fmt: skip
