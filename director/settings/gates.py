"""What is asked of the gates: defaults, the project's `kaizen.toml`, the user's."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from director.settings.checking import SettingsError, nearest
from director.settings.files import COMMON, GateSettings
from ledger.events import GateSpec


def together(
    users: Mapping[str, GateSettings], projects: Mapping[str, GateSettings], known: Collection[str] = ()
) -> dict[str, GateSettings]:
    """Return what is asked of the gates: key by key what the user says, else what the project says."""
    merged = dict(projects)
    for name, mine in users.items():
        if name not in known and name not in projects and mine.model_fields_set == {"enabled"} and not mine.enabled:
            continue  # another project's own gate is switched off
        theirs = projects.get(name, GateSettings()).model_dump(exclude_unset=True)
        merged[name] = GateSettings(**{**theirs, **mine.model_dump(exclude_unset=True)})
    return merged


def specs(
    known: Mapping[str, Known], asked: Mapping[str, GateSettings], where: str, on: Collection[str] = ()
) -> tuple[GateSpec, ...]:
    """Return what is asked of each gate: the defaults, changed by what the project says; raise SettingsError.

    A gate is on when it is in `on`, when its table asks for it, or when it says so itself.
    """
    for name, ask in asked.items():
        if name in known and name != COMMAND:
            continue
        if not ask.command:
            near = nearest(name, {other: 0 for other in known if other != COMMAND})
            raise SettingsError(
                f"{where}: there is no gate {name!r}, and it has no `command` to be one of its own{near}"
            )
        if not NAME.fullmatch(name):
            raise SettingsError(f"{where}: {name!r} is no name for a gate: use small letters, digits, - and _")
    own = {name: known[COMMAND] for name in asked if name not in known and COMMAND in known}
    chosen = []
    for name, (default, options, unasked) in {**known, **own}.items():
        ask = asked.get(name, GateSettings())
        wanted = ask.enabled if ask.enabled is not None else (unasked or name in on or name in asked)
        if name in asked:
            _require_options(name, ask, options, where)
        if wanted:
            spec = _spec(name, default, ask, where)
            if default.name != COMMAND:
                _require_reachable(spec, where)
            chosen.append(spec)
    if not chosen:
        raise SettingsError(f"{where} switches every gate off: leave at least one on")
    return tuple(chosen)


class Known(NamedTuple):
    """A gate as the settings see it."""

    spec: GateSpec
    options: frozenset[str] = frozenset()
    """What may be said of it beside what may be said of every gate."""
    unasked: bool = True
    """Whether it is measured without being asked for."""


COMMAND = "command"
"""The gate that measures for every table that brings a command of its own."""
NAME = re.compile(r"[a-z][a-z0-9_-]{0,39}")


def _require_options(name: str, ask: GateSettings, options: frozenset[str], where: str) -> None:
    for option in sorted(ask.model_fields_set - COMMON - options):
        near = nearest(option, COMMON | options)
        raise SettingsError(f"{where}: the gate {name!r} has no setting {option!r}{near}")
    if ask.regex is not None and ask.json_path is not None:
        raise SettingsError(f"{where}: gates.{name} has both `regex` and `json_path`: keep one")
    for kind, needed, given in (("regex", "regex", ask.regex), ("json", "json_path", ask.json_path)):
        if ask.read == kind and given is None:
            raise SettingsError(f"{where}: gates.{name} reads by {kind} and has no `{needed}`: say what to look for")
    if ask.regex is not None:
        _require_pattern(ask.regex, f"{where}: gates.{name}.regex")
    if ask.command and (not ask.command[0] or any("\0" in word for word in (*ask.command, ask.file or ""))):
        raise SettingsError(f"{where}: gates.{name}.command names no program: the first of its words is one")
    for path in (*ask.files, *ask.trusted, *([ask.file] if ask.file else [])):
        if path.startswith("/") or ".." in Path(path).parts:
            raise SettingsError(f"{where}: gates.{name}: {path!r} leads out of the project: name a place in it")


def _require_pattern(pattern: str, where: str) -> None:
    import regex

    from agents.tools.patterns import compiled

    try:
        compiled(pattern)
    except (regex.error, RecursionError, MemoryError) as error:
        raise SettingsError(f"{where} is no regular expression: {error}") from error


def _require_reachable(spec: GateSpec, where: str) -> None:
    """Refuse a target that no value can meet; what a command of the project's counts is not known here."""
    most = 100.0 if spec.unit.strip() == "%" else None
    if spec.better == "lower" and spec.target < 0:
        raise SettingsError(f"{where}: gates.{spec.name}.target is {spec.target:g}, and there is nothing below 0")
    if spec.better == "higher" and most is not None and spec.target > most:
        raise SettingsError(f"{where}: gates.{spec.name}.target is {spec.target:g}, and there is nothing above 100 %")


def _spec(name: str, default: GateSpec, ask: GateSettings, where: str) -> GateSpec:
    read = ask.read or ("regex" if ask.regex is not None else "json" if ask.json_path is not None else None)
    is_own = default.name == COMMAND
    upwards = read in ("lcov", "cobertura") and is_own
    better = (ask.better if is_own else None) or ("higher" if upwards else default.better)
    if better != default.better and ask.target is None and not upwards:
        raise SettingsError(
            f"{where}: gates.{name} is better the {better} it is and has no `target`: say what is enough"
        )
    said: dict[str, object] = {
        "read": read, "regex": ask.regex, "json_path": ask.json_path, "file": ask.file, "seconds": ask.seconds,
        "trusted": "\n".join(ask.trusted) or None, "files": "\n".join(ask.files) or None, "limit": ask.limit,
        "sample": ask.sample, "counts": None if is_own else ask.better,
    }  # fmt: skip
    return GateSpec(
        name=name,
        better=better,
        target=ask.target if ask.target is not None else 80.0 if upwards else default.target,
        tolerance=default.tolerance if ask.tolerance is None else ask.tolerance,
        ratchet=default.ratchet if ask.ratchet is None else ask.ratchet,
        weight=default.weight,
        unit=ask.unit if ask.unit is not None else " %" if upwards else default.unit,
        command=ask.command,
        options={option: str(value) for option, value in said.items() if value is not None},
    )


def proposal(chosen: Sequence[GateSpec]) -> str:
    """Return a kaizen.toml that says what holds without one."""
    tables = []
    for spec in chosen:
        ratchet = "true" if spec.ratchet else "false"
        numbers = f"target = {spec.target:g}\ntolerance = {spec.tolerance:g}\nratchet = {ratchet}\n"
        tables.append(f"[gates.{spec.name}]  # {spec.better} is better\n{numbers}")
    return "\n".join(tables)
