"""PURE: writes recorded cases as a test file that a person would keep, for pytest or unittest."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

WIDTH = 88
INTRODUCTION = '''"""Characterisation tests of {module}.

They record what the code does today, which is not always what it should do.
When one fails after a change, decide which of the two is right.
"""
# Recorded by running the code; edit, rename or delete these tests like any others.
'''


@dataclass(frozen=True, slots=True)
class WrittenTest:
    """One test function, without its indentation."""

    name: str
    lines: tuple[str, ...]
    imports: frozenset[tuple[str, str, str]]
    target: str
    origin: int


@dataclass(frozen=True, slots=True)
class TestFile:
    """A whole file."""

    __test__ = False

    text: str
    names: tuple[str, ...]
    """Of the tests, in their order."""
    class_name: str
    """Of the test case under unittest; empty for pytest."""


def write_tests(cases: Sequence[Mapping[str, Any]], runner: Literal["pytest", "unittest"]) -> list[WrittenTest]:
    """Return a test per case; cases whose text cannot be laid out within the line length are left out."""
    written: dict[str, WrittenTest] = {}
    imported: dict[str, tuple[str, str, str]] = {}
    for case in cases:
        lines = _lines(case, runner, WIDTH - (8 if runner == "unittest" else 4))
        if lines is None or case["raises"] in ("Exception", "BaseException"):
            continue
        used = set(re.findall(r"\w+", "\n".join(lines)))
        imports = frozenset((str(a), str(b), str(c)) for a, b, c in case["imports"] if c in used)
        if any(imported.setdefault(each[2], each) != each for each in imports):
            continue
        base = name_of(case)
        name, number = base, 2
        while name in written:
            name, number = f"{base}_{number}", number + 1
        written[name] = WrittenTest(name, tuple(lines), imports, str(case["target"]), int(case["origin"]))
    return list(written.values())


def write_file(
    tests: Sequence[WrittenTest], module: str, runner: Literal["pytest", "unittest"], own: Iterable[str]
) -> TestFile:
    """Return the file; `own` are the top-level names of the project, whose imports come last."""
    imports = {each for test in tests for each in test.imports}
    body = [line for test in tests for line in test.lines]
    if runner == "pytest" and any("pytest." in line for line in body):
        imports.add(("pytest", "", "pytest"))
    if runner == "unittest":
        imports.add(("unittest", "", "unittest"))
    head = INTRODUCTION.format(module=module) + "\n" + write_imports(imports, frozenset(own))
    if runner == "pytest":
        shown = [f"def {test.name}():\n" + _indented(test.lines, 4) for test in tests]
        return TestFile(head + "\n\n" + "\n\n".join(shown), tuple(test.name for test in tests), "")
    case = (
        "".join(word.capitalize() for word in re.findall(r"[A-Za-z0-9]+", module.split(".")[-1]))
        + "CharacterisationTest"
    )
    shown = [f"    def {test.name}(self):\n" + _indented(test.lines, 8) for test in tests]
    text = head + f"\n\nclass {case}(unittest.TestCase):\n" + "\n".join(shown)
    text += '\n\nif __name__ == "__main__":\n    unittest.main()\n'
    return TestFile(text, tuple(test.name for test in tests), case)


def _indented(lines: Sequence[str], by: int) -> str:
    return "".join(" " * by + line + "\n" for line in lines)


# --- names


def name_of(case: Mapping[str, Any]) -> str:
    """Return a test name that says what is called with what."""
    title = case["title"]
    if case.get("round_trip"):
        return f"test_{case['round_trip'].strip('_')}_undoes_{title}"
    words = "_".join(filter(None, (slug(argument) for argument in case["arguments"])))
    words = re.match(r".{0,32}(?![a-z0-9])|.{0,32}", words)[0].strip("_") if words else ""  # type: ignore[index]
    if case["raises"]:
        return f"test_{title}_refuses" + (f"_{words}" if words else "")
    if case["after"]:
        return f"test_{title}_changes_{'_'.join(re.findall('[a-z0-9]+', case['after'][0][0].lower()))}"
    return f"test_{title}" + (f"_of_{words}" if words else "")


def slug(text: str) -> str:
    """Return an argument as words of an identifier."""
    if re.fullmatch(r"""(\w*["']\s*["']|\[\]|\(\)|\{\}|set\(\))""", text):
        return "nothing"
    text = re.sub(r"-(?=\d)", " minus ", text)
    text = re.sub(r"(?<=\d)\.(?=\d)", " point ", text)
    text = re.sub(r"\\[nrtx0-9a-f]+", " ", text)
    return "_".join(re.findall(r"[a-z0-9]+", text.lower())[:5])


# --- imports


def write_imports(imports: Iterable[tuple[str, str, str]], own: frozenset[str]) -> str:
    """Return sorted import lines: standard library, other packages, the project's own."""
    import sys

    sections: dict[int, set[tuple[str, str, str]]] = {}
    for each in imports:
        top = each[0].split(".")[0]
        section = 2 if top in own else 0 if top in sys.stdlib_module_names else 1
        sections.setdefault(section, set()).add(each)
    return "\n".join(_section(sections[section]) for section in sorted(sections))


def _section(imports: set[tuple[str, str, str]]) -> str:
    whole = sorted((module, called) for module, name, called in imports if not name)
    lines = [f"import {m}" if c == m.split(".")[0] else f"import {m} as {c}" for m, c in whole]
    parts: dict[str, list[str]] = {}
    for module, name, called in imports:
        if name:
            parts.setdefault(module, []).append(name if name == called else f"{name} as {called}")
    for module in sorted(parts, key=_natural):
        names = sorted(parts[module], key=_member)
        line = f"from {module} import {', '.join(names)}"
        if len(line) > WIDTH:
            line = f"from {module} import (\n" + "".join(f"    {name},\n" for name in names) + ")"
        lines.append(line)
    return "\n".join(lines) + "\n"


def _natural(text: str) -> list[Any]:
    return [int(part) if part.isdigit() else part.lower() for part in re.split(r"(\d+)", text)]


def _member(name: str) -> tuple[int, list[Any], str]:
    """Order constants, classes, then the rest, as isort does."""
    bare = name.split(" ")[0]
    kind = 0 if bare.isupper() and len(bare) > 1 else 1 if bare[:1].isupper() else 2
    return kind, _natural(bare), bare


# --- bodies


def _lines(case: Mapping[str, Any], runner: str, width: int) -> list[str] | None:
    """Return the statements of a test, laid out; None when one cannot be."""
    statements = [f"{variable} = {text}" for variable, text in case["setup"]]
    call = case["call"]
    pytest = runner == "pytest"
    if case["raises"]:
        opening = f"with {'pytest.raises' if pytest else 'self.assertRaises'}({case['raises']}):"
        inner = laid_out(call, width - 4)
        before = _all_laid_out(statements, width)
        return None if inner is None or before is None else [*before, opening, *(f"    {line}" for line in inner)]
    expected = case["expected"]
    if case["parts"]:
        statements.append(f"result = {call}")
        statements += [_equal(shown.replace("{}", "result"), text, near, pytest) for shown, text, near in case["parts"]]
    elif not _is_expression(call) or (case["after"] and (expected is None or expected[0] == "None")):
        statements.append(call)
    elif expected is not None:
        statements.append(_equal(call, expected[0], expected[1], pytest))
    statements += [_equal(text, now, near, pytest) for text, now, near in case["after"]]
    return _all_laid_out(statements, width)


def _is_expression(text: str) -> bool:
    """Return whether a call is no statement, as `x[1] = 2` is."""
    return isinstance(ast.parse(text).body[0], ast.Expr)


def _all_laid_out(statements: Sequence[str], width: int) -> list[str] | None:
    found: list[str] = []
    for statement in statements:
        lines = laid_out(statement, width)
        if lines is None:
            return None
        found += lines
    return found


def _equal(got: str, expected: str, near: bool, pytest: bool) -> str:
    """Return the assertion; `near` floats are compared approximately."""
    singleton = expected in ("None", "True", "False")
    operator = isinstance(
        ast.parse(got, mode="eval").body, ast.Compare | ast.BoolOp | ast.UnaryOp | ast.Lambda | ast.IfExp
    )
    if pytest:
        got = f"({got})" if operator else got
        if singleton:
            return f"assert {got} is {expected}"
        return f"assert {got} == pytest.approx({expected})" if near else f"assert {got} == {expected}"
    if expected == "None":
        return f"self.assertIsNone({got})"
    if singleton:
        return f"self.assertIs({got}, {expected})"
    if near and not expected.startswith(("[", "(", "{")):
        return f"self.assertAlmostEqual({got}, {expected})"
    return f"self.assertEqual({got}, {expected})"


def laid_out(statement: str, width: int) -> list[str] | None:
    """Return a statement broken at its brackets so that every line fits; None when it cannot be."""
    if len(statement) <= width and "\n" not in statement:
        return [statement]
    body = ast.parse(statement).body[0]
    match body:
        case ast.Assign(targets=[target], value=value):
            text = f"{ast.unparse(target)} = {_broken(value, statement, 0, width)}"
        case ast.Assert(test=ast.Compare(left=left, ops=[op], comparators=[right])):
            sign = "is " if isinstance(op, ast.Is) else "== "
            rows = [
                f"    {_broken(left, statement, 4, width - 4)}",
                f"    {sign}{_broken(right, statement, 4, width - 7)}",
            ]
            text = "\n".join(["assert (", *rows, ")"])
        case ast.Expr(value=value):
            text = _broken(value, statement, 0, width)
        case _:
            return None
    lines = text.splitlines()
    return lines if all(len(line) <= width for line in lines) else None


def _broken(node: ast.expr, source: str, indent: int, room: int) -> str:
    """Return an expression on one line if it fits, else with one operand on each line."""
    text = ast.get_source_segment(source, node) or ast.unparse(node)
    if len(text) <= room:
        return text
    inside = indent + 4

    def row(part: ast.expr, before: str = "") -> str:
        return " " * inside + before + _broken(part, source, inside, WIDTH - 8 - inside - len(before) - 1) + ",\n"

    end = " " * indent
    match node:
        case ast.Call(func=func, args=args, keywords=keywords) if args or keywords:
            head = ast.get_source_segment(source, func) or ast.unparse(func)
            if isinstance(func, ast.Attribute) and len(head) > room:
                head = _broken(func.value, source, indent, room) + f".{func.attr}"
            rows = [row(arg) for arg in args]
            rows += [row(word.value, f"{word.arg}=") for word in keywords]
            return f"{head}(\n{''.join(rows)}{end})"
        case ast.List(elts=elts):
            return f"[\n{''.join(row(each) for each in elts)}{end}]"
        case ast.Tuple(elts=elts) if text.startswith("("):
            return f"(\n{''.join(row(each) for each in elts)}{end})"
        case ast.Set(elts=elts):
            return f"{{\n{''.join(row(each) for each in elts)}{end}}}"
        case ast.Dict(keys=keys, values=values):
            pairs = [row(value, f"{ast.unparse(key)}: ") for key, value in zip(keys, values, strict=True) if key]
            return f"{{\n{''.join(pairs)}{end}}}"
        case ast.Call(func=ast.Attribute(value=value, attr=attr)):
            return f"{_broken(value, source, indent, room)}.{attr}()"
        case ast.Attribute(value=value, attr=attr):
            return f"{_broken(value, source, indent, room)}.{attr}"
    return text
