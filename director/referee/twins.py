"""PURE: tests by their text: which of the candidate's is one of the base's, and which were touched at all."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable, Mapping

from agents.ports import SuiteResult
from agents.workspace.layout import parse
from agents.workspace.mirror import Entry
from director.referee.changes import Changes

Function = ast.FunctionDef | ast.AsyncFunctionDef


def same_tests(
    changes: Changes, texts: Callable[[Entry | None], str], prefix: str, base: SuiteResult, own: SuiteResult
) -> dict[str, str]:
    """Return for tests of changed files those of the candidate with the same text, whatever they are called."""
    before = _bodies({c.path: texts(c.before) for c in changes.of("test")})
    after = _bodies({c.path: texts(c.after) for c in changes.of("test")})
    found: dict[str, str] = {}
    for test in (one.id for one in base.tests):
        name, case = _name(test)
        bodies = {body for body, names in before.items() if name in names}
        alike = {other for body in bodies for other in after.get(body, ())}
        twins = [one.id for one in own.tests if _name(one.id)[0] in alike and _name(one.id)[1] == case]
        if test in twins or len(twins) == 1:
            found[test] = test if test in twins else twins[0]
    return found


def touched(before: str, after: str) -> frozenset[str] | None:
    """Return the names of the tests that are not in both files as they were; None when anything they share is not."""
    old, new = parse(before), parse(after)
    if old is None or new is None:
        return None
    was, now = _tests(old), _tests(new)
    if _rest(old) != _rest(new) or not _imports(old).items() <= _imports(new).items():
        return None
    if (_imports(new).keys() - _imports(old).keys()) & (_names(old) | {"*"}):
        return None
    return frozenset(name for name, body in was.items() if now.get(name) != body) | (now.keys() - was.keys())


def same_but_for_values(before: str, after: str) -> bool:
    """Return whether two files say the same but for the values that stand in them."""
    old, new = parse(before), parse(after)
    return old is not None and new is not None and _without_values(old) == _without_values(new)


def mentioning(texts: Mapping[str, str], names: Iterable[str]) -> frozenset[str]:
    """Return the files that mention one of some names."""
    pattern = re.compile(rf"\b(?:{'|'.join(map(re.escape, names))})\b")
    return frozenset(path for path, text in texts.items() if pattern.search(text))


def _name(test: str) -> tuple[str, str]:
    """Return the name of the function and the case of a parametrised one."""
    plain, bracket, case = test.partition("[")
    return plain.replace("::", ".").rpartition(".")[2], bracket + case


def _bodies(files: Mapping[str, str]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for text in files.values():
        tree = parse(text)
        for name, body in _tests(tree).items() if tree is not None else ():
            found.setdefault(body, set()).add(name.rpartition(".")[2])
    return found


def _tests(tree: ast.Module) -> dict[str, str]:
    """Return each test's text without its name."""
    found: dict[str, str] = {}
    for holder, body in [
        ("", tree.body),
        *((node.name, node.body) for node in tree.body if type(node) is ast.ClassDef),
    ]:
        for node in body:
            if isinstance(node, Function) and node.name.startswith("test"):
                name = f"{holder}.{node.name}" if holder else node.name
                dumped = ast.dump(node)
                # Two of one name: the later takes the place of the earlier.
                found[name] = re.sub(r"name='[^']*'", "name", dumped, count=1) + ("" if name not in found else " again")
    return found


def _rest(tree: ast.Module) -> list[str]:
    """Return what stands in a file besides tests and imports, classes without their tests."""
    found: list[str] = []
    for node in tree.body:
        if isinstance(node, ast.Import | ast.ImportFrom) or (isinstance(node, Function) and node.name[:4] == "test"):
            continue
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            continue
        if isinstance(node, ast.ClassDef):
            found.append(ast.dump(ast.Tuple([*node.bases, *node.decorator_list])) + node.name)
            found += [
                ast.dump(part) for part in node.body if not (isinstance(part, Function) and part.name[:4] == "test")
            ]
        else:
            found.append(ast.dump(node))
    return found


def _imports(tree: ast.Module) -> dict[str, str]:
    found: dict[str, str] = {}
    for node in tree.body:
        if isinstance(node, ast.Import):
            found |= {alias.asname or alias.name: alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            place = f"{'.' * node.level}{node.module or ''}"
            found |= {alias.asname or alias.name: f"{place}.{alias.name}" for alias in node.names}
    return found


def _names(tree: ast.Module) -> set[str]:
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}


def _without_values(tree: ast.Module) -> list[str]:
    return [type(node).__name__ if isinstance(node, ast.Constant) else _plainly(node) for node in ast.walk(tree)]


def _plainly(node: ast.AST) -> str:
    names = (getattr(node, field, "") for field in ("id", "name", "attr", "arg"))
    return " ".join([type(node).__name__, *map(str, names)])
