"""Writes the pages of this folder that come from the code: `python -P docs/write.py`; a test fails for a stale one."""

from __future__ import annotations

import ast
import inspect
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import typer

from agents.models.faults import FOLLOWS
from agents.models.faulty import FAULTS
from agents.ports import Tool
from agents.registry import card_of, find_roles, lacking
from agents.tools.found import find_tools, schema_of, told
from director.cli import app
from director.gates.defaults import table
from ledger.events import AnyEvent, Risk

HERE = Path(__file__).parent
WRITTEN = "<!-- Written by `python -P docs/write.py`. -->\n"


def pages() -> dict[str, str]:
    """Return every generated page by its name."""
    return {
        "cli.md": commands(),
        "events.md": events(),
        "gates.md": gates(),
        "roles.md": roles(),
        "models.md": models(),
        "tools.md": tools(),
    }


def commands() -> str:
    """Return the page of the command line."""
    root: Any = typer.main.get_command(app)
    parts = [WRITTEN, "# The kaizen command\n", f"{root.help}\n", EXITS]
    for name, command in root.commands.items():
        parts.append(_command(name, command))
    return "\n".join(parts)


EXITS = """\
Exit status: 0 completed, 1 internal error, 2 bad usage or unusable repository, 3 stalled, 4 exhausted, 5 stopped,
6 completed but the branch could not be added, 130 on Ctrl-C. What went wrong is one line on standard error. `--json`
writes JSON on standard output and nothing else.
"""


def _command(name: str, command: Any) -> str:
    shown = [p for p in command.params if not getattr(p, "hidden", False) and p.name != "help"]
    places = "".join(f" {p.opts[0]} …" for p in shown if p.required and p.param_type_name == "option")
    names = [((p.name or "").upper(), p.required) for p in shown if p.param_type_name == "argument"]
    places += "".join(f" {name}" if required else f" [{name}]" for name, required in names)
    rows = [f"| {_written(p)} | {_meaning(p)} |\n" for p in shown]
    told = inspect.cleandoc(command.help or "")
    table_ = "".join(["| | |\n| --- | --- |\n", *rows]) if rows else ""
    return f"## kaizen {name}\n\n    kaizen {name}{places}\n\n{told}\n\n{table_}"


def _written(parameter: Any) -> str:
    if parameter.param_type_name == "argument":
        return f"`{(parameter.name or '').upper()}`"
    return ", ".join(f"`{word}`" for word in (*parameter.opts, *parameter.secondary_opts))


def _meaning(parameter: Any) -> str:
    return str(getattr(parameter, "help", "") or "").replace("|", "\\|")


def events() -> str:
    """Return the page of the ledger's vocabulary."""
    parts = [WRITTEN, "# Events\n", ABOUT_EVENTS]
    kinds = get_args(AnyEvent)
    modules = dict.fromkeys(inspect.getmodule(kind) for kind in kinds)
    for module in modules:
        assert module is not None and module.__doc__, "every room says what it is"
        title = module.__doc__.removeprefix("PURE: ").strip().splitlines()[0].rstrip(".")
        parts.append(f"## {title[0].upper()}{title[1:]}\n")
        tree = ast.parse(inspect.getsource(module))
        described = {node.name: node for node in tree.body if isinstance(node, ast.ClassDef)}
        parts += [_event(described[kind.__name__]) for kind in kinds if inspect.getmodule(kind) is module]
    return "\n".join(parts)


ABOUT_EVENTS = """\
Everything that happens is one of these facts, appended to a project's ledger and never changed. Outside (`--json`, the
API, the stream) each is one flat object: `position`, `at`, `kind`, `run`, `stream`, `actor`, and the fields below;
fields that have a default are left out when they are at it.
"""


def _event(node: ast.ClassDef) -> str:
    rows = "".join(f"| `{name}` | `{kind}` | {told} |\n" for name, kind, told in _fields(node))
    return f"### {node.name}\n\n{ast.get_docstring(node)}\n\n| field | type | |\n| --- | --- | --- |\n{rows}"


