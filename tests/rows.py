"""Small rows for tests, and the texts that a format finds in them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ftprep.formats.columns import ColumnBuilder
from ftprep.formats.format import Format


def user(content: Any = "Hi", **more: Any) -> dict[str, Any]:
    """A user turn."""
    return {"role": "user", "content": content, **more}


def assistant(content: Any = "Hello!", **more: Any) -> dict[str, Any]:
    """An assistant turn."""
    return {"role": "assistant", "content": content, **more}


def chat(*messages: Any, **more: Any) -> dict[str, Any]:
    """A row of messages."""
    return {"messages": list(messages), **more}


def places(format: Format, out: ColumnBuilder) -> Iterator[tuple[str, int, str]]:
    """Value, code and pointer of each text that the walk over a row has found."""
    for value, code, packed in zip(out.values, out.codes, out.slots, strict=True):
        yield value, code, format.pointer(code, packed)
