"""PURE: what can go wrong with a ledger, one class per cause a caller can act on."""

from __future__ import annotations


class LedgerError(Exception):
    """Root of this floor's errors; the message is one line and ends with what to do."""


class Conflict(LedgerError):
    """Somebody else appended to the stream first."""

    def __init__(self, stream: str, expected: int, actual: int) -> None:
        super().__init__(f"stream {stream} is at version {actual}, not {expected}: read it again and decide anew")
        self.stream, self.expected, self.actual = stream, expected, actual


class Fenced(LedgerError):
    """The writer's lease was taken over; its token is stale."""

    def __init__(self, token: int, current: int) -> None:
        super().__init__(f"the lease {token} was taken over by {current}: stop writing")
        self.token, self.current = token, current


class Locked(LedgerError):
    """Another process holds the ledger or the data home."""

    def __init__(self, path: str, holder: str) -> None:
        super().__init__(f"{path} is in use by {holder}: stop it with `kaizen down`, or use another KAIZEN_HOME")
        self.path, self.holder = path, holder


class Damaged(LedgerError):
    """What is stored is not what was appended."""

    def __init__(self, path: str, position: int, why: str) -> None:
        super().__init__(f"{path} is damaged at position {position}: {why}; restore a backup, nothing was changed")
        self.path, self.position, self.why = path, position, why


class Unwritable(LedgerError):
    """The storage refused: full, read-only or not permitted. Nothing of the append was kept."""

    def __init__(self, path: str, why: str) -> None:
        super().__init__(f"cannot write {path}: {why}; free space or change KAIZEN_HOME, nothing was lost")
        self.path, self.why = path, why


class Missing(LedgerError):
    """A blob, checkpoint or project that is referred to is not there."""

    def __init__(self, what: str, name: str) -> None:
        super().__init__(f"no {what} named {name}")
        self.what, self.name = what, name
