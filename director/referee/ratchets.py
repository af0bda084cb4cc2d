"""PURE: what may only shrink: comments that hide findings, types nobody checks any more, steps left out."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections import Counter
from collections.abc import Iterator, Mapping
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
    return found


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
    for name, node in new.items():
        was = old.get(name)
        if was is None:
            continue
        if _unchecked(node) and not _unchecked(was):
            yield Untyped(path, node.lineno, f"{name} is marked not to be type-checked")
        types, had = _annotations(node), _annotations(was)
        for place, annotation in had.items():
            if place not in {**types, **dict.fromkeys(_places(node), "")}:
                continue
            now = types.get(place, "")
            if not now and annotation:
                yield Untyped(path, node.lineno, f"{name}: {place} had the type {annotation} and has none")
            elif _is_any(now) and not _is_any(annotation):
                yield Untyped(path, node.lineno, f"{name}: {place} had the type {annotation} and is now {now}")
        if _casts(node) > _casts(was):
            yield Untyped(path, node.lineno, f"{name} casts to Any")


Function = ast.FunctionDef | ast.AsyncFunctionDef


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


def weakened_steps(before: str, after: str) -> Iterator[tuple[str, str]]:
    """Yield (`weaker` or `unclear`, line) for steps of a build file that check less than before."""
    old, new = [_step(line) for line in before.splitlines()], [_step(line) for line in after.splitlines()]
    added, removed = Counter(new) - Counter(old), Counter(old) - Counter(new)
    for line in added:
        if FORGIVES.search(line):
            yield "weaker", line
    kept = " ".join(new)
    for line in removed:
        for tool in TOOLS.findall(line):
            if not re.search(rf"\b{re.escape(tool)}\b", kept):
                yield "weaker", line
                break
    lows = {match[1].strip(" =:").lower(): float(match[2]) for match in UNDER.finditer(before)}
    for match in UNDER.finditer(after):
        known = lows.get(match[1].strip(" =:").lower())
        if known is not None and float(match[2]) < known:
            yield "weaker", match[0]


def _step(line: str) -> str:
    return "" if line.strip().startswith("#") else " ".join(line.split())
