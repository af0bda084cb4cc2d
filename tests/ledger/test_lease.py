"""One holder at a time, named to whoever comes second, and a token that only rises."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from ledger.errors import Locked
from ledger.lease import Lease


def take(path: Path, now: float = 0.0) -> Lease:
    return Lease.take(path, "kaizen run", clock=lambda: now)


def test_the_second_is_told_who_holds_it(tmp_path: Path) -> None:
    with take(tmp_path / "lock"), pytest.raises(Locked) as caught:
        take(tmp_path / "lock")

    assert caught.value.holder == f"kaizen run (pid {os.getpid()})"


def test_the_token_rises_each_time(tmp_path: Path) -> None:
    tokens = []
    for now in (5.0, 5.0, 9.0, 1.0):
        with take(tmp_path / "lock", now) as lease:
            tokens.append(lease.token)

    assert tokens == [5000, 5001, 9000, 9001]


def test_a_deleted_lock_file_does_not_bring_old_tokens_back(tmp_path: Path) -> None:
    with take(tmp_path / "lock", 5.0) as first:
        pass
    (tmp_path / "lock").unlink()

    with take(tmp_path / "lock", 5.1) as second:
        assert second.token > first.token


@pytest.mark.parametrize("content", [b"", b"{", b"[1]", b'{"token": "high"}', b"\xff" * 9000])
def test_a_spoilt_lock_file_locks_nobody_out(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "lock").write_bytes(content)

    with take(tmp_path / "lock", 3.0) as lease:
        assert lease.token == 3000


def test_releasing_twice_is_once(tmp_path: Path) -> None:
    lease = take(tmp_path / "lock")
    lease.release()
    with take(tmp_path / "lock"):
        lease.release()
        with pytest.raises(Locked):
            take(tmp_path / "lock")


@pytest.mark.slow
def test_the_kernel_releases_the_lease_of_a_killed_program(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from ledger.lease import Lease\n"
        "lease = Lease.take(Path(sys.argv[1]), 'kaizen up'); print(lease.token, flush=True); sys.stdin.read()"
    )
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}
    command = [sys.executable, "-c", program, str(tmp_path / "lock")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment) as holder:
        assert holder.stdout is not None
        token = int(holder.stdout.readline())
        with pytest.raises(Locked, match=rf"kaizen up \(pid {holder.pid}\)"):
            take(tmp_path / "lock")
        holder.kill()
        holder.wait()

        with take(tmp_path / "lock") as lease:
            assert lease.token > token
