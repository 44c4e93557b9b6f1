"""OpenAI chat rows for supervised fine-tuning: ``{"messages": [...], "tools": [...]}``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Required

from ftprep.formats.columns import ColumnBuilder
from ftprep.formats.format import Format, Match
from ftprep.formats.keys import METADATA
from ftprep.formats.message_columns import append_messages, append_tools
from ftprep.formats.message_schema import Closed, Functions, Messages, Object, Tools
from ftprep.formats.message_shape import CHAT_KEYS, ends_with_answer, is_chat, message_lists
from ftprep.formats.tool_calls import Tool, declared_tools


class OpenAIChatRow(Closed, total=False):
    """One conversation to learn from. `images` and `chat_template_kwargs` are TRL's additions."""

    messages: Required[Messages]
    tools: Tools | None
    parallel_tool_calls: bool | None
    functions: Functions | None
    images: list[Any] | None
    chat_template_kwargs: Object | None


class OpenAIChat(Format):
    """Chat with system, developer, user, assistant and tool turns; the shape that most platforms read."""

    name = "openai-chat"
    title = "OpenAI chat (SFT)"
    method = "sft"
    priority = 23
    keys = frozenset({"messages", "tools"})
    fields = ("/messages", "/tools", "/functions")
    incomplete = frozenset({"openai-rft", "nova-rft", "claude-bedrock"})
    chat_overhead = True
    messages = "messages"
    example = {
        "messages": [
            {"role": "system", "content": "Answer in one short line."},
            {"role": "user", "content": "Which gate does the night train leave from?"},
            {"role": "assistant", "content": "Gate 4."},
        ]
    }

    def match(self, row: Mapping[str, Any]) -> Match | None:
        if not is_chat(row):
            return None
        extra = row.keys() - CHAT_KEYS - METADATA
        if ends_with_answer(row["messages"]):
            reason = "`messages` is a list of role and content that ends with the assistant"
            return Match(0.8 if extra else 0.95, reason)
        # By itself this is a prompt; whether the whole file is one of prompts, detection decides.
        return Match(0.2 if extra else 0.6, "`messages` is a list of role and content, without an answer at its end")

    def schema(self) -> Any:
        return OpenAIChatRow

    def append(self, row: Mapping[str, Any], out: ColumnBuilder) -> int:
        keys = len(row) + append_messages(row["messages"], 0, out)
        if len(row) > 1:
            append_tools(row, 1, out)
        return keys

    def tools(self, row: Mapping[str, Any]) -> list[Tool] | None:
        return declared_tools(row)

    def conversations(self, row: Mapping[str, Any]) -> list[tuple[str, list[Any]]]:
        return message_lists(row, "/messages")
