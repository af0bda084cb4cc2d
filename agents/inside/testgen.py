"""Job `testgen`: finds calls of functions that no test reaches, and tells what came of them today.

Spec: `targets` as `path::qualname`, `modules` module name by path, `files` the project's code, `tests` test files,
`seed`, `calls` how many calls are tried per target, `seconds` per target, `most` cases per target.
Sends `case`, `skipped` and `finding`; each case was seen again in a fresh fork and under two other hash seeds.
"""

from __future__ import annotations

import ast
import importlib
import json
import os
import sys
import time
from typing import Any, Callable, Dict, FrozenSet, Iterator, List, Optional, Tuple

from .characterise import evidence
from .characterise.arguments import Pools
from .characterise.calling import Call, Observer
from .characterise.children import in_child, replayed
from .characterise.effects import Watch, effect_in
from .characterise.exploring import Explorer, Tried, few
from .characterise.harvest import Harvest, static_imports
from .characterise.mutants import killers
from .characterise.pinned import call_of, case_of, objects_for
from .characterise.subjects import NotCallable, Subject, unwrapped, ways

Send = Callable[[Dict[str, Any]], None]
HASH_SEEDS = ("1", "4242")


def main(spec: Dict[str, Any], send: Send) -> None:
    """Explore every target, one child each, and send what stands."""
    quiet()
    if "replay" in spec:
        replay(spec, send)
        return
    project = Project(spec)
    cases: List[Dict[str, Any]] = []
    for target in spec["targets"]:
        for message in project.cases_for(target):
            if message["kind"] == "case":
                cases.append(message)
            else:
                send(message)
    steady = replayed(spec, cases, HASH_SEEDS)
    for place, case in enumerate(cases):
        if place in steady:
            send(case)
    for target in sorted({case["target"] for case in cases}):
        if not any(case["target"] == target and place in steady for place, case in enumerate(cases)):
            send({"kind": "skipped", "target": target, "why": "what it gives depends on the order of hashes"})


def quiet() -> None:
    """Throw away what the code under test prints."""
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)
    os.dup2(null, 2)
    os.close(null)


def replay(spec: Dict[str, Any], send: Send) -> None:
    """Run recorded cases in this interpreter, each in a child of its own, and send the places of the steady ones."""
    project = Project({**spec, "targets": []})
    for place, case in enumerate(spec["replay"]):
        project.load(case["target"])
        if project.holds(case):
            send({"kind": "steady", "place": place})


