"""Calls that a model writes into its text: read where they have one reading, refused with the reason where not."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agents.json_reading import Unreadable, read_object
from agents.tools.spoken import how_to_call, spoken

TOOLS = ("read_file", "run_command", "edit_file", "write_file")
READ = ("read_file", {"path": "a.py", "start": 3})
BLOCK = "a.py\n<<<<<<< SEARCH\nx = 1\n=======\nx = 2\n>>>>>>> REPLACE\n"
ONE = '{"name": "read_file", "arguments": {"path": "a.py", "start": 3}}'


def said(text: str) -> list[tuple[str, object]]:
    found = spoken(text, TOOLS)
    assert found.refused == (), found.refused
    return [(call.name, json.loads(call.arguments)) for call in found.calls]


@pytest.mark.parametrize(
    "text",
    [
        ONE,
        f"I look first.\n\n```json\n{ONE}\n```\n",
        f"<tool_call>\n{ONE}\n</tool_call>",
        f"Sure. <tool_call>{ONE}</tool_call>",
        f"<tool_call>\n{ONE[:-1]}\n</tool_call>",
        f"<tool_call>\n{ONE}",
        f"```xml\n<tool_call>\n{ONE}\n</tool_call>\n```",
        f"```tool_call\n{ONE}\n```",
        f"<think>\nMaybe <tool_call>{ONE.replace('a.py', 'b.py')}</tool_call>\n</think>\n<tool_call>{ONE}</tool_call>",
        f"[TOOL_CALLS] [{ONE}]",
        "<|python_tag|>" + ONE.replace("arguments", "parameters"),
        '{"tool_calls": [{"id": "1", "type": "function", "function": {"name": "read_file", '
        '"arguments": "{\\"path\\": \\"a.py\\", \\"start\\": 3}"}}]}',
        '```json\n{"tool": "read_file", "args": {"path": "a.py", "start": 3}}\n```',
        '```json\n{"action": "read_file", "action_input": {"path": "a.py", "start": 3,},}\n```',
        "```json\n{'name': 'read_file', 'arguments': {'path': 'a.py', 'start': 3}}\n```",
        '```\n{"read_file": {"path": "a.py", "start": 3}}\n```',
        'Thought: look\nAction: read_file\nAction Input: {"path": "a.py", "start": 3}\nObservation: 3 x = 1\n'
        'Thought: now\nAction: write_file\nAction Input: {"path": "a.py", "content": ""}',
        '**Action:** `read_file`\n**Action Input:**\n```json\n{"path": "a.py", "start": 3}\n```',
    ],
)
def test_a_call_is_read_however_it_is_written(text: str) -> None:
    assert said(text) == [READ]


@pytest.mark.parametrize(
    "text",
    [
        "<function=read_file>\n<parameter=path>\na.py\n</parameter>\n<parameter=start>3</parameter>\n</function>",
        "<tool_call>\n<function=read_file>\n<parameter=path>a.py</parameter>\n<parameter=start>\n3\n</parameter>\n"
        "</function>\n</tool_call>",
        '<function_calls>\n<invoke name="read_file">\n<parameter name="path">a.py</parameter>\n'
        '<parameter name="start">3</parameter>\n</invoke>\n</function_calls>',
    ],
)
def test_arguments_between_tags_are_texts(text: str) -> None:
    """The pipeline reads a number in quotes where a number belongs."""
    assert said(text) == [("read_file", {"path": "a.py", "start": "3"})]


def test_the_one_command_block_of_an_answer_is_run() -> None:
    assert said("THOUGHT: look around\n\n```bash\nls -la && cat a.py\n```") == [
        ("run_command", {"command": "ls -la && cat a.py"})
    ]
    assert said("```console\n$ ls\n$ pwd\n```") == [("run_command", {"command": "ls\npwd"})]


def test_several_calls_keep_their_order_and_edits_have_their_place() -> None:
    text = f"{BLOCK}\n<tool_call>{ONE}</tool_call>\n"

    found = said(text)

    assert [name for name, _ in found] == ["edit_file", "read_file"]
    assert "<<<<<<< SEARCH" in str(found[0][1]) and "tool_call" not in str(found[0][1])


def test_edits_in_prose_become_one_call() -> None:
    ((name, arguments),) = said(f"I mend it.\n\n{BLOCK}\nThen run:\n\n```bash\npytest\n```\n")

    assert name == "edit_file" and "x = 2" in str(arguments)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("```bash\nls\n```\nand\n```bash\nrm -r build\n```", "exactly one"),
        ('<tool_call>\n{"name": "read_file", "arguments": {"path": "a.p', "cannot be read"),
        ('<tool_call>{"name": "read_file", "arguments": {"path": "say "hi""}}</tool_call>', "near «"),
        ('```json\n{"name": "read_file", "arguments": {"path": \n```', "cannot be read"),
        ("Action: read_file\nAction Input: the file a.py please", "one JSON object"),
        ('<tool_call>{"name": "read_file", "arguments": {"path": "a", "path": "b"}}</tool_call>', "twice"),
        ("<function=read_file>\n<parameter=path>a.py</parameter>", "never closed"),
        ("<function=read_file>\n<parameter=path>a</parameter><parameter=path>b</parameter></function>", "twice"),
        ('<tool_call>{"weather": "fine"}</tool_call>', "JSON of something else"),
    ],
)
def test_what_cannot_be_read_in_one_way_is_refused_with_what_to_do(text: str, why: str) -> None:
    found = spoken(text, TOOLS)

    assert found.calls == () and why in found.refused[0].why


@pytest.mark.parametrize(
    "text",
    [
        "I would call `<tool_call>" + ONE + "</tool_call>` but need not.",
        f"For example, a call looks like this:\n\n<tool_call>\n{ONE}\n</tool_call>\n",
        f"The required format is:\n```json\n{ONE}\n```\n",
        'The package says:\n```json\n{"name": "left-pad", "version": "1.0", "arguments": {}}\n```',
        "You can run the tests afterwards:\n\n```bash\npytest\n```",
        f"> <<<<<<< SEARCH\n> {ONE}\n",
        "Nothing to do.",
        f"tests/test_calls.py\n```python\nTEXT = '''\n<tool_call>{ONE}</tool_call>\n'''\n",
    ],
)
def test_what_is_quoted_is_not_called(text: str) -> None:
    assert spoken(text, ("read_file", "run_command")).calls == ()


def test_a_call_that_a_file_to_be_written_holds_is_not_called() -> None:
    text = f"calls.py\n```python\nTEXT = '''\n<tool_call>{ONE}</tool_call>\n'''\n```\n"

    ((name, arguments),) = said(text)

    assert name == "edit_file" and "tool_call" in str(arguments)


def test_the_way_that_is_told_is_the_way_that_is_read() -> None:
    told = how_to_call().replace("TOOL", "read_file").replace('"NAME": "VALUE"', '"path": "a.py"')
    call = told[told.index("<tool_call>") : told.index("</tool_call>") + len("</tool_call>")]

    assert said(call) == [("read_file", {"path": "a.py"})]


@settings(max_examples=150, deadline=None)
@given(
    st.one_of(
        st.text(max_size=300),
        st.lists(
            st.sampled_from(
                ["<tool_call>", "</tool_call>", "\n", ONE, "```json\n", "```\n", "Action: read_file\n",
                 "Action Input: ",
                 "<function=read_file>", "</function>", "<parameter=path>", "</parameter>", "{", "}", '"', "<think>\n",
                 "</think>\n", BLOCK, "[TOOL_CALLS]", "Observation: x\n", '<invoke name="read_file">', "</invoke>"]
            ),
            max_size=14,
        ).map("".join),
    )
)  # fmt: skip
def test_any_text_is_read_without_raising(text: str) -> None:
    """Calls or a reason, never both."""
    found = spoken(text, TOOLS)

    assert not (found.calls and found.refused)
    assert all(call.id and call.name for call in found.calls)


JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=8)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=5), inner, max_size=3)),
    max_leaves=8,
)


@settings(max_examples=100, deadline=None)
@given(st.dictionaries(st.text(max_size=6), JSON, max_size=4), st.integers(0, 4), st.floats(0, 1, exclude_max=True))
def test_whole_json_is_read_as_it_is_and_cut_json_as_nothing_else(
    value: dict[str, object], way: int, part: float
) -> None:
    text = json.dumps(value, ensure_ascii=bool(way % 2), indent=way or None)

    assert read_object(text) == value
    assert read_object(f"```json\n{text}\n```") == value
    assert read_object(json.dumps(text)) == value
    with pytest.raises(Unreadable):
        read_object(text[: int(len(text) * part)])


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('{"a": "x\ny\t"}', {"a": "x\ny\t"}),
        ('{"a": 1,}', {"a": 1}),
        ('{a: [1, 2,], /* why */ b: "http://x//y"} // end', {"a": [1, 2], "b": "http://x//y"}),
        ("{'a': True, 'b': None}", {"a": True, "b": None}),
        ('{"a": True, "b": "True"}', {"a": True, "b": "True"}),
        ('{"a": "\\d+\\.py"}', {"a": "\\d+\\.py"}),
        ('{"a": 1}}', {"a": 1}),
        ('{"path": "a", "content": """one\n"two"\n"""}', {"path": "a", "content": 'one\n"two"\n'}),
    ],
)
def test_json_with_one_reading_is_read(text: str, value: object) -> None:
    assert read_object(text) == value


@pytest.mark.parametrize(
    "text",
    ['{"a": "it\\\'s"}', '{"a": "say "hi""}', '{"a": 1 "b": 2}', '{"a": 1, "a": 2}', '{"a": NaN}', "[1]", "3", "",
     '{"a": "x',
     '{"a": 1} and more', "{'a': {1, 2}}", "{1: 2}", '{"a": "\\x41"}'],
)  # fmt: skip
def test_json_with_several_readings_or_none_is_refused(text: str) -> None:
    with pytest.raises(Unreadable):
        read_object(text)
