"""What a project declares about itself: name, version, dependencies, entry points; read as data, never executed."""

from __future__ import annotations

import ast
import email
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from packaging.requirements import InvalidRequirement, Requirement

from agents.workspace.layout import is_name, parse, read_ini, read_text, read_toml
from agents.workspace.poetry import poetry_requirements

TEST_GROUPS = ("test", "tests", "testing", "dev", "develop", "development")
"""Extras and dependency groups that hold what the tests need."""
NOT_FOR_TESTS = re.compile(r"doc|lint|build|release|publish|bench|format|typing|deploy|prod", re.IGNORECASE)
MOST = 200
"""Files, groups and extras that are looked into for requirements, each kind by itself."""


@dataclass(frozen=True, slots=True)
class Declared:
    """One project's own words."""

    name: str = ""
    version: str = ""
    requires_python: str = ""
    requirements: tuple[str, ...] = ()
    """Requirements of the project and of its tests, sorted."""
    unusable: tuple[str, ...] = ()
    """Requirements that name a place instead of a release: they would have to be built."""
    entry_points: Mapping[str, Mapping[str, str]] | None = None
    generated: tuple[str, ...] = ()
    """Files that only a build makes, and that are not there."""


def declared_by(project: Path) -> Declared:
    """Read the project's metadata files, whichever it has."""
    pyproject = read_toml(project / "pyproject.toml")
    config = read_ini(project / "setup.cfg")
    setup = _setup_call(read_text(project / "setup.py"))
    package_info = email.message_from_string(read_text(project / "PKG-INFO"))
    table = _table(pyproject, "project")
    poetry = _table(_table(pyproject, "tool"), "poetry")
    lines = [
        *_from_pyproject(pyproject), *_from_setup_cfg(config), *_from_setup_call(setup), *_from_files(project),
        *_from_tox(project),
    ]  # fmt: skip
    poetry_lines, poetry_python = poetry_requirements(poetry, TEST_GROUPS)
    lines += poetry_lines
    if not lines:
        lines = list(_from_package_info(package_info.get_all("Requires-Dist") or []))
    name = _first(
        table.get("name"),
        poetry.get("name"),
        _option(config, "metadata", "name"),
        setup.get("name"),
        package_info["Name"],
    )
    version = _first(
        table.get("version"), poetry.get("version"), _option(config, "metadata", "version"), setup.get("version"),
        package_info["Version"], _version_in_code(project, name),
    )  # fmt: skip
    extras = (_table(table, "optional-dependencies"), _extras_of(config), _table(setup, "extras_require"))
    requirements, unusable = _sorted_out(_with_own_extras(lines, name, extras), name)
    return Declared(
        name=name,
        version=version,
        requires_python=_first(
            table.get("requires-python"), poetry_python, _option(config, "options", "python_requires"),
            setup.get("python_requires"), package_info["Requires-Python"],
        ),
        requirements=requirements,
        unusable=unusable,
        entry_points=_entry_points(table, poetry, config, setup),
        generated=tuple(_generated(project, pyproject, config)),
    )  # fmt: skip


# --- requirements


