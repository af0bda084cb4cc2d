"""Arguments against the schema a server gave, a text of unknown intent: nothing it says costs much or is fetched."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import regex

from agents.tools.patterns import compiled

if TYPE_CHECKING:
    from jsonschema.protocols import Validator

MOST = 20_000
"""Rules of a schema that are tried on the arguments of one call."""
SECONDS = 1.0
"""They may take together."""


class Unusable(Exception):
    """The schema cannot be used; the message says why."""


def first_fault(schema: Mapping[str, Any], given: Any) -> str:
    """Return the first thing that is wrong with arguments, empty when nothing is; raise Unusable.

    Nothing is fetched: a reference leads within the schema or nowhere. Alternatives that multiply, circles and
    expressions that search without end are given up.
    """
    import jsonschema  # its validators take long to load
    from referencing import Registry
    from referencing.exceptions import Unresolvable

    wrong: Any = None
    try:
        usual = jsonschema.validators.validator_for(schema)
        extend: Any = jsonschema.validators.extend
        bounded = extend(usual, _Bounds(usual.VALIDATORS).rules())
        wrong = next(iter(bounded(schema, registry=Registry()).iter_errors(given)), None)
    except (jsonschema.exceptions.SchemaError, jsonschema.exceptions.UnknownType, Unresolvable) as error:
        raise Unusable(" ".join(f"{type(error).__name__}: {error}".split())[:300]) from error
    except (TimeoutError, RecursionError, regex.error) as error:
        raise Unusable(str(error)[:300] or type(error).__name__) from error
    except (TypeError, ValueError, KeyError, AttributeError, ArithmeticError) as error:
        raise Unusable(f"it is no JSON schema ({type(error).__name__}: {error})"[:300]) from error
    if wrong is None:
        return ""
    where = ".".join(str(step) for step in wrong.absolute_path)
    return f"{where + ': ' if where else ''}{wrong.message}"[:500]


class _Bounds:
    """The rules of a schema, counted and timed together."""

    def __init__(self, usual: Mapping[str, Callable[..., Any]]) -> None:
        self._usual = usual
        self._left = MOST
        self._ends = time.monotonic() + SECONDS

    def rules(self) -> dict[str, Callable[..., Iterator[Any]]]:
        """Return every rule within bounds."""
        ours = {"pattern": self._pattern, "patternProperties": self._pattern_properties}
        return {name: self._counted(ours.get(name, rule)) for name, rule in self._usual.items()}

    def _counted(self, rule: Callable[..., Any]) -> Callable[..., Iterator[Any]]:
        def counted(validator: Validator, wanted: Any, instance: Any, schema: Any) -> Iterator[Any]:
            self._left -= 1
            if self._left < 0 or time.monotonic() > self._ends:
                raise TimeoutError("its rules lead on without end")
            yield from rule(validator, wanted, instance, schema) or ()

        return counted

    def _pattern(self, _validator: Validator, wanted: Any, instance: Any, _schema: Any) -> Iterator[Any]:
        from jsonschema import ValidationError

        if isinstance(instance, str) and not self._fits(wanted, instance):
            yield ValidationError(f"{instance!r} does not match {wanted!r}")

    def _pattern_properties(self, validator: Any, wanted: Any, instance: Any, _schema: Any) -> Iterator[Any]:
        if not isinstance(instance, dict):
            return
        for pattern, below in wanted.items():
            for name, value in instance.items():
                if self._fits(pattern, name):
                    yield from validator.descend(value, below, path=name, schema_path=pattern)

    def _fits(self, pattern: str, text: str) -> bool:
        return compiled(pattern).search(text, timeout=max(0.01, self._ends - time.monotonic())) is not None
