"""Runs that think with a model, over real HTTP with a scripted one: where a project stands, and what it may see."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from agents.models.script import Line, Script, ScriptedCall
from agents.models.server.app import Counter
from agents.models.server.serve import serving
from tests.e2e.command import Done, Kaizen
from tests.e2e.test_conversation_survives import BROKEN, REPAIRED, TESTS
from tests.support.repositories import FAST, git, make

pytestmark = pytest.mark.slow

MODEL = "openai/scripted"


def does(name: str, **arguments: Any) -> tuple[ScriptedCall, ...]:
    return (ScriptedCall(name=name, arguments=arguments),)


async def run(kaizen: Kaizen, project: Path, says: Sequence[Line], *arguments: object) -> tuple[Done, Counter]:
    """Run a project with a model that says this; return how it ended and what was asked."""
    counter = Counter(Script(tuple(says)))
    async with serving(counter) as server:
        done = await asyncio.to_thread(
            kaizen.run, project, "--model", MODEL, "--allow-unknown-price", "--offline", *arguments,
            seconds=600, KAIZEN_API_BASE=server.address, OPENAI_API_KEY="none",
        )  # fmt: skip
    return done, counter


async def test_a_project_in_a_folder_of_its_repository_is_mended_and_git_names_its_files_as_its_tools_do(
    fresh: Kaizen, tmp_path: Path
) -> None:
    files = {"words.py": BROKEN, "tests/test_words.py": TESTS, "kaizen.toml": FAST}
    repository = make(tmp_path / "all", {"README.md": "# All\n", **{f"apps/words/{k}": v for k, v in files.items()}})
    says = [
        Line(turn=0, tool_calls=does("write_file", path="words.py", content=REPAIRED)),
        Line(turn=1, tool_calls=(*does("git_status"), *does("git_diff", path="words.py"))),
        Line(turn=2, tool_calls=does("finish", summary="Slugs have small letters alone.")),
    ]

    done, asked = await run(fresh, repository / "apps" / "words", says)

    assert done.ended["state"] == "completed", done.err
    assert git(repository, "show", "kaizen/run-1:apps/words/words.py") == REPAIRED.strip()
    status, diff = (m["content"] for m in asked.received[2].body["messages"][-2:])
    assert "M\twords.py" in status and "apps/" not in status
    assert "+++ b/words.py" in diff and json.dumps(diff).count("apps/") == 0


async def test_a_key_that_is_refused_is_met_once_and_told_once(fresh: Kaizen, tmp_path: Path) -> None:
    files = {"words.py": BROKEN, "tests/test_words.py": TESTS, "tests/test_more.py": TESTS, "kaizen.toml": FAST}
    fresh.home.mkdir(parents=True, exist_ok=True)
    (fresh.home / "kaizen.toml").write_text("attempt_seconds = 5\n")
    repository = make(tmp_path / "words", files)

    done, asked = await run(fresh, repository, [Line(fault="401", times=0)], "--parallel", "1")

    assert len(asked.received) == 1
    assert done.ended["state"] == "stalled"
    assert [notice["subject"] for notice in done.of("NoticeRaised") if notice["code"] == "model-lost"] == [MODEL]
    assert next(left["why"] for left in done.ended["left"] if left["what"] == f"{MODEL} could not be asked").startswith(
        f"{MODEL} is not asked any more in this run: the key is refused; check it (401)"
    )
    assert done.err == "" and all(event["kind"] for event in done.events), "nothing but events is printed"
