"""LLaMA-Factory v1 preference rows: two conversations of ``{type, value}`` blocks that begin with the same turns."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Required

from ftprep.formats import columns as c
from ftprep.formats.columns import ColumnBuilder
from ftprep.formats.format import Match
from ftprep.formats.message_columns import append_tools
from ftprep.formats.message_schema import Open, Tools
from ftprep.formats.message_shape import message_lists
from ftprep.formats.trl.preference_implicit_conv import shared_turns
from ftprep.formats.value_blocks import BlockMessages, BlockMessagesFormat, append_block_messages, is_block_messages


class LlamaFactoryV1PreferenceRow(Open, total=False):
    """Two full conversations; the turns that they share at the start are the prompt."""

    chosen_messages: Required[BlockMessages]
    rejected_messages: Required[BlockMessages]
    tools: Tools | None


class LlamaFactoryV1Preference(BlockMessagesFormat):
    """A preferred conversation and another, of typed blocks."""

    name = "llamafactory-v1-preference"
    title = "LLaMA-Factory v1 preference"
    method = "preference"
    priority = 19.6
    keys = frozenset({"chosen_messages", "rejected_messages"})
    fields = ("/chosen_messages", "/rejected_messages", "/tools", "/functions")
    example = {
        "chosen_messages": [
            {"role": "user", "content": [{"type": "text", "value": "Where do eels spawn?"}], "loss_weight": 0.0},
            {"role": "assistant", "content": [{"type": "text", "value": "At sea."}], "loss_weight": 1.0},
        ],
        "rejected_messages": [
            {"role": "user", "content": [{"type": "text", "value": "Where do eels spawn?"}], "loss_weight": 0.0},
            {"role": "assistant", "content": [{"type": "text", "value": "In ponds."}], "loss_weight": 1.0},
        ],
    }

    def match(self, row: Mapping[str, Any]) -> Match | None:
        if is_block_messages(row.get("chosen_messages")) and is_block_messages(row.get("rejected_messages")):
            return Match(0.97, "`chosen_messages` and `rejected_messages` have blocks of `type` and `value`")
        return None

    def schema(self) -> Any:
        return LlamaFactoryV1PreferenceRow

    def append(self, row: Mapping[str, Any], out: ColumnBuilder) -> int:
        keys = len(row)
        sides = (row["chosen_messages"], row["rejected_messages"])
        shared = shared_turns(*sides)
        for field, (messages, side) in enumerate(zip(sides, (c.CHOSEN, c.REJECTED), strict=True)):
            if field:
                out.turns.append(c.SEPARATOR)
            keys += append_block_messages(messages[:shared], field, out, trained=False)
            keys += append_block_messages(messages[shared:], field, out, side, start=shared)
        append_tools(row, 2, out)
        return keys

    def conversations(self, row: Mapping[str, Any]) -> list[tuple[str, list[Any]]]:
        return message_lists(row, "/chosen_messages", "/rejected_messages")
