"""Alpaca rows: ``{"instruction", "input", "output"}``, with LLaMA-Factory's ``system`` and ``history``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Required

from pydantic import Field

from ftprep.formats import columns as c
from ftprep.formats.columns import ColumnBuilder
from ftprep.formats.format import Match
from ftprep.formats.message_schema import Open
from ftprep.formats.parts import ANSWER_TEXT, PROMPT_TEXT, StringsFormat

Exchange = Annotated[list[str], Field(min_length=2, max_length=2)]

_OTHER_SHAPES = frozenset(
    {"chosen", "rejected", "kto_tag", "messages", "conversations", "corrected", "reflection", "revision"}
)


class AlpacaRow(Open, total=False):
    """An instruction, what it is about, and the answer. `history` has earlier pairs of question and answer."""

    instruction: Required[str]
    input: str | None
    output: Required[str]
    system: str | None
    history: list[Exchange] | None


class Alpaca(StringsFormat):
    """An instruction with an optional input and its output; answers in `history` are trained on as well."""

    name = "alpaca"
    title = "Alpaca"
    method = "sft"
    priority = 28
    keys = frozenset({"instruction", "input", "output", "system", "history"})
    fields = ("/system", "/instruction", "/input", "/output", "/history")
    parts = (
        ("system", c.SYSTEM | c.FIELD | c.OPTIONAL),
        ("instruction", PROMPT_TEXT),
        ("input", PROMPT_TEXT | c.OPTIONAL),
        ("output", ANSWER_TEXT),
    )
    example = {
        "instruction": "Sort these by size, smallest first.",
        "input": "cat, ant, horse",
        "output": "ant, cat, horse",
    }

    def match(self, row: Mapping[str, Any]) -> Match | None:
        if row.keys() & _OTHER_SHAPES:
            return None
        strings = all(isinstance(row.get(key), str) for key in ("instruction", "output"))
        if strings and isinstance(row.get("input", ""), str):
            return Match(0.97, "`instruction` and `output` are strings")
        return None

    def schema(self) -> Any:
        return AlpacaRow

    def append(self, row: Mapping[str, Any], out: ColumnBuilder) -> int:
        super().append(row, out)
        history = row.get("history")
        if isinstance(history, list):
            for outer, pair in enumerate(history):
                if isinstance(pair, list) and len(pair) == 2:
                    out.add(pair[0], c.USER | c.PAIR, c.slot(4, outer, 0))
                    out.add(pair[1], c.ASSISTANT | c.PAIR | c.TRAINED, c.slot(4, outer, 1))
        return len(row)
