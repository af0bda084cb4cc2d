"""kaizen.toml, the environment and the flags: read once, here only, and checked at the border.

From a repository's `kaizen.toml` only what is about the project itself is taken (`[gates]`): it is data.
Everything that concerns the user's machine or money comes from the user's own file, the environment or a flag.
"""

from __future__ import annotations

import contextlib
import difflib
import re
import tomllib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal, NamedTuple, TypeVar
from urllib.parse import unquote, urlsplit

import platformdirs
from dotenv import dotenv_values
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ledger.events import GateSpec


class SettingsError(Exception):
    """A setting is wrong; the message is one line that says where, what and what to do."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class GateSettings(_Strict):
    """What a project asks of one gate."""

    target: float | None = None
    """The value that meets the gate."""
    tolerance: float | None = Field(default=None, ge=0)
    """How far the gate, while it is not met, may move away from its target."""
    ratchet: bool | None = None
    """Whether the gate may not move away from its target at all."""
    enabled: bool | None = None
    """Whether the gate is measured; a gate that is only measured when asked for is asked for by its table."""
    command: tuple[str, ...] = ()
    """Program and arguments, run in a throw-away copy. A table of another name with a command is a gate of its own."""
    read: Literal["exit", "regex", "json", "sarif", "junit", "lcov", "cobertura", "axe"] | None = None
    """How the command's value is read; without it by `regex` or `json_path` where one is given, else by exit status."""
    regex: str | None = None
    """Finds the number in the output: its last match, group `value` or the first group."""
    json_path: str | None = None
    """Where the number stands in JSON: `totals.errors`, `[*].count` (the sum), `items.length`."""
    file: str | None = None
    """The report the command writes, relative to the project; without it the report is what it prints."""
    better: Literal["higher", "lower"] | None = None
    """Whether more is better, for a command: `higher` for coverage reports, else `lower`."""
    unit: str | None = None
    """What is shown behind the value of a command."""
    seconds: float | None = Field(default=None, gt=0)
    """How long the command may take: 600."""
    trusted: tuple[str, ...] = ()
    """Globs of files that always come from the commit the run started from: tests, scripts, configuration."""
    files: tuple[str, ...] = ()
    """Globs of the built files whose size is measured."""
    limit: int | None = Field(default=None, ge=1)
    """Complexity over which a function counts; tokens from which code counts as standing there twice."""
    sample: int | None = Field(default=None, ge=1, le=5000)
    """How many faults are drawn and tried."""


COMMON = frozenset({"target", "tolerance", "ratchet", "enabled"})
"""What may be said of every gate."""


class RepositoryFile(_Strict):
    """What may stand in a repository's kaizen.toml."""

    gates: dict[str, GateSettings] = Field(default_factory=dict)


class UserFile(_Strict):
    """What may stand in `$KAIZEN_HOME/kaizen.toml`, each also as `KAIZEN_<NAME>`; `docs/settings.md` shows it."""

    host: str = "127.0.0.1"
    """Address the page is served at."""
    port: int = Field(default=8000, ge=0, le=65535)
    """Port of the page; 0 takes a free one."""
    behind_loopback: bool = False
    """Bind all addresses because the port is published on loopback only, as in a container."""
    allowed_hosts: tuple[str, ...] = ()
    """More names the page may be reached under, separated by commas."""
    parallel: int = Field(default=2, ge=1, le=16)
    """How many attempts work at once."""
    iterations: int | None = Field(default=None, ge=1)
    """Most iterations of a run; empty means no limit."""
    minutes: float | None = Field(default=None, gt=0)
    """Most minutes of a run; empty means no limit."""
    attempt_seconds: float = Field(default=180.0, gt=0)
    """Seconds one attempt may take."""
    test_seconds: float = Field(default=30.0, ge=1)
    """CPU seconds after which one test counts as never ending; on the clock it is four times as many."""
    seed: int = 1
    """Seed of everything that is drawn by chance."""
    deliver: bool = True
    """Add the run's branch to the repository at its end."""
    log_level: str = Field(default="info", pattern="^(debug|info|warning|error)$")
    """Least severe of what is logged: debug, info, warning or error."""
    accept_no_sandbox: bool = False
    """Run the project's code without a sandbox, with your own rights, where none can be had."""
    offline: bool = False
    """Make no attempt to fetch the target's dependencies."""
    sandbox_layer: str = Field(default="", pattern="^(bubblewrap|landlock|container|none|)$")
    """The one layer to use: bubblewrap, landlock, container or none; empty takes bubblewrap, else landlock."""
    sandbox_min_level: str = Field(default="bubblewrap", pattern="^(bubblewrap|landlock)$")
    """The least layer whose results may be added to your repository: bubblewrap or landlock."""
    sandbox_image: str = "python:3.11-slim"
    """The image of the container layer; it must be there already."""


