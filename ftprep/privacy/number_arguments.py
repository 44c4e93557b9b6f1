"""Numbers as arguments of calls: a tool may demand that what stands in their place is a number, too."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import orjson

from ftprep.privacy.redaction_names import PLACEHOLDER

_NUMBERS = frozenset(("integer", "number"))


def declared_numbers(row: Mapping[str, Any]) -> frozenset[str]:
    """The names of arguments that some tool of a row declares as numbers and none as anything else."""
    kinds: dict[str, set[str]] = {}
    for name, schema in _properties(row):
        if isinstance(schema, Mapping):
            kinds.setdefault(name, set()).update(_kinds(schema))
    return frozenset(name for name, found in kinds.items() if found and found - {"null"} <= _NUMBERS)


def _properties(row: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """What stands in any ``properties`` of the row, also where tools are a text of JSON."""
    stack: list[Any] = [row]
    while stack:
        one = stack.pop()
        if isinstance(one, list):
            stack += one
        elif isinstance(one, dict):
            for key, child in one.items():
                if key == "tools" and isinstance(child, str):
                    child = _parsed(child)
                if key == "properties" and isinstance(child, dict):
                    yield from child.items()
                stack.append(child)


def _parsed(text: str) -> Any:
    try:
        return orjson.loads(text)
    except ValueError:
        return None


def _kinds(schema: Mapping[str, Any]) -> Iterator[str]:
    kinds = schema.get("type", ())
    yield from (str(one).lower() for one in ([kinds] if isinstance(kinds, str) else kinds or ()))
    for word in ("anyOf", "oneOf"):
        for one in schema.get(word) or ():
            if isinstance(one, Mapping):
                yield from _kinds(one)


def number_of(name: str) -> int:
    """The number that stands for the name of a value: that of a placeholder, or the digits of a made-up value."""
    placeholder = PLACEHOLDER.fullmatch(name)
    if placeholder is not None:
        return int(placeholder[2])
    return int("0" + "".join(one for one in name if one.isascii() and one.isdigit()))
