"""Axolotl preference rows of type ``chat_template``: messages, and two messages that may follow them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Any, Required

from ftprep.formats import columns as c
from ftprep.formats.columns import ColumnBuilder
from ftprep.formats.format import Format, Match
from ftprep.formats.keys import has_media
from ftprep.formats.message_columns import append_messages, append_tools
from ftprep.formats.message_schema import Message, Messages, Open, Tools
from ftprep.formats.message_shape import is_messages, message_lists
from ftprep.formats.tool_calls import Call, Result, Tool, alone, declared_tools, message_exchanges

_SIDES = (("chosen", c.CHOSEN), ("rejected", c.REJECTED))


class AxolotlChatTemplateDPORow(Open, total=False):
    """A conversation that ends with the user, and two answers."""

    messages: Required[Messages]
    chosen: Required[Message]
    rejected: Required[Message]
    tools: Tools | None


class AxolotlChatTemplateDPO(Format):
    """Messages, the message that is preferred, and the one that is not; LLaMA-Factory reads such rows as well."""

    name = "axolotl-chat-template-dpo"
    title = "Axolotl preference, chat_template"
    method = "preference"
    priority = 19.7
    keys = frozenset({"messages", "chosen", "rejected"})
    fields = ("/messages", "/chosen", "/rejected", "/tools", "/functions")
    lone = frozenset({"/chosen", "/rejected"})
    incomplete = frozenset({"openai-chat"})
    example = {
        "messages": [{"role": "user", "content": "Which planet is closest to the sun?"}],
        "chosen": {"role": "assistant", "content": "Mercury."},
        "rejected": {"role": "assistant", "content": "Venus."},
    }

    def match(self, row: Mapping[str, Any]) -> Match | None:
        alone = all(isinstance(row.get(key), Mapping) and is_messages([row[key]]) for key, _ in _SIDES)
        if alone and is_messages(row.get("messages")):
            return Match(0.95, "`messages`, and `chosen` and `rejected` with one message each")
        return None

    def schema(self) -> Any:
        return AxolotlChatTemplateDPORow

    def append(self, row: Mapping[str, Any], out: ColumnBuilder) -> int:
        keys = len(row) + append_messages(row["messages"], 0, out, trained=False)
        for field, (key, side) in enumerate(_SIDES, 1):
            out.turns.append(c.SEPARATOR)
            keys += append_messages([row[key]], field, out, side)
        append_tools(row, 3, out)
        if has_media(row):
            out.mark_media()
        return keys

    def tools(self, row: Mapping[str, Any]) -> list[Tool] | None:
        return declared_tools(row)

    def conversations(self, row: Mapping[str, Any]) -> list[tuple[str, list[Any]]]:
        answers = [(f"/{key}", [row[key]]) for key, _ in _SIDES if isinstance(row.get(key), Mapping)]
        return message_lists(row, "/messages") + answers

    def exchanges(self, row: Mapping[str, Any]) -> Iterator[list[Call | Result]]:
        prompt, *answers = self.conversations(row)
        before = list(message_exchanges(prompt[1], prompt[0], learn=False))
        for pointer, turns in answers:
            yield list(chain(before, alone(message_exchanges(turns, pointer, len(prompt[1])), pointer)))