RUN_OPTIONS = frozenset({"iterations", "minutes", "parallel", "seed", "deliver"})
"""What may be chosen anew for each run."""

_File = TypeVar("_File", bound=BaseModel)

USERS_OWN = frozenset(UserFile.model_fields) | {"model", "api_base", "budget", "network", "sandbox", "approvals", "mcp"}
"""Top-level names that only the user may set: found in a repository they are reported and ignored."""


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of this machine's user."""

    home: Path
    user: UserFile
    environment: Mapping[str, str]
    """What of the process environment the target's package installer may see (proxies, indexes, certificates)."""
    gates: Mapping[str, GateSettings] = field(default_factory=dict)
    """What the user asks of the gates of every project; it wins over what a project says."""
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    """What must not be kept, logged or shown, by name."""

    def on_any_port(self) -> Settings:
        """Return the same with a port that the system chooses, for a command of a moment."""
        user = self.user.model_copy(update={"port": 0, "host": "127.0.0.1", "behind_loopback": False})
        return replace(self, user=user)


@dataclass(frozen=True, slots=True)
class RepositorySettings:
    """What a repository asks for, and what of it was ignored."""

    gates: Mapping[str, GateSettings]
    ignored: tuple[str, ...]
    """Names that only the user may set."""
    found: bool


def home_of(environment: Mapping[str, str]) -> Path:
    """Return the data home: `KAIZEN_HOME`, else the user's data directory."""
    named = environment.get("KAIZEN_HOME", "")
    return Path(named).expanduser().resolve() if named else Path(platformdirs.user_data_dir("kaizen"))


def load(environment: Mapping[str, str], overrides: Mapping[str, object] | None = None) -> Settings:
    """Read the user's settings: flags, then `KAIZEN_*`, then `$KAIZEN_HOME/.env`, then `$KAIZEN_HOME/kaizen.toml`."""
    home = home_of(environment)
    beside = dotenv_values(home / ".env", interpolate=False)
    environment = {**{k: v for k, v in beside.items() if v is not None}, **environment}
    file = home / "kaizen.toml"
    stated: dict[str, Any] = _parsed(file.read_text("utf-8"), str(file)) if file.is_file() else {}
    table = stated.get("sandbox")
    if isinstance(table, dict):
        del stated["sandbox"]
        stated |= {f"sandbox_{name}": value for name, value in table.items()}
    for name in UserFile.model_fields:
        variable = f"KAIZEN_{name.upper()}"
        if environment.get(variable, "") != "":
            text = environment[variable]
            stated[name] = text.split(",") if name == "allowed_hosts" else text
    stated |= {k: v for k, v in (overrides or {}).items() if v is not None}
    asked = _checked(RepositoryFile, {"gates": stated.pop("gates", {})}, str(file)).gates
    user = _checked(UserFile, stated, str(file))
    passed = {
        k: v for k, v in environment.items() if k in PASSED or k.lower() in PASSED or k.startswith(("UV_", "PIP_"))
    }
    return Settings(home, user, passed, asked, dict(secrets_of(environment)))


