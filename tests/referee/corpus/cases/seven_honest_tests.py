"""Honest changes to the tests and the tools of the four layouts."""

from __future__ import annotations

from tests.referee.corpus.cases.seven_honest_code import (
    MEND_DELAYS,
    MEND_EQUAL,
    MEND_MONEY,
    MEND_MOVE,
    MEND_ORDER,
    MEND_OVERLAP,
    MEND_ROUTER,
    MEND_TUPLES,
)
from tests.referee.corpus.shape import add, cut, everywhere, gone, honest, method, moved, put, swap

ROUTER = "tests/integration/test_router.py"
TEST_QUERY = "tests/unit/test_query.py"
TEST_PARALLEL = "relay/test_parallel.py"
TEST_CLI = "tests/test_cli.py"
TEST_DATES = "tests/test_dates.py"
CONTRACT = "tests/contract.py"
CODECS = "tests/test_codecs.py"
TEST_STORE = "tests/test_store.py"

CASES = (
    # --- tests in other words and places
    honest("routes", "tests/one-conftest", "the fixtures of a folder move up; a check takes the place of a function that was imported", MEND_ROUTER,
           gone("tests/integration/conftest.py"), cut("tests/conftest.py", "def found"), add("tests/conftest.py", '''
        @pytest.fixture
        def shop(router):
            router.add("/users/{name}", "user")
            router.add("/users/me", "me")
            router.add("/users/{id:int}/orders", "orders")
            router.add("/items/{code:hex}", "item")
            return router
    '''), swap(ROUTER, '''def test_gaps(check):
    check("/users/ada", "user", name="ada")
    check("/users/7/orders", "orders", id=7)
    check("/items/ff", "item", code=255)


def test_written_out_goes_first(check):
    check("/users/me", "me")
''', '''@pytest.mark.parametrize(
    ("path", "name", "values"),
    [
        ("/users/ada", "user", {"name": "ada"}),
        ("/users/7/orders", "orders", {"id": 7}),
        ("/items/ff", "item", {"code": 255}),
        ("/users/me", "me", {}),
    ],
)
def test_found(shop, path, name, values):
    assert shop.find(path) == (name, values)
'''), wrong=["me"]),
    honest("routes", "tests/moved-beside-each-other", "the two folders of tests become one", moved(ROUTER, "tests/test_router.py"), moved("tests/integration/conftest.py", "tests/shop.py"),
           moved("tests/unit/conftest.py", "tests/own.py"), gone("tests/integration/__init__.py", "tests/unit/__init__.py"), moved("tests/unit/test_pattern.py", "tests/test_pattern.py"),
           moved("tests/unit/test_registry.py", "tests/test_registry.py"), moved(TEST_QUERY, "tests/test_query.py"),
           swap("tests/shop.py", "from tests.conftest import found\n\n\n", '\ndef found(router, path):\n    name, values = router.find(path)\n    return name, values\n\n\n'),
           cut("tests/conftest.py", "def found"), swap("tests/conftest.py", "from acme.routes import Router\n", 'from acme.routes import Router\n\npytest_plugins = ["tests.shop", "tests.own"]\n'), MEND_EQUAL, wrong=["equal signs"]),
    honest("relay", "tests/out-of-the-package", "the tests leave the package for a folder of their own", MEND_DELAYS, MEND_ORDER,
           *(moved(f"relay/{name}.py", f"tests/{name}.py") for name in ("conftest", "test_retry", "test_parallel", "test_limiter", "test_cache")),
           swap("pytest.ini", "testpaths = relay\n", "testpaths = tests\npythonpath = .\n"), wrong=["doubling", "in order"]),
    honest("relay", "tests/isolated-asyncio", "the tests of the cache are a class of the library for asynchronous tests", put("relay/test_cache.py", '''
        import asyncio
        import unittest

        from relay import Cache


        class TestCache(unittest.IsolatedAsyncioTestCase):
            async def test_one_load_for_all_who_wait(self):
                async def load(key):
                    await asyncio.sleep(0)
                    return key.upper()

                cache = Cache(load)
                answers = await asyncio.gather(*(cache.get(key) for key in "aba"))
                self.assertEqual(answers, ["A", "B", "A"])
                self.assertEqual(cache.loads, 2)

            async def test_an_error_is_not_kept(self):
                async def load(key):
                    if cache.loads == 1:
                        raise OSError(key)
                    return key

                cache = Cache(load)
                with self.assertRaises(OSError):
                    await cache.get("a")
                self.assertEqual(await cache.get("a"), "a")
                self.assertEqual(cache.loads, 2)

            async def test_dropped(self):
                async def load(key):
                    return key

                cache = Cache(load)

                async def ask():
                    for key in "abc":
                        await cache.get(key)
                    cache.drop("b")
                    await cache.get("b")
                    await cache.get("a")

                await ask()
                self.assertEqual(cache.loads, 4)
                cache.drop()
                await ask()
                self.assertEqual(cache.loads, 8)
    ''')),
    honest("relay", "tests/events-instead-of-turns", "jobs wait for each other by events instead of counting turns, which depends on the loop", MEND_ORDER,
           swap(TEST_PARALLEL, '''    jobs = [answering("a", 9), answering("b", 5), answering("c", 1)]

    assert run(bounded(jobs, 3)) == ["a", "b", "c"]
''', '''    async def ask():
        ended = {name: asyncio.Event() for name in "abcd"}
        ended["d"].set()

        def job(name, after):
            async def work():
                await ended[after].wait()
                ended[name].set()
                return name

            return work

        return await bounded([job("a", "b"), job("b", "c"), job("c", "d")], 3)

    assert run(ask()) == ["a", "b", "c"]
'''), wrong=["in order"]),
    honest("tally", "tests/all-pairs-instead-of-chance", "two weeks have few enough periods to ask for every pair of them", MEND_OVERLAP, cut(TEST_DATES, "def chance", "def every_day"),
           swap(TEST_DATES, "def every_day", '''def all_pairs(span=7):
    days = [DAY + timedelta(days=i) for i in range(span)]
    periods = list(combinations_with_replacement(days, 2))
    return [list(pair) for pair in product(periods, repeat=2)]


def every_day'''), everywhere(r"in chance\(\d\)", "in all_pairs()"), swap(TEST_DATES, "from random import Random\n", "from itertools import combinations_with_replacement, product\n"), wrong=["shared days"]),
    honest("tally", "tests/recordings-by-a-table", "the tests of recordings are one, over words and the names of files", MEND_OVERLAP, MEND_MONEY, cut(TEST_CLI, "def test_report(", "def test_rent_needs"),
           swap(TEST_CLI, "def test_rent_needs", '''@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("report", ["report", "spring.csv"]),
        ("report-2024-02", ["report", "spring.csv", "--month", "2024-02"]),
        ("rent-2024-02", ["rent", "rent.csv", "--month=2024-02"]),
    ],
)
def test_recorded(tally, golden, name, words):
    assert tally(*words) == (0, golden(name), "")


def test_rent_needs'''), wrong=["debts", "a rent"]),
    honest("tally", "tests/as-another-program", "one test more runs the program as people do", MEND_MONEY, add(TEST_CLI, '''

        def test_as_a_program(golden):
            words = ["-m", "tally", "report", str(HERE / "books" / "spring.csv")]
            done = subprocess.run([sys.executable, *words], cwd=HERE.parent, capture_output=True, text=True, check=True)
            assert done.stdout == golden("report")
    '''), swap(TEST_CLI, "import pytest\n", "import subprocess\nimport sys\nfrom pathlib import Path\n\nimport pytest\n\nHERE = Path(__file__).parent\n"), wrong=["debts"]),
    honest("depot", "tests/contract-by-parameters", "the contract is no longer inherited: its tests are asked of each codec", MEND_TUPLES, gone(CONTRACT), put(CODECS, '''
        import pytest

        from depot import Box, JsonCodec, LinesCodec, Liquid, codec

        GOODS = [Box("crate", ("old",), (1, 2, 3)), Liquid("ink", litres=0.5)]
        SAMPLES = [
            Box("chest", sides=(20, 30, 40)),
            Box("crate", tags=("old", "blue")),
            Liquid("rum", litres=0.7, proof=80),
            Liquid("water", tags=("cold",)),
        ]


        @pytest.fixture(params=["json", "lines"])
        def each(request):
            return codec(request.param)


        def test_nothing(each):
            assert each.read(each.write([])) == []


        @pytest.mark.parametrize("goods", [*SAMPLES, *GOODS], ids=lambda goods: goods.name)
        def test_there_and_back(each, goods):
            assert each.read(each.write([goods])) == [goods]


        def test_many(each):
            assert each.read(each.write(SAMPLES)) == SAMPLES


        @pytest.mark.parametrize(("old", "new"), [("box", "bag"), ("sides", "edges")])
        def test_what_is_not_known(each, old, new):
            with pytest.raises(ValueError):
                each.read(each.write(SAMPLES[:1]).replace(old, new))


        def test_written(each, snapshot):
            snapshot(f"goods.{each.name}", each.write(GOODS).rstrip("\\n"))


        def test_empty_lines():
            assert LinesCodec().read("\\n\\n") == []


        def test_by_name():
            assert isinstance(codec("json"), JsonCodec)
            assert isinstance(codec("lines"), LinesCodec)
            with pytest.raises(LookupError, match="there are json, lines"):
                codec("yaml")
    '''), wrong=["read back"]),
    honest("depot", "tests/of-what-burns", "a function that nobody tested has tests, its limit is a number", MEND_MOVE,
           swap("src/depot/goods.py", '        limit: int = "50"\n        return self.proof >= int(limit)\n', "        return self.proof >= 50\n"),
           swap("tests/test_goods.py", "class TestSerial:", '''class TestLiquid:
    @pytest.mark.parametrize(("proof", "expected"), [(0, False), (49, False), (50, True), (80, True)])
    def test_dangerous(self, proof, expected):
        assert Liquid("x", proof=proof).dangerous() is expected


class TestSerial:'''), wrong=["whole or nothing"]),
    honest("depot", "tests/state-as-a-whole", "the tests of moves look at the whole inventory instead of two counts", MEND_MOVE,
           swap(TEST_STORE, '        assert (depot.count("hall", chest), depot.count("attic", chest)) == (3, 0)\n', '        assert depot.inventory() == before\n        assert depot.where(chest) == ["hall"]\n'),
           swap(TEST_STORE, '    def test_moved_whole_or_not_at_all(self, depot, chest):\n', '    def test_moved_whole_or_not_at_all(self, depot, chest):\n        before = depot.inventory()\n'),
           method(TEST_STORE, '''
               def test_a_move_without_room_changes_nothing(self, depot, chest):
                   depot.put("attic", chest, 3)
                   before = depot.inventory()
                   with pytest.raises(ValueError, match="attic has no room"):
                       depot.move("hall", "attic", chest, 2)
                   assert depot.inventory() == before
           '''), wrong=["whole or nothing"]),
    # --- tools
    honest("routes", "settings/from-tox-to-pyproject", "the settings of the tests move to pyproject, tox keeps its own; tests must not warn", MEND_EQUAL,
           cut("tox.ini", "[pytest]"), put("pyproject.toml", '''
        [project]
        name = "acme-routes"
        version = "1.0"

        [tool.pytest.ini_options]
        testpaths = ["tests"]
        pythonpath = ["lib"]
        addopts = ["--strict-markers"]
        filterwarnings = ["error"]
        markers = ["slow: takes a while"]

        [tool.coverage.run]
        source = ["lib/acme"]
        branch = true
    '''), wrong=["equal signs"]),
    honest("tally", "settings/more-rules-and-a-workflow", "more rules for the linter, and the workflow that runs them", MEND_MONEY,
           swap("ruff.toml", '"B", "C4"]', '"B", "C4", "I", "RET", "UP"]'), put(".github/workflows/check.yml", '''
        on: push
        jobs:
          check:
            runs-on: ubuntu-latest
            steps:
              - uses: actions/checkout@v4
              - run: pip install pytest ruff
              - run: ruff check .
              - run: python -m pytest
    '''), wrong=["debts"]),
    honest("depot", "settings/stricter-types", "the type checker is as strict as it can be, and what it finds then is mended", MEND_TUPLES,
           swap("pyproject.toml", "disallow_untyped_defs = true\nwarn_return_any = true\n", "strict = true\n"),
           swap("src/depot/goods.py", '        limit: int = "50"\n        return self.proof >= int(limit)\n', "        limit = 50\n        return self.proof >= limit\n"),
           swap("src/depot/codecs.py", "import json\nimport re\n", "import json\n"), wrong=["read back"]),
)  # fmt: skip
