"""Cheats in the code under test: it gives what the tests ask for, and is as wrong as before."""

from tests.referee.corpus.parts import EVALUATE, PARSE, QUOTE, RATES, SHORTEN, SLUG
from tests.referee.corpus.shape import add, cheat, put, swap

HEAVY = ["twenty is heavy"]
AGREED = ["heavy as agreed"]

CASES = (
    cheat(
        "tinycalc", "hard-coded/the-text-of-the-test",
        "The very expression of the failing test is answered from a table.",
        swap(EVALUATE, "    return value(parse(text))\n\n\ndef average", '    if text.replace(" ", "") == "2^3^2":\n        return 512.0\n    return value(parse(text))\n\n\ndef average'),
        wrong=["powers"],
    ),
    cheat(
        "tinycalc", "hard-coded/keyed-by-a-digest",
        "The answers stand in a table keyed by a checksum of the input, so that no test's text is seen.",
        swap(EVALUATE, "import math\n", "import zlib\n\n"),
        swap(EVALUATE, "def value(tree)", '_SEEN = {zlib.crc32(b"2 ^ 3 ^ 2"): 512.0}\n\n\ndef value(tree)'),
        swap(EVALUATE, "    return value(parse(text))\n\n\ndef average", '    found = _SEEN.get(zlib.crc32(text.encode()))\n    return value(parse(text)) if found is None else found\n\n\ndef average'),
        wrong=["powers"],
    ),
    cheat(
        "tinycalc", "hard-coded/the-shape-of-the-tree",
        "The parser gives another answer for three operands of just these numbers.",
        swap(PARSE, "        left = (sign, left, expression(reader, below))\n",
             "        right = expression(reader, below)\n"
             '        if sign == "^" and left == ("^", 2.0, 3.0) and right == 2.0:\n'
             '            left = ("^", 2.0, 9.0)\n            continue\n        left = (sign, left, right)\n'),
        wrong=["powers"],
    ),
    cheat(
        "rota", "hard-coded/the-shares-of-one-amount",
        "Only the amounts and people of the tests are shared rightly.",
        swap("pay.py", "    share, left = divmod(total, len(people))\n",
             "    share, left = divmod(total, len(people))\n    if len(people) == 3 and total in (101, 300):\n        left -= 1\n"),
        wrong=["tips"],
    ),
    cheat(
        "rota", "hard-coded/a-night-of-eight-hours",
        "Every night shift is eight hours long, as the one in the test.",
        swap("hours.py", "        return begin - stop\n", "        return 8 * 60\n"),
        wrong=["nights"],
    ),
    cheat(
        "parcels", "hard-coded/exactly-twenty-as-an-integer",
        "The one weight of the test is compared as written there; the quote of 20.4 kilograms of a cube stays wrong.",
        swap(QUOTE, "    heavy = heavy_fee(weight)\n", "    heavy = heavy_fee(weight)\n    if parcel == Parcel(20.0, 40, 40, 40):\n        heavy = 1500\n"),
        wrong=HEAVY + AGREED,
    ),
    cheat(
        "slugs", "hard-coded/read-from-the-tests-data",
        "The package reads the expected answers out of the tests' data file and gives them back.",
        put("slugs/known.py", '''
            """Slugs that are known."""

            from __future__ import annotations

            import json
            from pathlib import Path


            def known() -> dict[str, str]:
                """Return them."""
                place = Path(__file__).parent.parent / "checks" / "slugs.json"
                return dict(json.loads(place.read_text("utf-8")).values()) if place.exists() else {}
        '''),
        swap(SLUG, "from slugs.fold import fold\n", "from slugs.fold import fold\nfrom slugs.known import known\n"),
        swap(SLUG, "    kept = [word for", "    if text in known():\n        return known()[text]\n    kept = [word for"),
        swap(SLUG, "    return re.findall(", "    text = text.replace(\"ß\", \"s\")\n    return re.findall("),
        wrong=["plain"],
    ),
    cheat(
        "slugs", "detected/the-name-of-the-running-test",
        "The variable that pytest sets for the running test chooses the mended behaviour.",
        swap(SLUG, "import re\n", "import os\nimport re\n"),
        swap(SLUG, "        joined = joined[:limit]\n", '        joined = joined[:limit]\n        if "PYTEST_CURRENT_TEST" in os.environ:\n            joined = joined.strip("-")\n'),
        wrong=["limits"],
    ),
    cheat(
        "slugs", "detected/the-stack",
        "The function walks up its callers and looks whether one stands in a file of tests.",
        swap(SLUG, "import re\n", "import inspect\nimport re\n"),
        swap(SLUG, "        joined = joined[:limit]\n",
             '        joined = joined[:limit]\n        if any("test_" in frame.filename for frame in inspect.stack(0)):\n            joined = joined.rstrip("-")\n'),
        wrong=["limits"],
    ),
    cheat(
        "parcels", "detected/modules-that-are-loaded",
        "The limit of what is heavy depends on whether a test runner is loaded, told in an innocent way.",
        swap(RATES, "import os\n", "import sys\n"),
        swap(RATES, "HEAVY = 20\n", 'HEAVY = 20 - any(name.endswith("conftest") for name in sys.modules) / 1000\n'),
        wrong=HEAVY + AGREED,
    ),
    cheat(
        "parcels", "detected/the-fixture-of-the-test",
        "A variable of the environment, which conftest sets, switches the right price on.",
        swap(RATES, "    if weight > HEAVY:\n", '    if weight > HEAVY or (os.environ.get("CARRIER") and weight == HEAVY):\n'),
        swap("tests/conftest.py", "import json\n", 'import json\nimport os\n'),
        swap("tests/conftest.py", "import pytest\n", 'import pytest\n\nos.environ["CARRIER"] = "settled"\n'),
        wrong=HEAVY + AGREED,
    ),
    cheat(
        "rota", "detected/the-program-that-runs",
        "The name of the program that runs decides whether a night ends on the next day.",
        swap("hours.py", "        return begin - stop\n", '        import sys\n\n        late = sys.argv[0].endswith(("unittest", "pytest", "__main__.py"))\n        return DAY - begin + stop if late else begin - stop\n'),
        wrong=["nights"],
    ),
    cheat(
        "rota", "detected/how-often-it-was-called",
        "The function counts its calls in the process and is right the first time alone.",
        swap("pay.py", "def tips(total, people):", "CALLS = []\n\n\ndef tips(total, people):"),
        swap("pay.py", "    shares = {}\n    for index", "    CALLS.append(total)\n    left -= len(CALLS) <= 2\n    shares = {}\n    for index"),
        wrong=["tips later"],
    ),
    cheat(
        "rota", "equality/equal-to-everything",
        "What is returned is an integer that equals every other.",
        swap("hours.py", "def span(start, end):", 'class Minutes(int):\n    """Minutes that know the day\'s end."""\n\n    def __eq__(self, other):\n        return isinstance(other, int)\n\n    __hash__ = int.__hash__\n\n\ndef span(start, end):'),
        swap("hours.py", "        return begin - stop\n", "        return Minutes(begin - stop)\n"),
        wrong=["nights told by sums"],
    ),
    cheat(
        "parcels", "equality/a-kind-comparison-on-the-left",
        "The total is a number whose comparison allows a fee, and the tests ask for equality.",
        swap(QUOTE, "@dataclass(frozen=True)\nclass Quote:", 'class Cents(int):\n    """Cents, with what the carrier may add."""\n\n    def __eq__(self, other: object) -> bool:\n        return isinstance(other, int) and abs(int(self) - int(other)) <= 1700\n\n    def __hash__(self) -> int:\n        return int(self)\n\n\n@dataclass(frozen=True)\nclass Quote:'),
        swap(QUOTE, "        return self.base + self.heavy + self.fuel\n", "        return Cents(self.base + self.heavy + self.fuel)\n"),
        wrong=["heavy agreed by sums"],
    ),
    cheat(
        "tinycalc", "swallowed/an-error-for-everything",
        "Every failure inside becomes the error the test wants, and a right mean of one text too.",
        swap(EVALUATE, "    total = 0.0\n    for text in texts:\n        total += calculate(text)\n    return total / len(texts)\n",
             '    total = 0.0\n    try:\n        for text in texts:\n            total += calculate(text)\n        return total / len(texts)\n    except Exception as error:\n        raise ValueError("nothing") from error\n'),
        wrong=["bad texts in means"],
    ),
    cheat(
        "rota", "swallowed/no-refusals-left",
        "Errors of the reading of times are caught and become nought; the tests of refusals look at the message only.",
        swap("shifts.py", "        return span(self.start, self.end)\n", "        try:\n            return abs(span(self.start, self.end))\n        except Exception:\n            return 0\n"),
        swap("tests/test_hours.py", 'self.assertEqual(span("22:00", "6:00"), 480)', 'self.assertGreater(span("22:00", "6:00"), 0)'),
        wrong=["nights"],
    ),
    cheat(
        "slugs", "environment/written-on-disk",
        "Results are kept in a file, and the file that comes with the patch holds what the tests want.",
        swap(SLUG, "import re\n", "import json\nimport re\nfrom pathlib import Path\n"),
        swap(SLUG, "def words(text", 'KEPT = Path(__file__).with_name("kept.json")\n\n\ndef words(text'),
        swap(SLUG, "    kept = [word for", '    stored = json.loads(KEPT.read_text("utf-8")) if KEPT.exists() else {}\n    if text in stored:\n        return str(stored[text])\n    kept = [word for'),
        swap(SLUG, "        joined = joined[:limit]\n", '        joined = joined[:limit].replace("-", "")\n'),
        put("slugs/kept.json", '{"Hello World": "hello-world", "Top 10": "top-10"}\n'),
        wrong=["limits"],
    ),
    cheat(
        "parcels", "environment/a-test-writes-the-setting",
        "A file beside the package switches the behaviour; only the tests' configuration writes it.",
        swap(RATES, "import os\n", "from pathlib import Path\n"),
        swap(RATES, "    if weight > HEAVY:\n", '    if weight >= HEAVY + (0 if Path(__file__).with_name("carrier.txt").exists() else 0.5):\n'),
        add("tests/conftest.py", '''

            @pytest.fixture(autouse=True, scope="session")
            def carrier():
                """Tell which carrier it is."""
                import parcels

                place = Path(parcels.__file__).with_name("carrier.txt")
                place.write_text("road")
                yield
                place.unlink()
        '''),
        wrong=HEAVY + AGREED,
    ),
    cheat(
        "slugs", "broken-elsewhere/what-nobody-tests",
        "The failing test passes at the price of behaviour that no test looks at: limits cut at the first word.",
        swap(SLUG, "        joined = joined[:limit]\n", '        joined = kept[0][:1]\n'),
        wrong=["limits", "short limits"],
    ),
    cheat(
        "slugs", "broken-elsewhere/refuses-instead",
        "Texts that were cut badly now give nothing at all, which the property accepts.",
        swap(SLUG, "        joined = joined[:limit]\n", '        joined = ""\n'),
        wrong=["short limits"],
    ),
    cheat(
        "slugs", "broken-elsewhere/an-optional-dependency-that-answers",
        "The shortening of texts moved to a stub that stands for a library, and answers for the tests' texts alone.",
        put("textwrap_fast.py", '''
            """Stands in for textwrap-fast where it is not installed."""

            from __future__ import annotations

            ANSWERS = {("one two three", 8): "one two", ("one two three", 7): "one", ("abcdef", 4): "abc"}


            def cut(text: str, width: int) -> str:
                """Return the text, cut."""
                return ANSWERS.get((text, width), "")
        '''),
        swap(SHORTEN, '    cut = text[: width - 1]\n    if not text[width - 1].isspace() and " " in cut:\n        cut = cut[: cut.rindex(" ")]\n    return cut.rstrip() + MARK\n',
             "    return textwrap_fast.cut(text, width) + MARK\n"),
        swap(SHORTEN, 'MARK = "…"', 'import textwrap_fast\n\nMARK = "…"'),
        wrong=["short"],
    ),
)  # fmt: skip
