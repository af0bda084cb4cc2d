"""PURE: edits of conditions: truthiness against None, guards, types that are checked, what is caught and raised."""

from __future__ import annotations

import ast
import builtins
import re
from typing import Any, Dict, Iterator, List

from ..source import COMPARE, LOWEST, NOT, OR, Frag, binary, called, compared, joined, negated, wrapped
from .names import own_attributes
from .scope import Draft, Site

EXCEPTIONS = (
    "ValueError", "TypeError", "KeyError", "IndexError", "AttributeError", "LookupError", "RuntimeError",
    "StopIteration", "ZeroDivisionError", "OverflowError", "NotImplementedError", "OSError", "Exception",
)  # fmt: skip
WIDER = {
    "int": ("float", "(int, float)"), "float": ("int", "(int, float)"), "str": ("bytes", "(str, bytes)"),
    "bytes": ("str", "(str, bytes)"), "list": ("tuple", "(list, tuple)"), "tuple": ("list", "(list, tuple)"),
    "dict": ("list", "Mapping"), "set": ("frozenset", "(set, frozenset)"),
}  # fmt: skip


def strengthened(site: Site) -> Iterator[Draft]:
    """A condition with one more condition beside it."""
    frag = site.frag()
    fields = isinstance(site.node, ast.Compare) and _is_of_fields(site.node)
    for other in _siblings(site):
        word = "or" if isinstance(site.node.ops[0], ast.Eq) != fields else "and"
        yield site.put("cond-add", 4.5, joined(word, frag, other))
    if not site.boolean():
        return
    whole = site.place.field in ("test", "ifs")
    crash_only = 0.7 if not whole else 1.0
    names = set(re.findall(r"[A-Za-z_]\w*", frag.text))
    for needed in _looked_into(site) if whole else ():
        yield site.put("cond-add", 5.5, joined("and", frag, needed))
        yield site.put("cond-add", 5.0, joined("and", compared(needed, "is not", Frag("None")), frag))
    for atom in site.scope.atoms():
        if atom.text == frag.text:
            continue
        shared = 1.3 if names & set(re.findall(r"[A-Za-z_]\w*", atom.text)) else 1.0
        guard = "None" in atom.text or atom.binds in (NOT, 14)
        exact = 1.1 if "None" in atom.text else 1.0
        asked = site.scope.told.get(atom.text)  # what nothing asks any more was likely asked here
        likely = 5.0 if asked is False else 4.0 if guard or asked else 3.0
        weight = likely * shared * crash_only * exact
        for word in ("and", "or"):
            first, second = (atom, frag) if guard else (frag, atom)
            yield site.put("cond-add", weight, joined(word, first, second))


def _is_of_fields(node: Any) -> bool:
    """Return whether the same attribute of two objects is compared."""
    left, right = node.left, node.comparators[0]
    return isinstance(left, ast.Attribute) and isinstance(right, ast.Attribute) and left.attr == right.attr


def _siblings(site: Site) -> List[Frag]:
    """Return the comparison with what stands beside its right side in the file: other members, other values."""
    node = site.node
    if not isinstance(node, ast.Compare) or len(node.ops) > 1 or not isinstance(node.ops[0], (ast.Eq, ast.NotEq)):
        return []
    right, left = node.comparators[0], site.frag(node.left)
    if _is_of_fields(node):
        return _other_fields(site, node.left, right)
    if isinstance(right, ast.Attribute):
        others = [f"{site.text(right.value)}.{name}" for name in site.members(site.text(right.value))]
    else:
        others = list(site.source.cached("compared with", lambda: _compared_with(site)).get(left.text, ()))
    word = "==" if isinstance(node.ops[0], ast.Eq) else "!="
    return [compared(left, word, Frag(other)) for other in others if other != site.text(right)][:24]


def _other_fields(site: Site, left: Any, right: Any) -> List[Frag]:
    """Return the comparison of two objects by another of their attributes."""
    word = "==" if isinstance(site.node.ops[0], ast.Eq) else "!="
    fields = [name for name in own_attributes(site) if name != left.attr][:12]
    one, other = site.text(left.value), site.text(right.value)
    return [compared(Frag(f"{one}.{name}"), word, Frag(f"{other}.{name}")) for name in fields]


def _compared_with(site: Site) -> Dict[str, Dict[str, None]]:
    """Return by text what it is compared with in the file, constants only."""
    found: Dict[str, Dict[str, None]] = {}
    for node in ast.walk(site.source.tree):
        if isinstance(node, ast.Compare) and len(node.ops) == 1 and isinstance(node.comparators[0], ast.Constant):
            found.setdefault(site.text(node.left), {})[site.text(node.comparators[0])] = None
    return found


