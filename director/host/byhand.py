"""Two revisions of a repository judged by hand: without a ledger, a daemon or a run."""

from __future__ import annotations

import asyncio
import uuid
from pathlib import Path

from agents.ports import Sandbox
from agents.workspace.mirror import Mirror
from agents.workspace.source import Files, locate
from agents.workspace.worktree import remove
from director.bootstrap import gates, preparer
from director.host.starting import held_to
from director.referee import Referee
from director.referee.judging import Judged, Judging
from director.settings import Settings
from ledger.blobs import FileBlobs


async def judge_by_hand(
    path: Path, base: str, candidate: str, settings: Settings, sandbox: Sandbox, seed: int
) -> Judged:
    """Judge two revisions of the repository that `path` is in; raise Unusable or SettingsError.

    Everything happens in a mirror of a moment: no ledger, no daemon, and nothing of the user's is written.
    """
    top, prefix = locate(path)
    place = settings.home / "referee" / uuid.uuid4().hex
    try:
        mirror = Mirror(place / "mirror.git", top)
        trees = [await asyncio.to_thread(mirror.adopt, revision) for revision in (base, candidate)]
        chosen = held_to(Files(mirror.git, trees[0], top), prefix, settings).gates
        referee = Referee(
            mirror=mirror,
            sandbox=sandbox,
            prefix=prefix,
            gates=gates(),
            blobs=FileBlobs(place / "blobs"),
            scratch=place / "scratch",
            prepare=preparer(top / prefix, settings),
        )
        return await Judging(referee, trees[0], trees[0], trees[1], chosen, seed).judged()
    finally:
        remove(place)
