"""Settings as text to settings that are right, or one line that says what is wrong."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Mapping
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError


class SettingsError(Exception):
    """A setting is wrong; the message is one line that says where, what and what to do."""


_File = TypeVar("_File", bound=BaseModel)


def parsed(text: str, where: str) -> dict[str, Any]:
    """Return the TOML of a file; raise SettingsError."""
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # also too many digits, or too deep
        raise SettingsError(f"{where} is not valid TOML: {error}") from error


def checked(model: type[_File], stated: Mapping[str, Any], where: str, also: frozenset[str] = frozenset()) -> _File:
    """Return what is stated as a table of this kind; raise SettingsError. `also` may stand beside it."""
    try:
        return model.model_validate(stated)
    except ValidationError as error:
        first = error.errors()[0]
        place = [str(part) for part in first["loc"]]
        name = ".".join(place)
        if first["type"] == "extra_forbidden":
            known = _keys(model, place[:-1]) | (also if len(place) == 1 else frozenset())
            raise SettingsError(f"{where}: unknown key {name!r}{nearest(place[-1], known)}") from error
        raise SettingsError(f"{where}: {name}: {first['msg']}, not {first['input']!r}") from error


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
