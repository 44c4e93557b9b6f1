"""OpenAI chat rows for supervised fine-tuning: ``{"messages": [...], "tools": [...]}``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Required

from typing_extensions import TypedDict

from ftprep.formats.columns import ColumnBuilder
from ftprep.formats.format import Format, Match
from ftprep.formats.message_columns import append_messages, append_tools
from ftprep.formats.message_schema import STRICT, Functions, Messages, Object, Tools
from ftprep.formats.tool_calls import Tool, declared_tools


class OpenAIChatRow(TypedDict, total=False):
    """One conversation to learn from. `images` and `chat_template_kwargs` are TRL's additions."""

    __pydantic_config__ = STRICT  # type: ignore[misc]
    messages: Required[Messages]
    tools: Tools | None
    parallel_tool_calls: bool | None
    functions: Functions | None
    images: list[Any] | None
    chat_template_kwargs: Object | None


def looks_like_messages(value: Any) -> bool:
    """Whether ``value`` is a list of messages with a role and string, null or typed-part content."""
    if not isinstance(value, list) or not value:
        return False
    for message in value:
        if not isinstance(message, Mapping) or ("role" not in message and "content" not in message):
            return False
        content = message.get("content")
        if isinstance(content, list):
            for part in content:
                if not isinstance(part, Mapping) or "type" not in part or "value" in part:
                    return False
        if "loss_weight" in message or "candidates" in message:
            return False
    return True


class OpenAIChat(Format):
    """Chat with system, developer, user, assistant and tool turns; the shape that most platforms read."""

    name = "openai-chat"
    title = "OpenAI chat (SFT)"
    method = "sft"
    priority = 23
    keys = frozenset({"messages", "tools", "parallel_tool_calls"})
    fields = ("/messages", "/tools")
    chat_overhead = True
    example = {
        "messages": [
            {"role": "system", "content": "Answer in one short line."},
            {"role": "user", "content": "Which gate does the night train leave from?"},
            {"role": "assistant", "content": "Gate 4."},
        ]
    }

    def match(self, row: Mapping[str, Any]) -> Match | None:
        messages = row.get("messages")
        if messages == [] or looks_like_messages(messages):
            foreign = {"label", "kto_tag", "chosen", "rejected", "images", "videos", "audios"} & row.keys()
            if foreign and not _typed_parts(messages):
                return None
            return Match(0.9, "`messages` is a list of role and content")
        return None

    def schema(self) -> Any:
        return OpenAIChatRow

    def append(self, row: Mapping[str, Any], out: ColumnBuilder) -> int:
        keys = len(row) + append_messages(row["messages"], 0, out)
        if len(row) > 1:
            append_tools(row, 1, out)
        return keys

    def tools(self, row: Mapping[str, Any]) -> list[Tool] | None:
        return declared_tools(row)

    def identity(self, row: Mapping[str, Any]) -> Any:
        return row.get("images")

    def conversations(self, row: Mapping[str, Any]) -> list[tuple[str, list[Any]]]:
        return [("/messages", row["messages"])]


def _typed_parts(messages: Any) -> bool:
    """Whether some content is a list of typed parts, which tells TRL vision rows from LLaMA-Factory's."""
    return any(isinstance(message.get("content"), list) for message in messages)
