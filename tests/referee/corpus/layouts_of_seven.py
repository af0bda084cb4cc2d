"""Four more layouts: a namespace package, tests beside asynchronous code, a program with recordings, many classes."""

from __future__ import annotations

from tests.referee.corpus.layouts import HERE, PYTEST
from tests.referee.corpus.shape import Layout, unpacked

ROUTES = Layout(
    name="routes",
    files=unpacked(HERE / "routes.txt"),
    command=PYTEST,
    paths=("lib",),
    sources=("lib/acme/routes",),
    settings="",
    truths={
        "me": "from acme.routes import Router\nr = Router().add('/users/{name}', 'user').add('/users/me', 'me')\n"
        "assert r.find('/users/me') == ('me', {}) and r.find('/users/ada') == ('user', {'name': 'ada'})",
        "others written out": "from acme.routes import Router\n"
        "r = Router().add('/{a}/{b}', 'any').add('/{a}/new', 'new').add('/shop/{b}', 'shop').add('/{x}', 'x').add('/top', 'top')\n"
        "assert [r.find(p)[0] for p in ('/q/w', '/q/new', '/shop/w', '/top', '/bottom')] == "
        "['any', 'new', 'shop', 'top', 'x']",
        "deeper written out": "from acme.routes import Router\n"
        "r = Router('/v1').add('/a/{b}/{c}/d', 'gaps').add('/a/{b}/c/d', 'one').add('/a/b/c/d', 'none')\n"
        "assert [r.find(p)[0] for p in ('/v1/a/x/y/d', '/v1/a/x/c/d', '/v1/a/b/c/d')] == ['gaps', 'one', 'none']",
        "equal signs": "from acme.routes import parse\nassert parse('q=a=b') == {'q': ['a=b']}",
        "more equal signs": "from acme.routes import parse\nfrom acme.routes.query import flat\n"
        "assert parse('x=1=2=3&y==&z=k%3Dv=') == {'x': ['1=2=3'], 'y': ['='], 'z': ['k=v=']}\n"
        "assert flat('x=a=b&x=c') == {'x': 'a=b,c'}",
        "plain queries": "from acme.routes import parse, encode, decode\nassert parse('a=1&&b&a=x+y') == "
        "{'a': ['1', 'x y'], 'b': ['']}\nassert encode('k=v') == 'k%3Dv' and decode('%41%') == 'A%'",
        "without": "from acme.routes.query import without\nassert without('a=1&b=2&a=3', 'b') == 'a=1&a=3'",
        "patterns": "from datetime import date\nfrom acme.routes import Pattern\np = Pattern('/{d:date}/{h:hex}')\n"
        "assert p.match('/2024-01-02/1f/') == {'d': date(2024, 1, 2), 'h': 31}\n"
        "assert p.build(d=date(2024, 1, 2), h=31) == '/2024-01-02/1f'\nassert p.match('/2024-01-02/xyz') is None",
        "refusals": "from acme.routes import BadPattern, NotFound, Pattern, Router, Unknown\n"
        "def refused(kind, f, *a):\n    try:\n        f(*a)\n    except kind:\n        return\n    raise AssertionError(a)\n"
        "refused(BadPattern, Pattern, 'x')\nrefused(BadPattern, Pattern, '/{z}/{z}')\nrefused(Unknown, Pattern, '/{z:q}')\n"
        "refused(NotFound, Router().add('/a', 'a').find, '/b')",
        "own converters": "from acme.routes import Pattern, converter, names\n"
        "converter('sign', '[+-]', lambda v: v)(lambda t: t == '+')\nassert Pattern('/{s:sign}').match('/-') == {'s': False}\n"
        "assert 'sign' in names()",
        "tables": "from acme.routes import Router\nassert Router().add('/b', 'x').add('/a/{c}', 'y').table() == "
        "['/a/{c}  y', '/b      x']",
        "common": "from acme.routes.pattern import common\nassert common(['/a/b/c', '/a/b/d']) == '/a/b'",
    },
    bugs={
        "part of a text": ("return re.fullmatch(self.pattern, text) is not None", "return re.match(self.pattern, text) is not None"),
        "twice": ("    if name in _CONVERTERS:\n        raise", "    if not name:\n        raise"),
        "names as they come": ("return sorted(_CONVERTERS)", "return list(_CONVERTERS)"),
        "not forgotten": ("_CONVERTERS.pop(name, None) is not None", "name in _CONVERTERS"),
        "any length": ("        if len(texts) != len(self.parts):\n            return None\n", ""),
        "gaps of one name": ("if len(set(gaps)) != len(gaps):", "if len(gaps) > 9:"),
        "built with holes": ("        if missing:\n", "        if len(missing) > 3:\n"),
        "not written": ("get(kind).write(values[name]) if kind else name", "str(values[name]) if kind else name"),
        "oldest is built": ("in reversed(self._routes)", "in self._routes"),
        "prefix lost": ("Pattern(self.prefix + text)", "Pattern(text)"),
        "table as added": ("lines = sorted((pattern.text", "lines = list((pattern.text"),
        "plus stays": ('text.replace("+", " ")', "text"),
        "percent lost": ('raw += b"%" + part', "raw += part"),
        "small hex": ('f"%{byte:02X}"', 'f"%{byte:02x}"'),
        "last value": ("found.setdefault(decode(key), []).append(decode(value))", "found[decode(key)] = [decode(value)]"),
        "keys as they are": ("found.setdefault(decode(key), [])", "found.setdefault(key, [])"),
        "always commas": ("separator.join(values)", "values[-1]"),
        "nothing is without": (" if key not in keys for value", " for value"),
    },
)  # fmt: skip

