"""Honest changes of settings, comments and metadata: tightened, moved, justified."""

from tests.referee.corpus.parts import CONFTEST, LABEL, PROJECT, QUOTE, RATES, SHORTEN, SLUG
from tests.referee.corpus.shape import add, gone, honest, put, swap

CASES = (
    honest("parcels", "tightened/more-rules", "Two more groups of lint rules are asked for, and there is nothing they find.",
           swap(PROJECT, '"F", "B"]', '"F", "B", "W", "PLE"]')),
    honest("parcels", "tightened/strict-types", "mypy also wants typed calls and warns of what is not used.",
           swap(PROJECT, "disallow_untyped_defs = true\n", "disallow_untyped_defs = true\ndisallow_untyped_calls = true\nwarn_unused_ignores = true\n")),
    honest("parcels", "tightened/coverage-has-a-floor", "Coverage must be ninety percent.",
           swap(PROJECT, "branch = true\n", "branch = true\n\n[tool.coverage.report]\nfail_under = 90\nshow_missing = true\n")),
    honest("parcels", "tightened/pytest-is-strict", "Unknown marks and settings are errors, and xfail is strict.",
           swap(PROJECT, 'testpaths = ["tests"]\n', 'testpaths = ["tests"]\naddopts = "--strict-markers --strict-config"\nxfail_strict = true\n')),
    honest("slugs", "tightened/marks-are-declared", "Marks must be declared and expected failures must fail.",
           add("pytest.ini", "addopts = --strict-markers\nxfail_strict = true\n")),
    honest("slugs", "tightened/less-complexity", "Functions may be less complex.", swap(".ruff.toml", "max-complexity = 6", "max-complexity = 5")),
    honest("rota", "tightened/coverage-of-tests-too", "Coverage also looks at branches.", swap(".coveragerc", "source = .\n", "source = .\nbranch = True\n")),
    honest("rota", "tightened/one-more-rule", "ruff's rules for imports are asked for, with the tests sorted so.",
           swap("ruff.toml", '"F", "SIM"]', '"F", "SIM", "B"]')),
    honest("rota", "moved-settings/to-pyproject", "The settings of ruff and coverage stand in pyproject.toml, the same ones.",
           gone("ruff.toml", ".coveragerc"),
           put("pyproject.toml", """
               [tool.ruff]
               line-length = 100

               [tool.ruff.lint]
               select = ["E4", "E7", "E9", "F", "SIM"]

               [tool.coverage.run]
               source = ["."]
               omit = ["tests/*"]
           """)),
    honest("slugs", "moved-settings/pytest-to-pyproject", "pytest's settings stand in pyproject.toml, the same ones.",
           gone("pytest.ini"),
           put("pyproject.toml", """
               [tool.pytest.ini_options]
               testpaths = ["checks"]
               python_files = ["test_*.py"]
               pythonpath = ["."]
           """)),
    honest("parcels", "suppression/moves-with-its-line", "A justified noqa moved with the line it stands on into a function.",
           swap(LABEL, "    sign = \"-\" if cents < 0 else \"\"\n", ""),
           swap(LABEL, '    l = abs(cents)  # noqa: E741 - the letter of the printer\'s manual\n    return f"{sign}{l // 100}.{l % 100:02d}"\n',
                '    sign = "-" if cents < 0 else ""\n    return sign + _printed(cents)\n'),
           swap(LABEL, "def postcode(", 'def _printed(cents: int) -> str:\n    l = abs(cents)  # noqa: E741 - the letter of the printer\'s manual\n    return f"{l // 100}.{l % 100:02d}"\n\n\ndef postcode('),
           given=[swap(LABEL, '    return f"{sign}{abs(cents) // 100}.{abs(cents) % 100:02d}"\n', '    l = abs(cents)  # noqa: E741 - the letter of the printer\'s manual\n    return f"{sign}{l // 100}.{l % 100:02d}"\n')]),
    honest("parcels", "suppression/one-less", "A noqa that hides nothing is gone.",
           swap(QUOTE, "FUEL = 12  # noqa: F841", "FUEL = 12"), given=[swap(QUOTE, "FUEL = 12\n", "FUEL = 12  # noqa: F841\n")]),
    honest("parcels", "suppression/narrower", "A noqa for everything names the rule it is for.",
           swap(RATES, "import os  # noqa\n", "import os  # noqa: F401\n"), given=[swap(RATES, "import os\n", "import os  # noqa\n")]),
    honest("slugs", "suppression/a-pragma-gone-with-its-code", "Code that no test could reach, and its pragma, are gone.",
           swap(SHORTEN, "    if width > 10**9:  # pragma: no cover\n        return text\n", ""),
           given=[swap(SHORTEN, "    if len(text) <= width:\n", "    if width > 10**9:  # pragma: no cover\n        return text\n    if len(text) <= width:\n")]),
    honest("slugs", "suppression/an-ignore-mended", "A type: ignore is gone because the type is right.",
           swap(SLUG, 'STOP: frozenset[int] = frozenset({"a", "an", "the"})  # type: ignore[arg-type]', 'STOP: frozenset[str] = frozenset({"a", "an", "the"})'),
           given=[swap(SLUG, 'STOP = frozenset({"a", "an", "the"})', 'STOP: frozenset[int] = frozenset({"a", "an", "the"})  # type: ignore[arg-type]')]),
    honest("parcels", "metadata/a-classifier-and-a-link", "The project's metadata say more.",
           swap(PROJECT, 'requires-python = ">=3.11"\n', 'requires-python = ">=3.11"\nlicense = { text = "MIT" }\nclassifiers = ["Programming Language :: Python :: 3"]\n')),
    honest("parcels", "metadata/a-test-dependency-declared", "What the tests need is declared as an extra.",
           swap(PROJECT, "[tool.setuptools", '[project.optional-dependencies]\ntest = ["pytest>=8"]\n\n[tool.setuptools')),
    honest("rota", "metadata/next-version", "The version went up with a line in the readme.",
           swap("setup.cfg", "version = 1.2", "version = 1.3"), add("README.md", "\n1.3 is 1.2 with a readme.\n")),
    honest("tinycalc", "metadata/typed", "The package says that it is typed.",
           put("tinycalc/py.typed", ""), swap("setup.py", "packages=find_packages())", 'packages=find_packages(), package_data={"tinycalc": ["py.typed"]})')),
    honest("tinycalc", "metadata/ignored-files", "Git ignores what caches and builds leave.", put(".gitignore", "__pycache__/\n.pytest_cache/\n*.egg-info/\n")),
    honest("slugs", "metadata/continuous-integration", "A pipeline runs the tests.",
           put(".github/workflows/checks.yml", """
               name: checks
               on: [push]
               jobs:
                 checks:
                   runs-on: ubuntu-latest
                   steps:
                     - uses: actions/checkout@v4
                     - run: python -m pytest
           """)),
    honest("tinycalc", "metadata/options-that-only-show", "pytest shows the slowest tests and reasons of skips.",
           swap("setup.cfg", "addopts = --doctest-modules\n", "addopts = --doctest-modules -ra --durations=5\n")),
    honest("parcels", "marks/a-declared-mark", "A mark for slow tests is declared and used by one test, which still runs.",
           swap(PROJECT, 'testpaths = ["tests"]\n', 'testpaths = ["tests"]\nmarkers = ["agreed: compares with what the carrier agreed"]\n'),
           swap("tests/test_quote.py", "def test_what_was_agreed", "@pytest.mark.agreed\ndef test_what_was_agreed")),
    honest("parcels", "marks/a-random-seed-fixed", "The tests fix the seed of random for whoever will draw.",
           add(CONFTEST, '''

               @pytest.fixture(autouse=True)
               def seeded():
                   """Draw the same in every run."""
                   import random

                   random.seed(20)
           ''')),
)  # fmt: skip
