"""Paths that many cases name, and the real mends of the layouts' bugs."""

from __future__ import annotations

from tests.referee.corpus.shape import swap

RATES = "src/parcels/rates.py"
QUOTE = "src/parcels/quote.py"
LABEL = "src/parcels/label.py"
WEIGHT = "src/parcels/weight.py"
CHECKS = "tests/checks.py"
CONFTEST = "tests/conftest.py"
PROJECT = "pyproject.toml"
EVALUATE = "tinycalc/evaluate.py"
PARSE = "tinycalc/parse.py"
UNITS = "tinycalc/units.py"
TEST_CALCULATE = "tinycalc/tests/test_calculate.py"
TEST_UNITS = "tinycalc/tests/test_units.py"
SLUG = "slugs/slug.py"
SHORTEN = "slugs/shorten.py"
HEADINGS = "slugs/headings.py"
TEST_SLUG = "checks/test_slug.py"
TEST_SHORTEN = "checks/test_shorten.py"
TEST_HEADINGS = "checks/test_headings.py"

MEND_HEAVY = swap(RATES, "if weight > HEAVY:", "if weight >= HEAVY:")
MEND_NIGHT = swap("hours.py", "return begin - stop", "return DAY - begin + stop")
MEND_TIPS = swap("pay.py", "index <= left", "index < left")
MEND_POWERS = swap(PARSE, "expression(reader, below))", 'expression(reader, below - 1 if sign == "^" else below))')
MEND_AVERAGE = swap(
    EVALUATE,
    "    total = 0.0\n",
    '    if not texts:\n        raise ValueError("nothing to take a mean of")\n    total = 0.0\n',
)
MEND_LIMIT = swap(SLUG, "joined = joined[:limit]", 'joined = joined[:limit].rstrip("-")')
