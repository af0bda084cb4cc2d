"""What may stand in the user's `kaizen.toml` and in a repository's, checked key by key."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from ledger.events import Risk


class Strict(BaseModel):
    """A table without unknown keys."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


def _names(stated: Any) -> Any:
    """Take a list as it stands, and a text as names separated by commas."""
    return tuple(name.strip() for name in stated.split(",") if name.strip()) if isinstance(stated, str) else stated


Names = Annotated[tuple[str, ...], BeforeValidator(_names)]


class GateSettings(Strict):
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
    seconds: float | None = Field(default=None, gt=0, le=86400)
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


class RepositoryFile(Strict):
    """What may stand in a repository's kaizen.toml."""

    gates: dict[str, GateSettings] = Field(default_factory=dict)
    goal: str = Field(default="", max_length=20_000)
    """What a run should achieve, in words."""


class UserFile(Strict):
    """What may stand in `$KAIZEN_HOME/kaizen.toml`, each also as `KAIZEN_<NAME>`; `docs/settings.md` shows it."""

    host: str = "127.0.0.1"
    """Address the page is served at."""
    port: int = Field(default=8000, ge=0, le=65535)
    """Port of the page; 0 takes a free one."""
    behind_loopback: bool = False
    """Bind all addresses because the port is published on loopback only, as in a container."""
    allowed_hosts: Names = ()
    """More names the page may be reached under, separated by commas."""
    requests_per_caller: int = Field(default=1200, ge=0)
    """Requests a minute that one session or API key may send; 0 means no limit."""
    requests_per_address: int = Field(default=2400, ge=0)
    """Requests a minute from one address, whoever sends them; 0 means no limit."""
    parallel: int = Field(default=2, ge=1, le=16)
    """How many attempts work at once."""
    iterations: int | None = Field(default=None, ge=1)
    """Most iterations of a run; empty means no limit."""
    minutes: float | None = Field(default=None, gt=0, le=1_000_000)
    """Most minutes of a run; empty means no limit."""
    attempt_seconds: float = Field(default=180.0, gt=0, le=1e9)
    """Seconds one attempt may take."""
    test_seconds: float = Field(default=30.0, ge=1)
    """CPU seconds after which one test counts as never ending; on the clock it is four times as many."""
    seed: int = 1
    """Seed for everything random."""
    deliver: bool = True
    """Add the run's branch to the repository at its end."""
    log_level: str = Field(default="info", pattern="^(debug|info|warning|error)$")
    """Least severe of what is logged: debug, info, warning or error."""
    accept_no_sandbox: bool = False
    """Run the project's code without a sandbox, with your own rights, where none is available."""
    offline: bool = False
    """Make no attempt to fetch the target's dependencies."""
    sandbox_layer: str = Field(default="", pattern="^(bubblewrap|landlock|container|none|)$")
    """The one layer to use: bubblewrap, landlock, container or none; empty takes bubblewrap, else landlock."""
    sandbox_min_level: str = Field(default="bubblewrap", pattern="^(bubblewrap|landlock)$")
    """The least layer whose results may be added to your repository: bubblewrap or landlock."""
    sandbox_image: str = "python:3.11-slim"
    """The image of the container layer; it must be there already."""
    goal: str = Field(default="", max_length=20_000)
    """What a run should achieve, in words; it wins over the project's own."""
    model: Names = ()
    """Models to think with, as litellm names them, separated by commas, the cheapest first; empty: none."""
    api_base: str = Field(default="", pattern="^(https?://.+|)$")
    """Address of a server that speaks like OpenAI's; empty: each provider's own."""
    allow_unknown_price: bool = False
    """Allow models whose price is unknown; their cost then counts as 0."""
    cost: float | None = Field(default=5.0, ge=0)
    """Most USD a run may spend on models."""
    tokens: int | None = Field(default=None, ge=1)
    """Most tokens a run may spend on models; empty means no limit."""
    calls: int | None = Field(default=None, ge=1)
    """Most calls to models of a run; empty means no limit."""
    thinking_seconds: float = Field(default=1800.0, gt=0, le=1e9)
    """Seconds one attempt that thinks with a model may take; waiting for a person does not count."""
    approval_seconds: float = Field(default=86400.0, gt=0)
    """Seconds an approval is waited for; then it counts as denied."""
    record: str = ""
    """File that keeps the answers of models, to be replayed without any."""
    replay: str = ""
    """File of kept answers to take in place of models; nothing is asked of anybody then."""
    langfuse: str = Field(default="", pattern="^(https?://.+|)$")
    """Address of a LangFuse that is shown what models were asked; empty: none is."""
    otlp: str = Field(default="", pattern="^(https?://.+|)$")
    """Address of an OpenTelemetry collector that is told of each call to a model, e.g. `http://localhost:4318`."""
    export_texts: bool = False
    """Show prompts and answers there too, without known secrets, and not only what they took."""


