"""kaizen.toml, the environment and the flags: read once, here only, and checked at the border.

From a repository's `kaizen.toml` only what is about the project itself is taken (`[gates]`): it is data.
Everything that concerns the user's machine or money comes from the user's own file, the environment or a flag.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import platformdirs
from dotenv import dotenv_values

from director.settings.checking import SettingsError, checked, nearest, parsed, read_toml
from director.settings.files import RUN_OPTIONS, SPENT, USERS_OWN, GateSettings, RepositoryFile, UserFile, UserTables
from director.settings.secrets import secrets_named, secrets_of
from ledger.events import Allowance, Budget


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
    variables: Mapping[str, str] = field(default_factory=dict, repr=False)
    """The whole environment, with `$KAIZEN_HOME/.env` beside it: the keys of providers are there."""
    tables: UserTables = field(default_factory=UserTables)
    """What stands in the user's file alone: rules, servers, budgets of parts."""

    @property
    def budget(self) -> Budget:
        """What a run may spend."""
        user, tables = self.user, self.tables
        parts = {name: _allowance(tables, name) for name in ("per_iteration", "per_role", "per_task")}
        return Budget(
            iterations=user.iterations,
            minutes=user.minutes,
            cost=user.cost,
            tokens=user.tokens,
            calls=user.calls,
            unknown_price=user.allow_unknown_price,
            **parts,
        )

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
    goal: str = ""
    """What a run should achieve, in words; data, as all of it."""


def home_of(environment: Mapping[str, str]) -> Path:
    """Return the data home: `KAIZEN_HOME`, else the user's data directory."""
    named = environment.get("KAIZEN_HOME", "")
    home = os.path.expanduser(named) if named else platformdirs.user_data_dir("kaizen")  # noqa: PTH111 - it never raises
    if home.startswith("~"):
        raise SettingsError(f"nobody knows where {home} is on this machine: set KAIZEN_HOME to a directory")
    return Path(home).resolve() if named else Path(home)


def load(environment: Mapping[str, str], overrides: Mapping[str, object] | None = None) -> Settings:
    """Read the user's settings: flags, then `KAIZEN_*`, then `$KAIZEN_HOME/.env`, then `$KAIZEN_HOME/kaizen.toml`."""
    home = home_of(environment)
    beside = _dotenv(home / ".env")
    environment = {**beside, **environment}
    file = home / "kaizen.toml"
    stated = read_toml(file)
    table = stated.get("sandbox")
    if isinstance(table, dict):
        del stated["sandbox"]
        stated |= {f"sandbox_{name}": value for name, value in table.items()}
    said = dict.fromkeys(stated, str(file))
    for name in UserFile.model_fields:
        variable = f"KAIZEN_{name.upper()}"
        if environment.get(variable, "") != "":
            stated[name], said[name] = environment[variable], variable
    chosen = {k: v for k, v in (overrides or {}).items() if v is not None}
    stated, said = stated | chosen, said | {name: f"--{name.replace('_', '-')}" for name in chosen}
    asked = checked(RepositoryFile, {"gates": stated.pop("gates", {})}, str(file)).gates
    tables = {name: stated.pop(name) for name in UserTables.model_fields if name in stated}
    beside_them = frozenset(UserTables.model_fields) | {"gates", "sandbox"}
    user = checked(UserFile, stated, lambda name: said.get(name, str(file)), also=beside_them)
    passed = {
        k: v for k, v in environment.items() if k in PASSED or k.lower() in PASSED or k.startswith(("UV_", "PIP_"))
    }
    others = checked(UserTables, tables, str(file))
    secrets = dict(secrets_of(environment)) | dict(secrets_named({**user.model_dump(), **tables}, environment))
    return Settings(home, user, passed, asked, secrets, variables=environment, tables=others)


def _dotenv(file: Path) -> dict[str, str]:
    """Return the variables a file states; raise SettingsError."""
    try:
        return {name: value for name, value in dotenv_values(file, interpolate=False).items() if value is not None}
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{file} cannot be read ({error}): save it as UTF-8 that you may read") from error


PASSED = frozenset({"PATH", "HOME", "SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"}) | {
    f"{scheme}_proxy" for scheme in ("http", "https", "no", "all")
}


def with_options(settings: Settings, options: Mapping[str, str], *, own: bool = True) -> Settings:
    """Return the settings with the options of one run in force; raise SettingsError for one that is none.

    `own`: the user chose them. Whoever else did may ask for less than the user's settings allow, and for nothing more.
    """
    for name in options:
        if name not in RUN_OPTIONS:
            raise SettingsError(f"a run has no option {name!r}{nearest(name, RUN_OPTIONS)}")
    stated = {**settings.user.model_dump(), **options}
    chosen = checked(UserFile, stated, "the run's options")
    if not own:
        _require_within(chosen, settings.user)
    return replace(settings, user=chosen)


def _require_within(chosen: UserFile, users: UserFile) -> None:
    """Raise SettingsError where somebody asks for more than the user allows."""
    wider = [name for name in SPENT if not _is_within(getattr(chosen, name), getattr(users, name))]
    wider += [name for name in ("deliver", "allow_unknown_price") if getattr(chosen, name) > getattr(users, name)]
    wider += [] if set(chosen.model) <= set(users.model) else ["model"]
    if wider:
        raise SettingsError(f"an API key may not ask for more {wider[0]} than your own settings allow: set it there")


def _is_within(asked: float | None, most: float | None) -> bool:
    return most is None or (asked is not None and asked <= most)


def shown(user: UserFile) -> dict[str, str]:
    """Return the settings in force as they may stand in the ledger; none of them is a secret."""
    return {name: str(value) for name, value in user.model_dump().items() if value is not None}


def read_repository(text: bytes | None, where: str) -> RepositorySettings:
    """Read a repository's kaizen.toml as it stands in the trusted commit; raise SettingsError."""
    if text is None:
        return RepositorySettings({}, (), found=False)
    stated = parsed(text, where)
    ignored = tuple(name for name in stated if name in USERS_OWN)
    rest = {k: v for k, v in stated.items() if k not in USERS_OWN}
    file = checked(RepositoryFile, rest, where)
    return RepositorySettings(file.gates, ignored, found=True, goal=file.goal)


def _allowance(tables: UserTables, name: str) -> Allowance | None:
    """Return what a part may spend, None when nothing is said of it."""
    stated = getattr(tables, name).model_dump(exclude_none=True)
    return Allowance(**stated) if stated else None
