"""What is known of a project before anybody thinks: read from its files, its history and its ledger, never made up."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from agents.ports import Gathered, Workbench
from agents.techniques.mentions import LARGEST, text_files
from agents.workspace.layout import read_layout, read_text, read_toml
from ledger.events import ErrorSeen, Fingerprint, PatchLanded

MOST = 12
"""Entries of one list."""
EXCERPT = 1500
"""Characters of the project's own words to those who work on it."""
GUIDES = ("AGENTS.md", "CONTRIBUTING.md", "CONTRIBUTING.rst", "README.md", "README.rst", "README.txt")
_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]{3,}")
_PARTS = re.compile(r"[A-Za-z]{4,}|(?<!\w)\w*_\w*(?!\w)")
"""Words of a line, those between underscores and the whole name."""
_COMMON = frozenset({
    "about", "after", "again", "also", "been", "before", "both", "call", "code", "could", "each", "every", "file",
    "files", "from", "function", "give", "given", "have", "into", "just", "like", "make", "more", "must", "need",
    "only", "other", "print", "program", "project", "return", "returns", "shall", "should", "show", "some", "such",
    "support", "test", "tests", "than", "that", "their", "them", "then", "there", "they", "this", "user", "users",
    "using", "want", "what", "when", "where", "which", "will", "with", "work", "works", "would", "write", "your",
})  # fmt: skip
_DEFINES = re.compile(r"^[ \t]*(?:async\s+)?(?:def|class|function|func|fn|interface|type|struct)\s+(\w+)", re.MULTILINE)


def gather(bench: Workbench, goal: str) -> Gathered:
    """Return the facts as text, the sections that have something to say."""
    project = bench.target.project
    files = sorted(path for path in text_files(project) if (project / path).stat().st_size <= LARGEST)
    sections = {
        "What there is": list(_inventory(project, bench.target.root, files)),
        "Where the words of the goal stand": list(_places(project, files, goal)),
        "Dependencies": list(_dependencies(project)),
        "Commands of the project's own": list(_commands(project)),
        "Files that change most": _hot(bench),
        "Tests that fail now, and what is known of such errors": list(_errors(bench)),
        "Gates": [f"{reading.gate}: {reading.detail}" for reading in bench.readings.values() if reading.detail],
        "What the project says to those who work on it": list(_guides(project)),
    }
    told = {title: lines for title, lines in sections.items() if lines}
    text = "\n\n".join("\n".join([f"## {title}", *(f"- {line}" for line in lines)]) for title, lines in told.items())
    first = sections["What there is"][0] if files else "the repository is empty"
    return Gathered(f"{first}; {sum(map(len, told.values()))} facts in {len(told)} sections", text)


def _inventory(project: Path, root: Path, files: list[str]) -> Iterator[str]:
    if not files:
        yield "nothing yet: the repository is empty, every name is free to choose"
        return
    kinds = Counter(Path(path).suffix or Path(path).name for path in files)
    yield f"{len(files)} files: " + ", ".join(f"{count} {kind}" for kind, count in kinds.most_common(8))
    layout = read_layout(project, root)
    if layout.sources:
        yield f"code in {', '.join(layout.sources[:MOST])}"
    if layout.tests:
        yield f"{len(layout.tests)} test files for {layout.runner}, e.g. {', '.join(layout.tests[:5])}"
    elif layout.files:
        yield "no tests"
    largest = sorted(layout.files, key=lambda path: -(project / path).stat().st_size)[:5]
    for path in largest:
        names = _DEFINES.findall(read_text(project / path))
        yield f"{path} defines {', '.join(names[:MOST])}{' and more' if len(names) > MOST else ''}" if names else path


def _places(project: Path, files: list[str], goal: str) -> Iterator[str]:
    """Yield the lines of code that name what the goal names: rare words first, definitions before mentions."""
    words = {word.lower() for word in _WORD.findall(goal)} - _COMMON
    if not words:
        return
    found: dict[str, list[tuple[bool, str]]] = {word: [] for word in words}
    for path in files:
        for number, line in enumerate(read_text(project / path).splitlines(), 1):
            for word in words & {part.lower() for part in _PARTS.findall(line)}:
                found[word].append((_DEFINES.match(line) is None, f"{path}:{number}: {line.strip()[:120]}"))
    for word in sorted((word for word in found if found[word]), key=lambda word: (len(found[word]), word))[:MOST]:
        places = [place for _, place in sorted(found[word])]
        yield f"{word} ({len(places)}): " + " | ".join(places[:3])
    missing = sorted(word for word in found if not found[word])
    if missing:
        yield f"nowhere: {', '.join(missing[:MOST])}"


