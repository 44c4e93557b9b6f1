"""Turns whose content is more than one text."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ftprep.formats import columns as c
from ftprep.pointer import resolve

if TYPE_CHECKING:
    from ftprep.record import Record

_TURN = re.compile(r"(.*)/content(?:/\d+/(?:text|refusal))?")


def is_in_parts(record: Record, text: int) -> bool:
    """Whether a text of the shard is one of several parts of a turn, so that it neither begins nor ends it for sure."""
    if int(record.shard.codes[text]) & c.KIND_MASK != c.PART:
        return False
    turn = _turn_of(record, text)
    content = turn.get("content")
    return isinstance(content, list) and len(content) > 1


def calls_tools(record: Record, text: int) -> bool:
    """Whether the turn of a text goes on with calls of tools."""
    if int(record.shard.codes[text]) & c.KIND_MASK not in (c.CONTENT, c.PART, c.REASONING):
        return False
    turn = _turn_of(record, text)
    return bool(turn.get("tool_calls")) or isinstance(turn.get("function_call"), Mapping)


def _turn_of(record: Record, text: int) -> Mapping[str, Any]:
    match = _TURN.fullmatch(record.pointer(text))
    turn = resolve(record.row, match[1]) if match else None
    return turn if isinstance(turn, Mapping) else {}
