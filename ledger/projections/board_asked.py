"""PURE: the board's project, director, notices and requests."""

from __future__ import annotations

from typing import Literal, assert_never

from msgspec.structs import replace

from ledger.events import (
    ApproveRequested,
    CheckpointId,
    CheckpointRequested,
    DenyRequested,
    DirectorStarted,
    NoticeRaised,
    PauseRequested,
    ProjectOpened,
    RequestHonoured,
    RequestId,
    RequestRefused,
    ResumeRequested,
    RoleChanged,
    RoleRequested,
    RollbackRequested,
    RunRequested,
    StopRequested,
    TaskAnswered,
    TaskRequested,
    ToolAnswered,
    ToolRequested,
)
from ledger.events.recorded import Recorded
from ledger.projections.board_parts import (
    NOTICES,
    REQUESTS_KEPT,
    Asked,
    Board,
    Notice,
    ProjectCard,
    Request,
    SandboxCard,
)
from ledger.projections.board_thinking_parts import ROLES_KEPT, clip

AskedEvent = (
    RunRequested
    | StopRequested
    | PauseRequested
    | ResumeRequested
    | CheckpointRequested
    | RollbackRequested
    | ApproveRequested
    | DenyRequested
    | TaskRequested
    | RoleRequested
    | TaskAnswered
    | ToolRequested
    | ToolAnswered
    | RequestHonoured
    | RequestRefused
)


Answer = Literal["honoured", "refused"]
NO_CHECKPOINT = CheckpointId("")


def on_opened(board: Board, event: ProjectOpened) -> Board:
    """Name the project."""
    card = ProjectCard(project=event.project, name=event.name, repository=event.repository, prefix=event.prefix)
    return replace(board, project=card)


def on_director(board: Board, event: DirectorStarted) -> Board:
    """Note who works on the project, and in what."""
    sandbox = SandboxCard(text=event.sandbox, sandboxed=event.sandboxed)
    roles = tuple(replace(role, charge=clip(role.charge), why_not=clip(role.why_not)) for role in event.roles)
    return _staffed(replace(board, version=event.version, sandbox=sandbox, roles=roles[:ROLES_KEPT]))


def on_role(board: Board, event: RoleChanged) -> Board:
    """Note whether a role works, pauses or was stopped."""
    return _staffed(replace(board, role_states={**board.role_states, event.role: event.state}))


def _staffed(board: Board) -> Board:
    """Return the board where only the roles there are stand in a state."""
    states = {role.name: board.role_states.get(role.name, "working") for role in board.roles}
    return replace(board, role_states=states)


def on_notice(board: Board, recorded: Recorded, event: NoticeRaised) -> Board:
    """Keep the last notices."""
    notice = Notice(
        position=recorded.position,
        at=recorded.at,
        code=event.code,
        message=event.message,
        level=event.level,
        run=event.run,
    )
    return replace(board, notices=(*board.notices, notice)[-NOTICES:])


def on_asked(board: Board, recorded: Recorded, event: AskedEvent) -> Board:
    """Keep the last requests, each with its answer."""
    state: Answer
    match event:
        case RunRequested():
            return _ask(board, recorded, event.request, event.by, "run")
        case StopRequested():
            return _ask(board, recorded, event.request, event.by, "stop")
        case PauseRequested():
            return _ask(board, recorded, event.request, event.by, "pause")
        case ResumeRequested():
            return _ask(board, recorded, event.request, event.by, "resume")
        case CheckpointRequested():
            return _ask(board, recorded, event.request, event.by, "checkpoint")
        case RollbackRequested():
            return _ask(board, recorded, event.request, event.by, "rollback", checkpoint=event.checkpoint)
        case ApproveRequested():
            return _ask(board, recorded, event.request, event.by, "approve", event.approval)
        case DenyRequested():
            return _ask(board, recorded, event.request, event.by, "deny", event.approval)
        case TaskRequested():
            return _ask(board, recorded, event.request, event.by, "task", f"{event.role}: {clip(event.text)}")
        case RoleRequested():
            return _ask(board, recorded, event.request, event.by, "role", f"{event.what} {event.role}")
        case TaskAnswered():
            state = "honoured" if event.state == "done" else "refused"
            return _answered(board, recorded.at, event.request, state, clip(event.why))
        case ToolRequested():
            return _ask(board, recorded, event.request, event.by, "tool", event.tool)
        case ToolAnswered():
            state = "honoured" if event.success else "refused"
            return _answered(board, recorded.at, event.request, state, clip(event.summary))
        case RequestHonoured():
            return _answered(board, recorded.at, event.request, "honoured", event.note)
        case RequestRefused():
            return _answered(board, recorded.at, event.request, "refused", event.why)
        case _ as never:
            assert_never(never)


def _ask(
    board: Board,
    recorded: Recorded,
    request: RequestId,
    by: str,
    what: Asked,
    about: str = "",
    checkpoint: CheckpointId = NO_CHECKPOINT,
) -> Board:
    place, at = recorded.position, recorded.at
    asked = Request(id=request, position=place, at=at, what=what, by=by, checkpoint=checkpoint, about=about)
    return replace(board, requests=(*board.requests, asked)[-REQUESTS_KEPT:])


def _answered(board: Board, at: float, request: RequestId, state: Answer, answer: str) -> Board:
    requests = tuple(
        replace(asked, state=state, answer=answer, answered_at=at) if asked.id == request else asked
        for asked in board.requests
    )
    return replace(board, requests=requests)
