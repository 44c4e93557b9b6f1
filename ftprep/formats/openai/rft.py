"""OpenAI reinforcement rows: ``messages`` that end with the user, and columns that a grader reads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Required

from ftprep.formats.columns import ColumnBuilder
from ftprep.formats.format import Format, Match
from ftprep.formats.keys import METADATA, REFERENCE_FIELDS, REFERENCES, append_references, graded_columns
from ftprep.formats.message_columns import append_messages, append_tools
from ftprep.formats.message_schema import Functions, Messages, Open, Tools
from ftprep.formats.message_shape import CHAT_KEYS, ends_with_answer, is_chat, message_lists, suits_nova
from ftprep.formats.tool_calls import Call, Result, Tool, declared_tools, message_exchanges


class OpenAIRFTRow(Open, total=False):
    """One prompt; every key beside `messages` and `tools` is handed to the grader."""

    messages: Required[Messages]
    tools: Tools | None
    parallel_tool_calls: bool | None
    functions: Functions | None


class OpenAIRFT(Format):
    """A prompt without its answer and what the grader compares answers with. Nothing in the row is trained on.

    Reference columns that are strings are texts; numbers and objects take part in what tells rows apart.
    """

    name = "openai-rft"
    title = "OpenAI reinforcement (RFT)"
    method = "rft"
    priority = 11
    keys = frozenset({"messages", "tools", "answer"})
    fields = ("/messages", "/tools", "/functions", *REFERENCE_FIELDS)
    incomplete = frozenset({"openai-chat", "nova-rft"})
    chat_overhead = True
    example = {
        "messages": [{"role": "user", "content": "A crate holds 12 jars. How many jars are in 7 crates?"}],
        "answer": "84",
    }

    def match(self, row: Mapping[str, Any]) -> Match | None:
        if not is_chat(row) or not row["messages"] or ends_with_answer(row["messages"]):
            return None
        if "reference_answer" in row:
            reason = "`messages` without an answer beside `reference_answer`, as in the RFT rows of OpenAI and Nova"
            return Match(0.78 if suits_nova(row) else 0.9, reason)
        if not row.keys().isdisjoint(REFERENCES):
            return Match(0.9, "`messages` without an answer beside a reference")
        if row.keys() - CHAT_KEYS - METADATA:
            return Match(0.85, "`messages` without an answer beside columns for a grader")
        return None

    def schema(self) -> Any:
        return OpenAIRFTRow

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
