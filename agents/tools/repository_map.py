"""A map of a project in few words: the definitions that matter most for what is mentioned, under their files.

Files that mention a name point to the files that define it. A walk over these links that keeps returning to what is
mentioned says how much each file, and each definition, matters; the best are shown as far as the tokens reach.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from agents.tools.code.reading import known_tags, read_tags
from agents.tools.code.tags import Definition, TagCache, Tags
from agents.tools.project_files import plain

DAMPING, ROUNDS, CLOSE = 0.75, 60, 1e-7
MENTIONED, DESCRIPTIVE, PRIVATE, BY_NAME, ITSELF = 10.0, 3.0, 0.1, 5.0, 0.1
"""What a link weighs more or less by the name it goes over, and by the files it joins."""
_PIECE = re.compile(r"[A-Za-z]+|\d{1,3}|[^\sA-Za-z\d]|\s+")
_NAME = re.compile(r"[A-Za-z_]\w+")
_SHOWN = frozenset({"class", "function", "method", "type", "interface", "enum", "struct", "trait", "constant", "macro"})


@dataclass(frozen=True, slots=True)
class Mentioned:
    """What the map is to turn to."""

    files: frozenset[str]
    names: frozenset[str]


def repository_map(project: Path, mentioned: Sequence[str], tokens: int, tags: TagCache | None = None) -> str:
    """Return the map of the project below `project`, at most `tokens` long by an upper estimate; empty for no code.

    `mentioned` are paths (`src/a.py`, `src/a.py:12`), tests (`tests/test_a.py::test_x`), modules and names, as they
    stand in a task or a traceback. The same tree and words give the same bytes. Only files that changed since the last
    call are parsed again; `tags` is another memory for that than the program's own.
    """
    known = known_tags() if tags is None else tags
    files = {path: found for path, found in read_tags(project, known).items() if found.definitions or found.mentions}
    wanted = mentioned_in(mentioned, files)
    ranked = _ranked(files, wanted)
    few, many = 0, len(ranked)
    best = ""
    while few < many:
        middle = (few + many + 1) // 2
        written = _written(ranked[:middle], len(files))
        if count(written) <= tokens:
            few, best = middle, written
        else:
            many = middle - 1
    return best


def count(text: str) -> int:
    """Return an upper estimate of a text's tokens, the same for every model: four letters, or one sign, are one."""
    return sum(math.ceil(len(piece.encode("utf-8", "replace")) / 4) for piece in _PIECE.findall(text))


def mentioned_in(words: Iterable[str], files: Iterable[str]) -> Mentioned:
    """Return the files and names that these words mean."""
    known = sorted(files)
    chosen: set[str] = set()
    names: set[str] = set()
    for word in words:
        place, _, rest = word.strip().partition("::")
        place = re.sub(r"(:\d+)+$", "", place).removeprefix("./")
        dotted = place.replace(".", "/")
        here = [path for path in known if path == place or path.endswith(f"/{place}")] if place else []
        here = here or [path for path in known if dotted and _is_module(path, dotted)]
        chosen.update(here)
        names.update(_NAME.findall(rest if here else word))
    return Mentioned(frozenset(chosen), frozenset(names))


def _is_module(path: str, dotted: str) -> bool:
    bare = path.rpartition(".")[0].removesuffix("/__init__")
    return bare == dotted or (bare.endswith(f"/{dotted}") and "/" in dotted)


# --- who matters how much


def _ranked(files: Mapping[str, Tags], wanted: Mentioned) -> list[tuple[str, Definition | None]]:
    """Return definitions with their files, the one that matters most first; None stands for a file by itself."""
    links = _links(files, wanted)
    start = {path: _pull(path, wanted, len(files)) for path in files}
    rank = _walk(files, links, start)
    score: dict[tuple[str, str], float] = defaultdict(float)
    for source, targets in links.items():
        total = sum(targets.values())
        for (target, name), weight in targets.items():
            score[target, name] += rank[source] * weight / total
    listed: list[tuple[float, str, int, Definition | None]] = []
    homes = Counter(name for tags in files.values() for name in {each.name for each in _worth(tags)})
    for path, tags in files.items():
        if path in wanted.files:
            listed.append((-math.inf, path, 0, None))
        shown = _worth(tags)
        for each in shown:
            own = score[path, each.name] + rank[path] * 0.1 / len(shown)
            if each.name in wanted.names:
                own = own * MENTIONED + (0.5 if _tells(each.name) else 0.02) / homes[each.name] ** 2
            listed.append((-own, path, each.line, each))
    # Rounded, so that another order of adding up cannot change the order of the map.
    listed.sort(key=lambda row: (round(row[0], 12) if row[0] > -math.inf else row[0], row[1], row[2]))
    return [(path, definition) for _, path, _, definition in listed]


