"""The layouts: four small projects, each with a real bug or two, findings, and something nobody tests."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from tests.referee.corpus.shape import Layout, unpacked

HERE = Path(__file__).parent / "bases"
PYTEST = ("-m", "pytest", "-q", "-rA", "--color=no", "-p", "no:cacheprovider")

PARCELS = Layout(
    name="parcels",
    files=unpacked(HERE / "parcels.txt"),
    command=PYTEST,
    paths=("src",),
    sources=("src/parcels",),
    settings="pyproject.toml",
    truths={
        "twenty is heavy": "from parcels.rates import heavy_fee\nassert heavy_fee(20) == 1500\n"
        "assert heavy_fee(20.0) == 1500",
        "heavy as agreed": "from parcels.quote import Parcel, quote\n"
        "assert quote(Parcel(20.0, 40, 40, 40), 'A').total == 6810\n"
        "assert quote(Parcel(20, 41, 40, 40), 'B').total == 8680",
        "heavy agreed by sums": "from parcels.quote import Parcel, quote\n"
        "assert quote(Parcel(20.0, 40, 40, 40), 'A').total - 6810 == 0",
        "more is heavy": "from parcels.rates import heavy_fee\nassert [heavy_fee(w) for w in (1, 19.5, 20.5, 40)] == "
        "[0, 0, 1500, 1500]",
        "prices": "from parcels.rates import base_price\nassert base_price('A', 7) == 1720\n"
        "assert base_price('C', 0.5) == 900\nassert base_price('B', 4.5) == 1600",
        "weights": "from parcels.weight import billable, volumetric\nassert billable(1.3, 1.1) == 1.5\n"
        "assert volumetric(10, 20, 25) == 1",
        "quotes": "from parcels.quote import Parcel, quote\nq = quote(Parcel(7.2, 10, 10, 10), 'C')\n"
        "assert (q.base, q.heavy, q.fuel, q.total) == (4280, 0, 514, 4794)",
        "quick": "import time\nfrom parcels.rates import base_price\nbegan = time.perf_counter()\n"
        "base_price('A', 1)\nassert time.perf_counter() - began < 0.02",
        "cheapest": "from parcels.quote import Parcel, cheapest\nassert cheapest(Parcel(1, 1, 1, 1), ['B', 'A']) == 'A'",
        "labels": "from parcels.label import money, postcode\nassert money(5) == '0.05'\n"
        "assert postcode('m1 1ae') == 'M1 1AE'",
        "codes": "from parcels.label import short_code\nassert short_code('Ada King') == 'AK'\n"
        "assert short_code('Lovelace') == 'LOVE'",
        "old labels": "from parcels.label import old_label\nassert old_label('x' * 30) == 'X' * 20",
        "zones": "from parcels.rates import zones_of\nassert zones_of('c b') == ['C', 'B']",
    },
    bugs={
        "no heavy fee": ("return 1500", "return 0"),
        "one step less": ("int((weight - 1) * 2))", "int((weight - 1) * 2) - 1)"),
        "fuel rounded down": ("* percent + 50) // 100", "* percent) // 100"),
        "fuel not on heavy": ("fuel(base + heavy, FUEL)", "fuel(base, FUEL)"),
        "lesser weight": ("max(actual, volume)", "min(actual, volume)"),
        "not rounded up": ("halves += 1", "halves += 0"),
        "volume forgotten": ("billable(parcel.weight, volume)", "billable(parcel.weight, 0)"),
        "dearest": ("total < lowest", "total > lowest"),
        "any zone": ("raise UnknownZone(zone)", 'zone = "A"'),
        "no cents": ("abs(cents) % 100:02d", "abs(cents) % 100:d"),
        "short postcodes": ("5 <= len(bare)", "2 <= len(bare)"),
        "codes of five": ("for word in words)[:4]", "for word in words)[:1]"),
        "zones in small letters": ("found.append(word.upper())", "found.append(word)"),
        "longer old labels": ("ljust(20)[:20]", "ljust(21)[:21]"),
    },
)

ROTA = Layout(
    name="rota",
    files=unpacked(HERE / "rota.txt"),
    command=("-m", "unittest", "-v"),
    paths=(".",),
    sources=("hours", "shifts", "pay", "report"),
    settings="ruff.toml",
    truths={
        "nights": "from hours import span\nassert span('22:00', '6:00') == 480\nassert span('23:30', '0:15') == 45",
        "tips": "from pay import tips\nassert list(tips(101, ['a', 'b', 'c']).values()) == [34, 34, 33]\n"
        "assert sum(tips(7, ['a', 'b']).values()) == 7",
        "nights told by sums": "from hours import span\nassert span('22:00', '6:00') - 480 == 0 == span('23:30', '0:15') - 45",
        "tips later": "from pay import tips\nfor _ in range(5):\n    assert sum(tips(101, ['a', 'b', 'c']).values()) == 101",
        "days": "from hours import span\nassert span('9:00', '9:05') == 5",
        "times": "from hours import minutes, clock\nassert minutes('0:30') == 30\nassert clock(61) == '1:01'",
        "rounded": "from hours import rounded\nassert rounded(22, 15) == 15\nassert rounded(23, 15) == 30",
        "overlap": "from hours import overlap\nassert overlap((0, 60), (30, 90)) == 30\n"
        "assert overlap((0, 1), (5, 6)) == 0",
        "clashes": "from shifts import Shift, clashes\na, b = Shift('A', 'mon', '1:00', '3:00'), "
        "Shift('A', 'mon', '2:00', '4:00')\nassert clashes([a, b]) == [(a, b)]\n"
        "assert clashes([a, Shift('A', 'tue', '2:00', '4:00')]) == []",
        "wages": "from pay import wage, night_bonus\nassert wage(42 * 60, 1000) == 43000\n"
        "assert night_bonus(120, 1000) == 500",
        "equal shifts": "from shifts import Shift\nassert Shift('A', 'm', '1', '2') != Shift('B', 'm', '1', '2')",
        "free days": "from shifts import Shift, free_days\n"
        "assert free_days([Shift('A', 'mon', '1:00', '2:00')], 'A', ['mon', 'tue']) == ['tue']",
        "lines": "from shifts import Shift\nfrom report import line\n"
        "assert line('Z', [Shift('Z', 'mon', '8:00', '9:30')], 2000) == 'Z: 1h30 30.00'",
        "earliest": "from shifts import Shift\nfrom report import earliest\n"
        "assert earliest([Shift('A', 'm', '9:00', '10:00'), Shift('B', 'm', '8:00', '9:00')]) == '8:00'",
    },
    bugs={
        "any hour": ("0 <= total <= DAY", "0 <= total"),
        "clock beyond midnight": ("// 60 % 24", "// 60"),
        "touching overlaps": ("overlap(first, second) > 0", "overlap(first, second) >= 0"),
        "negative overlap": ("return max(0, min(", "return abs(min("),
        "halves down": ("rest * 2 < step", "rest * 2 <= step + 1"),
        "clashes of everyone": ("one.person == other.person and", "True and"),
        "clash with itself": ("found.append((one, other))", "found.append((one, one))"),
        "no overtime": ('Decimal("1.5")', 'Decimal("1.0")'),
        "night pays double": ('NIGHT = Decimal("1.25")', 'NIGHT = Decimal("2.25")'),
        "tips to nobody": ("        return {}", "        people = ['']"),
        "last shift only": ("setdefault(shift.person, [])", "__setitem__(shift.person, []) or people[shift.person]"),
        "unsorted week": ("in sorted(people))", "in sorted(people, reverse=True))"),
        "always busy": ("if day not in busy]", "if day in busy]"),
        "latest": ("clock(min(", "clock(max("),
        "hours without minutes": ("h{total % 60:02d} ", "h{total % 6:02d} "),
    },
)

TINYCALC = Layout(
    name="tinycalc",
    files=unpacked(HERE / "tinycalc.txt"),
    command=PYTEST,
    paths=(".",),
    sources=("tinycalc",),
    settings="",
    truths={
        "powers": "from tinycalc import calculate\nassert calculate('2^3^2') == 512\nassert calculate('3^1^5') == 3\n"
        "assert calculate('2^2^3') == 256",
        "average of nothing": "from tinycalc.evaluate import average\ntry:\n    average([])\n"
        "except ValueError as e:\n    assert 'nothing' in str(e)\nelse:\n    raise AssertionError",
        "sums": "from tinycalc import calculate\nassert calculate('8 - 2 - 1') == 5\nassert calculate('2+3*4') == 14\n"
        "assert calculate('-3 ^ 2') == -9\nassert calculate('2 * (1 + 1)') == 4\nassert calculate('-(2)') == -2",
        "averages": "from tinycalc.evaluate import average\nassert average(['2', '4']) == 3",
        "bad texts in means": "from tinycalc.evaluate import average\nfrom tinycalc.tokens import BadText\ntry:\n"
        "    average(['1', '2 +'])\nexcept BadText:\n    pass\nelse:\n    raise AssertionError",
        "bad text": "from tinycalc import calculate\nfor text in ('1 + + ', '(2', '2)', '4 & 4'):\n    try:\n"
        "        calculate(text)\n    except ValueError:\n        pass\n    else:\n        raise AssertionError(text)",
        "units": "from tinycalc.units import convert, shown\nassert abs(convert(5, 'km', 'cm') - 500000) < 1e-3\n"
        "assert shown(1.20, 'm') == '1.2 m'",
        "best units": "from tinycalc.units import best_unit\n"
        "assert [best_unit(x) for x in (2000, 3, 0.5, 0.001)] == ['km', 'm', 'cm', 'mm']",
    },
    bugs={
        "plus is minus": ("return left + right", "return left - right"),
        "division upside down": ("return left / right", "return right / left"),
        "product is sum": ("return left * right", "return left + right"),
        "loose products": ('"*": 2', '"*": 1'),
        "right to left": ("expression(reader, below))", "expression(reader, below - 1))"),
        "tight negation": ("expression(reader, 3)", "expression(reader, 5)"),
        "open brackets": ('if reader.take() != ")":', 'if reader.peek() and reader.take() != ")":'),
        "any sign": ('if sign and sign not in "+-*/()^":', 'if sign and sign == "%":'),
        "rest ignored": ("    if reader.peek():", "    if False:"),
        "feet of metres": ('"ft": 0.3048', '"ft": 0.3'),
        "noughts stay": ('.rstrip("0").rstrip(".")', '.rstrip(".")'),
        "two digits always": ("{amount:.{digits}f}", "{amount:.2f}"),
        "unknown is one": ("return amount * METRES[source]", "return amount * METRES.get(source, 1)"),
        "mean of one more": ("/ len(texts)", "/ (len(texts) + 1)"),
        "never centimetres": ('for unit in ("km", "m", "cm"):', 'for unit in ("km", "m"):'),
    },
)

SLUGS = Layout(
    name="slugs",
    files=unpacked(HERE / "slugs.txt"),
    command=PYTEST,
    paths=(".",),
    sources=("slugs",),
    settings=".ruff.toml",
    truths={
        "limits": "from slugs.slug import slug\nassert slug('ab cd', limit=3) == 'ab'\n"
        "assert slug('abc def ghi', limit=8) == 'abc-def'\nassert slug('o c1', limit=2) == 'o'",
        "short limits": "from slugs.slug import slug\nassert slug('abcdef', limit=3) == 'abc'",
        "plain": "from slugs.slug import slug\nassert slug('Ünï cödé') == 'uni-code'\nassert slug('Æon ß') == 'aeon-ss'",
        "stop": "from slugs.slug import slug\nassert slug('An apple', stop=True) == 'apple'",
        "underscores": "from slugs.slug import slug\nassert slug('a_b') == 'a-b'",
        "unique": "from slugs.slug import unique\nassert unique('x', {'x', 'x-2', 'x-3'}) == 'x-4'",
        "short": "from slugs.shorten import shorten\nassert shorten('alpha beta', 7) == 'alpha…'\n"
        "assert shorten('ab', 2) == 'ab'",
        "initials": "from slugs.shorten import initials\nassert initials('grace hopper') == 'GH'",
        "wrap": "from slugs.shorten import wrap\nassert wrap('a b c d', 3) == ['a b', 'c d']\nassert wrap('', 3) == []",
        "headings": "from slugs.headings import headings, contents\nassert headings('# A\\n\\n# A\\n') == "
        "[(1, 'A', 'a'), (1, 'A', 'a-2')]\nassert contents('## B', 1) == ''",
        "indented": "from slugs.headings import contents\n"
        "assert contents('# A\\n\\n## B\\n') == '- [A](#a)\\n  - [B](#b)'",
        "levels": "from slugs.headings import level_of\nassert (level_of('## x'), level_of('x')) == (2, 0)",
    },
    bugs={
        "accents stay": ("if not unicodedata.combining(part):", "if part:"),
        "capitals stay": ("in text.lower():", "in text:"),
        "one letter for two": ('"æ": "ae", "ø": "o"', '"æ": "ae", "ø": "oe"'),
        "stop words always": ("if not (stop and word in STOP)", "if word not in STOP"),
        "no limit": ("if limit and len(joined) > limit:", "if limit and len(joined) > limit + 9:"),
        "from three": ("    number = 2", "    number = 3"),
        "taken twice": ("        taken.add(address)", "        taken.add(text)"),
        "cut in words": ('and " " in cut:', 'and "  " in cut:'),
        "one too long": ("cut = text[: width - 1]", "cut = text[:width]"),
        "mark in front": ("return cut.rstrip() + MARK", "return MARK + cut.rstrip()"),
        "no width": ("if width < 1:", "if width < 0:"),
        "narrow lines": ("len(line) + 1 + len(word) > width", "len(line) + 1 + len(word) >= width"),
        "last line lost": ("    if line:\n        lines.append(line)\n    return", "    return"),
        "all initials": ("text.split())[:most]", "text.split())"),
        "flat contents": ('"  " * (level - 1)', '"  " * 0'),
        "one level more": ("if level <= depth:", "if level <= depth + 1:"),
        "level of none": ("if match else 0", "if match else 1"),
    },
)  # fmt: skip

ROTA_UNDER_PYTEST = replace(
    ROTA,
    name="rota-under-pytest",
    command=PYTEST,
    files={
        **ROTA.files,
        "conftest.py": '"""The modules stand beside this file."""\n',
        "requirements-dev.txt": "pytest\n",
    },
)

LAYOUTS = (PARCELS, ROTA, ROTA_UNDER_PYTEST, TINYCALC, SLUGS)
