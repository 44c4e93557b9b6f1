"""Axolotl rows of type ``oasst``: ``INSTRUCTION`` and ``RESPONSE`` in capitals."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Required

from ftprep.formats.format import Match
from ftprep.formats.message_schema import Open
from ftprep.formats.parts import ANSWER_TEXT, PROMPT_TEXT, StringsFormat, strings


class AxolotlOasstRow(Open, total=False):
    """What is asked and what is answered."""

    INSTRUCTION: Required[str]
    RESPONSE: Required[str]


class AxolotlOasst(StringsFormat):
    """An instruction and its response, under names in capitals."""

    name = "axolotl-oasst"
    title = "Axolotl oasst"
    method = "sft"
    priority = 29
    keys = frozenset({"INSTRUCTION", "RESPONSE"})
    fields = ("/INSTRUCTION", "/RESPONSE")
    parts = (
        ("INSTRUCTION", PROMPT_TEXT),
        ("RESPONSE", ANSWER_TEXT),
    )
    example = {"INSTRUCTION": "How many strings has a cello?", "RESPONSE": "Four."}

    def match(self, row: Mapping[str, Any]) -> Match | None:
        if strings(row, "INSTRUCTION", "RESPONSE"):
            return Match(0.95, "`INSTRUCTION` and `RESPONSE` are strings")
        return None

    def schema(self) -> Any:
        return AxolotlOasstRow