def _sorted_out(lines: Iterable[str], own: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    usable, unusable = set(), set()
    for line in lines:
        text = re.split(r"\s#|\s--", line.strip())[0].strip().rstrip("\\").strip()
        if not text or text.startswith(("#", "-", ".", "/")):
            continue
        try:
            requirement = Requirement(text)
        except InvalidRequirement:
            unusable.add(text[:100])
            continue
        if _same(requirement.name, own):
            continue
        if requirement.url is not None:
            unusable.add(requirement.name)
        else:
            usable.add(str(requirement))
    return tuple(sorted(usable)), tuple(sorted(unusable))


def _with_own_extras(lines: Iterable[str], own: str, extras: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Yield the lines; one that asks for the project itself with extras stands for what these name."""
    seen: list[set[str]] = [set() for _ in extras]
    for line in lines:
        yield line
        itself = re.match(r"\s*(?:(?:-e|--editable)[\s=]+)?(\.|[\w.-]+)\s*\[([\w\s,.-]+)\]", line)
        if itself and (itself.group(1) == "." or _same(itself.group(1), own)):
            for extra in itself.group(2).split(","):
                for table, known in zip(extras, seen, strict=True):
                    yield from _extra(table, extra.strip(), own, known)


def _extras_of(config: Any) -> dict[str, list[str]]:
    section = "options.extras_require"
    return {name: lines.splitlines() for name, lines in config.items(section)} if config.has_section(section) else {}


def _from_pyproject(pyproject: Mapping[str, Any]) -> Iterator[str]:
    table = _table(pyproject, "project")
    yield from _strings(table.get("dependencies"))
    extras = _table(table, "optional-dependencies")
    groups = _table(pyproject, "dependency-groups")
    seen: tuple[set[str], set[str]] = (set(), set())
    for group in TEST_GROUPS:
        yield from _extra(extras, group, str(table.get("name", "")), seen[0])
        yield from _group(groups, group, seen[1])
    tool = _table(pyproject, "tool")
    yield from _strings(_table(tool, "uv").get("dev-dependencies"))
    for lines in _table(_table(tool, "pdm"), "dev-dependencies").values():
        yield from _strings(lines)
    environments = _table(_table(tool, "hatch"), "envs")
    for name in ("default", "test", "tests", "hatch-test"):
        for key in ("dependencies", "extra-dependencies"):
            yield from _strings(_table(environments, name).get(key))


def _is_new(name: Any, seen: set[Any]) -> bool:
    """Note what is looked into; each thing is once, and no more than a project can mean: others lead in circles."""
    new = name not in seen and len(seen) < MOST
    seen.add(name)
    return new


def _extra(extras: Mapping[str, Any], name: str, own: str, seen: set[str]) -> Iterator[str]:
    """Yield an extra's requirements; one that names the project itself stands for its other extras."""
    if not _is_new(name, seen):
        return
    for line in _strings(extras.get(name)):
        itself = re.fullmatch(r"([\w.-]+)\s*\[([\w\s,.-]+)\]", line.strip())
        if itself and _same(itself.group(1), own):
            for other in itself.group(2).split(","):
                yield from _extra(extras, other.strip(), own, seen)
        else:
            yield line


def _group(groups: Mapping[str, Any], name: str, seen: set[str]) -> Iterator[str]:
    if not _is_new(name, seen):
        return
    entries = groups.get(name)
    for entry in entries if isinstance(entries, list) else []:
        if isinstance(entry, str):
            yield entry
        elif isinstance(entry, dict) and isinstance(entry.get("include-group"), str):
            yield from _group(groups, entry["include-group"], seen)


def _from_setup_cfg(config: Any) -> Iterator[str]:
    for key in ("install_requires", "tests_require"):
        yield from _option(config, "options", key).splitlines()
    for group in TEST_GROUPS:
        yield from _option(config, "options.extras_require", group).splitlines()


def _from_setup_call(setup: Mapping[str, Any]) -> Iterator[str]:
    for key in ("install_requires", "tests_require"):
        yield from _strings(setup.get(key))
    for group in TEST_GROUPS:
        yield from _strings(_table(setup, "extras_require").get(group))


def _from_files(project: Path) -> Iterator[str]:
    found = [path for path in sorted(project.glob("*.txt")) if re.search(r"requirements?|test.*deps", path.name)]
    found += sorted((project / "requirements").glob("*.txt"))
    seen: set[Path] = set()
    for path in found:
        if not NOT_FOR_TESTS.search(path.name):
            yield from _file(path, project, seen)


def _file(path: Path, project: Path, seen: set[Path]) -> Iterator[str]:
    """Yield a requirements file's lines and those of the files it names inside the project."""
    if not _is_new(path.resolve(), seen):
        return
    for line in read_text(path).replace("\\\n", " ").splitlines():
        other = re.match(r"\s*(?:-r|--requirement)[\s=]+(\S+)", line)
        if other is None:
            yield line
        elif _is_inside(path.parent / other.group(1), project):
            yield from _file(path.parent / other.group(1), project, seen)


def _is_inside(path: Path, project: Path) -> bool:
    return "\0" not in str(path) and path.resolve().is_relative_to(project.resolve())


def _from_tox(project: Path) -> Iterator[str]:
    seen: set[Path] = set()
    for line in _option(read_ini(project / "tox.ini"), "testenv", "deps").splitlines():
        other = re.match(r"\s*-r\s*(?:\{toxinidir\}/)?(\S+)$", line)
        if other and _is_inside(project / other.group(1), project):
            yield from _file(project / other.group(1), project, seen)
        elif "{" not in line and not re.match(r"\s*[\w!,.-]+\s*:", line):
            yield line


def _from_package_info(lines: Iterable[str]) -> Iterator[str]:
    for line in lines:
        try:
            requirement = Requirement(line)
        except InvalidRequirement:
            continue
        marker = requirement.marker
        if marker is None or any(marker.evaluate({"extra": extra}) for extra in ("", *TEST_GROUPS)):
            requirement.marker = None
            yield str(requirement)


# --- setup.py


def _setup_call(text: str) -> dict[str, Any]:
    """Return the literal arguments of the call of `setup`, names of module-level literals resolved."""
    tree = parse(text)
    if tree is None:
        return {}
    names: dict[str, Any] = {}
    for node in tree.body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            names[node.targets[0].id] = _literal(node.value, names)
    for call in ast.walk(tree):
        if isinstance(call, ast.Call) and getattr(call.func, "id", getattr(call.func, "attr", "")) == "setup":
            return {keyword.arg: _literal(keyword.value, names) for keyword in call.keywords if keyword.arg}
    return {}


def _literal(node: ast.expr, names: Mapping[str, Any]) -> Any:
    if isinstance(node, ast.Name):
        return names.get(node.id)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        left, right = _literal(node.left, names), _literal(node.right, names)
        return left + right if isinstance(left, list) and isinstance(right, list) else left or right
    if isinstance(node, ast.Dict):
        keys = [key.value if isinstance(key, ast.Constant) else None for key in node.keys]
        return dict(zip(keys, (_literal(value, names) for value in node.values), strict=True))
    if isinstance(node, (ast.List, ast.Tuple)):
        return [part for part in (_literal(part, names) for part in node.elts) if part is not None]
    return node.value if isinstance(node, ast.Constant) else None


# --- the rest


def _entry_points(
    table: Mapping[str, Any], poetry: Mapping[str, Any], config: Any, setup: Mapping[str, Any]
) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for group, entries in (*_table(table, "entry-points").items(), *_table(poetry, "plugins").items()):
        found[group] = {str(name): str(place) for name, place in entries.items()} if isinstance(entries, dict) else {}
    scripts = {**_table(table, "scripts"), **_table(poetry, "scripts")}
    if scripts:
        found["console_scripts"] = {name: place for name, place in scripts.items() if isinstance(place, str)}
    listed: list[tuple[str, list[str]]] = []
    if config.has_section("options.entry_points"):
        listed += [(group, lines.splitlines()) for group, lines in config.items("options.entry_points")]
    listed += [(str(group), list(_strings(lines))) for group, lines in _table(setup, "entry_points").items()]
    for group, lines in listed:
        pairs = (line.split("=", 1) for line in lines if "=" in line)
        found.setdefault(group, {}).update({name.strip(): place.strip() for name, place in pairs})
    return {group: entries for group, entries in found.items() if entries}


def _version_in_code(project: Path, name: str) -> str:
    """Return a literal `__version__`, which is what `attr:` and flit read."""
    module = re.sub(r"[-.]+", "_", name)
    for base in ("src", "lib", "."):
        for inner in (
            f"{module}/__init__.py",
            f"{module}/_version.py",
            f"{module}/version.py",
            f"{module}/__version__.py",
            f"{module}.py",
        ):
            found = re.search(
                r"""^(?:__version__|version|VERSION)\s*(?::\s*\w+\s*)?=\s*['"]([\w.+!-]+)['"]""",
                read_text(project / base / inner),
                re.MULTILINE,
            )
            if found:
                return found.group(1)
    return ""


def _generated(project: Path, pyproject: Mapping[str, Any], config: Any) -> Iterator[str]:
    tool = _table(pyproject, "tool")
    scm = _table(tool, "setuptools_scm")
    hook = _table(_table(_table(_table(tool, "hatch"), "build"), "hooks"), "vcs")
    for named in (
        scm.get("write_to"),
        scm.get("version_file"),
        hook.get("version-file"),
        _option(config, "setuptools_scm", "write_to"),
    ):
        if not isinstance(named, str) or not named or not is_name(named) or ".." in named:
            continue
        if not (project / named).exists():
            yield named


def _same(name: str, other: str) -> bool:
    return re.sub(r"[-_.]+", "-", name).lower() == re.sub(r"[-_.]+", "-", other).lower()


def _first(*values: Any) -> str:
    return next(
        (
            value.strip()
            for value in values
            if isinstance(value, str) and value.strip() and not value.strip().startswith(("attr:", "file:"))
        ),
        "",
    )


def _option(config: Any, section: str, key: str) -> str:
    return str(config.get(section, key, fallback=""))


def _strings(value: Any) -> list[str]:
    if isinstance(value, str):
        return value.splitlines()
    return [part for part in value if isinstance(part, str)] if isinstance(value, list) else []


def _table(table: Any, key: str) -> dict[str, Any]:
    value = table.get(key) if isinstance(table, Mapping) else None
    return value if isinstance(value, dict) else {}
