"""Programs that try to get out: bubblewrap stops each; unsandboxed the same one succeeds, where that is harmless."""

from __future__ import annotations

import ast
import ctypes
import json
import os
import pwd
import secrets
import socket
import socketserver
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from agents.ports import Command, Limits, Sandbox, SandboxBroken
from agents.sandbox.cgroups import ControlGroups
from agents.sandbox.local import LocalSandbox
from tests.contracts.sandbox import MIB, PYTHON, TOOLCHAIN, alive

pytestmark = pytest.mark.slow

ESCAPES = Path(__file__).parent / "escapes"
MEMORY, PROCESSES, WRITTEN = 96 * MIB, 40, 16 * MIB
RESTLESS = "processes_that_fork_and_end_without_rest"
TIGHT = {
    "processor_time_of_many_processes": Limits(wall=30, cpu=1.0),
    "processor_time_of_processes_nobody_waits_for": Limits(wall=30, cpu=0.5),
    "time_without_an_end": Limits(wall=1.0),
    RESTLESS: Limits(wall=3, processes=PROCESSES),
}
SLACK = 8.0
"""Seconds beyond its time that ending a command may take on a busy machine."""

BOTH = "either sandbox stops it"
SETTING = "a setting or the equipment of this machine decides"
OURS = Path(__file__).resolve().parents[2]
ROOT = "only root can do it unsandboxed"
HARM = "it would do harm unsandboxed"
WITHOUT_CONTROL = {
    "environment_of_the_daemon": BOTH,
    "inherited_descriptors": BOTH,
    "typing_into_the_terminal": BOTH,
    "very_deep_directories": BOTH,
    "own_limits_raised": SETTING,
    "first_to_go_no_longer": SETTING,
    "memory_given_away_to_pipes": SETTING,
    "memory_of_semaphores": SETTING,
    "queue_of_messages_of_the_user": SETTING,
    "end_of_the_launchers_pipe": BOTH,
    "silent_child_that_outlives_its_parent": BOTH,
    "time_without_an_end": HARM,
    "processor_time_of_processes_nobody_waits_for": BOTH,
    RESTLESS: HARM,
    "library_loaded_before_all_others": HARM,
    "program_of_the_system_changed_through_itself": BOTH,
    "older_architecture": SETTING,
    "room_taken_by_an_older_request": SETTING,
    "everything_seen_by_a_watch_of_the_disk": ROOT,
    "processor_time_of_many_processes": HARM,
    "any_interface_but_loopback": SETTING,
    "route_out": SETTING,
    "tcp_of_version_6": SETTING,
    "sockets_of_services": SETTING,
    "socket_to_the_hypervisor": SETTING,
    "kernel_crypto_socket": SETTING,
    "typing_into_a_terminal_of_its_own": SETTING,
    "key_ring_of_the_session": SETTING,
    "key_added": SETTING,
    "rings_of_input_and_output": SETTING,
    "program_in_the_kernel": SETTING,
    "performance_events": SETTING,
    "faults_served_by_the_user": SETTING,
    "console_of_the_machine": SETTING,
    "setuid_by_a_newer_call": SETTING,
    "any_writable_file_of_proc_outside_its_own_processes": SETTING,
    "packet_socket": ROOT,
    "raw_netlink": SETTING,
    "core_pattern": ROOT,
    "restart_of_the_machine": ROOT,
    "any_setting_of_the_kernel": ROOT,
    "capabilities": ROOT,
    "device_file": ROOT,
    "other_root": ROOT,
    "mount_in_the_tree": ROOT,
    "mount_by_newer_calls": ROOT,
    "name_space_of_another_process": ROOT,
    "tracing_the_first_process": HARM,
    "memory_of_the_first_process": HARM,
    "event_of_the_first_process": HARM,
    "descriptor_taken_from_the_first_process": HARM,
    "through_the_root_of_the_first_process": ROOT,
    "remount_of_the_root": HARM,
    "unmount_of_a_cover": HARM,
}

NOT_STOPPED_BY_LANDLOCK = {
    "names_of_the_machines_users": "there is one /etc for all; told in docs/sandbox.md",
    "pipe_in_the_tree": "Landlock carves nothing out of a writable place; told in docs/sandbox.md",
}

WITHOUT_GROUPS = {
    "processor_time_of_processes_nobody_waits_for": "only a control group counts it; told in docs/sandbox.md"
}


def escapes() -> Iterator[tuple[str, str]]:
    """Every public function of every escape."""
    for path in sorted(ESCAPES.glob("*.py")):
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                yield path.name, node.name


