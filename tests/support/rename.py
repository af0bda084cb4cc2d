"""Give every identifier and module of a package another name, with the meaning unchanged."""

from __future__ import annotations

import builtins
import random
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

import libcst as cst

ONSETS = ("b", "d", "f", "g", "k", "l", "m", "n", "p", "r", "s", "t", "v", "z", "br", "st", "tr", "pl")
VOWELS = ("a", "e", "i", "o", "u")


class Names(cst.CSTVisitor):
    """Collects what a tree defines: any name it binds, and the fields and methods of its classes."""

    def __init__(self, package: str) -> None:
        self.package = package
        self.bound: set[str] = set()
        self.members: set[str] = set()
        self.foreign: set[str] = set()
        self.depth: list[str] = []

    def visit_ClassDef(self, node: cst.ClassDef) -> None:
        self.bound.add(node.name.value)
        self.depth.append("class")

    def leave_ClassDef(self, original_node: cst.ClassDef) -> None:
        self.depth.pop()

    def visit_FunctionDef(self, node: cst.FunctionDef) -> None:
        (self.members if self.depth[-1:] == ["class"] else self.bound).add(node.name.value)
        self.depth.append("function")

    def leave_FunctionDef(self, original_node: cst.FunctionDef) -> None:
        self.depth.pop()

    def visit_Param(self, node: cst.Param) -> None:
        self.bound.add(node.name.value)

    def visit_AssignTarget(self, node: cst.AssignTarget) -> None:
        self.bind(node.target)

    def visit_AnnAssign(self, node: cst.AnnAssign) -> None:
        if self.depth[-1:] == ["class"] and isinstance(node.target, cst.Name):
            self.members.add(node.target.value)
        self.bind(node.target)

    def visit_For(self, node: cst.For) -> None:
        self.bind(node.target)

    def visit_CompFor(self, node: cst.CompFor) -> None:
        self.bind(node.target)

    def bind(self, target: cst.BaseExpression) -> None:
        """Note the names a target binds."""
        match target:
            case cst.Name(value=name):
                self.bound.add(name)
            case cst.Attribute(value=cst.Name(value="self"), attr=cst.Name(value=name)):
                self.members.add(name)
            case cst.Tuple(elements=elements) | cst.List(elements=elements):
                for element in elements:
                    self.bind(element.value)

    def visit_ImportFrom(self, node: cst.ImportFrom) -> None:
        if node.module is None or dotted(node.module).split(".")[0] == self.package:
            return
        if not isinstance(node.names, cst.ImportStar):
            self.foreign.update(alias.evaluated_name for alias in node.names)

    def visit_Import(self, node: cst.Import) -> None:
        self.foreign.update(alias.evaluated_name.split(".")[0] for alias in node.names)


class Renamer(cst.CSTTransformer):
    """Applies a mapping of names; attributes and keywords only where they are the package's own."""

    def __init__(self, names: Mapping[str, str], members: set[str], modules: set[str]) -> None:
        self.names, self.members, self.modules = names, members, modules
        self.own: list[bool] = []
        """Whether the name being visited belongs to the package, where that is in doubt."""
        self.callee: list[bool] = []

    def visit_Attribute_attr(self, node: cst.Attribute) -> None:
        self.own.append(node.attr.value in self.members or dotted(node) in self.modules)

    def leave_Attribute_attr(self, node: cst.Attribute) -> None:
        self.own.pop()

    def visit_Call(self, node: cst.Call) -> None:
        self.callee.append(dotted(node.func).rpartition(".")[2] in self.names)

    def leave_Call(self, original_node: cst.Call, updated_node: cst.Call) -> cst.Call:
        self.callee.pop()
        if dotted(original_node.func) != "pytest.mark.parametrize":
            return updated_node
        first = updated_node.args[0]
        changed = first.with_changes(value=rename_strings(first.value, self.names))
        return updated_node.with_changes(args=[changed, *updated_node.args[1:]])

    def visit_Arg_keyword(self, node: cst.Arg) -> None:
        keyword = node.keyword
        self.own.append(keyword is not None and (self.callee[-1] or keyword.value in self.members))

    def leave_Arg_keyword(self, node: cst.Arg) -> None:
        self.own.pop()

    def leave_Assign(self, original_node: cst.Assign, updated_node: cst.Assign) -> cst.Assign:
        if dotted(original_node.targets[0].target) == "__all__":
            return updated_node.with_changes(value=rename_strings(updated_node.value, self.names))
        return updated_node

    def leave_Name(self, original_node: cst.Name, updated_node: cst.Name) -> cst.Name:
        if self.own and not self.own[-1]:
            return updated_node
        return updated_node.with_changes(value=self.names.get(original_node.value, original_node.value))

    def leave_SimpleString(self, original_node: cst.SimpleString, updated_node: cst.SimpleString) -> cst.SimpleString:
        bare = original_node.value.strip("\"'")
        if "_" in bare and bare in self.names:
            return updated_node.with_changes(value=f'"{self.names[bare]}"')
        if original_node.quote != '"""':
            return updated_node
        return updated_node.with_changes(value=rename_doctests(original_node.value, self.names))


