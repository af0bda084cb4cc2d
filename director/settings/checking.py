"""Settings as text to settings that are right, or one line that says what is wrong."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError

from agents.workspace import toml_reading


class SettingsError(Exception):
    """A setting is wrong; the message is one line that says where, what and what to do."""


_File = TypeVar("_File", bound=BaseModel)


def read_toml(file: Path) -> dict[str, Any]:
    """Return the TOML of a file, nothing of one that is not there; raise SettingsError."""
    try:
        return parsed(file.read_bytes(), str(file))
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        return {}
    except OSError as error:
        raise SettingsError(f"{file} cannot be read ({error.strerror}): make it readable, or remove it") from error


def parsed(content: bytes, where: str) -> dict[str, Any]:
    """Return the TOML of a file's bytes; raise SettingsError."""
    try:
        return toml_reading.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise SettingsError(f"{where} is not UTF-8 (byte {error.start}): save it as UTF-8") from error
    except (ValueError, RecursionError) as error:  # of a number too long, and of tables too deep
        raise SettingsError(f"{where} is not valid TOML: {error}") from error


def checked(
    model: type[_File], stated: Mapping[str, Any], where: str | Callable[[str], str], also: frozenset[str] = frozenset()
) -> _File:
    """Return what is stated as a table of this kind; raise SettingsError. `also` may stand beside it.

    `where` is the place the settings stand in, or tells it of each.
    """
    try:
        return model.model_validate(stated)
    except ValidationError as error:
        first = error.errors()[0]
        place = [str(part) for part in first["loc"]]
        name = ".".join(place)
        where = where if isinstance(where, str) else where(place[0] if place else "")
        if first["type"] == "extra_forbidden":
            known = _keys(model, place[:-1]) | (also if len(place) == 1 else frozenset())
            raise SettingsError(f"{where}: unknown key {name!r}{nearest(place[-1], known)}") from error
        wanted = _WANTED.get(first["type"]) or first["msg"].removeprefix("Value error, ")
        stands = repr(first["input"])
        raise SettingsError(
            f"{where}: {name}: {wanted}, not {stands if len(stands) <= SHOWN else stands[:SHOWN] + '…'}"
        ) from error


SHOWN = 60
"""Letters of a wrong value that are shown."""
_LIST, _TABLE = 'give a list, such as ["make", "check"]', "give a table"
_WANTED = {
    "tuple_type": _LIST,
    "list_type": _LIST,
    "dict_type": _TABLE,
    "model_type": _TABLE,
    "model_attributes_type": _TABLE,
}
"""What is wanted, where the library's own words speak of Python."""


def nearest(name: str, known: Mapping[str, object] | frozenset[str]) -> str:
    """Return the end of a line that names the nearest of what is known."""
    close = difflib.get_close_matches(name, list(known), n=1, cutoff=0.5)
    return f"; did you mean {close[0]!r}?" if close else f"; known are {', '.join(sorted(known))}"


def _keys(model: type[BaseModel], place: list[str]) -> frozenset[str]:
    """Return the keys that may stand at a place of a file; a step into a table of tables counts as none."""
    for part in place:
        field = model.model_fields.get(part)
        kinds = () if field is None else (field.annotation, *get_args(field.annotation))
        model = next((kind for kind in kinds if isinstance(kind, type) and issubclass(kind, BaseModel)), model)
    return frozenset(model.model_fields)
