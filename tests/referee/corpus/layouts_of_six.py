"""Six more layouts, made when the referee stood: each with a real bug or two, and something nobody tests."""

from __future__ import annotations

from tests.referee.corpus.layouts import HERE, PYTEST, ROTA
from tests.referee.corpus.shape import Layout, unpacked

TILL = Layout(
    name="till",
    files=unpacked(HERE / "till.txt"),
    command=PYTEST,
    paths=(".",),
    sources=("till",),
    settings="pyproject.toml",
    truths={
        "rounded": "from decimal import Decimal as D\nfrom till.money import Money\n"
        "assert Money(10).times(D('0.25')).cents == 3\nassert Money(5).times(D('0.5')).cents == 3",
        "others rounded": "from decimal import Decimal as D\nfrom till.money import Money\n"
        "assert [Money(c).times(D('0.5')).cents for c in (7, 31, 1003)] == [4, 16, 502]\n"
        "assert Money(14).times(D('0.1')).cents == 1",
        "standard rate": "from till.rates import rate\nassert rate('DK', 'food') == 25 == rate('dk', 'toys')\n"
        "assert rate('AT', 'medicine') == 20",
        "typing errors": "from till.rates import rate, UnknownCountry\nfor c in ('', 'XX', 'de '):\n    try:\n"
        "        rate(c, 'books')\n    except UnknownCountry:\n        pass\n    else:\n        raise AssertionError(c)",
        "sums": "from till.money import Money, Mismatch\nassert (Money(1) + Money(2)).cents == 3\n"
        "try:\n    Money(1) + Money(1, 'USD')\nexcept Mismatch:\n    pass\nelse:\n    raise AssertionError",
        "equal": "from till.money import Money\nassert Money(1) != Money(2) and Money(1) != Money(1, 'USD')",
        "shares": "from till.money import Money\nassert [p.cents for p in Money(101).split(2)] == [51, 50]",
        "read": "from till.money import parse\nassert parse('3.07 USD').cents == 307\ntry:\n    parse('1.5 EUR')\n"
        "except ValueError:\n    pass\nelse:\n    raise AssertionError",
        "cart": "from till import Cart, Money\nc = Cart('DE')\nc.add('a', Money(200), 2)\nc.add('b', Money(100))\n"
        "assert c.total().cents == 500 and c.tax().cents == 95\nassert c.remove('a') and c.total().cents == 100",
        "coupons": "from till import Cart, Money\nc = Cart(coupon='TEN')\nc.add('x', Money(500))\n"
        "assert c.total().cents == 450",
        "rows": "from till.receipt import row\nassert len(row('abc', '1')) == 32",
        "barcodes": "from till.receipt import barcode\nassert barcode(590123412345) == '5901234123457'",
    },
    bugs={
        "any currency": ("        if self.currency != other.currency:", "        if False:"),
        "rest lost": ("each + (1 if i < rest else 0)", "each"),
        "anybody": ("        if parts < 1:", "        if parts < 0:"),
        "loose amounts": (r"(?:\.(\d\d))?\s+([A-Z]{3})", r"(?:\.(\d+))?\s+([A-Z]{3})"),
        "no sign": ("return Money(-amount if sign else amount, currency)", "return Money(amount, currency)"),
        "no cents": ("% 100:02d}", "% 100:d}"),
        "count stays": ("line.count + count", "count"),
        "nothing removed": ("if line.name != name]", "if line.name == name]"),
        "ten is one": ('"TEN": Decimal("0.9")', '"TEN": Decimal("0.1")'),
        "any count": ("        if count < 1:", "        if count < 0:"),
        "tax of one kind": ("rate(self.country, line.kind)", "rate(self.country)"),
        "unsorted": ("sorted(cart.lines, key=lambda line: line.name)", "list(cart.lines)"),
        "no coupon shown": ('rows.append(row("coupon", cart.coupon))', "pass"),
        "names not cut": ("left[:space].ljust(space)", "left.ljust(space)"),
        "wrong check digit": ("(3 if i % 2 else 1)", "(1 if i % 2 else 3)"),
        "small letters": ("load()[country.upper()]", "load()[country]"),
    },
)