def dotted(node: cst.BaseExpression) -> str:
    """Return `a.b.c` for a chain of names, else nothing."""
    match node:
        case cst.Name(value=name):
            return name
        case cst.Attribute(value=left, attr=cst.Name(value=name)) if dotted(left):
            return f"{dotted(left)}.{name}"
    return ""


def rename_strings(node: cst.BaseExpression, names: Mapping[str, str]) -> cst.BaseExpression:
    """Rename identifiers that are written as strings inside an expression."""
    code = cst.Module([]).code_for_node(node)
    return cst.parse_expression(re.sub(r"(?<=\")\w+(?=\")", lambda found: names.get(found[0], found[0]), code))


def rename_doctests(text: str, names: Mapping[str, str]) -> str:
    """Rename what a docstring calls in its examples or names in backticks, never a word inside quotes."""
    text = re.sub(r"(?<=`)\w+(?=`)", lambda found: names.get(found[0], found[0]), text)
    lines = []
    for line in text.split("\n"):
        if line.lstrip().startswith((">>>", "...")):
            line = re.sub(r"(['\"]).*?\1|\w+", lambda found: names.get(found[0], found[0]), line)
        lines.append(line)
    return "\n".join(lines)


def invent(names: Iterable[str], chance: random.Random) -> dict[str, str]:
    """Return an invented word for each name, in the same style: class, constant, private, test."""
    invented: dict[str, str] = {}
    for name in sorted(names):
        word = ""
        while len(word) < 5 or word in invented.values():
            word += chance.choice(ONSETS) + chance.choice(VOWELS)
        bare = name.lstrip("_")
        if bare.isupper() and len(bare) > 1:
            word = word.upper()
        elif bare[:1].isupper():
            word = word.capitalize()
        prefix = "_" * (len(name) - len(bare)) + ("test_" if bare.startswith("test_") else "")
        invented[name] = prefix + word
    return invented


def rename_project(root: Path, chance: random.Random) -> dict[str, str]:
    """Rename package, modules, tests and every identifier under `root`; return old name to new name."""
    files = sorted(root.rglob("*.py"))
    trees = {path: cst.parse_module(path.read_text(encoding="utf-8")) for path in files}
    package = next(path.name for path in sorted((root / "src").iterdir()) if path.is_dir())
    found = Names(package)
    for tree in trees.values():
        tree.visit(found)
    modules = {path.stem for path in files if path.stem != "__init__"}
    alien = found.foreign | set(dir(builtins)) | {"self", "cls", "_"}
    defined = found.bound | found.members | modules | {package}
    own = {name for name in defined - alien if not name.startswith("__")}
    names = invent(own, chance)
    # A test file is named after the module it tests, as before.
    names.update(
        {name: "test_" + names[name[5:]] for name in modules if name.startswith("test_") and name[5:] in names}
    )
    dots = {f"{package}.{path.stem}" for path in files} | {package}
    for path, tree in trees.items():
        path.write_text(tree.visit(Renamer(names, found.members, dots)).code, encoding="utf-8")
        path.rename(path.with_name(names.get(path.stem, path.stem) + ".py"))
    (root / "src" / package).rename(root / "src" / names[package])
    for path in (root / "pyproject.toml", root / "README.md"):
        words = re.sub(r"[A-Za-z_]+", lambda word: names.get(word[0], word[0]), path.read_text(encoding="utf-8"))
        path.write_text(words if path.suffix == ".md" else path.read_text().replace(package, names[package]))
    return names
