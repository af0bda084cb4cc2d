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
    "read_file": (
        "view", "view_file", "open_file", "read", "cat", "readfile", "show_file", "read_file_content",
        "get_file_contents",
    ),
    "write_file": (
        "create", "create_file", "write", "write_to_file", "save_file", "new_file", "writefile", "create_new_file",
    ),
    "edit_file": (
        "str_replace", "edit", "replace", "replace_in_file", "search_replace", "search_and_replace", "apply_patch",
        "apply_diff", "str_replace_editor", "str_replace_based_edit_tool", "editfile", "multiedit", "multi_edit",
        "patch", "replace_string_in_file", "string_replace",
    ),
    "delete_file": ("remove_file", "delete", "rm"),
    "list_files": (
        "ls", "list_dir", "list_directory", "listfiles", "glob", "find_files", "file_search", "find_by_name",
    ),
    "search_text": (
        "grep", "grep_search", "ripgrep", "search_files", "search_file_content", "find_in_files", "regex_search",
    ),
    "run_command": (
        "bash", "shell", "execute_bash", "execute_command", "run_shell_command", "run_terminal_cmd", "terminal", "exec",
        "container.exec", "run_in_terminal", "local_shell", "shell_command",
    ),
    "finish": ("attempt_completion", "submit", "task_complete", "complete_task", "final_answer", "task_done"),
}  # fmt: skip
_OURS = {alias: ours for ours, aliases in _TOOLS.items() for alias in aliases}
_HANDED_ON = re.compile(r"\bapply_?patch\b[^\n]*\n?\s*\Z")
_BEHIND = re.compile(r"\A[\s'\")]*[A-Z_]*[\s'\")]*\Z")
_BEGIN = re.compile(r"^[ \t]*\*{3} ?Begin Patch[ \t]*$", re.MULTILINE)
_END = re.compile(r"^[ \t]*\*{3} ?End Patch[ \t]*$", re.MULTILINE)
_COMMANDS = {"view": "read_file", "create": "write_file", "str_replace": "edit_file"}
"""What an editor with a `command` of its own means by it."""
_FIELDS = {
    "path": (
        "file_path", "filepath", "filename", "file_name", "file", "target_file", "directory", "dir", "folder",
        "absolute_path", "relative_path", "target_directory", "relative_workspace_path",
    ),
    "paths": ("path", "files", "file", "file_path"),
    "content": ("file_text", "contents", "text", "code", "new_content"),
    "old_text": ("old_str", "old_string", "old_code", "search", "find", "old"),
    "new_text": ("new_str", "new_string", "new_code", "replace", "replacement", "new"),
    "text": ("patch", "diff", "input", "blocks"),
    "edits": ("changes", "replacements"),
    "command": ("cmd", "commands", "script", "input"),
    "pattern": ("query", "regex", "search", "search_term", "search_pattern", "glob_pattern"),
    "query": ("question", "pattern", "text"),
    "start": ("start_line", "line_start", "offset", "start_line_one_indexed"),
    "end": ("end_line", "line_end", "end_line_one_indexed_inclusive"),
    "seconds": ("timeout",),
    "replace_all": ("allow_multiple", "replace_every", "all_occurrences"),
    "summary": ("result", "message", "answer"),
    "select": ("tests", "test", "test_path", "path", "paths"),
}  # fmt: skip
"""Our names of arguments, and under which others they are known."""
_WRAPS = ("arguments", "args", "parameters", "params", "input", "kwargs", "properties", "tool_input", "action_input")
"""What arguments are once more called within the arguments."""
_ONCE = frozenset({"expected_replacements", "expected_occurrences"})
"""How many places an edit is said to have: with one it says what is so anyway."""
_SILENT = frozenset({
    "security_risk", "explanation", "description", "thought", "reason", "reasoning", "is_input", "restart",
    "requires_approval", "is_background", "should_read_entire_file", "instructions", "instruction",
})  # fmt: skip
"""Words about a call that change nothing of it."""


