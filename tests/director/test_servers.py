"""Only the user names servers; they see the variables they are given; a reduced sandbox delivers nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from agents.ports import SandboxLevel
from director.executors.outside import servers_of, why_not_delivered
from director.settings import SettingsError, UserFile, load

TICKETS = '[[mcp]]\nname = "tickets"\ncommand = ["tickets", "--read"]\nenvironment = ["TOKEN", "MISSING"]\n'


def test_a_server_is_started_with_the_variables_it_is_named(tmp_path: Path) -> None:
    (tmp_path / "kaizen.toml").write_text(TICKETS)

    (server,) = servers_of(load({"KAIZEN_HOME": str(tmp_path), "TOKEN": "t", "OPENAI_API_KEY": "k"}))

    assert (server.name, server.command, server.risk) == ("tickets", ("tickets", "--read"), "network")
    assert server.environment == {"TOKEN": "t"}


@pytest.mark.parametrize("place", ["", 'command = ["x"]\nurl = "https://x.example/mcp"\n'])
def test_a_server_is_a_program_or_an_address(tmp_path: Path, place: str) -> None:
    (tmp_path / "kaizen.toml").write_text(f'[[mcp]]\nname = "x"\n{place}')

    with pytest.raises(SettingsError, match="give either"):
        load({"KAIZEN_HOME": str(tmp_path)})


@pytest.mark.parametrize(
    ("rank", "user", "closed"),
    [
        ("full", UserFile(), ""),
        ("reduced", UserFile(), "reduced sandbox"),
        ("reduced", UserFile(sandbox_min_level="landlock"), ""),
        ("full", UserFile(deliver=False), "`deliver` is off"),
    ],
)
def test_what_may_not_be_delivered_may_not_be_pushed(rank: str, user: UserFile, closed: str) -> None:
    level = SandboxLevel("landlock", sandboxed=True, detail="", rank=rank)  # type: ignore[arg-type]

    assert closed in why_not_delivered(level, user) if closed else not why_not_delivered(level, user)
