"""Axolotl rows of type ``reflection``: an answer, thoughts about it, and a better answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Required

from ftprep.formats import columns as c
from ftprep.formats.format import Match
from ftprep.formats.message_schema import Open
from ftprep.formats.parts import ANSWER_TEXT, PROMPT_TEXT, StringsFormat, strings


class AxolotlReflectionRow(Open, total=False):
    """An instruction, a first output, what is wrong with it, and the corrected output."""

    instruction: Required[str]
    input: str | None
    output: Required[str]
    reflection: Required[str]
    corrected: Required[str]


class AxolotlReflection(StringsFormat):
    """First answer, reflection and correction follow each other; all three are trained on."""

    name = "axolotl-reflection"
    title = "Axolotl reflection"
    method = "sft"
    priority = 27.6
    keys = frozenset({"instruction", "input", "output", "reflection", "corrected"})
    fields = ("/instruction", "/input", "/output", "/reflection", "/corrected")
    parts = (
        ("instruction", PROMPT_TEXT),
        ("input", PROMPT_TEXT | c.OPTIONAL),
        ("output", ANSWER_TEXT),
        ("reflection", ANSWER_TEXT),
        ("corrected", ANSWER_TEXT),
    )
    example = {
        "instruction": "Multiply 12 by 12.",
        "input": "",
        "output": "124",
        "reflection": "12 * 12 is 120 + 24, and I dropped a 20.",
        "corrected": "144",
    }

    def match(self, row: Mapping[str, Any]) -> Match | None:
        if strings(row, "instruction", "output", "reflection", "corrected"):
            return Match(0.97, "`output`, `reflection` and `corrected` are strings")
        return None

    def schema(self) -> Any:
        return AxolotlReflectionRow