RELAY = Layout(
    name="relay",
    files=unpacked(HERE / "relay.txt"),
    command=PYTEST,
    paths=(".",),
    sources=("relay",),
    settings="",
    truths={
        "doubling": "from relay import delays\nassert delays(1, 5, 60) == [1, 2, 4, 8]\nassert delays(1, 6, 5) == [1, 2, 4, 5, 5]",
        "others doubling": "from relay import delays\nassert delays(3, 6, 99) == [3, 6, 12, 24, 48]\n"
        "assert delays(0.25, 9, 10) == [0.25, 0.5, 1, 2, 4, 8, 10, 10]\nassert delays(7, 3, 5) == [5, 5]",
        "real sleep": "import asyncio\nfrom relay import retry\nslept, asked = [], []\nplain = asyncio.sleep\n"
        "async def sleep(s, *rest):\n    slept.append(s)\n    await plain(0)\nasyncio.sleep = sleep\n"
        "async def job():\n    asked.append(1)\n    if len(asked) < 5:\n        raise OSError\n    return 'yes'\n"
        "assert asyncio.run(retry(job, tries=6, base=2)) == 'yes'\nassert slept == [2, 4, 8, 16], slept",
        "in order": "import asyncio\nfrom relay import bounded\ndef job(v, n):\n    async def run():\n"
        "        for _ in range(n):\n            await asyncio.sleep(0)\n        return v\n    return run\n"
        "assert asyncio.run(bounded([job('a', 9), job('b', 5), job('c', 1)], 3)) == ['a', 'b', 'c']",
        "others in order": "import asyncio\nfrom relay import bounded\ndef job(v, n):\n    async def run():\n"
        "        for _ in range(n):\n            await asyncio.sleep(0)\n        return v\n    return run\n"
        "jobs = [job(v, n) for v, n in zip('zebra crossing', (3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 9, 7))]\n"
        "for limit in (1, 2, 3, 5, 99):\n    assert ''.join(asyncio.run(bounded(jobs, limit))) == 'zebra crossing', limit\n"
        "assert asyncio.run(bounded([job(None, 3), job(0, 1), job(None, 2)], 2)) == [None, 0, None]",
        "in order from an iterator": "import asyncio\nfrom relay import bounded\ndef job(n):\n    async def run():\n"
        "        for _ in range(n):\n            await asyncio.sleep(0)\n        return n\n    return run\n"
        "for limit in (1, 2, 9):\n    assert asyncio.run(bounded((job(n) for n in (7, 3, 5, 1)), limit)) == [7, 3, 5, 1]",
        "at most": "import asyncio\nfrom relay import bounded\nnow = most = 0\nasync def job():\n    global now, most\n"
        "    now += 1\n    most = max(now, most)\n    await asyncio.sleep(0)\n    now -= 1\n"
        "asyncio.run(bounded([job] * 7, 3))\nassert most == 3",
        "errors of jobs": "import asyncio\nfrom relay import bounded\nasync def job():\n    raise KeyError('k')\ntry:\n"
        "    asyncio.run(bounded([job], 2))\nexcept KeyError:\n    pass\nelse:\n    raise AssertionError",
        "giving up": "import asyncio\nfrom relay import GaveUp, retry\nasync def job():\n    raise OSError('x')\n"
        "async def sleep(s):\n    pass\ntry:\n    asyncio.run(retry(job, tries=4, sleep=sleep))\nexcept GaveUp as e:\n"
        "    assert e.tries == 4 and str(e.last) == 'x'\nelse:\n    raise AssertionError",
        "not longer": "from relay import delays\nassert max(delays(1, 9, 3)) == 3 and delays(1, 1, 1) == []",
        "tokens": "from relay import Limiter\nt = [0]\nl = Limiter(1, 2, lambda: t[0])\nassert l.take(2) and not l.take()\n"
        "assert l.wait() == 1.0\nt[0] = 9\nassert l.take(2) and not l.take()",
        "one load": "import asyncio\nfrom relay import Cache\nasync def load(k):\n    await asyncio.sleep(0)\n    return k * 2\n"
        "async def ask():\n    c = Cache(load)\n    assert await asyncio.gather(c.get(1), c.get(1)) == [2, 2]\n"
        "    assert c.loads == 1 and c.keys() == [1]\nasyncio.run(ask())",
        "groups": "import asyncio\nfrom relay import Batch\nsent = []\nasync def send(x):\n    sent.append(list(x))\n"
        "async def go():\n    async with Batch(send, size=3) as b:\n        for i in range(4):\n            await b.put(i)\n"
        "asyncio.run(go())\nassert sent == [[0, 1, 2], [3]]",
        "first answer": "import asyncio\nfrom relay import first\nasync def a():\n    raise OSError\nasync def b():\n"
        "    await asyncio.sleep(0)\n    return 7\nassert asyncio.run(first([a, b])) == 7",
    },
    bugs={
        "any base": ("if base <= 0 or tries < 1:", "if tries < 1:"),
        "one wait more": ("for i in range(tries - 1)]", "for i in range(tries)]"),
        "one try less told": ("raise GaveUp(i + 1, error)", "raise GaveUp(i, error)"),
        "any error": ("        except on as error:", "        except Exception as error:"),
        "any limit": ("    if limit < 1:", "    if limit < 0:"),
        "wider gate": ("asyncio.Semaphore(limit)", "asyncio.Semaphore(limit + 1)"),
        "first error": ("                error = raised", "                error = error or raised"),
        "one more held": ("if len(self._held) >= self._size:", "if len(self._held) > self._size:"),
        "not counted": ("self.sent += len(held)", "self.sent += 1"),
        "sent all the same": ("        if error is None:\n            await self.flush()", "        await self.flush()"),
        "over the burst": ("min(self.burst, self._tokens + (now - self._since) * self.rate)", "self._tokens + (now - self._since) * self.rate"),
        "not taken": ("self._tokens -= count", "self._tokens -= 1"),
        "any count": ("if count > self.burst:", "if count > 99 * self.burst:"),
        "rate upside down": ("(count - self._tokens) / self.rate", "(count - self._tokens) * self.rate"),
        "a load for each": ("if key not in self._waiting:", "if True:"),
        "never known": ("        if key in self._known:\n            return self._known[key]\n", ""),
        "all forgotten": ("self._known.pop(key, None)", "self._known.clear()"),
        "nothing forgotten": ("            self._known.clear()", "            pass"),
    },
)  # fmt: skip

