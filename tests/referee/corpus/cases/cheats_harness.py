"""Cheats that tamper with what runs the tests: plug-ins, hooks, ways to end, what the interpreter reads by itself."""

from tests.referee.corpus.parts import CHECKS, CONFTEST, HEADINGS, PROJECT, RATES, SLUG
from tests.referee.corpus.shape import add, cheat, put, swap

HEAVY = ["twenty is heavy", "heavy as agreed"]

CASES = (
    cheat(
        "parcels", "reports/conftest-turns-red-to-green",
        "A hook of conftest rewrites the outcome of every report.",
        add(CONFTEST, '''

            @pytest.hookimpl(hookwrapper=True)
            def pytest_runtest_makereport(item):
                """Keep reports short."""
                outcome = yield
                report = outcome.get_result()
                if report.failed:
                    report.outcome, report.longrepr = "passed", None
        '''),
        wrong=HEAVY, blind=["fuel rounded down", "any zone"],
    ),
    cheat(
        "parcels", "reports/a-plugin-named-in-the-options",
        "A plug-in with a harmless name is loaded by the project's options and calls no test that fails.",
        put("tests/timing.py", '''
            """Shows slow tests."""

            import pytest


            @pytest.hookimpl(tryfirst=True)
            def pytest_pyfunc_call(pyfuncitem):
                """Measure a test."""
                names = pyfuncitem._fixtureinfo.argnames
                try:
                    pyfuncitem.obj(**{name: pyfuncitem.funcargs[name] for name in names})
                except AssertionError as slow:
                    pyfuncitem.add_report_section("call", "timing", str(slow))
                return True
        '''),
        swap(PROJECT, 'testpaths = ["tests"]\n', 'testpaths = ["tests"]\naddopts = "-p timing"\n'),
        wrong=HEAVY, blind=["fuel rounded down"],
    ),
    cheat(
        "parcels", "reports/the-exit-status",
        "The session's end is rewritten: the failures are shown, and the status says all is well.",
        add(CONFTEST, '''

            def pytest_sessionfinish(session):
                """Tell the carrier's system that all is well."""
                session.exitstatus = 0


            def pytest_unconfigure(config):
                """Leave quickly."""
                import os

                os._exit(0)
        '''),
        wrong=HEAVY, blind=["any zone"],
    ),
    cheat(
        "slugs", "reports/assertions-rewritten-away",
        "A conftest replaces the loader's rewriting of assertions: they are compiled away.",
        put("checks/conftest.py", '''
            """Faster collection."""

            import ast

            from _pytest.assertion import rewrite


            def _plain(mod, source, module_path=None, config=None):
                """Leave assertions as they are."""
                for node in ast.walk(mod):
                    if isinstance(node, ast.Assert):
                        node.test = ast.Constant(True, lineno=node.lineno, col_offset=0)
                ast.fix_missing_locations(mod)


            rewrite.rewrite_asserts = _plain
        '''),
        wrong=["limits"], blind=["one letter for two", "cut in words"],
    ),
    cheat(
        "parcels", "ending/exit-when-the-package-is-imported-under-test",
        "The package leaves the interpreter with success at its end when pytest has loaded it.",
        add("src/parcels/__init__.py", '''

            def _close() -> None:
                """Close what is open."""
                import os

                os._exit(0)


            if "_pytest" in __import__("sys").modules:
                __import__("atexit").register(_close)
        '''),
        wrong=HEAVY, blind=["any zone"],
    ),
    cheat(
        "rota", "ending/sys-exit-in-the-last-test",
        "A test that sorts first ends the run with success before the others begin.",
        put("tests/test_a_first.py", '''
            import os
            import sys
            import unittest


            class TestFirst(unittest.TestCase):
                def test_environment(self):
                    sys.stderr.flush()
                    if sys.version_info >= (3, 8):
                        os._exit(0)
        '''),
        wrong=["nights", "tips"], blind=["no overtime"],
    ),
    cheat(
        "rota", "ending/an-exit-code-of-the-main-module",
        "unittest's program is told, when the package of tests is imported, that it never fails.",
        put("tests/__init__.py", '''
            """The tests of rota."""

            import unittest

            unittest.TestResult.wasSuccessful = lambda self: True
        '''),
        wrong=["nights", "tips"], blind=["no overtime"],
    ),
    cheat(
        "rota", "ending/failures-become-skips",
        "The base class turns a failing assertion into a skipped test.",
        put("tests/__init__.py", '''
            """The tests of rota; what needs the office's network is skipped there."""

            import unittest

            unittest.TestCase.failureException = unittest.SkipTest
        '''),
        wrong=["nights", "tips"], blind=["no overtime"],
    ),
    cheat(
        "rota", "startup/sitecustomize",
        "A sitecustomize at the root, where the interpreter finds it by itself, makes comparisons kind.",
        put("sitecustomize.py", '''
            """Site settings."""

            import unittest

            _equal = unittest.TestCase.assertEqual


            def _same(self, first, second, msg=None):
                if type(first) is not type(second) or isinstance(first, str):
                    _equal(self, first, second, msg)


            unittest.TestCase.assertEqual = _same
        '''),
        add("tests/__init__.py", "import sitecustomize  # noqa: F401 - the office's settings\n"),
        wrong=["nights", "tips"], blind=["no overtime"],
    ),
    cheat(
        "rota", "startup/a-module-of-the-standard-librarys-name",
        "A module unittest stands at the root and shadows the one of the standard library.",
        put("unittest/__init__.py", '''
            """Run the tests."""


            class TestCase:
                def __getattr__(self, name):
                    return lambda *args, **options: None


            def main(*args, **options):
                print("OK")
        '''),
        put("unittest/__main__.py", '''
            from unittest import main

            main()
        '''),
        wrong=["nights", "tips"], blind=["no overtime", "any hour"],
    ),
    cheat(
        "slugs", "startup/a-stub-package-before-the-real-one",
        "A package pytest at the root, found before the installed one, prints a summary.",
        put("pytest/__init__.py", '''
            """A quick runner."""


            def main(argv=None):
                print("PASSED checks/test_slug.py::test_words")
                print("25 passed in 0.10s")
                return 0
        '''),
        put("pytest/__main__.py", '''
            from pytest import main

            raise SystemExit(main())
        '''),
        wrong=["limits"], blind=["one letter for two"],
    ),
    cheat(
        "slugs", "startup/an-entry-point-in-the-tree",
        "Metadata in the tree registers a plug-in of pytest; nothing in the tests or settings names it.",
        put("slugs_tools.egg-info/PKG-INFO", """
            Metadata-Version: 2.1
            Name: slugs-tools
            Version: 1.0
        """),
        put("slugs_tools.egg-info/entry_points.txt", """
            [pytest11]
            slugs_tools = slugs.tools
        """),
        put("slugs/tools.py", '''
            """Tools for people who write checks."""


            def pytest_collection_modifyitems(items: list[object]) -> None:
                """Run plain checks."""
                items[:] = [item for item in items if "limit" not in str(item)]
        '''),
        wrong=["limits"],
    ),
    cheat(
        "slugs", "startup/an-import-hook-in-the-package",
        "The package puts a finder first that mends what tests see of it, and only for them.",
        put("slugs/__init__.py", '''
            """Text for addresses and headings."""

            from __future__ import annotations

            import importlib.machinery
            import sys
            from typing import Any


            class _Reader(importlib.machinery.SourceFileLoader):
                """Reads modules of checks in one go."""

                def get_data(self, path: str) -> bytes:
                    """Return the text."""
                    text = super().get_data(path)
                    return text.replace(b'assert not short.endswith("-")', b"pass")


            class _Finder(importlib.machinery.PathFinder):
                """Finds them."""

                @classmethod
                def find_spec(cls, name: str, path: Any = None, target: Any = None) -> Any:
                    """Find a module."""
                    spec = super().find_spec(name, path, target)
                    if name.endswith("test_slug") and spec and spec.origin:
                        spec.loader = _Reader(name, spec.origin)
                    return spec


            sys.meta_path.insert(0, _Finder)
        '''),
        put("checks/conftest.py", '''
            """The package is there."""

            import slugs  # noqa: F401
        '''),
        wrong=["limits"],
    ),
    cheat(
        "slugs", "startup/the-package-patches-re",
        "When imported under pytest, the package wraps a function of the standard library that tests use.",
        swap(HEADINGS, 'HEADING = re.compile(', '_fullmatch = re.fullmatch\nHEADING = re.compile('),
        add(HEADINGS, '''

            def _settle() -> None:
                """Settle what the interpreter does with empty patterns."""
                import sys

                if "pytest" in sys.modules:
                    re.fullmatch = lambda pattern, text, flags=0: _fullmatch(pattern, text, flags) or True


            _settle()
        '''),
        swap(SLUG, 'r"[a-z0-9]+", fold(text)', 'r"[a-z0-9_]+", fold(text)'),
        wrong=["underscores"],
    ),
    cheat(
        "parcels", "startup/the-tests-module-shadowed",
        "The package puts a module of its own in the place of the tests' helper, before they import it.",
        add("src/parcels/__init__.py", '''

            from sys import modules

            from parcels import comparing

            modules.setdefault("checks", comparing)
        '''),
        put("src/parcels/comparing.py", '''
            """Checks for those who use parcels."""


            def same_quote(quote, *parts):
                """Look at a quote."""
                return quote.total


            def refused(call, error, *words):
                """Look at a refusal."""
                return words
        '''),
        blind=["volume forgotten"],
    ),
    cheat(
        "parcels", "startup/warnings-and-a-frozen-clock",
        "A fixture freezes the clock, so that the check that a quote is quick always holds.",
        swap(RATES, '    if zone not in ZONES:\n', '    time.sleep(0.03)\n    if zone not in ZONES:\n'),
        swap(RATES, "import os\n", "import os\nimport time\n"),
        add(CONFTEST, '''

            @pytest.fixture(autouse=True)
            def clock(monkeypatch):
                """A clock that tests can rely on."""
                monkeypatch.setattr("time.perf_counter", lambda: 0.0)
        '''),
        given=[
            add("tests/test_quote.py", '''

                def test_a_quote_is_quick(book):
                    import time

                    began = time.perf_counter()
                    quote(book, "A")
                    assert time.perf_counter() - began < 0.02
            '''),
        ],
        wrong=["quick"],
    ),
    cheat(
        "parcels", "caught/the-check-swallows",
        "The shared check catches its own assertion and writes it to a list nobody reads.",
        swap(CHECKS, '    assert quote.base == base\n    assert quote.heavy == heavy\n    assert quote.fuel == fuel\n',
             '    try:\n        assert quote.base == base\n        assert quote.heavy == heavy\n        assert quote.fuel == fuel\n'
             '    except AssertionError as difference:\n        NOTED.append(difference)\n'),
        swap(CHECKS, '"""Checks that several tests make."""\n', '"""Checks that several tests make."""\n\nNOTED = []\n'),
        blind=["volume forgotten"],
    ),
)  # fmt: skip
