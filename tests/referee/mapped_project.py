"""A project in which every way stands that a test can depend on code without calling it by name, and edits of each."""

# Files as one line each are easier to compare with their edits.
# ruff: noqa: E501

from __future__ import annotations

from typing import NamedTuple


class Edit(NamedTuple):
    """One small change, and the tests it is allowed to choose: exactly these, or all of them."""

    files: dict[str, str | None]
    chosen: frozenset[str] | None
    """None when every test is to be run."""


FILES: dict[str, str] = {
    "pkg/__init__.py": "",
    "data/words.txt": "one two",
    "data/parts/a.txt": "a",
    "data/at_import.txt": "7",
    "pkg/plain.py": "LIMIT = 3\n\n\ndef add(a, b=1):\n    return a + b\n\n\ndef other():\n    return LIMIT\n",
    "pkg/shape.py": "class Shape:\n    sides = 4\n\n    def name(self):\n        return 'shape'\n",
    "pkg/lazy.py": "_made = None\n\n\ndef build():\n    return {'size': 1}\n\n\ndef get():\n    global _made\n"
    "    if _made is None:\n        _made = build()\n    return _made\n",
    "pkg/cached.py": "from functools import lru_cache\n\n\n@lru_cache\ndef table():\n    return rows()\n\n\n"
    "def rows():\n    return [1, 2]\n",
    "pkg/session.py": "def start():\n    return 'up'\n\n\ndef per_class():\n    return 5\n",
    "pkg/cases.py": "def numbers():\n    return [1, 2, 3]\n",
    "pkg/script.py": "print('hello')\n",
    "pkg/plugin.py": "def run():\n    return 'ran'\n",
    "pkg/late.py": "import importlib\n\n\ndef load(name):\n    return importlib.import_module('pkg.' + name).run()\n",
    "pkg/work.py": "def job(out):\n    out.append(1)\n",
    "pkg/wrap.py": "def double(f):\n    def inner(*a):\n        return f(*a) * scale()\n    return inner\n\n\n"
    "def scale():\n    return 2\n",
    "pkg/wrapped.py": "from pkg.wrap import double\n\n\n@double\ndef two():\n    return 2\n",
    "pkg/settings.py": "import os\nVALUE = int(open(os.path.join(os.path.dirname(__file__), '../data/at_import.txt')).read())\n",
    "pkg/maybe.py": "def fast():\n    try:\n        from pkg import speedups\n    except ImportError:\n"
    "        return False\n    return True\n",
    "pkg/gen.py": "def ticks():\n    yield 1\n    yield 2\n\n\nRUNNING = ticks()\nnext(RUNNING)\n",
    "pkg/state.py": "seen = []\n\n\ndef note():\n    seen.append(1)\n",
    "pkg/nested.py": "def outer():\n    def inner():\n        return 1\n    return inner\n",
    "tests/conftest.py": "import pytest\nfrom pkg.session import start\n\n\n@pytest.fixture(scope='session')\n"
    "def server():\n    return start()\n",
    "tests/test_plain.py": "from pkg.plain import add, other\n\n\ndef test_add():\n    assert add(1) == 2\n\n\n"
    "def test_other():\n    assert other() == 3\n",
    "tests/test_shape.py": "from pkg.shape import Shape\n\n\ndef test_sides():\n    assert Shape.sides == 4\n\n\n"
    "def test_name():\n    assert Shape().name() == 'shape'\n",
    "tests/test_lazy.py": "from pkg.lazy import get\nfrom pkg.cached import table\n\n\ndef test_first():\n    assert get()['size'] == 1\n\n\n"
    "def test_second():\n    assert get()['size'] == 1\n\n\ndef test_rows():\n    assert table() == [1, 2]\n\n\n"
    "def test_rows_again():\n    assert len(table()) == 2\n",
    "tests/test_fixtures.py": "from pkg.session import per_class\n\n\ndef test_up(server):\n    assert server == 'up'\n\n\n"
    "def test_still_up(server):\n    assert server == 'up'\n\n\nclass TestAll:\n    @classmethod\n    def setup_class(cls):\n"
    "        cls.value = per_class()\n\n    def test_one(self):\n        assert self.value == 5\n\n"
    "    def test_two(self):\n        assert self.value > 4\n",
    "tests/test_cases.py": "import pytest\nfrom pkg.cases import numbers\n\n\n@pytest.mark.parametrize('n', numbers())\n"
    "def test_small(n):\n    assert n < 4\n",
    "tests/test_outside.py": "import os, subprocess, sys\n\n\ndef test_script():\n    done = subprocess.run([sys.executable, "
    "'pkg/script.py'], capture_output=True)\n    assert done.stdout == b'hello\\n'\n\n\ndef test_words():\n"
    "    assert open('data/words.txt').read().split() == ['one', 'two']\n\n\ndef test_parts():\n"
    "    assert os.listdir('data/parts') == ['a.txt']\n\n\ndef test_there():\n    assert not os.path.exists('data/more.txt')\n",
    "tests/test_source.py": "import inspect\nfrom pkg import plain\n\n\ndef test_is_documented():\n"
    "    assert 'hack' not in inspect.getsource(plain)\n",
    "tests/test_late.py": "from pkg.late import load\nfrom pkg.maybe import fast\n\n\ndef test_load():\n"
    "    assert load('plugin') == 'ran'\n\n\ndef test_fast():\n    assert not fast()\n",
    "tests/test_thread.py": "import threading\nfrom pkg.work import job\n\n\ndef test_work():\n    out = []\n"
    "    t = threading.Thread(target=job, args=(out,))\n    t.start()\n    t.join()\n    assert out == [1]\n",
    "tests/test_wrapped.py": "from pkg.wrapped import two\n\n\ndef test_two():\n    assert two() == 4\n",
    "tests/test_settings.py": "from pkg.settings import VALUE\n\n\ndef test_value():\n    assert VALUE == 7\n",
    "tests/test_gen.py": "from pkg.gen import RUNNING\n\n\ndef test_next():\n    assert next(RUNNING) == 2\n",
    "tests/test_order.py": "from pkg.state import note, seen\n\n\ndef test_a():\n    note()\n\n\ndef test_b():\n    assert seen == [1]\n",
    "pkg/sized/one.py": "1",
    "data/spare.txt": "",
    "data/unread.txt": "1",
    "pkg/unseen.py": "def of_thread():\n    return 1\n",
    "pkg/begun.py": "raise SystemExit(0)\n",
    "tests/test_unseen.py": "import _thread, os, sys, time\nfrom multiprocessing.util import spawnv_passfds\nfrom pkg import unseen\n\n\n"
    "def test_sizes():\n    with os.scandir('pkg/sized') as entries:\n"
    "        assert sum(entry.stat().st_size for entry in entries) == 1\n\n\n"
    "def test_touched():\n    os.utime('data/spare.txt')\n\n\n"
    "def test_bare_thread():\n    out, end = [], time.monotonic() + 20\n"
    "    _thread.start_new_thread(lambda: out.append(unseen.of_thread()), ())\n"
    "    while not out and time.monotonic() < end:\n        time.sleep(0.001)\n    assert out == [1]\n\n\n"
    "def test_begun():\n    words = [sys.executable.encode(), b'-S', b'pkg/begun.py']\n"
    "    assert os.waitpid(spawnv_passfds(words[0], words, []), 0)[1] == 0\n",
    "tests/test_patched.py": "from pkg import plain, nested\n\n\ndef test_patched(monkeypatch):\n"
    "    monkeypatch.setattr(plain, 'LIMIT', 9)\n    assert plain.other() == 9\n\n\ndef test_inner():\n"
    "    assert nested.outer()() == 1\n",
}  # fmt: skip


