"""Functions of the project that are alive in this interpreter, and how another body is put into them."""

from __future__ import annotations
import __future__

import ast
import bisect
import gc
import os
import types
from typing import Any, Dict, List, Optional, Tuple

from . import ticks
from .editspace import unread
from .source import Function, Source, Splice, spliced

Key = Tuple[int, str]


class Unfit(Exception):
    """The edit cannot be put into the living function: it does not compile or needs other closures."""


class Region:
    """One outermost function (or method): the piece of text that is compiled for each candidate."""

    def __init__(self, source: Source, node: Any, filename: str) -> None:
        self.source, self.node, self.filename = source, node, filename
        self.name = qualified(source, node)
        self.start = source.line_start(source.span(node)[0])
        self.end = source.span(node)[1]
        self.first, self.last = source.line_of(source.whole(node)[0]), node.end_lineno
        self.flags = future_flags(source.tree)
        self._head, self._path = _head(source, node)
        inserted = ticks.points(source, node)
        self._points = [at for at, _ in inserted]
        self._shifts = [0]
        for _, text in inserted:
            self._shifts.append(self._shifts[-1] + len(text))
        self._text = spliced(
            source.data[self.start : self.end], tuple((at - self.start, at - self.start, text) for at, text in inserted)
        )
        self.living: List[Tuple[types.FunctionType, Tuple[int, ...]]] = []
        self.original: List[types.CodeType] = []
        self.base: Optional[types.CodeType] = None

    def compile(self, splices: Tuple[Splice, ...]) -> types.CodeType:
        """Return the code of the function with the splices done and ticks in its loops; raise Unfit."""
        moved = []
        for start, end, new in splices:
            first = self._shift(start)
            moved.append((first, max(first, self._shift(end, before=start < end)), new))
        return self._compiled(self._head + spliced(self._text, tuple(moved)))

    def _compiled(self, text: bytes) -> types.CodeType:
        try:
            code: types.CodeType = compile(text, self.filename, "exec", self.flags, True, 0)
        except (SyntaxError, ValueError, OverflowError, MemoryError, RecursionError) as problem:
            raise Unfit(str(problem)) from problem
        for name in self._path:
            inner = [one for one in code.co_consts if isinstance(one, types.CodeType) and one.co_name == name]
            if not inner:
                raise Unfit("the definition is gone")
            code = inner[-1]
        return code

    def leaves_idle(self, splices: Tuple[Splice, ...]) -> bool:
        """Return whether the function has more names and values than before that nothing reads, splices done."""
        text = self._spliced(splices)
        try:
            root = ast.parse(b"if 1:\n" + text if text[:1].isspace() else text)
        except (SyntaxError, ValueError, RecursionError):
            return False
        found = next(node for node in ast.walk(root) if isinstance(node, Function))
        return unread.idle(found) > unread.idle(self.node)

    def _spliced(self, splices: Tuple[Splice, ...]) -> bytes:
        moved = tuple((start - self.start, end - self.start, new) for start, end, new in splices)
        return spliced(self.source.data[self.start : self.end], moved)

    def _shift(self, offset: int, before: bool = False) -> int:
        find = bisect.bisect_left if before else bisect.bisect_right
        return offset - self.start + self._shifts[find(self._points, offset)]

    def attach(self, functions: Dict[Key, List[types.FunctionType]]) -> bool:
        """Find the living functions of this text and give them the counting body; return whether there are any."""
        self.living = []
        own = functions.get((self.first, self.node.name), [])
        if not own:
            return False
        try:
            self.base = self.compile(())
        except Unfit:
            return False
        self.living = [(one, ()) for one in own]
        for path, code in nested(own[0].__code__):
            self.living += [(one, path) for one in functions.get((code.co_firstlineno, code.co_name), [])]
        self.original = [one.__code__ for one, _ in self.living]
        try:
            self.install(self.base)
        except Unfit:
            self.restore()
            return False
        return True

    def install(self, code: types.CodeType) -> None:
        """Put a body into every living function; raise Unfit when closures differ."""
        inner: Dict[Tuple[int, ...], types.CodeType] = {}
        for function, path in self.living:
            if path and not inner:
                inner = dict(nested(code))
            new = code if not path else inner.get(path)
            if new is None or new.co_freevars != function.__code__.co_freevars:
                if path:
                    continue
                raise Unfit("the function closes over other names")
            function.__code__ = new

    def restore(self) -> None:
        """Put the counting body of the unchanged text back."""
        if self.base is not None and self.living and self.living[0][0].__code__ is not self.base:
            self.install(self.base)

    def uncount(self, splices: Tuple[Splice, ...] = ()) -> None:
        """Put the body in, splices done, without ticks and on its own lines, for who traces lines; raise Unfit."""
        if splices:
            above = self.source.line_of(self.start) - 1 - self._head.count(b"\n")
            self.install(self._compiled(b"\n" * above + self._head + self._spliced(splices)))
            return
        for (function, _), code in zip(self.living, self.original):
            function.__code__ = code


