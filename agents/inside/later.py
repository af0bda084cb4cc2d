"""The same interpreter years later: whoever asks for the time is told a later one."""

from __future__ import annotations

import datetime
import time
from typing import Any

AHEAD = 9 * 365.25 * 86_400 + 107 * 86_400 + 41_000
"""Seconds; another day of the week, month and hour, and no second that 32 bits could not hold."""


class _Kind(type):
    """Takes what the library itself makes for its own."""

    def __instancecheck__(cls, value: Any) -> bool:
        return isinstance(value, cls.__mro__[1])

    def __subclasscheck__(cls, kind: type) -> bool:
        return issubclass(kind, cls.__mro__[1])


class _Moment(datetime.datetime, metaclass=_Kind):
    @classmethod
    def now(cls, tz: Any = None) -> Any:
        return cls.fromtimestamp(time.time(), tz)

    @classmethod
    def utcnow(cls) -> Any:
        return cls.fromtimestamp(time.time(), datetime.timezone.utc).replace(tzinfo=None)

    today = now


class _Day(datetime.date, metaclass=_Kind):
    @classmethod
    def today(cls) -> Any:
        return cls.fromtimestamp(time.time())


def begin() -> None:
    """Let it be later from now on, for what is imported from now on; clocks that only measure go on as they were."""
    at, at_ns, shown, text = time.time, time.time_ns, time.strftime, time.asctime
    local, utc = time.localtime, time.gmtime
    changes = {
        "time": lambda: at() + AHEAD,
        "time_ns": lambda: at_ns() + int(AHEAD * 1e9),
        "localtime": lambda seconds=None: local(time.time() if seconds is None else seconds),
        "gmtime": lambda seconds=None: utc(time.time() if seconds is None else seconds),
        "ctime": lambda seconds=None: text(time.localtime(seconds)),
        "asctime": lambda parts=None: text(time.localtime() if parts is None else parts),
        "strftime": lambda form, parts=None: shown(form, time.localtime() if parts is None else parts),
    }
    for name, changed in changes.items():
        setattr(time, name, changed)
    for name, kind in (("datetime", _Moment), ("date", _Day)):
        kind.__name__ = kind.__qualname__ = name
        kind.__module__ = "datetime"
        setattr(datetime, name, kind)
