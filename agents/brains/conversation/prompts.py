"""The prompt of each role: one file each in `agents/prompts`, a few words of template and nothing that changes."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import agents
from agents.ports import AgentError

FOLDER = Path(agents.__file__).parent / "prompts"
RULES = "rules"
"""What every role is told; no role by itself."""


class NoPrompt(AgentError):
    """A role cannot think with a model: nobody wrote down what it is told."""


def roles() -> tuple[str, ...]:
    """Return the names of the roles that have a prompt, sorted."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.md") if path.stem != RULES))


def system_prompt(role: str, own: str = "") -> str:
    """Return what a role is told; `own` is the text of a role that is described as data. Raise NoPrompt.

    A user's text is taken as it stands: it is no template.
    """
    if own:
        return f"{own.strip()}\n\n{_rendered(RULES)}"
    if role not in roles():
        raise NoPrompt(f"the role {role} has no prompt: write agents/prompts/{role}.md, or give it one as text")
    return _rendered(role)


@lru_cache(maxsize=64)
def _rendered(name: str) -> str:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    templates = Environment(loader=FileSystemLoader(FOLDER), undefined=StrictUndefined, autoescape=False)
    return templates.get_template(f"{name}.md").render().strip()
