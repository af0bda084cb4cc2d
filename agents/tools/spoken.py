"""PURE: tool calls and edits that a model wrote into the text of its answer because it has no other way to call."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import NamedTuple

from agents.json_reading import Unreadable, json_lines, read_object
from agents.ports import ToolCall
from agents.tools.edits import tagged
from agents.tools.edits.diffs import handed_on
from agents.tools.edits.drafts import drafts_out, lines_of
from agents.tools.edits.fences import Fence, behind_edit, read_fence
from agents.tools.edits.naming import name_in
from agents.tools.edits.reading import LOOKS, read_edits
from agents.tools.edits.saying import EXAMPLE
from agents.tools.edits.wanted import Refused
from agents.tools.foreign import known_elsewhere
from agents.tools.json_calls import calls_in, means_call, why_none
from agents.tools.marked_calls import MARK, OBSERVED, marked_calls
from agents.tools.python_calls import Unclear, python_calls
from agents.tools.shell_writes import without_prompts, writes_files
from agents.tools.tagged_calls import OPENS, call_of, calls_between, keyed_call, named_by_tag, named_within

LONGEST = 600_000
"""Characters of an answer that are read."""
COMMANDS = ("run_command", "execute_command", "bash", "shell")
"""Names under which a tool that runs a command line may be offered; its argument is `command`."""
EDITS = "edit_file"
_SHELL = frozenset({"bash", "sh", "shell", "console", "zsh", "terminal", "mswea_bash_command"})
_CALLS = frozenset(
    {"tool", "tool_call", "tool_code", "tool_calls", "json", "json5", "function", "function_call", "action"}
)
_ACTION = re.compile(r"^[ \t*]*Action[ \t*]*:[ \t*]*`?([\w.-]+)`?[ \t*]*$", re.IGNORECASE)
_INPUT = re.compile(r"^[ \t*]*Action[ _]Input[ \t*]*:[ \t*]*", re.IGNORECASE)
_ENDS = re.compile(r"^[ \t*]*(?:Observation|Thought|Final Answer|Action)[ \t*]*:", re.IGNORECASE)
_CALLED = re.compile(r"^[ \t*]*Action[ \t*]*:[ \t*]*`?(?P<call>[A-Za-z_][\w.]*\(.*\))`?[ \t*]*$", re.IGNORECASE)
_PYTHON = re.compile(r"[A-Za-z_][\w.]*\(.*\)\Z", re.DOTALL)
_ABOVE = re.compile(r"^\s*(?:>>>\s*|(?:assistant\s+)?to=)(?:functions\.)?(?P<name>[\w.-]+)\s*(?:json|code)?\s*$")
"""A tool's name above its arguments."""
_TAG = re.compile(r"^[ \t]*<([A-Za-z]\w*_\w+)>")
_LATER = re.compile(
    r"\b(?:you (?:can|could|may|might|should)|then run|afterwards|later|to verify|once (?:that|this|it))\b",
    re.IGNORECASE,
)


class Spoken(NamedTuple):
    """What an answer's text asks for."""

    calls: tuple[ToolCall, ...] = ()
    """In the order of the text; none when one of them cannot be read."""
    refused: tuple[Refused, ...] = ()
    """What means a call and cannot be read in one way; each says what to do."""
    passed_over: tuple[Refused, ...] = ()
    """What looks like a call and is an example."""


def spoken(text: str, tools: Collection[str]) -> Spoken:
    """Return the calls that a text asks for, with the edits in it as one call of `edit_file`; never raises.

    `tools` are the names that are offered.
    """
    if len(text) > LONGEST:
        return Spoken(refused=(Refused(1, f"the answer is longer than {LONGEST} characters: ask for less at once"),))
    listener = _Listener(drafts_out(lines_of(text)).lines, tools)
    listener.listen()
    if listener.refused:
        return Spoken((), tuple(listener.refused), tuple(listener.passed_over))
    found = [call for _, call in sorted(listener.found, key=lambda each: each[0])]
    calls = {(call.name, call.arguments): call for call in found}.values()
    numbered = tuple(ToolCall(f"said-{nth}", call.name, call.arguments) for nth, call in enumerate(calls, 1))
    return Spoken(numbered, (), tuple(listener.passed_over))


def how_to_call() -> str:
    """Return what a model is told that cannot call tools otherwise; byte for byte the same each time."""
    return (
        "Call a tool by writing one such block for each call, and end your answer there:\n"
        '<tool_call>\n{"name": "TOOL", "arguments": {"NAME": "VALUE"}}\n</tool_call>\n'
        "Files may also be changed by SEARCH/REPLACE blocks below the file's name:\n"
        "path/of/the/file\n<<<<<<< SEARCH\nlines as they are\n=======\nlines as they shall be\n>>>>>>> REPLACE"
    )