ALMANAC = Layout(
    name="almanac",
    files=unpacked(HERE / "almanac.txt"),
    command=PYTEST,
    paths=("src",),
    sources=("src/almanac",),
    settings="",
    truths={
        "2000": "from almanac.calendar import is_leap\nassert is_leap(2000) and is_leap(2400)",
        "1600": "from almanac.calendar import is_leap\nassert all(map(is_leap, (1600, 2800, 400)))",
        "1900": "from almanac.calendar import is_leap\nassert not any(map(is_leap, (1900, 2100, 2200, 1999)))",
        "lengths": "from almanac.calendar import month_length as m\nassert (m(2023, 2), m(2024, 2), m(2023, 12)) == "
        "(28, 29, 31)\ntry:\n    m(2023, 13)\nexcept ValueError:\n    pass\nelse:\n    raise AssertionError",
        "months": "from datetime import date\nfrom almanac.calendar import add_months\n"
        "assert add_months(date(2023, 3, 31), -1) == date(2023, 2, 28)",
        "workdays": "from datetime import date\nfrom almanac.calendar import add_workdays\n"
        "assert add_workdays(date(2024, 12, 23), 3) == date(2024, 12, 30)",
        "weeks": "from datetime import date\nfrom almanac.calendar import week, quarter\n"
        "assert week(date(2021, 1, 3)) == '2020-W53' and quarter(date(2021, 7, 1)) == 3",
        "read": "from almanac.duration import seconds\nassert seconds('2h5s') == 7205\ntry:\n    seconds('5')\n"
        "except ValueError:\n    pass\nelse:\n    raise AssertionError",
        "write": "from almanac.duration import short, words\nassert short(3725) == '1h2m5s'\n"
        "assert words(90061) == '1 day, 1 hour' and words(61, 'de') == '1 Minute, 1 Sekunde'",
        "laps": "from almanac.duration import Stopwatch\nt = iter([1, 4])\nw = Stopwatch(lambda: next(t))\nw.start()\n"
        "assert w.stop() == 3 and w.best() == 3",
    },
    bugs={
        "april has 31": ("[31, 28, 31, 30,", "[31, 28, 31, 31,"),
        "any month": ("if not 1 <= month <= 12:", "if month > 12:"),
        "last day lost": ("min(day.day, month_length(year, month + 1))", "min(day.day, 28)"),
        "saturdays": ("day.weekday() < 5", "day.weekday() < 6"),
        "no may day": ("(5, 1), ", ""),
        "only forwards": ("timedelta(days=1 if count >= 0 else -1)", "timedelta(days=1)"),
        "calendar years": ("year, number, _ = day.isocalendar()", "year, number, _ = day.year, *day.isocalendar()[1:]"),
        "quarters from 0": ("// 3 + 1", "// 3"),
        "parts of a text": ("re.fullmatch(", "re.match("),
        "no weeks": ('"w": 604800', '"w": 604801'),
        "no minus": ('return "-" + short(-count)', "return short(-count)"),
        "one of many": ("one if whole == 1 else many", "many"),
        "all units": ("parts[:2]", "parts"),
        "german is english": ('("Stunde", "Stunden")', '("Stunde", "Stunde")'),
        "laps lost": ("self.laps.append(lap)", "self.laps = [lap]"),
        "longest": ("min(self.laps, default=None)", "max(self.laps, default=None)"),
        "start again": ('raise RuntimeError("it runs already")', "pass"),
    },
)

