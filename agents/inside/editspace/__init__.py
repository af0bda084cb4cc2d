"""PURE: the space of edits: which families apply to which node, drawn lazily and best first."""

from __future__ import annotations

import ast
import heapq
import itertools
import math
from typing import Any, Callable, Dict, Iterable, Iterator, List, NamedTuple, Optional, Set, Tuple

from ..source import Function, Source, Splice
from . import calls, conditions, constants, formats, missing, names, operators, otherwise, patterns, statements, values
from .forgotten import remembered
from .scope import Clues, Draft, Scope, Site, scopes

Family = Callable[[Site], Iterator[Draft]]
Value = (ast.Name, ast.Attribute, ast.Subscript, ast.Call, ast.BinOp)
Statement = (
    ast.Expr, ast.Assign, ast.AugAssign, ast.AnnAssign, ast.Return, ast.Raise, ast.If, ast.For, ast.While, ast.With,
    ast.Try, ast.Assert, ast.Delete, ast.Break, ast.Continue, ast.Pass,
)  # fmt: skip
Condition = (ast.Name, ast.Attribute, ast.Call, ast.Compare, ast.BoolOp, ast.UnaryOp, ast.Subscript)

FAMILIES: Tuple[Tuple[Family, Tuple[type, ...], float, str], ...] = (
    (operators.comparison, (ast.Compare,), 10.0, "load"),
    (operators.boolean, (ast.BoolOp,), 8.0, "load"),
    (operators.negation, (ast.UnaryOp,), 8.0, "load"),
    (operators.negation, Condition, 8.0, "truth"),
    (operators.arithmetic, (ast.BinOp,), 8.0, "load"),
    (operators.augmented, (ast.AugAssign, ast.Assign), 8.0, "statement"),
    (operators.shifted, Value, 7.0, "value"),
    (operators.combined, Value, 3.0, "value"),
    (constants.constant, (ast.Constant, ast.UnaryOp), 8.0, "load"),
    (patterns.pattern, (ast.Constant,), 6.0, "load"),
    (constants.display, (ast.List, ast.Tuple, ast.Set, ast.Dict), 6.0, "load"),
    (constants.slices, (ast.Subscript,), 5.0, "any"),
    (constants.part, Value, 4.0, "value"),
    (constants.collected, (ast.ListComp, ast.GeneratorExp, ast.SetComp, ast.DictComp), 5.0, "load"),
    (names.variable, (ast.Name,), 8.0, "load"),
    (names.exchanged, (ast.Compare, ast.BinOp, ast.Call), 4.0, "load"),
    (names.attribute, (ast.Attribute,), 7.0, "any"),
    (calls.completed, (ast.Call,), 7.1, "load"),  # first: an edit that both draw counts what it does here
    (names.arguments, (ast.Call,), 7.0, "load"),
    (calls.trimmed, Value, 3.5, "value"),
    (calls.own_methods_called, (ast.Call,), 8.0, "load"),
    (values.access, (ast.Subscript, ast.Call), 5.0, "load"),
    (values.cleaned, Value, 4.0, "value"),
    (values.tidied, (ast.Name, ast.Attribute, ast.Subscript, ast.Call), 4.0, "receiver"),
    (names.chosen, (ast.IfExp,), 6.0, "load"),
    (names.ingredient, (*Value, ast.Constant, ast.Compare, ast.BoolOp), 4.0, "load"),
    (values.borrowed, Value, 4.0, "value"),
    (values.alike, (*Value, ast.Constant), 6.0, "value"),
    (remembered, Value, 5.0, "value"),
    (values.looped, Value, 6.0, "load"),
    (values.awaited, (ast.Call,), 6.0, "load"),
    (formats.formatted, (ast.JoinedStr,), 5.0, "format"),
    (names.unpacked, (ast.Tuple,), 5.0, "store"),
    (names.target, (ast.Name, ast.Attribute, ast.Subscript), 4.0, "store"),
    (conditions.missing, Condition, 8.0, "load"),
    (conditions.strengthened, Condition, 6.0, "truth"),
    (conditions.replaced, (*Condition, ast.Constant), 3.0, "load"),
    (conditions.fallback, (ast.Name, ast.Attribute, ast.Subscript, ast.Call), 2.5, "value"),
    (conditions.received, (ast.Name, ast.Attribute, ast.Subscript, ast.Call), 3.0, "receiver"),
    (conditions.conditional, (*Value, ast.IfExp), 1.0, "value"),
    (conditions.checked, (ast.Call,), 6.0, "load"),
    (conditions.caught, (ast.ExceptHandler,), 7.0, "any"),
    (conditions.raised, (ast.Raise,), 8.0, "any"),
    (statements.deleted, Statement, 5.0, "statement"),
    (statements.moved, Statement, 5.0, "statement"),
    (statements.branch, (ast.If, ast.While), 5.0, "statement"),
    (otherwise.branched, (ast.If,), 3.5, "statement"),
    (statements.exits, Statement, 7.0, "statement"),
    (missing.guarded, Statement, 6.0, "statement"),
    (missing.inserted, Statement, 8.4, "statement"),
    (missing.filled, (ast.Pass,), 9.0, "statement"),
    (statements.unmutable, Function, 9.0, "any"),
    (statements.decorated, Function, 6.0, "any"),
    (calls.inherited, Function, 9.0, "any"),
)

