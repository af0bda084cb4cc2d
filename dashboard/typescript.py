"""Writes the page's TypeScript types from the events and the board, so that nobody types them by hand.

Run it with `python -P -m dashboard.typescript` after a change of the vocabulary or the board.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any, get_args

from msgspec import inspect

from ledger.events import AnyEvent
from ledger.projections import board_parts, board_thinking_parts
from ledger.projections.board import Board

TYPES = Path(__file__).parent / "web" / "src" / "ledger" / "events.gen.ts"

LIMITS = {
    board_parts: (
        "ENDED_ATTEMPTS",
        "ITERATIONS",
        "CHECKPOINTS",
        "ERRORS",
        "NOTICES",
        "QUARANTINED",
        "REQUESTS_KEPT",
        "TRIED",
    ),
    board_thinking_parts: (
        "PLAN_STEPS",
        "APPROVALS",
        "ANSWERED",
        "COST_ROWS",
        "BUDGETS_SPENT",
        "ROLES_KEPT",
        "TEXT",
        "NOTES",
    ),
}
"""How much the board keeps; both folds must agree."""

HEADER = "// Written by `python -P -m dashboard.typescript`; a test fails when it is stale.\n"


def types() -> str:
    """Return the whole file."""
    structs: dict[str, inspect.StructType] = {}
    events = get_args(AnyEvent)
    for found in (*inspect.multi_type_info(events), inspect.type_info(Board)):
        _collect(found, structs)
    kinds = [event.__name__ for event in events]
    parts = [HEADER, *(_interface(structs[name]) for name in sorted(structs))]
    parts.append("export type AnyEvent =\n" + "\n".join(f"  | {kind}" for kind in kinds) + ";\n")
    parts.append('export type Kind = AnyEvent["kind"];\n')
    parts.append(_words({event.__name__: _first_line(event) for event in events}))
    parts.append(_limits())
    return "\n".join(parts)


def main() -> int:
    """Write the file; say whether it changed."""
    before = TYPES.read_text(encoding="utf-8") if TYPES.exists() else ""
    after = types()
    if before == after:
        sys.stdout.write(f"{TYPES}: fresh\n")
        return 0
    TYPES.parent.mkdir(parents=True, exist_ok=True)
    TYPES.write_text(after, encoding="utf-8")
    sys.stdout.write(f"{TYPES}: written\n")
    return 0


def _collect(found: inspect.Type, structs: dict[str, inspect.StructType]) -> None:
    if isinstance(found, inspect.StructType):
        if found.cls.__name__ not in structs:
            structs[found.cls.__name__] = found
            for field in found.fields:
                _collect(field.type, structs)
    elif isinstance(found, inspect.UnionType):
        for part in found.types:
            _collect(part, structs)
    elif isinstance(found, inspect.VarTupleType | inspect.ListType):
        _collect(found.item_type, structs)
    elif isinstance(found, inspect.DictType):
        _collect(found.value_type, structs)


def _interface(struct: inspect.StructType) -> str:
    omitted = struct.cls.__struct_config__.omit_defaults
    lines = [f"/** {_first_line(struct.cls)} */", f"export interface {struct.cls.__name__} {{"]
    if struct.tag_field is not None:
        lines.append(f"  readonly {struct.tag_field}: {json.dumps(struct.tag)};")
    for field in struct.fields:
        absent = "?" if omitted and not field.required else ""
        lines.append(f"  readonly {field.encode_name}{absent}: {_type(field.type)};")
    return "\n".join([*lines, "}\n"])


def _type(found: inspect.Type) -> str:
    match found:
        case inspect.StructType():
            return found.cls.__name__
        case inspect.UnionType():
            return " | ".join(_type(part) for part in found.types)
        case inspect.LiteralType():
            return " | ".join(json.dumps(value) for value in found.values)
        case inspect.VarTupleType() | inspect.ListType():
            item = _type(found.item_type)
            return f"readonly ({item})[]" if "|" in item else f"readonly {item}[]"
        case inspect.DictType():
            return f"{{ readonly [key: string]: {_type(found.value_type)} }}"
        case inspect.StrType():
            return "string"
        case inspect.IntType() | inspect.FloatType():
            return "number"
        case inspect.BoolType():
            return "boolean"
        case inspect.NoneType():
            return "null"
        case _:
            raise TypeError(f"no TypeScript for {found!r}: teach dashboard/typescript.py this type")


def _first_line(cls: type[Any]) -> str:
    return (cls.__doc__ or "").strip().splitlines()[0]


def _words(words: dict[str, str]) -> str:
    rows = "\n".join(f"  {kind}: {json.dumps(text, ensure_ascii=False)}," for kind, text in words.items())
    return (
        "/** What each kind of event means. */\n"
        f"export const KINDS: {{ readonly [kind in Kind]: string }} = {{\n{rows}\n}};\n"
    )


def _limits() -> str:
    rows = "\n".join(f"  {name}: {getattr(where, name)}," for where, names in LIMITS.items() for name in names)
    working = ", ".join(json.dumps(state) for state in sorted(board_parts.WORKING))
    return (
        f"/** How much the board keeps. */\nexport const KEPT = {{\n{rows}\n}} as const;\n\n"
        f"/** The states of an open attempt. */\nexport const WORKING: ReadonlySet<string> = new Set([{working}]);\n"
    )


if __name__ == "__main__":
    raise SystemExit(main())
