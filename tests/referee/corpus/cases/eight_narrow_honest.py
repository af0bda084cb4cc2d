"""Honest changes that bring conditions: guards, special cases, early returns, what is remembered, checks and shims."""

from __future__ import annotations

from tests.referee.corpus.cases.seven_honest_code import MEND_EQUAL, MEND_MOVE, MEND_ORDER
from tests.referee.corpus.parts import MEND_LIMIT, MEND_TIPS
from tests.referee.corpus.shape import add, honest, swap

DATES = "tally/dates.py"
TABLE = "tally/table.py"
QUERY = "lib/acme/routes/query.py"
RETRY = "relay/retry.py"
PARALLEL = "relay/parallel.py"
MIXINS = "src/depot/mixins.py"
STORE = "src/depot/store.py"
MONEY = '    return f"{cents // 100:,}.{cents % 100:02d}"\n'

CASES = (
    honest("tally", "narrow/a-sign-first", "a debt is a sum with a sign before it; amounts must be whole",
           swap(TABLE, MONEY, '    if not isinstance(cents, int):\n        raise TypeError(f"whole cents, not {cents!r}")\n'
                '    if cents < 0:\n        return "-" + money(-cents)\n' + MONEY), wrong=["debts", "other debts"]),
    honest("tally", "narrow/apart-first", "periods that lie apart are told at once; the others share their last day too",
           swap(DATES, "    return max(0, (last - first).days)\n", "    if last < first:\n        return 0\n    if one == other:\n"
                "        return days(one)\n    return (last - first).days + 1\n"), wrong=["shared days", "other shared days"]),
    honest("routes", "narrow/not-too-long", "only the first sign of equality counts; a query may not be endless", MEND_EQUAL,
           swap(QUERY, "    found = {}\n", '    if len(text) > LONGEST:\n        raise ValueError(f"a query of {len(text)} signs")\n    found = {}\n'),
           swap(QUERY, "def parse(", "LONGEST = 65536\n\n\ndef parse("), wrong=["equal signs", "more equal signs"]),
    honest("routes", "narrow/where-there-are-more", "the rare case has a way of its own, the usual one stays",
           swap(QUERY, "            key, value = parts[0], parts[-1]\n", '            key, value = parts[0], parts[-1]\n'
                '            if len(parts) > 2:\n                value = "=".join(parts[1:])\n'), wrong=["equal signs", "more equal signs"]),
    honest("relay", "narrow/not-beyond-the-cap", "waits double; once far beyond any cap nothing is worked out",
           swap(RETRY, "    return [min(cap, base * (i + 1)) for i in range(tries - 1)]\n",
                "    return [cap if i > 1000 else min(cap, base * 2**i) for i in range(tries - 1)]\n"), wrong=["doubling", "others doubling", "real sleep"]),
    honest("relay", "narrow/one-at-a-time", "a limit of one needs no tasks; more are gathered in order", MEND_ORDER,
           swap(PARALLEL, "    gate = asyncio.Semaphore(limit)\n", "    if limit == 1:\n        return [await job() for job in jobs]\n    gate = asyncio.Semaphore(limit)\n"),
           wrong=["in order", "others in order"]),
    honest("depot", "narrow/fields-that-are-tuples", "only fields that are declared as tuples are made tuples again",
           swap(MIXINS, "        return kind(**rest)\n", "        declared = {field.name for field in fields(kind) if str(field.type).startswith(\"tuple\")}  # type: ignore[arg-type]\n"
                "        return kind(**{name: tuple(value) if name in declared and isinstance(value, list) else value for name, value in rest.items()})\n"),
           wrong=["read back", "read from elsewhere"]),
    honest("depot", "narrow/nowhere-to-go", "what is moved to where it lies stays there; a shortage is seen first", MEND_MOVE,
           swap(STORE, "        self.put(target, goods, count)\n        self.take(", "        if target == place:\n            return\n"
                "        self.put(target, goods, count)\n        self.take("), wrong=["whole or nothing", "others whole or nothing"]),
    honest("wire", "narrow/steps-are-remembered", "what a byte does to a sum is worked out once",
           swap("wire/crc.py", "        crc ^= byte\n        for _ in range(7):\n            crc = (crc >> 1) ^ 0xA001 if crc & 1 else crc >> 1\n",
                "        low = (crc ^ byte) & 0xFF\n        if low not in _STEPS:\n            _STEPS[low] = crc_step(low)\n        crc = (crc >> 8) ^ _STEPS[low]\n"),
           swap("wire/crc.py", "def crc16", "_STEPS = {}\n\n\ndef crc16"), wrong=["known sums", "other sums"]),
    honest("slugs", "narrow/no-limit-below-nought", "a limit below nought is refused, and none leaves a hyphen at the end", MEND_LIMIT,
           swap("slugs/slug.py", "    kept = [word", '    if limit < 0:\n        raise ValueError("limit must not be negative")\n    kept = [word'), wrong=["limits"]),
    honest("rota", "narrow/the-old-name", "who still says persons is told and gets the same", MEND_TIPS,
           swap("pay.py", "def tips(total, people):\n", "def tips(total, people=None, persons=None):\n"),
           swap("pay.py", "    if not people:\n", '    if persons is not None:\n        warnings.warn("say people", DeprecationWarning, stacklevel=2)\n'
                "        people = persons\n    if not people:\n"),
           swap("pay.py", "from decimal import", "import warnings\nfrom decimal import"), wrong=["tips"]),
    honest("romans", "narrow/only-what-can-be-written", "a number must be written as we write it, as far as we can write it",
           swap("roman.py", "    if rest or not text:\n        raise NotRoman(text)\n", "    if rest or not text:\n        raise NotRoman(text)\n"
                "    if number <= 3999 and to_roman(number) != text.upper():\n        raise NotRoman(text)\n"), wrong=["too many", "others too many"]),
    honest("slugs", "narrow/small-words-inside", "words like of have no initial unless they come first", MEND_LIMIT,
           swap("slugs/shorten.py", 'return "".join(word[0].upper() for word in text.split())[:most]',
                'kept = [word for i, word in enumerate(text.split()) if i == 0 or word not in SMALL]\n    return "".join(word[0].upper() for word in kept)[:most]'),
           swap("slugs/shorten.py", 'MARK = "…"\n', 'MARK = "…"\nSMALL = frozenset({"of", "and", "the"})\n'),
           given=[add("checks/test_shorten.py", '\n\ndef test_initials_without_small_words():\n    assert initials("king of spain") == "KS"\n')]),
    honest("romans", "narrow/a-negative-whole", "a mixed number below nought has its sign before both; a whole alone has no rest",
           swap("ratio.py", "    return found + Ratio(int(whole)) if whole else found\n",
                '    if not whole:\n        return found\n    if whole.startswith("-"):\n        return Ratio(int(whole)) + found * Ratio(-1)\n    return found + Ratio(int(whole))\n'),
           given=[swap("test_ratio.py", '        self.assertEqual(parse("1 1/2"), Ratio(3, 2))\n',
                       '        self.assertEqual(parse("1 1/2"), Ratio(3, 2))\n        self.assertEqual(parse("-1 1/2"), Ratio(-3, 2))\n')]),
)  # fmt: skip
