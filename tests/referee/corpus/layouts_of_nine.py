"""Two more layouts: amounts and recipes with checks that tests share, and versions with each tool's file of its own."""

from __future__ import annotations

from tests.referee.corpus.layouts import HERE, PYTEST
from tests.referee.corpus.shape import Layout, unpacked

LARDER = Layout(
    name="larder",
    files=unpacked(HERE / "larder.txt"),
    command=PYTEST,
    paths=("src",),
    sources=("src/larder",),
    settings="pyproject.toml",
    truths={
        "shown to a tenth": "from larder import Amount\nassert str(Amount(0.75, 'l')) == '0.8 l'",
        "others shown": "from larder import Amount\nassert [str(Amount(v, 'g')) for v in (2.36, 7.99, 0.19)] == ['2.4 g', '8 g', '0.2 g']",
        "shown downwards": "from larder import Amount\nassert [str(Amount(v, 'g')) for v in (2.31, 7.04, 0.62)] == ['2.3 g', '7 g', '0.6 g']",
        "oldest first": "from datetime import date as d\nfrom larder import Amount, Larder\nl = Larder(lambda: d(2024, 1, 1))\n"
        "l.put('a', Amount(3), d(2024, 3, 1))\nl.put('a', Amount(3), d(2024, 2, 1))\nl.take('a', Amount(2))\n"
        "assert [b.amount.value for b in sorted(l.batches, key=lambda b: b.spoils)] == [1, 3]",
        "oldest of three": "from datetime import date as d\nfrom larder import Amount, Larder\nl = Larder(lambda: d(2024, 1, 1))\n"
        "for day, n in ((9, 5), (5, 4), (7, 3)):\n    l.put('a', Amount(n), d(2024, 1, day))\nl.take('a', Amount(6))\n"
        "assert sorted((b.spoils.day, b.amount.value) for b in l.batches) == [(7, 1), (9, 5)]",
        "same in units": "from larder import Amount as A\nassert A(1000, 'g') == A(1, 'kg') and hash(A(1, 'l')) == hash(A(1000, 'ml'))",
        "not the same": "from larder import Amount as A\nassert A(1, 'kg') != A(1, 'l') and A(1) != 1 and A(0, 'g') != A(0, 'l')\n"
        "assert A(1000, 'g') != A(1000.5, 'g') and A(2, 'g') != A(2, 'kg') and A(2, 'g') == A(2, 'g')",
        "to taste": "from larder import read\nr = read('stew\\n2 kg  beans\\nsome  thyme\\n')\nassert list(r.needs) == ['beans', 'thyme']",
        "bad amounts": "from larder import read\nfor bad in ('1,5 kg', '-2 g', '1/2 l', '3 3'):\n    try:\n        read(f'x\\n{bad}  y\\n')\n"
        "    except ValueError:\n        pass\n    else:\n        raise AssertionError(bad)",
        "units": "from larder import Amount as A\nassert A(30, 'ml').to('tbsp').value == 2 and (A(1, 'l') + A(2, 'tbsp')).value == 1.03",
        "short": "from datetime import date as d\nfrom larder import Amount, Larder, Short\nl = Larder(lambda: d(2024, 1, 1))\n"
        "l.put('a', Amount(3), d(2024, 3, 1))\ntry:\n    l.take('a', Amount(4))\nexcept Short as e:\n    assert e.missing.value == 1\n"
        "else:\n    raise AssertionError\nassert l.count('a', '').value == 3",
        "for others": "from larder import read\nassert read('t for 2\\n3 g  tea\\n').for_people(4).needs['tea'].value == 6",
        "table": "from datetime import date as d\nfrom larder import Amount, Larder\nl = Larder()\nl.put('a', Amount(3), d(2024, 3, 1))\n"
        "assert l.to_csv() == 'name,amount,spoils\\na,3,2024-03-01'",
    },
    bugs={
        "any shape": ("SHAPE.fullmatch(text.strip())", "SHAPE.match(text.strip())"),
        "any unit": ("        if found[2] not in UNITS:\n            raise UnknownUnit(found[2])\n", ""),
        "units apart": ("        if UNITS[unit][0] != self.kind:\n", "        if False:\n"),
        "upside down": ("return self.value < other.to(self.unit).value", "return self.value > other.to(self.unit).value"),
        "minus is plus": ("Amount(self.value - other.to(self.unit).value", "Amount(self.value + other.to(self.unit).value"),
        "spoilt is good": ("batch.spoils >= self.today()", "batch.spoils >= date.min"),
        "a day less": ("batch.spoils >= self.today()", "batch.spoils > self.today()"),
        "nought goes in": ("if amount.value <= 0:", "if amount.value < 0:"),
        "never short": ("        if there < amount:\n            raise", "        if False:\n            raise"),
        "empties stay": ("for batch in self.batches if batch.amount.value > 0]", "for batch in self.batches]"),
        "nothing thrown": ("batch for batch in self.batches if batch not in gone]", "batch for batch in self.batches]"),
        "for nobody": ("if people < 1:", "if people < 0:"),
        "same for all": ("factor = people / self.people", "factor = 1.0"),
        "all is missing": ("found[name] = need - there", "found[name] = need"),
        "cooked of nothing": ("        if lacking:\n", "        if len(lacking) > 5:\n"),
        "for four": ("int(people or 4)", "int(people or 2)"),
    },
)  # fmt: skip

