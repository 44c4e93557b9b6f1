"""Axolotl preference rows of type ``icr``: an input and two answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Required

from ftprep.formats import columns as c
from ftprep.formats.format import Match
from ftprep.formats.message_schema import Open
from ftprep.formats.parts import CHOSEN_TEXT, PROMPT_TEXT, REJECTED_TEXT, StringsFormat, strings


class AxolotlICRRow(Open, total=False):
    """An input and two answers, as in the distilled Orca pairs of Argilla."""

    system: str | None
    input: Required[str]
    chosen: Required[str]
    rejected: Required[str]


class AxolotlICR(StringsFormat):
    """An input, the answer that is preferred, and the one that is not."""

    name = "axolotl-icr"
    title = "Axolotl preference, icr"
    method = "preference"
    priority = 19.32
    keys = frozenset({"system", "input", "chosen", "rejected"})
    fields = ("/system", "/input", "/chosen", "/rejected")
    parts = (
        ("system", c.SYSTEM | c.FIELD | c.OPTIONAL),
        ("input", PROMPT_TEXT),
        ("chosen", CHOSEN_TEXT),
        ("rejected", REJECTED_TEXT),
    )
    incomplete = frozenset({"trl-preference-implicit-std"})
    example = {"system": "", "input": "Which month has the fewest days?", "chosen": "February.", "rejected": "June."}

    def match(self, row: Mapping[str, Any]) -> Match | None:
        if strings(row, "input", "chosen", "rejected") and not row.keys() & {
            "prompt",
            "instruction",
            "question",
            "messages",
        }:
            return Match(0.95, "`input`, `chosen` and `rejected` are strings")
        return None

    def schema(self) -> Any:
        return AxolotlICRRow
