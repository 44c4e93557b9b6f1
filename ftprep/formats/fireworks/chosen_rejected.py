"""Fireworks preference rows: ``chosen`` and ``rejected`` with a whole conversation each under ``messages``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Required

from ftprep.formats import columns as c
from ftprep.formats.columns import ColumnBuilder
from ftprep.formats.format import Format, Match
from ftprep.formats.message_columns import append_messages, append_tools
from ftprep.formats.message_schema import Messages, Open, Tools
from ftprep.formats.message_shape import is_messages
from ftprep.formats.tool_calls import Call, Result, Tool, declared_tools, message_exchanges
from ftprep.formats.trl.preference_implicit_conv import shared_turns

_SIDES = (("chosen", c.CHOSEN), ("rejected", c.REJECTED))


class Dialogue(Open, total=False):
    """A whole conversation."""

    messages: Required[Messages]
    tools: Tools | None


class FireworksChosenRejectedRow(Open, total=False):
    """Two conversations; the turns that they share at the start are the prompt."""

    chosen: Required[Dialogue]
    rejected: Required[Dialogue]


class FireworksChosenRejected(Format):
    """A preferred conversation and another, each an object with messages."""

    name = "fireworks-chosen-rejected"
    title = "Fireworks preference, chosen and rejected"
    method = "preference"
    priority = 19.8
    keys = frozenset({"chosen", "rejected"})
    fields = (
        "/chosen/messages", "/rejected/messages",
        "/chosen/tools", "/chosen/functions", "/rejected/tools", "/rejected/functions",
    )  # fmt: skip
    example = {
        "chosen": {
            "messages": [
                {"role": "user", "content": "How many legs has a spider?"},
                {"role": "assistant", "content": "Eight."},
            ]
        },
        "rejected": {
            "messages": [
                {"role": "user", "content": "How many legs has a spider?"},
                {"role": "assistant", "content": "Six, like any insect."},
            ]
        },
    }

    def match(self, row: Mapping[str, Any]) -> Match | None:
        if all(isinstance(row.get(key), Mapping) and is_messages(row[key].get("messages")) for key, _ in _SIDES):
            return Match(0.97, "`chosen` and `rejected` are objects with `messages`")
        return None

    def schema(self) -> Any:
        return FireworksChosenRejectedRow

    def append(self, row: Mapping[str, Any], out: ColumnBuilder) -> int:
        keys = len(row)
        shared = shared_turns(row["chosen"]["messages"], row["rejected"]["messages"])
        for field, (key, side) in enumerate(_SIDES):
            messages = row[key]["messages"]
            if field:
                out.turns.append(c.SEPARATOR)
            keys += len(row[key])
            keys += append_messages(messages[:shared], field, out, trained=False)
            keys += append_messages(messages[shared:], field, out, side, start=shared)
        append_tools(row["chosen"], 2, out)
        return keys

    def tools(self, row: Mapping[str, Any]) -> list[Tool] | None:
        chosen = row.get("chosen")
        return declared_tools(chosen, "/chosen") if isinstance(chosen, Mapping) else None

    def conversations(self, row: Mapping[str, Any]) -> list[tuple[str, list[Any]]]:
        found = [(f"/{key}/messages", row[key].get("messages")) for key, _ in _SIDES if isinstance(row.get(key), dict)]
        return [(pointer, messages) for pointer, messages in found if isinstance(messages, list)]

    def exchanges(self, row: Mapping[str, Any]) -> Iterator[list[Call | Result]]:
        for pointer, messages in self.conversations(row):
            yield list(message_exchanges(messages, pointer))
