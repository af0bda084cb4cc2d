"""The one row that says where the ledger stands, and the digest that shows when it was changed."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from ledger.errors import Damaged

COLUMNS = ("position", "link", "token", "lineage", "digest")


class StoredHead(NamedTuple):
    """Where the ledger stands."""

    position: int
    link: bytes
    token: int
    """The highest fencing token seen."""
    lineage: str


NOWHERE = StoredHead(0, b"", 0, "")
"""No ledger's head."""


def digest_of_head(head: StoredHead) -> bytes:
    """Return the digest kept beside the head."""
    return hashlib.sha256(repr(tuple(head)).encode()).digest()


def read_head(row: Sequence[object] | None, path: Path) -> StoredHead:
    """Return the head of a row of COLUMNS; raise Damaged when it is missing or was altered."""
    if row is None:
        raise Damaged(str(path), 1, "it has no head")
    head = StoredHead._make(row[:-1])
    if not isinstance(head.link, bytes) or digest_of_head(head) != row[-1]:
        raise Damaged(str(path), 1, "its head was altered")
    return head
