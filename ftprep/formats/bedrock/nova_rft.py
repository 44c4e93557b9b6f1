"""Nova reinforcement rows: ``messages`` in OpenAI's shape, and the reference that a reward function reads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal, Required

from pydantic import Field

from ftprep.formats.columns import ColumnBuilder
from ftprep.formats.format import Format, Match
from ftprep.formats.keys import REFERENCE_FIELDS, append_references, graded_columns
from ftprep.formats.message_columns import append_messages, append_tools
from ftprep.formats.message_schema import AssistantMessage, Closed, Object, Open, TextPart, Tools
from ftprep.formats.message_shape import CHAT_KEYS, ends_with_answer, is_chat, message_lists, suits_nova
from ftprep.formats.tool_calls import Call, Result, Tool, declared_tools, message_exchanges

Content = str | Annotated[list[TextPart], Field(min_length=1)]


class NovaSystemMessage(Closed, total=False):
    """Instructions of the operator."""

    role: Required[Literal["system"]]
    content: Required[Content]
    name: str | None


class NovaUserMessage(Closed, total=False):
    """What the user says; text only."""

    role: Required[Literal["user"]]
    content: Required[Content]
    name: str | None


class NovaRFTRow(Open, total=False):
    """One prompt; every key beside `messages` and `tools` is handed to the reward function."""

    messages: Required[
        Annotated[
            list[Annotated[NovaSystemMessage | NovaUserMessage | AssistantMessage, Field(discriminator="role")]],
            Field(min_length=1),
        ]
    ]
    reference_answer: Required[str | Annotated[Object, Field(min_length=1)]]
    tools: Tools | None


class NovaRFT(Format):
    """A prompt without its answer, and the answer that a reward function compares with. Nothing is trained on.

    The same row can be one of OpenAI's: which of the two a file is, detection decides by all of its rows. Rows for
    the open-weight models of Bedrock have this shape, too.
    """

    name = "nova-rft"
    title = "Nova reinforcement (RFT)"
    method = "rft"
    priority = 10.9
    keys = frozenset({"id", "messages", "reference_answer", "tools"})
    fields = ("/messages", "/tools", "/functions", *REFERENCE_FIELDS)
    incomplete = frozenset({"openai-chat", "openai-rft"})
    example = {
        "id": "stall-1",
        "messages": [{"role": "user", "content": "Four melons at 3 each: what is the sum?"}],
        "reference_answer": {"sum": "12"},
    }

    def match(self, row: Mapping[str, Any]) -> Match | None:
        if row.get("reference_answer") is None or not is_chat(row):
            return None
        if not row["messages"] or ends_with_answer(row["messages"]):
            return None
        if suits_nova(row):
            # An object or an `id` is Nova's; a plain string may as well be a column of OpenAI's.
            sure = 0.9 if "id" in row or isinstance(row["reference_answer"], Mapping) else 0.8
            return Match(sure, "`messages` of system and user beside `reference_answer`, as Nova's RFT rows have them")
        return Match(0.76, "`messages` without an answer beside `reference_answer`")

    def schema(self) -> Any:
        return NovaRFTRow

    def append(self, row: Mapping[str, Any], out: ColumnBuilder) -> int:
        keys = len(row) + append_messages(row["messages"], 0, out, trained=False)
        append_tools(row, 1, out)
        append_references(row, 3, out)
        return keys

    def identity(self, row: Mapping[str, Any]) -> Any:
        return graded_columns(row, CHAT_KEYS)

    def tools(self, row: Mapping[str, Any]) -> list[Tool] | None:
        return declared_tools(row)

    def conversations(self, row: Mapping[str, Any]) -> list[tuple[str, list[Any]]]:
        return message_lists(row, "/messages")

    def exchanges(self, row: Mapping[str, Any]) -> Iterator[list[Call | Result]]:
        for pointer, turns in self.conversations(row):
            yield list(message_exchanges(turns, pointer, learn=False))
