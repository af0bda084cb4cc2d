"""PURE: the board's project, director, notices and requests."""

from __future__ import annotations

from typing import Literal, assert_never

from msgspec.structs import replace

from ledger.events import (
    CheckpointId,
    CheckpointRequested,
    DirectorStarted,
    NoticeRaised,
    PauseRequested,
    ProjectOpened,
    RequestHonoured,
    RequestId,
    RequestRefused,
    ResumeRequested,
    RollbackRequested,
    RunRequested,
    StopRequested,
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

AskedEvent = (
    RunRequested
    | StopRequested
    | PauseRequested
    | ResumeRequested
    | CheckpointRequested
    | RollbackRequested
    | RequestHonoured
    | RequestRefused
)


NO_CHECKPOINT = CheckpointId("")


def on_opened(board: Board, event: ProjectOpened) -> Board:
    """Name the project."""
    card = ProjectCard(project=event.project, name=event.name, repository=event.repository, prefix=event.prefix)
    return replace(board, project=card)


def on_director(board: Board, event: DirectorStarted) -> Board:
    """Note who works on the project, and in what."""
    sandbox = SandboxCard(text=event.sandbox, sandboxed=event.sandboxed)
    return replace(board, version=event.version, sandbox=sandbox, roles=event.roles)


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
            return _ask(board, recorded, event.request, event.by, "rollback", event.checkpoint)
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
    checkpoint: CheckpointId = NO_CHECKPOINT,
) -> Board:
    asked = Request(id=request, position=recorded.position, at=recorded.at, what=what, by=by, checkpoint=checkpoint)
    return replace(board, requests=(*board.requests, asked)[-REQUESTS_KEPT:])


def _answered(board: Board, at: float, request: RequestId, state: Literal["honoured", "refused"], answer: str) -> Board:
    requests = tuple(
        replace(asked, state=state, answer=answer, answered_at=at) if asked.id == request else asked
        for asked in board.requests
    )
    return replace(board, requests=requests)
