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
        here = await _checked(tree.target, tree.trusted, there, _places(sections, tree.target), self._cache(there))
        if isinstance(here, str):
            return Reading(gate=spec.name, value=None, detail=here, tool=tool.version)
        hidden = [*here.hidden, *_bare(tree.target.project, tree.trusted)]
        allowed = len(hidden)
        if hidden and _hiding(tree.target.project) != _hiding(tree.trusted):
            places = _places(sections, tree.trusted_target)
            was = await _checked(tree.trusted_target, tree.trusted, settings, places, self._cache(settings))
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
    target: Target, trusted: Path, settings: str, places: tuple[str, ...], cache: Cache
) -> Checked | str:
    """Return what mypy finds, or why it finds nothing."""
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
        if done.outcome == "exited" and done.exit in (0, 1) and _same_code(target.project, trusted):
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


def _same_code(project: Path, trusted: Path) -> bool:
    """Return whether a tree is the trusted one, as far as mypy sees."""
    if project == trusted:
        return True
    paths = list(python_files(project))
    return paths == list(python_files(trusted)) and all(
        read_text(project / path) == read_text(trusted / path) for path in paths
    )


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


def _bare(project: Path, trusted: Path) -> Iterator[Finding]:
    """Yield functions that lost all their annotations: mypy no longer looks into them."""
    for path in python_files(project):
        before = signatures(read_text(trusted / path)) if (trusted / path).is_file() else {}
        for name, annotated in signatures(read_text(project / path)).items() if before else ():
            if before.get(name) and not annotated:
                yield Finding(rule="unannotated", message="its annotations were taken away", path=path, symbol=name)


def _hiding(project: Path) -> Counter[str]:
    """Return the lines that hide something, wherever they stand."""
    lines: Counter[str] = Counter()
    for path in python_files(project):
        text = read_text(project / path)
        hidden, _ = hidden_in(text)
        rows = text.splitlines()
        lines.update(rows[line - 1].strip() for line in {*hidden.ignores, *hidden.casts} if line <= len(rows))
        lines.update([path] if hidden.whole else [])
        lines.update(f"{path}:{name}" for name, annotated in signatures(text).items() if not annotated)
    return lines


def _newly_hidden(hidden: list[Finding], project: Path, trusted: Path) -> Iterator[Finding]:
    """Yield what is hidden by lines that stand nowhere in the trusted tree."""
    before = _hiding(trusted)
    for finding in hidden:
        rows = read_text(project / finding.path).splitlines()
        row = rows[finding.line - 1].strip() if 0 < finding.line <= len(rows) else ""
        if not before[row]:
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
