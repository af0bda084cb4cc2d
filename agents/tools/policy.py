"""PURE: what a tool call may do without asking: the user's rules, and what no rule allows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Literal, NamedTuple

import pathspec

from agents.ports import Resources, Rule
from agents.workspace.started import started
from ledger.events import Risk

DEFAULTS = (
    Rule("allow", risk="read"),
    Rule("allow", risk="write"),
    Rule("allow", risk="execute"),
    Rule("ask", risk="network"),
    Rule("ask", risk="deliver"),
)
"""What holds where no rule of the user's fits."""
KEEP_OUT = (
    "kaizen.toml", ".kaizen/", ".env", ".env.*", "!.env.example", "!.env.sample", "!.env.template",
    "*.pem", "*.key", "*.p12", "*.pfx", "*.keystore", "id_rsa*", "id_ed25519*", "id_ecdsa*", ".aws/", ".ssh/",
)  # fmt: skip
"""Files no agent may write, as `.gitignore` would name them: what Kaizen is told by, and secrets."""
_STRICTEST = {"deny": 0, "ask": 1, "allow": 2}
_FILE = "file:"


class Verdict(NamedTuple):
    """What is said to one call, and why."""

    verdict: Literal["allow", "ask", "deny"]
    why: str


def verdict(
    rules: Sequence[Rule], tool: str, risk: Risk, resources: Resources, keep_out: Sequence[str] = KEEP_OUT
) -> Verdict:
    """Return what may become of a call. What the model says of it is not even an argument.

    Each file the call touches is decided by the first rule that fits it, the user's before the defaults; the strictest
    of them decides the call. What must be kept out of is denied whatever the rules say.
    """
    written = paths(resources.writes)
    for path in written:
        why = kept_out(path, keep_out)
        if why:
            return Verdict("deny", why)
    touched: list[str | None] = [*sorted({*written, *paths(resources.reads)})] or [None]
    verdicts = [_decided((*rules, *DEFAULTS), tool, risk, path) for path in touched]
    return min(verdicts, key=lambda each: _STRICTEST[each.verdict])


def kept_out(path: str, keep_out: Sequence[str] = KEEP_OUT) -> str:
    """Return why a file may not be written, or nothing when it may; case does not matter, as on some disks."""
    if next(started([path]), None):
        return f"{path} is run by programs of the user's by themselves: only a person may change it"
    if keep_out and _spec(tuple(glob.casefold() for glob in keep_out)).match_file(path.casefold()):
        return f"{path} is kept out of every agent's reach: only a person may change it"
    return ""


def paths(names: Iterable[str]) -> list[str]:
    """Return the files among the names of resources."""
    return [name.removeprefix(_FILE) for name in sorted(names) if name.startswith(_FILE)]


def _decided(rules: Sequence[Rule], tool: str, risk: Risk, path: str | None) -> Verdict:
    for rule in rules:
        if rule.risk not in (None, risk) or not _fits(rule.tool, tool):
            continue
        if rule.path == "*" or (path is not None and _spec((rule.path,)).match_file(path)):
            where = f" for {path}" if path and rule.path != "*" else ""
            return Verdict(rule.verdict, f"the policy says {rule.verdict} to {tool} ({risk}){where}")
    return Verdict("ask", f"no rule speaks of {tool} ({risk})")


def _fits(glob: str, name: str) -> bool:
    return glob == "*" or _spec((f"/{glob}",)).match_file(name)


@lru_cache(maxsize=256)
def _spec(globs: tuple[str, ...]) -> pathspec.GitIgnoreSpec:
    return pathspec.GitIgnoreSpec.from_lines(globs)
