"""PURE: calls of tools that models know from elsewhere, in the words of ours, where they mean exactly one of them."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from agents.ports import ToolCall
from agents.tools.json_reading import Unreadable, read_object

_TOOLS = {
    "read_file": ("view", "view_file", "open_file", "read", "cat", "readfile"),
    "write_file": ("create", "create_file", "write", "write_to_file", "save_file", "new_file", "writefile"),
    "edit_file": (
        "str_replace", "edit", "replace", "replace_in_file", "search_replace", "apply_patch", "apply_diff",
        "str_replace_editor", "str_replace_based_edit_tool", "editfile",
    ),
    "delete_file": ("remove_file", "delete", "rm"),
    "list_files": ("ls", "list_dir", "list_directory", "listfiles"),
    "search_text": ("grep", "grep_search", "ripgrep", "search_files"),
    "run_command": (
        "bash", "shell", "execute_bash", "execute_command", "run_shell_command", "run_terminal_cmd", "terminal", "exec",
    ),
}  # fmt: skip
_OURS = {alias: ours for ours, aliases in _TOOLS.items() for alias in aliases}
_COMMANDS = {"view": "read_file", "create": "write_file", "str_replace": "edit_file"}
"""What an editor with a `command` of its own means by it."""
_FIELDS = {
    "file_path": "path", "filepath": "path", "filename": "path", "file": "path", "target_file": "path",
    "directory": "path", "dir": "path",
    "file_text": "content", "contents": "content", "text": "content",
    "old_str": "old_text", "old_string": "old_text", "search": "old_text", "old": "old_text",
    "new_str": "new_text", "new_string": "new_text", "replace": "new_text", "new": "new_text",
    "patch": "text", "diff": "text", "input": "text",
    "cmd": "command", "query": "pattern", "regex": "pattern",
    "start_line": "start", "end_line": "end",
}  # fmt: skip
_SILENT = frozenset({"security_risk", "explanation", "description", "thought", "reason", "is_input", "restart"})
"""Words about a call that change nothing of it."""


def in_our_words(call: ToolCall, tools: Collection[str]) -> ToolCall:
    """Return the call of a tool that is offered; any other as it is, so that it is told what there is.

    The result goes by the schema, the risk and the rules of our tool, as if it had been asked for by its name.
    """
    name = call.name.removeprefix("functions.").removeprefix("default_api.")
    if name in tools:
        return replace(call, name=name)
    ours = _OURS.get(name.lower())
    if ours is None:
        return call
    try:
        given = read_object(call.arguments or "{}")
    except Unreadable:
        return call
    command = given.get("command")
    if ours == "edit_file" and isinstance(command, str):
        ours = _COMMANDS.get(command, "")
        given = {key: value for key, value in given.items() if key != "command"}
    if ours not in tools:
        return call
    return replace(call, name=ours, arguments=json.dumps(_renamed(ours, given), ensure_ascii=False))


def _renamed(ours: str, given: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in given.items():
        if key in _SILENT:
            continue
        name = key if ours == "edit_file" and key == "text" else _FIELDS.get(key, key)
        found[name if name not in found else key] = value
    span = found.pop("view_range", None)
    if ours == "read_file" and isinstance(span, list) and len(span) == 2:
        found["start"] = span[0]
        if span[1] != -1:
            found["end"] = span[1]
    return found
