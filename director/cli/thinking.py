"""What a run's lines say of attempts that think with a model: quiet, but for what a person should know or do."""

from __future__ import annotations

import time
from collections import defaultdict
from typing import NamedTuple

from ledger.events import (
    AcceptanceWritten,
    AnyEvent,
    ApprovalDenied,
    ApprovalGranted,
    ApprovalRequested,
    AttemptScheduled,
    BudgetExhausted,
    CallFailed,
    CallFinished,
    CallStarted,
    ConversationCondensed,
    CostForecast,
    FactsGathered,
    MessageSent,
    NudgeGiven,
    OpinionGiven,
    PlanMade,
    RunStarted,
    TaskAnswered,
    ToolAsked,
    ToolFinished,
    ToolVetoed,
)

LONG_WAIT = 10.0
"""Seconds from which on waiting for a provider is worth a line."""


class Line(NamedTuple):
    """One line: a word with a text, or what an attempt came to."""

    word: str
    text: str
    attempt: str = ""


class Tally(NamedTuple):
    """What an attempt spent so far."""

    calls: int = 0
    tokens: int = 0
    cost: float = 0.0
    unknown: int = 0

    def plus(self, tokens: int, cost: float | None, calls: int) -> Tally:
        """Return the tally with one call or try more."""
        unknown = self.unknown + (cost is None)
        return Tally(self.calls + calls, self.tokens + tokens, self.cost + (cost or 0.0), unknown)

    def __str__(self) -> str:
        """Return it in words, e.g. `7 calls, 31.2k tokens, 0.03 USD`."""
        tokens = f"{self.tokens / 1000:.1f}k" if self.tokens >= 1000 else str(self.tokens)
        return f"{self.calls} call{'s' * (self.calls != 1)}, {tokens} tokens, {price(self.cost, self.unknown)}"


def price(cost: float, unknown: int) -> str:
    """Return what was spent in words; an unknown price is never said to be nothing."""
    if unknown and not cost:
        return "unknown price"
    shown = f"{cost:.2f}" if cost == 0 or cost >= 0.01 else f"{cost:.4f}"
    return f"at least {shown} USD" if unknown else f"{shown} USD"


class Thinking:
    """Keeps what attempts spend and words what they do; `verbose` words every call and every tool, too."""

    def __init__(self, *, verbose: bool = False) -> None:
        self._verbose = verbose
        self._spent: defaultdict[str, Tally] = defaultdict(Tally)
        self._shown: dict[str, str] = {}

    def spent(self, attempt: str) -> str:
        """Return what an attempt spent, empty when it asked no model."""
        tally = self._spent.get(attempt)
        return str(tally) if tally is not None else ""

    def unknown(self) -> int:
        """Return how many calls had no known price."""
        return sum(tally.unknown for tally in self._spent.values())

    def lines(self, event: AnyEvent, at: float) -> list[Line]:
        """Return the lines of one event, none for most."""
        self._count(event)
        return [*_always(event, at, self._shown), *(_verbose(event) if self._verbose else ())]

    def doing(self, event: AnyEvent) -> str:
        """Return what an attempt does from this event on, in words; empty when the event does not say."""
        match event:
            case CallStarted():
                return f"asks {event.model}"
            case CallFailed():
                return f"{_plain(event.fault)}: {event.why}"
            case ToolAsked() if event.waits:
                return f"{event.tool} waits for a person"
            case ToolAsked():
                return f"uses {event.tool}"
            case ToolFinished():
                return event.summary or f"used {event.tool}"
            case ApprovalRequested():
                return f"waits for a person: {event.shown}"
            case _:
                return ""

    def _count(self, event: AnyEvent) -> None:
        match event:
            case CallFinished():
                tokens = event.tokens_in + event.tokens_out
                self._spent[event.attempt] = self._spent[event.attempt].plus(tokens, event.cost, 1)
            case CallFailed():
                self._spent[event.attempt] = self._spent[event.attempt].plus(event.tokens, event.cost, 0)
            case ApprovalRequested():
                self._shown[event.approval] = event.shown
            case RunStarted():
                self._spent.clear()
            case _:
                return