ROMANS = Layout(
    name="romans",
    files=unpacked(HERE / "romans.txt"),
    command=ROTA.command,
    paths=(".",),
    sources=("roman", "ratio", "chapters"),
    settings="",
    truths={
        "too many": "from roman import from_roman, NotRoman\nfor t in ('IIII', 'VV'):\n    try:\n        from_roman(t)\n"
        "    except NotRoman:\n        pass\n    else:\n        raise AssertionError(t)",
        "others too many": "from roman import from_roman, NotRoman\nfor t in ('XXXX', 'LL', 'IXI', 'CCCCC', 'DD'):\n"
        "    try:\n        from_roman(t)\n    except NotRoman:\n        pass\n    else:\n        raise AssertionError(t)",
        "empty": "from chapters import contents\nassert contents(['One', '', 'Three']) == ['I. One', 'II. Three']",
        "others empty": "from chapters import contents\nassert contents(['', 'B', '', '', 'E']) == ['I. B', 'II. E']",
        "write": "from roman import to_roman, NotRoman\nassert [to_roman(n) for n in (6, 49, 888)] == "
        "['VI', 'XLIX', 'DCCCLXXXVIII']\ntry:\n    to_roman(4000)\nexcept NotRoman:\n    pass\nelse:\n    assert 0",
        "read": "from roman import from_roman\nassert [from_roman(t) for t in ('vi', 'XLIX', 'MM')] == [6, 49, 2000]",
        "read twos": "from roman import from_roman\nassert [from_roman(t) for t in ('II', 'XX', 'MM', 'CC')] == [2, 20, 2000, 200]",
        "ratios": "from ratio import Ratio\nassert Ratio(6, -8) + Ratio(1, 4) == Ratio(-1, 2)\n"
        "assert Ratio(1, 2) != Ratio(1, 3) and Ratio(2, 3) * Ratio(3, 2) == 1",
        "means": "from ratio import mean, parse\nassert repr(mean([parse('1/2'), parse('1 1/2')])) == '1'",
        "headings": "from chapters import heading\nassert heading(2, 'x', 'letter') == 'B. x'",
    },
    bugs={
        "zero": ("number < 1 or number > 3999", "number < 0 or number > 3999"),
        "no ninety": ('(90, "XC"),', ""),
        "any type": ('raise TypeError("whole numbers only")', "number = int(number)"),
        "capitals only": ("text.upper(), 0", "text, 0"),
        "rest ignored": ("    if rest or not text:", "    if not text:"),
        "all roman": ("        return False", "        return True"),
        "not shortened": ("shared = gcd(top, bottom)", "shared = 1"),
        "sign below": ("        if bottom < 0:", "        if bottom < -9:"),
        "product is sum": ("Ratio(self.top * other.top,", "Ratio(self.top + other.top,"),
        "half a sum": ("self.top * other.bottom + other.top * self.bottom", "self.top * other.bottom + other.top"),
        "upside down": ("self.top * other.bottom < other", "self.top * other.bottom > other"),
        "whole only": ("self.top - whole * self.bottom", "self.top"),
        "no mean": ("Ratio(1, len(ratios))", "Ratio(1, 2 * len(ratios))"),
        "mean of nothing": ('raise ValueError("no ratios")', "return Ratio(0)"),
        "whole lost": ("return found + Ratio(int(whole)) if whole else found", "return found"),
        "letters from 0": ("chr(64 + number)", "chr(65 + number)"),
        "spaces stay": ("title.strip()", "title"),
        "any style": ("        raise ValueError(style)", '        mark = ""'),
    },
)

