"""What is asked for from outside a run: work, tools, roles, values and keys, with the answers."""

from __future__ import annotations

from ledger.events import (
    ActionRecorded,
    ContextDeleted,
    ContextSet,
    KeyCreated,
    KeyRevoked,
    KeyUsed,
    RequestHonoured,
    RequestId,
    RoleChanged,
    RoleRequested,
    RunId,
    SessionDeleted,
    TaskAnswered,
    TaskRequested,
    TaskTaken,
    ToolAnswered,
    ToolRequested,
)
from tests.story_parts import START, Blob, Told, asked, director


def by_request(blob: Blob, run: RunId) -> list[Told]:
    """Return work, roles, values and keys that were asked for from outside."""
    return [
        *asked(
            TaskRequested(request=RequestId("q23"), role="coder", text="Explain parse_range.", apply="none", by="page"),
            TaskRequested(request=RequestId("q24"), role="deployer", text="Deploy.", by="page"),
            ToolRequested(request=RequestId("q28"), tool="read_file", arguments=blob('{"path": "a.py"}'), by="page"),
            RoleRequested(request=RequestId("q25"), role="tester", what="pause", by="page"),
            ContextSet(key="style", value='"plain"', by="page"),
            ContextDeleted(key="style", by="page"),
            SessionDeleted(session="s1", by="page"),
            KeyCreated(key="k1", name="ci", hash="0" * 64, scopes=("read",), by="page"),
            KeyUsed(key="k1", at=START + 2000),
            KeyRevoked(key="k1", by="page"),
        ),
        *director(
            TaskTaken(request=RequestId("q23"), role="coder", text="Explain parse_range.", apply="none"),
            TaskAnswered(request=RequestId("q23"), state="done", run=run, text=blob("It splits at the dash.")),
            TaskAnswered(request=RequestId("q24"), state="failed", run=run, why="the deployer is not available"),
            RoleChanged(role="tester", state="paused"),
            ToolAnswered(request=RequestId("q28"), success=True, risk="read", summary="38 lines"),
            *(RequestHonoured(request=RequestId("q25")), ActionRecorded(agent="ci", action="looked")),
        ),
    ]
