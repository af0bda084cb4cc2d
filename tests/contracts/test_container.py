"""The container layer: its command line, what it makes of the engine's record, and the suite where an engine works."""

from __future__ import annotations

import functools
import json
import shutil
import socketserver
import subprocess
import threading
from pathlib import Path

import pytest

from agents.ports import Command, Completed, Limits, Sandbox, SandboxBroken
from agents.sandbox.choose import choose
from agents.sandbox.confinement import plan
from agents.sandbox.container import Container, ContainerSandbox, argv, ended
from agents.sandbox.defaults import limits_of
from tests.contracts.sandbox import MIB, SandboxContract

TRUE = Command(["true"], Path("/tmp"))


def line(place: Path, *, channel: str = "", engine: str = "/usr/bin/docker") -> list[str]:
    limits = Limits(cpu=3.2, memory=64 * MIB, processes=30, written=8 * MIB)
    command = Command(["sh", "-c", "x; y"], place, {"A": "b c"}, [Path("/usr/share")], [place], limits)
    return argv(Container(engine, "img", "kaizen-1", channel), plan(command, limits_of(limits)), 1000, 100)


def test_the_command_line_takes_network_rights_and_the_system_away(tmp_path: Path) -> None:
    words = line(tmp_path)

    assert {"--network=none", "--cap-drop=ALL", "--read-only", "--security-opt=no-new-privileges"} <= set(words)
    assert {"--pull=never", "--user=1000:100", "--ipc=private"} <= set(words)
    assert not {"--privileged", "--rm"} & set(words)


def test_an_engine_hands_on_no_proxy_which_may_hold_a_password(tmp_path: Path) -> None:
    words = line(tmp_path)
    podman = line(tmp_path, engine="/usr/bin/podman")

    assert {"HTTP_PROXY=", "https_proxy=", "ALL_PROXY=", "no_proxy=", "A=b c"} <= set(words)
    assert {"--http-proxy=false", "--image-volume=tmpfs"} <= set(podman) and "--http-proxy=false" not in words


def test_the_command_line_carries_every_limit(tmp_path: Path) -> None:
    words = line(tmp_path)

    assert {"--pids-limit=30", f"--memory={64 * MIB}", f"--memory-swap={64 * MIB}", "--ulimit=cpu=4:4"} <= set(words)
    assert f"--ulimit=fsize={8 * MIB}:{8 * MIB}" in words
    assert all(f"size={2 * MIB}" in word for word in words if word.startswith(("--tmpfs", "--shm-size")))


def test_only_what_is_given_is_mounted_and_git_metadata_lies_read_only_on_top(tmp_path: Path) -> None:
    (tmp_path / ".git").write_text("gitdir: /elsewhere\n")

    mounts = [word.removeprefix("--mount=type=bind,") for word in line(tmp_path) if word.startswith("--mount")]

    assert sorted(mounts) == sorted(
        [
            "source=/usr/share,target=/usr/share,readonly",
            f"source={tmp_path},target={tmp_path}",
            f"source={tmp_path}/.git,target={tmp_path}/.git,readonly",
        ]
    )
    assert mounts[-1].startswith(f"source={tmp_path}/.git")


def test_words_of_the_command_are_never_words_of_the_engine(tmp_path: Path) -> None:
    words = line(tmp_path)

    assert words[words.index("img") - 1] == "--entrypoint=sh"
    assert words[words.index("img") + 1 :] == ["-c", "x; y"]


def test_a_channel_is_one_file_opened_as_descriptor_3(tmp_path: Path) -> None:
    words = line(tmp_path, channel="/tmp/c/channel")

    assert "--mount=type=bind,source=/tmp/c/channel,target=/run/kaizen-channel" in words
    assert words[-3:] == ["sh", "-c", "x; y"]


@pytest.mark.parametrize(
    ("state", "outcome", "code"),
    [
        ("exited 7 false", "exited", 7),
        ("exited 125 false", "exited", 125),
        ("exited 137 false", "killed", -9),
        ("exited 137 true", "memory", -9),
    ],
)
def test_the_end_is_what_the_engine_recorded(state: str, outcome: str, code: int) -> None:
    done = ended(Completed("exited", 99, b"", b""), state, TRUE)

    assert (done.outcome, done.exit) == (outcome, code)


