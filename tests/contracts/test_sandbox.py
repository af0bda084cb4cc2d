"""The sandbox suite on each adapter, and what only confinement promises."""

from __future__ import annotations

import asyncio
import contextlib
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from agents.ports import Command, Limits, Sandbox, SandboxBroken
from agents.sandbox.bubblewrap import BubblewrapSandbox
from agents.sandbox.landlock import LandlockSandbox
from agents.sandbox.local import LocalSandbox
from agents.sandbox.supervisor.meters import descendants, nameless
from tests.contracts.sandbox import MIB, SandboxContract, alive, command, python

pytestmark = pytest.mark.slow


class Supervised(SandboxContract):
    """What runs below a supervisor of ours, and not below a container's."""

    async def test_what_is_ordered_by_addresses_is_ordered_the_same_each_time(
        self, sandbox: Sandbox, place: Path
    ) -> None:
        """A set that holds `None` names the tests that pytest makes of it: they must have one name."""
        done = [await sandbox.run(python(place, "print(id(None), id(object()))")) for _ in range(2)]

        assert done[0].stdout == done[1].stdout != b""


class TestLocal(Supervised):
    """No isolation, the same behaviour."""

    @pytest.fixture
    def sandbox(self) -> Sandbox:
        return LocalSandbox()


class TestLandlock(Supervised):
    """The layer for machines without user name spaces."""

    adds = ("TMPDIR", "GIT_CONFIG_NOSYSTEM")

    @pytest.fixture
    def sandbox(self, landlock: LandlockSandbox) -> Sandbox:
        return landlock

    async def test_the_mode_of_a_file_is_changed_by_its_descriptor_too(self, sandbox: Sandbox, place: Path) -> None:
        before = place.stat().st_mode
        script = "import os; f = os.open('made', os.O_CREAT | os.O_RDWR, 0o600); os.chmod(f'/proc/self/fd/{f}', 0o751)"

        done = await sandbox.run(python(place, script))

        assert done.exit == 0, done.stderr
        assert ((place / "made").stat().st_mode & 0o777, place.stat().st_mode) == (0o751, before)

    async def test_commands_in_one_place_run_one_after_the_other(self, sandbox: Sandbox, place: Path) -> None:
        script = "echo begins >> log; sleep 0.2; echo ends >> log"

        await asyncio.gather(*(sandbox.run(command(place, "sh", "-c", script)) for _ in range(3)))

        assert (place / "log").read_text().split() == ["begins", "ends"] * 3

    async def test_git_works_in_a_folder_of_its_own(self, sandbox: Sandbox, place: Path) -> None:
        script = "git init -q made && git -C made -c user.name=a -c user.email=b commit -q --allow-empty -m x"

        done = await sandbox.run(command(place, "sh", "-c", script))

        assert (done.exit, done.stderr) == (0, b"")


