"""Bedrock Converse rows for supervised fine-tuning: Nova, and Llama from 3.2 on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from ftprep.formats.bedrock.converse_columns import (
    append_system,
    append_tools,
    append_turns,
    block_pointer,
    converse_exchanges,
    converse_tools,
    is_blocks,
)
from ftprep.formats.bedrock.converse_schema import ConverseRow
from ftprep.formats.columns import INDEX_MASK, OUTER_SHIFT, ColumnBuilder, field_of
from ftprep.formats.format import Format, Match
from ftprep.formats.message_shape import message_lists
from ftprep.formats.tool_calls import Call, Result, Tool


class ConverseFormat(Format):
    """Rows with `messages` of content blocks, a list `system` and a `toolConfig`."""

    keys = frozenset({"schemaVersion", "system", "messages", "toolConfig"})
    fields: ClassVar[tuple[str, ...]] = ("/messages", "/system", "/toolConfig/tools")
    results_in_user_turns = True
    trained: ClassVar[bool]
    """Whether the assistant's turns carry loss."""

    def schema(self) -> Any:
        return ConverseRow

    def append(self, row: Mapping[str, Any], out: ColumnBuilder) -> int:
        keys = len(row) + append_system(row.get("system"), 1, out)
        keys += append_turns(row["messages"], 0, out, trained=self.trained)
        append_tools(row, 2, out)
        return keys

    def pointer(self, code: int, packed: int) -> str:
        field = field_of(packed)
        if field == 1:
            return f"/system/{packed & INDEX_MASK}/text"
        if field == 2:
            return self.fields[2]
        return block_pointer(f"{self.fields[0]}/{packed >> OUTER_SHIFT & INDEX_MASK}", code, packed)

    def tools(self, row: Mapping[str, Any]) -> list[Tool] | None:
        return converse_tools(row)

    def conversations(self, row: Mapping[str, Any]) -> list[tuple[str, list[Any]]]:
        return message_lists(row, "/messages")

    def exchanges(self, row: Mapping[str, Any]) -> Iterator[list[Call | Result]]:
        for pointer, turns in self.conversations(row):
            yield list(converse_exchanges(turns, pointer, self.trained))


class BedrockConverse(ConverseFormat):
    """Conversations of content blocks; what the assistant says and calls is trained on."""

    name = "bedrock-converse"
    title = "Bedrock Converse (Nova and Llama SFT)"
    method = "sft"
    priority = 9
    incomplete = frozenset({"bedrock-distillation"})
    trained = True
    example = {
        "schemaVersion": "bedrock-conversation-2024",
        "system": [{"text": "Answer in one short line."}],
        "messages": [
            {"role": "user", "content": [{"text": "Which bus goes to the quarry?"}]},
            {"role": "assistant", "content": [{"text": "Bus 12, every half hour."}]},
        ],
    }

    def match(self, row: Mapping[str, Any]) -> Match | None:
        return match_converse(row)


def match_converse(row: Mapping[str, Any]) -> Match | None:
    """Say whether ``row`` holds Converse messages, with an answer or without."""
    messages, version = row.get("messages"), row.get("schemaVersion")
    if not isinstance(messages, list):
        return None
    if messages and isinstance(messages[-1], Mapping) and messages[-1].get("candidates") is not None:
        return None  # a preference
    if isinstance(version, str) and version.startswith("bedrock-conversation"):
        return Match(0.98, "`messages` beside a `schemaVersion` of Bedrock")
    if any(isinstance(message, Mapping) and is_blocks(message.get("content")) for message in messages):
        return Match(0.95, "the contents of `messages` are blocks without a type, as Bedrock has them")
    return None


def ends_with_user(row: Mapping[str, Any]) -> bool:
    """Whether the last message is the user's, so that a model has yet to answer it."""
    messages = row.get("messages")
    last = messages[-1] if isinstance(messages, list) and messages else None
    return isinstance(last, Mapping) and last.get("role") == "user"