VERSO = Layout(
    name="verso",
    files=unpacked(HERE / "verso.txt"),
    command=PYTEST,
    paths=(".",),
    sources=("verso",),
    settings="ruff.toml",
    truths={
        "before a release": "from verso import Version\nv = Version.parse\nassert v('1.0.0-alpha.2') < v('1.0.0-alpha.10') < v('1.0.0-beta')",
        "others before": "from verso import Version\nv = Version.parse\nassert v('2.1.0-9') < v('2.1.0-11') < v('2.1.0-a') < v('2.1.0-a.1') < v('2.1.0-a.b')",
        "all different": "from verso import Version\nv = Version.parse\nassert v('1.0.0-a') != v('1.0.0') and v('1.0.0-a') != v('1.0.0-b') and v('1.0.0-1') != v('1.0.0-2')",
        "nought": "from verso import Range, Version\nv, r = Version.parse, Range.parse\nassert v('0.3.0') not in r('^0.2.3') and v('0.2.9') in r('^0.2.3')",
        "others of nought": "from verso import Range, Version\nv, r = Version.parse, Range.parse\n"
        "assert v('0.6.0') not in r('^0.5') and v('0.5.7') in r('^0.5') and v('0.0.8') not in r('^0.0.7') and v('0.8.0') not in r('^0.7.1')",
        "carets": "from verso import Range, Version\nv, r = Version.parse, Range.parse\nassert v('3.9.9') in r('^3.1') and v('4.0.0') not in r('^3.1') and v('3.0.9') not in r('^3.1')",
        "tildes": "from verso import Range, Version\nv, r = Version.parse, Range.parse\nassert v('3.1.9') in r('~3.1.2') and v('3.2.0') not in r('~3.1')",
        "bumps": "from verso import Version\nassert [str(Version(1, 2, 3).bump(p)) for p in ('major', 'minor', 'patch')] == ['2.0.0', '1.3.0', '1.2.4']",
        "best": "from verso import Range, Version\nassert str(Range.parse('>=1').best([Version(1), Version(3, 0, 0, ('rc',)), Version(2)])) == '2.0.0'",
        "chosen": "from verso import resolve\nassert [f'{n} {v}' for n, v in resolve({'a': {'1.0.0': {'b': '<2'}}, 'b': {'1.9.0': {}, '2.0.0': {}}}, {'a': '*'})] == ['b 1.9.0', 'a 1.0.0']",
        "conflicts": "from verso import Conflict, resolve\ntry:\n    resolve({'a': {'1.0.0': {}}}, {'a': '>1'})\nexcept Conflict as e:\n    assert e.name == 'a'\nelse:\n    raise AssertionError",
        "circles": "from verso._vendor.topo import ordered\ntry:\n    ordered({'a': ['b'], 'b': ['a']})\nexcept ValueError:\n    pass\nelse:\n    raise AssertionError",
    },
    bugs={
        "part of a text": ("SHAPE.fullmatch(", "SHAPE.match("),
        "no v": ('.removeprefix("v")', ""),
        "release last": ("self.release, not self.before, self.before", "self.release, self.before"),
        "minor stays": ("return Version(major, minor + 1)", "return Version(major, minor)"),
        "patch goes on": ("patch if self.before else patch + 1", "patch + 1"),
        "any part": ('        raise ValueError(f"no part: {part}")', "        return self"),
        "greater or same": ('">": operator.gt', '">": operator.ge'),
        "less": ('"<=": operator.le', '"<=": operator.lt'),
        "tilde is caret": ('"minor" if "." in text else "major"', '"major"'),
        "any will do": ("return all(SIGNS[sign]", "return any(SIGNS[sign]"),
        "best of all": ("max(released or fitting, default=None)", "max(fitting, default=None)"),
        "nothing is best": ("max(released or fitting, default=None)", "max(released, default=None)"),
        "oldest": ("sorted(fitting, reverse=True)", "sorted(fitting)"),
        "no way back": ("        except Conflict:\n            continue\n", "        except KeyError:\n            continue\n"),
        "text lost": ('return self.text or "*"', 'return "*"'),
    },
)  # fmt: skip

TWO_MORE = (LARDER, VERSO)