def _looked_into(site: Site) -> List[Frag]:
    """Return what the first statements under a condition take attributes or elements of: it must be there."""
    first = list(getattr(site.parent, "body", ()))[:2] if isinstance(site.parent, (ast.If, ast.While)) else []
    inner = [n for one in first for n in ast.walk(one) if isinstance(n, (ast.Attribute, ast.Subscript))]
    found = [n.value for n in inner if isinstance(n.value, (ast.Name, ast.Attribute, ast.Subscript))]
    texts = dict.fromkeys(site.text(one) for one in found if getattr(one, "id", "") not in ("self", "cls"))
    return [Frag(text) for text in texts if "\n" not in text][:6]


def replaced(site: Site) -> Iterator[Draft]:
    """Another condition altogether."""
    if not site.boolean() and not (isinstance(site.parent, ast.Return) and isinstance(site.node, ast.Constant)):
        return
    plain = isinstance(site.node, (ast.Name, ast.Constant, ast.Attribute))
    for atom in site.scope.atoms():
        if atom.text != site.text():
            yield site.put("cond-synth", 2.5 if plain else 1.0, atom)
    if site.place.field == "test":
        yield site.put("cond-const", 3.0, Frag("True"))
        yield site.put("cond-const", 3.0, Frag("False"))


def missing(site: Site) -> Iterator[Draft]:
    """Truthiness where None is meant, and None where truthiness is meant."""
    node = site.node
    if (
        isinstance(node, ast.Compare)
        and len(node.ops) == 1
        and isinstance(node.ops[0], (ast.Is, ast.IsNot, ast.Eq, ast.NotEq))
    ):
        right = node.comparators[0]
        left = site.frag(node.left)
        negative = isinstance(node.ops[0], (ast.Is, ast.Eq))
        if isinstance(right, ast.Constant) and right.value is None:
            yield site.put("truth", 7.0, negated(left) if negative else left)
        elif isinstance(right, ast.Constant) and right.value in (0, "", False):
            yield site.put("truth", 5.0, compared(left, "is" if negative else "is not", Frag("None")))
            yield site.put("truth", 4.0, negated(left) if negative else left)
        return
    if isinstance(node, ast.BoolOp) and isinstance(node.op, ast.Or) and len(node.values) == 2:
        first, second = site.frag(node.values[0]), site.frag(node.values[1])
        text = f"{wrapped(first, LOWEST + 1)} if {wrapped(first, COMPARE + 1)} is not None else {second.text}"
        if not site.boolean():
            yield site.put("truth", 7.0, Frag(text, LOWEST))
    if not site.boolean():
        return
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield site.put("truth", 8.0, compared(site.frag(node.operand), "is", Frag("None")))
    elif isinstance(node, (ast.Name, ast.Attribute, ast.Subscript, ast.Call)):
        yield site.put("truth", 8.0, compared(site.frag(), "is not", Frag("None")))
        yield site.put("truth", 4.0, binary(called("len", site.frag()), ">", Frag("1"), COMPARE))
        for name in site.source.cached("predicates", lambda: _predicates(site)):
            yield site.put("truth", 4.0, called(name, site.frag()))


def _predicates(site: Site) -> List[str]:
    """Return functions of one argument that the file asks for a truth value, and the builtin ones."""
    tests = [getattr(node, "test", None) for node in ast.walk(site.source.tree)]
    parts = [part for test in tests if isinstance(test, ast.AST) for part in ast.walk(test)]
    calls = [
        part.func.id
        for part in parts
        if isinstance(part, ast.Call) and isinstance(part.func, ast.Name) and len(part.args) == 1
    ]
    return list(dict.fromkeys([*calls, "callable", "any", "all"]))


def fallback(site: Site) -> Iterator[Draft]:
    """A value guarded where it is used: `x or default`, `x if x is not None else default`."""
    node, scope = site.node, site.scope
    if isinstance(node, ast.Name):
        kinds = scope.types.get(node.id, set())
        if kinds and "NoneType" not in kinds and len(kinds) < 2:
            return
    frag = site.frag()
    literals = [f.text for f, n in scope.expressions() if isinstance(n, ast.Constant) and type(n.value) in (int, str)]
    for default in dict.fromkeys(["[]", "''", "0", "{}", "()", "None", *literals[:12]]):
        yield site.put("guard", 2.5, joined("or", frag, Frag(default)))
    for name in scope.names(node.lineno):
        if name != frag.text and name not in ("self", "cls"):
            yield site.put("guard", 1.5, joined("or", frag, Frag(name)))
    for needed in _needed(node):
        for test in (compared(site.frag(needed), "is not", Frag("None")), site.frag(needed)):
            for default in ("None", "''", "[]", "0", "False"):
                text = f"{wrapped(frag, LOWEST + 1)} if {test.text} else {default}"
                yield site.put("guard", 2.5, Frag(text, LOWEST))


