"""Turns a call and what came of it into plain data that a test can be written from, and back into a call."""

from __future__ import annotations

import builtins
import importlib
import json
import keyword
import sys
import types
from typing import Any, Dict, Optional, Set, Tuple

from .calling import Call, Outcome
from .expressions import Expr, parse, roots, text
from .spelling import Spelled
from .subjects import Subject, snake

Import = Tuple[str, str, str]
"""Module, name in it (nothing for the module itself), name in the test."""


DEFINED = (type, types.FunctionType, types.BuiltinFunctionType)


def case_of(
    subject: Subject, call: Call, outcome: Outcome, objects: Dict[str, Any], modules: Dict[str, str]
) -> Optional[Dict[str, Any]]:
    """Return the case; None when something it needs cannot be imported."""
    needed: Dict[str, Any] = dict(subject.needs)
    spelled = [*([outcome.value] if outcome.value else []), *(change.now for change in outcome.changes),
               *(part for _, part in outcome.parts)]  # fmt: skip
    called = parse(call.shape.replace("{receiver}", "None").replace("{arguments}", ""))
    operands = [*call.arguments, *([call.receiver] if call.receiver else []), *([called] if called else [])]
    for root in {root for operand in operands for root in roots(operand)}:
        if root not in vars(builtins) or root in objects:
            if root not in objects:
                return None
            needed[root] = objects[root]
    for each in spelled:
        for key, value in each.objects.items():
            if needed.setdefault(key, value) is not value:
                return None
    error = outcome.error
    if error is not None and needed.setdefault(error.__name__, error) is not error:
        return None
    imports = [import_of(key, value, subject.module, modules) for key, value in sorted(needed.items())]
    if any(each is None for each in imports):
        return None
    known = [each for each in imports if each is not None and each[0] != "builtins"]
    known += [(each, "", each) for each in ("asyncio", "itertools") if each + "." in outcome.wrapped]
    return {
        "kind": "case", "target": subject.target, "module": subject.module, "title": subject.title,
        "shape": call.shape, "receiver": text(call.receiver) if call.receiver else None,
        "arguments": [text(each) for each in call.arguments], "keys": list(call.keys), "names": list(call.names),
        "origin": call.origin, "imports": known, "key": json.loads(json.dumps(outcome.key())),
        **_test(call, outcome, needed),
    }  # fmt: skip


def _test(call: Call, outcome: Outcome, needed: Dict[str, Any]) -> Dict[str, Any]:
    """Return what stands in the test: variables, the call, and what is expected."""
    taken = set(needed) | set(keyword.kwlist) | set(dir(builtins)) | {"result", "pytest", "asyncio", "itertools"}
    variables: Dict[int, str] = {}
    for change in outcome.changes:
        if change.operand not in variables:
            variables[change.operand] = _variable(call, change.operand, taken)
            taken.add(variables[change.operand])
    operands = {-1: call.receiver, **dict(enumerate(call.arguments))}
    setup = [[variable, text(operand)] for place, variable in variables.items()
             for operand in [operands[place]] if operand is not None]  # fmt: skip
    after = [[change.attribute.replace("{}", variables[change.operand]), *_expected(change.now)]
             for change in outcome.changes]  # fmt: skip
    return {
        "setup": setup, "after": after,
        "call": _statement(call, variables) or outcome.wrapped.replace("{call}", call.written(variables)),
        "parts": [[attribute, *_expected(part)] for attribute, part in outcome.parts],
        "expected": list(_expected(outcome.value)) if outcome.value else None,
        "raises": outcome.error.__name__ if outcome.kind == "raises" else "", "message": outcome.message,
    }  # fmt: skip


def _statement(call: Call, variables: Dict[int, str]) -> str:
    """Return how people write what is a statement; nothing for an expression."""
    receiver = variables.get(-1, text(call.receiver) if call.receiver else "")
    shown = [variables.get(place, text(argument)) for place, argument in enumerate(call.arguments)]
    if call.shape.startswith("operator.setitem(") and len(shown) == 2:
        return "%s[%s] = %s" % (receiver, *shown)
    if call.shape.startswith("operator.delitem(") and len(shown) == 1:
        return "del %s[%s]" % (receiver, *shown)
    return ""


def _expected(spelled: Spelled) -> Tuple[str, bool]:
    return spelled.text, spelled.floats


def _variable(call: Call, operand: int, taken: Set[str]) -> str:
    if operand == -1:
        word = str(call.receiver.value).split(".")[-1] if call.receiver is not None else "it"
        word = snake(word) if call.receiver is not None and call.receiver.kind == "call" else "it"
    else:
        word = call.names[operand]
    while word in taken or not word.isidentifier():
        word = (word if word.isidentifier() else "value") + "_given"
    return word


def call_of(case: Dict[str, Any]) -> Call:
    """Return the call of a case; its operands are texts."""
    receiver = Expr("raw", case["receiver"]) if case["receiver"] is not None else None
    arguments = tuple(Expr("raw", each) for each in case["arguments"])
    return Call(case["shape"], receiver, arguments, tuple(case["keys"]), tuple(case["names"]), case["origin"])


def objects_for(case: Dict[str, Any]) -> Dict[str, Any]:
    """Return what the names of a case stand for, imported as its test would."""
    found: Dict[str, Any] = {}
    for module, own, called in case["imports"]:
        loaded = importlib.import_module(module)
        top = module.split(".")[0]
        found[called] = getattr(loaded, own) if own else sys.modules[top] if called == top else loaded
    return found


def import_of(called: str, value: Any, preferred: str, modules: Dict[str, str]) -> Optional[Import]:
    """Return how a test imports an object under a name; None when it cannot."""
    if vars(builtins).get(called) is value:
        return ("builtins", called, called)
    if isinstance(value, types.ModuleType):
        return (value.__name__, "", called)
    home = str(getattr(value, "__module__", "") or "")
    own = str(getattr(value, "__qualname__", "")) if isinstance(value, DEFINED) else ""
    parts = home.split(".")
    # What lives in a private module is taken from the nearest public one that shows it.
    above = [".".join(parts[:end]) for end in range(1, len(parts))] if _private(home) else []
    for place in [*above, *([home] if own else []), preferred, *sorted(modules.values())]:
        held = vars(sys.modules[place]) if place in sys.modules else {}
        for attribute in (own, called):
            if attribute.isidentifier() and held.get(attribute) is value:
                return (place, attribute, called)
    return None


def _private(module: str) -> bool:
    return any(part.startswith("_") for part in module.split("."))