class Stage:
    """What stands around one escape, and whether it still stands as it did."""

    def __init__(self, base: Path) -> None:
        self.secret = f"secret-{secrets.token_hex(8)}"
        self.base = base
        self.known: dict[str, Any] = {
            name: str(base / name) for name in ("home", "outside", "main", "tree", "readable")
        }
        self._lay_files()
        self._lay_git()
        self.victim = subprocess.Popen(
            ["sleep", self.known["mark"]], env={"PATH": os.environ["PATH"], "TOKEN": self.secret}, cwd=base / "outside"
        )
        self.known["victim"] = self.victim.pid
        self.servers = [self._serve(kind, address) for kind, address in self._addresses()]

    def _lay_files(self) -> None:
        for name in ("home/.ssh", "outside", "readable", "neighbour"):
            (self.base / name).mkdir(parents=True)
        for name in ("home/.ssh/id_rsa", "outside/file", "readable/file", "neighbour/file"):
            (self.base / name).write_text(self.secret)
        self.shm = Path("/dev/shm", f"kaizen-{secrets.token_hex(4)}")
        self.shm.write_text(self.secret)
        name, home = _myself()
        number = secrets.randbelow(1 << 30)
        libc = ctypes.CDLL(None)
        libc.shmat.restype = ctypes.c_void_p
        self._libc = libc
        self._segment = libc.shmget(number, 4096, 0o1600)
        ctypes.memmove(libc.shmat(self._segment, None, 0), self.secret.encode(), len(self.secret))
        self.known |= {
            "secret": self.secret,
            "user": name,
            "real_home": home,
            "ways": [
                there.relative_to(home).parts[0] for there in (TOOLCHAIN, OURS) if home in map(str, there.parents)
            ],
            "neighbour": str(self.base / "neighbour"),
            "mark": f"{secrets.randbelow(10**9) + 10**6}.5",
            "away": "192.0.2.1",
            "shm": self.shm.name,
            "survivor": f"{secrets.randbelow(10**9) + 10**6}.5",
            "datagram": f"/tmp/kz-{secrets.token_hex(4)}",
            "queue": f"kz-{secrets.token_hex(4)}",
            "many": f"/tmp/{self.shm.name}",
            "sysv": number,
            **{"memory": MEMORY, "processes": PROCESSES, "written": WRITTEN, "inodes": 4096, "wall": 1.0},
        }

    def _lay_git(self) -> None:
        main, tree = self.base / "main/.git", self.base / "tree"
        own = main / "worktrees/tree"
        for repository in (main, tree / "vendor/inner/.git"):
            for name in ("hooks", "objects", "refs/heads"):
                (repository / name).mkdir(parents=True)
            (repository / "HEAD").write_text("ref: refs/heads/main\n")
            (repository / "config").write_text(f'[remote "origin"]\n\turl = https://x:{self.secret}@example.invalid/\n')
        own.mkdir(parents=True)
        (own / "commondir").write_text("../..\n")
        (tree / ".git").write_text(f"gitdir: {own}\n")
        (tree / "out").symlink_to(self.base / "outside")
        (tree / ".vscode").mkdir()
        (tree / ".vscode/tasks.json").write_text("{}")
        (tree / ".envrc").write_text("true\n")
        self._lay_what_leads_out(tree)
        self.known["gitdir"] = str(own)
        self._libc.mq_open(b"/" + self.known["queue"].encode(), os.O_CREAT | os.O_RDWR, 0o600, None)

    def _lay_what_leads_out(self, tree: Path) -> None:
        for repository in (tree / "linked/store", tree / "kept", tree / "closed/.git"):
            for name in ("objects", "refs"):
                (repository / name).mkdir(parents=True)
            (repository / "HEAD").write_text("ref: refs/heads/main\n")
            (repository / "config").write_text("[core]\n")
        (tree / "linked/.git").write_text("gitdir: store\n")
        (tree / "alias").mkdir()
        (tree / "alias/.git").symlink_to("../kept")
        pipes = (tree / "pipe", self.base / "readable/pipe")
        for pipe in pipes:
            os.mkfifo(pipe)
        self._readers = [os.open(pipe, os.O_RDONLY | os.O_NONBLOCK) for pipe in pipes]
        (tree / "closed").chmod(0)

    def _addresses(self) -> Iterator[tuple[type[socketserver.BaseServer], Any]]:
        self.known |= {"unix": f"/tmp/kz-{secrets.token_hex(4)}", "abstract": f"kz-{secrets.token_hex(4)}"}
        yield socketserver.ThreadingTCPServer, ("127.0.0.1", 0)
        yield socketserver.UnixDatagramServer, self.known["datagram"]
        yield socketserver.ThreadingUnixStreamServer, self.known["unix"]
        for place in ("tree", "readable"):
            # By a descriptor of the place: the name of a socket is short.
            folder = os.open(self.base / place, os.O_RDONLY)
            yield socketserver.ThreadingUnixStreamServer, f"/proc/self/fd/{folder}/server.sock"
            os.close(folder)
        yield socketserver.ThreadingUnixStreamServer, "\0" + self.known["abstract"]

    def _serve(self, kind: type[socketserver.BaseServer], address: Any) -> socketserver.BaseServer:
        secret = self.secret

        class Tell(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                if isinstance(self.request, socket.socket):
                    self.request.sendall(secret.encode())

        server = kind(address, Tell)
        if isinstance(server, socketserver.ThreadingTCPServer):
            self.known |= {"tcp": server.server_address[1], "tcp6": server.server_address[1]}
        # One thread per listener; it touches nothing but its own connections.
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return server

    def picture(self) -> dict[str, tuple[int, bytes]]:
        """Every file that no escape may change."""
        tree = self.base / "tree"
        kept = [path for place in self.base.iterdir() if place != tree for path in place.rglob("*")]
        kept += [tree / ".git", *(tree / "vendor/inner/.git").rglob("*"), tree / ".envrc", tree / ".vscode/tasks.json"]
        kept += [path for name in ("linked", "kept", "closed") for path in (tree / name).rglob("*")]
        return {str(path): (path.stat().st_mode, path.read_bytes()) for path in kept if path.is_file()}

    async def play(self, sandbox: Sandbox, file: str, name: str, limits: Limits) -> str:
        """Let the escape run; return how it ended, in its own words when it had any left."""
        try:
            done = await sandbox.run(self._command(file, name, limits))
        except SandboxBroken as broken:
            return f"stopped: {broken}"
        if done.seconds > limits.wall + SLACK:
            return f"undecided: its end took {done.seconds:.0f} s"
        words = [line for line in done.stdout.decode().splitlines() if line.startswith(("escaped: ", "stopped: "))]
        if words:
            return words[0]
        if done.outcome != "exited":
            return f"stopped: by the limit {done.outcome}"
        return f"undecided: {done}"

    def _command(self, file: str, name: str, limits: Limits) -> Command:
        return Command(
            [str(PYTHON), "-I", "-B", str(ESCAPES / "play.py"), str(ESCAPES / file), name],
            self.base / "tree",
            {"PATH": "/usr/bin:/bin"},
            readable=[TOOLCHAIN, ESCAPES, self.base / "readable"],
            writable=[self.base / "tree"],
            limits=limits,
            stdin=json.dumps(self.known).encode(),
        )

    def end(self) -> None:
        """Take the stage down."""
        for server in self.servers:
            server.shutdown()
            server.server_close()
        for reader in self._readers:
            os.close(reader)
        self.victim.kill()
        self.victim.wait()
        self.shm.unlink(missing_ok=True)
        for name in ("unix", "datagram"):
            Path(self.known[name]).unlink(missing_ok=True)
        self._libc.mq_unlink(b"/" + self.known["queue"].encode())
        self._libc.shmctl(self._segment, 0, None)
        for path in (self.base / "tree").glob("[cdh]*"):
            if path.is_dir():
                path.chmod(0o700)
        subprocess.run(["rm", "-rf", str(self.base), self.known["many"]], check=True)  # too deep for Python


def _myself() -> tuple[str, str]:
    # A name of /etc/passwd that nobody needs to know, and the home directory; a user may have no line there.
    try:
        me = pwd.getpwuid(os.getuid())
    except KeyError:
        return "daemon", os.environ["HOME"]
    return me.pw_name if me.pw_uid else "daemon", me.pw_dir


@pytest.fixture
def stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    made = Stage(tmp_path)
    monkeypatch.setenv("TOKEN", made.secret)
    leak = os.open(tmp_path / "home/.ssh/id_rsa", os.O_RDONLY)
    os.set_inheritable(leak, True)
    yield made
    os.close(leak)
    made.end()


@pytest.mark.parametrize(("file", "name"), list(escapes()))
@pytest.mark.parametrize("adapter", ["bubblewrap", "landlock"])
async def test_it_is_stopped_by(
    adapter: str, request: pytest.FixtureRequest, stage: Stage, file: str, name: str
) -> None:
    """The program admits that it was stopped, or is not believed, and nothing outside has changed."""
    if adapter == "landlock" and name in NOT_STOPPED_BY_LANDLOCK:
        pytest.xfail(NOT_STOPPED_BY_LANDLOCK[name])
    sandbox: Sandbox = request.getfixturevalue(adapter)
    if name in WITHOUT_GROUPS and not ControlGroups.found().count_processor:
        pytest.xfail(WITHOUT_GROUPS[name])
    if adapter == "landlock" and os.getuid() and "closed" not in name:
        # Whoever cannot look into it refuses to start at all: every escape would seem stopped, and none was tried.
        (stage.base / "tree/closed").chmod(0o700)
    before = stage.picture()
    limits = TIGHT.get(name, Limits(wall=30, memory=MEMORY, processes=PROCESSES, written=WRITTEN))

    words = await stage.play(sandbox, file, name, limits)

    assert words.startswith("stopped: ")
    assert stage.picture() == before
    assert stage.victim.poll() is None
    assert len(alive(stage.known["mark"])) == 1
    assert not alive(stage.known["survivor"])


@pytest.mark.soak
@pytest.mark.parametrize(("file", "name"), [one for one in escapes() if one[1] not in WITHOUT_CONTROL])
async def test_unsandboxed_the_same_program_succeeds(stage: Stage, file: str, name: str) -> None:
    """Without this a program that cannot work anywhere would pass for one that is stopped."""
    words = await stage.play(LocalSandbox(), file, name, Limits(wall=30))

    assert words.startswith("escaped: ")


def test_every_exception_names_an_escape() -> None:
    assert {*WITHOUT_CONTROL, *WITHOUT_GROUPS, *NOT_STOPPED_BY_LANDLOCK} <= {name for _, name in escapes()}
