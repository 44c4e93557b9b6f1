"""LLaMA-Factory multimodal rows: messages with ``<image>`` marks, and the files in columns beside them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Required

from ftprep.formats import columns as c
from ftprep.formats.columns import ColumnBuilder
from ftprep.formats.format import Format, Match
from ftprep.formats.keys import MEDIA, has_marks, has_media
from ftprep.formats.message_columns import append_messages, append_tools
from ftprep.formats.message_schema import Messages, Open, Tools
from ftprep.formats.message_shape import ends_with_answer, has_marked_media, is_messages, message_lists
from ftprep.formats.tool_calls import Tool, declared_tools


class LlamaFactoryMultimodalRow(Open, total=False):
    """One conversation. Each file of `images`, `videos` and `audios` has its mark in the text, in order."""

    messages: Required[Messages]
    images: list[Any] | None
    videos: list[Any] | None
    audios: list[Any] | None
    system: str | None
    tools: Tools | None


class LlamaFactoryMultimodal(Format):
    """Messages that show files by `<image>`, `<video>` and `<audio>`, and lists of these files."""

    name = "llamafactory-multimodal"
    title = "LLaMA-Factory multimodal"
    method = "sft"
    priority = 22.6
    keys = frozenset({"messages", "images", "videos", "audios"})
    fields = ("/messages", "/tools", "/functions", "/system")
    marked_media = True
    example = {
        "messages": [
            {"role": "user", "content": "<image>What hangs on the wall?"},
            {"role": "assistant", "content": "A clock, and below it a calendar."},
        ],
        "images": ["hall/0031.jpg"],
    }

    def match(self, row: Mapping[str, Any]) -> Match | None:
        messages = row.get("messages")
        if (
            row.keys().isdisjoint(MEDIA)
            or row.keys() & {"chosen", "rejected", "kto_tag", "label", "labels"}
            or not is_messages(messages)
        ):
            return None
        if has_marked_media(row) and ends_with_answer(messages):
            marked = any(has_marks(message.get("content")) for message in messages)
            return Match(0.95 if marked else 0.7, "`messages` of strings beside columns of files")
        return None

    def schema(self) -> Any:
        return LlamaFactoryMultimodalRow

    def append(self, row: Mapping[str, Any], out: ColumnBuilder) -> int:
        out.add(row.get("system"), c.SYSTEM | c.FIELD | c.OPTIONAL, c.slot(3))
        first = len(out.values)
        keys = len(row) + append_messages(row["messages"], 0, out)
        if has_media(row) or any(map(has_marks, out.values[first:])):
            out.mark_media()
        append_tools(row, 1, out)
        return keys

    def tools(self, row: Mapping[str, Any]) -> list[Tool] | None:
        return declared_tools(row)

    def conversations(self, row: Mapping[str, Any]) -> list[tuple[str, list[Any]]]:
        return message_lists(row, "/messages")
