"""Formats whose rows are a few strings, or a few lists of messages, under fixed keys."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, NamedTuple

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, PydanticCustomError
from pydantic_core.core_schema import no_info_after_validator_function

from ftprep.formats import columns as c
from ftprep.formats.columns import ColumnBuilder
from ftprep.formats.format import Format
from ftprep.formats.keys import has_media
from ftprep.formats.message_columns import append_messages, append_tools
from ftprep.formats.message_shape import message_lists
from ftprep.formats.tool_calls import Call, Result, Tool, declared_tools, joined_exchanges

PROMPT_TEXT = c.USER | c.PROMPT | c.FIELD
ANSWER_TEXT = c.ASSISTANT | c.PROMPT | c.FIELD | c.TRAINED
CHOSEN_TEXT = c.ASSISTANT | c.CHOSEN | c.FIELD | c.TRAINED
REJECTED_TEXT = c.ASSISTANT | c.REJECTED | c.FIELD | c.TRAINED


class AtLeastOne:
    """A check for a row's schema: one of ``keys``, of which the first is the usual one, is there and not null."""

    def __init__(self, *keys: str) -> None:
        self.keys = keys

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return no_info_after_validator_function(self.checked, handler(source))

    def __get_pydantic_json_schema__(self, core: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        schema = handler.resolve_ref_schema(handler(core))
        filled = {"not": {"type": "null"}}
        schema["anyOf"] = [{"required": [key], "properties": {key: filled}} for key in self.keys]
        return schema

    def checked(self, row: Any) -> Any:
        """Return ``row``, or raise the error that names what is missing."""
        if all(row.get(key) is None for key in self.keys):
            others = " or ".join(f"`{key}`" for key in self.keys[1:])
            context = {"pointer": "", "code": "SCH001", "message": f"`{self.keys[0]}` is missing, and so is {others}"}
            raise PydanticCustomError("missing_alternative", "none of the fields is there", context)
        return row


class StringsFormat(Format):
    """Rows of strings. ``parts`` has, for each of ``fields``, the key and the code of its text.

    Such rows have no turns: how a string is cut into turns, if at all, is for a template to know.
    """

    parts: ClassVar[tuple[tuple[str, int], ...]]

    def append(self, row: Mapping[str, Any], out: ColumnBuilder) -> int:
        for field, (key, code) in enumerate(self.parts):
            out.add(row.get(key), code, field << c.FIELD_SHIFT)
        if has_media(row):
            out.mark_media()
        return len(row)


def strings(row: Mapping[str, Any], *keys: str) -> bool:
    """Whether ``row`` has a string at each of ``keys``."""
    return all(isinstance(row.get(key), str) for key in keys)


def judged(row: Mapping[str, Any], key: str) -> int:
    """The code of an answer that the flag at ``key`` calls wanted or unwanted."""
    return CHOSEN_TEXT if row.get(key) else REJECTED_TEXT


class JudgedStringsFormat(StringsFormat):
    """Rows of strings whose last one is an answer that ``label`` calls wanted or unwanted."""

    def append(self, row: Mapping[str, Any], out: ColumnBuilder) -> int:
        keys = super().append(row, out)
        if isinstance(row.get(self.parts[-1][0]), str):
            out.codes[-1] = judged(row, "label")
        return keys

    def identity(self, row: Mapping[str, Any]) -> Any:
        return bool(row.get("label"))


class MessagesPart(NamedTuple):
    """One list of messages of a row."""

    key: str
    side: int = c.PROMPT
    trained: bool = False


class MessageListsFormat(Format):
    """Rows of several lists of messages. ``parts`` has an entry for each of ``fields``, then come tools and functions.

    ``seen`` lists, for each conversation that a model would see, the numbers of the parts that make it up.
    """

    parts: ClassVar[tuple[MessagesPart, ...]]
    seen: ClassVar[tuple[tuple[int, ...], ...]]

    def append(self, row: Mapping[str, Any], out: ColumnBuilder) -> int:
        keys = len(row)
        for field, part in enumerate(self.parts):
            if field:
                out.turns.append(c.SEPARATOR)
            keys += append_messages(row[part.key], field, out, part.side, part.trained)
        append_tools(row, len(self.parts), out)
        return keys

    def tools(self, row: Mapping[str, Any]) -> list[Tool] | None:
        return declared_tools(row)

    def conversations(self, row: Mapping[str, Any]) -> list[tuple[str, list[Any]]]:
        return message_lists(row, *self.fields[: len(self.parts)])

    def exchanges(self, row: Mapping[str, Any]) -> Iterator[list[Call | Result]]:
        for numbers in self.seen:
            lists = message_lists(row, *(self.fields[number] for number in numbers))
            yield joined_exchanges(lists, learn=self.parts[numbers[-1]].trained)