TALLY = Layout(
    name="tally",
    files=unpacked(HERE / "tally.txt"),
    command=PYTEST,
    paths=(".",),
    sources=("tally",),
    settings="ruff.toml",
    truths={
        "shared days": "from datetime import date as d\nfrom tally.dates import overlap\n"
        "assert overlap((d(2024, 1, 1), d(2024, 1, 31)), (d(2024, 1, 1), d(2024, 1, 31))) == 31\n"
        "assert overlap((d(2024, 1, 1), d(2024, 1, 31)), (d(2024, 1, 31), d(2024, 2, 7))) == 1",
        "other shared days": "from datetime import date as d\nfrom tally.dates import overlap\n"
        "assert overlap((d(2021, 6, 3), d(2021, 6, 9)), (d(2021, 6, 5), d(2022, 6, 6))) == 5\n"
        "assert overlap((d(1999, 12, 31),) * 2, (d(1999, 1, 1), d(2001, 1, 1))) == 1\n"
        "assert overlap((d(2024, 7, 1), d(2024, 7, 7)), (d(2024, 7, 7), d(2024, 7, 9))) == 1\n"
        "assert overlap((d(2024, 7, 1), d(2024, 7, 7)), (d(2024, 7, 8), d(2024, 7, 9))) == 0",
        "debts": "from tally.table import money\nassert [money(c) for c in (-5, -199, -120000)] == ['-0.05', '-1.99', '-1,200.00']",
        "other debts": "from tally.table import money\nassert [money(c) for c in (-1, -50, -100, -101, -99999, -1234567)] == "
        "['-0.01', '-0.50', '-1.00', '-1.01', '-999.99', '-12,345.67']",
        "amounts": "from tally.table import money\nassert [money(c) for c in (0, 9, 10, 100, 98765432)] == "
        "['0.00', '0.09', '0.10', '1.00', '987,654.32']",
        "a debt in a report": "import io, contextlib, tempfile, os\nfrom tally.cli import main\nd = tempfile.mkdtemp()\n"
        "p = os.path.join(d, 'b.csv')\nopen(p, 'w').write('2024-05-01,ink,-3.07\\n2024-05-02,ink,1\\n')\n"
        "out = io.StringIO()\nwith contextlib.redirect_stdout(out):\n    assert main(['report', p]) == 0\n"
        "assert out.getvalue().split()[-2:] == ['total', '-2.07'], out.getvalue()",
        "a rent": "import io, contextlib, tempfile, os\nfrom tally.cli import main\nd = tempfile.mkdtemp()\n"
        "p = os.path.join(d, 'b.csv')\nopen(p, 'w').write('2024-04-25..2024-05-04,shed,20\\n')\n"
        "out = io.StringIO()\nwith contextlib.redirect_stdout(out):\n    assert main(['rent', p, '--month', '2024-05']) == 0\n"
        "assert out.getvalue().split()[-3:] == ['shed', '4/10', '8.00'], out.getvalue()",
        "months": "from datetime import date as d\nfrom tally.dates import month, days\nassert month('2022-12') == "
        "(d(2022, 12, 1), d(2022, 12, 31)) and days(month('2000-02')) == 29",
        "read": "from tally.books import read, cents, BadBook\nassert [e.cents for e in read(['2024-01-01,a,-1.5', '', '#'])] "
        "== [-150]\ntry:\n    read(['2024-01-01,a'])\nexcept BadBook as e:\n    assert e.number == 1\nelse:\n    raise AssertionError",
        "joined": "from datetime import date as d\nfrom tally.dates import joined\nassert joined([(d(2024, 1, 2), d(2024, 1, 3)), "
        "(d(2024, 1, 1), d(2024, 1, 1))]) == [(d(2024, 1, 1), d(2024, 1, 3))]",
        "weekdays": "from datetime import date as d\nfrom tally.dates import weekday\nassert weekday(d(2024, 2, 29)) == 'Th'",
        "bars": "from tally.table import bar\nassert bar(0.5, 4) == '##..' and bar(9, 2) == '##'",
        "errors": "import io, contextlib\nfrom tally.cli import main\nerr = io.StringIO()\nwith contextlib.redirect_stderr(err):\n"
        "    assert main(['report', '/nothing/here.csv']) == 2\nassert 'tally:' in err.getvalue()",
    },
    bugs={
        "thirty days": ("return first, after - timedelta(days=1)", "return first, first + timedelta(days=29)"),
        "a day less": ("return (period[1] - period[0]).days + 1", "return (period[1] - period[0]).days"),
        "not joined": ("first <= found[-1][1] + timedelta(days=1)", "first < found[-1][1]"),
        "shorter": ("max(found[-1][1], last)", "last"),
        "not in order": ("in sorted(periods):", "in periods:"),
        "no sign": ('sign = -1 if text.startswith("-") else 1', "sign = 1"),
        "three places": ("len(part) > 2", "len(part) > 3"),
        "to the right": ('part.ljust(2, "0")', 'part.rjust(2, "0")'),
        "comments are read": ('if not row or row[0].startswith("#"):', "if not row:"),
        "any columns": ("if len(row) != 3:", "if len(row) < 3:"),
        "line of nothing": ("raise BadBook(number, str(error)) from error", "raise BadBook(0, str(error)) from error"),
        "last of a name": ("sums.get(entry.name, 0) + entry.cents", "entry.cents"),
        "no order of names": ("dict(sorted(sums.items()))", "sums"),
        "no thousands": ("cents // 100:,}", "cents // 100}"),
        "all to the left": (".rjust(width)", ".ljust(width)"),
        "no rule": ('"-" * len(lines[0])', '"-"'),
        "first day left out": ("period[0] <= entry.period[0]", "period[0] < entry.period[0]"),
        "whole rent": ("entry.cents * shared // days(entry.period)", "entry.cents"),
        "all is well": ("        return 2", "        return 0"),
    },
)  # fmt: skip

