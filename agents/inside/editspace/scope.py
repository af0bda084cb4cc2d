"""PURE: what an edit at one place may be made of: names, expressions, conditions and what the tests said."""

from __future__ import annotations

import ast
import builtins
import re
from typing import Any, Dict, Iterator, List, NamedTuple, Optional, Set, Tuple

from ..source import (
    LOWEST,
    Frag,
    Function,
    Place,
    Source,
    Splice,
    called,
    compared,
    needed,
    negated,
    strength,
    wrapped,
)
from .unread import parameters, stored, unread

NUMERIC = {"int", "float", "bool", "Decimal", "Fraction", "complex"}
ORDERED = {"list", "str", "tuple", "deque", "bytes", "bytearray", "range"}
SIZED = ORDERED | {"dict", "set", "frozenset", "defaultdict", "OrderedDict", "Counter"}


class Clues:
    """What running the failing tests and reading them gave for building edits."""

    def __init__(self) -> None:
        self.types: Dict[Tuple[str, int], Dict[str, Set[str]]] = {}
        """Per function (path, first line): names of locals and the types they had in failing tests."""
        self.attributes: Dict[str, List[str]] = {}
        """Per type name: the attributes its objects had."""
        self.strings: List[str] = []
        """Texts of the failing tests and of their messages."""
        self.numbers: List[Any] = []
        self.exceptions: List[str] = []
        """Exception types that failing tests expect or met."""
        self.keywords: Dict[str, List[str]] = {}
        """Per function name in the project: the names of its parameters."""
        self.crashes: Dict[Tuple[str, int], Set[str]] = {}
        """Per crash line (path, line): exception types, `None` for a missing value."""
        self.unraised = False
        """Whether a failing test waited in vain for an exception."""
        self.apart: List[Tuple[Any, Any]] = []
        """Numbers and texts of failing assertions that should be equal."""
        self.hints: Dict[str, float] = {}
        """Per kind of edit: how much likelier it is by what the failing assertions say."""


class Draft(NamedTuple):
    """An edit before it has a place in the queue."""

    kind: str
    weight: float
    splices: Tuple[Splice, ...]


