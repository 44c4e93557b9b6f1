"""Axolotl rows of type ``input_output``: pieces of one text without a template, each trained on or not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Required

from pydantic import Field

from ftprep.formats import columns as c
from ftprep.formats.columns import ColumnBuilder
from ftprep.formats.format import Format, Match
from ftprep.formats.message_schema import Open


class Segment(Open, total=False):
    """A piece of text; `label` says whether it is trained on. White space and markup may stand alone."""

    label: Required[bool]
    text: Required[str]


class AxolotlInputOutputRow(Open, total=False):
    """The pieces in the order in which they are joined."""

    segments: Required[Annotated[list[Segment], Field(min_length=1)]]


class AxolotlInputOutput(Format):
    """Pieces of text that are joined as they are; the author's own template is in them."""

    name = "axolotl-input-output"
    title = "Axolotl input_output"
    method = "sft"
    priority = 25
    rendered = True
    keys = frozenset({"segments"})
    fields = ("/segments",)
    example = {
        "segments": [
            {"label": False, "text": "<s>Q: What is seven times six?\nA:"},
            {"label": True, "text": " 42</s>"},
        ]
    }

    def match(self, row: Mapping[str, Any]) -> Match | None:
        segments = row.get("segments")
        if isinstance(segments, list) and segments and all(map(_is_segment, segments)):
            return Match(0.97, "`segments` is a list of `label` and `text`")
        return None

    def schema(self) -> Any:
        return AxolotlInputOutputRow

    def append(self, row: Mapping[str, Any], out: ColumnBuilder) -> int:
        keys = len(row)
        for number, segment in enumerate(row["segments"]):
            keys += len(segment)
            code = c.ASSISTANT | c.TRAINED if segment["label"] else c.USER
            out.add(segment["text"], code | c.ITEM | c.OPTIONAL, c.slot(0, number))
        return keys

    def pointer(self, code: int, packed: int) -> str:
        return f"{super().pointer(code, packed)}/text"


def _is_segment(value: Any) -> bool:
    return isinstance(value, Mapping) and isinstance(value.get("label"), bool) and "text" in value
