"""PURE: what may only shrink: comments that hide findings, types nobody checks any more, steps left out."""

from __future__ import annotations

import ast
import builtins
import collections.abc
import difflib
import io
import re
import tokenize
import typing
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from agents.workspace.layout import parse

TOOLS_NAMED = (
    "type|pyright|ty|pyre|mypy|pytype|ruff|lint|pylint|bandit|flake8|isort|codespell|semgrep|vulture|beniget|"
    "interrogate|pydocstyle|basedpyright|deptry|mutmut|coverage|sourcery"
)
HIDING = re.compile(
    r"""(?ix) \#\s* (?:
        (?P<noqa> (?:(?:flake8|ruff)\s*:\s*)? noqa ) \s* (?: :\s*(?P<codes>[A-Z]+[0-9]+(?:[,\s]+[A-Z]+[0-9]+)*) )?
      | (?P<ignore> (?:TOOLS)(?:-ignore|-fixme)? \s*[:=]\s* (?:
            file-ignore\b | ignore(?:-errors)? | disable(?:-next|-all)? | skip(?:-file)? | no[\s_-]?\w+ | off
          | basic | exclude | (?:strict|report\w*|disallow[\w-]*|check[\w-]*) \s*=\s* (?:false|none|"?off"?) )
          \s* (?: [\[=:]\s*(?P<more>[\w\s,\-]+) )? )
      | (?P<pragma> pragma \s*:?\s* no \s* (?:cover|branch|mutate|qa)
          | pragma:\s*(?:allowlist|whitelist)\s+(?:secret|nextline\s+secret) )
      | (?P<nosec> nosec(?:\b|_) | nosonar\b | nosemgrep\b | nopep8\b | skipcq\b | noinspection\b
          | pyre-(?:ignore|fixme)\b | gitleaks:allow | NOLINT )
    )""".replace("TOOLS", TOOLS_NAMED)
)


class Hidden(NamedTuple):
    """One comment that hides findings."""

    kind: str
    """The tool and, where it names one, the rule."""
    path: str
    line: int
    text: str
    stood: bool = True
    """Whether what it stands at was there before, in the same place, without it."""


def hidden_in(path: str, text: str) -> Iterator[Hidden]:
    """Yield the comments of a file that hide findings; text in strings is no comment."""
    for line, comment in _comments(text):
        for match in HIDING.finditer(comment):
            tool = (match["noqa"] or match["ignore"] or match["pragma"] or match["nosec"] or "").lower()
            tool = re.split(r"[\[=\s]*$", re.sub(r"\s+", " ", tool))[0]
            codes = match["codes"] or match["more"] or ""
            for code in re.split(r"[,\s]+", codes.strip()) if codes.strip() else ["*"]:
                yield Hidden(f"{tool.split('[')[0].strip()} {code}", path, line, comment.strip()[:80])


def newly_hidden(before: Mapping[str, str], after: Mapping[str, str]) -> list[Hidden]:
    """Return the comments by which the changed files hide more than before; one that moved is none."""
    was = Counter(hidden.kind for path, text in before.items() for hidden in hidden_in(path, text))
    now = [hidden for path, text in after.items() for hidden in hidden_in(path, text)]
    kept_lines = {(path, _line(text, hidden.line)) for path, text in before.items() for hidden in hidden_in(path, text)}
    found: list[Hidden] = []
    total = Counter(hidden.kind for hidden in now)
    narrowed = sum(max(0, count - total[kind]) for kind, count in was.items() if kind.endswith(" *"))
    for kind, count in total.items():
        more = count - was[kind]
        if more > 0 and not kind.endswith(" *") and narrowed > 0:
            narrowed -= 1  # a blanket comment that now names its rules hides less
            continue
        new = [h for h in now if h.kind == kind and (h.path, _line(after[h.path], h.line)) not in kept_lines]
        found += (new or [h for h in now if h.kind == kind])[: max(0, more)]
    kept = {path: _kept(before.get(path, ""), after[path]) for path in {hidden.path for hidden in found}}
    return [hidden._replace(stood=hidden.line in kept[hidden.path]) for hidden in found]