class _Listener:
    """Goes through an answer once, line by line; what it takes as a call is not read for edits."""

    def __init__(self, lines: list[str], tools: Collection[str]) -> None:
        self.lines, self.tools = lines, tools
        self.found: list[tuple[int, ToolCall]] = []
        self.refused: list[Refused] = []
        self.passed_over: list[Refused] = []
        self.known = frozenset({*tools, *known_elsewhere(tools)})
        """Names that are read as tools where something else says that a call is meant."""
        self._names = frozenset(name.lower() for name in self.known)
        self._looks = LOOKS
        self._rest = list(lines)
        self._commands: list[tuple[int, str]] = []

    def listen(self) -> None:
        """Read the answer."""
        whole = "\n".join(self.lines).strip()
        if _PYTHON.match(whole) and (called := self._in_python(0, whole)):
            self.found += [(0, call) for call in called]
            return
        if whole[:1] in ("{", "[") and whole[-1:] in ("}", "]") and not MARK.match(whole):
            calls = calls_in(whole, self.tools, self.known) or self._in_python(0, whole) or None
            if calls is not None:
                self.found += [(0, call) for call in calls]
                return
            if means_call(whole, self.tools):
                self.refused.append(Refused(1, f"the call cannot be read: {why_none(whole)}"))
                return
        here = 0
        while here < len(self.lines):
            here = self._step(here)
        self._one_command()
        self._edits()

    def _step(self, here: int) -> int:
        line = self.lines[here]
        behind = behind_edit(self.lines, here)
        if behind:
            return behind
        opened = self._opened(here)
        if opened:
            return self._tagged(here, opened)
        marked = MARK.search(line)
        if marked and (marked[0][:1] == "<" or not line[: marked.start()].strip()) and not _quoted(line, marked):
            return self._marked(here, marked.start())
        if _ACTION.match(line):
            return self._action(here)
        above = _ABOVE.match(line)
        if above and above["name"] in self.known:
            return self._below(here, above["name"])
        called = _CALLED.match(line)
        if called:
            self.found += [(here, call) for call in self._in_python(here, called["call"])]
            return here + 1
        if OBSERVED.match(line) and self.found:
            self._take(here, len(self.lines))  # what it makes up as the outcome, and all that follows from it
            return len(self.lines)
        tag = _TAG.match(line)
        if tag and tag[1].lower() in self._names and not tagged.begins(line):
            return self._named_tag(here, tag)
        if line[:1] in ("{", "["):
            return self._bare_json(here)
        fence = read_fence(self.lines, here)
        return self._fence(fence) if fence else here + 1

    # --- between tags

    def _opened(self, at: int) -> re.Match[str] | None:
        """Return the tag of a call that begins on this line, when it is not quoted in the middle of a sentence."""
        opened = OPENS.search(self.lines[at])
        if opened is None or _quoted(self.lines[at], opened):
            return None
        if opened["tag"].lower() == "function" and not (opened["rest"] or "").startswith("="):
            return None
        return opened

    def _tagged(self, at: int, opened: re.Match[str]) -> int:
        close = f"</{opened['tag']}>".lower()
        rest = (self.lines[at][opened.end() :], *self.lines[at + 1 :])
        end = next((at + nth for nth, line in enumerate(rest) if close in line.lower()), None)
        again = next((at + nth for nth, line in enumerate(rest) if nth and line.strip() == opened[0]), None)
        if again is not None and (end is None or again < end):
            inner = "\n".join(rest[: again - at])
            calls = calls_in(inner, self.tools, self.known, named=False)
            if calls and not self._is_example(at, self.lines[at][: opened.start()]):
                self.found += [(at, call) for call in calls]
                behind = again + self._closes(again, opened[0])
                self._take(at, behind)
                return behind
        last = len(self.lines) - 1 if end is None else end
        body = "\n".join(self.lines[at : last + 1])[opened.start() :]
        if not self._is_example(at, self.lines[at][: opened.start()]):
            self._read_tag(at, body, opened, closed=end is not None)
        self._take(at, last + 1)
        return last + 1

    def _closes(self, at: int, tag: str) -> bool:
        """Whether an opening tag can only be meant as the end of the call before it: nothing of a call follows."""
        following = next((line.strip() for line in self.lines[at + 1 :] if line.strip()), tag)
        return following == tag

    def _read_tag(self, at: int, body: str, opened: re.Match[str], *, closed: bool) -> None:
        inner = body[opened.end() - opened.start() :]
        if closed:
            inner = inner[: inner.lower().rindex(f"</{opened['tag']}>".lower())]
        try:
            calls = calls_between(body) or named_within(inner) or ([call] if (call := keyed_call(inner)) else [])
            if not calls and not closed and opened["rest"]:
                raise Unreadable(f"the tag {opened[0]} is never closed: write the whole call")
            found = calls or calls_in(inner, self.tools, self.known, whole=closed, named=False)
            found = found or python_calls(inner, self.known) or None
            if found is None:
                raise Unreadable(why_none(inner))
        except (Unreadable, Unclear) as wrong:
            self.refused.append(Refused(at + 1, f"the call between the tags cannot be read: {wrong}"))
            return
        self.found += [(at, call) for call in found]

    def _named_tag(self, at: int, tag: re.Match[str]) -> int:
        """Read a call whose tag is the name of its tool."""
        close = f"</{tag[1]}>"
        rest = [self.lines[at][tag.end() :], *self.lines[at + 1 :]]
        end = next((nth for nth, line in enumerate(rest) if line.rstrip().endswith(close)), None)
        if self._is_example(at, ""):
            return at + 1
        if end is None:
            self.refused.append(Refused(at + 1, f"the call <{tag[1]}> is never closed: write it whole"))
            return len(self.lines)
        body = [*rest[:end], rest[end].rstrip().removesuffix(close)]
        try:
            self.found.append((at, named_by_tag(body, tag[1])))
        except Unreadable as wrong:
            self.refused.append(Refused(at + 1, f"the call <{tag[1]}> cannot be read: {wrong}"))
        self._take(at, at + end + 1)
        return at + end + 1

    def _marked(self, at: int, start: int) -> int:
        """Read what stands behind a mark of calls, to the end of the answer."""
        body = "\n".join([self.lines[at][start:], *self.lines[at + 1 :]])
        try:
            self.found += [(at, call) for call in marked_calls(body, self._names)]
        except Unreadable as wrong:
            self.refused.append(Refused(at + 1, f"the calls behind the mark cannot be read: {wrong}"))
        self._take(at, len(self.lines))
        return len(self.lines)

    def _below(self, at: int, name: str) -> int:
        """Read the arguments that stand below a tool's name."""
        stop = json_lines(self.lines, at + 1) if self.lines[at + 1 : at + 2] and self.lines[at + 1][:1] == "{" else 0
        if not stop:
            return at + 1
        if not self._is_example(at, ""):
            try:
                self.found.append((at, call_of(name, read_object("\n".join(self.lines[at + 1 : stop])))))
            except Unreadable as wrong:
                self.refused.append(Refused(at + 2, f"the arguments of {name} cannot be read: {wrong}"))
        self._take(at, stop)
        return stop

    def _bare_json(self, at: int) -> int:
        """Read a call that stands as JSON between paragraphs."""
        stop = json_lines(self.lines, at) if self._looks else 0
        self._looks = max(0, self._looks - 1) if stop else 0
        calls = calls_in("\n".join(self.lines[at:stop]), self.tools, self.known) if stop else None
        if calls is None:
            return max(stop, at + 1)
        if not self._is_example(at, ""):
            self.found += [(at, call) for call in calls]
        self._take(at, stop)
        return stop

    def _in_python(self, at: int, text: str) -> list[ToolCall]:
        try:
            return python_calls(text, self.known)
        except Unclear as wrong:
            self.refused.append(Refused(at + 1, f"the call cannot be read: {wrong}"))
            return []

    # --- Action and Action Input

    def _action(self, at: int) -> int:
        named = _ACTION.match(self.lines[at])
        assert named is not None
        here = at + 1
        while here < len(self.lines) and not self.lines[here].strip():
            here += 1
        given = _INPUT.match(self.lines[here]) if here < len(self.lines) else None
        if given is None:
            if named[1] in self.tools:
                self.found.append((at, ToolCall("", named[1], "{}")))
            return at + 1
        end = next((nth for nth in range(here + 1, len(self.lines)) if _ENDS.match(self.lines[nth])), len(self.lines))
        body = "\n".join([self.lines[here][given.end() :], *self.lines[here + 1 : end]]).strip()
        if not self._is_example(at, ""):
            try:
                self.found.append((at, call_of(named[1], read_object(body or "{}"))))
            except Unreadable as wrong:
                if named[1] in COMMANDS and body[:1] not in ("{", "["):
                    self.found.append((at, call_of(named[1], {"command": body.strip("`").strip()})))
                else:
                    why = f"the input of {named[1]} cannot be read: {wrong}. Write it as one JSON object"
                    self.refused.append(Refused(here + 1, why))
        self._take(at, end)
        return end

    # --- fences

    def _fence(self, fence: Fence) -> int:
        body = "\n".join(fence.body)
        behind = min(fence.stop + 1, len(self.lines))
        named = fence.name or (name_in(self.lines[fence.start - 1]) if fence.start else "")
        first = next((nth for nth in range(fence.start + 1, fence.stop) if self.lines[nth].strip()), None)
        if fence.language in (*_CALLS, "xml", "") and not named and first is not None:
            if self._calls_by_tag(first):
                if not self._is_example(fence.start, ""):
                    self._take(fence.start, behind)
                    while first < fence.stop:
                        first = self._step(first)
                return behind
            if body.lstrip()[:1] in ("{", "["):
                self._json(fence, body, behind)
            elif fence.language == "tool_code":
                calls = self._in_python(fence.start, body)
                if calls and not self._is_example(fence.start, ""):
                    self.found += [(fence.start, call) for call in calls]
                    self._take(fence.start, behind)
        elif fence.language in _SHELL and not named and body.strip() and not _patches(fence):
            if fence.closed:
                self._commands.append((fence.start, body))
            else:
                why = "the fence of the command never ends, so it may be cut: write it whole"
                self.passed_over.append(Refused(fence.start + 1, why))
        return behind

    def _calls_by_tag(self, at: int) -> bool:
        """Whether a line begins with the tag of a call, or with one that is called as a tool is."""
        line = self.lines[at]
        if self._opened(at) and not line.split("<")[0].strip():
            return True
        tag = _TAG.match(line)
        return bool(tag and tag[1].lower() in self._names and not tagged.begins(line))

    def _json(self, fence: Fence, body: str, behind: int) -> None:
        explicit = fence.language not in ("json", "json5", "")
        calls = calls_in(body, self.tools, self.known, whole=fence.closed, named=not explicit)
        if calls is None and not (explicit or means_call(body, self.tools)):
            return
        if not self._is_example(fence.start, ""):
            if calls is None:
                self.refused.append(Refused(fence.start + 1, f"the call in the fence cannot be read: {why_none(body)}"))
            self.found += [(fence.start, call) for call in calls or ()]
        self._take(fence.start, behind)

    def _one_command(self) -> None:
        """Take the one fence with a command, when the answer calls nothing otherwise."""
        runner = next((name for name in COMMANDS if name in self.tools), "")
        meant = [
            (at, body) for at, body in self._commands if not self._said_before(at, _LATER) and not self._example(at, "")
        ]
        if not runner or not meant or self.found:
            return
        if len(meant) > 1:
            why = "several command blocks stand in the answer: write exactly one, the one that is to be run now"
            self.refused.append(Refused(meant[1][0] + 1, why))
            return
        at, body = meant[0]
        command = without_prompts(body)
        keeps = {"writes": True} if runner == "run_command" and writes_files(command) else {}
        self.found.append((at, call_of(runner, {"command": command} | keeps)))

    # --- edits, and what surrounds a call

    def _edits(self) -> None:
        """Take the edits of the text that is no call."""
        if EDITS not in self.tools or self.refused:
            return
        rest = "\n".join(self._rest)
        wanted = read_edits(rest)
        places = [each.at for each in (*wanted.edits, *wanted.refused)]
        self.passed_over += wanted.passed_over
        if places:
            self.found.append((min(places) - 1, call_of(EDITS, {"text": rest})))

    def _take(self, start: int, stop: int) -> None:
        """Leave these lines out of what is read for edits."""
        self._rest[start:stop] = [""] * (min(stop, len(self._rest)) - start)

    def _is_example(self, at: int, before: str) -> bool:
        """Whether the words before a call say that it is an example; then it is noted as one."""
        if self._example(at, before):
            why = "the words before it say that it is an example, so it was not done"
            self.passed_over.append(Refused(at + 1, why))
            return True
        return False

    def _example(self, at: int, before: str) -> bool:
        return bool(EXAMPLE.search(before)) or (not before.strip() and self._said_before(at, EXAMPLE))

    def _said_before(self, at: int, words: re.Pattern[str]) -> bool:
        """Whether the nearest line of prose above says one of these words."""
        said = next((line for line in reversed(self.lines[max(0, at - 4) : at]) if line.strip()), "")
        return bool(words.search(said)) and not said.lstrip().startswith(("`", "<"))


def _patches(fence: Fence) -> bool:
    """Whether a command would only bring an edit, which is read as one."""
    return any(behind_edit(fence.body, at) for at in range(len(fence.body))) or handed_on(fence.body) is not None


def _quoted(line: str, found: re.Match[str]) -> bool:
    """Whether something stands between backticks in its line."""
    return line[: found.start()].count("`") % 2 == 1
