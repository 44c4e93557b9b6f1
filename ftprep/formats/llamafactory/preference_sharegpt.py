"""LLaMA-Factory preference rows of ``{from, value}`` turns: a conversation, and two turns that may follow it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Any, Required

from ftprep.formats import columns as c
from ftprep.formats.columns import ColumnBuilder
from ftprep.formats.format import Format, Match
from ftprep.formats.keys import has_media
from ftprep.formats.message_columns import append_tools
from ftprep.formats.message_schema import Open, Tools
from ftprep.formats.message_shape import message_lists
from ftprep.formats.speaker_turns import (
    SpeakerTurn,
    SpeakerTurns,
    append_speaker_turns,
    is_speaker_turn,
    speaker_exchanges,
)
from ftprep.formats.tool_calls import Call, Result, Tool, alone, declared_tools

_SIDES = (("chosen", c.CHOSEN), ("rejected", c.REJECTED))


class LlamaFactoryPreferenceShareGPTRow(Open, total=False):
    """A conversation that ends with the user, and two turns of the model."""

    conversations: Required[SpeakerTurns]
    chosen: Required[SpeakerTurn]
    rejected: Required[SpeakerTurn]
    system: str | None
    tools: Tools | None


class LlamaFactoryPreferenceShareGPT(Format):
    """A conversation, the turn that is preferred, and the one that is not."""

    name = "llamafactory-preference-sharegpt"
    title = "LLaMA-Factory preference, ShareGPT"
    method = "preference"
    priority = 19.5
    keys = frozenset({"conversations", "chosen", "rejected"})
    fields = ("/conversations", "/chosen", "/rejected", "/tools", "/functions", "/system")
    lone = frozenset({"/chosen", "/rejected"})
    incomplete = frozenset({"sharegpt"})
    example = {
        "conversations": [{"from": "human", "value": "What is the tallest grass?"}],
        "chosen": {"from": "gpt", "value": "Bamboo."},
        "rejected": {"from": "gpt", "value": "Wheat."},
    }

    def match(self, row: Mapping[str, Any]) -> Match | None:
        turns = row.get("conversations")
        if not isinstance(turns, list) or not all(map(is_speaker_turn, turns)):
            return None
        if is_speaker_turn(row.get("chosen")) and is_speaker_turn(row.get("rejected")):
            return Match(0.97, "`conversations`, `chosen` and `rejected` are turns of `from` and `value`")
        return None

    def schema(self) -> Any:
        return LlamaFactoryPreferenceShareGPTRow

    def append(self, row: Mapping[str, Any], out: ColumnBuilder) -> int:
        out.add(row.get("system"), c.SYSTEM | c.FIELD | c.OPTIONAL, c.slot(5))
        keys = len(row) + append_speaker_turns(row["conversations"], 0, out, trained=False)
        for field, (key, side) in enumerate(_SIDES, 1):
            out.turns.append(c.SEPARATOR)
            keys += append_speaker_turns([row[key]], field, out, side)
        append_tools(row, 3, out)
        if has_media(row):
            out.mark_media()
        return keys

    def tools(self, row: Mapping[str, Any]) -> list[Tool] | None:
        return declared_tools(row)

    def conversations(self, row: Mapping[str, Any]) -> list[tuple[str, list[Any]]]:
        answers = [(f"/{key}", [row[key]]) for key, _ in _SIDES if isinstance(row.get(key), Mapping)]
        return message_lists(row, "/conversations") + answers

    def exchanges(self, row: Mapping[str, Any]) -> Iterator[list[Call | Result]]:
        prompt, *answers = self.conversations(row)
        before = list(speaker_exchanges(prompt[1], prompt[0], learn=False))
        for pointer, turns in answers:
            yield list(chain(before, alone(speaker_exchanges(turns, pointer, len(prompt[1])), pointer)))
