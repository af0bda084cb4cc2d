"""Who works on a project: the agents, what they think with, the tools they have, and what they may do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from agents.brains.classical import ClassicalBrain
from agents.brains.conversation import prompts
from agents.brains.conversational import ConversationalBrain
from agents.ports import Agent, Knowledge, Policy, Rule, SandboxLevel, Target, Technique, Tool
from agents.registry import allowed, build_agents, card_of, charge_of, find_roles, lacking
from agents.roles.declared import DeclaredRole, declared_in
from agents.techniques.dead_code import UnusedCode
from agents.techniques.lint import LintFixes
from agents.techniques.recall import ProvenFix
from agents.techniques.repair import TemplateRepair
from agents.techniques.structure import Structure
from agents.techniques.testgen import Characterise
from agents.tools.found import find_tools
from agents.tools.mcp import Servers
from agents.tools.target import own_ruff
from agents.workspace.mirror import SOURCE, Mirror
from director.executors.outside import servers_of, why_not_delivered
from director.executors.thinking import Minds
from director.gates.lint import lint_arguments
from director.lines import Lines
from director.settings import Settings
from ledger.events import RoleCard

QUICK_REPAIR = 30.0
"""Seconds of the first search for a failing test: most that can be mended is mended sooner, and then others differ."""


def policy_of(settings: Settings) -> Policy:
    """Return what the user lets tools do without asking."""
    rules = (Rule(rule.verdict, rule.tool, rule.path, rule.risk) for rule in settings.tables.approvals)
    return Policy(rules=tuple(rules))


def cards_of(settings: Settings, agents: Iterable[Agent]) -> tuple[RoleCard, ...]:
    """Return what people are told of the agents, and why one cannot work."""
    lacks = lacking(model=bool(settings.user.model or settings.user.replay))
    return tuple(card_of(agent, lacks) for agent in agents)


def minds_of(
    settings: Settings, lines: Lines, learned: Knowledge, mirror: Mirror, prefix: str, level: SandboxLevel
) -> Minds:
    """Return what makes agents that think with a model, each when it is asked for."""
    roles, tools = find_roles(), find_tools()

    def declared(name: str) -> DeclaredRole | None:
        every = declared_in(mirror.git, SOURCE, prefix, tools).roles
        return next((role for role in every if role.name == name), None)

    def those(role: str) -> Mapping[str, Tool]:
        known = roles.get(role) or declared(role)
        return {name: tools[name] for name in allowed(getattr(known, "tools", ()), tools)}

    def agent(role: str) -> Agent | None:
        if role not in roles:
            data = declared(role)
            return data.thinking_with(ConversationalBrain(role, prompt=data.prompt)) if data else None
        made = roles[role](ConversationalBrain(role, prompt=_own_words(roles[role], role)))
        if hasattr(made, "meet"):
            made.meet({name: other for name in roles if name != role and (other := agent(name)) is not None})
        return made

    return Minds(
        agent=agent,
        tools=those,
        calls=lines.calls,
        rules=policy_of(settings).rules,
        waits=settings.user.approval_seconds,
        seconds=settings.user.thinking_seconds,
        knowledge=learned,
        prefix=prefix,
        closed=why_not_delivered(level, settings.user),
        servers=Servers(servers_of(settings)) if settings.tables.mcp else None,
    )


def classical_agents() -> Mapping[str, Agent]:
    """Return one agent of each role with its techniques, the cheapest first."""
    ruff = own_ruff()
    techniques: dict[str, tuple[Technique, ...]] = {
        "coder": (LintFixes(ruff, _lint_arguments), UnusedCode(ruff, _lint_arguments)),
        "debugger": (ProvenFix(), TemplateRepair("quick_repair", most=QUICK_REPAIR, parts="last")),
        "tester": (Characterise(),),
        "architect": (Structure(),),
    }
    patient: dict[str, tuple[Technique, ...]] = {"debugger": (TemplateRepair("patient_repair", parts="any"),)}
    return build_agents(find_roles(), lambda role: ClassicalBrain(techniques.get(role, ()), patient.get(role, ())))


def _lint_arguments(target: Target) -> tuple[str, ...]:
    return lint_arguments(target.project, target.root)


def _own_words(role: Any, name: str) -> str:
    """Return what a role is told that brings no prompt of its own: what it is there for."""
    return "" if name in prompts.roles() else charge_of(role)
