"""Searches calls that reach new arcs of one function, and keeps the few that a person would keep."""

from __future__ import annotations

import inspect
import random
from typing import Any, Dict, FrozenSet, List, NamedTuple, Optional, Sequence, Set, Tuple

from .arguments import Pools, chosen, hints_of, own_literals
from .calling import Arc, Call, Observer, Outcome
from .expressions import Expr, mutate, text, walk
from .harvest import Sample
from .subjects import Subject, unwrapped

ROWS = 24
"""Rows of first candidates that are tried before mutation begins."""
SAMPLES = 60
LONGEST = 440
"""Characters of one call at most."""


class Tried(NamedTuple):
    """One call with what came of it."""

    call: Call
    outcome: Outcome
    arcs: FrozenSet[Arc]

    @property
    def length(self) -> int:
        """Characters a reader has to read."""
        return len(self.call.written({}))


class Explorer:
    """Explores one function; the same seed tries the same calls."""

    def __init__(self, subject: Subject, pools: Pools, observer: Observer, seed: str) -> None:
        self.subject = subject
        self.pools = pools
        self.observer = observer
        self.chance = random.Random(seed)
        self.tried: Dict[str, Tried] = {}
        self.effect = ""
        """What the function touched when it was called, if it did."""
        self._reached: Set[Arc] = set()
        self._corpus: List[Call] = []
        self._literals = own_literals(subject.node, pools.namespace)
        self._columns = self._candidates()
        self._receivers = pools.instances(subject.owner, 2) if subject.owner is not None else []

    def explore(self, budget: int) -> None:
        """Try what people wrote, then what the types allow, then small changes of what reached something new."""
        for sample in self._samples():
            self._try(self._call(sample.receiver, sample.arguments, sample.keys, 0 if sample.origin == 0 else 1))
        for row in range(ROWS):
            self._try(self._made(row))
        misses = 0
        while len(self.tried) < budget and misses < 200 and not self.effect:
            made = self._changed() if self._corpus and self.chance.random() < 0.65 else self._drawn()
            misses = misses + 1 if not self._try(made) else 0

    # --- where calls come from

    def _samples(self) -> List[Sample]:
        harvest = self.pools.harvest
        found = (
            harvest.methods.get(self.subject.method, []) if self.subject.method else harvest.of(self.subject.function)
        )
        names = [each.name for each in self.subject.parameters]
        kept = []
        for sample in found[:SAMPLES]:
            if self.pools.admit(sample):
                self.pools.learn(names, sample)
                kept.append(sample)
        return kept

    def _candidates(self) -> List[Tuple[inspect.Parameter, List[Expr]]]:
        """Return for each parameter its arguments: what was given before, its type's, literals of the code."""
        plain = unwrapped(self.subject.function)
        hints = hints_of(plain) if plain is not None else {}
        self._samples()
        columns = []
        for parameter in self.subject.parameters:
            hint = hints.get(parameter.name, parameter.annotation)
            pool = self.pools.candidates(parameter, hint, self.subject.node)
            alike = {type(expr.value) for expr in pool if expr.kind == "value"}
            extra = [expr for expr in self._literals if type(expr.value) in alike or not pool]
            merged = {text(expr): expr for expr in [*pool[:3], *extra, *pool[3:]]}
            columns.append((parameter, list(merged.values()) or self.pools.anything()))
        return columns

    def _made(self, row: int) -> Optional[Call]:
        """Return the call of the n-th candidate of every required parameter, at times of the optional ones."""
        picked = {}
        for parameter, pool in self._columns:
            optional = parameter.default is not parameter.empty or parameter.kind is parameter.VAR_KEYWORD
            if not optional or row % 3 == 2:
                picked[parameter.name] = pool[row % len(pool)]
        receiver = self._receivers[row % len(self._receivers)] if self._receivers else None
        return self._composed(receiver, picked)

    def _drawn(self) -> Optional[Call]:
        picked = {}
        for parameter, pool in self._columns:
            optional = parameter.default is not parameter.empty or parameter.kind is parameter.VAR_KEYWORD
            if not optional or self.chance.random() < 0.4:
                picked[parameter.name] = chosen(pool, self.chance)
        receiver = chosen(self._receivers, self.chance) if self._receivers else None
        return self._composed(receiver, picked)

    def _changed(self) -> Optional[Call]:
        """Return a call of the corpus with one operand changed a little, exchanged, or added."""
        base = self.chance.choice(self._corpus)
        places = list(range(len(base.arguments))) + ([-1] if base.receiver is not None else [])
        given = set(base.keys) | {name for name, key in zip(base.names, base.keys) if not key}
        absent = [each for each in self._columns if each[0].name not in given and _by_keyword(each[0])]
        if absent and (not places or self.chance.random() < 0.25):
            parameter, pool = self.chance.choice(absent)
            return base._replace(
                arguments=(*base.arguments, chosen(pool, self.chance)), keys=(*base.keys, parameter.name),
                names=(*base.names, parameter.name), origin=3,
            )  # fmt: skip
        if not places:
            return None
        place = self.chance.choice(places)
        if place == -1 and base.receiver is not None:
            fresh = self.chance.random() < 0.5 and bool(self._receivers)
            other = self.chance.choice(self._receivers) if fresh else self._mutated(base.receiver)
            return base._replace(receiver=other, origin=3)
        pool = next((each for parameter, each in self._columns if parameter.name == base.names[place]), [])
        fresh = bool(pool) and self.chance.random() < 0.3
        other = chosen(pool, self.chance) if fresh else self._mutated(base.arguments[place])
        arguments = (*base.arguments[:place], other, *base.arguments[place + 1 :])
        return base._replace(arguments=arguments, origin=3)

    def _mutated(self, expr: Expr) -> Expr:
        return mutate(expr, self.chance, self._literals)

    # --- composing

    def _composed(self, receiver: Optional[Expr], picked: Dict[str, Expr]) -> Optional[Call]:
        arguments: List[Expr] = []
        keys: List[str] = []
        by_place = True
        for parameter in self.subject.parameters:
            if parameter.name not in picked:
                by_place = by_place and parameter.kind is parameter.VAR_POSITIONAL
                continue
            if parameter.kind is parameter.VAR_KEYWORD or (not by_place and not _by_keyword(parameter)):
                continue
            arguments.append(picked[parameter.name])
            keyed = parameter.kind is parameter.KEYWORD_ONLY or not by_place
            keys.append(parameter.name if keyed else "")
        return self._call(receiver, arguments, keys, 2)

    def _call(
        self, receiver: Optional[Expr], arguments: Sequence[Expr], keys: Sequence[str], origin: int
    ) -> Optional[Call]:
        subject = self.subject
        if subject.owner is not None and receiver is None:
            return None
        places = [each.name for each in subject.parameters if each.kind not in (each.KEYWORD_ONLY, each.VAR_KEYWORD)]
        names = tuple(
            key or (places[min(place, len(places) - 1)] if places else "value") for place, key in enumerate(keys)
        )
        return Call(
            subject.shape, receiver if subject.owner is not None else None, tuple(arguments), tuple(keys), names, origin
        )

    # --- trying

    def _try(self, made: Optional[Call]) -> bool:
        """Try a call once; return whether it was a new one."""
        if made is None or self.effect:
            return False
        written = made.written({})
        if written in self.tried or len(written) > LONGEST:
            return False
        outcome, arcs = self.observer.run(made, self.pools.objects)
        if outcome.kind == "effect":
            self.effect = outcome.message
            return False
        if not arcs and self.subject.method and made.origin < 2:
            return False  # a method of this name, of another class
        self.tried[written] = Tried(made, outcome, arcs)
        if arcs - self._reached and outcome.kind != "endless":
            self._corpus.append(made)
            # An accident is a step on the way, and no goal reached.
            self._reached |= arcs if outcome.kind != "crash" else frozenset()
        return True