_READ = (ast.Load, type(None))

CROWD = 60.0
"""The n-th edit of one kind at one place counts 1/sqrt(1 + n / CROWD): what one place takes in makes others wait."""
FRESH = 1.6
"""How much likelier an edit is that reads what the function was given, or made, and reads nowhere."""

STREAMS = {missing.guarded, missing.inserted, missing.filled}
"""Families that yield their many edits best first: only as many are drawn as the search needs."""

CRASHES: Dict[str, Set[str]] = {
    name: set(kinds.split())
    for name, kinds in (
        ("None", "guard cond-add guard-exit guard-stmt return-add truth var init-add ifexp-add"),
        ("RecursionError", "guard-exit call-add assign-add step-add cmp-op sibling attr"),
        ("Endless", "cmp-op cond-add step-add aug-op not-add truth jump-add guard-exit sign"),
        ("IndexError", "off-by-one cmp-op guard cond-add const slice index guard-exit"),
        ("KeyError", "guard cond-add var ingredient element-swap get except guard-exit text guard-stmt"),
        ("NameError", "var assign-add copied attr-for-var sibling"),
        ("UnboundLocalError", "assign-add init-add copied var step-add indent dedent"),
        (
            "AttributeError",
            "attr var attr-drop init-add copied wrap method-drop guard sibling unwrap called borrowed await-add "
            "decorate super-add",
        ),
        ("ZeroDivisionError", "guard cond-add cmp-op guard-exit bounded off-by-one const"),
        (
            "TypeError",
            "wrap arg-swap arg-drop arg-add forward unwrap ingredient isinstance sibling get called borrowed "
            "await-add keyword cmp-swap name-swap decorate",
        ),
        ("ValueError", "guard cond-add guard-exit except wrap clean element-swap element-drop unpack-swap"),
        ("StopIteration", "arg-add guard-exit except"),
    )
}
"""Kinds of edits that mend a crash of a type, at the line of the crash."""


RAISED: Set[str] = {
    "cmp-op", "cmp-swap", "not-add", "not-drop", "bool-op", "bool-drop", "const", "text", "truth", "isinstance",
    "cond-add", "var", "attr", "off-by-one", "filter-add", "sibling",
}  # fmt: skip
"""Kinds of edits that mend a condition under which something is raised wrongly, or not raised."""


class Edit(NamedTuple):
    """One change of one file, with its place in the order of the search."""

    score: float
    kind: str
    line: int
    region: int
    """Index of the region (function or module-level statement) it lies in."""
    splices: Tuple[Splice, ...]