class AllowanceSettings(Strict):
    """What a part of a run may spend: the tables `per_iteration`, `per_role` and `per_task`."""

    cost: float | None = Field(default=None, ge=0)
    """Most USD."""
    tokens: int | None = Field(default=None, ge=1)
    """Most tokens."""
    calls: int | None = Field(default=None, ge=1)
    """Most calls to models."""
    minutes: float | None = Field(default=None, gt=0)
    """Most minutes of waiting for models."""


class ApprovalRule(Strict):
    """One `[[approvals]]` table: what agents may do. The first that fits a call decides."""

    verdict: Literal["allow", "ask", "deny"]
    """Whether the call is carried out, shown to you first, or refused."""
    tool: str = "*"
    """Pattern of the tool's name."""
    path: str = "*"
    """Pattern of the files the call touches; a call without files fits `*` alone."""
    risk: Risk | None = None
    """What the call must risk: read, write, execute, network or deliver."""


class McpServer(Strict):
    """One `[[mcp]]` table: a server whose tools agents may use, under the same rules as all others."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_-]{0,39}$")
    """Stands before the names of its tools."""
    command: tuple[str, ...] = ()
    """Program and arguments of a server on this machine."""
    url: str = Field(default="", pattern="^(https?://.+|)$")
    """Address of a server elsewhere."""
    environment: tuple[str, ...] = ()
    """Names of the variables of your environment that the program may see."""
    risk: Risk = "network"
    """What a call to it risks at least."""
    seconds: float = Field(default=60.0, gt=0)
    """How long a call may take."""

    @model_validator(mode="after")
    def _is_somewhere(self) -> Self:
        if bool(self.command) == bool(self.url):
            raise ValueError("give either `command`, a program on this machine, or `url`, an address")
        return self


class PriceSettings(Strict):
    """One `[prices."NAME"]` table: what a model costs that nobody else knows the price of."""

    input: float = Field(ge=0)
    """USD per million tokens of a prompt."""
    output: float = Field(ge=0)
    """USD per million tokens of an answer."""


class UserTables(Strict):
    """The tables of the user's file; they stand there alone."""

    per_iteration: AllowanceSettings = AllowanceSettings()
    per_role: AllowanceSettings = AllowanceSettings()
    per_task: AllowanceSettings = AllowanceSettings()
    approvals: tuple[ApprovalRule, ...] = ()
    mcp: tuple[McpServer, ...] = ()
    prices: dict[str, PriceSettings] = Field(default_factory=dict)


RUN_OPTIONS = frozenset({
    "iterations", "minutes", "parallel", "seed", "deliver", "goal", "model", "allow_unknown_price", "cost", "tokens",
    "calls",
})  # fmt: skip
"""What may be chosen anew for each run."""
SPENT = ("iterations", "minutes", "cost", "tokens", "calls", "parallel")
"""Options that say how much of something a run may take."""

USERS_OWN = (
    frozenset(UserFile.model_fields) | frozenset(UserTables.model_fields) | {"budget", "network", "sandbox"}
) - frozenset(RepositoryFile.model_fields)
"""Top-level names that only the user may set: found in a repository they are reported and ignored."""
