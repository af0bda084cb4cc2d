"""Whole answers: each leads to exactly the bytes it means, or changes nothing and says why."""

from __future__ import annotations

from pathlib import Path

import pytest

from agents.brains.conversation.facts import FINISH
from agents.brains.conversation.speaking import hearing
from agents.brains.conversation.turns import Terms, turn_of
from agents.models.checks import checked
from agents.ports import Message, ModelAnswer, ModelCall, ModelFault, ToolCall
from agents.tools.arguments import read_arguments
from agents.tools.found import find_tools
from tests.tool_bench import Attempt, contents
from tests.tools.answer_files import PROJECT, Answer, answers

TOOLS = find_tools(())
WRITERS = ("edit_file", "write_file", "delete_file")
NAMES = frozenset({FINISH, *TOOLS})
TERMS = Terms(tools=NAMES, heard=hearing(NAMES))
CALL = ModelCall("act-1", "any/model", (Message("user", "Mend it."),))
ANSWERS: dict[str, list[Answer]] = {}
for each in answers():
    ANSWERS.setdefault(each.name.partition(":")[0], []).append(each)


def project(root: Path) -> Path:
    top = root / "project"
    for name, content in PROJECT.items():
        (top / name).parent.mkdir(parents=True, exist_ok=True)
        (top / name).write_bytes(content)
    (root / "outside").mkdir()
    (root / "outside/secret.txt").write_bytes(b"secret\n")
    (top / "linked").symlink_to(root / "outside")
    return top


async def carried_out(root: Path, answer: Answer) -> tuple[list[tuple[str, object]], str]:
    """Take an answer the way of the product; return what it asks for besides writing, and all it is told."""
    finish = "tool_calls" if answer.calls else "stop"
    said = ModelAnswer(text=answer.text, tool_calls=tuple(answer.calls), finish=finish, model="any/model")  # type: ignore[arg-type]
    try:
        turn = turn_of(TERMS, "act-1", checked(said, CALL))
    except ModelFault as fault:
        return [], fault.message
    calls = [call for call in turn.calls if call.name != FINISH]
    asked = [(call.name, _plain(call)) for call in calls if call.name in {*TOOLS} - {*WRITERS}]
    writes = [call for call in calls if call.name not in {*TOOLS} - {*WRITERS}]
    carried = await Attempt(root, {name: TOOLS[name] for name in WRITERS}).pipeline().carry_out(writes, "act-1")
    assert isinstance(carried, list)
    refused = [each.result.text for each in carried if not each.result.success]
    return asked, "\n".join((*turn.unclear, *refused))


def _plain(call: ToolCall) -> object:
    return read_arguments(TOOLS[call.name], call.arguments).model_dump(exclude_defaults=True)


@pytest.mark.parametrize("kind", sorted(ANSWERS))
async def test_an_answer_leads_to_its_bytes_or_to_a_reason(tmp_path: Path, kind: str) -> None:
    wrong, root, after = {}, tmp_path, dict[str, bytes]()

    for number, answer in enumerate(ANSWERS[kind]):
        root = root if after == PROJECT else project(tmp_path / str(number))
        asked, told = await carried_out(root, answer)
        after, outside = contents(root), contents(root.parent / "outside")
        reason = (answer.refused or "") in told and bool(told) is (answer.refused is not None)
        if (after, outside, asked) != (answer.after, {"secret.txt": b"secret\n"}, answer.asked) or not reason:
            wrong[answer.name] = (after, outside, asked, told)

    assert wrong == {}
