"""Writes `docs/settings.md` from `director/settings`: `python docs/write_settings.py`."""

from __future__ import annotations

import ast
import inspect
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from pydantic import BaseModel
from pydantic_core import PydanticUndefined

from director.settings import RUN_OPTIONS, ApprovalRule, GateSettings, McpServer, UserFile
from director.settings.files import AllowanceSettings, PriceSettings

ROOT = Path(__file__).resolve().parents[1]

PAGE = """# Settings

<!-- Written by docs/write_settings.py from director/settings; change it there. -->

Nothing has to be set. A flag of the command wins over the environment, that over `$KAIZEN_HOME/.env`, that over
`$KAIZEN_HOME/kaizen.toml`, that over the default. A wrong value or an unknown key ends the command with one line that
names the nearest known key.

## Yours alone

Each stands in `$KAIZEN_HOME/kaizen.toml` under its name, or in the environment or `$KAIZEN_HOME/.env` as
`KAIZEN_<NAME>` (`.env.example` lists them all). Where Kaizen keeps everything is said by `KAIZEN_HOME` alone; without
it, it is the user's data directory (on Linux `$XDG_DATA_HOME/kaizen`, else `~/.local/share/kaizen`).

{yours}
Those marked *each run* may also be chosen anew with `POST /api/v1/runs`, in its `options`.

Keys of providers are taken from the variables they are known by, e.g. `OPENAI_API_KEY`, `GROQ_API_KEY`; a file of
yours that may hold them is `$KAIZEN_HOME/.env`.

These tables stand in `$KAIZEN_HOME/kaizen.toml` alone. What a part of a run may spend, in `[per_iteration]`,
`[per_role]` (each role) and `[per_task]` (each task):

{allowance}
What agents may do, in `[[approvals]]` tables; the first that fits a call decides, and what fits none is decided as
[budgets-and-approvals.md](budgets-and-approvals.md) says:

{approval}
Servers whose tools agents may use, in `[[mcp]]` tables:

{mcp}
What a model costs that nobody knows the price of, in a table `[prices."NAME"]` each; it wins over what is known:

{price}
The target's package installer also sees `PATH`, `HOME`, the proxy and certificate variables, and everything that
begins with `UV_` or `PIP_`. Nothing else of your environment reaches a project's code.

## The project's own

A `kaizen.toml` in the repository says what the project is held to. It is read in the commit a run starts from, as
data: a name above that is yours alone, or `network`, `budget`, `sandbox` and the like, is reported and ignored there.
Beside its gates it may say a `goal`: what a run should achieve, in words.
The same `[gates]` tables in `$KAIZEN_HOME/kaizen.toml` count for every project, and win key by key over the project's.

```toml
[gates.coverage]
target = 90

[gates.types]
enabled = true
```

Of a gate (which there are and their defaults stand in [gates.md](gates.md); what is about commands concerns those that
run one):

{gate}
## The page alone

`python -P -m dashboard.server` serves the page over a data home without any director. It reads `KAIZEN_HOME`,
`KAIZEN_HOST`, `KAIZEN_PORT`, `KAIZEN_ALLOWED_HOSTS` and `KAIZEN_LOG_LEVEL` as above, and `KAIZEN_TOKEN` (a bearer token
for programs; without it a new one is drawn and not shown).
"""


class Setting(NamedTuple):
    """One field, as people see it."""

    name: str
    default: str
    """As it would be typed; empty for none."""
    what: str


def settings_of(model: type[BaseModel]) -> Iterator[Setting]:
    """Yield the fields of a model with the string under each; raise ValueError for one without."""
    said = _strings_under(model)
    for name, field in model.model_fields.items():
        if name not in said:
            raise ValueError(f"{model.__name__}.{name} has no string under it that says what it is")
        yield Setting(name, _typed(field.default), said[name])


def page() -> str:
    """Return `docs/settings.md`."""
    yours = [
        (f"`{one.name}`", _code(one.default), "yes" if one.name in RUN_OPTIONS else "", one.what)
        for one in settings_of(UserFile)
    ]
    return PAGE.format(
        yours=_table(("name", "default", "each run", "what it is"), yours),
        allowance=_table(("name", "default", "what it is"), _of_project(AllowanceSettings, "no limit")),
        approval=_table(("name", "default", "what it is"), _of_project(ApprovalRule, "")),
        mcp=_table(("name", "default", "what it is"), _of_project(McpServer, "")),
        price=_table(("name", "default", "what it is"), _of_project(PriceSettings, "")),
        gate=_table(("name", "without it", "what it is"), _of_project(GateSettings, "the gate's own")),
    )


def _of_project(model: type[BaseModel], without: str) -> list[tuple[str, ...]]:
    return [(f"`{one.name}`", _code(one.default) or without, one.what) for one in settings_of(model)]


def _strings_under(model: type[BaseModel]) -> dict[str, str]:
    body = ast.parse(textwrap.dedent(inspect.getsource(model))).body[0]
    assert isinstance(body, ast.ClassDef)
    said = {}
    for field, after in zip(body.body, body.body[1:], strict=False):
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name) and isinstance(after, ast.Expr):
            said[field.target.id] = str(ast.literal_eval(after.value))
    return said


def _typed(default: object) -> str:
    if default is None or default == () or default is PydanticUndefined:
        return ""
    if isinstance(default, bool):
        return str(default).lower()
    return f"{default:g}" if isinstance(default, float) else str(default)


def _code(text: str) -> str:
    return f"`{text}`" if text else ""


def _table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    return "".join(f"| {' | '.join(row)} |\n" for row in (head, ("---",) * len(head), *rows))


if __name__ == "__main__":
    (ROOT / "docs" / "settings.md").write_text(page(), encoding="utf-8")
