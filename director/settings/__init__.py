"""The settings: what may stand where, and what a run is held to."""

from director.settings.checking import SettingsError
from director.settings.files import (
    RUN_OPTIONS,
    USERS_OWN,
    ApprovalRule,
    GateSettings,
    McpServer,
    UserFile,
    UserTables,
)
from director.settings.gates import Known, proposal, specs, together
from director.settings.reading import (
    RepositorySettings,
    Settings,
    home_of,
    load,
    read_repository,
    shown,
    with_options,
)
from director.settings.secrets import secrets_of

__all__ = [
    "RUN_OPTIONS",
    "USERS_OWN",
    "ApprovalRule",
    "GateSettings",
    "Known",
    "McpServer",
    "RepositorySettings",
    "Settings",
    "SettingsError",
    "UserFile",
    "UserTables",
    "home_of",
    "load",
    "proposal",
    "read_repository",
    "secrets_of",
    "shown",
    "specs",
    "together",
    "with_options",
]