PROSE = Layout(
    name="prose",
    files=unpacked(HERE / "prose.txt"),
    command=PYTEST,
    paths=(".",),
    sources=("prose",),
    settings="",
    truths={
        "short forms": "from prose.case import split\nassert split('parseHTTPResponse') == ['parse', 'HTTP', 'Response']",
        "other short forms": "from prose.case import snake\nassert snake('toXMLFile') == 'to_xml_file'\n"
        "assert snake('readCSV') == 'read_csv'",
        "names": "from prose.case import split, camel\nassert split('oneTwo3 b') == ['one', 'Two3', 'b']\n"
        "assert camel('a_b c', first=True) == 'ABC'",
        "titles": "from prose.case import title\nassert title('the end of a day') == 'The End of a Day'",
        "words": "from prose.count import words, top\nassert words('(A) b, \\'c\\'') == ['a', 'b', 'c']\n"
        "assert top('x y x z z', 2) == [('x', 2), ('z', 2)]",
        "minutes": "from prose.count import reading_time\nassert reading_time('a ' * 201) == 2",
        "lines": "from prose.wrap import wrap, justify\nassert wrap('aa bb cc', 5) == ['aa bb', 'cc']\n"
        "assert justify('a b c', 6) == 'a  b c'",
        "tables": "from prose.wrap import columns, quote\nassert columns([['a', 'b'], ['cc', 'd']], 1) == ['a  b', 'cc d']\n"
        "assert quote('a\\nb', '#') == '#a\\n#b'",
    },
    bugs={
        "no digits": ("[a-z0-9]+", "[a-z]+"),
        "capitals stay": ('"_".join(word.lower()', '"_".join(word'),
        "always first": ("    if words and not first:", "    if words:"),
        "small first": ("w if i and w in SMALL", "w if w in SMALL"),
        "an is great": ('"an", ', ""),
        "of is great": ('"of", ', ""),
        "signs stay": (""".strip(".,;:!?\\"'()")""", '.strip(".")'),
        "by alphabet": ("(-pair[1], pair[0])", "pair[0]"),
        "one minute": ("-(-len(words(text)) // speed)", "len(words(text)) // speed"),
        "any speed": ("    if speed <= 0:", "    if speed < 0:"),
        "one too long": ("len(longer) > width", "len(longer) > width + 1"),
        "last line lost": ("return [*lines, line] if line else lines", "return lines or [line]"),
        "right first": ("(i < more)", "(i >= more)"),
        "mark once": ('"\\n".join(mark + line for', 'mark + "\\n".join(line for'),
        "narrow": ('(" " * gap)', '" "'),
    },
)  # fmt: skip

SHELF = Layout(
    name="shelf",
    files=unpacked(HERE / "shelf.txt"),
    command=PYTEST,
    paths=(".",),
    sources=("shelf",),
    settings="",
    truths={
        "round": "from shelf import Ring\nr = Ring(3)\n[r.push(c) for c in 'abcd']\nassert ''.join(r) == 'bcd'",
        "further round": "from shelf import Ring\nr = Ring(4)\n[r.push(c) for c in range(11)]\n"
        "assert [x for x in r] == [7, 8, 9, 10] and len(r) == 4\nr = Ring(1)\nr.push(5)\nr.push(6)\nassert list(r) == [6]",
        "insertion order": "from shelf import Ring\nr = Ring(3)\n[r.push(c) for c in 'zyxwv']\nassert list(r) == list('xwv')",
        "round without tests": "import shutil, sys, tempfile, shelf\nd = tempfile.mkdtemp()\n"
        "shutil.copy(shelf.__file__, d + '/shelf.py')\ndel sys.modules['shelf']\nsys.path.insert(0, d)\nimport shelf\n"
        "r = shelf.Ring(3)\n[r.push(c) for c in 'abcd']\nassert ''.join(r) == 'bcd'",
        "rings": "from shelf import Ring\nr = Ring(3)\nr.push(1)\nassert list(r) == [1] and len(r) == 1",
        "store": "from shelf import Store\nt = [0]\ns = Store(2, age=5, clock=lambda: t[0])\ns.put('a', 1)\nt[0] = 5\n"
        "assert s.get('a') == 1\nt[0] = 6\nassert s.get('a') is None and (s.hits, s.misses) == (1, 1)",
        "lately": "from shelf import Store\ns = Store(2)\ns.put(1, 1)\ns.put(2, 2)\ns.get(1)\ns.put(3, 3)\n"
        "assert 1 in s and 2 not in s",
        "order": "from shelf import Sorted\ns = Sorted('cab')\ns.add('b')\nassert list(s) == list('abbc')\n"
        "assert s.discard('b') and s.rank('c') == 2 and s.between('a', 'b') == ['a', 'b']",
        "bags": "from shelf import Bag, Full\nb = Bag(2)\nb.add('x', 2)\ntry:\n    b.add('y')\nexcept Full:\n    pass\n"
        "else:\n    raise AssertionError\nassert b.most() == ['x'] and b.total() == 2",
        "pairs": "from shelf import Bag\nb = Bag(2)\nb.add('x')\nassert b.old_items() == [('x', 1)]",
        "merged": "from shelf import merge, chunks\nassert merge([2], [1, 3]) == [1, 2, 3]\n"
        "assert chunks('abcde', 2) == ['ab', 'cd', 'e']",
    },
    bugs={
        "no size": ("        if size < 1:\n            raise ValueError(\"size must be positive\")\n        self._items",
                    "        self._items"),
        "counts on": ("min(self._count + 1, len(self._items))", "self._count + 1"),
        "one more room": ("len(self._held) >= self.room", "len(self._held) > self.room"),
        "first in first out": ("value, since = self._held.pop(key)", "value, since = self._held[key]"),
        "never old": ("self.clock() - since > self.age", "False"),
        "no hits": ("self.hits += 1", "pass"),
        "at the end": ("        bisect.insort(self._items, item)", "        self._items.append(item)"),
        "high left out": ("bisect.bisect_right(self._items, high)", "bisect.bisect_left(self._items, high)"),
        "wrong one": ("self._items[at] == item:", "True:"),
        "unlimited": ("self.total() + times > self.limit", "False"),
        "always two": (".get(thing, 0) + times", ".get(thing, 0) + 2"),
        "least": ("key=lambda thing: (-self._counts[thing], thing)", "key=lambda thing: (self._counts[thing], thing)"),
        "unsorted pairs": ("sorted(self._counts.items())", "list(self._counts.items())"),
        "unsorted": ("            bisect.insort(found, item)", "            found.append(item)"),
        "no rest": ("range(0, len(items), size)]", "range(0, len(items) - size + 1, size)]"),
    },
)  # fmt: skip

