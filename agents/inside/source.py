"""PURE: one source file as text, tree and spans, so that an edit is a splice and everything around it survives."""

from __future__ import annotations

import ast
import bisect
import io
import re
import tokenize
from typing import Any, Callable, Dict, Iterator, List, NamedTuple, Optional, Set, Tuple

NAMED = re.compile(r"(?:\(\?P<|%\(|(?<!\{)\{)([A-Za-z_]\w*)(?=[>):}!.\[])")
"""Names that a pattern gives to its groups, or a text to what is put into it: they are keys elsewhere."""
Span = Tuple[int, int]
Splice = Tuple[int, int, bytes]
Function = (ast.FunctionDef, ast.AsyncFunctionDef)
Block = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)

LOWEST, OR, AND, NOT, COMPARE, BITOR, BITXOR, BITAND, SHIFT, ARITH, TERM, UNARY, POWER, AWAIT, ATOM = range(15)
OPERATORS = {
    ast.BitOr: BITOR, ast.BitXor: BITXOR, ast.BitAnd: BITAND, ast.LShift: SHIFT, ast.RShift: SHIFT,
    ast.Add: ARITH, ast.Sub: ARITH, ast.Mult: TERM, ast.Div: TERM, ast.FloorDiv: TERM, ast.Mod: TERM,
    ast.MatMult: TERM, ast.Pow: POWER,
}  # fmt: skip


class Frag(NamedTuple):
    """A piece of an expression with how tightly it holds together."""

    text: str
    binds: int = ATOM


class Place(NamedTuple):
    """Where a node hangs in the tree."""

    parent: ast.AST
    field: str
    at: int
    """Index in the field; -1 when the field holds one node."""