def _always(event: AnyEvent, at: float, shown: dict[str, str]) -> list[Line]:
    match event:
        case AttemptScheduled() if event.model:
            return [Line("", f"thinks with {event.model}", event.attempt)]
        case ApprovalRequested():
            return [
                Line("waits", f"for you ({event.risk}): {_one(event.shown)}"),
                Line("", f"kaizen approve {event.approval} --yes, or kaizen deny {event.approval} --yes --why '…'"),
                Line("", "without --yes they show exactly what would be done"),
            ]
        case ApprovalGranted():
            rest = " for the rest of the run" if event.whole_run else ""
            return [Line("approved", f"by {event.by}{rest}: {_one(shown.get(event.approval, event.approval))}")]
        case ApprovalDenied():
            who = f"by {event.by}" if event.by else "nobody answered in time"
            why = f" ({event.why})" if event.why else ""
            return [Line("denied", f"{who}{why}: {_one(shown.get(event.approval, event.approval))}")]
        case BudgetExhausted():
            of = f"{event.scope} {event.subject}".strip()
            return [Line("budget", f"the {event.what} budget of the {of} ({event.limit:g}) does not hold another call")]
        case CostForecast():
            still = f"{price(event.low, 0)} to {price(event.high, 0)}, likely {price(event.likely, 0)}"
            return [Line("forecast", f"{still} still to be spent on models")]
        case CallFailed():
            return _fault(event, at)
        case NudgeGiven():
            return [Line("", f"goes in circles ({event.pattern}): told so", event.attempt)]
        case TaskAnswered():
            return [Line("answered", event.why or f"request {event.request} is {event.state}")]
        case _:
            return _of_goal(event)


def _of_goal(event: AnyEvent) -> list[Line]:
    match event:
        case FactsGathered():
            return [Line("facts", _one(event.summary))]
        case PlanMade():
            steps = [Line("", f"{number}. {_one(step.title)}") for number, step in enumerate(event.steps, 1)]
            return [Line("plan", f"{len(event.steps)} step{'s' * (len(event.steps) != 1)}"), *steps]
        case AcceptanceWritten():
            tests = f"{len(event.tests)} acceptance test{'s' * (len(event.tests) != 1)}"
            return [Line("acceptance", f"{tests} for step {event.step}" + (f": {_one(event.why)}" * bool(event.why)))]
        case OpinionGiven():
            said = "satisfied" if event.satisfied else "not satisfied"
            return [Line("opinion", f"{event.model} is {said} with step {event.step}: {_one(event.opinion)}")]
        case _:
            return []


def _fault(event: CallFailed, at: float) -> list[Line]:
    """Return a line where the fault costs more than a moment: a long wait, another model, or the end of the call."""
    wait = event.retry_at - at if event.retry_at is not None else 0.0
    said = f"{event.model} {_plain(event.fault)}"
    if event.fallback:
        return [Line("", f"{said}: {event.fallback} is asked instead", event.attempt)]
    if event.retry_at is None:
        return [Line("", f"{said}: {_one(event.why)}", event.attempt)]
    if wait < LONG_WAIT:
        return []
    until = time.strftime("%H:%M:%S", time.localtime(event.retry_at))
    return [Line("", f"{said}: waits until {until} ({wait:.0f} s), then asks again", event.attempt)]


def _verbose(event: AnyEvent) -> list[Line]:
    match event:
        case CallStarted():
            return [Line("", f"asks {event.model}{f' to {event.purpose}' * bool(event.purpose)}", event.attempt)]
        case CallFinished():
            tokens = f"{event.tokens_in} tokens in ({event.tokens_cached} cached), {event.tokens_out} out"
            cost = price(event.cost or 0.0, int(event.cost is None))
            return [Line("", f"{event.model} answered: {tokens}, {cost}, {event.seconds:.1f} s", event.attempt)]
        case ToolAsked():
            return [Line("", f"wants {event.tool} ({event.risk or 'risk unknown'})", event.attempt)]
        case ToolVetoed():
            return [Line("", f"{event.tool} refused by {event.stage}: {_one(event.why)}", event.attempt)]
        case ToolFinished():
            done = event.summary or ("done" if event.success else "no success")
            return [Line("", f"{event.tool}: {_one(done)}", event.attempt)]
        case ConversationCondensed():
            return [Line("", f"made shorter: {event.before} to {event.after} tokens", event.attempt)]
        case MessageSent():
            return [Line("", f"{event.sender} hands the {event.recipient} its {event.type}", event.attempt)]
        case _:
            return []


def _plain(word: str) -> str:
    return word.replace("_", " ")


def _one(text: str) -> str:
    """Return the text on one line, without what could steer a terminal."""
    plain = "".join(letter if letter.isprintable() else " " for letter in text)
    short = " ".join(plain.split())
    return short if len(short) <= 160 else short[:159] + "…"
