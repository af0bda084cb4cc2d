"""Gate `types`: what mypy finds, under Kaizen's own mypy and the settings of the trusted checkpoint."""

from __future__ import annotations

import json
import stat
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from agents.ports import Completed, Limits, Target
from agents.tools.own import own_tool
from agents.workspace.layout import python_files, read_text
from director.gates.defaults import DEFAULTS
from director.gates.gate import MeasuredTree
from director.gates.hidden import Hidden, hidden_in, signatures
from director.gates.mypy_settings import mypy_file, mypy_settings, written
from ledger.events import Finding, GateSpec, Reading

__all__ = ["Types", "mypy_file"]

LIMITS = Limits(wall=600, cpu=600, output=64 * 1024 * 1024)
MOST_KEPT = 64 * 1024 * 1024
"""Bytes of mypy's own cache that are kept in memory."""
NOT_INSTALLED = frozenset({"import-not-found", "import-untyped", "import"})
"""What says something of the machine, not of the code."""


class Types:
    """Counts type errors, with every suppression seen through: hiding a new one is no better than making it."""

    name = "types"
    spec = DEFAULTS["types"]
    static = True

    def __init__(self) -> None:
        self._caches: dict[str, Cache] = {}

    async def measure(self, tree: MeasuredTree, spec: GateSpec) -> Reading:
        """Check a copy without suppressions once, and the trusted one too when other things are hidden here."""
        file, sections = mypy_settings(tree.trusted)
        settings, lost = written(sections)
        tool = own_tool("mypy", "mypy")
        there, _ = written(_found_again(sections, tree.target))
        changed = _changed(tree.target.project, tree.trusted)
        cache = self._cache(there)
        here = await _checked(
            tree.target, tree.trusted, there, _places(sections, tree.target), cache, remember=not changed
        )
        if isinstance(here, str):
            return Reading(gate=spec.name, value=None, detail=here, tool=tool.version)
        hidden = [*here.hidden, *_bare(changed)]
        allowed = len(hidden)
        if hidden and _hiding_otherwise(changed):
            places, cache = _places(sections, tree.trusted_target), self._cache(settings)
            was = await _checked(tree.trusted_target, tree.trusted, settings, places, cache, remember=True)
            if isinstance(was, str):
                return Reading(
                    gate=spec.name, value=None, detail=f"on the trusted checkpoint: {was}", tool=tool.version
                )
            allowed = len(was.hidden)
        new = max(0, len(hidden) - allowed)
        findings = [*here.shown, *(_newly_hidden(hidden, tree.target.project, tree.trusted) if new else ())]
        value = float(len(here.shown) + new)
        notes = [f"{new} newly hidden"] if new else []
        notes += [f"plugin {plugin} is not installed with Kaizen: left out" for plugin in lost]
        return Reading(
            gate=spec.name,
            value=value,
            detail="; ".join([f"{len(here.shown)} type errors" if here.shown else "no type errors", *notes]),
            tool=f"{tool.version}, {file or 'its defaults'}",
            findings=tuple(findings),
            counts={
                "errors": float(len(here.shown)), "suppressed": float(len(hidden)), "newly_hidden": float(new),
                "not_installed": float(here.not_installed),
                "any": float(here.anys),
            },
            seconds=here.seconds,
        )  # fmt: skip

    def _cache(self, settings: str) -> Cache:
        return self._caches.setdefault(settings, Cache())


Changed = Mapping[str, tuple[str | None, str | None]]


class Checked(NamedTuple):
    """What mypy found in a tree of which nothing is hidden."""

    shown: tuple[Finding, ...]
    hidden: tuple[Finding, ...]
    not_installed: int
    anys: int
    seconds: float


@dataclass(slots=True)
class Cache:
    """What mypy remembers of a trusted tree under one set of settings; a patched one begins with it and leaves none."""

    python: str = ""
    files: dict[str, bytes] = field(default_factory=dict)

    def lay(self, folder: Path, python: str) -> None:
        """Write it where mypy looks, when it is of the same interpreter."""
        for name, content in self.files.items() if python == self.python else ():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(content)

    def keep(self, folder: Path, python: str) -> None:
        """Take over what mypy left; too much is not kept."""
        plain = (path for path in folder.rglob("*") if stat.S_ISREG(path.lstat().st_mode))
        found = {path.relative_to(folder).as_posix(): path for path in plain}
        if sum(path.stat().st_size for path in found.values()) <= MOST_KEPT:
            self.python, self.files = python, {name: path.read_bytes() for name, path in found.items()}