class Scope:
    """The names and expressions of one function, or of a module-level statement."""

    def __init__(self, source: Source, root: ast.AST, clues: Clues, outer: Optional["Scope"] = None) -> None:
        self.source, self.root, self.clues, self.outer = source, root, clues, outer
        self.params: List[str] = parameters(root) + (outer.params if outer else [])
        self.locals: List[str] = _unique(self.params + stored(root) + (outer.locals if outer else []))
        first = source.line_of(source.whole(root)[0])
        self.types: Dict[str, Set[str]] = dict(outer.types) if outer else {}
        for name, types in clues.types.get((source.path, first), {}).items():
            self.types[name] = types
        top = source.tree.body
        self.functions = [n.name for n in top if isinstance(n, Function)]
        self.globals = _unique([name for n in top if isinstance(n, (ast.Assign, ast.AnnAssign)) for name in stored(n)])
        self.outside: Set[str] = source.cached("outside", lambda: {*_defined(source.tree), *dir(builtins)})
        """What every function of the file can name: what the file defines or imports, and the built-ins."""
        self.klass = source.enclosing(root, (ast.ClassDef,)) if isinstance(root, Function) else None
        self.unread = unread(source, root)
        """What nothing reads is often what was meant where another stands."""
        if outer is not None:
            self.unread = self.unread._replace(names=self.unread.names | outer.unread.names)
        self._expressions: Optional[List[Tuple[Frag, ast.expr]]] = None
        self._names: Dict[int, List[str]] = {}
        self._words: Dict[str, Set[str]] = {}
        self.told: Dict[str, bool] = {}
        """What the object tells of itself, among the conditions, and whether anything in the file asks it."""
        self._atoms: Optional[List[Frag]] = None

    def may_be(self, name: str, wanted: Set[str]) -> bool:
        """Return whether a name had, or could have had, one of the types."""
        types = self.types.get(name)
        return not types or bool(types & wanted)

    def alike(self, name: str, other: str) -> float:
        """Return how well one name can stand for the other, by the types they had."""
        mine, theirs = self.types.get(name), self.types.get(other)
        if not mine or not theirs:
            return 0.6
        if mine & theirs or (mine <= NUMERIC and theirs <= NUMERIC):
            return 1.0
        # The wrong variable is often one of the wrong type.
        return 0.6

    def names(self, line: int) -> List[str]:
        """Return parameters and the locals that were stored at or above a line, nearest kind first."""
        if line not in self._names:
            early = set(stored(self.root, line)) | set(self.params)
            self._names[line] = [name for name in self.locals if name in early]
        return self._names[line]

    def words_of(self, text: str) -> Set[str]:
        """Return the identifiers in a text."""
        if text not in self._words:
            self._words[text] = set(re.findall(r"[A-Za-z_]\w*", text))
        return self._words[text]

    def expressions(self) -> List[Tuple[Frag, ast.expr]]:
        """Return the distinct small expressions of the function, in order of their lines."""
        if self._expressions is None:
            seen: Dict[str, Tuple[Frag, ast.expr]] = {}
            wanted = (
                ast.Subscript, ast.Attribute, ast.Call, ast.BinOp, ast.Compare, ast.BoolOp, ast.UnaryOp,
                ast.List, ast.Tuple, ast.Constant, ast.Name, ast.Dict,
            )  # fmt: skip
            for node in ast.walk(self.root):
                if not isinstance(node, wanted) or not isinstance(getattr(node, "ctx", None), (ast.Load, type(None))):
                    continue
                if self.in_format(node) or (
                    isinstance(self.source.places[node].parent, ast.Expr) and isinstance(node, ast.Constant)
                ):
                    continue
                if isinstance(node, ast.Name) and node.id not in self.locals and node.id not in self.globals:
                    continue
                text = self.source.text(node)
                if len(text) <= 60 and "\n" not in text:
                    seen.setdefault(text, (Frag(text, strength(node, text)), node))
            self._expressions = list(seen.values())
        return self._expressions

    def in_format(self, node: ast.AST) -> bool:
        """Return whether a node stands in an f-string, where older interpreters give no true places."""
        return self.source.enclosing(node, (ast.JoinedStr,)) is not None or isinstance(node, ast.JoinedStr)

    def atoms(self) -> List[Frag]:
        """Return conditions that can be built from the function's own names."""
        if self._atoms is None:
            self._atoms = _unique(list(self._conditions()))
        return self._atoms

    def _conditions(self) -> Iterator[Frag]:
        for frag, node in self.expressions():
            if isinstance(node, ast.Compare):
                yield frag
        yield from self._told_by_self()
        yield from self._asked_elsewhere()
        places = [Frag(name) for name in self.locals if name not in ("self", "cls")]
        places += [f for f, n in self.expressions() if isinstance(n, ast.Attribute) and f.text.count(".") == 1][:12]
        places = places[:24] + [f for f, n in self.expressions() if isinstance(n, ast.Subscript)][:6]
        for frag in places:
            yield frag
            yield negated(frag)
            yield compared(frag, "is", Frag("None"))
            yield compared(frag, "is not", Frag("None"))
        for frag, node in self.expressions():
            if isinstance(node, ast.Call) and len(frag.text) <= 40:
                yield frag
                yield negated(frag)
        yield from self._of_self()
        yield from self._measured()

    def _told_by_self(self) -> Iterator[Frag]:
        """Yield what the object tells about itself, first what nothing in the file asks it."""
        if self.klass is None or self.params[:1] != ["self"]:
            return
        klass = self.klass
        told = self.source.cached(("told", klass), lambda: _told(klass, self.source.tree))
        for text in [text for text in told if text.partition("(")[0] != f"self.{getattr(self.root, 'name', '')}"][:8]:
            self.told[text] = told[text]
            yield from (Frag(text), negated(Frag(text)))

    def _of_self(self) -> Iterator[Frag]:
        """Yield whether the object has what its class gives it, or holds what is asked for."""
        if self.klass is None or self.params[:1] != ["self"]:
            return
        klass = self.klass
        held = self.source.cached(("held", klass), lambda: _held(klass))
        own = {node.attr for node in ast.walk(self.root) if isinstance(node, ast.Attribute)}
        order = sorted(held, key=lambda name: (name not in self.unread.attributes, name in own, -held[name]))
        for name in order[:10]:
            frag = Frag(f"self.{name}")
            if name not in own:
                yield from (frag, negated(frag), *(compared(frag, word, Frag("None")) for word in ("is", "is not")))
            for param in self.params[1:4]:
                yield compared(Frag(param), "in", frag)
                yield compared(Frag(param), "not in", frag)
        if any(getattr(node, "name", "") in ("__len__", "__bool__") for node in ast.walk(klass)):
            yield negated(Frag("self"))

    def _asked_elsewhere(self) -> Iterator[Frag]:
        """Yield the comparisons of the same class or module whose names exist here too."""
        holder = self.klass or self.source.tree
        known = {*self.locals, *self.outside}
        compares = self.source.cached(
            ("compares", holder), lambda: [node for node in ast.walk(holder) if isinstance(node, ast.Compare)]
        )
        for node in compares[:200]:
            names = {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}
            if names and names <= known and not self.in_format(node):
                text = self.source.text(node)
                if len(text) <= 60 and "\n" not in text:
                    yield Frag(text, strength(node))

    def _measured(self) -> Iterator[Frag]:
        numbers = [n for n in self.locals if n not in ("self", "cls") and self.may_be(n, NUMERIC)][:8]
        known = [n for n in numbers if self.types.get(n)] or numbers
        for name in known:
            for operator in ("==", "<", ">", "<=", ">="):
                for constant in ("0", "1"):
                    yield compared(Frag(name), operator, Frag(constant))
            for other in known:
                if name < other:
                    for operator in ("==", "<", ">", "<=", ">=", "!="):
                        yield compared(Frag(name), operator, Frag(other))
        holders = [n for n in self.locals if n not in ("self", "cls") and self.may_be(n, SIZED)][:8]
        for name in holders:
            for operator, constant in (("==", "0"), ("==", "1"), ("<", "2"), (">", "1")):
                yield compared(called("len", Frag(name)), operator, Frag(constant))
            for other in self.locals[:10]:
                if other != name and self.types.get(name, set()) != {"str"} and other not in ("self", "cls"):
                    yield compared(Frag(other), "in", Frag(name))
                    yield compared(Frag(other), "not in", Frag(name))
        for name in self.locals[:10]:
            for kind in sorted(self.types.get(name, set()) - {"NoneType", "type", "function", "method"}):
                if kind.isidentifier() and (hasattr(builtins, kind) or kind in self.source.classes()):
                    yield called("isinstance", Frag(name), Frag(kind))
                    yield negated(called("isinstance", Frag(name), Frag(kind)))


