"""Roles a repository declares as data in `.kaizen/agents/*.toml`: a prompt, tools, and what the work must bring."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import Any, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from agents.brains.conversation.prompts import described
from agents.ports import Nothing, Outcome, Proposal, Workbench
from agents.registry import allowed, find_roles
from agents.roles.toolkits import CHANGE, LOOK, MEASURE, REMEMBER, RUN
from agents.workspace import toml_reading
from agents.workspace.git import Git, GitError
from ledger.events import Task

FOLDER = ".kaizen/agents"
MOST, MOST_BYTES = 20, 32 * 1024
TOO_LARGE = b"#" * (MOST_BYTES + 1)
"""Stands for a file nobody reads."""
HARMLESS = (*LOOK, *REMEMBER, *CHANGE, *RUN, *MEASURE)
"""What a declared role may use at most: tools that read, write the worktree, and run in the sandbox."""
NEVER = frozenset({"model", "models", "api_base", "network", "approvals", "budget", "mcp", "sandbox", "key"})


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    name: str = Field(pattern="^[a-z][a-z0-9_]{1,39}$")
    charge: str = Field(min_length=1, max_length=300)
    prompt: str = Field(min_length=1, max_length=16_000)
    tools: list[str] = Field(default_factory=lambda: ["read_*", "list_*", "search_*"], max_length=40)
    acceptance: Literal["patch", "findings"] = "patch"


class Declared(NamedTuple):
    """The roles of a commit, and why others of it are not taken in."""

    roles: tuple[DeclaredRole, ...]
    refused: tuple[str, ...]


@dataclass
class DeclaredRole:
    """One role as data; it thinks with the user's model, and may do nothing that the user's policy does not allow."""

    name: str
    charge: str
    prompt: str
    """What it is told, the repository's own words between marks."""
    tools: tuple[str, ...]
    acceptance: str
    brain: Any = None
    inputs: tuple[str, ...] = ("a task in words",)
    needs: tuple[str, ...] = ("model",)
    aliases: tuple[str, ...] = ()

    @property
    def outputs(self) -> tuple[str, ...]:
        """What it brings."""
        return (self.acceptance,)

    def thinking_with(self, brain: Any) -> DeclaredRole:
        """Return the role with what thinks for it."""
        return replace(self, brain=brain)

    async def work(self, task: Task, bench: Workbench) -> Outcome:
        """Let the model work by the prompt, the repository's word; tools and policy say what it may do."""
        if bench.thinking is None or self.brain is None:
            return Nothing("a declared role needs a model: connect one by --model or KAIZEN_MODEL")
        outcome: Outcome = await self.brain.work(task, bench)
        if self.acceptance == "findings" and isinstance(outcome, Proposal):
            return Nothing(f"{self.name} reports findings and may not change files")
        return outcome


def declared_in(git: Git, commit: str, prefix: str, offered: Iterable[str]) -> Declared:
    """Return the roles that a trusted commit declares; `offered` are the names of the tools."""
    files = files_of(git, commit, prefix)
    if not files:
        return Declared((), ())
    taken = [name for role in find_roles().values() for name in (role.name, *getattr(role, "aliases", ()))]
    return read_declared(files, taken, offered)


def files_of(git: Git, commit: str, prefix: str) -> dict[str, bytes]:
    """Return the files that declare roles in a commit, by path from the project directory; none when there are none."""
    folder = f"{prefix}/{FOLDER}/" if prefix else f"{FOLDER}/"
    try:
        rows = git.raw("ls-tree", "-z", "--long", commit, "--", folder).split(b"\0")
    except GitError:
        return {}  # there is no such commit yet
    found: dict[str, bytes] = {}
    for row in filter(None, rows):
        about, _, path = row.decode("utf-8", "surrogateescape").partition("\t")
        mode, _, blob, size = about.split()
        if mode.startswith("100") and path.endswith((".toml", ".py")) and len(found) <= 2 * MOST:
            # One that is too large is refused by its size: its bytes stay where they are.
            large = path.endswith(".py") or int(size) > MOST_BYTES
            found[f"{FOLDER}/{path.rpartition('/')[2]}"] = TOO_LARGE if large else git.raw("cat-file", "blob", blob)
    return found


def read_declared(files: Mapping[str, bytes], taken: Iterable[str], offered: Iterable[str]) -> Declared:
    """Return the roles in files of a trusted commit, by path; what is not strictly right is refused with the reason.

    `taken` are names and aliases there are already, `offered` the names of the tools.
    """
    tools = tuple(offered)
    names, roles, refused = set(taken), list[DeclaredRole](), list[str]()
    here = sorted(path for path in files if str(PurePosixPath(path).parent) == FOLDER and path.endswith(".toml"))
    for path in here[:MOST]:
        found = _read(files[path], tools)
        if isinstance(found, str):
            refused.append(f"{path}: {found}")
        elif found.name in names:
            refused.append(f"{path}: there is a role {found.name} already: give it another name")
        else:
            names.add(found.name)
            roles.append(found)
    code = sorted(path for path in files if path.startswith(f"{FOLDER}/") and path.endswith(".py"))
    refused += [
        f"{path}: a repository's own code never runs as an agent: describe a role in TOML" for path in code[:MOST]
    ]
    refused += [f"{path}: more than {MOST} roles are declared: it is left out" for path in here[MOST:]]
    return Declared(tuple(roles), tuple(refused))


def _read(content: bytes, offered: Sequence[str]) -> DeclaredRole | str:
    if len(content) > MOST_BYTES:
        return f"it is larger than {MOST_BYTES // 1024} KiB"
    try:
        stated = toml_reading.loads(content.decode("utf-8"))
        file = _File.model_validate(stated)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        if first["type"] == "extra_forbidden":
            return f"{key} is only yours to set, not a repository's" if key in NEVER else f"unknown key {key}"
        return f"{key}: {first['msg']}"
    except (ValueError, RecursionError) as error:
        return f"it is no TOML: {error}"
    wanted = allowed(file.tools, offered)
    unknown = [name for name in file.tools if "*" not in name and name not in offered]
    if unknown:
        return f"there is no tool {unknown[0]}"
    risky = sorted(set(wanted) - set(allowed(HARMLESS, offered)))
    if risky:
        return f"the tool {risky[0]} leaves the sandbox: a declared role may only read, write and execute"
    prompt = described(file.name, file.prompt)
    return DeclaredRole(file.name, " ".join(file.charge.split()), prompt, wanted, file.acceptance)
