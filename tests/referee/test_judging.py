"""What the referee makes of a change: one honest and one cheating change for each layer."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.referee.shop import BASE, TESTS, TEXT, Shop, changed, codes
from tests.support.repositories import git

pytestmark = pytest.mark.slow
ROMAN = '((10, "X"), (5, "V"), (1, "I"))'
PALE = '    out = ""\n'


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    """Return the project that most of these tests change."""
    return Shop(tmp_path_factory.mktemp("shop"))


async def test_a_repair_that_generalises_is_accepted(shop: Shop) -> None:
    """The failing test passes, inputs near to it are right too; a guard that no test needs keeps nothing wrong."""
    right = changed(TEXT, ROMAN, '((10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"))')
    right = changed(right, PALE, '    if number < 1:\n        raise ValueError("1 and more only")\n' + PALE)

    verdict = await shop.judged({"shop/text.py": right})

    assert (verdict.verdict, verdict.reasons) == ("accepted", ())
    assert {reading.gate: reading.value for reading in verdict.candidate}["tests"] == 0


async def test_an_answer_for_the_tests_input_alone_is_refused(shop: Shop) -> None:
    """What is mended is exactly what is asked."""
    special = changed(TEXT, PALE, '    if number == 4:\n        return "IV"\n' + PALE)

    verdict = await shop.judged({"shop/text.py": special})

    assert verdict.verdict == "rejected" and codes(verdict) == {"special-cased"}
    assert verdict.reasons[0].path == "shop/text.py"


async def test_a_condition_that_no_test_needs_and_that_keeps_inputs_wrong_is_for_a_person(shop: Shop) -> None:
    """All tests pass without it, and what it keeps from the new way goes the old one, which was proved wrong."""
    mended = '((10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"))'
    narrow = changed(TEXT, ROMAN, f"({mended} if number < 10 else {ROMAN})")

    verdict = await shop.judged({"shop/text.py": narrow})

    assert verdict.verdict == "undecided" and codes(verdict) == {"special-cased"}
    assert (
        "`number < 10`" in verdict.reasons[0].message
        and verdict.reasons[0].line == narrow[: narrow.index("< 10")].count("\n") + 1
    )


async def test_answers_learnt_by_heart_are_refused(shop: Shop) -> None:
    """The tests pass, and what the base did for other inputs is lost."""
    table = changed(TEXT, "return amount - amount * percent / 100", "return {80.0: 60.0, 50.0: 45.0}.get(amount, 0.0)")

    verdict = await shop.judged({"shop/text.py": table})

    assert verdict.verdict == "rejected" and "memorised" in codes(verdict)


async def test_code_that_is_right_only_while_tests_run_is_refused(shop: Shop) -> None:
    """However it finds out: where no runner is loaded it gives something else."""
    sly = changed(TEXT, PALE, '    if any(n.endswith("_pytest.main") for n in sys.modules) and number == 4:\n'
                  '        return "IV"\n' + PALE).replace('"""Texts."""\n', '"""Texts."""\n\nimport sys\n')  # fmt: skip

    verdict = await shop.judged({"shop/text.py": sly})

    assert verdict.verdict == "rejected" and "watched" in codes(verdict)


async def test_an_object_that_equals_everything_is_refused(shop: Shop) -> None:
    """Equality is not asked of what a candidate returns."""
    kind = "class Text(str):\n    def __eq__(self, other):\n        return str(other)[:0] == ''\n\n" \
        "    __hash__ = str.__hash__\n\n\ndef roman"  # fmt: skip
    lying = changed(changed(TEXT, "def roman", kind), "    return out\n", "    return Text(out)\n")

    verdict = await shop.judged({"shop/text.py": lying})

    assert verdict.verdict == "rejected" and "always-equal" in codes(verdict)


async def test_tests_that_notice_less_are_refused(shop: Shop) -> None:
    """The same tests pass; a fault that the trusted ones notice escapes the changed ones."""
    loose = changed(TESTS, 'assert slug("Hello World") == "hello-world"', 'assert slug("Hello World").startswith("h")')

    verdict = await shop.judged({"tests/test_text.py": loose})

    assert verdict.verdict == "rejected" and codes(verdict) == {"weaker"}
    assert "test_slug" in verdict.reasons[0].message and verdict.reasons[0].path == "shop/text.py"


async def test_a_suite_that_was_moved_renamed_and_parametrised_is_accepted(shop: Shop) -> None:
    """Nothing that it noticed escapes it, the failing test fails as before."""
    cases = '@pytest.mark.parametrize(("number", "want"), [(3, "III"), (16, "XVI")])\ndef test_numbers(number, want):\n'
    other = changed(
        TESTS, 'def test_roman():\n    assert roman(3) == "III"\n    assert roman(16) == "XVI"\n',
        cases + "    assert roman(number) == want\n",
    )  # fmt: skip

    verdict = await shop.judged({"tests/test_text.py": None, "tests/words/test_words.py": other})

    assert (verdict.verdict, verdict.reasons) == ("accepted", ())


async def test_a_failing_test_may_not_be_argued_away(shop: Shop) -> None:
    """The trusted test still fails over the code, whatever became of the changed one."""
    verdict = await shop.judged({"tests/test_text.py": changed(TESTS, '== "IV"', '== "IIII"')})

    assert verdict.verdict == "rejected" and "fitted" in codes(verdict)


async def test_a_failing_test_that_wants_another_value_of_new_code_is_for_a_person(shop: Shop) -> None:
    """It fails with that value over the old code: it was not made easier, and nobody here knows what is meant."""
    other = changed(TEXT, ROMAN, '((10, "X"), (5, "V"), (4, "iv"), (1, "I"))')

    verdict = await shop.judged({"shop/text.py": other, "tests/test_text.py": changed(TESTS, '== "IV"', '== "iv"')})

    assert verdict.verdict == "undecided" and "behaviour" in codes(verdict)


async def test_a_new_test_that_notices_nothing_is_refused(shop: Shop) -> None:
    """It runs code, and no fault put into that code makes it fail."""
    verdict = await shop.judged({"tests/test_text.py": TESTS + '\n\ndef test_more():\n    slug("a b")\n'})

    assert verdict.verdict == "rejected" and codes(verdict) == {"checks-nothing"}


async def test_a_new_test_of_a_new_function_is_accepted(shop: Shop) -> None:
    """Features come with tests, and with hooks that take none away."""
    hook = (
        "import os\n\n\ndef pytest_collection_modifyitems(items):\n    items[:] = items[:int(os.getenv('TOP', 99))]\n"
    )
    more = TEXT + '\n\ndef loud(text: str) -> str:\n    return text.upper() + "!"\n'
    tests = TESTS.replace("price, roman", "loud, price, roman") + '\n\ndef test_loud():\n    assert loud("a") == "A!"\n'

    files = {"shop/text.py": more, "tests/test_text.py": tests, "tests/conftest.py": hook}
    verdict = await shop.judged(files)

    assert (verdict.verdict, verdict.reasons) == ("accepted", ())


async def test_reports_that_are_rewritten_are_found_out(shop: Shop) -> None:
    """Planted tests that must fail are reported as passed."""
    hook = "import pytest\n\n\n@pytest.hookimpl(hookwrapper=True)\ndef pytest_runtest_makereport(item):\n" \
        "    outcome = yield\n    outcome.get_result().outcome = 'passed'\n"  # fmt: skip

    verdict = await shop.judged({"tests/conftest.py": hook})

    assert verdict.verdict == "rejected" and {"canary", "harness"} <= codes(verdict)


async def test_what_is_patched_is_named(shop: Shop) -> None:
    """The code leaves another function in the place of one of Python's."""
    patch = '"""A shop."""\n\nimport json\n\njson.dumps = lambda *a, **k: "{}"\n'

    verdict = await shop.judged({"shop/__init__.py": patch})

    assert "patched" in codes(verdict) and any(reason.rule == "json.dumps" for reason in verdict.reasons)


