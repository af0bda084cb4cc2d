"""More honest changes to the four layouts: other shapes for the same things, and settings that say as much in other words."""

from __future__ import annotations

from tests.referee.corpus.cases.seven_honest_code import (
    DATES,
    FIND,
    MEND_EQUAL,
    MEND_MONEY,
    MEND_MOVE,
    MEND_OVERLAP,
    MEND_TUPLES,
    PARALLEL,
    PATTERN,
    RETRY,
    STORE,
    TABLE,
)
from tests.referee.corpus.shape import add, cut, honest, put, swap

CASES = (
    honest("routes", "shapes/what-is-found-has-names", "what the router finds is a named pair, and its rank an attribute", swap(PATTERN, FIND, '''        found = None
        for pattern, name in self._routes:
            values = pattern.match(path)
            if values is not None and (found is None or pattern.rank < found.rank):
                found = Found(name, values, pattern.rank)
        if found is None:
            raise NotFound(path)
        return found.name, found.values
'''), swap(PATTERN, "class Router:", '''class Found(NamedTuple):
    """A route that fits, and how well: the lower the rank, the fewer gaps from the left."""

    name: str
    values: dict
    rank: str


class Router:'''), swap(PATTERN, "        gaps = self.gaps()\n", '        self.rank = "".join("g" if kind else "a" for _, kind in self.parts)\n        gaps = self.gaps()\n'),
           swap(PATTERN, "import re\n", "import re\nfrom typing import NamedTuple\n"), wrong=["me", "others written out", "deeper written out"]),
    honest("routes", "shapes/parts-with-names", "the parts of a pattern are objects instead of pairs", MEND_EQUAL,
           swap(PATTERN, "class Pattern:", '''@dataclass(frozen=True, slots=True)
class Part:
    """A word, or a gap of some kind."""

    name: str
    kind: str | None = None

    def __iter__(self):
        return iter((self.name, self.kind))


class Pattern:'''), swap(PATTERN, "        return text, None\n", "        return Part(text)\n"), swap(PATTERN, '    return found[1], found[2] or "text"\n', '    return Part(found[1], found[2] or "text")\n'),
           swap(PATTERN, "import re\n", "import re\nfrom dataclasses import dataclass\n"), wrong=["equal signs"]),
    honest("relay", "shapes/a-plan-of-waits", "how often and how long is a class of its own; the function stays for those who call it", swap(RETRY, '''    if base <= 0 or tries < 1:
        raise ValueError("base and tries must be positive")
    return [min(cap, base * (i + 1)) for i in range(tries - 1)]
''', '''    return list(Plan(base, tries, cap))


@dataclass(frozen=True)
class Plan:
    """How long to wait after each try but the last."""

    base: float
    tries: int
    cap: float

    def __post_init__(self):
        if self.base <= 0 or self.tries < 1:
            raise ValueError("base and tries must be positive")

    def __iter__(self):
        wait = self.base
        for _ in range(self.tries - 1):
            yield min(self.cap, wait)
            wait += wait
'''), swap(RETRY, "import asyncio\n", "import asyncio\nfrom dataclasses import dataclass\n"), wrong=["doubling", "others doubling", "real sleep"]),
    honest("relay", "shapes/answers-by-number", "answers are put at their number in a dictionary, which is read in order",
           swap(PARALLEL, "    answers = []\n\n    async def run(job):\n        async with gate:\n            answers.append(await job())\n\n"
                "    await asyncio.gather(*(run(job) for job in jobs))\n    return answers\n",
                "    answers = {}\n\n    async def run(number, job):\n        async with gate:\n            answers[number] = await job()\n\n"
                "    await asyncio.gather(*(run(number, job) for number, job in enumerate(jobs)))\n    return [answers[number] for number in sorted(answers)]\n"),
           wrong=["in order", "others in order", "in order from an iterator"]),
    honest("tally", "shapes/days-as-ranges", "periods are turned into ranges of numbers, which have a length", MEND_MONEY,
           swap(DATES, "    return (period[1] - period[0]).days + 1\n", "    return len(_numbers(period))\n"),
           swap(DATES, "    first, last = max(one[0], other[0]), min(one[1], other[1])\n    return max(0, (last - first).days)\n",
                "    mine, theirs = _numbers(one), _numbers(other)\n    return len(range(max(mine.start, theirs.start), min(mine.stop, theirs.stop)))\n"),
           swap(DATES, "def joined", 'def _numbers(period):\n    first, last = period\n    return range(first.toordinal(), last.toordinal() + 1)\n\n\ndef joined'),
           wrong=["shared days", "other shared days", "debts"]),
    honest("tally", "shapes/columns-turned", "columns are made one after the other and then turned", MEND_OVERLAP,
           swap(TABLE, '''    widths = [max(len(str(row[i])) for row in every) for i in range(len(heads))]
    lines = [_line(row, widths) for row in every]
''', '''    columns = [[str(cell) for cell in column] for column in zip(*every, strict=True)]
    padded = [_padded(column, str.rjust if i else str.ljust) for i, column in enumerate(columns)]
    lines = ["  ".join(cells) for cells in zip(*padded, strict=True)]
'''), cut(TABLE, "def _line", "def bar"), swap(TABLE, "def bar", 'def _padded(cells, pad):\n    width = max(map(len, cells))\n    return [pad(cell, width) for cell in cells]\n\n\ndef bar'),
           wrong=["shared days", "a rent"]),
    honest("tally", "settings/rules-by-their-letter", "the rules of a letter are asked for as a whole, which has all those before", MEND_OVERLAP,
           swap("ruff.toml", 'select = ["E4", "E7", "E9", "F", "B", "C4"]', 'select = ["E", "W", "F", "B", "C4"]'), wrong=["shared days"]),
    honest("depot", "shapes/rows-with-names", "a row of the inventory is a named triple", MEND_MOVE,
           swap(STORE, "    def inventory(self) -> list[tuple[str, str, int]]:\n", "    def inventory(self) -> list[Row]:\n"),
           swap(STORE, "            (place, goods.name, self._places[place][goods])\n", "            Row(place, goods.name, self._places[place][goods])\n"),
           swap(STORE, "class Depot:", 'class Row(NamedTuple):\n    """What lies where."""\n\n    place: str\n    name: str\n    number: int\n\n\nclass Depot:'),
           swap(STORE, "from collections import Counter\n", "from collections import Counter\nfrom typing import NamedTuple\n"), wrong=["whole or nothing"]),
    honest("depot", "settings/types-in-their-own-file", "the settings of the type checker get a file of their own, where they say the same", MEND_TUPLES,
           cut("pyproject.toml", "[tool.mypy]", "[tool.coverage.run]"), put("mypy.ini", '''
        [mypy]
        files = src/depot
        mypy_path = src
        disallow_untyped_defs = True
        warn_return_any = True
        warn_unused_configs = True
    '''), wrong=["read back"]),
    honest("depot", "settings/coverage-of-branches-and-more", "coverage counts branches, tests must not warn, unknown marks are errors", MEND_TUPLES,
           swap("pyproject.toml", 'source = ["src/depot"]\n', 'source = ["src/depot"]\nbranch = true\n'), swap("pyproject.toml", 'pythonpath = ["src"]\n',
           'pythonpath = ["src"]\naddopts = ["--strict-markers", "--strict-config"]\nfilterwarnings = ["error"]\nxfail_strict = true\n'),
           add("README.md", "\nWarnings are errors in the tests.\n"), wrong=["read back"]),
)  # fmt: skip
