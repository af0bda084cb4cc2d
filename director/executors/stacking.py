"""A patch is put on those that wait before it, so that one whole run confirms all of them."""

from __future__ import annotations

import asyncio

from agents.workspace.mirror import Mirror
from director.core import landing
from director.core.effects import Stack
from director.core.slot import standing
from director.core.state import Run
from director.referee import Referee
from director.referee.together import Looking
from ledger.events import AttemptCancelled, PatchRejected, PatchStacked
from ledger.projections.score import quality_score

WAITING = 3
"""Patches that wait for which it pays to wait besides until it is known which tests reach what."""


async def stack(
    mirror: Mirror, referee: Referee, run: Run, effect: Stack
) -> PatchStacked | PatchRejected | AttemptCancelled:
    """Return the patch in its place, or why it is not good or cannot stand there.

    Only what stands on the branch itself can be rejected here: what others are below it, nobody has confirmed yet.
    """
    is_first = effect.on == run.tree
    tree = await asyncio.to_thread(_moved, mirror, effect, is_first)
    if tree is None or tree == effect.on:
        return _without_place(effect, is_first, conflicts=tree is None)
    gates, commit = run.started.gates, run.started.commit
    if is_first:
        many = len(run.slot) >= WAITING
        reasons = await referee.look(commit, run.tree, tree, gates, run.readings, patient=many)
        if reasons:
            return PatchRejected(attempt=effect.attempt, reasons=reasons)
    stood = standing(run).stood
    before = stood[-1].readings if stood else run.readings
    told = await Looking(referee, commit, run.tree, effect.on, tree, gates, before).provisional()
    if told.alone:
        return _alone(effect, told.alone)
    return PatchStacked(
        attempt=effect.attempt, base=effect.head, on=effect.on, tree=tree, readings=told.readings,
        score=quality_score(told.readings, gates),
    )  # fmt: skip


def _moved(mirror: Mirror, effect: Stack, is_first: bool) -> str | None:
    """Return the tree with the patch on it; None when they conflict."""
    onto = effect.head if is_first else mirror.commit(effect.on, [effect.head], "patches that wait to land\n", 0.0)
    return mirror.merge(effect.base, effect.tree, onto)


def _alone(effect: Stack, why: str) -> PatchStacked:
    return PatchStacked(attempt=effect.attempt, base=effect.head, on=effect.on, tree=effect.on, alone=why)


def _without_place(
    effect: Stack, is_first: bool, *, conflicts: bool
) -> PatchStacked | PatchRejected | AttemptCancelled:
    if not is_first:
        return _alone(effect, f"a patch that waits before it {'conflicts with it' if conflicts else 'says the same'}")
    return landing.conflicting(effect.attempt) if conflicts else landing.needless(effect.attempt)
