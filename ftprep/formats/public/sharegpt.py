"""ShareGPT rows: ``{"conversations": [{"from", "value"}, ...]}``, as LLaMA-Factory and Axolotl read them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal, Required

import orjson
from pydantic import Field

from ftprep.formats import columns as c
from ftprep.formats.columns import ColumnBuilder
from ftprep.formats.format import Format, Match
from ftprep.formats.keys import has_media
from ftprep.formats.message_columns import append_tools
from ftprep.formats.message_schema import Flag, Open, Tools
from ftprep.formats.message_shape import message_lists
from ftprep.formats.tool_calls import Call, Result, Tool, declared_tools, is_masked

Speaker = Literal[
    "human", "gpt", "system", "tool", "function_call", "observation",
    "user", "prompter", "assistant", "chatgpt", "bing", "bard", "bot", "model", "ai",
    "tool_call", "tool_response", "function_response",
]  # fmt: skip

_SPEAKERS = {
    "system": ("s", c.SYSTEM),
    **dict.fromkeys(("human", "user", "prompter"), ("u", c.USER)),
    **dict.fromkeys(("gpt", "assistant", "chatgpt", "bing", "bard", "bot", "model", "ai"), ("a", c.ASSISTANT)),
    **dict.fromkeys(("function_call", "tool_call"), ("c", c.ASSISTANT)),
    **dict.fromkeys(("observation", "tool", "tool_response", "function_response"), ("t", c.TOOL)),
}
_UNKNOWN = ("x", c.OTHER)


class ShareGPTTurn(Open, total=False):
    """One turn. The value of a call is JSON: an object of `name` and `arguments`, or a list of such objects."""

    speaker: Required[Annotated[Speaker, Field(alias="from")]]  # the key `from` is a keyword of Python
    value: Required[str]
    weight: Flag | None
    train: bool | None


class ShareGPTRow(Open, total=False):
    """One conversation. `tools` is a list, or the same list as JSON text."""

    conversations: Required[Annotated[list[ShareGPTTurn], Field(min_length=1)]]
    system: str | None
    tools: Tools | None


class ShareGPT(Format):
    """Turns of `from` and `value`; what `gpt` says and what it calls is trained on."""

    name = "sharegpt"
    title = "ShareGPT"
    method = "sft"
    priority = 24
    keys = frozenset({"conversations", "system", "tools"})
    fields = ("/conversations", "/tools", "/functions", "/system")
    example = {
        "conversations": [
            {"from": "human", "value": "When does the bakery on Mill Lane open?"},
            {"from": "gpt", "value": "At seven, and at eight on Sundays."},
        ],
        "system": "You answer for the shops of one street.",
    }

    def match(self, row: Mapping[str, Any]) -> Match | None:
        turns = row.get("conversations")
        if not isinstance(turns, list) or row.keys() & {"chosen", "rejected", "kto_tag", "label", "messages"}:
            return None
        if all(isinstance(turn, Mapping) and "from" in turn and "value" in turn for turn in turns):
            return Match(0.95, "`conversations` is a list of `from` and `value`")
        return None

    def schema(self) -> Any:
        return ShareGPTRow

    def append(self, row: Mapping[str, Any], out: ColumnBuilder) -> int:
        keys = len(row)
        out.add(row.get("system"), c.SYSTEM | c.FIELD | c.OPTIONAL, c.slot(3))
        packed = 0
        for turn in row["conversations"]:
            keys += len(turn)
            letter, code = _SPEAKERS.get(turn["from"], _UNKNOWN)
            if code == c.ASSISTANT:
                if is_masked(turn):
                    letter = letter.upper()
                else:
                    code |= c.TRAINED
            out.turns.append(letter)
            out.add(turn["value"], code | c.VALUE, packed)
            packed += 1 << c.OUTER_SHIFT
        append_tools(row, 1, out)
        if has_media(row):
            out.mark_media()
        return keys

    def tools(self, row: Mapping[str, Any]) -> list[Tool] | None:
        return declared_tools(row)

    def conversations(self, row: Mapping[str, Any]) -> list[tuple[str, list[Any]]]:
        return message_lists(row, "/conversations")

    def exchanges(self, row: Mapping[str, Any]) -> Iterator[list[Call | Result]]:
        for pointer, turns in self.conversations(row):
            yield list(_turn_exchanges(turns, pointer))


def _turn_exchanges(turns: list[Any], prefix: str) -> Iterator[Call | Result]:
    """Calls and results in order. No result says which call it answers, nor how many."""
    for number, turn in enumerate(turns):
        speaker = turn.get("from") if isinstance(turn, Mapping) else None
        letter = _SPEAKERS.get(speaker, _UNKNOWN)[0] if isinstance(speaker, str) else "x"
        if letter == "c":
            yield from _calls(turn, f"{prefix}/{number}", number)
        elif letter == "t":
            yield Result(f"{prefix}/{number}", number, None, None)


def _calls(turn: Mapping[str, Any], here: str, number: int) -> Iterator[Call]:
    pointer = f"{here}/value"
    try:
        value = orjson.loads(turn.get("value") or "")
    except (ValueError, TypeError):
        return
    for body in value if isinstance(value, list) else [value]:
        if isinstance(body, Mapping) and isinstance(body.get("name"), str):
            # The arguments stand inside a JSON text, which has no places of its own: they are where the text is.
            yield Call(pointer, number, body["name"], body.get("arguments"), pointer, None, not is_masked(turn))