def _kept(before: str, after: str) -> frozenset[int]:
    """Return the lines of a file whose code stood there before; a comment alone is about a file that was there."""
    old, new = ([line.partition("#")[0].strip() for line in text.splitlines()] for text in (before, after))
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    kept = {start + n + 1 for _, start, size in matcher.get_matching_blocks() for n in range(size)}
    return frozenset(kept | {n for n, line in enumerate(new, 1) if not line and before})


def _comments(text: str) -> Iterator[tuple[int, str]]:
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type == tokenize.COMMENT:
                yield token.start[0], token.string
    except (tokenize.TokenError, SyntaxError, ValueError):
        return


def _line(text: str, number: int) -> str:
    lines = text.splitlines()
    return lines[number - 1].strip() if 0 < number <= len(lines) else ""


# --- types


class Untyped(NamedTuple):
    """A definition whose types are checked less than before."""

    path: str
    line: int
    said: str


def untyped(path: str, before: str, after: str) -> Iterator[Untyped]:
    """Yield definitions that had types and now have none, `Any`, or a mark that stops the checker."""
    old, new = _definitions(before), _definitions(after)
    was_open, is_open = Open(_aliases(before), before=True), Open(_aliases(after), before=False)
    for name, node in new.items():
        was = old.get(name)
        if was is None:
            continue
        types, had = _annotations(node), _annotations(was)
        if had and _unchecked(node) and not _unchecked(was):
            yield Untyped(path, node.lineno, f"{name} is marked not to be type-checked")
        for place, annotation in had.items():
            if place not in {**types, **dict.fromkeys(_places(node), "")}:
                continue
            now = types.get(place, "")
            if not now and place not in ("self", "cls"):
                yield Untyped(path, node.lineno, f"{name}: {place} had the type {annotation} and has none")
            elif is_open.of(now) > was_open.of(annotation):
                yield Untyped(path, node.lineno, f"{name}: {place} had the type {annotation} and is now {now}")
        if _casts(node) > _casts(was):
            yield Untyped(path, node.lineno, f"{name} casts to Any")


Function = ast.FunctionDef | ast.AsyncFunctionDef


def is_typed(text: str) -> bool:
    """Return whether any function of a file says what it takes or gives."""
    return any(map(_annotations, _definitions(text).values()))


def _definitions(text: str) -> dict[str, Function]:
    found: dict[str, Function] = {}
    tree = parse(text)
    open_: list[tuple[ast.AST, str]] = [(tree, "")] if tree is not None else []
    while open_:  # by hand, and past expressions: they hold no definition, and may be nested without end
        node, prefix = open_.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            found[prefix + node.name] = node
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            prefix = f"{prefix}{node.name}."
        below = [(child, prefix) for child in ast.iter_child_nodes(node) if not isinstance(child, ast.expr)]
        open_ += reversed(below)
    return found


def _places(node: Function) -> list[str]:
    every = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
    return [*(arg.arg for arg in every), "return"]


def _annotations(node: Function) -> dict[str, str]:
    every = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs, node.args.vararg, node.args.kwarg]
    found = {arg.arg: ast.unparse(arg.annotation) for arg in every if arg is not None and arg.annotation is not None}
    if node.returns is not None:
        found["return"] = ast.unparse(node.returns)
    return found


def _is_any(annotation: str) -> bool:
    return bool(re.search(r"\bAny\b", annotation))


class Open(NamedTuple):
    """How much an annotation lets through, told from the definitions of its file."""

    aliases: Mapping[str, ast.expr]
    before: bool
    """Of what was there before, a name stands for all that it means, and a bare container may hold anything."""

    def of(self, annotation: str) -> int:
        """Return 2 for anything, 1 where a part may be anything, else 0."""
        try:
            return self._of(ast.parse(annotation, mode="eval").body, 5)
        except (SyntaxError, ValueError):
            return int(_is_any(annotation))

    def _of(self, node: ast.expr, depth: int) -> int:
        name = node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
        if isinstance(node, ast.Name) and name in self.aliases and depth:
            meant = self._of(self.aliases[name], depth - 1)
            return meant if self.before or meant == 2 else 0
        if name:
            return 2 if name == "Any" else int(self.before and _is_container(name))
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            return self.of(node.value)
        if isinstance(node, ast.BinOp):
            return max(self._of(side, depth) for side in (node.left, node.right))
        if isinstance(node, ast.Subscript):
            inside = self._of(node.slice, depth)
            either = ast.unparse(node.value).rpartition(".")[2] in ("Optional", "Union", "Annotated", "Final")
            return inside if either else min(inside, 1)
        parts = node.elts if isinstance(node, ast.Tuple | ast.List) else []
        return max((self._of(part, depth) for part in parts), default=0)


