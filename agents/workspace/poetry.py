"""PURE: poetry's table of dependencies as ordinary requirements."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any


def poetry_requirements(poetry: Mapping[str, Any], groups: Sequence[str]) -> tuple[list[str], str]:
    """Return the requirements, those of the named groups included, and the range of Python versions."""
    tables = [poetry.get("dependencies"), poetry.get("dev-dependencies")]
    named = poetry.get("group")
    for group in groups:
        table = named.get(group) if isinstance(named, dict) else None
        tables.append(table.get("dependencies") if isinstance(table, dict) else None)
    lines = [line for table in tables if isinstance(table, dict) for line in _lines(table)]
    main = tables[0] if isinstance(tables[0], dict) else {}
    python = main.get("python")
    return lines, ranged(python) if isinstance(python, str) else ""


def _lines(table: Mapping[str, Any]) -> Iterator[str]:
    for name, value in table.items():
        if name.lower() == "python":
            continue
        wanted = value[0] if isinstance(value, list) and value else value
        if isinstance(wanted, str):
            yield f"{name}{ranged(wanted)}"
        elif isinstance(wanted, dict) and not wanted.get("optional"):
            place = next((wanted[key] for key in ("git", "url", "path") if isinstance(wanted.get(key), str)), None)
            named = wanted.get("extras")
            extras = ",".join(str(extra) for extra in named) if isinstance(named, list) else ""
            version = ranged(str(wanted.get("version", "*")))
            yield f"{name} @ {place}" if place else f"{name}{f'[{extras}]' if extras else ''}{version}"


def ranged(text: str) -> str:
    """Write poetry's `^1.2`, `~1.2` and `1.2` as ranges everybody reads."""
    return ",".join(part for part in (_range(part.strip()) for part in text.split("||")[0].split(",")) if part)


def _range(text: str) -> str:
    if text in ("", "*"):
        return ""
    found = re.fullmatch(r"([\^~])\s*(\d{1,9}(?:\.\d{1,9})*)(\.?[^\s\d]\S*|)", text)
    if found is None:
        return text.replace(" ", "") if text[0] in "<>=!~" else f"=={text}"
    numbers = [int(part) for part in found.group(2).strip(".").split(".")]
    if found.group(1) == "~":
        place = min(1, len(numbers) - 1)
    else:
        place = next((index for index, number in enumerate(numbers) if number), len(numbers) - 1)
    above = [*numbers[:place], numbers[place] + 1]
    return f">={found.group(2)}{found.group(3)},<{'.'.join(str(part) for part in above)}"