def _worth(tags: Tags) -> list[Definition]:
    return [each for each in tags.definitions if each.kind in _SHOWN and not each.local]


def _links(files: Mapping[str, Tags], wanted: Mentioned) -> dict[str, dict[tuple[str, str], float]]:
    """Return, for each file, the definitions it points to and how strongly."""
    defined: dict[str, set[str]] = defaultdict(set)
    for path, tags in files.items():
        for each in _worth(tags):
            defined[each.name].add(path)
    links: dict[str, dict[tuple[str, str], float]] = {}
    for path, tags in files.items():
        out: dict[tuple[str, str], float] = {}
        for name in sorted(tags.references):
            targets = [each for each in sorted(defined.get(name, ())) if files[each].language == tags.language]
            worth = _weight(name, wanted) * math.sqrt(tags.references[name])
            for target in targets:
                known = BY_NAME if _module_name(target) in tags.mentions else 1.0
                out[target, name] = worth * (ITSELF if target == path else known) / len(targets)
        if out:
            links[path] = out
    return links


def _weight(name: str, wanted: Mentioned) -> float:
    weight = MENTIONED if name in wanted.names else 1.0
    if _tells(name):
        weight *= DESCRIPTIVE
    return weight * PRIVATE if name.startswith("_") else weight


def _tells(name: str) -> bool:
    """Return whether a name is long and made of several words: few things are called so by chance."""
    return len(name) >= 8 and ("_" in name.strip("_") or name != name.lower() != name.upper())


def _module_name(path: str) -> str:
    """Return the word by which other files name this one: its own, or its folder's for a package's face."""
    folder, _, name = path.rpartition("/")
    stem = name.partition(".")[0]
    return folder.rpartition("/")[2] if stem in ("__init__", "index", "mod", "lib", "main") else stem


def _pull(path: str, wanted: Mentioned, files: int) -> float:
    """Return how strongly the walk returns to a file: to all files together a tenth as much as to a mentioned one."""
    named = sum(1 for part in set(re.split(r"[/.]", path)) if part in wanted.names)
    return (1.0 if path in wanted.files else 0.0) + 0.1 * named + 0.1 / files


def _walk(
    files: Mapping[str, Tags], links: Mapping[str, Mapping[tuple[str, str], float]], start: Mapping[str, float]
) -> dict[str, float]:
    """Return the personalised PageRank of every file, always added up in the same order."""
    order = sorted(files)
    whole = sum(start[path] for path in order)
    home = {path: start[path] / whole for path in order}
    moves: dict[str, list[tuple[str, float]]] = {}
    for path, targets in links.items():
        to: dict[str, float] = defaultdict(float)
        for (target, _), weight in targets.items():
            to[target] += weight
        total = sum(to.values())
        moves[path] = [(target, weight / total) for target, weight in sorted(to.items())]
    rank = dict(home)
    for _ in range(ROUNDS):
        lost = sum(rank[path] for path in order if path not in moves)
        new = {path: (1 - DAMPING + DAMPING * lost) * home[path] for path in order}
        for path in order:
            for target, share in moves.get(path, ()):
                new[target] += DAMPING * rank[path] * share
        moved = sum(abs(new[path] - rank[path]) for path in order)
        rank = new
        if moved < CLOSE:
            break
    return rank


# --- on paper


def _written(chosen: Sequence[tuple[str, Definition | None]], files: int) -> str:
    by_file: dict[str, list[Definition]] = {}
    for path, definition in chosen:
        held = by_file.setdefault(path, [])
        if definition is not None:
            held.append(definition)
    lines: list[str] = []
    for path in sorted(by_file):
        lines.append(f"{_one_line(path)}:")
        named = ""
        for each in sorted(by_file[path], key=lambda one: (one.line, one.name)):
            shown = any(one.full == each.container and one in by_file[path] for one in by_file[path])
            if each.container and not shown and each.container != named:
                lines.append(f"      {_one_line(each.container)}")
            named = each.container
            depth = each.container.count(".") + 1 if each.container else 0
            lines.append(f"{each.line:>5} {'  ' * depth}{_one_line(each.signature)}")
    left = files - len(by_file)
    if left:
        lines.append(f"({left} more files with code)")
    return "\n".join(lines) + "\n"


def _one_line(text: str) -> str:
    return plain(text.replace("\n", "\\x0a"))