async def _checked(
    target: Target, trusted: Path, settings: str, places: tuple[str, ...], cache: Cache, *, remember: bool
) -> Checked | str:
    """Return what mypy finds, or why it finds nothing; what it learned of code that is trusted it may remember."""
    tool = own_tool("mypy", "mypy")
    if not places and "files" not in settings:
        return "no code of the project was found"
    with tempfile.TemporaryDirectory(prefix="types-") as folder:
        root = Path(folder).resolve() / "tree"
        project = root / target.project.relative_to(target.root)
        files = _copied(target.project, trusted, project)
        configuration = Path(folder).resolve() / "mypy.ini"
        configuration.write_text(settings, encoding="utf-8")
        remembered = Path(folder).resolve() / "cache"
        remembered.mkdir()
        cache.lay(remembered, str(target.python))
        argv = [
            *tool.argv, "--config-file", str(configuration), "--python-executable", str(target.python),
            "--cache-dir", str(remembered), "--sqlite-cache", "--output", "json", "--no-error-summary",
            "--hide-error-context", "--no-color-output", "--no-pretty", *(["--", *places] if places else []),
        ]  # fmt: skip
        there = target.at(root, lent=[remembered])
        done = await there.run(argv, limits=LIMITS, shown=(*tool.shown, configuration))
        if remember and done.outcome == "exited" and done.exit in (0, 1):
            cache.keep(remembered, str(target.python))
    if done.outcome != "exited" or done.exit not in (0, 1) or done.truncated:
        return f"mypy could not measure: {_reason(done)}"
    errors = list(_errors(done))
    about_code = [error for error in errors if error.rule not in NOT_INSTALLED]
    shown = [error for error in about_code if not _is_hidden(files, error)]
    hidden = [error for error in about_code if _is_hidden(files, error)]
    for path, file in files.items():
        hidden += [
            Finding(rule="cast-any", message="a cast to Any, or a decorator, hides what follows", path=path, line=line)
            for line in file.casts
        ]
    anys = sum(file.anys for file in files.values())
    order = (sorted(shown, key=_place), sorted(hidden, key=_place))
    return Checked(tuple(order[0]), tuple(order[1]), len(errors) - len(about_code), anys, done.seconds)


def _changed(project: Path, trusted: Path) -> Changed:
    """Return the text of each Python file that is not as it is trusted: before, and now."""
    if project == trusted:
        return {}
    before, now = ({path: read_text(root / path) for path in python_files(root)} for root in (trusted, project))
    return {
        path: (before.get(path), now.get(path))
        for path in sorted(before.keys() | now.keys()) if before.get(path) != now.get(path)
    }  # fmt: skip


def _copied(source: Path, trusted: Path, project: Path) -> dict[str, Hidden]:
    """Copy what mypy reads, without what hides errors; a stub beside its module only where it is trusted."""
    found: dict[str, Hidden] = {}
    for path in python_files(source):
        hidden, text = hidden_in(read_text(source / path))
        found[path] = hidden
        place = project / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8")
    project.mkdir(parents=True, exist_ok=True)
    for stub in sorted(source.rglob("*.pyi")):
        path = stub.relative_to(source).as_posix()
        beside = path[:-1] in found
        if stub.is_symlink() or (beside and not (trusted / path).is_file()):
            continue
        (project / path).parent.mkdir(parents=True, exist_ok=True)
        (project / path).write_text(read_text(trusted / path if beside else stub), encoding="utf-8")
    for mark in source.rglob("py.typed"):
        (project / mark.relative_to(source)).parent.mkdir(parents=True, exist_ok=True)
        (project / mark.relative_to(source)).touch()
    return found