@pytest.mark.parametrize("state", ["", "created 0 false", "created 127 false"])
def test_a_container_that_never_ran_is_an_error_of_the_sandbox(state: str) -> None:
    with pytest.raises(SandboxBroken, match="no such image"):
        ended(Completed("exited", 125, b"", b"no such image\n"), state, TRUE)


def test_a_limit_of_the_clock_stays_one() -> None:
    assert ended(Completed("wall", -9, b"", b""), "running 0 false", TRUE).outcome == "wall"


@pytest.mark.slow
def test_an_engine_that_is_missing_is_named_and_nothing_else_is_used(tmp_path: Path) -> None:
    level = ContainerSandbox("img", engine=str(tmp_path / "docker")).level

    assert (level.adapter, level.sandboxed, level.rank) == ("container", False, "none")
    with pytest.raises(SandboxBroken, match=";"):
        choose(accept_none=False, layer="container", image="kaizen-no-such-image")


class _Engine(socketserver.StreamRequestHandler):
    """As much of an engine as its client needs to say what it wants made."""

    def handle(self) -> None:
        while line := self.rfile.readline():
            length = 0
            while (header := self.rfile.readline().strip()) != b"":
                name, _, value = header.partition(b":")
                length = int(value) if name.lower() == b"content-length" else length
            body = self.rfile.read(length)
            status, answer = "200 OK", b"OK"
            if b"/containers/create" in line:
                self.server.wanted = json.loads(body)  # type: ignore[attr-defined]
                status, answer = "409 Conflict", b'{"message": "this engine makes none"}'
            head = f"HTTP/1.1 {status}\r\nApi-Version: 1.41\r\nOstype: linux\r\nContent-Length: {len(answer)}\r\n\r\n"
            self.wfile.write(head.encode() + (b"" if line.startswith(b"HEAD") else answer))


@pytest.mark.slow
def test_the_engines_own_client_asks_for_just_that(tmp_path: Path) -> None:
    """No engine runs here, but its client reads every word and says what the container shall be."""
    docker = shutil.which("docker")
    if docker is None:
        pytest.skip("docker's client is not installed: apt-get install docker-cli")
    place = tmp_path / "tree"
    place.mkdir()
    (place / ".git").write_text("gitdir: /elsewhere\n")
    with socketserver.ThreadingUnixStreamServer(str(tmp_path / "engine.sock"), _Engine) as engine:
        threading.Thread(target=engine.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        host = {"DOCKER_HOST": f"unix://{tmp_path}/engine.sock", "HOME": str(tmp_path), "PATH": "/usr/bin:/bin"}
        done = subprocess.run(
            line(place, engine=docker), env=host, stdin=subprocess.DEVNULL, capture_output=True, check=False, timeout=60
        )
        engine.shutdown()

    assert b"this engine makes none" in done.stderr, done.stderr
    wanted = engine.wanted  # type: ignore[attr-defined]
    limits = wanted["HostConfig"]
    given = sorted(each for each in wanted["Env"] if not each.lower().endswith("_proxy="))
    assert (wanted["Entrypoint"], wanted["Cmd"], wanted["User"], given) == (
        ["sh"], ["-c", "x; y"], "1000:100", ["A=b c", f"PWD={place}"],
    )  # fmt: skip
    assert (limits["NetworkMode"], limits["IpcMode"], limits["ReadonlyRootfs"]) == ("none", "private", True)
    assert (limits["CapDrop"], limits["SecurityOpt"], limits["Privileged"]) == (["ALL"], ["no-new-privileges"], False)
    assert (limits["PidsLimit"], limits["Memory"], limits["MemorySwap"]) == (30, 64 * MIB, 64 * MIB)
    assert {limit["Name"]: limit["Hard"] for limit in limits["Ulimits"]} == {
        "core": 1, "cpu": 4, "fsize": 8 * MIB, "nofile": 4096,
    }  # fmt: skip
    assert [(mount["Source"], mount.get("ReadOnly", False)) for mount in limits["Mounts"]] == [
        ("/usr/share", True), (str(place), False), (f"{place}/.git", True),
    ]  # fmt: skip


@functools.cache
def engine_here() -> ContainerSandbox:
    """The engine of this machine, probed once."""
    return ContainerSandbox("python:3.11-slim")


@pytest.mark.slow
class TestContainer(SandboxContract):
    """The suite, where an engine works here and has the image."""

    @pytest.fixture
    def sandbox(self) -> Sandbox:
        found = engine_here()
        if not found.level.sandboxed:
            pytest.skip(f"{found.level.detail}; {found.level.remedy}")
        return found