EMPTY = ("None", '""', "[]", "{}", "()", "set()", "0", "0.0", "Fraction(0)")
KEPT = ("value", "state", "changes", "raises")


def few(tried: Sequence[Tried], most: int) -> List[Tried]:
    """Return the fewest calls that together reach all that was reached, the most readable ones first."""
    usable = [each for each in tried if each.outcome.kind in KEPT and each.arcs and telling(each)]
    kept: List[Tried] = []
    open_arcs: Set[Arc] = set().union(*(each.arcs for each in usable)) if usable else set()
    while open_arcs and len(kept) < most:
        best = max(
            usable, key=lambda each: (len(each.arcs & open_arcs) / cost(each), -each.length, each.call.written({}))
        )
        if not best.arcs & open_arcs:
            break
        kept.append(best)
        open_arcs -= best.arcs
    # What a later choice made needless goes again.
    for each in list(kept):
        others: Set[Arc] = set().union(*(other.arcs for other in kept if other is not each)) if len(kept) > 1 else set()
        if each.arcs <= others:
            kept.remove(each)
    return sorted(kept, key=lambda each: (each.outcome.kind == "raises", each.call.origin, each.length))


def telling(each: Tried) -> bool:
    """Return whether a test of it would say something: an equality with nothing is weak but still pins a result."""
    return each.outcome.kind != "value" or each.outcome.value is not None


def cost(each: Tried) -> float:
    """Return how unwilling a reader is to keep a call: long, odd, or a refusal where a value would do."""
    price = 0.6 + each.length / 60 + 0.4 * each.call.origin
    operands = [*each.call.arguments, *([each.call.receiver] if each.call.receiver else [])]
    price += 0.3 * sum(part.kind != "name" and text(part) in EMPTY for operand in operands for part in walk(operand))
    price += 0.6 if each.outcome.kind == "raises" else 0.0
    price += max(0, len(each.outcome.value.text) - 40) / 80 if each.outcome.value else 0.0
    plain = each.outcome.value.text if each.outcome.value else ""
    return price + (1.0 if plain in EMPTY else 0.0)


def reached(tried: Sequence[Any]) -> FrozenSet[Arc]:
    """Return all arcs of some calls."""
    return frozenset().union(*(each.arcs for each in tried)) if tried else frozenset()


def _by_keyword(parameter: inspect.Parameter) -> bool:
    return parameter.kind in (parameter.KEYWORD_ONLY, parameter.POSITIONAL_OR_KEYWORD)
