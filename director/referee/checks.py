"""PURE: whether a test, by its text, checks anything; only asked of tests that run no code of the project."""

from __future__ import annotations

import ast


def checks_something(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Return whether a test asserts something that is not true of itself, raises, or calls what may do so."""
    for each in ast.walk(node):
        if isinstance(each, ast.Assert) and not _always_true(each.test):
            return True
        if isinstance(each, ast.Raise | ast.With | ast.AsyncWith):
            return True
        if isinstance(each, ast.Call):
            name = ast.unparse(each.func).rpartition(".")[2].lower()
            if name.startswith(("assert", "fail", "check", "verify", "expect", "ensure")):
                return not all(_always_true(argument) or isinstance(argument, ast.Constant) for argument in each.args)
    return False


def _always_true(test: ast.expr) -> bool:
    if isinstance(test, ast.Constant):
        return bool(test.value)
    if isinstance(test, ast.Tuple | ast.List | ast.Dict | ast.Set):
        return True
    if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.Or):
        return any(_always_true(value) for value in test.values)
    if isinstance(test, ast.Compare) and len(test.comparators) == 1:
        left, right = test.left, test.comparators[0]
        same = ast.dump(left) == ast.dump(right)
        constant = isinstance(left, ast.Constant) and isinstance(right, ast.Constant)
        return same or constant
    return False
