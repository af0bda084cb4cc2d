"""The technique `unused_code` takes out only what nothing can use, and leaves the rest as it was written."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest
from ruff import find_ruff_bin

from agents.ports import Nothing, Outcome, Proposal
from agents.techniques.dead_code import UnusedCode
from ledger.events import Task, TaskId
from tests.local_target import bench_for, write_tree

pytestmark = pytest.mark.slow


async def tried(root: Path, files: dict[str, str], *targets: str, sources: tuple[str, ...] = (".",)) -> Outcome:
    write_tree(root, {path: dedent(text) for path, text in files.items()})
    task = Task(id=TaskId("t1"), kind="dead_code", gate="coverage", role="coder", title="dead code", targets=targets)
    technique = UnusedCode(Path(find_ruff_bin()), lambda _: ("--isolated",))
    return await technique.try_on(task, bench_for(root, sources=sources).bench)


async def after(root: Path, source: str, **others: str) -> str:
    """Return what becomes of `a.py` beside the other files."""
    await tried(root, {"a.py": source, **{path.replace("__", "."): text for path, text in others.items()}})
    return (root / "a.py").read_text()


async def test_a_private_function_nobody_mentions_goes_with_its_comment_and_its_gap(tmp_path: Path) -> None:
    source = """\
        # About the module.
        import os

        # About used.
        def used():  # and why
            return   os.sep


        # About gone.
        @staticmethod
        def _gone(n):
            return _gone(n - 1)


        def last():
            return used()
        """

    assert await after(tmp_path, source) == dedent("""\
        # About the module.
        import os

        # About used.
        def used():  # and why
            return   os.sep


        def last():
            return used()
        """)


async def test_what_only_removed_code_used_goes_too(tmp_path: Path) -> None:
    source = """\
        import json
        import os

        _TABLE = {"a": 1}


        def _outer():
            return _inner()


        def _inner():
            return json.dumps(_TABLE)


        def kept():
            return os.sep
        """

    assert await after(tmp_path, source) == "import os\n\n\ndef kept():\n    return os.sep\n"


async def test_an_import_that_was_unused_before_is_not_this_techniques_business(tmp_path: Path) -> None:
    assert await after(tmp_path, "import json\n\n\ndef _gone():\n    pass\n") == "import json\n"


MENTIONS = {
    "a call": ("def f():\n    return _kept()\n", {}),
    "another file": ("", {"b__py": "from a import _kept\n"}),
    "an attribute": ("", {"b__py": "import a\na._kept()\n"}),
    "a test": ("", {"test_a__py": "import a\n\ndef test():\n    assert a._kept()\n"}),
    "a string": ("", {"b__py": "getattr(object(), '_kept')\n"}),
    "a string with an escape before it": ("", {"b__py": r"print('\n_kept')"}),
    "__all__": ("__all__ = ['_kept']\n", {}),
    "a string annotation": ("def f(x: 'list[_kept]'): ...\n", {}),
    "a type comment": ("x = []  # type: list[_kept]\n", {}),
    "a configuration": ("", {"setup__cfg": "run = a:_kept\n"}),
    "a template": ("", {"page__html": "{{ _kept() }}"}),
    "a notebook": ("", {"n__ipynb": '{"source": ["a._kept()"]}'}),
    "a file that does not parse": ("", {"b__py": "def (: _kept\n"}),
    "a name put together": ("", {"b__py": "import a\ngetattr(a, f'_ke{1}')\n"}),
    "a name put together by its end": ("", {"b__py": "getattr(object(), '%s_kept' % '')\n"}),
    "a search by its beginning": ("", {"b__py": "[n for n in names if n.startswith(('_ke', 'x'))]\n"}),
    "a lone underscore in its own file": ("def f(o, n):\n    return getattr(o, '_' + n)\n", {}),
    "a file that looks into its own names": ("TABLE = globals()\n", {}),
    "a second definition": ("if x:\n    def _kept(): ...\n", {}),
}


@pytest.mark.parametrize("place", MENTIONS)
async def test_whatever_mentions_a_private_name_keeps_it(tmp_path: Path, place: str) -> None:
    rest, others = MENTIONS[place]
    source = f"{rest}\n\ndef _kept():\n    return 1\n"

    assert await after(tmp_path, source, **others) == source


KEPT = [
    "def public():\n    return 1\n",
    "@register\ndef _kept():\n    return 1\n",
    "def _kept(x=register()):\n    return x\n",
    "class _Kept(Base):\n    pass\n",
    "class _Kept(metaclass=Meta):\n    pass\n",
    "class _Kept:\n    x = register()\n",
    "class Public(Base):\n    def _hook(self):\n        return 1\n",
    "class Public:\n    def _repr_html_(self):\n        return 1\n",
    "class Public:\n    _fields = 1\n",
    "_kept = register()\n",
    "def __getattr__(name):\n    return name\n",
    "_ = 3\n",
    "x = 1; _kept = 2\n",
    "try:\n    _kept = 1\nexcept NameError:\n    pass\n",
]


@pytest.mark.parametrize("source", KEPT)
async def test_definitions_that_do_something_or_may_be_called_by_others_stay(tmp_path: Path, source: str) -> None:
    assert isinstance(await tried(tmp_path, {"a.py": source}), Nothing)
    assert (tmp_path / "a.py").read_text() == source


async def test_private_methods_classes_and_nested_functions_go(tmp_path: Path) -> None:
    source = """\
        class Public:
            def used(self):
                def _nested():
                    return 1

                return 2

            def _gone(self):
                return self._gone()

            def __mangled(self):
                return 3


        class _Gone:
            LIMIT = 3

            def f(self):
                return self.LIMIT
        """

    assert await after(tmp_path, source) == dedent("""\
        class Public:
            def used(self):
                return 2
        """)


async def test_a_mangled_name_used_from_outside_keeps_its_method(tmp_path: Path) -> None:
    source = "class Public:\n    def __mangled(self):\n        return 3\n"

    assert await after(tmp_path, source, b__py="import a\na.Public()._Public__mangled()\n") == source


async def test_code_behind_a_return_or_a_raise_goes(tmp_path: Path) -> None:
    source = """\
        def f(x):
            for n in x:
                if n:
                    return n
                else:
                    raise ValueError(n)  # always one of them
                print("never")
                del n
            return 1

            # a thought about it
            y = 2
            return y
        """

    assert await after(tmp_path, source) == dedent("""\
        def f(x):
            for n in x:
                if n:
                    return n
                else:
                    raise ValueError(n)  # always one of them
                print("never")
                del n
            return 1
        """)


SHAPING = [
    "def f():\n    return\n    yield\n",
    "def f(x):\n    def g():\n        return x\n        x = 1\n    return g\n",
    "x = 1\n\n\ndef f():\n    print(x)\n    return 2\n    x = 3\n",
    "if a:\n    raise ValueError\n    b = 1\n",
    "def f():\n    return 1; print(2)\n",
]


@pytest.mark.parametrize("source", SHAPING)
async def test_dead_code_that_shapes_the_living_stays(tmp_path: Path, source: str) -> None:
    assert await after(tmp_path, source) == source


async def test_locals_nobody_reads_go_when_their_value_does_nothing(tmp_path: Path) -> None:
    source = """\
        def f(a):
            b = 1
            ü, c = "ü", (a, [2, -3])
            d = c
            e: int = 3
            with open(a) as file:
                pass
            try:
                g = 1
            except (ValueError) as error:
                pass
            if a:
                h = {"k": a}
            return ü
        """

    assert await after(tmp_path, source) == dedent("""\
        def f(a):
            ü, c = "ü", (a, [2, -3])
            with open(a):
                pass
            try:
                pass
            except (ValueError):
                pass
            if a:
                pass
            return ü
        """)


ACTING = [
    "def f():\n    x = g()\n",
    "def f(a):\n    x = a.b\n",
    "def f(a):\n    x = a[0]\n",
    "def f(a):\n    x = a + 1\n",
    "def f():\n    try:\n        x = unicode\n    except NameError:\n        return 1\n",
    "def f():\n    x = 1  # noqa: F841\n",
    "def f():\n    x = y = 1\n    return y\n",
]


@pytest.mark.parametrize("source", ACTING)
async def test_an_assignment_whose_value_may_do_something_stays(tmp_path: Path, source: str) -> None:
    assert await after(tmp_path, source) == source


async def test_of_two_definitions_of_one_name_the_first_goes(tmp_path: Path) -> None:
    source = "def f():\n    return 1\n\n\ndef g():\n    return 2\n\n\ndef f():\n    return 3\n"

    assert await after(tmp_path, source) == "def g():\n    return 2\n\n\ndef f():\n    return 3\n"


async def test_tests_and_foreign_folders_are_left_alone(tmp_path: Path) -> None:
    files = {
        path: f"def _gone{number}():\n    pass\n" for number, path in enumerate(("src/a.py", "src/test_b.py", "c.py"))
    }

    outcome = await tried(tmp_path, files, sources=("src",))

    assert outcome == Proposal(
        "unused_code",
        "remove unused definition ×1 in 1 file",
        "src/a.py:1: unused definition _gone0: no name, attribute or string in the repository mentions it",
    )
    assert all((tmp_path / path).read_text() == files[path] for path in ("src/test_b.py", "c.py"))


async def test_only_the_paths_of_the_task_are_looked_at(tmp_path: Path) -> None:
    await tried(tmp_path, {"a.py": "def _a():\n    pass\n", "b.py": "def _b():\n    pass\n"}, "b.py")

    assert (tmp_path / "a.py").read_text() == "def _a():\n    pass\n"
    assert (tmp_path / "b.py").read_text() == "pass\n"


async def test_a_link_out_of_the_worktree_is_not_written_through(tmp_path: Path) -> None:
    outside = write_tree(tmp_path / "outside", {"b.py": "def _gone():\n    pass\n"})
    (tmp_path / "tree").mkdir()
    (tmp_path / "tree/b.py").symlink_to(outside / "b.py")
    (tmp_path / "tree/pkg").symlink_to(outside)

    await tried(tmp_path / "tree", {"a.py": "def _gone():\n    pass\n"})

    assert (outside / "b.py").read_text() == "def _gone():\n    pass\n"


async def test_windows_line_ends_and_missing_last_newlines_survive(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_bytes(b"def f():\r\n    return 1\r\n\r\n\r\ndef _gone():\r\n    return 2")

    await tried(tmp_path, {})

    assert (tmp_path / "a.py").read_bytes() == b"def f():\r\n    return 1\r\n"
