"""Tools that ask the model themselves: what it says is checked before a byte is written, and paid once."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from agents.ports import Models, ToolBench
from agents.tools.asking import NotAsked, code_in
from agents.tools.docstrings import Unchanged, undocumented, with_docstrings
from agents.tools.offered.explain import Explain
from agents.tools.offered.write_docs import WriteDocs
from agents.tools.offered.write_tests import WriteTests
from tests.models.paying import CHEAP, Attempt, scripted
from tests.tools.bench import bench_without_past, call

CODE = 'class Shelf:\n    """A shelf."""\n\n    def add(self, x):\n        # keeps it\n        return [x]\n'
FILES = {"pkg/shelf.py": CODE, "pkg/__init__.py": "", "web/cart.ts": "export const x = 1;\n"}


def thinking(bench: ToolBench, *lines: dict[str, Any]) -> Attempt:
    """Connect the bench to a model that says these lines."""
    attempt = Attempt(scripted(*lines))
    bench.models = Models(attempt.calls(), (CHEAP,))
    return attempt


def docstrings(**texts: str) -> str:
    return json.dumps({"docstrings": [{"name": name.replace("__", "."), "text": text} for name, text in texts.items()]})


async def test_an_explanation_is_the_models_own_words(tmp_path: Path) -> None:
    bench = bench_without_past(tmp_path, FILES)
    attempt = thinking(bench, {"contains": "def add(self, x)", "text": "It makes a list.\x1b[2J"})

    done = await call(Explain(), bench, '{"path": "pkg/shelf.py", "names": ["Shelf.add"], "question": "why?"}')

    assert done.success and done.text == "It makes a list.\\x1b[2J"
    asked = attempt.model.calls[0].messages[1].text  # type: ignore[attr-defined]
    assert "class Shelf" not in asked and asked.endswith("why?")


async def test_the_same_question_is_paid_once(tmp_path: Path) -> None:
    bench = bench_without_past(tmp_path, FILES)
    attempt = thinking(bench, {"text": "It makes a list."})

    first = await call(Explain(), bench, '{"path": "pkg/shelf.py"}')
    bench.models = Models(attempt.calls(), (CHEAP,))
    second = await call(Explain(), bench, '{"path": "pkg/shelf.py"}')

    assert first == second and len(attempt.finished()) == 1


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        ({"path": "../x.py"}, "not a path in the project"),
        ({"path": "pkg"}, "no text file"),
        ({"path": "pkg/shelf.py", "names": ["Nope"]}, "does not define Nope"),
    ],
)
async def test_what_cannot_be_shown_is_not_asked(tmp_path: Path, arguments: dict[str, Any], why: str) -> None:
    bench = bench_without_past(tmp_path, FILES)
    attempt = thinking(bench, {"text": "never", "times": 0})

    done = await call(Explain(), bench, json.dumps(arguments))

    assert not done.success and why in done.text and not attempt.stream


async def test_without_a_model_or_with_one_that_fails_the_tool_says_so(tmp_path: Path) -> None:
    bench = bench_without_past(tmp_path, FILES)

    none = await call(Explain(), bench, '{"path": "pkg/shelf.py"}')
    thinking(bench, {"fault": "401", "times": 0})
    failing = await call(Explain(), bench, '{"path": "pkg/shelf.py"}')

    assert not none.success and "no model is connected" in none.text
    assert not failing.success and "not to be had" in failing.text


async def test_docstrings_are_put_in_and_nothing_else_changes(tmp_path: Path) -> None:
    bench = bench_without_past(tmp_path, FILES)
    thinking(bench, {"text": docstrings(Shelf__add='Return """x""" \\n in a list.', Shelf="Other.", other="No.")})

    done = await call(WriteDocs(), bench, '{"path": "pkg/shelf.py"}')

    assert done.success and done.changed
    assert (bench.target.project / "pkg/shelf.py").read_text() == CODE.replace(
        "        # keeps it\n        return",
        "        # keeps it\n        \"\"\"Return '''x''' \\\\n in a list.\"\"\"\n        return",
    )


async def test_a_page_is_written_and_a_file_nobody_may_write_is_not(tmp_path: Path) -> None:
    bench = bench_without_past(tmp_path, FILES)
    thinking(bench, {"text": "Here:\n````markdown\n# Shelf\n```python\nx\n```\n````\n", "times": 0})
    bench.closed = lambda path: "it is closed" if path == "docs/no.md" else ""

    done = await call(WriteDocs(), bench, '{"path": "pkg/shelf.py", "to": "docs/shelf.md"}')
    closed = await call(WriteDocs(), bench, '{"path": "pkg/shelf.py", "to": "docs/no.md"}')
    outside = await call(WriteDocs(), bench, '{"path": "pkg/shelf.py", "to": "../docs/x.md"}')

    assert done.success
    assert (bench.target.project / "docs/shelf.md").read_text() == "# Shelf\n```python\nx\n```\n"
    assert not closed.success and not outside.success
    assert not (tmp_path / "docs").exists()


@pytest.mark.parametrize(
    "said", ["no JSON", '{"docstrings": []}', '{"docstrings": [{"name": "nobody", "text": "x"}]}', '{"docstrings": 3}']
)
async def test_an_answer_that_is_none_writes_nothing(tmp_path: Path, said: str) -> None:
    bench = bench_without_past(tmp_path, FILES)
    thinking(bench, {"text": said, "times": 0})

    done = await call(WriteDocs(), bench, '{"path": "pkg/shelf.py"}')

    assert not done.success
    assert (bench.target.project / "pkg/shelf.py").read_text() == CODE


@pytest.mark.slow
async def test_tests_are_written_and_run(tmp_path: Path) -> None:
    bench = bench_without_past(tmp_path, FILES)
    good = "from pkg.shelf import Shelf\n\ndef test_add():\n    assert Shelf().add(1) == [1]\n"
    good += "\ndef test_no():\n    assert 0\n"
    thinking(bench, {"text": f"```python\n{good}```"}, {"text": "```python\nimport nowhere\ndef test_x(): ...\n```"})

    done = await call(WriteTests(), bench, '{"path": "pkg/shelf.py"}')
    again = await call(WriteTests(), bench, '{"path": "pkg/shelf.py"}')
    broken = await call(WriteTests(), bench, '{"path": "pkg/shelf.py", "to": "tests/test_more.py"}')

    assert done.success and (done.facts["passed"], done.facts["failed"]) == (1, 1)
    assert (bench.target.project / "tests/test_shelf.py").read_text() == good
    assert not again.success and "there already" in again.text
    assert not broken.success and "nowhere" in broken.text
    assert not (bench.target.project / "tests/test_more.py").exists()


async def test_tests_that_do_not_parse_are_not_written(tmp_path: Path) -> None:
    bench = bench_without_past(tmp_path, FILES)
    thinking(bench, {"text": "```ts\ntest('x', () => {\n```", "times": 0})

    done = await call(WriteTests(), bench, '{"path": "web/cart.ts"}')

    assert not done.success and "does not parse" in done.text
    assert not (bench.target.project / "web/cart.test.ts").exists()


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ("```\na\n```", "a\n"),
        ("x = 1\n", "x = 1\n"),
        ("```\na\n```\nor\n```python\nlonger\n```", "longer\n"),
        ("~~~\n```\ninner\n```\n~~~", "```\ninner\n```\n"),
    ],
)
def test_code_is_the_longest_whole_block(answer: str, code: str) -> None:
    assert code_in(answer) == code


def test_half_a_block_is_no_code() -> None:
    with pytest.raises(NotAsked):
        code_in("```python\ndef f():")


@pytest.mark.parametrize(
    "source",
    [
        "def f():\n    return 1\n",
        "class A:\n\tasync def f(self):\n\t\tawait x\n",
        "@deco\ndef f(\n    a,\n):\n    @inner\n    def g(): ...\n    return g\n",
        "def f():\r\n    return 1\r\n",
    ],
)
@pytest.mark.parametrize("text", ["One line.", 'Ends in "quote"', "Two.\n\n    Args:\n        a: b\\c", 'A """ inside'])
def test_docstrings_change_nothing_but_docstrings(source: str, text: str) -> None:
    names = undocumented(source)

    made = with_docstrings(source, dict.fromkeys(names, text))

    assert names and undocumented(made) == []
    assert [line for line in source.splitlines() if line not in made.splitlines()] == []


def test_what_stands_on_one_line_gets_no_docstring() -> None:
    with pytest.raises(Unchanged, match="one line"):
        with_docstrings("def f(): return 1\n", {"f": "x"})
