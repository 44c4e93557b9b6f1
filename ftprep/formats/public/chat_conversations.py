"""Chat rows under ``conversations``: the turns of ShareGPT's column are ``{role, content}`` messages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Required

from ftprep.formats import columns as c
from ftprep.formats.columns import ColumnBuilder
from ftprep.formats.format import Format, Match
from ftprep.formats.keys import has_media
from ftprep.formats.message_columns import append_messages, append_tools
from ftprep.formats.message_schema import Messages, Open, Tools
from ftprep.formats.message_shape import is_messages, message_lists
from ftprep.formats.tool_calls import Tool, declared_tools


class ChatConversationsRow(Open, total=False):
    """One conversation."""

    conversations: Required[Messages]
    system: str | None
    tools: Tools | None


class ChatConversations(Format):
    """Messages under another name, as Unsloth writes them and Axolotl and LLaMA-Factory read them by mapping."""

    name = "chat-conversations"
    title = "chat under conversations"
    method = "sft"
    priority = 24.1
    keys = frozenset({"conversations", "tools"})
    messages = "conversations"
    fields = ("/conversations", "/tools", "/functions", "/system")
    example = {
        "conversations": [
            {"role": "user", "content": "Is the pool heated?"},
            {"role": "assistant", "content": "From May to September."},
        ]
    }

    def match(self, row: Mapping[str, Any]) -> Match | None:
        if row.keys() & {"chosen", "rejected", "kto_tag", "label", "messages"}:
            return None
        turns = row.get("conversations")
        if is_messages(turns) and all(turn.get("from") is None and turn.get("value") is None for turn in turns):
            return Match(0.9, "`conversations` is a list of role and content")
        return None

    def schema(self) -> Any:
        return ChatConversationsRow

    def append(self, row: Mapping[str, Any], out: ColumnBuilder) -> int:
        out.add(row.get("system"), c.SYSTEM | c.FIELD | c.OPTIONAL, c.slot(3))
        keys = len(row) + append_messages(row["conversations"], 0, out)
        append_tools(row, 1, out)
        if has_media(row):
            out.mark_media()
        return keys

    def tools(self, row: Mapping[str, Any]) -> list[Tool] | None:
        return declared_tools(row)

    def conversations(self, row: Mapping[str, Any]) -> list[tuple[str, list[Any]]]:
        return message_lists(row, "/conversations")