class Source:
    """A file of the project: offsets count bytes of its UTF-8 form, whatever its own encoding is."""

    def __init__(self, path: str, raw: bytes) -> None:
        self.path = path
        self.encoding = tokenize.detect_encoding(io.BytesIO(raw).readline)[0]
        text = raw.decode(self.encoding)
        self.data = text.encode("utf-8")
        self.tree = ast.parse(text, path)
        for node in ast.walk(self.tree):
            # Python 3.8 wraps an index in a node of its own, which has no place.
            if isinstance(node, ast.Subscript) and type(node.slice).__name__ == "Index":
                node.slice = getattr(node.slice, "value", node.slice)
        self.eol = "\r\n" if b"\r\n" in self.data else "\n"
        self.starts = [0]
        for line in self.data.splitlines(keepends=True):
            self.starts.append(self.starts[-1] + len(line))
        self._cache: Dict[Any, Any] = {}
        self.places = dict(_places(self.tree))

    def span(self, node: Any) -> Span:
        """Return the bytes the node itself takes, without decorators and without parentheses around it."""
        return (
            self.starts[node.lineno - 1] + node.col_offset,
            self.starts[node.end_lineno - 1] + node.end_col_offset,
        )

    def whole(self, statement: Any) -> Span:
        """Return the span of a statement with its decorators."""
        start, end = self.span(statement)
        for decorator in getattr(statement, "decorator_list", ()):
            first = self.data.rfind(b"@", 0, self.span(decorator)[0])
            start = min(start, first)
        return start, end

    def text(self, node: Any) -> str:
        """Return the source of a node."""
        start, end = self.whole(node) if isinstance(node, ast.stmt) else self.span(node)
        return self.data[start:end].decode("utf-8")

    def frag(self, node: ast.AST) -> Frag:
        """Return the node's source with its own strength."""
        return Frag(self.text(node), strength(node, self.text(node)))

    def line_of(self, offset: int) -> int:
        """Return the 1-based line of an offset."""
        return min(bisect.bisect_right(self.starts, offset), len(self.starts))

    def line_start(self, offset: int) -> int:
        """Return the offset at which the line of an offset begins."""
        return self.starts[self.line_of(offset) - 1]

    def line_end(self, offset: int) -> int:
        """Return the offset after the line of an offset, its line end included."""
        line = self.line_of(offset)
        return self.starts[line] if line < len(self.starts) else len(self.data)

    def indent(self, statement: Any) -> str:
        """Return the white space before a statement; what stands before it on a shared line counts as its column."""
        start = self.whole(statement)[0]
        begin = self.line_start(start)
        before = self.data[begin:start].decode("utf-8")
        return before[: len(before) - len(before.lstrip())]

    def alone(self, statement: Any) -> bool:
        """Return whether the statement has its lines for itself (a comment after it may stand)."""
        start, end = self.whole(statement)
        if self.data[self.line_start(start) : start].strip():
            return False
        rest = self.data[end : self.line_end(max(start, end - 1))].strip()
        return not rest or rest.startswith(b"#")

    def reindented(self, statement: Any, indent: str) -> str:
        """Return the statement's text for another depth; its first line is without indentation."""
        old = self.indent(statement)
        lines = self.text(statement).splitlines()
        moved = [line[len(old) :] if line.startswith(old) else line for line in lines[1:]]
        return self.eol.join([lines[0], *[indent + line if line else line for line in moved]])

    def splice(self, splices: Tuple[Splice, ...]) -> bytes:
        """Return the whole file with the splices done."""
        return spliced(self.data, splices)

    def characters(self, splices: Tuple[Splice, ...]) -> List[Tuple[int, int, str]]:
        """Return the splices with offsets in characters of the decoded file."""
        return [
            (
                len(self.data[:start].decode("utf-8")),
                len(self.data[:end].decode("utf-8")),
                new.decode("utf-8"),
            )
            for start, end, new in splices
        ]

    def cached(self, key: Any, make: Callable[[], Any]) -> Any:
        """Return what was made for a key, made once: walking a whole file for each edit would take most of the time."""
        if key not in self._cache:
            self._cache[key] = make()
        return self._cache[key]

    def nodes(self, root: ast.AST) -> List[Any]:
        """Return a node and all below it: what is walked again and again is walked once."""
        found: List[Any] = self.cached(("nodes", root), lambda: list(ast.walk(root)))
        return found

    def constants(self) -> List[Any]:
        """Return the short texts and the numbers of the file, each once."""
        found: List[Any] = self.cached("constants", self._constants)
        return found

    def _constants(self) -> List[Any]:
        nodes = [node.value for node in ast.walk(self.tree) if isinstance(node, ast.Constant)]
        texts = [value for value in nodes if isinstance(value, str) and len(value) <= 30]
        longer = [value for value in nodes if isinstance(value, str) and len(value) > 3]
        texts += [name for value in longer for name in NAMED.findall(value)]
        numbers = [value for value in nodes if type(value) in (int, float)]
        return [*dict.fromkeys(texts), *dict.fromkeys(numbers)]

    def classes(self) -> Set[str]:
        """Return the names of classes and of whatever is imported by a name like one."""
        names: Set[str] = self.cached("classes", self._classes)
        return names

    def _classes(self) -> Set[str]:
        found = {node.name for node in ast.walk(self.tree) if isinstance(node, ast.ClassDef)}
        imports = [node for node in ast.walk(self.tree) if isinstance(node, ast.ImportFrom)]
        return found | {one.asname or one.name for node in imports for one in node.names if one.name[:1].isupper()}

    def enclosing(self, node: ast.AST, kinds: Tuple[type, ...]) -> Optional[ast.AST]:
        """Return the nearest node above of one of the kinds."""
        place = self.places.get(node)
        while place is not None:
            if isinstance(place.parent, kinds):
                return place.parent
            place = self.places.get(place.parent)
        return None


def spliced(data: bytes, splices: Tuple[Splice, ...]) -> bytes:
    """Return the bytes with non-overlapping splices done."""
    out, last = [], 0
    for start, end, new in sorted(splices, key=lambda splice: (splice[0], splice[1])):
        out.append(data[last:start])
        out.append(new)
        last = end
    out.append(data[last:])
    return b"".join(out)


