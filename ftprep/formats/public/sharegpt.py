"""ShareGPT rows: ``{"conversations": [{"from", "value"}, ...]}``, as LLaMA-Factory and Axolotl read them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Required

from ftprep.formats import columns as c
from ftprep.formats.columns import ColumnBuilder
from ftprep.formats.format import Format, Match
from ftprep.formats.keys import has_media
from ftprep.formats.message_columns import append_tools
from ftprep.formats.message_schema import Open, Tools
from ftprep.formats.message_shape import message_lists
from ftprep.formats.speaker_turns import SpeakerTurns, append_speaker_turns, is_speaker_turn, speaker_exchanges
from ftprep.formats.tool_calls import Call, Result, Tool, declared_tools


class ShareGPTRow(Open, total=False):
    """One conversation. `tools` is a list, or the same list as JSON text."""

    conversations: Required[SpeakerTurns]
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
        if all(map(is_speaker_turn, turns)):
            return Match(0.95, "`conversations` is a list of `from` and `value`")
        return None

    def schema(self) -> Any:
        return ShareGPTRow

    def append(self, row: Mapping[str, Any], out: ColumnBuilder) -> int:
        out.add(row.get("system"), c.SYSTEM | c.FIELD | c.OPTIONAL, c.slot(3))
        keys = len(row) + append_speaker_turns(row["conversations"], 0, out)
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
            yield list(speaker_exchanges(turns, pointer))
