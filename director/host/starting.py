"""What a run starts with: the user's commit, what the repository asks for, and what a person should know of both."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from msgspec.structs import replace

from agents.ports import SandboxLevel
from agents.tools.code.languages import language_of
from agents.workspace.source import Files, Source, Unusable, commit_of, locate, require_git, require_room
from director.bootstrap import Project, gates
from director.core.commands import Start
from director.core.goals import GATE
from director.gates.by_command import runners
from director.gates.defaults import DEFAULTS, OPTIONS, UNASKED
from director.gates.types import mypy_file
from director.settings import (
    Known,
    RepositorySettings,
    Settings,
    UserFile,
    proposal,
    read_repository,
    shown,
    specs,
    together,
    with_options,
)
from ledger.events import GateSpec, NoticeRaised, RequestId, RunRequested, TaskTaken

NO_MODEL = (
    "a goal in words needs a model: name one by --model or KAIZEN_MODEL, e.g. KAIZEN_MODEL=groq/openai/gpt-oss-120b"
    " with GROQ_API_KEY, or KAIZEN_MODEL=ollama/qwen3 without a key"
)


def require_usable(path: Path, settings: Settings) -> None:
    """Raise Unusable or SettingsError for a repository no run can be of, before anything is made for it."""
    require_git()
    top, prefix = locate(path)
    held_to(commit_of(top, may_be_empty=bool(_own_goal(settings))), prefix, settings)


class Chosen(NamedTuple):
    """What a commit is held to."""

    asked: RepositorySettings
    gates: tuple[GateSpec, ...]
    mypy: str
    """The file that configures mypy, when that is why types are measured."""
    goal: str
    """The goal in words that is worked on; empty for none."""


def held_to(files: Files, prefix: str, settings: Settings) -> Chosen:
    """Return what is asked of the project in a commit; raise Unusable, SettingsError."""
    asked = _asked(files.show(_settings_file(prefix)), files.repository, prefix)
    goal = _own_goal(settings) or (asked.goal if _can_think(settings) else "")
    wanted = together(settings.gates, asked.gates, _known(python=True))
    commands = any(ask.command and ask.enabled is not False for ask in wanted.values())
    python = files.has_python(prefix) or (bool(goal) and not commands)
    known = _known(python)
    if goal:
        files.require_plain()
    elif python or not commands:
        files.require_usable(prefix)
    else:
        files.require_plain()
    mypy = mypy_file(lambda name: files.show(f"{prefix}/{name}" if prefix else name)) if python else ""
    on = frozenset({"types"}) if mypy else frozenset[str]()
    chosen = tuple(spec for spec in specs(known, wanted, "kaizen.toml", on) if spec.name != GATE)
    if goal:
        if not runners(chosen):
            _require_tests(files, prefix)
        chosen = (DEFAULTS[GATE], *chosen)  # what the user wants in words is no setting of the repository
    if settings.user.offline:
        chosen = tuple(
            replace(spec, options={"offline": "true"}) if spec.name == "dependencies" else spec for spec in chosen
        )
    by_itself = bool(mypy) and "types" not in wanted
    return Chosen(asked, chosen, mypy if by_itself else "", goal)


def _require_tests(files: Files, prefix: str) -> None:
    """Raise Unusable for code in which nobody could show that a goal is reached: tests of it need a command."""
    names = files.names(prefix)
    others = sorted({found for name in names if (found := language_of(name)) and found != "python"})
    if others and not any(name.endswith(".py") for name in names):
        raise Unusable(
            f"{files.repository / prefix} holds {', '.join(others)} and no Python: a goal is shown by tests, so name "
            "what runs them in kaizen.toml: [gates.NAME] command = [...], best with read = 'junit'"
        )


def _own_goal(settings: Settings) -> str:
    """Return the user's goal in words; raise Unusable when nobody is there who could think about it."""
    if settings.user.goal and not _can_think(settings):
        raise Unusable(NO_MODEL)
    return settings.user.goal


def _can_think(settings: Settings) -> bool:
    return bool(settings.user.model or settings.user.replay)


def _known(python: bool) -> dict[str, Known]:
    """Return every gate; without Python none is measured that measures Python, unless it is asked for."""
    return {
        gate.name: Known(
            gate.spec,
            OPTIONS.get(gate.name, frozenset()),
            gate.name in UNASKED and python if gate.name in DEFAULTS else True,
        )
        for gate in gates()
    }


