"""OpenAssistant messages one by one: each row names its parent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, Required

from ftprep.formats import columns as c
from ftprep.formats.columns import ColumnBuilder
from ftprep.formats.format import Format, Match
from ftprep.formats.message_schema import Open

_CODES = {"prompter": c.USER, "assistant": c.ASSISTANT | c.TRAINED}


class OasstFlatRow(Open, total=False):
    """One message of a tree; the first of a tree has no parent."""

    message_id: Required[str]
    parent_id: str | None
    text: Required[str]
    role: Required[Literal["prompter", "assistant"]]
    rank: float | None  # a whole number, which a table with gaps holds as a float
    deleted: bool | None


class OasstFlat(Format):
    """One message per row. A row alone is no conversation: those are made along `parent_id`."""

    name = "oasst-flat"
    title = "OpenAssistant messages"
    method = "sft"
    priority = 13
    keys = frozenset({"message_id", "parent_id", "text", "role"})
    fields = ("/text",)
    answered = False
    example = {"message_id": "m2", "parent_id": "m1", "text": "A parliament of owls.", "role": "assistant"}

    def match(self, row: Mapping[str, Any]) -> Match | None:
        if not isinstance(row.get("message_id"), str) or not isinstance(row.get("text"), str):
            return None
        if row.get("role") in tuple(_CODES) or ("role" in row and "parent_id" in row):
            return Match(0.97, "`message_id`, `text` and `role` of one message")
        return None

    def schema(self) -> Any:
        return OasstFlatRow

    def append(self, row: Mapping[str, Any], out: ColumnBuilder) -> int:
        role = row.get("role")
        code = _CODES.get(role, c.OTHER) if isinstance(role, str) else c.OTHER
        out.add(row.get("text"), code | c.FIELD | (c.OPTIONAL if row.get("deleted") else 0), 0)
        return len(row)

    def identity(self, row: Mapping[str, Any]) -> Any:
        """The same words under two parents are two messages."""
        return row.get("parent_id")