class Project:
    """The project's code, loaded once; children are forked from here."""

    def __init__(self, spec: Dict[str, Any]) -> None:
        self.spec = spec
        self.root = os.path.realpath(os.getcwd())
        self.files = [str(path) for path in spec.get("files", ())]
        self.real = frozenset(os.path.realpath(os.path.join(self.root, path)) for path in self.files)
        self.trees: Dict[str, Tuple[str, ast.Module]] = {}
        self.broken: Dict[str, str] = {}
        for target in spec["targets"]:
            self.load(target)
        self.harvest = Harvest()
        self._gather()
        self.watch = Watch()

    def load(self, target: str) -> None:
        """Import the module of a target; remember why it cannot be."""
        path = target.partition("::")[0]
        name = self.spec["modules"].get(path)
        if path in self.broken or (name in sys.modules and path in self.trees):
            return
        try:
            source = self.read(path)
            self.trees[path] = (source, ast.parse(source))
            importlib.import_module(name)
        except (Exception, SystemExit) as error:
            self.broken[path] = "its module cannot be imported: %s: %s" % (type(error).__name__, str(error)[:200])

    def read(self, path: str) -> str:
        """Return the text of a file of the project."""
        with open(os.path.join(self.root, path), encoding="utf-8", errors="replace") as stream:
            return stream.read()

    def _gather(self) -> None:
        """Collect how the project is called: its examples first, then its tests, then its own code."""
        loaded = [
            (path, sys.modules[name]) for path, name in sorted(self.spec["modules"].items()) if name in sys.modules
        ]
        for path, module in loaded:
            if path not in self.trees:
                source = self.read(path)
                self.trees[path] = (source, ast.parse(source))
            for node in ast.walk(self.trees[path][1]):
                if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Module)):
                    self.harvest.read_examples(ast.get_docstring(node) or "", vars(module))
        for path in self.spec.get("tests", ()):
            source = self.read(path)
            try:
                tree = ast.parse(source)
            except (SyntaxError, ValueError):
                continue
            self.harvest.read(source, static_imports(tree))
        for path, module in loaded:
            self.harvest.read(self.trees[path][0], vars(module))

    def own_tree(self, function: Any) -> Optional[ast.AST]:
        """Return the syntax tree of a function of the project."""
        code = function.__code__
        if code.co_filename not in self.real:
            return None
        path = os.path.relpath(code.co_filename, self.root).replace(os.sep, "/")
        if path not in self.trees:
            return None
        for node in ast.walk(self.trees[path][1]):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.name == code.co_name:
                first = min([node.lineno, *(each.lineno for each in node.decorator_list)])
                if first == code.co_firstlineno:
                    return node
        return None

    # --- one target

    def cases_for(self, target: str) -> Iterator[Dict[str, Any]]:
        """Yield the cases of a target that a fresh fork saw again, its findings, or why it was skipped."""
        path = target.partition("::")[0]
        skipped = {"kind": "skipped", "target": target}
        if path in self.broken:
            yield {**skipped, "why": self.broken[path]}
            return
        module = sys.modules[self.spec["modules"][path]]
        tree = self.trees[path][1]
        try:
            found = ways(target, module, tree)
        except NotCallable as why:
            yield {**skipped, "why": str(why)}
            return
        told: Dict[str, Any] = {**skipped, "why": "no call was found whose result can be written down"}
        for way in found:
            messages = list(self._by(way, tree))
            cases = [message for message in messages if message["kind"] == "case"]
            yield from (message for message in messages if message["kind"] != "skipped")
            if cases:
                return
            told = next((message for message in messages if message["kind"] == "skipped"), told)
        yield told

    def _by(self, found: Subject, tree: ast.Module) -> Iterator[Dict[str, Any]]:
        """Yield what one way to a target gives."""
        skipped = {"kind": "skipped", "target": found.target}
        effect = effect_in(found.node, vars(sys.modules[found.module]), self.own_tree)
        if effect:
            yield {**skipped, "why": "it touches %s" % effect}
            return
        seconds = float(self.spec.get("seconds", 10.0))
        for message in in_child(lambda send: self._explore(found, tree, send), seconds):
            if message["kind"] == "failed":
                yield {**skipped, "why": "exploring it was ended by %s" % message["why"]}
            elif message["kind"] != "case" or self.holds(message):
                yield message

    def holds(self, case: Dict[str, Any]) -> bool:
        """Return whether a fresh fork sees the same."""
        path = case["target"].partition("::")[0]
        if path in self.broken:
            return False

        def look(send: Send) -> None:
            made = call_of(case)
            observer = self.observer(case["target"], frozenset())
            outcome, _ = observer.run(made, objects_for(case))
            if json.loads(json.dumps(outcome.key())) == case["key"]:
                send({"kind": "same"})

        return any(message["kind"] == "same" for message in in_child(look, 5.0))

    def observer(self, target: str, lines: FrozenSet[int]) -> Observer:
        """Return an observer of one function."""
        path = os.path.realpath(os.path.join(self.root, target.partition("::")[0]))
        return Observer(self.watch, self.real | {path}, path, lines)

    def _explore(self, found: Subject, tree: ast.Module, send: Send) -> None:
        """In the child: look for evidence, explore, choose, and send."""
        namespace = vars(sys.modules[found.module])
        against = self._contradicted(found, namespace)
        if against is not None:
            send({"kind": "finding", "target": found.target, "rule": against.rule, "message": against.message,
                  "line": against.line})  # fmt: skip
            send({"kind": "skipped", "target": found.target, "why": against.message})
            return
        observer = self.observer(found.target, found.lines)
        pools = Pools(self.harvest, dict(found.needs), namespace)
        explorer = Explorer(found, pools, observer, "%s:%s" % (self.spec.get("seed", 0), found.target))
        explorer.explore(int(self.spec.get("calls", 300)))
        if explorer.effect:
            send(
                {"kind": "skipped", "target": found.target, "why": "it touches %s when it is called" % explorer.effect}
            )
            return
        tried = list(explorer.tried.values())
        most = int(self.spec.get("most", 6))
        bad = self._properties(found, tried, pools, observer, send)
        tried = [each for each in tried if each not in bad]
        kept = few(tried, most)
        until = time.process_time() + float(self.spec.get("seconds", 10.0)) / 3

        def outcome_of(each: Tried) -> Any:
            # The clock only stops the search for more; what is kept already does not depend on it.
            return observer.run(each.call, pools.objects)[0] if time.process_time() < until else each.outcome

        if found.node.lineno in found.lines:
            kept += killers(found, tree, kept, tried, outcome_of)
        for each in kept:
            made = case_of(found, each.call, each.outcome, pools.objects, self.spec["modules"])
            if made is not None:
                send(made)

    def _contradicted(self, found: Subject, namespace: Dict[str, Any]) -> Optional[evidence.Contradiction]:
        docstring = ast.get_docstring(found.node) or ""
        first = found.node.body[0].lineno
        if found.owner is not None and not docstring:
            docstring = ast.get_docstring(self._class_of(found)) or ""
            first = self._class_of(found).lineno
            if found.node.name not in docstring:
                return None
        return evidence.against_examples(docstring, namespace, first, self.watch) if docstring else None

    def _class_of(self, found: Subject) -> Any:
        tree = self.trees[found.target.partition("::")[0]][1]
        name = found.target.partition("::")[2].split(".")[0]
        return next(each for each in tree.body if isinstance(each, ast.ClassDef) and each.name == name)

    def _properties(
        self, found: Subject, tried: List[Tried], pools: Pools, observer: Observer, send: Send
    ) -> List[Tried]:
        """Check what the names and the docstring promise; return the calls there is evidence against."""
        docstring = ast.get_docstring(found.node) or ""
        plain = [each for each in tried if each.outcome.kind == "value" and len(each.call.arguments) == 1]
        plain = [each for each in plain if each.call.receiver is None and each.outcome.wrapped == "{call}"]
        if found.shape.split("(")[0] != found.node.name or unwrapped(found.function) is None:
            return []
        itself = found.node.name
        promised = [(itself, True)] if evidence.promises_idempotence(docstring) else []
        partner = evidence.partner_of(itself, vars(sys.modules[found.module]))
        bad: List[Tried] = []
        for other, twice in [*promised, *([(partner, False)] if partner else [])]:
            pools.objects.setdefault(other, vars(sys.modules[found.module])[other])
            held = [(each, self._comes_back(each, other, twice, pools, observer)) for each in plain]
            # What mutation made is no evidence: it may be no input at all.
            known = [(each, good) for each, good in held if good is not None and each.call.origin < 3]
            wrong = [each for each, good in known if not good]
            against = evidence.against_partner([good is True for _, good in known], itself, other, found.node.lineno)
            if twice and wrong:
                message = "its docstring promises idempotence, and %s breaks it" % wrong[0].call.written({})
                against = evidence.Contradiction("Idempotence", message, found.node.lineno)
            if against is not None:
                send({"kind": "finding", "target": found.target, "rule": against.rule, "message": against.message,
                      "line": against.line})  # fmt: skip
                bad += tried if twice else [each for each, good in held if good is False]
            elif len(known) >= 3 and all(good for _, good in known) and not twice:
                self._round_trip(found, [each for each, _ in known], other, pools, observer, send)
        return bad

    def _comes_back(self, each: Tried, other: str, twice: bool, pools: Pools, observer: Observer) -> Optional[bool]:
        call = each.call._replace(shape=other + "(" + each.call.shape + ")")
        outcome, _ = observer.run(call, pools.objects)
        if outcome.kind != "value" or outcome.value is None:
            return None
        if twice:
            return each.outcome.value is not None and outcome.value.text == each.outcome.value.text
        back = observer.run(each.call._replace(shape="({arguments})"), pools.objects)[0]
        return back.value is not None and back.value.text == outcome.value.text

    def _round_trip(
        self, found: Subject, plain: List[Tried], other: str, pools: Pools, observer: Observer, send: Send
    ) -> None:
        """Send the way there and back as a case of its own, for the input that reaches most."""
        best = max(plain, key=lambda each: (len(each.arcs), -each.length))
        call: Call = best.call._replace(shape=other + "(" + best.call.shape + ")")
        outcome, _ = observer.run(call, pools.objects)
        made = case_of(found, call, outcome, pools.objects, self.spec["modules"])
        if made is not None:
            send({**made, "round_trip": other})
