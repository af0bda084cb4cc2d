"""The prompt of each role: one file each in `agents/prompts`, a few words of template and nothing that changes."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import agents

FOLDER = Path(agents.__file__).parent / "prompts"
RULES, GENERAL = "rules", "general"
"""What every role is told, and what one is told that has no file of its own."""


def roles() -> tuple[str, ...]:
    """Return the names of the roles that have a prompt, sorted."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.md") if path.stem not in (RULES, GENERAL)))


def system_prompt(role: str, own: str = "") -> str:
    """Return what a role is told; `own` is the text of a role that the user described.

    That is taken as it stands: it is no template.
    """
    if own:
        return f"{own.strip()}\n\n{_rendered(RULES, '')}"
    return _rendered(role if role in roles() else GENERAL, role)


@lru_cache(maxsize=64)
def _rendered(name: str, role: str) -> str:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    templates = Environment(loader=FileSystemLoader(FOLDER), undefined=StrictUndefined, autoescape=False)
    return templates.get_template(f"{name}.md").render(role=role.replace("_", " ")).strip()
