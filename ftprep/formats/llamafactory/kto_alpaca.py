"""LLaMA-Factory KTO rows of strings: an Alpaca row with ``kto_tag``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Required

from ftprep.formats import columns as c
from ftprep.formats.columns import ColumnBuilder
from ftprep.formats.format import Match
from ftprep.formats.message_schema import Open
from ftprep.formats.parts import PROMPT_TEXT, StringsFormat, judged, strings
from ftprep.formats.public.alpaca import Exchange


class LlamaFactoryKTOAlpacaRow(Open, total=False):
    """An instruction, its output, and whether that is wanted. A tag of another type makes the row one for SFT."""

    instruction: Required[str]
    input: str | None
    output: Required[str]
    kto_tag: Required[bool]
    system: str | None
    history: list[Exchange] | None


class LlamaFactoryKTOAlpaca(StringsFormat):
    """One judged answer per row; the tag says on which side it stands."""

    name = "llamafactory-kto-alpaca"
    title = "LLaMA-Factory KTO, Alpaca"
    method = "kto"
    priority = 18
    keys = frozenset({"instruction", "input", "output", "kto_tag"})
    fields = ("/system", "/instruction", "/input", "/output", "/history")
    parts = (
        ("system", c.SYSTEM | c.FIELD | c.OPTIONAL),
        ("instruction", PROMPT_TEXT),
        ("input", PROMPT_TEXT | c.OPTIONAL),
    )
    incomplete = frozenset({"alpaca"})
    example = {"instruction": "Name a metal that floats.", "input": "", "output": "Lithium.", "kto_tag": True}

    def match(self, row: Mapping[str, Any]) -> Match | None:
        if "kto_tag" in row and strings(row, "instruction", "output"):
            return Match(0.97, "`instruction` and `output` beside `kto_tag`")
        return None

    def schema(self) -> Any:
        return LlamaFactoryKTOAlpacaRow

    def append(self, row: Mapping[str, Any], out: ColumnBuilder) -> int:
        keys = super().append(row, out)
        history = row.get("history")
        if isinstance(history, list):
            for outer, pair in enumerate(history):
                if isinstance(pair, list) and len(pair) == 2:
                    out.add(pair[0], c.USER | c.PAIR, c.slot(4, outer, 0))
                    out.add(pair[1], c.ASSISTANT | c.PAIR, c.slot(4, outer, 1))
        out.add(row.get("output"), judged(row, "kto_tag"), c.slot(3))
        return keys

    def identity(self, row: Mapping[str, Any]) -> Any:
        return bool(row.get("kto_tag"))
