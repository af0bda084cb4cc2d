"""PURE: calls of tools that models know from elsewhere, in the words of ours, where they mean exactly one of them."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from agents.json_reading import Unreadable, read_object
from agents.ports import ToolCall
from agents.tools.shell_writes import writes_files

_TOOLS = {
    "read_file": ("view", "view_file", "open_file", "read", "cat", "readfile"),
    "write_file": ("create", "create_file", "write", "write_to_file", "save_file", "new_file", "writefile"),
    "edit_file": (
        "str_replace", "edit", "replace", "replace_in_file", "search_replace", "apply_patch", "apply_diff",
        "str_replace_editor", "str_replace_based_edit_tool", "editfile", "multiedit", "multi_edit", "patch",
    ),
    "delete_file": ("remove_file", "delete", "rm"),
    "list_files": ("ls", "list_dir", "list_directory", "listfiles"),
    "search_text": ("grep", "grep_search", "ripgrep", "search_files"),
    "run_command": (
        "bash", "shell", "execute_bash", "execute_command", "run_shell_command", "run_terminal_cmd", "terminal", "exec",
    ),
}  # fmt: skip
_OURS = {alias: ours for ours, aliases in _TOOLS.items() for alias in aliases}
_HANDED_ON = re.compile(r"\bapply_?patch\b[^\n]*\n?\s*\Z")
_BEHIND = re.compile(r"\A[\s'\")]*[A-Z_]*[\s'\")]*\Z")
_BEGIN = re.compile(r"^[ \t]*\*{3} ?Begin Patch[ \t]*$", re.MULTILINE)
_END = re.compile(r"^[ \t]*\*{3} ?End Patch[ \t]*$", re.MULTILINE)
_COMMANDS = {"view": "read_file", "create": "write_file", "str_replace": "edit_file"}
"""What an editor with a `command` of its own means by it."""
_FIELDS = {
    "path": ("file_path", "filepath", "filename", "file_name", "file", "target_file", "directory", "dir", "folder"),
    "paths": ("path", "files", "file", "file_path"),
    "content": ("file_text", "contents", "text", "code", "new_content"),
    "old_text": ("old_str", "old_string", "old_code", "search", "find", "old"),
    "new_text": ("new_str", "new_string", "new_code", "replace", "replacement", "new"),
    "text": ("patch", "diff", "input", "blocks"),
    "edits": ("changes", "replacements"),
    "command": ("cmd", "commands", "script", "input"),
    "pattern": ("query", "regex", "search"),
    "query": ("question", "pattern", "text"),
    "start": ("start_line", "line_start", "offset"),
    "end": ("end_line", "line_end"),
    "seconds": ("timeout",),
    "select": ("tests", "test", "test_path", "path", "paths"),
}  # fmt: skip
"""Our names of arguments, and under which others they are known."""
_SILENT = frozenset({
    "security_risk", "explanation", "description", "thought", "reason", "reasoning", "is_input", "restart",
    "requires_approval", "is_background",
})  # fmt: skip
"""Words about a call that change nothing of it."""


def known_elsewhere(tools: Collection[str]) -> frozenset[str]:
    """Return the names under which models know these tools from elsewhere."""
    return frozenset(alias for alias, ours in _OURS.items() if ours in tools)


def in_our_words(call: ToolCall, tools: Collection[str]) -> ToolCall:
    """Return the call of a tool that is offered; any other as it is, so that it is told what there is.

    The result goes by the schema, the risk and the rules of our tool, as if it had been asked for by its name.
    """
    name = call.name.removeprefix("functions.").removeprefix("default_api.")
    ours = name if name in tools else _OURS.get(name.lower())
    if ours is None or (ours == name and ours != "run_command"):
        return call if ours is None else replace(call, name=name)
    try:
        given = read_object(call.arguments or "{}")
    except Unreadable:
        return replace(call, name=ours) if ours == name else call
    command = given.get("command")
    if ours == "edit_file" and isinstance(command, str):
        ours = _COMMANDS.get(command, "")
        given = {key: value for key, value in given.items() if key != "command"}
    elif ours == "run_command":
        return _of_a_shell(replace(call, name=ours), given, tools, own=ours == name)
    if ours not in tools:
        return call
    given = _lines_of(given) if ours == "read_file" else given
    return replace(call, name=ours, arguments=json.dumps(given, ensure_ascii=False))


def _of_a_shell(call: ToolCall, given: dict[str, Any], tools: Collection[str], *, own: bool) -> ToolCall:
    """Return a command's call; elsewhere what a command writes stays, and patches are handed to a program."""
    patch = _patch_in(given.get("command"))
    if patch and "edit_file" in tools:
        return replace(call, name="edit_file", arguments=json.dumps({"text": patch}, ensure_ascii=False))
    if call.name not in tools or own:
        return call
    line = next((value for name, value in our_names(given, ("command",)).items() if name == "command"), "")
    writes = {"writes": True} if "writes" not in given and writes_files(line) else {}
    return replace(call, arguments=json.dumps(given | writes, ensure_ascii=False))


def our_names(given: Mapping[str, Any], fields: Collection[str]) -> dict[str, Any]:
    """Return arguments under the names of ours; a name that nobody knows, or of something given twice, stays."""
    found: dict[str, Any] = {name: value for name, value in given.items() if name in fields}
    for name, value in given.items():
        if name in fields:
            continue
        plain = re.sub(r"(?<=[a-z0-9])([A-Z])", r"_\1", name).lower()
        ours = [plain, *(each for each, others in _FIELDS.items() if plain in others)]
        free = next((each for each in ours if each in fields and each not in found), None)
        if free is not None:
            found[free] = value
        elif plain not in _SILENT:
            found[name] = value
    return found


def _lines_of(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return arguments of a reading tool whose lines are told as one range."""
    span = given.get("view_range")
    if not isinstance(span, list) or len(span) != 2:
        return dict(given)
    rest = {name: value for name, value in given.items() if name != "view_range"}
    return rest | {"start": span[0]} | ({"end": span[1]} if span[1] != -1 else {})


def _patch_in(command: Any) -> str:
    """Return the patch that a command only hands on; there is no such program."""
    words = command if isinstance(command, list) else [command]
    text = "\n".join(word for word in words if isinstance(word, str))
    at, end = _BEGIN.search(text), _END.search(text)
    if at is None or end is None or not _HANDED_ON.search(text[: at.start()]) or not _BEHIND.match(text[end.end() :]):
        return ""
    return f"{text[at.start() : end.end()]}\n"