def _fields(node: ast.ClassDef) -> Iterator[tuple[str, str, str]]:
    """Yield name, type and meaning; the meaning is the string under the field."""
    for field, after in zip(node.body, [*node.body[1:], None], strict=True):
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name):
            told = ""
            if isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant):
                told = " ".join(str(after.value.value).split())
            yield field.target.id, ast.unparse(field.annotation).replace("|", "\\|"), told


def gates() -> str:
    """Return the page of the gates: its own words, with the table as it is."""
    return _with_table((HERE / "gates.md").read_text("utf-8"), "| gate |", table())


def models() -> str:
    """Return the page of the models: its own words, with what follows from each fault as it is."""
    page = (HERE / "models.md").read_text("utf-8")
    faults = (
        f"| `{kind}` | {follow.tries} | {'yes' if follow.elsewhere else 'no'} | {follow.told} |\n"
        for kind, follow in FOLLOWS.items()
    )
    page = _with_table(page, "| fault |", "".join([FAULT_HEAD, *faults]))
    wires = (f"| `{name}` | {fault.told} | `{fault.kind}` |\n" for name, fault in FAULTS.items())
    return _with_table(page, "| name | what goes", "".join([WIRE_HEAD, *wires]))


FAULT_HEAD = "| fault | tries in a row | another model | what it means |\n| --- | --- | --- | --- |\n"
WIRE_HEAD = "| name | what goes over the wire | is read as |\n| --- | --- | --- |\n"


def _with_table(page: str, head: str, rows: str) -> str:
    lines = page.splitlines(keepends=True)
    first = next(i for i, line in enumerate(lines) if line.startswith(head))
    last = next(i for i in range(first, len(lines) + 1) if i == len(lines) or not lines[i].startswith("|"))
    return "".join([*lines[:first], rows, *lines[last:]])


def tools() -> str:
    """Return the page of the tools: what each is told to be for, takes, risks and touches."""
    found = find_tools(())
    rows = "".join(
        f"| [`{name}`](#{name}) | {_first(told(type(tool)))} | {_risks(tool)} |\n" for name, tool in found.items()
    )
    parts = [WRITTEN, "# Tools\n", ABOUT_TOOLS, f"| tool | | risk |\n| --- | --- | --- |\n{rows}"]
    return "\n".join([*parts, *(_tool(tool) for tool in found.values())])