class TestBubblewrap(Supervised):
    """The default sandbox."""

    @pytest.fixture
    def sandbox(self, bubblewrap: BubblewrapSandbox) -> Sandbox:
        return bubblewrap

    async def test_a_fork_bomb_ends_at_its_limit(self, sandbox: Sandbox, place: Path, mark: str) -> None:
        script = f"i=0; while [ $i -lt 200 ]; do sleep {mark} & i=$((i+1)); echo $i; done"

        done = await sandbox.run(command(place, "sh", "-c", script, limits=Limits(wall=30, processes=40)))

        assert 20 < len(done.stdout.split()) < 42
        assert not alive(mark)

    async def test_a_place_that_is_only_readable_cannot_be_written(
        self, sandbox: Sandbox, place: Path, tmp_path: Path
    ) -> None:
        other = tmp_path / "other"
        other.mkdir()
        (other / "file").write_text("as it was")

        done = await sandbox.run(
            command(
                place, "sh", "-c", f"cat {other}/file; echo x > {other}/file || echo x > {other}/new", readable=[other]
            )
        )

        assert done.stdout == b"as it was"
        assert [(path.name, path.read_text()) for path in other.iterdir()] == [("file", "as it was")]

    async def test_home_and_temporary_places_are_writable_and_forgotten(self, sandbox: Sandbox, place: Path) -> None:
        env = {"PATH": "/usr/bin:/bin", "HOME": "/home/kaizen"}

        done = await sandbox.run(
            command(place, "sh", "-c", "touch $HOME/a /tmp/kz-a /var/tmp/kz-a /dev/shm/kz-a && ls -A $HOME", env=env)
        )

        assert (done.exit, done.stdout) == (0, b"a\n")
        assert not any(Path(path, "kz-a").exists() for path in ("/tmp", "/var/tmp", "/dev/shm"))

    async def test_a_home_of_another_name_is_made_too(self, sandbox: Sandbox, place: Path) -> None:
        env = {"PATH": "/usr/bin:/bin", "HOME": "/tmp/home"}

        done = await sandbox.run(command(place, "sh", "-c", "touch $HOME/a && ls -A $HOME", env=env))

        assert (done.exit, done.stdout) == (0, b"a\n")

    @pytest.mark.parametrize("path", ["/", "/etc", "/proc/self", "/dev", "/run", "~", "relative", "/no/such/place"])
    async def test_places_nobody_may_be_given_are_refused(self, sandbox: Sandbox, place: Path, path: str) -> None:
        with pytest.raises(SandboxBroken, match=";"):
            await sandbox.run(command(place, "true", readable=[Path(path).expanduser()]))

    async def test_a_writable_link_is_refused(self, sandbox: Sandbox, place: Path, tmp_path: Path) -> None:
        (tmp_path / "outside").mkdir()
        (place / "out").symlink_to(tmp_path / "outside")
        (place / "up").symlink_to(tmp_path)

        for path in (place / "out", place / "up" / "outside"):
            with pytest.raises(SandboxBroken, match="link"):
                await sandbox.run(Command(["true"], place, writable=[place, path]))

    @pytest.mark.parametrize("inner", [".git", ".git/hooks", "mirror.git", "mirror.git/objects"])
    async def test_git_metadata_is_never_a_writable_place(self, sandbox: Sandbox, place: Path, inner: str) -> None:
        for name in ("mirror.git/objects", "mirror.git/refs", ".git/hooks"):
            (place / name).mkdir(parents=True)
        (place / "mirror.git/HEAD").write_text("ref: refs/heads/main\n")

        with pytest.raises(SandboxBroken, match="never writable"):
            await sandbox.run(Command(["true"], place, writable=[place / inner]))

    async def test_a_missing_working_directory_is_an_error_of_the_sandbox(self, sandbox: Sandbox, place: Path) -> None:
        with pytest.raises(SandboxBroken, match="no/such"):
            await sandbox.run(Command(["true"], Path("/no/such"), writable=[place]))

    async def test_a_command_runs_where_repositories_sockets_and_closed_folders_stand(
        self, sandbox: Sandbox, place: Path
    ) -> None:
        for folder in (".git", "vendor/inner/.git", "clo\nsed \udcff/.git"):
            (place / folder).mkdir(parents=True)
        os.mkfifo(place / "vendor/pipe")

        done = await sandbox.run(
            command(place, "sh", "-c", "echo x > vendor/inner/made && ls -d */.git && test ! -p vendor/pipe")
        )

        assert (done.outcome, done.exit, done.stdout) == ("exited", 0, b"clo\nsed \xff/.git\n")
        assert (place / "vendor/inner/made").exists()

    async def test_a_folder_swapped_while_it_is_mounted_leads_nowhere(
        self, sandbox: Sandbox, place: Path, tmp_path: Path
    ) -> None:
        outside = tmp_path / "outside"
        (place / "vendor/.git").mkdir(parents=True)
        outside.mkdir()
        (outside / ".git").mkdir()
        (place / "link").symlink_to(outside)
        swapping = subprocess.Popen([sys.executable, "-I", "-S", "-c", _SWAPPING], cwd=place)

        for _ in range(25):
            with contextlib.suppress(SandboxBroken):  # swapped all the time: each may be refused
                await sandbox.run(command(place, "sh", "-c", "echo x > vendor/owned; echo x > vendor/.git/owned"))
        swapping.kill()
        swapping.wait()

        assert not list(outside.rglob("owned"))

    async def test_what_a_command_prints_is_never_taken_for_the_launchers_word(
        self, sandbox: Sandbox, place: Path
    ) -> None:
        script = "echo '{ \"exit-code\": 0 }' | tee /dev/stderr; echo 'bwrap: execvp x' >&2; exit 9"

        done = await sandbox.run(command(place, "sh", "-c", script))

        assert (done.outcome, done.exit) == ("exited", 9)


_SWAPPING = """
import ctypes, os
call = ctypes.CDLL(None).syscall
number = 316 if os.uname().machine == "x86_64" else 276
while True:
    call(number, -100, b"vendor", -100, b"link", 2)
"""


async def test_without_bubblewrap_nothing_runs_and_the_line_says_how_to_install_it(tmp_path: Path) -> None:
    sandbox = BubblewrapSandbox(bwrap=str(tmp_path / "bwrap"))

    with pytest.raises(SandboxBroken, match=";"):
        await sandbox.run(Command(["true"], tmp_path))

    assert not sandbox.level.sandboxed
    assert sandbox.level.remedy


async def test_root_without_control_groups_is_refused(bubblewrap: BubblewrapSandbox) -> None:
    """Nothing but a control group limits the processes of root; the probe finds out by running into the limit."""
    if os.getuid() != 0:
        pytest.skip("only root is free of the limit on processes")
    sandbox = BubblewrapSandbox()
    sandbox._groups = sandbox._groups._replace(memory=None, pids=None)

    level = sandbox.level

    assert not level.sandboxed
    assert "limit on processes" in level.detail
    assert "ordinary user" in level.remedy


async def test_groups_left_by_a_killed_daemon_are_removed_at_the_next_start(bubblewrap: BubblewrapSandbox) -> None:
    place = bubblewrap._groups.pids
    if place is None:
        pytest.skip("no control groups for this user")
    left = place / "kaizen-999999999-1-1"
    left.mkdir()

    assert BubblewrapSandbox().level.sandboxed

    assert not left.exists()
    deadline = time.monotonic() + 5
    while list(place.glob(f"kaizen-{os.getpid()}-*")) and time.monotonic() < deadline:
        time.sleep(0.02)  # removed when the report has been told already
    assert not list(place.glob(f"kaizen-{os.getpid()}-*"))


def test_files_without_a_name_are_measured_also_where_nothing_is_sent_to_storage() -> None:
    """Memory file systems write nothing to storage, and no walk meets what has no name."""
    holder = subprocess.Popen([sys.executable, "-c", _NAMELESS], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert holder.stdout is not None and holder.stdout.readline()

    held = nameless([task for task in descendants(os.getpid()) if task.pid == holder.pid])
    holder.communicate()

    assert 3 * MIB <= held < 4 * MIB


_NAMELESS = """
import os, sys, tempfile
file = tempfile.TemporaryFile(dir="/dev/shm")
file.write(bytes(3 << 20)); file.flush()
again = os.dup(file.fileno())
print("ready", flush=True)
sys.stdin.read()
"""
