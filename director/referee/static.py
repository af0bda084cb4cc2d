"""What is seen without running anything: settings, comments that hide, types, names taken, files read by themselves."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from pathspec import PathSpec

from agents.tools.target import SandboxedTarget
from agents.workspace.layout import Layout
from agents.workspace.mirror import Entry, Mirror
from director.referee.changes import DOC_FOLDERS, METADATA, Changes, moved_to, shadows
from director.referee.hints import looks_at_tests, new_hooks
from director.referee.inforce import PRECEDENCE
from director.referee.objections import Objection, doubts, rejects
from director.referee.ratchets import is_typed, newly_hidden, untyped, weakened_steps
from director.referee.toolsettings import shifts

READABLE = 1024 * 1024
IGNORING = frozenset({".gitignore", ".ignore", ".rgignore"})
"""Files that tools read to learn what they need not look at."""
CONFIGURED = frozenset(name for places in PRECEDENCE.values() for name, _ in places)


class Texts:
    """The text of files of two trees, read once."""

    def __init__(self, mirror: Mirror) -> None:
        self._mirror = mirror
        self._read: dict[str, str] = {}

    def __call__(self, entry: Entry | None) -> str:
        """Return the text of a file; nothing for none, for links and for what is no text."""
        if entry is None or not entry.mode.startswith("100"):
            return ""
        if entry.blob not in self._read:
            content = self._mirror.content(entry.blob)
            self._read[entry.blob] = "" if len(content) > READABLE else content.decode("utf-8", "replace")
        return self._read[entry.blob]


def static_objections(
    changes: Changes, base: dict[str, Entry], candidate: dict[str, Entry], texts: Texts, prefix: str,
    layouts: Sequence[Layout], installed: frozenset[str],
) -> Iterator[Objection]:  # fmt: skip
    """Yield what can be said from the files alone."""
    yield from _settings(changes, base, candidate, texts)
    yield from _steps(changes, texts)
    yield from left_out(changes, candidate, texts)
    python = [change for change in changes.all if change.path.endswith((".py", ".pyi"))]
    before = {change.path: texts(change.before) for change in python}
    after = {change.path: texts(change.after) for change in python}
    for hidden in newly_hidden(before, after):
        message = f"{hidden.text!r} hides findings that were not hidden before"
        objection = rejects if hidden.stood else doubts
        yield objection("suppressed", message, hidden.path, hidden.line, rule=hidden.kind)
    for change in changes.of("source"):
        for gone in untyped(change.path, before.get(change.path, ""), after.get(change.path, "")):
            yield rejects("types-hidden", gone.said, gone.path, gone.line)
    yield from _stubs(changes, candidate, texts)
    for change, name in shadows(changes, prefix, layouts, installed):
        message = f"this file would be imported in the place of the module {name}"
        yield rejects("shadowed", message, change.path, rule=name)
    yield from _read_by_itself(changes, texts)
    yield from looks_at_tests(changes, texts)
    root = f"{prefix}/" if prefix else ""
    yield from new_hooks(changes, texts, [root + path for path in layouts[0].tests])


def _settings(
    changes: Changes, base: dict[str, Entry], candidate: dict[str, Entry], texts: Texts
) -> Iterator[Objection]:
    if not any(change.path.rpartition("/")[2] in CONFIGURED for change in changes.of("settings")):
        return
    before = {path: texts(entry) for path, entry in base.items() if path.rpartition("/")[2] in CONFIGURED}
    after = {path: texts(entry) for path, entry in candidate.items() if path.rpartition("/")[2] in CONFIGURED}
    for shift in shifts(before, after, lambda place: moved_to(place, base, candidate)):
        if shift.direction == "weaker":
            yield rejects("settings", shift.said, shift.path, rule=f"{shift.tool} {shift.key}")
        elif shift.direction == "unclear":
            yield doubts("settings-unclear", shift.said, shift.path, rule=f"{shift.tool} {shift.key}")


def _steps(changes: Changes, texts: Texts) -> Iterator[Objection]:
    found = [change for change in changes.of("settings") if change.path.rpartition("/")[2] not in CONFIGURED]
    before, after = ({c.path: texts(c.before) for c in found}, {c.path: texts(c.after) for c in found})
    for path, line in weakened_steps(before, after):
        yield rejects("settings", f"this step checks less than before: {line}", path)


def left_out(
    changes: Changes, candidate: Mapping[str, Entry], texts: Callable[[Entry | None], str]
) -> Iterator[Objection]:
    """Yield files of the project that are newly named among those tools pass over, and that git keeps all the same."""
    for change in changes.all:
        folder, _, name = change.path.rpartition("/")
        if name not in IGNORING or change.after is None:
            continue
        root = f"{folder}/" if folder else ""
        there = [path.removeprefix(root) for path in candidate if path.startswith(root) and path.endswith(".py")
                 and DOC_FOLDERS.isdisjoint(path.split("/"))]  # fmt: skip
        rules = [PathSpec.from_lines("gitignore", texts(entry).splitlines()) for entry in (change.before, change.after)]
        new = sorted(set(rules[1].match_files(there)) - set(rules[0].match_files(there)))
        if new:
            said = f"tools that heed {name} pass over {root}{new[0]} now" + (
                f" and {len(new) - 1} more" * (len(new) > 1)
            )
            yield rejects("settings", said, change.path, rule="ignored files")


def _stubs(changes: Changes, candidate: dict[str, Entry], texts: Texts) -> Iterator[Objection]:
    for change in changes.of("source"):
        beside = candidate.get(change.path[:-1]) if change.path.endswith(".pyi") and change.before is None else None
        if beside is not None and is_typed(texts(beside)):
            message = "a new stub hides the types of the module beside it from every checker"
            yield rejects("types-hidden", message, change.path)


def _read_by_itself(changes: Changes, texts: Texts) -> Iterator[Objection]:
    for change in changes.of("read"):
        if change.after is None:
            continue
        name = change.path.rpartition("/")[2]
        message = f"{name} is read without being asked for"
        if name.endswith((".py", ".pth", ".pyc", ".pyo", ".egg-link", "pyvenv.cfg")) or METADATA.search(change.path):
            yield rejects("read-by-itself", message, change.path, rule=name)
        elif name != ".gitattributes" or _runs_programs(texts(change.after)):
            yield doubts("read-by-itself", message, change.path, rule=name)


def _runs_programs(attributes: str) -> bool:
    return any(word in attributes for word in ("filter=", "diff=", "merge=", "export-subst", "working-tree-encoding"))


def installed(target: SandboxedTarget) -> frozenset[str]:
    """Return the names that the environment's packages can be imported by."""
    places = [*target.environment.paths, *([target.environment.overlay] if target.environment.overlay else [])]
    for readable in target.environment.readable:
        places += readable.glob("lib/python3*/site-packages")
    names: set[str] = set()
    for place in places:
        names |= {path.name.removesuffix(".py") for path in _listed(place)}
    return frozenset(name for name in names if name.isidentifier())


def _listed(place: Path) -> list[Path]:
    return list(place.iterdir()) if place.is_dir() else []
