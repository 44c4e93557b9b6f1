"""LLaMA-Factory KTO rows of ``{from, value}`` turns, with ``kto_tag`` (or ``label``) beside them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Required

from ftprep.formats import columns as c
from ftprep.formats.columns import ColumnBuilder
from ftprep.formats.field_checks import OneOf
from ftprep.formats.format import Format, Match
from ftprep.formats.keys import has_media
from ftprep.formats.message_columns import append_tools
from ftprep.formats.message_schema import Open, Tools
from ftprep.formats.message_shape import message_lists
from ftprep.formats.speaker_turns import SpeakerTurns, append_speaker_turns, is_speaker_turn, speaker_exchanges
from ftprep.formats.tool_calls import Call, Result, Tool, declared_tools, unlearnt


class LlamaFactoryKTOShareGPTRow(Open, total=False):
    """One conversation and whether its last turn is wanted. A tag that is no boolean makes the row one for SFT."""

    conversations: Required[SpeakerTurns]
    kto_tag: bool | None
    label: bool | None
    system: str | None
    tools: Tools | None


class LlamaFactoryKTOShareGPT(Format):
    """A conversation whose last turn is judged; the tag says on which side it stands."""

    name = "llamafactory-kto-sharegpt"
    title = "LLaMA-Factory KTO, ShareGPT"
    method = "kto"
    priority = 18.1
    keys = frozenset({"conversations", "kto_tag", "system", "tools"})
    fields = ("/conversations", "/tools", "/functions", "/system")
    incomplete = frozenset({"sharegpt"})
    example = {
        "conversations": [
            {"from": "human", "value": "Do fish sleep?"},
            {"from": "gpt", "value": "They rest, most of them with open eyes."},
        ],
        "kto_tag": True,
    }

    def match(self, row: Mapping[str, Any]) -> Match | None:
        turns = row.get("conversations")
        if not isinstance(turns, list) or not turns or not all(map(is_speaker_turn, turns)):
            return None
        if row.keys() & {"chosen", "rejected"}:
            return None
        if "kto_tag" in row:
            return Match(0.97, "`conversations` of `from` and `value` beside `kto_tag`")
        if isinstance(row.get("label"), bool):
            return Match(0.9, "`conversations` of `from` and `value` with a true-or-false `label`")
        return None

    def schema(self) -> Any:
        return Annotated[LlamaFactoryKTOShareGPTRow, OneOf("kto_tag", "label")]

    def append(self, row: Mapping[str, Any], out: ColumnBuilder) -> int:
        out.add(row.get("system"), c.SYSTEM | c.FIELD | c.OPTIONAL, c.slot(3))
        turns = row["conversations"]
        last = max(len(turns) - 1, 0)
        keys = len(row) + append_speaker_turns(turns[:last], 0, out, trained=False)
        keys += append_speaker_turns(turns[last:], 0, out, c.CHOSEN if is_wanted(row) else c.REJECTED, start=last)
        append_tools(row, 1, out)
        if has_media(row):
            out.mark_media()
        return keys

    def identity(self, row: Mapping[str, Any]) -> Any:
        return is_wanted(row)

    def tools(self, row: Mapping[str, Any]) -> list[Tool] | None:
        return declared_tools(row)

    def conversations(self, row: Mapping[str, Any]) -> list[tuple[str, list[Any]]]:
        return message_lists(row, "/conversations")

    def exchanges(self, row: Mapping[str, Any]) -> Iterator[list[Call | Result]]:
        for pointer, turns in self.conversations(row):
            yield list(unlearnt(speaker_exchanges(turns, pointer), len(turns) - 1))


def is_wanted(row: Mapping[str, Any]) -> bool:
    """Whether the row's answer is one to learn from."""
    tag = row.get("kto_tag")
    return bool(row.get("label") if tag is None else tag)