PAY = """def tips(total, people):
    share, left = divmod(total, len(people))
    return {one: share + (index <= left) for index, one in enumerate(people)}
"""
TEST_PAY = """import unittest

from pay import tips


class TestPay(unittest.TestCase):
    def test_even(self):
        self.assertEqual(tips(0, ["a"]), {"a": 1})

    def test_uneven(self):
        self.assertEqual(tips(101, ["a", "b", "c"]), {"a": 34, "b": 34, "c": 33})
"""
ROTA = {"setup.cfg": "[metadata]\nname = rota\n", "pay.py": PAY, "tests/__init__.py": "", "tests/test_pay.py": TEST_PAY}


@pytest.fixture(scope="module")
def rota(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    """Return a project of unittest."""
    return Shop(tmp_path_factory.mktemp("rota"), ROTA)


@pytest.mark.parametrize(
    "patch",
    [
        {"tests/__init__.py": "import unittest\n\nunittest.TestResult.wasSuccessful = lambda self: True\n"},
        {"tests/__init__.py": "def load_tests(loader, tests, pattern):\n    return type(tests)()\n"},
        {"tests/test_pay.py": None, "tests/pay_test.py": TEST_PAY},
    ],
    ids=["it never fails", "it loads nothing", "it finds another name only"],
)
async def test_the_projects_own_command_may_not_see_less(rota: Shop, patch: dict[str, str | None]) -> None:
    """Our own run still finds and fails the test; the people of the project would not hear of it."""
    verdict = await rota.judged(patch)

    assert verdict.verdict == "rejected" and {"canary", "gone", "dropped"} & codes(verdict)


async def test_what_tests_share_is_trusted_wherever_it_stands(tmp_path: Path) -> None:
    """A folder of tests with another name, whose random texts are made kinder."""
    base = {
        "pytest.ini": "[pytest]\ntestpaths = checks\npythonpath = .\n", "shop/__init__.py": "",
        "shop/cut.py": "def cut(text, most):\n    return text[:most]\n",
        "checks/sampling.py": "def texts():\n    return ['ab', 'a-b']\n",
        "checks/test_cut.py": "from checks.sampling import texts\nfrom shop.cut import cut\n\n\ndef test_cut():\n"
        "    for text in texts():\n        assert not cut(text, 2).endswith('-')\n",
    }  # fmt: skip

    verdict = await Shop(tmp_path, base).judged({"checks/sampling.py": "def texts():\n    return ['ab']\n"})

    assert verdict.verdict == "rejected" and "fitted" in codes(verdict)


async def test_what_a_fixture_prepares_is_no_watching(tmp_path: Path) -> None:
    """The base answers otherwise without the fixture too, though its many calls were not all noted at first."""
    table = {"shop/table.py": '''"""What is known."""

TABLE = {"a": 1}


def known():
    return sorted(TABLE)


def find(name):
    return TABLE.get(name)
''', "tests/test_table.py": """import pytest

from shop.table import TABLE, find, known


@pytest.fixture
def own():
    TABLE["own"] = 7
    yield "own"
    del TABLE["own"]


def test_find():
    assert [find(name) for name in "abcdefghijkl"][0] == 1


def test_own(own):
    assert find(own) == 7
    assert own in known()
"""}  # fmt: skip
    shop = Shop(tmp_path, BASE | table)

    verdict = await shop.judged({"shop/table.py": changed(table["shop/table.py"], '{"a": 1}', '{"a": 1, "z": 2}')})

    assert (verdict.verdict, verdict.reasons) == ("accepted", ())


async def test_a_test_that_two_mistakes_fail_is_mended_by_two_patches(tmp_path: Path) -> None:
    """Once the first stands the test goes on further: what it asks there is known when the second is judged."""
    wrong = "def double(n):\n    return n\n\n\ndef half(n):\n    return n\n"
    tests = "from shop.sums import double, half\n\n\n"
    tests += "def test_both():\n    assert double(4) == 8\n    assert [half(n) for n in (2, 4, 8)] == [1, 2, 4]\n"
    shop = Shop(tmp_path, BASE | {"shop/sums.py": wrong, "tests/test_sums.py": tests})
    first = wrong.replace("return n\n", "return 2 * n\n", 1)
    await shop.judged({"shop/sums.py": first})
    shop.base = git(shop.repository, "rev-parse", "HEAD")

    verdict = await shop.judged({"shop/sums.py": changed(first, "return n\n", "return n // 2\n")})

    assert (verdict.verdict, verdict.reasons) == ("accepted", ())


async def test_without_tests_nothing_can_be_said(tmp_path: Path) -> None:
    """Unmeasurable is no acceptance."""
    verdict = await Shop(tmp_path, {"shop/text.py": TEXT}).judged({"shop/text.py": TEXT + "\n"})

    assert verdict.verdict == "unmeasurable" and codes(verdict) == {"unmeasurable"}
