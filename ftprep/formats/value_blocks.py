"""Walks messages whose content is a list of ``{type, value}`` blocks, as LLaMA-Factory v1 has them, into columns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, Literal, Required

from pydantic import Field

from ftprep.formats import columns as c
from ftprep.formats.columns import ColumnBuilder
from ftprep.formats.format import Format
from ftprep.formats.message_schema import Open
from ftprep.formats.speaker_turns import written_calls
from ftprep.formats.tool_calls import Call, Result, Tool, declared_tools

_ROLES = {
    "system": ("s", c.SYSTEM),
    "user": ("u", c.USER),
    "assistant": ("a", c.ASSISTANT),
    "tool": ("t", c.TOOL),
}
_KINDS = {
    "text": c.PART,
    "reasoning": c.REASONING | c.OPTIONAL,
    "tools": c.TOOLS | c.OPTIONAL,
    "tool_call": c.ARGUMENTS | c.OPTIONAL,
    "tool_calls": c.ARGUMENTS | c.OPTIONAL,
}
_CALLS = ("tool_call", "tool_calls")


class ValueBlock(Open, total=False):
    """A piece of a message. The value of a call, and of tools, is JSON text; that of an image is its address."""

    type: Required[
        Literal["text", "reasoning", "tools", "tool_call", "tool_calls", "image_url", "video_url", "audio_url"]
    ]
    value: Required[str]


class BlockMessage(Open, total=False):
    """One turn. Without a `loss_weight` it is the assistant's turns that are trained on."""

    role: Required[Literal["system", "user", "assistant", "tool"]]
    content: Required[Annotated[list[ValueBlock], Field(min_length=1)]]
    loss_weight: Annotated[float, Field(ge=0)] | None


BlockMessages = Annotated[list[BlockMessage], Field(min_length=1)]


def is_block_messages(value: Any) -> bool:
    """Whether ``value`` is a list of messages with a content of ``{type, value}`` blocks."""
    if not isinstance(value, list) or not value:
        return False
    blocks = 0
    for message in value:
        content = message.get("content") if isinstance(message, Mapping) else None
        if not isinstance(content, list):
            return False
        for block in content:
            if not isinstance(block, Mapping) or "type" not in block or not isinstance(block.get("value"), str):
                return False
            blocks += 1
    return blocks > 0


class BlockMessagesFormat(Format):
    """Rows of lists of such messages. ``fields`` has these lists first, then tools and functions."""

    def pointer(self, code: int, packed: int) -> str:
        prefix = self.fields[packed >> c.FIELD_SHIFT]
        if prefix in ("/tools", "/functions"):
            return prefix
        return f"{prefix}/{packed >> c.OUTER_SHIFT & c.INDEX_MASK}/content/{packed & c.INDEX_MASK}/value"

    def tools(self, row: Mapping[str, Any]) -> list[Tool] | None:
        if row.get("tools") is not None or row.get("functions") is not None:
            return declared_tools(row)
        for prefix, messages in self.conversations(row):
            for number, message in enumerate(messages):
                content = message.get("content") if isinstance(message, Mapping) else None
                for inner, block in enumerate(content if isinstance(content, list) else ()):
                    if isinstance(block, Mapping) and block.get("type") == "tools":
                        place = f"{prefix}/{number}/content/{inner}/value"
                        found = declared_tools({"tools": block.get("value")})
                        return found and [one._replace(pointer=place, parameters_pointer=place) for one in found]
        return None

    def exchanges(self, row: Mapping[str, Any]) -> Iterator[list[Call | Result]]:
        for pointer, messages in self.conversations(row):
            yield list(_exchanges(messages, pointer))


def append_block_messages(
    messages: Sequence[Mapping[str, Any]],
    field: int,
    out: ColumnBuilder,
    side: int = c.PROMPT,
    trained: bool = True,
    start: int = 0,
) -> int:
    """Add the texts and turns of ``messages`` to ``out``; return the number of keys in them.

    The arguments are those of :func:`ftprep.formats.message_columns.append_messages`.
    """
    keys = 0
    for outer, message in enumerate(messages, start):
        keys += len(message)
        letter, code = _ROLES.get(message["role"], ("x", c.OTHER))
        learnt = trained and _is_learnt(message)
        called = False
        for inner, block in enumerate(message["content"]):
            keys += len(block)
            kind = _KINDS.get(block["type"])
            called |= block["type"] in _CALLS
            if kind is None:
                out.mark_media()
            else:
                flags = c.TRAINED if learnt and kind & c.KIND_MASK != c.TOOLS else 0
                out.add(block["value"], code | kind | side | flags, c.slot(field, outer, inner))
        if letter == "a":
            letter = "c" if called else "a"
            letter = letter if learnt else letter.upper()
        out.turns.append(letter)
    return keys


def _is_learnt(message: Mapping[str, Any]) -> bool:
    weight = message.get("loss_weight")
    if isinstance(weight, int | float):
        return weight > 0
    return message.get("role") == "assistant"


def _exchanges(messages: list[Any], prefix: str) -> Iterator[Call | Result]:
    """Calls and results in order. Neither has an id."""
    for number, message in enumerate(messages):
        if not isinstance(message, Mapping):
            continue
        content = message.get("content")
        for inner, block in enumerate(content if isinstance(content, list) else ()):
            if message.get("role") == "assistant" and isinstance(block, Mapping) and block.get("type") in _CALLS:
                place = f"{prefix}/{number}/content/{inner}/value"
                yield from written_calls(block.get("value"), place, number, _is_learnt(message))
        if message.get("role") == "tool":
            yield Result(f"{prefix}/{number}", number, None, None)
