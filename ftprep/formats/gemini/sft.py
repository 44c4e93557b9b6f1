"""Gemini rows for supervised fine-tuning: ``contents`` of turns of user and model."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from ftprep.formats.columns import INDEX_MASK, OUTER_SHIFT, ColumnBuilder, field_of
from ftprep.formats.format import Format, Match
from ftprep.formats.gemini.contents_columns import (
    append_contents,
    append_system,
    append_tools,
    contents_exchanges,
    gemini_tools,
    part_pointer,
)
from ftprep.formats.gemini.contents_schema import GeminiRow
from ftprep.formats.message_shape import message_lists
from ftprep.formats.tool_calls import Call, Result, Tool


class GeminiFormat(Format):
    """Rows with `contents`, a `systemInstruction` and `tools`."""

    keys = frozenset({"systemInstruction", "contents", "tools"})
    fields: ClassVar[tuple[str, ...]] = ("/contents", "/systemInstruction", "/system_instruction", "/tools")
    answerer = "model"
    results_in_user_turns = True
    tool_name_marks = "_.:-"
    trained: ClassVar[bool]
    """Whether the model's turns in `contents` carry loss."""

    def append(self, row: Mapping[str, Any], out: ColumnBuilder) -> int:
        keys = len(row) + append_system(row, 1, out)
        keys += append_contents(row["contents"], 0, out, trained=self.trained)
        append_tools(row, 3, out)
        return keys

    def pointer(self, code: int, packed: int) -> str:
        field = field_of(packed)
        if field == 3:
            return "/tools"
        if field:
            return f"{self.fields[field]}/parts/{packed & INDEX_MASK}/text"
        return part_pointer(f"/contents/{packed >> OUTER_SHIFT & INDEX_MASK}", code, packed)

    def tools(self, row: Mapping[str, Any]) -> list[Tool] | None:
        return gemini_tools(row)

    def conversations(self, row: Mapping[str, Any]) -> list[tuple[str, list[Any]]]:
        return message_lists(row, "/contents")

    def exchanges(self, row: Mapping[str, Any]) -> Iterator[list[Call | Result]]:
        for pointer, turns in self.conversations(row):
            yield list(contents_exchanges(turns, pointer, self.trained))


def is_contents(value: Any) -> bool:
    """Whether ``value`` is a list of turns with parts."""
    return isinstance(value, list) and all(
        isinstance(content, Mapping) and ("parts" in content or "role" in content) for content in value
    )


class GeminiSFT(GeminiFormat):
    """Conversations of parts; what the model says and calls is trained on."""

    name = "gemini-sft"
    title = "Gemini SFT"
    method = "sft"
    priority = 5
    trained = True
    example = {
        "systemInstruction": {"parts": [{"text": "Answer in one word."}]},
        "contents": [
            {"role": "user", "parts": [{"text": "Which season do rooks nest in?"}]},
            {"role": "model", "parts": [{"text": "Spring."}]},
        ],
    }

    def match(self, row: Mapping[str, Any]) -> Match | None:
        if is_contents(row.get("contents")) and "completions" not in row and "references" not in row:
            return Match(0.96, "`contents` is a list of role and parts")
        return None

    def schema(self) -> Any:
        return GeminiRow
