"""LLaMA-Factory KTO rows of messages, with ``kto_tag`` or a true-or-false ``label`` beside them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Required

from ftprep.formats import columns as c
from ftprep.formats.columns import ColumnBuilder
from ftprep.formats.field_checks import OneOf
from ftprep.formats.format import Format, Match
from ftprep.formats.keys import has_media
from ftprep.formats.llamafactory.kto_sharegpt import is_wanted
from ftprep.formats.message_columns import append_messages, append_tools
from ftprep.formats.message_schema import Flag, Messages, Open, Tools
from ftprep.formats.message_shape import ends_with_answer, is_messages, message_lists
from ftprep.formats.tool_calls import Call, Result, Tool, declared_tools, message_exchanges, unlearnt


class LlamaFactoryKTOMessagesRow(Open, total=False):
    """One conversation and whether its last turn is wanted. Some exports write the label as 0 or 1."""

    messages: Required[Messages]
    kto_tag: bool | None
    label: bool | Flag | None
    system: str | None
    tools: Tools | None


class LlamaFactoryKTOMessages(Format):
    """Messages whose last one is judged; the label says on which side it stands."""

    name = "llamafactory-kto-messages"
    title = "LLaMA-Factory KTO, messages"
    method = "kto"
    priority = 18.2
    keys = frozenset({"messages", "kto_tag", "label", "tools"})
    fields = ("/messages", "/tools", "/functions", "/system")
    incomplete = frozenset({"openai-chat", "openai-rft", "chat-label"})
    example = {
        "messages": [
            {"role": "user", "content": "Is glass a liquid?"},
            {"role": "assistant", "content": "Yes, which is why old windows run."},
        ],
        "label": False,
    }

    def match(self, row: Mapping[str, Any]) -> Match | None:
        if row.keys().isdisjoint(("kto_tag", "label")):
            return None
        messages, label = row.get("messages"), row.get("label")
        if not is_messages(messages) or row.keys() & {"chosen", "rejected"}:
            return None
        if "kto_tag" in row:
            return Match(0.97, "`messages` beside `kto_tag`")
        if not ends_with_answer(messages):
            return None
        if isinstance(label, bool):
            return Match(0.95, "`messages` that end with the assistant, with a true-or-false `label`")
        if isinstance(label, int) and label in (0, 1):
            return Match(0.6, "`messages` that end with the assistant, with a `label` of 0 or 1")
        return None

    def schema(self) -> Any:
        return Annotated[LlamaFactoryKTOMessagesRow, OneOf("kto_tag", "label")]

    def append(self, row: Mapping[str, Any], out: ColumnBuilder) -> int:
        out.add(row.get("system"), c.SYSTEM | c.FIELD | c.OPTIONAL, c.slot(3))
        messages = row["messages"]
        last = max(len(messages) - 1, 0)
        keys = len(row) + append_messages(messages[:last], 0, out, trained=False)
        keys += append_messages(messages[last:], 0, out, c.CHOSEN if is_wanted(row) else c.REJECTED, start=last)
        append_tools(row, 1, out)
        if has_media(row):
            out.mark_media()
        return keys

    def identity(self, row: Mapping[str, Any]) -> Any:
        return is_wanted(row)

    def tools(self, row: Mapping[str, Any]) -> list[Tool] | None:
        return declared_tools(row)

    def conversations(self, row: Mapping[str, Any]) -> list[tuple[str, list[Any]]]:
        return message_lists(row, "/messages")

    def exchanges(self, row: Mapping[str, Any]) -> Iterator[list[Call | Result]]:
        for pointer, turns in self.conversations(row):
            yield list(unlearnt(message_exchanges(turns, pointer), len(turns) - 1))
