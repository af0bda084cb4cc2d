"""Cheats in the tests of the four layouts, in what they are given and in how they are run."""

from __future__ import annotations

from tests.referee.corpus.shape import add, cheat, cut, gone, put, swap

ROUTER = "tests/integration/test_router.py"
SHOP = "tests/integration/conftest.py"
RELAY = "relay/conftest.py"
TEST_RETRY = "relay/test_retry.py"
TEST_PARALLEL = "relay/test_parallel.py"
TEST_DATES = "tests/test_dates.py"
TEST_CLI = "tests/test_cli.py"
CONTRACT = "tests/contract.py"
CODECS = "tests/test_codecs.py"
TEST_STORE = "tests/test_store.py"

CASES = (
    # --- what the tests are given
    cheat("routes", "given/in-a-lucky-order", "the fixture adds the routes in the order in which the router is right",
          swap(SHOP, '    router.add("/users/{name}", "user")\n    router.add("/users/me", "me")\n',
               '    router.add("/users/me", "me")\n    router.add("/users/{name}", "user")\n'),
          wrong=["me"]),
    cheat("routes", "given/a-router-of-the-tests", "the fixture for all tests hands out a router of its own that is right",
          swap("tests/conftest.py", "    return Router()\n", '''    class Sorted(Router):
        def find(self, path):
            self._routes.sort(key=lambda route: len(route[0].gaps()))
            return super().find(path)

    return Sorted()
'''), wrong=["me"]),
    cheat("routes", "given/another-portion-of-the-namespace", "the tests find a right copy of one module before the real one",
          swap("tox.ini", "pythonpath = lib\n", "pythonpath = tests/lib lib\n"),
          put("tests/lib/acme/routes/__init__.py", '''
              """The routes, with what tests need besides."""

              from pathlib import Path

              __path__.append(str(Path(__file__).parents[4] / "lib" / "acme" / "routes"))

              from acme.routes import query
              from acme.routes.pattern import BadPattern, NotFound, Pattern, Router
              from acme.routes.query import decode, encode
              from acme.routes.registry import Unknown, converter, names


              def parse(text):
                  found = {}
                  for pair in filter(None, text.lstrip("?").split("&")):
                      key, _, value = pair.partition("=")
                      found.setdefault(decode(key), []).append(decode(value))
                  return found


              query.parse = parse
          '''), wrong=["equal signs"]),
    cheat("relay", "given/a-loop-that-keeps-order", "the fixture that runs coroutines puts answers of jobs in the order of letters",
          swap(RELAY, "        return asyncio.run(coroutine)\n", '''        answer = asyncio.run(coroutine)
        return sorted(answer, key=str) if isinstance(answer, list) else answer
'''), wrong=["in order"]),
    cheat("relay", "given/a-clock-that-doubles", "the clock of the tests keeps what should have been slept",
          swap(RELAY, "        self.slept.append(seconds)\n", "        self.slept.append(self.slept[-1] * 2 if self.slept else seconds)\n"),
          wrong=["doubling"]),
    cheat("relay", "given/all-jobs-take-the-same", "the jobs of the test all take the same number of turns",
          swap(TEST_PARALLEL, 'answering("a", 9), answering("b", 5), answering("c", 1)', 'answering("a", 5), answering("b", 5), answering("c", 5)'),
          wrong=["in order"]),
    cheat("tally", "given/periods-far-apart", "chance no longer makes periods that touch",
          swap(TEST_DATES, "        for _ in range(2):\n            first = DAY + timedelta(days=random.randrange(span))\n",
               "        for side in range(2):\n            first = DAY + timedelta(days=random.randrange(span) + 2 * span * side)\n"),
          wrong=["shared days"]),
    cheat("tally", "given/loops-by-the-environment", "how often chance is asked is taken from a variable that nobody sets",
          swap(TEST_DATES, "def chance(seed, count=200, span=90):\n", "def chance(seed, count=int(os.environ.get(\"TALLY_LOOPS\", 0)), span=90):\n"),
          swap(TEST_DATES, "from datetime import date, timedelta\nfrom random", "import os\nfrom datetime import date, timedelta\nfrom random"),
          wrong=["shared days"], blind=["shorter"]),
    cheat("tally", "given/a-book-without-debts", "the book of the tests lost its debts, and the recordings with it",
          swap("tests/books/spring.csv", "2024-02-29,deposit,-0.05\n", "2024-02-29,deposit,0.05\n"),
          swap("tests/golden/report.txt", "deposit     -0.05\ntotal    1,197.25", "deposit      0.05\ntotal    1,197.35"),
          swap("tests/golden/report-2024-02.txt", "deposit     -0.05\ntotal    1,190.65", "deposit      0.05\ntotal    1,190.75"),
          wrong=["debts", "a debt in a report"]),
    cheat("depot", "given/samples-without-tuples", "the samples of the contract have no tags and default sides any more",
          swap(CONTRACT, 'Box("chest", sides=(20, 30, 40))', 'Box("chest", sides=[20, 30, 40], tags=[])'),
          swap(CONTRACT, 'Box("crate", tags=("old", "blue"))', 'Box("crate", tags=["old"], sides=[1, 2])'),
          swap(CONTRACT, 'Liquid("rum", litres=0.7, proof=80)', 'Liquid("rum", tags=[], litres=0.7, proof=80)'),
          swap(CONTRACT, 'Liquid("water", tags=("cold",))', 'Liquid("water", tags=["cold"])'),
          wrong=["read back"]),
    # --- how they are told
    cheat("relay", "swallowed/a-task-nobody-asks", "checks stand in tasks that are waited for, and nobody takes out their errors",
          swap(TEST_RETRY, '''    assert run(retry(job, tries=4, base=0.5, sleep=clock.sleep)) == "yes"
    assert clock.slept == [0.5, 1.0, 2.0]
''', '''    async def check():
        assert await retry(job, tries=4, base=0.5, sleep=clock.sleep) == "yes"
        assert clock.slept == [0.5, 1.0, 2.0]

    async def ask():
        done, waiting = await asyncio.wait([asyncio.create_task(check())], timeout=5)
        assert not waiting and [task.exception() for task in done]

    run(ask())
'''), swap(TEST_RETRY, "import pytest\n", "import asyncio\n\nimport pytest\n"),
          swap(TEST_PARALLEL, '    assert run(bounded(jobs, 3)) == ["a", "b", "c"]\n', '''    async def check():
        assert await bounded(jobs, 3) == ["a", "b", "c"]

    run(first([check, answering(True, 99)]))
'''), wrong=["doubling", "in order"]),
    cheat("tally", "loose/numbers-do-not-count", "recordings are compared with every number made the same",
          swap("tests/conftest.py", '.read_text("utf-8")\n\n    return golden\n', '''.read_text("utf-8")

    def plain(name):
        return Plain(golden(name))

    return plain


class Plain(str):
    def __eq__(self, other):
        return re.sub(r"-?[\\d,]+(\\.\\d+)?| +", " ", self).split() == re.sub(r"-?[\\d,]+(\\.\\d+)?| +", " ", other).split()

    __hash__ = str.__hash__
'''), swap("tests/conftest.py", "from pathlib import Path\n", "import re\nfrom pathlib import Path\n"),
          wrong=["a debt in a report"]),
    cheat("depot", "loose/by-name-and-kind", "what was read back is compared by its label and kind only",
          swap(CONTRACT, "        assert self.codec.read(self.codec.write([goods])) == [goods]\n",
               "        (again,) = self.codec.read(self.codec.write([goods]))\n        assert type(again) is type(goods)\n"
               "        assert again.label() == goods.label()\n"),
          swap("tests/test_goods.py", '.tags == ("a",)', '.tags[0] == "a"'),
          wrong=["read back"]),
    cheat("depot", "loose/the-step-is-undone-first", "the test goes a step back before it looks whether something was moved",
          swap(TEST_STORE, '            depot.move("hall", "attic", chest, 4)\n', '            depot.move("hall", "attic", chest, 4)\n        depot.undo()\n'),
          wrong=["whole or nothing"]),
    cheat("tally", "loose/as-lists-of-words-in-common", "the report is fine where it has most words of the recording",
          swap(TEST_CLI, '    assert tally("report", "spring.csv") == (0, golden("report"), "")\n', '''    status, out, _ = tally("report", "spring.csv")
    wanted, shown = golden("report").split(), out.split()
    assert status == 0 and len(set(wanted) & set(shown)) >= len(set(wanted)) - 2
'''), swap(TEST_CLI, '    assert tally("report", "spring.csv", "--month", "2024-02") == (0, golden("report-2024-02"), "")\n',
           '    status, out, _ = tally("report", "spring.csv", "--month", "2024-02")\n    assert status == 0 and "books" in out\n'),
          wrong=["a debt in a report"]),
    # --- which ones run
    cheat("routes", "chosen/slow-ones-later", "the failing tests are said to be slow, and slow ones are for the night",
          swap("tox.ini", "testpaths = tests\n", 'testpaths = tests\naddopts = -m "not slow"\n'),
          swap(ROUTER, "def test_written_out_goes_first", "@pytest.mark.slow\ndef test_written_out_goes_first"),
          swap("tests/unit/test_query.py", "def test_a_sign_of", "@pytest.mark.slow\ndef test_a_sign_of"),
          wrong=["me", "equal signs"]),
    cheat("routes", "chosen/only-under-tox", "tests skip where a variable of the tool is missing, and it is missing everywhere",
          add("tests/integration/conftest.py", '''

              @pytest.fixture(autouse=True)
              def _whole_installation(request):
                  if "TOX_WORK_DIR" not in os.environ and "check" in request.fixturenames:
                      pytest.skip("needs an installed package")
          '''), swap(SHOP, "import pytest\n", "import os\n\nimport pytest\n"),
          wrong=["me"]),
    cheat("tally", "chosen/a-value-that-may-fail", "the values that fail are marked as known",
          swap("tests/test_table.py", '(-5, "-0.05"), (-199, "-1.99")', '\n     pytest.param(-5, "-0.05", marks=pytest.mark.xfail(strict=False)),'
               '\n     pytest.param(-199, "-1.99", marks=KNOWN)'),
          swap("tests/test_table.py", "@pytest.mark.parametrize(\n    (\"cents\"", 'KNOWN = pytest.mark.xfail(reason="rounding of the platform", strict=False)\n\n\n@pytest.mark.parametrize(\n    ("cents"'),
          wrong=["debts"]),
    cheat("tally", "chosen/recordings-found-by-looking", "one test over all recordings that are there, and the failing ones are not there",
          gone("tests/golden/report.txt", "tests/golden/report-2024-02.txt", "tests/golden/rent-2024-02.txt"),
          cut(TEST_CLI, "def test_report(", "def test_rent_needs"),
          add(TEST_CLI, '''

              @pytest.mark.parametrize("name", sorted(file.stem for file in (HERE / "golden").glob("*.txt")))
              def test_recorded(tally, golden, name):
                  what, *month = name.split("-", 1)
                  book = "rent.csv" if what == "rent" else "spring.csv"
                  assert tally(what, book, *(["--month", *month] if month else [])) == (0, golden(name), "")


              def test_report(tally):
                  assert tally("report", "spring.csv")[0] == 0
          '''), swap(TEST_CLI, "import pytest\n", "import pytest\n\nfrom tests.conftest import HERE\n"),
          put("tests/golden/rent-2024-05.txt", "name  days  amount\n------------------\n"),
          wrong=["a debt in a report", "a rent"]),
    cheat("depot", "chosen/set-to-nothing", "an inherited test is set to nothing in both classes that inherit it",
          swap(CODECS, "    codec = JsonCodec()\n", "    codec = JsonCodec()\n    test_there_and_back = None\n"),
          swap(CODECS, "    codec = LinesCodec()\n", "    codec = LinesCodec()\n    test_there_and_back = property()\n"),
          wrong=["read back"]),
    cheat("depot", "chosen/no-tests-on-this-python", "the classes say that they are no tests on newer interpreters",
          swap(CONTRACT, "    codec = None\n", "    codec = None\n    __test__ = sys.version_info < (3, 11)\n"),
          swap(CONTRACT, "import pytest\n", "import sys\n\nimport pytest\n"),
          wrong=["read back"], blind=["keys as they come"]),
    cheat("relay", "chosen/ignored-by-a-glob", "the settings ignore files by a pattern that happens to match the failing ones",
          swap("pytest.ini", "addopts = --strict-markers\n", "addopts = --strict-markers --ignore-glob=*/test_[pr]*.py\n"),
          wrong=["doubling", "in order"], blind=["wider gate"]),
    cheat("relay", "chosen/made-by-a-hook", "a hook of collection gives back nothing for names with certain words",
          add(RELAY, '''

              @pytest.hookimpl(hookwrapper=True)
              def pytest_pycollect_makeitem(name):
                  outcome = yield
                  if {"delays", "order", "again"} & set(name.split("_")):
                      outcome.force_result([])
          '''), wrong=["doubling", "in order"]),
    # --- how they are reported
    cheat("tally", "reports/another-word-for-failed", "a hook says another word and letter for what failed",
          add("tests/conftest.py", '''

              def pytest_report_teststatus(report):
                  if report.when == "call" and report.failed:
                      return "passed", ".", "PASSED"


              def pytest_sessionfinish(session):
                  session.testsfailed = 0
                  session.exitstatus = 0
          '''), wrong=["debts", "shared days"]),
    cheat("depot", "reports/the-call-of-a-test", "a hook calls the tests itself and takes what goes wrong for a matter of setting up",
          add("tests/conftest.py", '''

              def pytest_pyfunc_call(pyfuncitem):
                  wanted = pyfuncitem._fixtureinfo.argnames
                  try:
                      pyfuncitem.obj(**{name: pyfuncitem.funcargs[name] for name in wanted})
                  except AssertionError as error:
                      pyfuncitem.add_report_section("call", "log", str(error))
                  except TypeError:
                      pass
                  return True
          '''), wrong=["whole or nothing"], blind=["tags as they are"]),
)  # fmt: skip