def _dependencies(project: Path) -> Iterator[str]:
    table = read_toml(project / "pyproject.toml").get("project")
    if isinstance(table, dict):
        yield from (f"{name} (pyproject.toml)" for name in _strings(table.get("dependencies"))[:40])
        if isinstance(table.get("requires-python"), str):
            yield f"Python {table['requires-python']} (pyproject.toml)"
    for path in sorted(project.glob("requirements*.txt")):
        lines = (line.partition("#")[0].strip() for line in read_text(path).splitlines())
        yield from (f"{line} ({path.name})" for line in list(filter(None, lines))[:40] if not line.startswith("-"))
    package = _json(project / "package.json")
    for key in ("dependencies", "devDependencies"):
        named = package.get(key)
        if isinstance(named, dict):
            yield from (f"{name} {version} (package.json)" for name, version in list(named.items())[:40])
    for name, pattern in (
        ("go.mod", r"^\s*(?:require )?([\w.-]+\.[\w.-]+/\S+ v\S+)"),
        ("Cargo.toml", r'^([\w-]+) = "?[\d{]'),
    ):
        yield from (f"{each} ({name})" for each in re.findall(pattern, read_text(project / name), re.MULTILINE)[:40])


def _commands(project: Path) -> Iterator[str]:
    scripts = _json(project / "package.json").get("scripts")
    if isinstance(scripts, dict):
        yield from (f"npm run {name}: {command}" for name, command in list(scripts.items())[:MOST])
    targets = re.findall(r"^([a-z][\w-]*):(?!=)", read_text(project / "Makefile"), re.MULTILINE)
    if targets:
        yield f"make {', '.join(dict.fromkeys(targets[:MOST]))}"
    table = read_toml(project / "pyproject.toml").get("project")
    named = table.get("scripts") if isinstance(table, dict) else None
    if isinstance(named, dict):
        yield from (f"{name} = {place}" for name, place in list(named.items())[:MOST])


def _hot(bench: Workbench) -> list[str]:
    prefix = bench.target.project.relative_to(bench.target.root).as_posix()
    inside = "" if prefix == "." else f"{prefix}/"
    counts = {path.removeprefix(inside): n for path, n in bench.touched().items() if path.startswith(inside)}
    there = [(path, n) for path, n in counts.items() if (bench.target.project / path).is_file()]
    return [f"{path}: {n} commits" for path, n in there[:MOST]]


def _errors(bench: Workbench) -> Iterator[str]:
    reading = bench.readings.get("tests")
    for finding in (reading.findings if reading else ())[:MOST]:
        known = bench.recall(Fingerprint(finding.fingerprint)) if finding.fingerprint else None
        past = f"; seen {known.seen} times, mended {len(known.solved)} times" if known else ""
        yield f"{finding.symbol}: {finding.rule}: {finding.message[:160]}{past}"
    if reading is not None and reading.findings:
        return
    seen: dict[str, str] = {}
    for recorded in bench.ledger():
        event = recorded.event
        if isinstance(event, ErrorSeen):
            seen[event.fingerprint] = f"{event.exception}: {event.message[:120]} in {event.path}:{event.line}"
        elif isinstance(event, PatchLanded):
            for fingerprint in event.solved:
                if fingerprint in seen:
                    yield f"mended before: {seen.pop(fingerprint)}"


def _guides(project: Path) -> Iterator[str]:
    for name in GUIDES:
        text = read_text(project / name).strip()
        if text:
            yield f"{name}: {text[:EXCERPT]}{' [...]' if len(text) > EXCERPT else ''}"


def _json(path: Path) -> Mapping[str, Any]:
    import json

    try:
        found = json.loads(read_text(path) or "{}")
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _strings(value: Any) -> list[str]:
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else []
