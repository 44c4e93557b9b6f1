"""OpenAI preference rows: ``input`` with messages, ``preferred_output`` and ``non_preferred_output``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Required

from ftprep.formats import columns as c
from ftprep.formats.columns import ColumnBuilder
from ftprep.formats.format import Format, Match
from ftprep.formats.message_columns import append_messages, append_tools
from ftprep.formats.message_schema import Closed, Functions, Messages, Tools
from ftprep.formats.message_shape import message_lists
from ftprep.formats.tool_calls import Call, Result, Tool, declared_tools, joined_exchanges


class PreferenceInput(Closed, total=False):
    """What both outputs answer."""

    messages: Required[Messages]
    tools: Tools | None
    parallel_tool_calls: bool | None
    functions: Functions | None


class OpenAIPreferenceRow(Closed, total=False):
    """One prompt with an output that is preferred and one that is not."""

    input: Required[PreferenceInput]
    preferred_output: Required[Messages]
    non_preferred_output: Required[Messages]


class OpenAIPreference(Format):
    """A prompt and two outputs, as OpenAI, Azure, Together and Fireworks read them."""

    name = "openai-preference"
    title = "OpenAI preference (DPO)"
    method = "preference"
    priority = 1
    keys = frozenset({"input", "preferred_output", "non_preferred_output"})
    fields = ("/input/messages", "/input/tools", "/input/functions", "/preferred_output", "/non_preferred_output")
    outputs: ClassVar[tuple[str, str]] = ("preferred_output", "non_preferred_output")
    chat_overhead = True
    example = {
        "input": {"messages": [{"role": "user", "content": "Name a tree that keeps its leaves in winter."}]},
        "preferred_output": [{"role": "assistant", "content": "The holly."}],
        "non_preferred_output": [{"role": "assistant", "content": "The larch."}],
    }

    def match(self, row: Mapping[str, Any]) -> Match | None:
        if isinstance(row.get("input"), Mapping) and all(key in row for key in self.outputs):
            preferred, other = self.outputs
            return Match(0.98, f"`input` is an object beside `{preferred}` and `{other}`")
        return None

    def schema(self) -> Any:
        return OpenAIPreferenceRow

    def append(self, row: Mapping[str, Any], out: ColumnBuilder) -> int:
        prompt = row["input"]
        keys = len(row) + len(prompt) + append_messages(prompt["messages"], 0, out, trained=False)
        append_tools(prompt, 1, out)
        for field, (key, side) in enumerate(zip(self.outputs, (c.CHOSEN, c.REJECTED), strict=True), 3):
            out.turns.append(c.SEPARATOR)
            keys += append_messages(row[key], field, out, side)
        return keys

    def tools(self, row: Mapping[str, Any]) -> list[Tool] | None:
        return declared_tools(row["input"], "/input") if isinstance(row.get("input"), Mapping) else None

    def conversations(self, row: Mapping[str, Any]) -> list[tuple[str, list[Any]]]:
        return self._prompt(row) + message_lists(row, *self.fields[3:])

    def exchanges(self, row: Mapping[str, Any]) -> Iterator[list[Call | Result]]:
        for field in self.fields[3:]:
            yield joined_exchanges(self._prompt(row) + message_lists(row, field))

    def _prompt(self, row: Mapping[str, Any]) -> list[tuple[str, list[Any]]]:
        prompt = row.get("input")
        messages = prompt.get("messages") if isinstance(prompt, Mapping) else None
        return [("/input/messages", messages)] if isinstance(messages, list) else []