def _places(tree: ast.AST) -> Iterator[Tuple[ast.AST, Place]]:
    for parent in ast.walk(tree):
        for field, value in ast.iter_fields(parent):
            if isinstance(value, ast.AST):
                yield value, Place(parent, field, -1)
            elif isinstance(value, list):
                for index, item in enumerate(value):
                    if isinstance(item, ast.AST):
                        yield item, Place(parent, field, index)


def strength(node: ast.AST, text: str = "") -> int:
    """Return how tightly an expression holds together without parentheses."""
    if isinstance(node, ast.BinOp):
        return OPERATORS.get(type(node.op), ARITH)
    if isinstance(node, ast.BoolOp):
        return OR if isinstance(node.op, ast.Or) else AND
    if isinstance(node, ast.UnaryOp):
        return NOT if isinstance(node.op, ast.Not) else UNARY
    if isinstance(node, ast.Tuple):
        return ATOM if text.startswith("(") else LOWEST - 1
    if isinstance(node, ast.Constant) and text.startswith(("'", '"')) is False and isinstance(node.value, (str, bytes)):
        return ATOM
    return {
        ast.Compare: COMPARE, ast.Lambda: LOWEST, ast.IfExp: LOWEST, ast.Await: AWAIT,
        ast.Yield: LOWEST - 1, ast.YieldFrom: LOWEST - 1, ast.NamedExpr: LOWEST - 1, ast.Starred: LOWEST - 1,
    }.get(type(node), ATOM)  # fmt: skip


def needed(place: Place) -> int:
    """Return how tightly an expression must hold together to stand at a place without parentheses."""
    parent, field = place.parent, place.field
    if isinstance(parent, ast.BinOp):
        own = OPERATORS.get(type(parent.op), ARITH)
        right = (field == "right") != isinstance(parent.op, ast.Pow)
        return own + 1 if right else own
    if isinstance(parent, ast.BoolOp):
        return AND if isinstance(parent.op, ast.Or) else NOT
    if isinstance(parent, ast.UnaryOp):
        return NOT if isinstance(parent.op, ast.Not) else UNARY
    if isinstance(parent, ast.Compare):
        return BITOR
    if isinstance(parent, (ast.Attribute, ast.Await)) or (
        field in ("value", "func") and isinstance(parent, (ast.Subscript, ast.Call))
    ):
        return ATOM
    if isinstance(parent, ast.Starred):
        return BITOR
    if isinstance(parent, ast.comprehension) or (isinstance(parent, ast.IfExp) and field != "orelse"):
        return OR
    if field in ("value", "slice") and isinstance(parent, (ast.Return, ast.Assign, ast.Subscript)):
        return LOWEST - 1
    return LOWEST


def wrapped(frag: Frag, least: int) -> str:
    """Return the text, in parentheses when it is too loose."""
    return frag.text if frag.binds >= least else f"({frag.text})"


def binary(left: Frag, operator: str, right: Frag, binds: int) -> Frag:
    """Return `left operator right` with the parentheses it needs."""
    return Frag(f"{wrapped(left, binds)} {operator} {wrapped(right, binds + 1)}", binds)


def compared(left: Frag, operator: str, right: Frag) -> Frag:
    """Return a comparison."""
    return Frag(f"{wrapped(left, BITOR)} {operator} {wrapped(right, BITOR)}", COMPARE)


def negated(frag: Frag) -> Frag:
    """Return `not frag`."""
    return Frag(f"not {wrapped(frag, NOT)}", NOT)


def called(function: str, *arguments: Frag) -> Frag:
    """Return a call."""
    return Frag(f"{function}({', '.join(wrapped(one, LOWEST) for one in arguments)})")


def joined(word: str, *frags: Frag) -> Frag:
    """Return the frags joined by `and` or `or`."""
    binds = AND if word == "and" else OR
    return Frag(f" {word} ".join(wrapped(one, binds + 1) for one in frags), binds)


def method(receiver: Frag, name: str, *arguments: Frag) -> Frag:
    """Return a method call."""
    return called(f"{wrapped(receiver, ATOM)}.{name}", *arguments)
