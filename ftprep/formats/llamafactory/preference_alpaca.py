"""LLaMA-Factory preference rows of strings: an Alpaca row with ``chosen`` and ``rejected``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Required

from ftprep.formats import columns as c
from ftprep.formats.columns import ColumnBuilder
from ftprep.formats.format import Match
from ftprep.formats.message_schema import Open
from ftprep.formats.parts import CHOSEN_TEXT, PROMPT_TEXT, REJECTED_TEXT, StringsFormat, strings
from ftprep.formats.public.alpaca import Exchange


class LlamaFactoryPreferenceAlpacaRow(Open, total=False):
    """An instruction with an optional input, and two answers. `history` has earlier questions and answers."""

    instruction: Required[str]
    input: str | None
    chosen: Required[str]
    rejected: Required[str]
    system: str | None
    history: list[Exchange] | None


class LlamaFactoryPreferenceAlpaca(StringsFormat):
    """An instruction, the answer that is preferred, and the one that is not."""

    name = "llamafactory-preference-alpaca"
    title = "LLaMA-Factory preference, Alpaca"
    method = "preference"
    priority = 19.4
    keys = frozenset({"instruction", "input", "chosen", "rejected"})
    fields = ("/system", "/instruction", "/input", "/chosen", "/rejected", "/history")
    parts = (
        ("system", c.SYSTEM | c.FIELD | c.OPTIONAL),
        ("instruction", PROMPT_TEXT),
        ("input", PROMPT_TEXT | c.OPTIONAL),
        ("chosen", CHOSEN_TEXT),
        ("rejected", REJECTED_TEXT),
    )
    incomplete = frozenset({"trl-preference-implicit-std", "axolotl-icr"})
    example = {
        "instruction": "Which of these is a bird?",
        "input": "bat, wren, moth",
        "chosen": "The wren.",
        "rejected": "The bat, because it flies.",
    }

    def match(self, row: Mapping[str, Any]) -> Match | None:
        if strings(row, "instruction", "chosen", "rejected"):
            return Match(0.95, "`instruction`, `chosen` and `rejected` are strings")
        return None

    def schema(self) -> Any:
        return LlamaFactoryPreferenceAlpacaRow

    def append(self, row: Mapping[str, Any], out: ColumnBuilder) -> int:
        history = row.get("history")
        if isinstance(history, list):
            for outer, pair in enumerate(history):
                if isinstance(pair, list) and len(pair) == 2:
                    out.add(pair[0], c.USER | c.PAIR, c.slot(5, outer, 0))
                    out.add(pair[1], c.ASSISTANT | c.PAIR, c.slot(5, outer, 1))
        return super().append(row, out)
