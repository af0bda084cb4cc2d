"""Gate `command`: any program in any language, its value read from what it prints, from a report or from its exit."""

from __future__ import annotations

import asyncio
import shlex
from collections.abc import Mapping
from pathlib import Path

import msgspec

from agents.ports import Completed, Limits, Produced
from agents.tools.copies import files_like
from director.gates.defaults import DEFAULTS
from director.gates.gate import MeasuredTree
from director.gates.readers import READERS, Read, Unreadable, by_json_path, by_regex
from ledger.events import Finding, GateSpec, Reading

OUTPUT = 32 * 1024 * 1024
SECONDS = 600.0
NOT_FOUND = (126, 127)
"""What a shell says when there is no such program."""
SCRIPTS: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(("npm", "npx", "pnpm", "yarn", "bun"), ("package.json",)),
    **dict.fromkeys(("make", "gmake"), ("Makefile", "makefile", "GNUmakefile")),
    "just": ("justfile", "Justfile"), "tox": ("tox.ini",), "nox": ("noxfile.py",), "deno": ("deno.json",),
}  # fmt: skip
"""Where programs read what they are to run."""


class OwnCommand:
    """Runs what the project names, in a throw-away copy; what measures is taken from the trusted checkpoint."""

    name = "command"
    spec = DEFAULTS["command"]

    async def measure(self, tree: MeasuredTree, spec: GateSpec) -> Reading:
        """Run the command and read its value; without a program, an end or a report there is none."""
        if not spec.command:
            return without_command(spec, 'name what is run: command = ["…"]')
        produced = await carried_out(tree, spec)
        # A thread of its own, which touches nothing else: what strangers wrote may take its time to be read.
        read = await asyncio.to_thread(read_value, produced, spec)
        return reading_of(spec, read, produced)


def without_command(spec: GateSpec, remedy: str) -> Reading:
    """Return the reading of a gate whose command nobody has named."""
    return Reading(gate=spec.name, value=None, detail=f"[gates.{spec.name}] of kaizen.toml has no command: {remedy}")


def reading_of(spec: GateSpec, read: Read, produced: Produced) -> Reading:
    """Return what was read as a reading, its paths as they are in the project."""
    return Reading(
        gate=spec.name,
        value=read.value,
        detail=read.detail,
        tool=shlex.join(spec.command)[:200],
        findings=tuple(_in_project(finding, produced.place) for finding in read.findings),
        counts=dict(read.counts),
        seconds=produced.completed.seconds,
    )


async def carried_out(tree: MeasuredTree, spec: GateSpec, *, collect: tuple[str, ...] = ()) -> Produced:
    """Run the gate's command in a copy of the tree, with the files that measure as they are trusted."""
    wanted = (*collect, *((spec.options["file"],) if spec.options.get("file") else ()))
    limits = Limits(wall=float(spec.options.get("seconds", SECONDS)), output=OUTPUT)
    return await tree.target.produce(spec.command, collect=wanted, laid=measuring_files(tree, spec), limits=limits)


def measuring_files(tree: MeasuredTree, spec: GateSpec) -> Mapping[str, Path]:
    """Return the files that come from the trusted checkpoint: named in the command, scripts, and what is asked for."""
    program = Path(spec.command[0]).name
    named = [word.removeprefix("./") for word in spec.command if not word.startswith(("-", "/", "..")) and word != "."]
    patterns = (*SCRIPTS.get(program, ()), *spec.options.get("trusted", "").splitlines())
    places = {name: tree.trusted / name for name in named if _is_inside(name)}
    laid = {name: place for name, place in places.items() if place.is_file() and not place.is_symlink()}
    return laid | {path: tree.trusted / path for path in files_like(tree.trusted, patterns)}


def read_value(produced: Produced, spec: GateSpec) -> Read:
    """Return the value of a command that was run, or why there is none."""
    done = produced.completed
    failed = _why_not_run(done, spec)
    if failed:
        return Read(None, failed)
    kind = spec.options.get("read", "exit")
    if kind == "exit":
        return _by_exit(done)
    file = spec.options.get("file", "")
    if file and file not in produced.files:
        why = "is larger than is read" if produced.cut else "was not written"
        return Read(None, f"{file} {why}; the command ended with status {done.exit}{_last_words(done)}")
    text = (produced.files[file] if file else done.stdout).decode("utf-8", "replace")
    try:
        if kind == "regex":
            # Many tools write their sums to stderr.
            both = text if file else text + "\n" + done.stderr.decode("utf-8", "replace")
            read = by_regex(both, spec.options["regex"])
        elif kind == "json":
            read = by_json_path(text, spec.options["json_path"])
        else:
            read = READERS[kind](text)
    except Unreadable as unreadable:
        read = Read(None, str(unreadable))
    if read.value == 0 and done.exit and spec.better == "lower":
        # Nothing found, and yet it failed: it broke before it could find anything.
        read = Read(None, f"{read.detail}, which nobody can believe")
    if read.value is None and done.exit:
        return read._replace(detail=f"{read.detail}; the command ended with status {done.exit}{_last_words(done)}")
    return read


def _by_exit(done: Completed) -> Read:
    if done.exit == 0:
        return Read(0.0, "the command succeeds")
    said = (done.stderr.strip() or done.stdout.strip()).decode("utf-8", "replace").splitlines()
    message = said[-1].strip()[:300] if said else "it said nothing"
    finding = Finding(rule=f"exit {done.exit}", message=message)
    return Read(1.0, f"the command fails with status {done.exit}", (finding,))


def _why_not_run(done: Completed, spec: GateSpec) -> str:
    program = spec.command[0]
    if done.outcome != "exited":
        what = {"wall": "seconds", "output": "output"}.get(done.outcome, done.outcome)
        return f"{program} was ended by the limit of {what}: make it shorter, or give it more with `seconds`"
    said = done.stderr.decode("utf-8", "replace")
    missing = done.exit in NOT_FOUND or (done.exit == 1 and f"execvp {program}: No such file" in said)
    if missing:
        return f"{program} could not be started{_last_words(done)}: install it, or name another command"
    if done.truncated and not spec.options.get("file"):
        return f"{program} printed more than is read: have it write a report and name it with `file`"
    return ""


def _last_words(done: Completed) -> str:
    lines = [line.strip() for line in done.stderr.decode("utf-8", "replace").splitlines() if line.strip()]
    return f" ({lines[-1][:160]})" if lines else ""


def _in_project(finding: Finding, place: str) -> Finding:
    path = finding.path.removeprefix(place + "/").removeprefix("./")
    message = finding.message.replace(place + "/", "")
    return msgspec.structs.replace(finding, path=path, message=message)


def _is_inside(name: str) -> bool:
    return bool(name) and ".." not in Path(name).parts
