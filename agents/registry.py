"""Finds the roles: one file each in `agents/roles`, and the entry points `kaizen.agents` of other people's packages."""

from __future__ import annotations

import importlib
import importlib.util
import inspect
import pkgutil
import shutil
from collections.abc import Callable, Iterable, Mapping
from fnmatch import fnmatchcase
from importlib.metadata import EntryPoint, entry_points
from typing import Any, Protocol, TypeGuard

from agents.ports import Agent, AgentError
from ledger.events import RoleCard

ROLES = "agents.roles"
GROUP = "kaizen.agents"


class Role(Protocol):
    """A class of agents: has a name, a docstring, and is made with a brain."""

    name: str

    def __call__(self, brain: Any, /) -> Agent:
        """Return the agent of this role that thinks with this brain."""
        ...


class Unregistered(AgentError):
    """A role cannot be taken in: its file does not load, or its name is taken."""


def find_roles(plugins: Iterable[EntryPoint] | None = None) -> Mapping[str, Role]:
    """Return every role by name, sorted; raise Unregistered when two share one.

    `plugins` are the entry points to ask, the installed ones of the group when None.
    """
    found: dict[str, Role] = {}
    called: dict[str, str] = {}
    for place, role in (*_shipped(), *_plugged(entry_points(group=GROUP) if plugins is None else plugins)):
        other = found.get(role.name)
        if other is not None:
            raise Unregistered(f"two roles are called {role.name}, one in {place}: rename or uninstall one")
        found[role.name] = role
        for alias in getattr(role, "aliases", ()):
            other_name = called.setdefault(alias, role.name)
            if other_name != role.name:
                raise Unregistered(f"{role.name} and {other_name} are both called {alias}: rename one")
    for alias, name in called.items():
        if alias in found:
            raise Unregistered(f"{name} is called {alias} too, and there is a role {alias}: rename one")
    return dict(sorted(found.items()))


def build_agents(roles: Mapping[str, Role], brain_for: Callable[[str], Any]) -> Mapping[str, Agent]:
    """Return one agent per role, each made with the brain that `brain_for` gives for its name."""
    agents = {name: role(brain_for(name)) for name, role in roles.items()}
    for agent in agents.values():
        if hasattr(agent, "meet"):
            agent.meet(agents)  # it works with the others
    return agents


def card_of(role: Any, lacks: Callable[[str], str], brain: str = "classical") -> RoleCard:
    """Return a role's line of the capability matrix; `lacks` says why a need is not met, or nothing."""
    why_not = [why for need in getattr(role, "needs", ()) if (why := lacks(need))]
    return RoleCard(
        name=role.name,
        charge=getattr(role, "charge", "") or charge_of(role if inspect.isclass(role) else type(role)),
        brain=brain,
        inputs=tuple(getattr(role, "inputs", ())),
        outputs=tuple(getattr(role, "outputs", ())),
        needs=tuple(getattr(role, "needs", ())),
        tools=tuple(getattr(role, "tools", ())),
        aliases=tuple(getattr(role, "aliases", ())),
        available=not why_not,
        why_not="; ".join(why_not),
    )


def lacking(*, model: bool) -> Callable[[str], str]:
    """Return what says whether a need is met on this machine: `model`, else a program or a Python package."""

    def why(need: str) -> str:
        if need == "model":
            return "" if model else "no model is connected: name one by --model or KAIZEN_MODEL"
        if shutil.which(need) or (need.isidentifier() and importlib.util.find_spec(need) is not None):
            return ""
        return f"{need} is not installed"

    return why


def called(cards: Iterable[RoleCard], name: str) -> RoleCard | None:
    """Return the role of a name, which may be another name of it; None when there is none."""
    every = tuple(cards)
    by_name = next((card for card in every if card.name == name), None)
    return by_name or next((card for card in every if name in card.aliases), None)


def allowed(tools: Iterable[str], offered: Iterable[str]) -> tuple[str, ...]:
    """Return the offered tools that a role may use, by the names and globs of its card."""
    patterns = tuple(tools)
    return tuple(name for name in offered if any(fnmatchcase(name, pattern) for pattern in patterns))


def charge_of(role: type) -> str:
    """Return what a role is there for: the first paragraph of its docstring, on one line."""
    return " ".join((inspect.getdoc(role) or "").split("\n\n")[0].split())


def _shipped() -> Iterable[tuple[str, Role]]:
    package = importlib.import_module(ROLES)
    for module in sorted(each.name for each in pkgutil.iter_modules(package.__path__, f"{ROLES}.")):
        for _, each in inspect.getmembers(importlib.import_module(module), inspect.isclass):
            if each.__module__ == module and _is_role(each):
                yield module, each


def _plugged(plugins: Iterable[EntryPoint]) -> Iterable[tuple[str, Role]]:
    for plugin in sorted(plugins, key=lambda each: (each.name, each.value)):
        try:
            role = plugin.load()
        except (ImportError, AttributeError) as error:
            raise Unregistered(f"the role {plugin.value} does not load ({error}): repair or uninstall it") from error
        if not (inspect.isclass(role) and _is_role(role)):
            raise Unregistered(f"{plugin.value} is no role: it needs a name, a docstring and work(task, bench)")
        yield plugin.value, role


def _is_role(each: type) -> TypeGuard[Role]:
    whole = isinstance(getattr(each, "name", None), str) and hasattr(each, "work") and bool(charge_of(each))
    return whole and not inspect.isabstract(each)