WIRE = Layout(
    name="wire",
    files=unpacked(HERE / "wire.txt"),
    command=PYTEST,
    paths=(".",),
    sources=("wire",),
    settings="pyproject.toml",
    truths={
        "known sums": "from wire.crc import crc16\nassert crc16(b'123456789') == 0x4B37 and crc16(b'\\0') == 16575",
        "other sums": "from wire.crc import crc16\nassert crc16(b'hello') == 0x34F6 and crc16(bytes(9)) == 0xF00A",
        "nothing": "from wire.crc import crc16, xor8\nassert crc16(b'') == 0xFFFF and xor8(b'\\1\\2') == 3",
        "luhn": "from wire.crc import luhn\nassert luhn('4539578763621486') and not luhn('1') and not luhn('')",
        "frames": "from wire.frame import encode, decode\nassert decode(encode('error', b'abc')) == ('error', b'abc')\n"
        "assert len(encode('read', bytes(21))) == 27",
        "broken": "from wire.frame import decode, BadFrame\nfor t in (b'', b'\\1\\0\\0', b'\\x55\\0\\x55'):\n    try:\n"
        "        decode(t)\n    except BadFrame:\n        pass\n    else:\n        raise AssertionError(t)",
        "numbers": "from wire.frame import varint, unvarint\nassert varint(16384) == b'\\x80\\x80\\1'\n"
        "assert unvarint(b'\\x81\\1\\7') == (129, 2)",
        "words": "from wire.frame import status\nassert (status(2), status(70)) == ('not found', 'status 70')",
    },
    bugs={
        "ping is pong": ('"ping": 0x01, "pong": 0x02', '"ping": 0x02, "pong": 0x01'),
        "no twelve": ("(0, 8, 12, 16,", "(0, 8, 16,"),
        "denied is done": ('3: "denied"', '3: "done"'),
        "xor is or": ("found ^= byte", "found |= byte"),
        "no nines": ("value -= 9", "value -= 8"),
        "letters": ("        return False\n    total", "        return True\n    total"),
        "no zeros": ("if size >= len(payload):", "if size > len(payload):"),
        "too long is bad": ('raise TooLong(f"', 'raise BadFrame(f"'),
        "sum ignored": ("    if xor8(frame) != 0:", "    if False:"),
        "any opcode": ("    if code not in NAMES:", "    if code == 0:"),
        "padding stays": ("frame[2 : 2 + length]", "frame[2:-1]"),
        "negative": ("    if number < 0:", "    if number < -1:"),
        "endless": ('raise BadFrame("it does not end")', "return number, len(text)"),
        "no place": ("return number, i + 1", "return number, i"),
        "no code": ('f"status {code}"', '"status"'),
    },
)

SIX = (TILL, ALMANAC, ROMANS, PROSE, SHELF, WIRE)
