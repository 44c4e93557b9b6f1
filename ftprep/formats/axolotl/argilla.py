"""Axolotl preference rows of type ``argilla``: an instruction and two responses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Required

from ftprep.formats import columns as c
from ftprep.formats.format import Match
from ftprep.formats.message_schema import Open
from ftprep.formats.parts import CHOSEN_TEXT, PROMPT_TEXT, REJECTED_TEXT, StringsFormat, strings


class AxolotlArgillaRow(Open, total=False):
    """An instruction and two responses."""

    system: str | None
    instruction: Required[str]
    chosen_response: Required[str]
    rejected_response: Required[str]


class AxolotlArgilla(StringsFormat):
    """An instruction, the response that is preferred, and the one that is not."""

    name = "axolotl-argilla"
    title = "Axolotl preference, argilla"
    method = "preference"
    priority = 20
    keys = frozenset({"system", "instruction", "chosen_response", "rejected_response"})
    fields = ("/system", "/instruction", "/chosen_response", "/rejected_response")
    parts = (
        ("system", c.SYSTEM | c.FIELD | c.OPTIONAL),
        ("instruction", PROMPT_TEXT),
        ("chosen_response", CHOSEN_TEXT),
        ("rejected_response", REJECTED_TEXT),
    )
    example = {
        "instruction": "Name a fruit that grows on a vine.",
        "chosen_response": "The grape.",
        "rejected_response": "The cherry.",
    }

    def match(self, row: Mapping[str, Any]) -> Match | None:
        if strings(row, "instruction", "chosen_response", "rejected_response"):
            return Match(0.95, "`instruction`, `chosen_response` and `rejected_response` are strings")
        return None

    def schema(self) -> Any:
        return AxolotlArgillaRow