def _is_container(name: str) -> bool:
    found = [getattr(place, name, None) for place in (builtins, typing, collections.abc)]
    return any(hasattr(each, "__class_getitem__") or hasattr(each, "__origin__") for each in found)


def _aliases(text: str) -> dict[str, ast.expr]:
    """Return what a file calls types, by the name it gives them."""
    tree = parse(text)
    found: dict[str, ast.expr] = {}
    for node in ast.walk(tree) if tree is not None else ():
        if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
            found[node.targets[0].id] = node.value
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value is not None:
            found[node.target.id] = node.value
    return {name: value for name, value in found.items() if not name.startswith("__")}


def _unchecked(node: Function) -> bool:
    return any("no_type_check" in ast.unparse(decorator) for decorator in node.decorator_list)


def _casts(node: Function) -> int:
    return sum(
        isinstance(call, ast.Call)
        and ast.unparse(call.func).endswith("cast")
        and bool(call.args)
        and _is_any(ast.unparse(call.args[0]))
        for call in ast.walk(node)
    )


# --- steps of builds and pipelines

TOOLS = re.compile(
    r"\b(pytest|py\.test|unittest|mypy|pyright|ruff|flake8|pylint|bandit|coverage|tox|nox|pip-audit|safety|interrogate|"
    r"vulture|deptry|lint-imports|semgrep|gitleaks|kaizen|eslint|tsc|vitest|jest|make (?:test|lint|check|types))\b"
)
FORGIVES = re.compile(
    r"continue-on-error:\s*true|allow_failure:\s*true|\|\|\s*(?:true|:|exit 0)|--exit-zero|--no-verify|\bset \+e\b|"
    r"^\s*if:\s*(?:false|\$\{\{\s*false\s*\}\})|^\s*-(?=\w*(?:pytest|mypy|ruff))|;\s*true\b|--maxfail|\s-k\s|"
    r"--deselect|--ignore[= ]|success_codes|ignore_outcome|ignore_errors"
)
UNDER = re.compile(r"(fail[-_]under[=: ]+|threshold[=: ]+|target:\s*)(\d+(?:\.\d+)?)", re.IGNORECASE)


def weakened_steps(before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield (path, line) for steps of build files that check less than before; a step may move to another file."""
    lines = [{path: [_step(line) for line in text.splitlines()] for path, text in texts.items()}
             for texts in (before, after)]  # fmt: skip
    old, new = ([line for part in side.values() for line in part] for side in lines)
    for path in lines[0].keys() | lines[1].keys():
        was, now = (Counter(side.get(path, ())) for side in lines)
        forgiven = Counter(_forgiven(was))
        for line in now - was:
            if Counter(_forgiven([line])) - forgiven:
                yield path, line
        for line in was - now:
            if not line.endswith(":") and any(_named(tool, new) < _named(tool, old) and not _named(tool, now)
                                              for tool in TOOLS.findall(line)):  # fmt: skip
                yield path, line
        yield from ((path, low) for low in _lowered(before.get(path, ""), after.get(path, "")))


def _forgiven(lines: Iterable[str]) -> list[str]:
    """Return what is forgiven in some lines, each with the word after it."""
    return [" ".join(line[match.start() :].split()[:2]) for line in lines for match in FORGIVES.finditer(line)]


def _named(tool: str, lines: Iterable[str]) -> int:
    return sum(bool(re.search(rf"\b{re.escape(tool)}\b", line)) for line in lines)


def _lowered(before: str, after: str) -> Iterator[str]:
    lows = {match[1].strip(" =:").lower(): float(match[2]) for match in UNDER.finditer(before)}
    for match in UNDER.finditer(after):
        known = lows.get(match[1].strip(" =:").lower())
        if known is not None and float(match[2]) < known:
            yield match[0]


def _step(line: str) -> str:
    return "" if line.strip().startswith("#") else " ".join(line.split())