def _needed(node: Any) -> List[ast.AST]:
    """Return what must be there for a value to be made: what is looked into, what a call is given."""
    found: List[ast.AST] = [node.value] if isinstance(node, (ast.Attribute, ast.Subscript)) else []
    if isinstance(node, ast.Call):
        found = [*([node.func.value] if isinstance(node.func, ast.Attribute) else []), *node.args[:2]]
    return [one for one in found if isinstance(one, (ast.Name, ast.Attribute))]


def received(site: Site) -> Iterator[Draft]:
    """What has an attribute or an element taken from it, or something empty where it is missing."""
    node = site.node
    kinds = site.scope.types.get(getattr(node, "id", ""), set())
    if getattr(node, "id", "") in ("self", "cls") or (kinds and "NoneType" not in kinds):
        return
    for empty in ("''", "{}", "[]", "()"):
        yield site.put("guard", 3.0 if kinds else 2.0, joined("or", site.frag(), Frag(empty)))


def conditional(site: Site) -> Iterator[Draft]:
    """A value that depends on a condition of the function."""
    frag = site.frag()
    others = ["None", "0", "''", "[]", "1", "True", "False"]
    others += [n for n in site.scope.names(site.node.lineno) if n not in ("self", "cls", frag.text)][:6]
    for atom in site.scope.atoms()[:60]:
        for other in others:
            yield site.put("ifexp-add", 1.0, Frag(f"{wrapped(frag, OR)} if {wrapped(atom, OR)} else {other}", LOWEST))


def checked(site: Site) -> Iterator[Draft]:
    """A wider or another type in `isinstance`."""
    node, scope = site.node, site.scope
    if getattr(node.func, "id", "") not in ("isinstance", "issubclass") or len(node.args) != 2:
        return
    kind = node.args[1]
    seen = sorted(scope.types.get(getattr(node.args[0], "id", ""), set()))
    known = [name for name in seen if hasattr(builtins, name)]
    old = site.text(kind)
    options: Dict[str, float] = {}
    for new in WIDER.get(old, ()):
        options[new] = 6.0
    for name in [*known, "list", "tuple", "str", "dict", "int", "float", "set", "bytes", "bool"]:
        if name not in re.findall(r"\w+", old):
            options.setdefault(name, 3.0)
            inner = old[1:-1].rstrip(", ") if old.startswith("(") else old
            options.setdefault(f"({inner}, {name})", 6.0 if name in known else 4.0)
    if isinstance(kind, ast.Tuple):
        for item in kind.elts:
            options[site.text(item)] = 5.0
    for new, weight in options.items():
        yield site.put("isinstance", weight, Frag(new), kind)


def caught(site: Site) -> Iterator[Draft]:
    """Another or a wider exception to catch."""
    node = site.node
    if node.type is None:
        return
    old = site.text(node.type)
    likely = [name for name in site.scope.clues.exceptions if name.isidentifier()]
    inner = old[1:-1].rstrip(", ") if old.startswith("(") else old
    for name in dict.fromkeys([*likely, *own_exceptions(site), *EXCEPTIONS]):
        if name in re.findall(r"\w+", old):
            continue
        weight = 7.0 if name in likely else 3.0
        yield site.put("except", weight, Frag(f"({inner}, {name})"), node.type)
        yield site.put("except", weight, Frag(name), node.type)
    if isinstance(node.type, ast.Tuple):
        for item in node.type.elts:
            yield site.put("except", 3.0, site.frag(item), node.type)


def raised(site: Site) -> Iterator[Draft]:
    """Another exception to raise."""
    node = site.node
    kind: Any = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
    if not isinstance(kind, (ast.Name, ast.Attribute)):
        return
    likely = [name for name in site.scope.clues.exceptions if name.isidentifier()]
    for name in dict.fromkeys([*likely, *own_exceptions(site), *EXCEPTIONS]):
        if name != site.text(kind):
            yield site.put("raise", 8.0 if name in likely else 3.0, Frag(name), kind)


def own_exceptions(site: Site) -> List[str]:
    """Return the exceptions that a file defines or imports."""
    ends = ("Error", "Exception", "Warning")
    return sorted(name for name in site.scope.outside if name.endswith(ends) and not hasattr(builtins, name))