ABOUT_TOOLS = """\
What an agent that thinks with a model can do. A call goes through five stages; each can veto, and each is an event of
the attempt: its arguments must fit the *schema*; the *policy* allows, asks or denies; a person's *approval* is waited
for, days if need be, and holds nothing meanwhile; it *runs* in the sandbox with a limit; its *result* is told, cut to
head and tail when it is long, the rest one call of `read_result` away.

- **Risk** is computed from the call: `read` looks, `write` changes the private worktree, `execute` runs the project's
  code in the sandbox, `network` leaves the sandbox, `deliver` changes something outside. What a model says of its call
  decides nothing.
- **Policy**: read, write and execute are allowed, network and deliver ask. Your rules come before: the first that fits
  a file decides it, the strictest of a call's files decides the call. Files that your own programs run by themselves
  (`.git`, CI, editors, shells), `kaizen.toml`, `.kaizen/` and keys are never written, whatever the rules say.
- **Approval** is bound to the hash of tool, arguments and tree. Edited arguments go by schema and policy as well.
- **Independent calls run together**; calls that touch the same things run in the order they were asked for.
- **Nothing is done twice**: what ended is answered from the ledger after a restart; a call that reached outside and has
  no known end is not begun again by itself.
- **Edits** are taken in every shape models write: old and new text, SEARCH/REPLACE blocks, unified diffs, patches,
  two texts of which one shall become the other, whole files below their name or with it as a comment, JSON, tags. All
  of an answer's edits are made or none. What is not in the file to the letter is placed only when there is one place
  for it, a diff also where lines around its change are others by now; else the nearest real lines are told, or the file
  that has them. Examples, quotations, drafts and texts as they were before are not applied, and of alternatives none. A
  text that is put at some line is no whole file, nor is one below a file's name that has little of it or stubs where
  it has code. An edit that later words take back is left out when another edit of the same lines stands for it. Where
  an answer can be read in two ways that differ it is refused: an edit taken back for one of another place, two that
  change one place with no word between them, a file that is shown otherwise than the edits make it, a text that may end
  at another fence. A file that is deleted by its lines must have these. Encoding, line ends, the end of the file and
  its mode stay.
- **Paths**: an absolute path of another machine, `/testbed/src/a.py`, means the one place of the project it can be, for
  a new file too; a command that first goes to such a folder goes there. Under a path in a folder of the machine, such
  as `/tmp`, no whole file is written; a file is deleted or moved under its whole path alone.
- A model without tool calls of its own writes them into its text: JSON, tags, actions, calls of functions, the marks of
  its template. They are read where they have one reading; what is made up behind them as their outcome is not.
- Names of tools and arguments that models know from elsewhere are read as ours; arguments that are nearly JSON as JSON.
  A command written as text, or under another tool's name, keeps what it writes; `run_command` keeps it when asked.

How to add one: [adding-a-tool.md](adding-a-tool.md).
"""


def _tool(tool: Tool) -> str:
    schema = schema_of(tool)
    needed = schema.parameters.get("required", ())
    rows = [
        f"| `{name}` | {'' if name in needed else 'may be left out'} | {(field.description or '').replace('`', '')} |\n"
        for name, field in tool.arguments.model_fields.items()
    ]
    table_ = "".join(["| argument | | |\n| --- | --- | --- |\n", *rows]) if rows else "It takes no arguments.\n"
    touches = inspect.getdoc(type(tool).resources) or ""
    about = schema.description.replace("`", "")  # its examples name files that are nobody's
    return f"## {tool.name}\n\n{about}\n\nRisk: {_risks(tool)}. Touches: {touches}\n\n{table_}"


def _risks(tool: Tool) -> str:
    """Return the risks a call may have, as they stand in the code that computes them."""
    source = inspect.getsource(type(tool).risk)
    return " or ".join(f"`{word}`" for word in get_args(Risk) if f'"{word}"' in source)


def _first(text: str) -> str:
    return text.split("\n\n")[0].split(". ")[0].rstrip(".").split(": ")[0].replace("|", "\\|").replace("`", "")


def roles() -> str:
    """Return the page of the roles: the capability matrix."""
    cards = [card_of(role, lacking(model=True)) for role in find_roles().values()]
    rows = "".join(
        f"| `{card.name}` | {', '.join(card.aliases)} | {card.charge} | {', '.join(card.inputs)} | "
        f"{', '.join(card.outputs)} | {', '.join(card.needs)} | {', '.join(f'`{tool}`' for tool in card.tools)} |\n"
        for card in cards
    )
    head = (
        "| role | also called | | works from | brings | needs | tools |\n| --- | --- | --- | --- | --- | --- | --- |\n"
    )
    return f"{WRITTEN}\n{ABOUT_ROLES}\n{head}{rows}"


ABOUT_ROLES = """\
# Roles

Every role is an agent with work of its own; most of them need no model for it. A role whose needs are not met is shown
as unavailable, with the reason. `*` in the name of a tool stands for any letters; tools are for roles that think with a
model, and the user's approval policy is above all of them. [Adding an agent](adding-an-agent.md) says how to bring one.
"""


if __name__ == "__main__":
    for name, text in pages().items():
        (HERE / name).write_text(text, encoding="utf-8")
        sys.stdout.write(f"wrote docs/{name}\n")
