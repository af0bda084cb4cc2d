"""What every sandbox does, whatever it confines: one suite, run on each adapter."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import pytest

from agents.ports import Command, Completed, Limits, Sandbox

PYTHON = Path(sys.base_prefix) / "bin" / "python3"
TOOLCHAIN = Path(sys.base_prefix)
MIB = 1024 * 1024


def command(place: Path, *argv: str, limits: Limits = Limits(wall=60), **rest: object) -> Command:  # noqa: B008
    """A command in a writable place with the toolchain of this test."""
    known: Mapping[str, object] = {"env": {"PATH": "/usr/bin:/bin"}, "readable": [TOOLCHAIN], "writable": [place]}
    return Command(argv=argv, cwd=place, limits=limits, **{**known, **rest})  # type: ignore[arg-type]


def python(place: Path, code: str, limits: Limits = Limits(wall=60), **rest: object) -> Command:  # noqa: B008
    """The same for a piece of Python."""
    return command(place, str(PYTHON), "-I", "-c", code, limits=limits, **rest)


def alive(mark: str) -> list[str]:
    """Command lines on this machine that carry the mark."""
    found = []
    for line in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = line.read_bytes()
        except OSError:
            continue
        if mark.encode() in words:
            found.append(words.decode("utf-8", "replace"))
    return found


async def gone(mark: str, seconds: float = 5.0) -> bool:
    """Whether nothing with the mark is alive, soon."""
    deadline = time.monotonic() + seconds
    while alive(mark) and time.monotonic() < deadline:
        await asyncio.sleep(0.02)
    return not alive(mark)


class SandboxContract:
    """Subclasses give the fixture `sandbox`; `mark` is a number of seconds no other sleeper sleeps."""

    adds: tuple[str, ...] = ()
    """Variables a layer sets besides those given."""

    @pytest.fixture
    def place(self, tmp_path: Path) -> Path:
        made = tmp_path / "tree"
        made.mkdir()
        return made

    @pytest.fixture
    def mark(self) -> str:
        return f"{time.monotonic_ns()}.5"

    async def test_the_level_is_told_with_an_honest_line(self, sandbox: Sandbox) -> None:
        level = sandbox.level

        assert level.detail
        assert level.sandboxed == (level.adapter != "none")

    async def test_exit_status_and_both_outputs_come_back_as_bytes(self, sandbox: Sandbox, place: Path) -> None:
        done = await sandbox.run(command(place, "sh", "-c", "printf 'a\\377'; printf 'b' >&2; exit 7"))

        assert (done.outcome, done.exit, done.stdout, done.stderr) == ("exited", 7, b"a\xff", b"b")
        assert not done.truncated

    async def test_a_signal_is_a_negative_exit_and_says_killed(self, sandbox: Sandbox, place: Path) -> None:
        done = await sandbox.run(command(place, "sh", "-c", "kill -SEGV $$"))

        assert (done.outcome, done.exit) == ("killed", -signal.SIGSEGV)

    async def test_a_missing_program_ends_with_127(self, sandbox: Sandbox, place: Path) -> None:
        done = await sandbox.run(command(place, "no-such-program"))

        assert (done.outcome, done.exit) == ("exited", 127)
        assert b"no-such-program" in done.stderr

    async def test_standard_input_is_as_given(self, sandbox: Sandbox, place: Path) -> None:
        given = bytes(range(256)) * 4096

        done = await sandbox.run(command(place, "cat", stdin=given))

        assert done.stdout == given

    async def test_standard_input_is_empty_when_none_is_given(self, sandbox: Sandbox, place: Path) -> None:
        done = await sandbox.run(command(place, "cat"))

        assert (done.exit, done.stdout) == (0, b"")

    async def test_the_environment_is_as_given_and_nothing_more(
        self, sandbox: Sandbox, place: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("KAIZEN_SECRET", "x")

        done = await sandbox.run(command(place, "env", env={"PATH": "/usr/bin:/bin", "A": "ä b\n=c"}))

        lines = done.stdout.decode().replace("\n=", "|=").split("\n")[:-1]
        assert sorted(line for line in lines if line.split("=")[0] not in self.adds) == [
            "A=ä b|=c",
            "PATH=/usr/bin:/bin",
            f"PWD={place}",
        ]

    async def test_the_working_directory_is_as_given_and_writable_when_named(
        self, sandbox: Sandbox, place: Path
    ) -> None:
        done = await sandbox.run(command(place, "sh", "-c", "pwd; echo x > made"))

        assert done.stdout.decode().strip() == str(place)
        assert (place / "made").read_text() == "x\n"

    async def test_what_is_written_belongs_to_the_daemon(self, sandbox: Sandbox, place: Path) -> None:
        await sandbox.run(command(place, "sh", "-c", "mkdir d; echo x > d/made"))

        assert (place / "d/made").stat().st_uid == os.getuid()

    async def test_the_channel_brings_back_what_is_written_to_descriptor_3(self, sandbox: Sandbox, place: Path) -> None:
        code = "import os\nfor i in range(64): os.write(3, bytes([i]) * 65536)"

        done = await sandbox.run(python(place, code, channel=True))

        assert done.channel == b"".join(bytes([i]) * 65536 for i in range(64))
        assert (done.exit, done.stdout) == (0, b"")

    async def test_without_a_channel_only_three_descriptors_are_open(self, sandbox: Sandbox, place: Path) -> None:
        leak = os.open(place, os.O_RDONLY)
        os.set_inheritable(leak, True)

        done = await sandbox.run(python(place, "import os; print(sorted(os.listdir('/proc/self/fd')))"))
        os.close(leak)

        assert done.stdout == b"['0', '1', '2', '3']\n"  # the last is the listing itself

    async def test_output_beyond_the_limit_is_dropped_and_said(self, sandbox: Sandbox, place: Path) -> None:
        done = await sandbox.run(
            python(place, "print('x' * 5000, flush=True); raise SystemExit(4)", Limits(wall=60, output=1000))
        )

        assert (done.outcome, done.exit, done.stdout, done.truncated) == ("exited", 4, b"x" * 1000, True)

    @pytest.mark.slow
    async def test_one_gigabyte_of_output_is_survived_without_blocking(self, sandbox: Sandbox, place: Path) -> None:
        code = "import sys\nfor i in range(1024): sys.stdout.write('x' * (1 << 20))"
        beats = 0

        running = asyncio.ensure_future(sandbox.run(python(place, code)))
        while not running.done():
            await asyncio.sleep(0.01)
            beats += 1

        done = await running
        assert (done.outcome, done.exit, len(done.stdout), done.truncated) == ("exited", 0, 8 * MIB, True)
        assert beats > 10

    async def test_the_clock_ends_a_command_and_all_it_started(self, sandbox: Sandbox, place: Path, mark: str) -> None:
        script = f"sleep {mark} & (setsid sleep {mark} &) ; sleep {mark}"

        done = await sandbox.run(command(place, "sh", "-c", script, limits=Limits(wall=0.4)))

        assert done.outcome == "wall"
        assert 0.3 < done.seconds < 5
        assert not alive(mark)

    async def test_a_command_that_ignores_signals_is_ended(self, sandbox: Sandbox, place: Path) -> None:
        done = await sandbox.run(command(place, "sh", "-c", "trap '' TERM INT HUP; sleep 60", limits=Limits(wall=0.3)))

        assert done.outcome == "wall"

    async def test_processor_seconds_of_all_processes_together_are_limited(self, sandbox: Sandbox, place: Path) -> None:
        code = "import os\nfor _ in range(3): os.fork()\nwhile True: pass"

        done = await sandbox.run(python(place, code, Limits(wall=30, cpu=0.5)))

        assert done.outcome == "cpu"
        assert 0.4 < done.cpu_seconds < 3

    async def test_memory_of_all_processes_together_is_limited(self, sandbox: Sandbox, place: Path) -> None:
        code = (
            "import os, time\nfor _ in range(4):\n  if os.fork() == 0:\n    x = bytearray(40 << 20); time.sleep(20)\n"
            "while True: os.wait()"
        )

        done = await sandbox.run(python(place, code, Limits(wall=30, memory=100 * MIB)))

        assert done.outcome == "memory"

    async def test_one_process_cannot_take_more_memory_than_all_may(self, sandbox: Sandbox, place: Path) -> None:
        done = await sandbox.run(python(place, "x = b'x' * (500 << 20)", Limits(wall=30, memory=100 * MIB)))

        assert done.outcome == "memory" or (done.exit == 1 and b"MemoryError" in done.stderr)

    async def test_a_file_cannot_grow_beyond_what_may_be_written(self, sandbox: Sandbox, place: Path) -> None:
        done = await sandbox.run(
            command(
                place, "sh", "-c", "exec head -c 100000000 /dev/zero > big", limits=Limits(wall=30, written=4 * MIB)
            )
        )

        assert done.exit != 0
        assert (place / "big").stat().st_size <= 4 * MIB

    async def test_many_files_cannot_grow_beyond_what_may_be_written(self, sandbox: Sandbox, place: Path) -> None:
        script = "for i in $(seq 200); do head -c 1000000 /dev/zero > f$i; sleep 0.01; done; sleep 9"

        done = await sandbox.run(command(place, "sh", "-c", script, limits=Limits(wall=30, written=20 * MIB)))

        assert done.outcome == "output"

    async def test_a_command_goes_before_the_users_programs_when_the_machine_has_no_memory(
        self, sandbox: Sandbox, place: Path
    ) -> None:
        done = await sandbox.run(command(place, "cat", "/proc/self/oom_score_adj"))

        assert done.stdout == b"500\n"

    async def test_orphans_end_with_their_command(self, sandbox: Sandbox, place: Path, mark: str) -> None:
        script = f"(setsid sleep {mark} > /dev/null 2>&1 &) ; (setsid sh -c 'sleep {mark}; true' &) ; echo done"

        done = await sandbox.run(command(place, "sh", "-c", script))

        assert done.stdout == b"done\n"
        assert not alive(mark)

    async def test_cancelling_ends_every_process_before_it_returns(
        self, sandbox: Sandbox, place: Path, mark: str
    ) -> None:
        running = asyncio.ensure_future(sandbox.run(command(place, "sh", "-c", f"sleep {mark} & sleep {mark}")))
        while not alive(mark):
            await asyncio.sleep(0.02)

        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running

        assert not alive(mark)

    async def test_cancelling_at_any_early_moment_leaves_nothing(
        self, sandbox: Sandbox, place: Path, mark: str
    ) -> None:
        for moment in range(0, 40, 4):
            running = asyncio.ensure_future(sandbox.run(command(place, "sleep", mark)))
            await asyncio.sleep(moment / 1000)
            running.cancel()
            await asyncio.wait([running])

        assert not alive(mark)

    async def test_commands_run_side_by_side(self, sandbox: Sandbox, place: Path) -> None:
        for i in range(8):
            (place / str(i)).mkdir()

        done: list[Completed] = await asyncio.gather(
            *(sandbox.run(command(place / str(i), "sh", "-c", f"sleep 0.5; echo {i}")) for i in range(8))
        )

        assert [one.stdout for one in done] == [f"{i}\n".encode() for i in range(8)]
        assert sum(one.seconds for one in done) > 4

    @pytest.mark.slow
    @pytest.mark.parametrize("whole_group", [False, True])
    async def test_nothing_survives_a_kill_of_the_daemon(
        self, sandbox: Sandbox, place: Path, mark: str, whole_group: bool
    ) -> None:
        daemon = subprocess.Popen(
            [sys.executable, "-P", "-c", _DAEMON, type(sandbox).__module__, type(sandbox).__name__, str(place), mark],
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
            start_new_session=True,
        )
        deadline = time.monotonic() + 30
        while not (place / "started").exists() and time.monotonic() < deadline:
            await asyncio.sleep(0.05)
        assert (place / "started").exists()

        (os.killpg if whole_group else os.kill)(daemon.pid, signal.SIGKILL)
        daemon.wait()

        assert await gone(mark)


_DAEMON = """
import asyncio, importlib, sys
from pathlib import Path
from agents.ports import Command
module, name, place, mark = sys.argv[1:]
sandbox = getattr(importlib.import_module(module), name)()
script = f"(setsid sleep {mark} &) ; sleep {mark} & touch started; sleep {mark}"
asyncio.run(sandbox.run(Command(["sh", "-c", script], Path(place), {"PATH": "/usr/bin:/bin"}, writable=[Path(place)])))
"""
