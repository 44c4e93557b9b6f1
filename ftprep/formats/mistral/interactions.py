"""Mistral rows under the older key: ``interactions`` for ``messages``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Required

from ftprep.formats.columns import ColumnBuilder
from ftprep.formats.format import Format, Match
from ftprep.formats.message_columns import append_messages, append_tools
from ftprep.formats.message_schema import Messages, Open, Tools
from ftprep.formats.message_shape import is_messages, message_lists
from ftprep.formats.tool_calls import Tool, declared_tools


class MistralInteractionsRow(Open, total=False):
    """One conversation, and the tools that it may use."""

    interactions: Required[Messages]
    tools: Tools | None


class MistralInteractions(Format):
    """Messages under `interactions`, which mistral-finetune reads like `messages`."""

    name = "mistral-interactions"
    title = "Mistral, interactions"
    method = "sft"
    priority = 23.1
    keys = frozenset({"interactions", "tools"})
    fields = ("/interactions", "/tools", "/functions")
    example = {
        "interactions": [
            {"role": "user", "content": "Which tide comes next?"},
            {"role": "assistant", "content": "Low water, at a quarter past six."},
        ]
    }

    def match(self, row: Mapping[str, Any]) -> Match | None:
        if is_messages(row.get("interactions")):
            return Match(0.95, "`interactions` is a list of role and content")
        return None

    def schema(self) -> Any:
        return MistralInteractionsRow

    def append(self, row: Mapping[str, Any], out: ColumnBuilder) -> int:
        keys = len(row) + append_messages(row["interactions"], 0, out)
        append_tools(row, 1, out)
        return keys

    def tools(self, row: Mapping[str, Any]) -> list[Tool] | None:
        return declared_tools(row)

    def conversations(self, row: Mapping[str, Any]) -> list[tuple[str, list[Any]]]:
        return message_lists(row, "/interactions")
