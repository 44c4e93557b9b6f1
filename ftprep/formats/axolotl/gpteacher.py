"""Axolotl rows of type ``gpteacher`` and ``alpaca_chat``: Alpaca with ``response`` for ``output``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Required

from ftprep.formats import columns as c
from ftprep.formats.format import Match
from ftprep.formats.message_schema import Open
from ftprep.formats.parts import ANSWER_TEXT, PROMPT_TEXT, StringsFormat, strings

# Beside an instruction and a response, each of them makes the row something else.
_OTHER_SHAPES = frozenset({"category", "chosen", "context", "kto_tag", "messages", "output", "prompt", "rejected"})


class AxolotlGPTeacherRow(Open, total=False):
    """An instruction, what it is about, and the response."""

    instruction: Required[str]
    input: str | None
    response: Required[str]


class AxolotlGPTeacher(StringsFormat):
    """An instruction with an optional input, and its response."""

    name = "axolotl-gpteacher"
    title = "Axolotl gpteacher"
    method = "sft"
    priority = 28.5
    keys = frozenset({"instruction", "input", "response"})
    fields = ("/instruction", "/input", "/response")
    parts = (
        ("instruction", PROMPT_TEXT),
        ("input", PROMPT_TEXT | c.OPTIONAL),
        ("response", ANSWER_TEXT),
    )
    example = {"instruction": "Put this in the plural.", "input": "one ox", "response": "two oxen"}

    def match(self, row: Mapping[str, Any]) -> Match | None:
        if strings(row, "instruction", "response") and not row.keys() & _OTHER_SHAPES:
            return Match(0.9, "`instruction` and `response` are strings")
        return None

    def schema(self) -> Any:
        return AxolotlGPTeacherRow
