"""Honest changes to the code of the four layouts: mended, rewritten, moved, more of it, less of it."""

from __future__ import annotations

from tests.referee.corpus.shape import add, cut, honest, put, swap

PATTERN = "lib/acme/routes/pattern.py"
QUERY = "lib/acme/routes/query.py"
REGISTRY = "lib/acme/routes/registry.py"
RETRY = "relay/retry.py"
PARALLEL = "relay/parallel.py"
DATES = "tally/dates.py"
TABLE = "tally/table.py"
MIXINS = "src/depot/mixins.py"
STORE = "src/depot/store.py"
FIND = """        for pattern, name in self._routes:
            values = pattern.match(path)
            if values is not None:
                return name, values
        raise NotFound(path)
"""
SPLIT = '            parts = pair.split("=")\n            key, value = parts[0], parts[-1]\n'
GATHERED = """    answers = []

    async def run(job):
        async with gate:
            answers.append(await job())

    await asyncio.gather(*(run(job) for job in jobs))
    return answers
"""
BUILT = "        return kind(**rest)\n"
MOVED = "        self.put(target, goods, count)\n        self.take(place, goods, count)\n"
MEND_DELAYS = swap(RETRY, "base * (i + 1)", "base * 2**i")
MEND_ORDER = swap(
    PARALLEL,
    GATHERED,
    """
    async def run(job):
        async with gate:
            return await job()

    return await asyncio.gather(*(run(job) for job in jobs))
""",
)
MEND_EQUAL = swap(QUERY, SPLIT, '            key, value = pair.split("=", 1)\n')
MEND_ROUTER = swap(
    PATTERN,
    FIND,
    """        fitting = []
        for pattern, name in self._routes:
            values = pattern.match(path)
            if values is not None:
                fitting.append(([kind is not None for _, kind in pattern.parts], name, values))
        if not fitting:
            raise NotFound(path)
        _, name, values = min(fitting, key=lambda each: each[0])
        return name, values
""",
)
MEND_OVERLAP = swap(DATES, "max(0, (last - first).days)", "max(0, (last - first).days + 1)")
MEND_MONEY = swap(
    TABLE,
    '    return f"{cents // 100:,}.{cents % 100:02d}"\n',
    '    sign = "-" if cents < 0 else ""\n    return f"{sign}{abs(cents) // 100:,}.{abs(cents) % 100:02d}"\n',
)
MEND_TUPLES = swap(
    MIXINS,
    BUILT,
    "        return kind(**{name: tuple(value) if isinstance(value, list) else value for name, value in rest.items()})\n",
)
MEND_MOVE = swap(
    STORE,
    MOVED,
    "        there = self.count(place, goods)\n        if there < count:\n"
    "            raise Shortage(goods.name, count, there)\n" + MOVED,
)