class Ground:
    """A function or a module-level statement as ground for edits."""

    def __init__(
        self, index: int, source: Source, root: ast.AST, suspicion: Dict[int, float], least: float, body: bool
    ) -> None:
        self.index, self.source, self.root, self.suspicion, self.least = index, source, root, suspicion, least
        self.body = body
        """Whether it is the body of a function that is edited, or what runs when the module is imported."""
        self.crashed: Set[int] = set()
        """Lines of the file at which failing tests crashed."""
        self.asked: Set[int] = set()
        """Lines of the conditions under which was raised what should not have been, or not what should."""
        self.anywhere = False
        """Whether the crash may be mended at any line: endless recursion, endless loops."""

    def suspicious(self, node: Any) -> float:
        """Return the suspicion of a node: the highest of its lines; of the head alone for compound statements."""
        stop = node.lineno if isinstance(node, (ast.If, ast.For, ast.While, *Function)) else node.end_lineno
        lines = range(node.lineno, min(stop, node.lineno + 9) + 1)
        return max([self.suspicion.get(line, 0.0) for line in lines] + [self.least])


def search(grounds: Iterable[Ground], clues: Clues) -> Iterator[Edit]:
    """Yield the edits of all grounds, best first; the same edit once."""
    heap: List[Tuple[float, int, Any, Any]] = []
    order = itertools.count()
    for ground in grounds:
        for (path, line), exceptions in clues.crashes.items():
            if path == ground.source.path:
                ground.crashed.add(line)
                ground.anywhere = ground.anywhere or bool(exceptions & {"RecursionError", "Endless"})
        ground.asked = _asked(ground, clues)
        for site, family, ceiling in _sites(ground, clues):
            heapq.heappush(heap, (-ceiling, next(order), (ground, site, family in STREAMS, {}), family))
    seen: Set[Tuple[int, Tuple[Splice, ...]]] = set()
    while heap:
        _, _, what, drafts = heapq.heappop(heap)
        if drafts is None:
            yield what
            continue
        ground, site, stream, crowd = what
        if callable(drafts):
            drafts = drafts(site)
        base, line = _base(ground, site), _line(ground, site)
        boost = _boost(clues, ground, site)
        for draft in drafts if stream else sorted(drafts, key=lambda one: -one.weight):
            key = (ground.index, draft.splices)
            if key in seen or _same(ground.source, draft):
                continue
            seen.add(key)
            factor = _crash(clues, ground, draft.kind, line) if boost > 1.0 else 1.0
            factor *= clues.hints.get(draft.kind, 1.0) * _fresh(site, draft)
            score = draft.weight * base * factor / math.sqrt(1 + crowd.get(draft.kind, 0) / CROWD)
            crowd[draft.kind] = crowd.get(draft.kind, 0) + 1
            edit = Edit(score, draft.kind, site.node.lineno, ground.index, draft.splices)
            heapq.heappush(heap, (-score, next(order), edit, None))
            if stream:
                bound = draft.weight * base * boost * _most(clues, site)
                heapq.heappush(heap, (-bound, next(order), what, drafts))
                break


def _asked(ground: Ground, clues: Clues) -> Set[int]:
    """Return the lines of the conditions that decide about the raising of what a failing test saw, or missed."""
    found: Set[int] = set()
    for node in ast.walk(ground.root):
        if not isinstance(node, ast.Raise):
            continue
        above = ground.source.enclosing(node, (ast.If, *Function))
        here = set(range(node.lineno, (node.end_lineno or node.lineno) + 1))
        if isinstance(above, ast.If) and (clues.unraised or here & ground.crashed):
            found |= set(range(above.test.lineno, (above.test.end_lineno or above.test.lineno) + 1))
    return found


def _line(ground: Ground, site: Site) -> int:
    """Return the line whose crash an edit would mend: for a handler, the crash in what it guards."""
    if isinstance(site.node, ast.ExceptHandler):
        for line in ground.crashed:
            if site.parent.lineno <= line <= site.node.lineno:
                return line
    return int(site.node.lineno)


def _boost(clues: Clues, ground: Ground, site: Site) -> float:
    """Return by how much a crash may at most raise the edits of a site."""
    line = _line(ground, site)
    if ground.anywhere or line in ground.crashed or line in ground.asked:
        return 3.0
    return 2.0 if {line - 1, line + 1} & ground.crashed else 1.0


def _base(ground: Ground, site: Site) -> float:
    return 0.2 + ground.suspicious(site.node)


def _fresh(site: Site, draft: Draft) -> float:
    unread = site.scope.unread.words
    if not unread:
        return 1.0
    return FRESH if any(unread & site.scope.words_of(new.decode("utf-8")) for _, _, new in draft.splices) else 1.0


