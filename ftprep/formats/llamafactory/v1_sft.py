"""LLaMA-Factory v1 rows: messages of ``{type, value}`` blocks with a ``loss_weight`` each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Required

from ftprep.formats.columns import ColumnBuilder
from ftprep.formats.format import Match
from ftprep.formats.message_columns import append_tools
from ftprep.formats.message_schema import Open, Tools
from ftprep.formats.message_shape import message_lists
from ftprep.formats.value_blocks import BlockMessages, BlockMessagesFormat, append_block_messages, is_block_messages


class LlamaFactoryV1Row(Open, total=False):
    """One conversation."""

    messages: Required[BlockMessages]
    tools: Tools | None


class LlamaFactoryV1(BlockMessagesFormat):
    """Messages of typed blocks; `loss_weight` says which of them are trained on."""

    name = "llamafactory-v1"
    title = "LLaMA-Factory v1"
    method = "sft"
    priority = 22.5
    keys = frozenset({"messages"})
    fields = ("/messages", "/tools", "/functions")
    example = {
        "messages": [
            {"role": "user", "content": [{"type": "text", "value": "What is a cooper?"}], "loss_weight": 0.0},
            {"role": "assistant", "content": [{"type": "text", "value": "A maker of barrels."}], "loss_weight": 1.0},
        ]
    }

    def match(self, row: Mapping[str, Any]) -> Match | None:
        if is_block_messages(row.get("messages")):
            return Match(0.97, "`messages` have blocks of `type` and `value`")
        return None

    def schema(self) -> Any:
        return LlamaFactoryV1Row

    def append(self, row: Mapping[str, Any], out: ColumnBuilder) -> int:
        keys = len(row) + append_block_messages(row["messages"], 0, out)
        append_tools(row, 1, out)
        return keys

    def conversations(self, row: Mapping[str, Any]) -> list[tuple[str, list[Any]]]:
        return message_lists(row, "/messages")
