"""Commands confined by a container engine where the user asks for one: docker or podman, there already."""

from __future__ import annotations

import asyncio
import os
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from agents.ports import Command, Completed, SandboxBroken, SandboxLevel
from agents.sandbox.confinement import HOME, Plan, mounts, plan
from agents.sandbox.defaults import limits_of
from agents.sandbox.launch import CHANNEL_BYTES, OPEN_FILES, Launcher, bounded
from agents.sandbox.probe import probe_container
from agents.sandbox.probed import ProbedSandbox
from agents.sandbox.standing import Listeners
from agents.sandbox.supervisor.order import FIRST_TO_GO, Order

ENGINES = ("podman", "docker")
PROXIES = tuple(
    spelt
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "FTP_PROXY", "NO_PROXY", "ALL_PROXY")
    for spelt in (name, name.lower())
)
_PLACES = "/usr/local/bin:/usr/bin:/bin"
_CHANNEL = "/run/kaizen-channel"
_WITH_CHANNEL = ("/bin/sh", "-c", f'exec 3>{_CHANNEL}; exec "$@"', "sh")
_ENDING = 30.0
"""Seconds the engine has to remove a container."""


class Container(NamedTuple):
    """One container to be run: by which engine, of which image, under which name."""

    engine: str
    image: str
    name: str
    channel: str = ""
    """The file whose content comes back as the channel, empty for none."""


def argv(container: Container, planned: Plan, uid: int, gid: int) -> list[str]:
    """PURE: the whole command line of the engine for one command."""
    allowance, command = planned.allowance, planned.command
    size = planned.volatile_size
    words = [container.engine, "run", "--name", container.name, "--interactive", "--pull=never", "--log-driver=none"]
    words += ["--network=none", "--ipc=private", "--hostname=kaizen", "--cap-drop=ALL", f"--user={uid}:{gid}"]
    words += ["--security-opt=no-new-privileges", "--read-only", f"--pids-limit={allowance.processes}"]
    words += [f"--memory={allowance.memory}", f"--memory-swap={allowance.memory}", f"--shm-size={size}"]
    words += [f"--ulimit=nofile={OPEN_FILES}:{OPEN_FILES}", "--ulimit=core=1:1"]
    words += [f"--oom-score-adj={FIRST_TO_GO}"]
    words += [f"--ulimit=fsize={allowance.written}:{allowance.written}"]
    if Path(container.engine).name == "podman":
        # It would hand on the proxies of its own environment, and make writable disks of what an image asks for.
        words += ["--http-proxy=false", "--image-volume=tmpfs", *(["--userns=keep-id"] if uid else [])]
    # The other engine hands on the proxies of the user's configuration, often with a password; named, they are empty.
    unset = [name for name in PROXIES if name not in command.env]
    if allowance.cpu:
        seconds = max(1, int(allowance.cpu + 0.999))
        words += [f"--ulimit=cpu={seconds}:{seconds}"]
    for place in dict.fromkeys(("/tmp", "/var/tmp", HOME, planned.home)):
        words += [f"--tmpfs={place}:rw,nosuid,nodev,mode=1777,size={size}"]
    for mount in mounts(planned):
        read_only = "" if mount.writable else ",readonly"
        words += [f"--mount=type=bind,source={mount.source},target={mount.path}{read_only}"]
    if container.channel:
        words += [f"--mount=type=bind,source={container.channel},target={_CHANNEL}"]
    for name, value in {**dict.fromkeys(unset, ""), **command.env, "PWD": str(command.cwd)}.items():
        words += ["--env", f"{name}={value}"]
    program = [os.fspath(part) for part in command.argv]
    first, *rest = [*_WITH_CHANNEL, *program] if container.channel else program
    return [*words, f"--workdir={command.cwd}", f"--entrypoint={first}", container.image, *rest]


class ContainerSandbox(ProbedSandbox):
    """A container per command. It is probed once, by running into its limits, and refused when it does not hold."""

    def __init__(self, image: str, engine: str = "") -> None:
        self._image = image
        found = (shutil.which(name, path=_PLACES) for name in ENGINES)
        self._engine = shutil.which(engine) or "" if engine else next((path for path in found if path), "")
        self._launcher = Launcher()
        self._listeners = Listeners()

    def _found(self) -> SandboxLevel:
        return probe_container(self._engine, self._image, self._confined)

    async def _confined(self, command: Command) -> Completed:
        planned = await asyncio.to_thread(plan, command, limits_of(command.limits), self._listeners)
        for path in (mount.path for mount in mounts(planned)):
            if "," in path or '"' in path:
                raise SandboxBroken(f"{path} has a comma or a quote in its name; rename it or use another layer")
        name = f"kaizen-{os.getpid()}-{secrets.token_hex(6)}"
        with _channel(command.channel) as channel:
            container = Container(self._engine, self._image, name, str(channel or ""))
            try:
                done = await self._launcher.carry_out(self._order(container, planned), command)
                state = await asyncio.to_thread(self._ask, "inspect", "--format", _STATE, name)
            finally:
                await asyncio.to_thread(self._ask, "rm", "--force", "--volumes", name)
            sent = channel.read_bytes()[: CHANNEL_BYTES + 1] if channel else b""
        return ended(replace(done, channel=sent), state, command)

    def _order(self, container: Container, planned: Plan) -> Order:
        return bounded(planned.command, planned.allowance)._replace(
            argv=argv(container, planned, os.getuid(), os.getgid()),
            cwd="/",
            env={"PATH": _PLACES, **{k: os.environ[k] for k in ("HOME", "XDG_RUNTIME_DIR") if k in os.environ}},
            channel=False,
            cpu=0.0,
            memory=0,
            rlimits=[],
            places=[*planned.writable, *([container.channel] if container.channel else [])],
        )

    def _ask(self, *words: str) -> str:
        done = subprocess.run(
            [self._engine, *words],
            capture_output=True,
            text=True,
            check=False,
            timeout=_ENDING,
            stdin=subprocess.DEVNULL,
        )
        return done.stdout.strip()


_STATE = "{{.State.Status}} {{.State.ExitCode}} {{.State.OOMKilled}}"


def ended(done: Completed, state: str, command: Command) -> Completed:
    """PURE: how the command ended, by the engine's own record, which no command can forge."""
    if done.outcome != "exited":
        return done
    status, code, out_of_memory = [*state.split(), "", "", ""][:3]
    if status not in ("exited", "stopped") or not code.isdigit():
        lines = done.stderr.decode("utf-8", "replace").strip().splitlines()
        reason = lines[0] if lines else "the engine gave no reason"
        raise SandboxBroken(f"{command.argv[0]} could not be started: {reason}; see `kaizen doctor`")
    if out_of_memory == "true":
        return replace(done, outcome="memory", exit=-9)
    number = int(code)
    return replace(done, outcome="killed", exit=128 - number) if 128 < number < 193 else replace(done, exit=number)


@contextmanager
def _channel(wanted: bool) -> Iterator[Path | None]:
    if not wanted:
        yield None
        return
    with tempfile.TemporaryDirectory(prefix="kaizen-channel-") as folder:
        path = Path(folder).resolve() / "channel"
        path.touch()
        yield path
