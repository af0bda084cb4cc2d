"""Which receivers the user named."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from director.exporters.feed import Feed, Receiver
from director.exporters.langfuse import LangFuse
from director.exporters.telemetry import Telemetry
from director.exporters.texts import Texts
from director.settings import SettingsError
from ledger.blobs import Blobs
from ledger.store import Store


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the user says about exporting."""

    langfuse: str = ""
    """Address."""
    otlp: str = ""
    """Address of a collector."""
    texts: bool = False
    """Whether prompts and answers leave too."""


def feeds(
    wanted: Wanted, environment: Mapping[str, str], project: str, store: Store, blobs: Blobs, folder: Path
) -> tuple[Feed, ...]:
    """Return what is to be run beside a project's director; raise SettingsError when a key is missing."""
    texts = Texts(blobs, wanted.texts)
    receivers: list[Receiver] = []
    if wanted.langfuse:
        public, secret = environment.get("LANGFUSE_PUBLIC_KEY", ""), environment.get("LANGFUSE_SECRET_KEY", "")
        if not public or not secret:
            raise SettingsError("KAIZEN_LANGFUSE needs keys: set LANGFUSE_PUBLIC_KEY and LANGFUSE_SECRET_KEY")
        receivers.append(LangFuse(wanted.langfuse, public, secret, project, texts))
    if wanted.otlp:
        receivers.append(Telemetry(wanted.otlp, project, texts))
    return tuple(Feed(store, receiver, folder / f"{receiver.name}.position") for receiver in receivers)
