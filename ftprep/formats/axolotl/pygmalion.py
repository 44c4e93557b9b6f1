"""Axolotl rows of type ``pygmalion``: ``{"conversations": [{"role", "value"}, ...]}``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal, Required

from pydantic import Field

from ftprep.formats import columns as c
from ftprep.formats.columns import ColumnBuilder
from ftprep.formats.format import Format, Match
from ftprep.formats.message_schema import Open
from ftprep.formats.message_shape import message_lists

_ROLES = {"system": ("s", c.SYSTEM), "human": ("u", c.USER), "bot": ("a", c.ASSISTANT | c.TRAINED)}
_UNKNOWN = ("x", c.OTHER)


class PygmalionTurn(Open, total=False):
    """One turn. A turn of another role is left out of the training with a warning."""

    role: Required[Literal["system", "human", "bot"]]
    value: Required[str]


class AxolotlPygmalionRow(Open, total=False):
    """One conversation; the system turn describes the persona."""

    conversations: Required[Annotated[list[PygmalionTurn], Field(min_length=1)]]


class AxolotlPygmalion(Format):
    """Turns of `role` and `value`; what the bot says is trained on."""

    name = "axolotl-pygmalion"
    title = "Axolotl pygmalion"
    method = "sft"
    priority = 24.2
    keys = frozenset({"conversations"})
    fields = ("/conversations",)
    example = {
        "conversations": [
            {"role": "system", "value": "Marta keeps the inn at the pass and talks little."},
            {"role": "human", "value": "Is there a bed left?"},
            {"role": "bot", "value": "One. By the stove."},
        ]
    }

    def match(self, row: Mapping[str, Any]) -> Match | None:
        turns = row.get("conversations")
        if not isinstance(turns, list) or not turns or row.keys() & {"chosen", "rejected", "kto_tag", "label"}:
            return None
        if all(
            isinstance(turn, Mapping)
            and turn.get("role") is not None
            and "value" in turn
            and turn.get("content") is None
            and turn.get("from") is None
            for turn in turns
        ):
            return Match(0.85, "`conversations` is a list of `role` and `value`")
        return None

    def schema(self) -> Any:
        return AxolotlPygmalionRow

    def append(self, row: Mapping[str, Any], out: ColumnBuilder) -> int:
        keys = len(row)
        for number, turn in enumerate(row["conversations"]):
            keys += len(turn)
            letter, code = _ROLES.get(turn["role"], _UNKNOWN)
            out.turns.append(letter)
            out.add(turn["value"], code | c.VALUE, c.slot(0, number))
        return keys

    def conversations(self, row: Mapping[str, Any]) -> list[tuple[str, list[Any]]]:
        return message_lists(row, "/conversations")