class Site:
    """One node at its place, with what an edit there may use."""

    def __init__(self, scope: Scope, node: Any) -> None:
        self.scope, self.node = scope, node
        self.source = scope.source
        self.place: Place = scope.source.places[node]

    @property
    def parent(self) -> Any:
        """The node above."""
        return self.place.parent

    def text(self, node: Optional[ast.AST] = None) -> str:
        """Return the source of the node, or of another one."""
        return self.source.text(node if node is not None else self.node)

    def frag(self, node: Optional[ast.AST] = None) -> Frag:
        """Return the node's source with its strength."""
        return self.source.frag(node if node is not None else self.node)

    def put(self, kind: str, weight: float, new: Frag, node: Optional[Any] = None) -> Draft:
        """Return the edit that puts an expression in the place of the node (or of one below it)."""
        spot = node if node is not None else self.node
        start, end = self.source.span(spot)
        least = needed(self.source.places[spot])
        if self.source.data[start - 1 : start] == b"(" and self.source.data[end : end + 1] == b")":
            least = LOWEST
        return Draft(kind, weight, ((start, end, wrapped(new, least).encode("utf-8")),))

    def splice(self, kind: str, weight: float, *splices: Tuple[int, int, str]) -> Draft:
        """Return an edit made of raw splices."""
        return Draft(kind, weight, tuple((start, end, new.encode("utf-8")) for start, end, new in splices))

    def boolean(self) -> bool:
        """Return whether only the truth of the node counts where it stands."""
        parent, field = self.place.parent, self.place.field
        if field in ("test", "ifs"):
            return True
        if isinstance(parent, ast.UnaryOp):
            return isinstance(parent.op, ast.Not)
        return isinstance(parent, ast.BoolOp)

    def members(self, holder: str) -> List[str]:
        """Return the attributes that the file reads of a module, an enumeration or a class, by its name."""
        if holder not in self.scope.outside:
            return []
        return list(self.source.cached("members", lambda: _members(self.source)).get(holder, ()))

    def function(self) -> Any:
        """Return the innermost function around the node, or None."""
        return self.source.enclosing(self.node, Function)


