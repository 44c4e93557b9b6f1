"""Claude rows on Bedrock: the system prompt stands beside ``messages`` of user and assistant."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal, Required

from pydantic import Field

from ftprep.formats import columns as c
from ftprep.formats.columns import ColumnBuilder
from ftprep.formats.format import Format, Match
from ftprep.formats.keys import MEDIA
from ftprep.formats.message_columns import append_messages
from ftprep.formats.message_schema import Closed
from ftprep.formats.message_shape import is_messages, message_lists

_OTHER_SHAPES = MEDIA | {
    "tools", "functions", "chosen", "rejected", "label", "labels", "kto_tag", "conversations", "schemaVersion",
    "preferred_output", "non_preferred_output",
}  # fmt: skip


class ClaudeUserMessage(Closed):
    """What the user says."""

    role: Literal["user"]
    content: str


class ClaudeAssistantMessage(Closed):
    """What Claude answers."""

    role: Literal["assistant"]
    content: str


class ClaudeRow(Closed, total=False):
    """One conversation in text."""

    system: str | None
    messages: Required[
        Annotated[
            list[Annotated[ClaudeUserMessage | ClaudeAssistantMessage, Field(discriminator="role")]],
            Field(min_length=1),
        ]
    ]


class ClaudeBedrock(Format):
    """Text of user and assistant in turn, with an optional system prompt of its own. No tools, no images.

    Rows without `system` are chat rows like OpenAI's: the rows that have it tell the format of a file.
    """

    name = "claude-bedrock"
    title = "Claude on Bedrock (SFT)"
    method = "sft"
    priority = 22
    keys = frozenset({"system", "messages"})
    fields = ("/messages", "/system")
    incomplete = frozenset({"openai-chat"})
    example = {
        "system": "You sort letters to a museum.",
        "messages": [
            {"role": "user", "content": "The lift was out of order again."},
            {"role": "assistant", "content": "complaint"},
        ],
    }

    def match(self, row: Mapping[str, Any]) -> Match | None:
        messages = row.get("messages")
        if not isinstance(row.get("system"), str) or row.keys() & _OTHER_SHAPES or not is_messages(messages):
            return None
        if any(message.get("role") in ("system", "developer") for message in messages or ()):
            return None
        return Match(0.85, "a `system` string beside `messages` without a system turn")

    def schema(self) -> Any:
        return ClaudeRow

    def append(self, row: Mapping[str, Any], out: ColumnBuilder) -> int:
        out.add(row.get("system"), c.SYSTEM | c.FIELD | c.OPTIONAL, c.slot(1))
        return len(row) + append_messages(row["messages"], 0, out)

    def conversations(self, row: Mapping[str, Any]) -> list[tuple[str, list[Any]]]:
        return message_lists(row, "/messages")
