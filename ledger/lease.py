"""The right to write: a lock file the kernel releases when its holder dies, with a fencing token that only rises."""

from __future__ import annotations

import fcntl
import json
import os
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import TracebackType

from ledger.errors import Locked, Unwritable


class Lease:
    """Held from `take` to `release`, or to the death of the program, whichever comes first."""

    def __init__(self, path: Path, descriptor: int, token: int) -> None:
        self._path, self._descriptor, self._token = path, descriptor, token

    @classmethod
    def take(cls, path: Path, purpose: str, *, clock: Callable[[], float] = time.time) -> Lease:
        """Take the lock file or raise Locked at once, naming who holds it; raise Unwritable when it cannot be made.

        `purpose` is what the holder is called in that message, e.g. `kaizen run`. The token is above every earlier
        one of this file, and also above those of a file that was deleted, because it is never below the milliseconds
        of the clock.
        """
        path = Path(path).absolute()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise Unwritable(str(path), error.strerror or str(error)) from error
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            token = max(_token_in(descriptor) + 1, int(clock() * 1000))
            _write(descriptor, {"pid": os.getpid(), "purpose": purpose, "token": token})
        except BlockingIOError as error:
            holder = _holder_in(descriptor)
            os.close(descriptor)
            raise Locked(str(path), holder) from error
        except OSError as error:
            os.close(descriptor)
            raise Unwritable(str(path), error.strerror or str(error)) from error
        return cls(path, descriptor, token)

    @property
    def token(self) -> int:
        """The fencing token to append under."""
        return self._token

    @property
    def path(self) -> Path:
        """The lock file; it stays when the lease is released, because its token must not be forgotten."""
        return self._path

    def release(self) -> None:
        """Let the next one in; twice is once."""
        descriptor, self._descriptor = self._descriptor, -1
        if descriptor >= 0:
            os.close(descriptor)

    def __enter__(self) -> Lease:
        """Return the lease."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Release it."""
        self.release()


def _content(descriptor: int) -> dict[str, object]:
    content: object = None
    with suppress(ValueError):  # never written, or half written by somebody who died
        content = json.loads(os.pread(descriptor, 4096, 0))
    return content if isinstance(content, dict) else {}


def _token_in(descriptor: int) -> int:
    token = _content(descriptor).get("token")
    return token if isinstance(token, int) else 0


def _holder_in(descriptor: int) -> str:
    content = _content(descriptor)
    if "pid" not in content:
        return "another program"
    return f"{content.get('purpose') or 'another program'} (pid {content['pid']})"


def _write(descriptor: int, content: dict[str, object]) -> None:
    written = os.pwrite(descriptor, json.dumps(content).encode(), 0)
    os.ftruncate(descriptor, written)
    os.fsync(descriptor)