CASES = (
    # --- mended as people mend
    honest("routes", "mend/the-best-that-fits", "the route with the fewest gaps, and the latest of them, is found", MEND_ROUTER,
           wrong=["me", "others written out", "deeper written out"]),
    honest("routes", "mend/sorted-when-added", "routes are kept in an order in which the first that fits is the best",
           swap(PATTERN, "        self._routes.append((Pattern(self.prefix + text), name))\n", "        self._routes.append((Pattern(self.prefix + text), name))\n"
                "        self._sorted = sorted(self._routes, key=lambda route: route[0].openness())\n"),
           swap(PATTERN, "        self._routes = []\n", "        self._routes = []\n        self._sorted = []\n"),
           swap(PATTERN, "        for pattern, name in self._routes:\n            values", "        for pattern, name in self._sorted:\n            values"),
           swap(PATTERN, "    def match(self, path):", '    def openness(self):\n        """Return for each part whether it is a gap."""\n'
                "        return tuple(kind is not None for _, kind in self.parts)\n\n    def match(self, path):"),
           wrong=["me", "others written out"]),
    honest("routes", "mend/query-by-the-library", "the library parses queries; the own decoding stays for others",
           swap(QUERY, '''    found = {}
    for pair in text.lstrip("?").split("&"):
        if not pair:
            continue
        if "=" in pair:
''' + SPLIT + '''        else:
            key, value = pair, ""
        found.setdefault(decode(key), []).append(decode(value))
    return found
''', '    return parse_qs(text.lstrip("?"), keep_blank_values=True)\n'),
           swap(QUERY, '"""What follows the question mark."""\n', '"""What follows the question mark."""\n\nfrom urllib.parse import parse_qs\n'),
           wrong=["equal signs", "more equal signs"]),
    honest("routes", "mend/both-with-tests", "both bugs, each with another test", MEND_EQUAL, MEND_ROUTER,
           swap("tests/integration/test_router.py", '    check("/users/me", "me")\n', '    check("/users/me", "me")\n    check("/users/me/", "me")\n'),
           add("tests/unit/test_query.py", '''

               def test_signs_of_equality_alone():
                   assert parse("a==&=b") == {"a": ["="], "": ["b"]}
           '''), wrong=["me", "more equal signs"]),
    honest("relay", "mend/doubled", "the wait doubles each time", MEND_DELAYS, wrong=["doubling", "others doubling", "real sleep"]),
    honest("relay", "mend/doubled-by-a-generator", "waits come from a generator that doubles", swap(RETRY,
           "    return [min(cap, base * (i + 1)) for i in range(tries - 1)]\n", "    return list(islice(_doubled(base, cap), tries - 1))\n\n\n"
           "def _doubled(wait, cap):\n    while True:\n        yield min(cap, wait)\n        wait *= 2\n"),
           swap(RETRY, "import asyncio\n", "import asyncio\nfrom itertools import islice\n"), wrong=["others doubling"]),
    honest("relay", "mend/in-order", "gather keeps the order itself", MEND_ORDER, wrong=["in order", "others in order"]),
    honest("relay", "mend/workers-by-place", "as many workers as may run take jobs by their place", swap(PARALLEL, "    gate = asyncio.Semaphore(limit)\n" + GATHERED, '''    jobs = list(jobs)
    answers = [None] * len(jobs)
    places = iter(range(len(jobs)))

    async def work():
        for i in places:
            answers[i] = await jobs[i]()

    await asyncio.gather(*(work() for _ in range(min(limit, len(jobs)))))
    return answers
'''), wrong=["in order", "others in order"]),
    honest("tally", "mend/the-last-day-counts", "a period has its last day", MEND_OVERLAP, wrong=["shared days", "other shared days", "a rent"]),
    honest("tally", "mend/debts-by-decimal", "decimal numbers write themselves",
           swap(TABLE, '    return f"{cents // 100:,}.{cents % 100:02d}"\n', '    return f"{Decimal(cents).scaleb(-2):,.2f}"\n'),
           swap(TABLE, '"""Writes tables."""\n', '"""Writes tables."""\n\nfrom decimal import Decimal\n'), wrong=["debts", "other debts"]),
    honest("tally", "mend/both-and-days-reused", "overlap is told by days, debts by their sign", MEND_MONEY,
           swap(DATES, "    return max(0, (last - first).days)\n", "    return days((first, last)) if first <= last else 0\n"),
           wrong=["other shared days", "other debts", "a debt in a report"]),
    honest("depot", "mend/tuples", "what was a list is a tuple again", MEND_TUPLES, wrong=["read back", "read from elsewhere"]),
    honest("depot", "mend/tuples-by-their-types", "each class says how its fields are read",
           swap(MIXINS, BUILT, "        return kind(**{name: kind.read_field(name, value) for name, value in rest.items()})\n\n    @classmethod\n"
                "    def read_field(cls, name: str, value: Any) -> Any:\n        \"\"\"Return the value of a field from what was written.\"\"\"\n        return value\n"),
           swap("src/depot/goods.py", "    def order(self)", "    @classmethod\n    def read_field(cls, name: str, value: Any) -> Any:\n"
                "        return tuple(value) if name in (\"tags\", \"sides\") else value\n\n    def order(self)"),
           wrong=["read back", "read from elsewhere"]),
    honest("depot", "mend/asked-before-it-is-moved", "a shortage is seen before anything is put", MEND_MOVE,
           wrong=["whole or nothing", "others whole or nothing"]),
    honest("depot", "mend/taken-back", "what was put is taken back where the other half fails", swap(STORE, MOVED, '''        self.put(target, goods, count)
        try:
            self.take(place, goods, count)
        except Shortage:
            self.undo()
            raise
'''), wrong=["whole or nothing", "others whole or nothing"]),
    # --- the same in other words
    honest("routes", "rewrite/patterns-by-one-expression", "a pattern becomes one regular expression when it is made", MEND_EQUAL,
           swap(PATTERN, '''        texts = path.strip("/").split("/")
        if len(texts) != len(self.parts):
            return None
        values = {}
        for text, (name, kind) in zip(texts, self.parts):
            if kind is None:
                if text != name:
                    return None
                continue
            if not get(kind).accepts(text):
                return None
            values[name] = get(kind).read(text)
        return values
''', '''        found = self._expression.fullmatch(path.strip("/"))
        if found is None:
            return None
        kinds = dict(self.parts)
        return {name: get(kinds[name]).read(text) for name, text in found.groupdict().items()}
'''), swap(PATTERN, "            raise BadPattern(f\"{text} has two gaps of one name\")\n", '''            raise BadPattern(f"{text} has two gaps of one name")
        parts = [f"(?P<{name}>{get(kind).pattern})" if kind else re.escape(name) for name, kind in self.parts]
        self._expression = re.compile("/".join(parts))
'''), wrong=["equal signs"]),
    honest("routes", "split/converters-of-their-own", "the converters that come with the package have a module",
           cut(REGISTRY, '@converter("text"'), swap(REGISTRY, "import re\nfrom datetime import date\n", "import re\n"),
           put("lib/acme/routes/converters.py", '''
               """The converters that are always there."""

               from datetime import date

               from acme.routes.registry import converter


               @converter("text", r"[^/]+")
               def _text(text):
                   return text


               @converter("int", r"\\d+")
               def _int(text):
                   return int(text)


               @converter("date", r"\\d{4}-\\d{2}-\\d{2}", write=date.isoformat)
               def _date(text):
                   return date.fromisoformat(text)


               @converter("hex", r"[0-9a-f]+", write=lambda value: format(value, "x"))
               def _hex(text):
                   return int(text, 16)
           '''), swap("lib/acme/routes/__init__.py", "from acme.routes.pattern", "from acme.routes import converters\nfrom acme.routes.pattern"),
           swap("lib/acme/routes/__init__.py", "    \"converter\",\n", "    \"converter\",\n    \"converters\",\n")),
    honest("relay", "rewrite/a-task-group", "a task group in the place of gather", MEND_DELAYS,
           swap(PARALLEL, "    answers = []\n", ""), swap(PARALLEL, "            answers.append(await job())\n\n    await asyncio.gather(*(run(job) for job in jobs))\n    return answers\n",
                '            return await job()\n\n    tasks = [asyncio.create_task(run(job)) for job in jobs]\n    try:\n        await asyncio.gather(*tasks)\n'
                "    except BaseException:\n        for task in tasks:\n            task.cancel()\n        raise\n    return [task.result() for task in tasks]\n"),
           wrong=["doubling", "in order"]),
    honest("relay", "rewrite/limiter-with-slots-and-types", "the limiter has slots and says its types",
           swap("relay/limiter.py", "import time\n", "import time\nfrom collections.abc import Callable\n"),
           swap("relay/limiter.py", '    """A bucket of tokens that fills with time."""\n', '    """A bucket of tokens that fills with time."""\n\n    __slots__ = ("_clock", "_since", "_tokens", "burst", "rate")\n'),
           swap("relay/limiter.py", "(self, rate, burst, clock=time.monotonic):", "(self, rate: float, burst: float, clock: Callable[[], float] = time.monotonic) -> None:"),
           swap("relay/limiter.py", "def take(self, count=1):", "def take(self, count: float = 1) -> bool:"),
           swap("relay/limiter.py", "def wait(self, count=1):", "def wait(self, count: float = 1) -> float:"),
           swap("relay/limiter.py", "def _fill(self):", "def _fill(self) -> None:")),
    honest("tally", "rewrite/a-class-of-periods", "a period is a named pair", MEND_OVERLAP,
           swap(DATES, "from datetime import date, timedelta\n", "from datetime import date, timedelta\nfrom typing import NamedTuple\n\n\nclass Period(NamedTuple):\n"
                '    """A first and a last day."""\n\n    first: date\n    last: date\n'),
           swap(DATES, "    return first, after - timedelta(days=1)\n", "    return Period(first, after - timedelta(days=1))\n"),
           swap(DATES, "    return (period[1] - period[0]).days + 1\n", "    first, last = period\n    return (last - first).days + 1\n"), wrong=["shared days"]),
    honest("tally", "rewrite/commands-below-each-other", "what is asked has a parser of its own each, called by a table", swap("tally/cli.py",
           '        lines = report(entries, period) if asked.what == "report" else rent(entries, period)\n', "        lines = COMMANDS[asked.what](entries, period)\n"),
           swap("tally/cli.py", 'choices=["report", "rent"]', "choices=sorted(COMMANDS, reverse=True)"), add("tally/cli.py", '\n\nCOMMANDS = {"report": report, "rent": rent}\n')),
    honest("depot", "rewrite/one-comparison-makes-the-others", "the library makes the other comparisons", MEND_MOVE,
           cut(MIXINS, "    def __gt__"), swap(MIXINS, "class Ordered:", "@total_ordering\nclass Ordered:"),
           swap(MIXINS, "from dataclasses import fields\n", "from dataclasses import fields\nfrom functools import total_ordering\n"), wrong=["whole or nothing"]),
    honest("depot", "rewrite/a-history-of-its-own", "what was is kept by a class of its own", MEND_TUPLES,
           swap(STORE, "        self._past: list[dict[str, Counter[Goods]]] = []\n", "        self._past = History()\n"),
           swap(STORE, "        if not self._past:\n            return False\n        self._places = self._past.pop()\n        return True\n",
                "        before = self._past.back()\n        if before is None:\n            return False\n        self._places = before\n        return True\n"),
           swap(STORE, "        self._past.append({place: Counter(there) for place, there in self._places.items()})\n        del self._past[:-20]\n",
                "        self._past.keep(self._places)\n"),
           swap(STORE, "class Depot:", '''class History:
    """The last few states."""

    def __init__(self, most: int = 20) -> None:
        self._states: deque[dict[str, Counter[Goods]]] = deque(maxlen=most)

    def keep(self, places: dict[str, Counter[Goods]]) -> None:
        """Keep a copy of a state."""
        self._states.append({place: Counter(there) for place, there in places.items()})

    def back(self) -> dict[str, Counter[Goods]] | None:
        """Return the state before, or None."""
        return self._states.pop() if self._states else None


class Depot:'''), swap(STORE, "from collections import Counter\n", "from collections import Counter, deque\n"), wrong=["read back"]),
)  # fmt: skip