def known_elsewhere(tools: Collection[str]) -> frozenset[str]:
    """Return the names under which models know these tools from elsewhere."""
    return frozenset(alias for alias, ours in _OURS.items() if ours in tools)


def in_our_words(call: ToolCall, tools: Collection[str]) -> ToolCall:
    """Return the call of a tool that is offered; any other as it is, so that it is told what there is.

    The result goes by the schema, the risk and the rules of our tool, as if it had been asked for by its name.
    """
    name = bare_name(call.name)
    spelt = (name, re.split(r"[.:/]", name)[-1])
    ours = next((known for each in spelt if (known := each if each in tools else _OURS.get(each.lower()))), None)
    if ours is None:
        return call
    try:
        written = read_object(call.arguments or "{}")
    except Unreadable:
        return replace(call, name=ours) if ours == name else call
    given = dict(unwrapped(written, ours, _FIELDS))
    command = given.get("command")
    if ours == "run_command":
        return _of_a_shell(replace(call, name=ours), given, tools, own=ours == name)
    if ours == "edit_file" and ours != name and isinstance(command, str):
        ours = _COMMANDS.get(command, "")
        given = {key: value for key, value in given.items() if key != "command"}
    if ours not in tools:
        return call
    given = _lines_of(given) if ours == "read_file" else given
    if ours == name and given == written:
        return replace(call, name=ours)
    return replace(call, name=ours, arguments=json.dumps(given, ensure_ascii=False))


def bare_name(name: str) -> str:
    """Return the name of a tool without what templates and numbers put around it."""
    name = re.split(r"<?[|｜]", name.strip())[0].strip("`'\"* ")
    return re.sub(r"(?::\d+|\(\))$", "", name)


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
        elif (
            plain not in _SILENT
            and not (plain in _ONCE and value == 1)
            and not any(found.get(each, found) == value for each in ours)
        ):
            found[name] = value
    return found


def unwrapped(given: Mapping[str, Any], tool: str, fields: Collection[str]) -> Mapping[str, Any]:
    """Return the arguments that stand one level deeper, with nothing beside them but the tool's name; else as given."""
    outer = [name for name in given if name in _WRAPS and name not in fields]
    if len(outer) != 1:
        return given
    beside = {name: value for name, value in given.items() if name != outer[0]}
    if any(name in fields or value not in (tool, "object", "function") for name, value in beside.items()):
        return given
    inner = given[outer[0]]
    if isinstance(inner, str):
        try:
            inner = read_object(inner)
        except Unreadable:
            return given
    return inner if isinstance(inner, Mapping) else given


def _lines_of(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return arguments of a reading tool whose lines are told as one range, or by how many they are."""
    rest = {name: value for name, value in given.items() if name not in ("view_range", "limit")}
    try:
        if "view_range" in given:
            span = given["view_range"]
            first, last = (int(each) for each in (json.loads(span) if isinstance(span, str) else span))
            return rest | {"start": first} | ({"end": last} if last != -1 else {})
        if given.get("limit") is not None:
            begin = next((name for name in ("start", "offset", "start_line") if given.get(name) is not None), "start")
            first = max(1, int(rest.pop(begin, 1)))
            return rest | {"start": first, "end": first + int(given["limit"]) - 1}
    except (TypeError, ValueError, RecursionError):
        return dict(given)
    return rest


def _patch_in(command: Any) -> str:
    """Return the patch that a command only hands on; there is no such program."""
    words = command if isinstance(command, list) else [command]
    text = "\n".join(word for word in words if isinstance(word, str))
    at, end = _BEGIN.search(text), _END.search(text)
    if at is None or end is None or not _HANDED_ON.search(text[: at.start()]) or not _BEHIND.match(text[end.end() :]):
        return ""
    return f"{text[at.start() : end.end()]}\n"