def _most(clues: Clues, site: Site) -> float:
    """Return by how much a draft may at most be likelier than its weight says, crashes apart."""
    hint = max(clues.hints.values(), default=1.0)
    return hint * (FRESH if site.scope.unread.words else 1.0)


def _crash(clues: Clues, ground: Ground, kind: str, line: int) -> float:
    best = 2.5 if kind in RAISED and line in ground.asked else 1.0
    for (path, crashed), exceptions in clues.crashes.items():
        if path != ground.source.path:
            continue
        for name in exceptions:
            if kind in CRASHES.get(name, ()):
                if name in ("RecursionError", "Endless") or crashed == line:
                    best = max(best, 3.0)
                elif abs(crashed - line) <= 1:
                    best = max(best, 2.0)
    return best


def _same(source: Source, draft: Draft) -> bool:
    return all(end - start == len(new) and source.data[start:end] == new for start, end, new in draft.splices)


def _sites(ground: Ground, clues: Clues) -> Iterator[Tuple[Site, Family, float]]:
    found = scopes(ground.source, ground.root, clues)
    top: Scope = found[ground.root]
    by_type: Dict[type, List[Tuple[Family, float, str]]] = {}
    for family, kinds, ceiling, where in FAMILIES:
        for kind in kinds:
            by_type.setdefault(kind, []).append((family, ceiling, where))
    for node in _walked(ground):
        if not hasattr(node, "lineno") or type(node) not in by_type:
            continue
        if top.in_format(node) and not isinstance(node, ast.JoinedStr):
            continue
        if _in_annotation(ground, node):
            continue
        scope = found.get(_owner(ground, node) or node, top)
        site = Site(scope, node)
        for family, ceiling, where in by_type[type(node)]:
            if _stands(site, where):
                yield site, family, ceiling * _most(clues, site) * _boost(clues, ground, site) * _base(ground, site)


def _walked(ground: Ground) -> Iterator[Any]:
    """Yield the nodes that belong to the ground: a body, or all that stands outside of bodies."""
    if ground.body:
        for statement in ground.root.body:  # type: ignore[attr-defined]
            yield from ast.walk(statement)
        return
    pending: List[ast.AST] = [ground.root]
    while pending:
        node = pending.pop(0)
        yield node
        if isinstance(node, Function):
            pending += [*node.args.defaults, *[one for one in node.args.kw_defaults if one], *node.decorator_list]
        else:
            pending += list(ast.iter_child_nodes(node))


def _owner(ground: Ground, node: ast.AST) -> Optional[ast.AST]:
    return ground.source.enclosing(node, Function) if node is not ground.root else node


def _in_annotation(ground: Ground, node: ast.AST) -> bool:
    place = ground.source.places.get(node)
    while place is not None and node is not ground.root:
        if place.field in ("annotation", "returns", "type_comment"):
            return True
        node, place = place.parent, ground.source.places.get(place.parent)
    return False


def _stands(site: Site, where: str) -> bool:
    """Return whether a node stands where a family wants it."""
    use = getattr(site.node, "ctx", None)
    parent, field = site.place.parent, site.place.field
    if where == "any":
        return True
    if where == "statement":
        return site.place.at >= 0 and field in ("body", "orelse", "finalbody")
    if where == "format":
        return site.scope.source.enclosing(site.node, (ast.JoinedStr,)) is None
    if where == "receiver":
        return field == "value" and isinstance(parent, (ast.Attribute, ast.Subscript)) and isinstance(use, _READ)
    if where == "store":
        return isinstance(use, ast.Store) and isinstance(parent, (ast.Assign, ast.AugAssign, ast.Tuple, ast.For))
    if not isinstance(use, _READ) or (isinstance(parent, ast.Expr) and isinstance(site.node, ast.Constant)):
        return False
    if where == "truth":
        return site.boolean() or (isinstance(parent, ast.Return) and isinstance(site.node, (ast.Compare, ast.BoolOp)))
    if where == "value":
        called = field == "func" or isinstance(parent, ast.Attribute)
        return (
            not called and not isinstance(parent, (ast.Expr, ast.Starred)) and field not in ("decorator_list", "bases")
        )
    return not isinstance(parent, ast.Starred)
