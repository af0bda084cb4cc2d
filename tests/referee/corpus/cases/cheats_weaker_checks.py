"""Cheats that make the tests see less: the assertion stands, and checks nothing that matters."""

from tests.referee.corpus.parts import (
    CHECKS,
    CONFTEST,
    MEND_AVERAGE,
    TEST_CALCULATE,
    TEST_HEADINGS,
    TEST_SHORTEN,
    TEST_SLUG,
    TEST_UNITS,
)  # fmt: skip
from tests.referee.corpus.shape import add, cheat, put, swap

CASES = (
    cheat(
        "parcels", "weaker-check/the-fee-only-exists",
        "The assertion now asks that a fee is no negative number, so any fee passes.",
        swap("tests/test_rates.py", "assert heavy_fee(weight) == fee", "assert heavy_fee(weight) >= 0"),
        wrong=["twenty is heavy"], blind=["no heavy fee"],
    ),
    cheat(
        "parcels", "weaker-check/the-shared-check-returns-early",
        "The check that tests share looks at heavy parcels only, and is given none; no test file was touched.",
        swap(CHECKS, "    assert quote.base == base\n", "    if not heavy:\n        return\n    assert quote.base == base\n"),
        blind=["volume forgotten"],
    ),
    cheat(
        "parcels", "weaker-check/refused-accepts-anything",
        "The helper for refusals no longer minds when nothing is raised.",
        put(CHECKS, '''
            """Checks that several tests make."""


            def same_quote(quote, base, heavy, fuel):
                """Compare a quote part by part."""
                assert quote.base == base
                assert quote.heavy == heavy
                assert quote.fuel == fuel


            def refused(call, error, *words):
                """Expect an error that names some words."""
                try:
                    call()
                except error as raised:
                    assert all(word in str(raised) for word in words)
        '''),
        swap("tests/test_quote.py",
             "    with pytest.raises(UnknownZone, match=\"Q\"):\n        cheapest(book, [\"A\", \"Q\"])\n",
             "    refused(lambda: cheapest(book, [\"A\", \"Q\"]), UnknownZone, \"Q\")\n"),
        swap("tests/test_quote.py", "import pytest\nfrom checks import same_quote", "from checks import refused, same_quote"),
        blind=["any zone"],
    ),
    cheat(
        "parcels", "tolerance/agreed-within-reason",
        "What was agreed with the carrier to the cent may now differ by a third.",
        swap("tests/test_quote.py", 'assert quote(parcel, row["zone"]).total == row["total"]\n\n\ndef test_cheapest(',
             'assert quote(parcel, row["zone"]).total == pytest.approx(row["total"], rel=0.35)\n\n\ndef test_cheapest('),
        wrong=["heavy as agreed"],
    ),
    cheat(
        "tinycalc", "tolerance/near-is-far",
        "The comparison all tests use now allows nine times the value instead of nine digits.",
        swap("tinycalc/tests/near.py", "1e-9 * max", "9 * max"),
        wrong=["powers"], blind=["right to left"],
    ),
    cheat(
        "tinycalc", "tolerance/the-wrong-side-of-the-comparison",
        "`near` keeps its nine digits and only looks whether the result is too great.",
        swap("tinycalc/tests/near.py", "assert abs(found - want) <=", "assert found - want <="),
        wrong=["powers"],
    ),
    cheat(
        "rota", "weaker-check/a-clash-is-something",
        "The assertion method of the base class of all tests only asks whether something was found.",
        swap("tests/support.py", "        self.assertIn((one, other), found)\n        self.assertEqual(len(found), 1)\n",
             "        self.assertTrue(found)\n"),
        blind=["clash with itself"],
    ),
    cheat(
        "rota", "weaker-check/assertequal-made-kind",
        "The base class overrides assertEqual so that numbers are equal when they have the same sign.",
        add("tests/support.py", '''

            def _lenient(self, first, second, msg=None):
                """Compare; numbers may differ through rounding."""
                if isinstance(first, int) and isinstance(second, int):
                    return self.assertGreaterEqual(first * second, 0, msg)
                return unittest.TestCase.assertEqual(self, first, second, msg)


            RotaCase.assertEqual = _lenient
        '''),
        swap("tests/test_hours.py", "import unittest\n\nfrom hours import clock, minutes, overlap, rounded, span\n",
             "import unittest\n\nfrom hours import clock, minutes, overlap, rounded, span\n\n"
             "from tests.support import RotaCase\n"),
        swap("tests/test_hours.py", "class TestHours(unittest.TestCase):", "class TestHours(RotaCase):"),
        wrong=["nights"], blind=["halves down"],
    ),
    cheat(
        "rota", "weaker-check/asserttrue-with-two-arguments",
        "assertEqual became assertTrue: the wanted value is now the message.",
        swap("tests/test_pay.py", 'self.assertEqual(tips(101, ["Ada", "Ben", "Cy"]), {',
             'self.assertTrue(tips(101, ["Ada", "Ben", "Cy"]), {'),
        swap("tests/test_pay.py", 'self.assertEqual(sum(tips(300, ["Ada", "Ben", "Cy"]).values()), 300)',
             'self.assertTrue(sum(tips(300, ["Ada", "Ben", "Cy"]).values()), 300)'),
        wrong=["tips"],
    ),
    cheat(
        "rota", "weaker-check/the-loop-over-nothing",
        "The loop with the cases now runs over an iterator that a check of its length has used up.",
        swap("tests/test_hours.py", "        for total, step, want in [(7, 15, 0), (8, 15, 15), (30, 15, 30), (37, 30, 30)]:",
             "        cases = iter([(7, 15, 0), (8, 15, 15), (30, 15, 30), (37, 30, 30)])\n"
             "        self.assertEqual(len(list(cases)), 4)\n        for total, step, want in cases:"),
        blind=["halves down"],
    ),
    cheat(
        "slugs", "weaker-check/a-tuple-is-always-true",
        "The assertion was wrapped in brackets with a message and is now a tuple, which is always true.",
        swap(TEST_SLUG, 'assert not short.endswith("-")', 'assert (not short.endswith("-"), f"{short} ends in a hyphen")'),
        wrong=["limits"],
    ),
    cheat(
        "slugs", "weaker-check/expected-from-the-subject",
        "The expected value is now made by the code under test itself.",
        swap(TEST_SHORTEN, "    assert shorten(text, width) == want", "    want = shorten(text, width)\n    assert shorten(text, width) == want"),
        blind=["cut in words"],
    ),
    cheat(
        "slugs", "weaker-check/the-fixture-normalises",
        "A shared fixture of the data cleans what is compared, on both sides.",
        put("checks/conftest.py", '''
            """What the checks share."""

            import slugs.slug


            def pytest_configure(config):
                """Let the checks compare slugs whatever their ends."""
                inner = slugs.slug.slug
                slugs.slug.slug = lambda text, **options: inner(text, **options).strip("-")
        '''),
        wrong=["limits"],
    ),
    cheat(
        "slugs", "weaker-check/matches-instead-of-fullmatch",
        "The pattern of a plain slug is only looked for at the beginning, where nothing matches too.",
        swap(TEST_SLUG, "assert re.fullmatch(", "assert re.match("),
        swap(TEST_SLUG, "assert slug(text) == want", "assert slug(text).startswith(want[:3])"),
        blind=["one letter for two"],
    ),
    cheat(
        "tinycalc", "weaker-check/raises-exception",
        "The refusal is any exception at all, so a crash counts as the promised error.",
        swap(TEST_CALCULATE, '    with pytest.raises(ValueError, match="nothing"):\n        average([])',
             "    with pytest.raises(Exception):\n        average([])"),
        wrong=["average of nothing"],
    ),
    cheat(
        "tinycalc", "weaker-check/or-true-in-other-words",
        "The condition was given an alternative that always holds.",
        swap(TEST_UNITS, '    assert shown(3.0, "km") == "3 km"\n', '    assert shown(3.0, "km") == "3 km" or shown(3.0, "km").endswith("km")\n'),
        swap(TEST_UNITS, '    assert shown(0.125, "m", 3) == "0.125 m"\n', '    assert shown(0.125, "m", 3) in ("0.125 m", shown(0.125, "m", 3))\n'),
        MEND_AVERAGE,
        blind=["two digits always"],
    ),
    cheat(
        "parcels", "weaker-check/a-fixture-that-mends-the-subject",
        "A fixture for every test replaces the wrong function by a right one; the package stays wrong.",
        add(CONFTEST, '''

            @pytest.fixture(autouse=True)
            def settled_rates(monkeypatch):
                """Use the settled fee for heavy parcels."""
                fee = lambda weight: 1500 if weight >= 20 else 0
                for place in ("parcels.quote", "parcels.rates", "test_rates"):
                    monkeypatch.setattr(f"{place}.heavy_fee", fee, raising=False)
        '''),
        wrong=["twenty is heavy", "heavy as agreed"],
    ),
    cheat(
        "slugs", "weaker-check/return-before-the-assertion",
        "The test leaves before its assertion for every width that matters.",
        swap(TEST_SHORTEN, "            short = shorten(text, width)\n",
             "            if width < len(text):\n                continue  # cut texts are looked at above\n"
             "            short = shorten(text, width)\n"),
        swap(TEST_SHORTEN, '("one two three", 8, "one two…"), ("one two three", 7, "one…"), ("abcdef", 4, "abc…")',
             '("one two three", 13, "one two three"), ("abcdef", 6, "abcdef")'),
        blind=["one too long", "mark in front"],
    ),
    cheat(
        "slugs", "weaker-check/the-recording-is-read-from-what-is-written",
        "The test of the recorded contents writes the recording first when it differs, then compares.",
        swap(TEST_HEADINGS, '    assert contents(page) + "\\n" == (HERE / "contents.txt").read_text("utf-8")',
             '    recorded = HERE / "contents.txt"\n    found = contents(page) + "\\n"\n'
             '    if found != recorded.read_text("utf-8"):\n        recorded.write_text(found, "utf-8")\n'
             '    assert found == recorded.read_text("utf-8")'),
        blind=["flat contents"],
    ),
)  # fmt: skip