def nested(code: types.CodeType) -> List[Tuple[Tuple[int, ...], types.CodeType]]:
    """Return the functions inside a code object, each with its place (count of functions before it, by depth)."""
    found: List[Tuple[Tuple[int, ...], types.CodeType]] = []
    inner = [one for one in code.co_consts if isinstance(one, types.CodeType) and not one.co_name.startswith("<")]
    for index, one in enumerate(inner):
        found.append(((index,), one))
        found += [((index, *path), deep) for path, deep in nested(one)]
    return found


def meaning(code: types.CodeType) -> Any:
    """Return what two pieces of code share when they compile to the same."""
    constants = tuple(meaning(one) if isinstance(one, types.CodeType) else repr(one) for one in code.co_consts)
    return code.co_code, constants, code.co_names, code.co_varnames, code.co_freevars


def living_functions(path: str) -> Dict[Key, List[types.FunctionType]]:
    """Return the function objects whose code came from a file, by first line and name."""
    found: Dict[Key, List[types.FunctionType]] = {}
    for one in gc.get_objects():
        if type(one) is types.FunctionType and one.__code__.co_filename == path:
            found.setdefault((one.__code__.co_firstlineno, one.__code__.co_name), []).append(one)
    return found


def outermost(source: Source) -> List[Any]:
    """Return the functions and methods of a file that lie in no other function."""
    return [n for n in ast.walk(source.tree) if isinstance(n, Function) and source.enclosing(n, Function) is None]


def qualified(source: Source, node: Any) -> str:
    """Return the dotted name of a definition in its module."""
    names = [node.name]
    above = source.enclosing(node, (*Function, ast.ClassDef))
    while above is not None:
        names.append(above.name)  # type: ignore[attr-defined]
        above = source.enclosing(above, (*Function, ast.ClassDef))
    return ".".join(reversed(names))


def future_flags(tree: ast.Module) -> int:
    """Return the compiler flags of the `from __future__` imports of a module."""
    flags = 0
    for node in tree.body:
        if isinstance(node, ast.ImportFrom) and node.module == "__future__":
            for one in node.names:
                flags |= getattr(__future__, one.name).compiler_flag
    return flags


def _head(source: Source, node: Any) -> Tuple[bytes, List[str]]:
    """Return the lines that make the function's indentation and its class names true, and the path to its code."""
    lines: List[str] = []
    path: List[str] = [node.name]
    place = source.places.get(node)
    while place is not None and not isinstance(place.parent, ast.Module):
        parent = place.parent
        if isinstance(parent, ast.ClassDef):
            lines.append(source.indent(parent) + f"class {parent.name}:\n")
            path.append(parent.name)
        elif isinstance(parent, ast.stmt) and (not lines or not lines[-1].startswith(source.indent(parent) + "if")):
            lines.append(source.indent(parent) + "if 1:\n")
        place = source.places.get(parent)
    return "".join(reversed(lines)).encode("utf-8"), list(reversed(path))


def same_file(path: str, other: str) -> bool:
    """Return whether two names mean the same file."""
    return os.path.realpath(path) == os.path.realpath(other)