def _errors(done: Completed) -> Iterator[Finding]:
    for line in done.stdout.splitlines():
        try:
            found = json.loads(line)
            if found["severity"] == "error":
                path = str(found["file"]).removeprefix("./")
                yield Finding(
                    rule=str(found.get("code") or "misc"), message=str(found["message"])[:500], path=path,
                    line=max(0, int(found["line"])),
                )  # fmt: skip
        except (ValueError, KeyError, TypeError):
            continue


def _is_hidden(files: Mapping[str, Hidden], error: Finding) -> bool:
    file = files.get(error.path)
    return file is not None and file.hides(error.line, error.rule)


def _bare(changed: Changed) -> Iterator[Finding]:
    """Yield functions that lost all their annotations: mypy no longer looks into them."""
    for path, (before, now) in changed.items():
        annotated_before = signatures(before) if before and now is not None else {}
        for name, annotated in signatures(now).items() if annotated_before and now is not None else ():
            if annotated_before.get(name) and not annotated:
                yield Finding(rule="unannotated", message="its annotations were taken away", path=path, symbol=name)


def _hiding_otherwise(changed: Changed) -> bool:
    """Return whether other lines hide something than before, wherever they stand."""
    before, now = Counter[str](), Counter[str]()
    for path, texts in changed.items():
        for lines, text in zip((before, now), texts, strict=True):
            lines.update(_hiding(path, text or ""))
            lines.update(f"{path}:{name}" for name, annotated in signatures(text or "").items() if not annotated)
    return before != now


def _hiding(path: str, text: str) -> Iterator[str]:
    """Yield the lines of a file that hide something, and its path when it hides all of itself."""
    hidden, _ = hidden_in(text)
    rows = text.splitlines() if hidden.ignores or hidden.casts else []
    yield from (rows[line - 1].strip() for line in {*hidden.ignores, *hidden.casts} if line <= len(rows))
    yield from [path] if hidden.whole else []


def _newly_hidden(hidden: list[Finding], project: Path, trusted: Path) -> Iterator[Finding]:
    """Yield what is hidden by lines that stand nowhere in the trusted tree."""
    before = {line for path in python_files(trusted) for line in _hiding(path, read_text(trusted / path))}
    for finding in hidden:
        rows = read_text(project / finding.path).splitlines()
        row = rows[finding.line - 1].strip() if 0 < finding.line <= len(rows) else ""
        if row not in before:
            yield Finding(
                rule=f"hidden-{finding.rule}",
                message=f"newly hidden: {finding.message}"[:500],
                path=finding.path,
                line=finding.line,
                symbol=finding.symbol,
            )


def _places(sections: Mapping[str, Mapping[str, str]], target: Target) -> tuple[str, ...]:
    """Return what is checked: what the trusted settings name, else all code of the project."""
    named = sections.get("mypy", {})
    return () if any(named.get(key) for key in ("files", "packages", "modules")) else tuple(target.sources)


def _found_again(sections: Mapping[str, Mapping[str, str]], target: Target) -> dict[str, dict[str, str]]:
    """Return the settings with the places that moved since they were written: a package is known by its name."""
    known = {name: dict(values) for name, values in sections.items()}
    words = [
        word.strip() for word in known.get("mypy", {}).get("files", "").replace("\n", ",").split(",") if word.strip()
    ]
    if words:
        known["mypy"]["files"] = ", ".join(_now(word, target) for word in words)
    return known


def _now(place: str, target: Target) -> str:
    if any(sign in place for sign in "*?[") or (target.project / place).exists():
        return place
    same = [source for source in target.sources if Path(source).name == Path(place).name]
    return same[0] if len(same) == 1 else place


def _place(finding: Finding) -> tuple[str, int, str, str]:
    return finding.path, finding.line, finding.rule, finding.message


def _reason(done: Completed) -> str:
    if done.outcome != "exited":
        return f"ended by the limit of {done.outcome}"
    said = (done.stderr or done.stdout).decode("utf-8", "replace").strip().splitlines()
    for line in said:
        if line.startswith("{"):
            try:
                found = json.loads(line)
                return f"{found['file']}:{found['line']} {found['message']}"[:300]
            except (ValueError, KeyError, TypeError):
                continue
    return said[-1][:300] if said else f"exit status {done.exit}"
