"""kaizen.toml, the environment and the flags: read once, here only, and checked at the border.

From a repository's `kaizen.toml` only what is about the project itself is taken (`[gates]`): it is data.
Everything that concerns the user's machine or money comes from the user's own file, the environment or a flag.
"""

from __future__ import annotations

import contextlib
import difflib
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar
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
    enabled: bool = True
    """Whether the gate is measured."""


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
    user = _checked(UserFile, stated, str(file))
    passed = {
        k: v for k, v in environment.items() if k in PASSED or k.lower() in PASSED or k.startswith(("UV_", "PIP_"))
    }
    return Settings(home, user, passed, dict(secrets_of(environment)))


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


def specs(defaults: Mapping[str, GateSpec], asked: Mapping[str, GateSettings], where: str) -> tuple[GateSpec, ...]:
    """Return what is asked of each gate: the defaults, changed by what the project says; raise SettingsError."""
    for name in asked:
        if name not in defaults:
            raise SettingsError(f"{where}: there is no gate {name!r}{_nearest(name, defaults)}")
    chosen = []
    for name, default in defaults.items():
        ask = asked.get(name, GateSettings())
        if not ask.enabled:
            continue
        chosen.append(
            GateSpec(
                name=name,
                better=default.better,
                target=default.target if ask.target is None else ask.target,
                tolerance=default.tolerance if ask.tolerance is None else ask.tolerance,
                ratchet=default.ratchet if ask.ratchet is None else ask.ratchet,
                weight=default.weight,
                unit=default.unit,
            )
        )
    if not chosen:
        raise SettingsError(f"{where} switches every gate off: leave at least one on")
    return tuple(chosen)


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