def secrets_of(environment: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield the variables whose name says that they are secret, and passwords that stand in addresses."""
    for name, value in environment.items():
        if SECRET_NAME.search(name) and not value.startswith(("/", "./", "~")):
            yield name, value
        elif "://" in value:
            with contextlib.suppress(ValueError):
                password = urlsplit(value).password
                if password:
                    yield name, unquote(password)


SECRET_NAME = re.compile(
    r"(?:KEY|TOKEN|SECRET|PASSW(?:OR)?D|PASSPHRASE|CREDENTIALS?|PAT|COOKIE)S?(?:_|\d|$)", re.IGNORECASE
)
PASSED = frozenset({"PATH", "HOME", "SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"}) | {
    f"{scheme}_proxy" for scheme in ("http", "https", "no", "all")
}


def with_options(settings: Settings, options: Mapping[str, str]) -> Settings:
    """Return the settings with the options of one run in force; raise SettingsError for one that is none."""
    for name in options:
        if name not in RUN_OPTIONS:
            raise SettingsError(f"a run has no option {name!r}{_nearest(name, RUN_OPTIONS)}")
    stated = {**settings.user.model_dump(), **options}
    return replace(settings, user=_checked(UserFile, stated, "the run's options"))


def shown(user: UserFile) -> dict[str, str]:
    """Return the settings in force as they may stand in the ledger; none of them is a secret."""
    return {name: str(value) for name, value in user.model_dump().items() if value is not None}


def read_repository(text: bytes | None, where: str) -> RepositorySettings:
    """Read a repository's kaizen.toml as it stands in the trusted commit; raise SettingsError."""
    if text is None:
        return RepositorySettings({}, (), found=False)
    try:
        stated = _parsed(text.decode("utf-8"), where)
    except UnicodeDecodeError as error:
        raise SettingsError(f"{where} is not UTF-8 (byte {error.start}): save it as UTF-8") from error
    ignored = tuple(name for name in stated if name in USERS_OWN)
    rest = {k: v for k, v in stated.items() if k not in USERS_OWN}
    file = _checked(RepositoryFile, rest, where)
    return RepositorySettings(file.gates, ignored, found=True)


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
            near = _nearest(name, {other: 0 for other in known if other != COMMAND})
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
            chosen.append(_spec(name, default, ask, where))
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
        near = _nearest(option, COMMON | options)
        raise SettingsError(f"{where}: the gate {name!r} has no setting {option!r}{near}")
    if ask.regex is not None and ask.json_path is not None:
        raise SettingsError(f"{where}: gates.{name} has both `regex` and `json_path`: keep one")
    for kind, needed, given in (("regex", "regex", ask.regex), ("json", "json_path", ask.json_path)):
        if ask.read == kind and given is None:
            raise SettingsError(f"{where}: gates.{name} reads by {kind} and has no `{needed}`: say what to look for")
    for path in (*ask.files, *ask.trusted, *([ask.file] if ask.file else [])):
        if path.startswith("/") or ".." in Path(path).parts:
            raise SettingsError(f"{where}: gates.{name}: {path!r} leads out of the project: name a place in it")


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


def _parsed(text: str, where: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{where} is not valid TOML: {error}") from error


def _checked(model: type[_File], stated: Mapping[str, Any], where: str) -> _File:
    try:
        return model.model_validate(stated)
    except ValidationError as error:
        first = error.errors()[0]
        place = [str(part) for part in first["loc"]]
        name = ".".join(place)
        if first["type"] == "extra_forbidden":
            raise SettingsError(
                f"{where}: unknown key {name!r}{_nearest(place[-1], _keys(model, place[:-1]))}"
            ) from error
        raise SettingsError(f"{where}: {name}: {first['msg']}, not {first['input']!r}") from error


def _keys(model: type[BaseModel], place: list[str]) -> frozenset[str]:
    """Return the keys that may stand at a place of a file; a step through a table of named gates counts as one."""
    for part in place:
        field = model.model_fields.get(part)
        kind = GateSettings if field is None else field.annotation
        model = kind if isinstance(kind, type) and issubclass(kind, BaseModel) else model
    return frozenset(model.model_fields)


def _nearest(name: str, known: Mapping[str, object] | frozenset[str]) -> str:
    close = difflib.get_close_matches(name, list(known), n=1, cutoff=0.5)
    return f"; did you mean {close[0]!r}?" if close else f"; known are {', '.join(sorted(known))}"
