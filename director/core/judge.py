"""PURE: readings before and after, and what is asked of the gates, to a verdict."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ledger.events import GateResult, GateSpec, Reading, Reason


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the judge makes of a patch: it lands when it is better and nothing is worse."""

    gains: tuple[str, ...]
    """What became better, one line each."""
    worse: tuple[Reason, ...]

    @property
    def lands(self) -> bool:
        """Return whether the patch lands."""
        return bool(self.gains) and not self.worse

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """Return why it does not land, empty when it does."""
        if self.worse or self.gains:
            return self.worse
        return (Reason(code="no-gain", message="no gate became better"),)


def met(spec: GateSpec, reading: Reading | None) -> bool:
    """Return whether the reading reaches the target; what was not measured never does."""
    if reading is None or reading.value is None:
        return False
    return reading.value >= spec.target if spec.better == "higher" else reading.value <= spec.target


def all_met(specs: Iterable[GateSpec], readings: Iterable[Reading]) -> bool:
    """Return whether every gate is met."""
    by_gate = {r.gate: r for r in readings}
    return all(met(spec, by_gate.get(spec.name)) for spec in specs)


def judge(specs: Iterable[GateSpec], before: Iterable[Reading], after: Iterable[Reading]) -> Verdict:
    """Compare two trees gate by gate.

    Worse: a met gate becomes unmet or unmeasurable, an unmet gate moves away from its target beyond its tolerance
    or becomes unmeasurable, a ratchet gate moves away at all. Better: an unmet gate becomes met, moves towards its
    target beyond its tolerance, or becomes measurable. What noise alone hides is neither: it is no loss, its return is
    no gain, and only a value that misses the target then is worse.
    """
    old, new = {r.gate: r for r in before}, {r.gate: r for r in after}
    gains: list[str] = []
    worse: list[Reason] = []
    for spec in specs:
        gain, reason = _compare(spec, old.get(spec.name), new.get(spec.name))
        if gain:
            gains.append(gain)
        if reason:
            worse.append(reason)
    return Verdict(tuple(gains), tuple(worse))


def results(specs: Iterable[GateSpec], before: Iterable[Reading], after: Iterable[Reading]) -> tuple[GateResult, ...]:
    """Return the final table of a run."""
    old, new = {r.gate: r for r in before}, {r.gate: r for r in after}
    return tuple(
        GateResult(
            name=s.name,
            target=s.target,
            before=old[s.name].value if s.name in old else None,
            after=new[s.name].value if s.name in new else None,
            met=met(s, new.get(s.name)),
        )
        for s in specs
    )


def _compare(spec: GateSpec, old: Reading | None, new: Reading | None) -> tuple[str, Reason | None]:
    was = old.value if old else None
    now = new.value if new else None
    if now is None:
        if was is None or (new is not None and new.basis == "noise"):
            return "", None
        detail = new.detail if new and new.detail else "not measured"
        return "", _reason(spec, "unmeasurable", f"{spec.name} can no longer be measured: {detail}")
    if was is None and old is not None and old.basis == "noise":
        if met(spec, new):
            return "", None
        said = f"{spec.name} {_show(spec, now)}: misses its target {_show(spec, spec.target)}, and noise hid it before"
        return "", _reason(spec, "unmet", said)
    if was is None:
        return f"{spec.name} can be measured: {_show(spec, now)}", None
    towards = now - was if spec.better == "higher" else was - now
    change = f"{spec.name} {_show(spec, was)} -> {_show(spec, now)}"
    if spec.ratchet and towards < 0:
        return "", _reason(spec, "ratchet", f"{change}: this gate may never move away from its target")
    if met(spec, old):
        if met(spec, new):
            return "", None
        return "", _reason(spec, "unmet", f"{change}: no longer meets its target {_show(spec, spec.target)}")
    if met(spec, new) or towards > spec.tolerance:
        return change, None
    if -towards > spec.tolerance:
        return "", _reason(spec, "away", f"{change}: moves away from its target {_show(spec, spec.target)}")
    return "", None


def _reason(spec: GateSpec, code: str, message: str) -> Reason:
    return Reason(code=code, message=message, gate=spec.name)


def _show(spec: GateSpec, value: float) -> str:
    return f"{value:.4g}{spec.unit}"
