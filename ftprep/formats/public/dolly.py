"""Dolly rows: ``{"instruction", "context", "response", "category"}``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Required

from ftprep.formats import columns as c
from ftprep.formats.format import Match
from ftprep.formats.message_schema import Open
from ftprep.formats.parts import ANSWER_TEXT, PROMPT_TEXT, StringsFormat, strings

_OTHER_SHAPES = frozenset({"chosen", "kto_tag", "messages", "output", "prompt", "rejected"})


class DollyRow(Open, total=False):
    """An instruction, what it is about, the response, and the kind of task."""

    instruction: Required[str]
    context: str | None
    response: Required[str]
    category: str | None


class Dolly(StringsFormat):
    """An instruction with an optional context, and its response."""

    name = "dolly"
    title = "Dolly"
    method = "sft"
    priority = 27
    keys = frozenset({"instruction", "context", "response", "category"})
    fields = ("/instruction", "/context", "/response")
    parts = (
        ("instruction", PROMPT_TEXT),
        ("context", PROMPT_TEXT | c.OPTIONAL),
        ("response", ANSWER_TEXT),
    )
    example = {
        "instruction": "Who keeps the key?",
        "context": "The warden keeps the key of the boathouse.",
        "response": "The warden.",
        "category": "closed_qa",
    }

    def match(self, row: Mapping[str, Any]) -> Match | None:
        if (
            strings(row, "instruction", "response")
            and not row.keys() & _OTHER_SHAPES
            and row.keys() & {"context", "category"}
        ):
            return Match(0.97, "`instruction` and `response` beside `context` or `category`")
        return None

    def schema(self) -> Any:
        return DollyRow