def start_command(
    project: Project, request: RunRequested, settings: Settings, level: SandboxLevel, at: float
) -> tuple[Start, tuple[NoticeRaised, ...]]:
    """Copy the user's commit and return the command that starts its run, with notices; raise Unusable, SettingsError.

    It blocks while git copies.
    """
    chosen_now = with_options(settings, request.options, own=not request.by.startswith("key:"))
    user = chosen_now.user
    deliver = user.deliver and _may_deliver(level, user)
    if deliver:
        require_room(project.repository)
    source = project.mirror.take(may_be_empty=bool(_own_goal(chosen_now)))
    files = Files(project.mirror.git, source.commit, project.repository)
    chosen = held_to(files, project.prefix, chosen_now)
    models = project.lines.names(user.model)
    why = project.lines.why_not(user.model, user.allow_unknown_price) if models else ""
    if why:
        raise Unusable(why)
    start = Start(
        at=at,
        commit=source.commit,
        tree=source.tree,
        gates=chosen.gates,
        budget=chosen_now.budget,
        seed=user.seed,
        parallel=user.parallel,
        deliver=deliver,
        first_free=project.mirror.first_free_run(),
        settings=tuple(sorted({**shown(user), "sandbox": f"{level.adapter} ({level.rank})"}.items())),
        request=request.request,
        goal=chosen.goal,
        models=models,
    )
    roles = tuple(_of_roles(project, source.commit))
    return start, (*_of_source(source), *_of_settings(chosen), *roles, *_of_sandbox(level, user))


def start_work(
    project: Project, taken: TaskTaken, settings: Settings, level: SandboxLevel, at: float
) -> tuple[Start, tuple[NoticeRaised, ...]]:
    """Return the start of a run for a piece of work somebody asked for, without any goal; raise as `start_command`."""
    user = settings.user.model_copy(update={"goal": ""})
    request = RunRequested(request=RequestId(""), path=str(project.repository))
    start, notices = start_command(project, request, dataclasses.replace(settings, user=user), level, at)
    gates = tuple(spec for spec in start.gates if spec.name != GATE)
    deliver = start.deliver and taken.apply == "land"
    return dataclasses.replace(start, asked=taken.request, goal="", gates=gates, deliver=deliver), notices


def _settings_file(prefix: str) -> str:
    return f"{prefix}/kaizen.toml" if prefix else "kaizen.toml"


def _asked(text: bytes | None, top: Path, prefix: str) -> RepositorySettings:
    """Return what the project's own kaizen.toml asks for, as it stands in the commit."""
    return read_repository(text, str(top / _settings_file(prefix)))


def _of_source(source: Source) -> Iterator[NoticeRaised]:
    commit = source.commit[:10]
    if source.dirty:
        paths = "1 uncommitted path is" if source.dirty == 1 else f"{source.dirty} uncommitted paths are"
        message = f"{paths} left alone: the run starts from commit {commit}"
        yield NoticeRaised(code="dirty-tree", level="info", message=message)
    if not source.branch:
        message = f"the head is detached: the run starts from commit {commit}"
        yield NoticeRaised(code="detached-head", level="info", message=message)
    if source.shallow:
        message = "the clone is shallow: its history is taken as far as it goes"
        yield NoticeRaised(code="shallow-clone", level="info", message=message)


def _of_settings(chosen: Chosen) -> Iterator[NoticeRaised]:
    asked = chosen.asked
    if asked.goal and not chosen.goal:
        message = f"kaizen.toml names a goal, which is ignored: {NO_MODEL}"
        yield NoticeRaised(code="goal-needs-a-model", message=message)
    if chosen.mypy:
        message = f"types are measured because {chosen.mypy} configures mypy; `[gates.types] enabled = false` ends that"
        yield NoticeRaised(code="gate-found", level="info", message=message)
    if asked.ignored:
        message = f"the repository's kaizen.toml sets {', '.join(asked.ignored)}: only you may, so it is ignored"
        yield NoticeRaised(code="repository-setting-ignored", message=message)
    if not asked.found:
        own = proposal([spec for spec in chosen.gates if spec.name != GATE])
        message = f"there is no kaizen.toml; to choose other targets, commit one like this:\n{own}"
        yield NoticeRaised(code="proposal", level="info", message=message)


def _of_roles(project: Project, commit: str) -> Iterator[NoticeRaised]:
    from agents.roles.declared import declared_in
    from agents.tools.found import find_tools

    for refused in declared_in(project.mirror.git, commit, project.prefix, find_tools()).refused:
        yield NoticeRaised(code="role-refused", message=refused)


def _may_deliver(level: SandboxLevel, user: UserFile) -> bool:
    return level.rank != "reduced" or user.sandbox_min_level == level.adapter


def _of_sandbox(level: SandboxLevel, user: UserFile) -> Iterator[NoticeRaised]:
    if level.rank == "reduced":
        message = f"REDUCED SANDBOX: {level.adapter} ({level.detail}); {level.remedy}"
        if user.deliver and not _may_deliver(level, user):
            message += (
                f"; results stay on Kaizen's own branch, unless you accept the level: sandbox.min_level = "
                f'"{level.adapter}" in your kaizen.toml, or KAIZEN_SANDBOX_MIN_LEVEL={level.adapter}'
            )
        yield NoticeRaised(code="reduced-sandbox", level="warning", message=message)
    if not level.sandboxed:
        message = "UNSANDBOXED: the project's code runs with your rights"
        yield NoticeRaised(code="unsandboxed", level="warning", message=message)