def scopes(source: Source, root: ast.AST, clues: Clues, outer: Optional[Scope] = None) -> Dict[ast.AST, Scope]:
    """Return the scope of a function or statement and of every function inside it, by their node."""
    scope = Scope(source, root, clues, outer)
    found: Dict[ast.AST, Scope] = {root: scope}
    inner = [n for n in ast.walk(root) if n is not root and isinstance(n, Function)]
    for node in inner:
        if source.enclosing(node, Function) is (root if isinstance(root, Function) else None):
            found.update(scopes(source, node, clues, scope))
    return found


def _defined(tree: ast.Module) -> Set[str]:
    names = {name for node in tree.body if not isinstance(node, Function) for name in stored(node)}
    names |= {node.name for node in tree.body if isinstance(node, (*Function, ast.ClassDef))}
    imports = [node for node in tree.body if isinstance(node, (ast.Import, ast.ImportFrom))]
    return names | {(one.asname or one.name).partition(".")[0] for node in imports for one in node.names}


def _held(klass: ast.AST) -> Dict[str, int]:
    """Return the attributes that a class gives its objects, and how often it names each."""
    named = [n for n in ast.walk(klass) if isinstance(n, ast.Attribute) and getattr(n.value, "id", "") == "self"]
    stored = {n.attr for n in named if isinstance(n.ctx, ast.Store)}
    return {name: sum(n.attr == name for n in named) for name in stored}


def _told(klass: Any, tree: ast.AST) -> Dict[str, bool]:
    """Return what a class answers with yes or no, and whether its file asks it; first what it does not."""
    asked = {n.attr for n in ast.walk(tree) if isinstance(n, ast.Attribute)}
    found: Dict[str, str] = {}
    for node in klass.body:
        if isinstance(node, Function) and len(node.args.args) == 1 and not node.name.startswith("__"):
            marks = {getattr(one, "id", getattr(one, "attr", "")) for one in node.decorator_list}
            call = "" if marks & {"property", "cached_property"} else "()"
            if marks <= {"property", "cached_property"} and node.args.args[0].arg == "self" and _is_told(node):
                found[node.name] = f"self.{node.name}{call}"
    return {found[name]: name in asked for name in sorted(found, key=lambda name: name in asked)}


def _is_told(node: Any) -> bool:
    """Return whether a function answers yes or no: it says so, or all that it returns does."""
    if getattr(node.returns, "id", "") == "bool":
        return True
    values = [one.value for one in ast.walk(node) if isinstance(one, ast.Return)]
    return bool(values) and all(says_truth(value) for value in values)


def says_truth(value: Any) -> bool:
    """Return whether an expression is most likely true or false."""
    if isinstance(value, ast.Constant):
        return isinstance(value.value, bool)
    asks = isinstance(value, ast.Call) and getattr(value.func, "id", "") in (
        "bool",
        "isinstance",
        "hasattr",
        "any",
        "all",
    )
    return asks or isinstance(value, (ast.Compare, ast.BoolOp)) or isinstance(getattr(value, "op", None), ast.Not)


def _members(source: Source) -> Dict[str, Dict[str, None]]:
    """Return by name the attributes that are read of it, those of a class of the file with what its body binds."""
    found: Dict[str, Dict[str, None]] = {}
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            found.setdefault(node.value.id, {})[node.attr] = None
        if isinstance(node, ast.ClassDef):
            for one in node.body:
                if isinstance(one, ast.Assign):
                    found.setdefault(node.name, {}).update(dict.fromkeys(stored(one)))
    return found


def _unique(items: List[Any]) -> List[Any]:
    return list(dict.fromkeys(items))
