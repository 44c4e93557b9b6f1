"""JSON Pointers (RFC 6901)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any


def escape_token(key: str) -> str:
    """Write one key as a reference token: ``~`` becomes ``~0`` and ``/`` becomes ``~1``."""
    return key.replace("~", "~0").replace("/", "~1")


def pointer_to(keys: Iterable[str | int]) -> str:
    """The pointer to what stands behind keys and indices, one after the other."""
    return "".join(f"/{escape_token(str(key))}" for key in keys)


def resolve(document: Any, pointer: str) -> Any:
    """Return the value at ``pointer`` in ``document``; raises ``KeyError`` where there is none."""
    value = document
    for token in pointer.split("/")[1:]:
        key = token.replace("~1", "/").replace("~0", "~")
        if isinstance(value, Mapping) and key in value:
            value = value[key]
        elif isinstance(value, list) and key.isdigit() and int(key) < len(value):
            value = value[int(key)]
        else:
            raise KeyError(pointer)
    return value
