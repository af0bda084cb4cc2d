"""Honest changes to what the four layouts offer: more, less or other things, with the tests that show it."""

from __future__ import annotations

from tests.referee.corpus.cases.seven_honest_code import (
    DATES,
    MEND_DELAYS,
    MEND_EQUAL,
    MEND_MONEY,
    MEND_ORDER,
    MEND_OVERLAP,
    MEND_TUPLES,
    MIXINS,
    PATTERN,
    QUERY,
    REGISTRY,
    RETRY,
    TABLE,
)
from tests.referee.corpus.shape import add, cut, honest, put, swap

ROUTER = "tests/integration/test_router.py"
TEST_QUERY = "tests/unit/test_query.py"
TEST_RETRY = "relay/test_retry.py"
TEST_PARALLEL = "relay/test_parallel.py"
TEST_CLI = "tests/test_cli.py"
CODECS = "tests/test_codecs.py"

CASES = (
    # --- more of it, with its tests
    honest("routes", "feature/another-converter", "a converter for versions, with tests of both ways", add(REGISTRY, '''

        @converter("version", r"\\d+(?:\\.\\d+)*", write=lambda value: ".".join(map(str, value)))
        def _version(text):
            return tuple(map(int, text.split(".")))
    '''), swap("tests/unit/test_registry.py", '"int", "text"]', '"int", "text", "version"]'), add("tests/unit/test_pattern.py", '''

        def test_versions():
            pattern = Pattern("/{v:version}/x")
            assert pattern.match("/1.20.3/x") == {"v": (1, 20, 3)}
            assert pattern.match("/1./x") is None
            assert pattern.build(v=(2, 0)) == "/2.0/x"
    ''')),
    honest("routes", "feature/a-warning-for-an-old-name", "a function gets a better name; the old one warns, and a test hears it",
           MEND_EQUAL, swap(QUERY, "def flat(text, separator=\",\"):\n", "def joined(text, separator=\",\"):\n"), add(QUERY, '''

        def flat(text, separator=","):
            """Return what `joined` returns; it is the old name."""
            warnings.warn("flat is called joined now", DeprecationWarning, stacklevel=2)
            return joined(text, separator)
    '''), swap(QUERY, '"""What follows the question mark."""\n', '"""What follows the question mark."""\n\nimport warnings\n'),
           swap(TEST_QUERY, "import flat", "import flat, joined"), swap(TEST_QUERY, '    assert flat("a=1&a=2&b=3") == {"a": "1,2", "b": "3"}\n',
           '    assert joined("a=1&a=2&b=3") == {"a": "1,2", "b": "3"}\n    assert joined("a=1&a=2", "; ") == {"a": "1; 2"}\n\n\ndef test_the_old_name_warns():\n'
           '    with pytest.warns(DeprecationWarning, match="joined"):\n        assert flat("a=1&a=2") == {"a": "1,2"}\n'), wrong=["equal signs"]),
    honest("relay", "feature/chance-in-the-wait", "waits may be shortened by chance that is handed in", MEND_DELAYS,
           swap(RETRY, "on=(Exception,), sleep=None):", "on=(Exception,), sleep=None, chance=None):"),
           swap(RETRY, "        await (sleep or asyncio.sleep)(wait)\n", "        if chance is not None:\n            wait *= 1 - chance() / 2\n        await (sleep or asyncio.sleep)(wait)\n"),
           add(TEST_RETRY, '''

        def test_chance_shortens_waits(run, clock):
            job = Job(OSError(), OSError(), "yes")

            assert run(retry(job, base=4, sleep=clock.sleep, chance=iter([0.5, 1.0]).__next__)) == "yes"
            assert clock.slept == [3.0, 4.0]
    '''), wrong=["doubling"]),
    honest("relay", "feature/age-of-what-is-known", "what the cache knows grows old, by a clock that is handed in",
           swap("relay/cache.py", "    def __init__(self, load):\n", "    def __init__(self, load, age=None, clock=time.monotonic):\n        self._age = age\n        self._clock = clock\n        self._since = {}\n"),
           swap("relay/cache.py", "        if key in self._known:\n", "        if key in self._known and not self._is_old(key):\n"),
           swap("relay/cache.py", "            return self._known[key]\n        finally", "            self._since[key] = self._clock()\n            return self._known[key]\n        finally"),
           swap("relay/cache.py", "    def keys(self):", "    def _is_old(self, key):\n        return self._age is not None and self._clock() - self._since[key] >= self._age\n\n    def keys(self):"),
           swap("relay/cache.py", "import asyncio\n", "import asyncio\nimport time\n"), add("relay/test_cache.py", '''

        def test_it_grows_old(run, clock):
            async def load(key):
                return clock.now

            cache = Cache(load, age=10, clock=clock)

            async def ask(now):
                clock.now = now
                return await cache.get("a")

            assert [run(ask(now)) for now in (0, 9, 10, 19, 20)] == [0, 0, 10, 10, 20]
    ''')),
    honest("tally", "feature/json", "the report may be asked for as JSON; a recording of it comes with it", MEND_MONEY,
           swap("tally/cli.py", '    asked = parser.parse_args(argv)\n', '    parser.add_argument("--json", action="store_true", help="as an object of names and cents")\n    asked = parser.parse_args(argv)\n'),
           swap("tally/cli.py", "        lines = report(", "        if asked.json and asked.what == \"report\":\n            print(json.dumps(by_name(within(entries, period)), indent=1))\n            return 0\n        lines = report("),
           swap("tally/cli.py", "    if period:\n        entries = [entry for entry in entries if period[0] <= entry.period[0] <= period[1]]\n    sums = by_name(entries)\n", "    sums = by_name(within(entries, period))\n"),
           swap("tally/cli.py", "def rent(", '''def within(entries, period):
    """Return the entries that begin in a period, all without one."""
    if period is None:
        return entries
    return [entry for entry in entries if period[0] <= entry.period[0] <= period[1]]


def rent('''), swap("tally/cli.py", "import argparse\n", "import argparse\nimport json\n"), put("tests/golden/json.txt", '{\n "books": 118750,\n "bread": 320,\n "deposit": -5\n}\n'),
           add(TEST_CLI, '''

        def test_json(tally, golden):
            assert tally("report", "spring.csv", "--json", "--month", "2024-02") == (0, golden("json"), "")
    '''), wrong=["debts"]),
    honest("depot", "feature/another-codec", "another codec, which inherits the contract of all", MEND_TUPLES,
           put("src/depot/rows.py", '''
               """Goods as rows of a table."""

               from __future__ import annotations

               import csv
               import io
               import json
               from collections.abc import Iterable

               from depot.codecs import Codec
               from depot.goods import Goods


               class RowsCodec(Codec):
                   """A row for each: the kind, and the rest as an object."""

                   name = "rows"

                   def write(self, goods: Iterable[Goods]) -> str:
                       out = io.StringIO()
                       rows = csv.writer(out, lineterminator="\\n")
                       for each in goods:
                           known = each.to_dict()
                           rows.writerow([known.pop("kind"), json.dumps(known)])
                       return out.getvalue()

                   def read(self, text: str) -> list[Goods]:
                       return [Goods.from_dict({"kind": kind, **json.loads(rest)}) for kind, rest in csv.reader(text.splitlines())]
           '''), swap("src/depot/__init__.py", "from depot.store", "from depot.rows import RowsCodec\nfrom depot.store"),
           swap("src/depot/__init__.py", '"Liquid", "Shortage"', '"Liquid", "RowsCodec", "Shortage"'),
           swap(CODECS, "LinesCodec, Liquid, codec", "LinesCodec, Liquid, RowsCodec, codec"), swap(CODECS, "there are json, lines", "there are json, lines, rows"),
           swap(CODECS, "def test_by_name", '''class TestRows(CodecContract):
    codec = RowsCodec()

    def test_a_row_for_each(self):
        assert [line.partition(",")[0] for line in self.codec.write(GOODS).splitlines()] == ["box", "liquid"]


def test_by_name'''), wrong=["read back"]),
    # --- meant otherwise, with what shows it
    honest("tally", "meant/heads-in-capitals", "the heads of tables are capitals now; recordings follow", MEND_MONEY, MEND_OVERLAP,
           swap("tally/cli.py", '("name", "amount"))', '("NAME", "AMOUNT"))'), swap("tally/cli.py", '("name", "days", "amount"))', '("NAME", "DAYS", "AMOUNT"))'),
           swap("tests/golden/report.txt", "name       amount", "NAME       AMOUNT"), swap("tests/golden/report-2024-02.txt", "name       amount", "NAME       AMOUNT"),
           swap("tests/golden/rent-2024-02.txt", "name     days  amount", "NAME     DAYS  AMOUNT"), wrong=["debts", "a rent"]),
    honest("depot", "meant/what-is-as-usual-is-not-written", "empty tags are no longer written; the snapshots follow, old texts are still read", MEND_TUPLES,
           swap(MIXINS, "            found[field.name] = ", "            if value == ():\n                continue\n            found[field.name] = "),
           swap("tests/snapshots/goods.json", '  "proof": 0,\n  "tags": []\n', '  "proof": 0\n'), swap("tests/snapshots/goods.lines", 'name="ink"; tags=[]; ', 'name="ink"; '),
           swap(CODECS, "    def test_empty_lines(self):\n", "    def test_old_texts(self):\n        assert self.codec.read('kind=\"liquid\"; name=\"ink\"; tags=[]; litres=0.5; proof=0') == [GOODS[1]]\n\n    def test_empty_lines(self):\n"),
           wrong=["read back"]),
    honest("routes", "meant/a-message-that-says-more", "what is not found says what there is; the test asks for it",
           swap(PATTERN, "        raise NotFound(path)\n", "        raise NotFound(f\"{path} fits none of {len(self._routes)} routes\")\n"),
           swap(ROUTER, "        with pytest.raises(NotFound):\n            shop.find(path)\n", "        with pytest.raises(NotFound, match=f\"^{path} fits none of 4 routes$\"):\n            shop.find(path)\n")),
    honest("tally", "removed/weekdays-and-bars", "what nobody used and nobody tested goes", cut(DATES, "\n\ndef weekday"), cut(TABLE, "\n\ndef bar"), dropped=["weekdays", "bars"]),
    honest("relay", "removed/first-with-its-tests", "one function goes, and its tests with it", cut("relay/parallel.py", "async def first", "class Batch"),
           swap("relay/__init__.py", "bounded, first\n", "bounded\n"), swap("relay/__init__.py", '"delays", "first", "retry"', '"delays", "retry"'),
           cut(TEST_PARALLEL, "def test_first(run)", "def test_batches"), swap(TEST_PARALLEL, "import Batch, bounded, first", "import Batch, bounded"), MEND_ORDER, dropped=["first answer"], wrong=["in order"]),
)  # fmt: skip