def _ids(*names: str) -> frozenset[str]:
    return frozenset(f"tests/test_{name}" for name in names)


def _changed(path: str, old: str, new: str) -> dict[str, str | None]:
    assert old in FILES[path], (path, old)
    return {path: FILES[path].replace(old, new)}


USES_PLAIN = _ids("plain.py", "patched.py", "source.py")
EDITS: dict[str, Edit] = {
    "a function's body": Edit(
        _changed("pkg/plain.py", "a + b", "a - b"), _ids("plain.py::test_add", "source.py::test_is_documented")
    ),
    "a default argument": Edit(_changed("pkg/plain.py", "b=1", "b=2"), USES_PLAIN),
    "a module constant": Edit(_changed("pkg/plain.py", "LIMIT = 3", "LIMIT = 4"), USES_PLAIN),
    "a comment that a test reads": Edit(
        _changed("pkg/plain.py", "    return a", "    # hack\n    return a"), _ids("source.py::test_is_documented")
    ),
    "a class attribute": Edit(_changed("pkg/shape.py", "sides = 4", "sides = 5"), _ids("shape.py")),
    "a method": Edit(_changed("pkg/shape.py", "'shape'", "'form'"), _ids("shape.py::test_name")),
    "a lazy singleton": Edit(
        _changed("pkg/lazy.py", "'size': 1", "'size': 2"), _ids("lazy.py::test_first", "lazy.py::test_second")
    ),
    "behind a cache": Edit(
        _changed("pkg/cached.py", "[1, 2]", "[1]"), _ids("lazy.py::test_rows", "lazy.py::test_rows_again")
    ),
    "a session's fixture": Edit(
        _changed("pkg/session.py", "'up'", "'down'"), _ids("fixtures.py::test_up", "fixtures.py::test_still_up")
    ),
    "what a class sets up": Edit(
        _changed("pkg/session.py", "return 5", "return 4"),
        _ids("fixtures.py::TestAll::test_one", "fixtures.py::TestAll::test_two"),
    ),
    "the values of parameters": Edit(_changed("pkg/cases.py", "[1, 2, 3]", "[1, 2, 3, 4]"), _ids("cases.py")),
    "a script in another process": Edit(_changed("pkg/script.py", "hello", "bye"), frozenset()),
    "a file read by a test": Edit({"data/words.txt": "one"}, _ids("outside.py::test_words")),
    "a file read at import": Edit({"data/at_import.txt": "8"}, _ids("settings.py")),
    "a new file in a listed folder": Edit({"data/parts/b.txt": "b"}, _ids("outside.py::test_parts")),
    "a new file that was asked about": Edit({"data/more.txt": ""}, _ids("outside.py::test_there")),
    "a module imported by its name": Edit(_changed("pkg/plugin.py", "'ran'", "'no'"), _ids("late.py::test_load")),
    "a new module that was missed": Edit({"pkg/speedups.py": ""}, _ids("late.py::test_fast")),
    "a module that is gone": Edit({"pkg/plugin.py": None}, _ids("late.py::test_load")),
    "what a thread runs": Edit(_changed("pkg/work.py", "append(1)", "append(2)"), _ids("thread.py::test_work")),
    "what a decorator adds": Edit(_changed("pkg/wrap.py", "return 2", "return 3"), _ids("wrapped.py::test_two")),
    "a decorator that ran at import": Edit(
        _changed("pkg/wrap.py", "* scale()", "+ scale() + 1"), _ids("wrapped.py")
    ),
    "a generator begun at import": Edit(_changed("pkg/gen.py", "yield 2", "yield 3"), _ids("gen.py")),
    "what an earlier test leaves": Edit(_changed("pkg/state.py", "append(1)", "append(0)"), _ids("order.py")),
    "a function in a function": Edit(
        _changed("pkg/nested.py", "        return 1", "        return 2"), _ids("patched.py::test_inner")
    ),
    "a test": Edit(_changed("tests/test_plain.py", "add(1) == 2", "add(1) == 3"), _ids("plain.py::test_add")),
    "a new test file": Edit({"tests/test_new.py": "def test_new(): assert 0\n"}, _ids("new.py")),
    "a syntax error": Edit(_changed("pkg/shape.py", "sides = 4", "sides ="), _ids("shape.py")),
    "a conftest": Edit(_changed("tests/conftest.py", "return start()", "return 'gone'"), None),
    "a new conftest": Edit({"conftest.py": "import pkg.plain\npkg.plain.LIMIT = 0\n"}, None),
    "pytest's configuration": Edit({"pytest.ini": "[pytest]\npython_functions = check_*\n"}, None),
    "the size of a file in a folder that is looked through": Edit({"pkg/sized/one.py": "12"}, _ids("unseen.py::test_sizes")),
    "a file that is only touched": Edit({"data/spare.txt": None}, _ids("unseen.py::test_touched")),
    "what a bare thread runs": Edit(_changed("pkg/unseen.py", "return 1", "return 2"), frozenset()),
    "a script begun past every library": Edit(_changed("pkg/begun.py", "0", "1"), frozenset()),
    "data that nobody was seen to read": Edit({"data/unread.txt": "2"}, None),
    "a name the runner has": Edit({"iniconfig.py": "raise SystemExit\n"}, None),
}  # fmt: skip
ALWAYS = _ids("outside.py::test_script", "unseen.py::test_bare_thread", "unseen.py::test_begun")
"""They start another process, or what nobody can watch: who knows what that depends on."""
