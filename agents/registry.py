"""Finds the roles: one file each in `agents/roles`, and the entry points `kaizen.agents` of other people's packages."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterable, Mapping
from importlib.metadata import EntryPoint, entry_points
from typing import Any, Protocol, TypeGuard

from agents.ports import Agent, AgentError

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
    for place, role in (*_shipped(), *_plugged(entry_points(group=GROUP) if plugins is None else plugins)):
        other = found.get(role.name)
        if other is not None:
            raise Unregistered(f"two roles are called {role.name}, one in {place}: rename or uninstall one")
        found[role.name] = role
    return dict(sorted(found.items()))


def build_agents(roles: Mapping[str, Role], brain_for: Callable[[str], Any]) -> Mapping[str, Agent]:
    """Return one agent per role, each made with the brain that `brain_for` gives for its name."""
    return {name: role(brain_for(name)) for name, role in roles.items()}


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
    return isinstance(getattr(each, "name", None), str) and hasattr(each, "work") and bool(charge_of(each))