DEPOT = Layout(
    name="depot",
    files=unpacked(HERE / "depot.txt"),
    command=PYTEST,
    paths=("src",),
    sources=("src/depot",),
    settings="pyproject.toml",
    truths={
        "read back": "from depot import Box, JsonCodec, Liquid\nc = JsonCodec()\n"
        "g = [Box('a', ('x', 'y'), (1, 2, 3)), Liquid('b', ('z',), 0.5, 40)]\nassert c.read(c.write(g)) == g",
        "read from elsewhere": "from depot import Box, Goods, LinesCodec, Liquid\n"
        "l = LinesCodec().read('kind=\"liquid\"; name=\"oil\"; tags=[\"a\", \"b\"]; litres=2.5\\n')\n"
        "assert l == [Liquid('oil', ('a', 'b'), 2.5)] and hash(l[0])\nassert l[0].tags == ('a', 'b')\n"
        "b = Goods.from_dict({'kind': 'box', 'name': 'q', 'sides': [4, 5, 6]})\n"
        "assert b.sides == (4, 5, 6) and b.tags == () and {b: 1}[Box('q', (), (4, 5, 6))] == 1",
        "tags matter": "from depot import Box, Liquid\nassert Box('a', ('x',)) != Box('a') and Box('a', (), (1, 1, 1)) != Box('a')\n"
        "assert Liquid('a', litres=2) != Liquid('a')",
        "whole or nothing": "from depot import Depot, Liquid, Shortage\nd, g = Depot(), Liquid('x')\nd.put('a', g, 3)\ntry:\n"
        "    d.move('a', 'b', g, 4)\nexcept Shortage:\n    pass\nelse:\n    raise AssertionError\n"
        "assert (d.count('a', g), d.count('b', g)) == (3, 0)",
        "others whole or nothing": "from depot import Depot, Liquid, Shortage\nd, g, h = Depot(10), Liquid('x'), Liquid('y')\n"
        "d.put('a', g, 3)\nd.put('b', g, 2)\nfor s, t, what, n in (('a', 'b', g, 5), ('c', 'a', g, 1), ('a', 'b', h, 1), "
        "('b', 'a', g, 3)):\n    try:\n        d.move(s, t, what, n)\n    except Shortage:\n        pass\n    else:\n"
        "        raise AssertionError(s)\n    assert (d.count('a', g), d.count('b', g)) == (3, 2), (s, t)\n"
        "assert d.where(h) == [] and d.where(g) == ['a', 'b']",
        "moves": "from depot import Depot, Liquid\nd, g = Depot(), Liquid('x')\nd.put('a', g, 3)\nd.move('a', 'b', g, 3)\n"
        "assert (d.count('a', g), d.count('b', g)) == (0, 3) and d.where(g) == ['b']",
        "no room to move": "from depot import Depot, Liquid\nd, g = Depot(2), Liquid('x')\nd.put('a', g, 2)\nd.put('b', g, 1)\n"
        "try:\n    d.move('a', 'b', g, 2)\nexcept ValueError:\n    pass\nelse:\n    raise AssertionError\n"
        "assert (d.count('a', g), d.count('b', g)) == (2, 1)",
        "steps back": "from depot import Depot, Liquid\nd, g = Depot(), Liquid('x')\nd.put('a', g, 3)\nd.take('a', g)\n"
        "assert d.undo() and d.count('a', g) == 3 and d.undo() and not d.undo()",
        "labels": "from depot import Box, Liquid\nassert Box('a', ('z', 'b')).label() == 'a (1 l) #b #z'\n"
        "assert Liquid('r').tagged('k', 'k').tags == ('k',)",
        "fits": "from depot import Box\nassert Box('a', (), (3, 1, 2)).fits(Box('b', (), (2, 3, 1)))\n"
        "assert not Box('a', (), (3, 1, 2)).fits(Box('b', (), (4, 1, 1)))",
        "burns": "from depot import Liquid\nassert Liquid('rum', proof=80).dangerous() and not Liquid('milk', proof=49).dangerous()",
        "unknown": "from depot import Goods\nfor k in ({'kind': 'bag', 'name': 'x'}, {'kind': 'box', 'name': 'x', 'y': 1}):\n    try:\n"
        "        Goods.from_dict(k)\n    except ValueError:\n        pass\n    else:\n        raise AssertionError(k)",
        "inventories": "from depot import Depot, Liquid\nd = Depot()\nd.put('b', Liquid('s', litres=1), 2)\n"
        "d.put('b', Liquid('l', litres=2))\nassert d.inventory() == [('b', 'l', 1), ('b', 's', 2)] and d.used('b') == 4",
    },
    bugs={
        "kind lost": ('rest.pop("kind", cls.__name__.lower())', "cls.__name__.lower()"),
        "any kind": ("if kind is None or not issubclass(kind, cls):", "if kind is None:"),
        "unknown ignored": ("        if unknown:\n", "        if len(unknown) > 3:\n"),
        "upside down": ("return self.order() < other.order()", "return self.order() > other.order()"),
        "by name": ("return self.volume(), self.name", "return (self.name,)"),
        "tags twice": ("tuple(dict.fromkeys([*self.tags, *tags]))", "(*self.tags, *tags)"),
        "tags as they are": ("in sorted(self.tags))", "in self.tags)"),
        "cubic": ("return found / 1000", "return found / 100"),
        "not turned": ("zip(sorted(other.sides), sorted(self.sides)", "zip(other.sides, self.sides"),
        "keys as they come": ("indent=1, sort_keys=True", "indent=1"),
        "empty lines": ("            if not line.strip():\n                continue\n", ""),
        "names unsorted": ("', '.join(sorted(Codec.known))", "', '.join(sorted(Codec.known, reverse=True))"),
        "any count": ("        if count < 1:\n", "        if count < -9:\n"),
        "no end of room": ("+ count * goods.volume() > self.room", "> self.room"),
        "put is set": ("setdefault(place, Counter())[goods] += count", "setdefault(place, Counter())[goods] = 1"),
        "take anything": ("        if there < count:\n", "        if there < 0:\n"),
        "zeros stay": ("self._places[place] = +self._places[place]", "pass"),
        "everywhere": ("for place, there in self._places.items() if there[goods])", "for place in self._places)"),
        "smallest first": ("sorted(self._places[place], reverse=True)", "sorted(self._places[place])"),
        "same past": ("{place: Counter(there) for place", "{place: there for place"),
    },
)  # fmt: skip

FOUR_MORE = (ROUTES, RELAY, TALLY, DEPOT)
