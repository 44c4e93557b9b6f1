"""Axolotl preference rows of type ``intel``: a question and two answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Required

from ftprep.formats import columns as c
from ftprep.formats.format import Match
from ftprep.formats.message_schema import Open
from ftprep.formats.parts import CHOSEN_TEXT, PROMPT_TEXT, REJECTED_TEXT, StringsFormat, strings


class AxolotlIntelRow(Open, total=False):
    """A question and two answers, as in the pairs that Intel made of Orca."""

    system: str | None
    question: Required[str]
    chosen: Required[str]
    rejected: Required[str]


class AxolotlIntel(StringsFormat):
    """A question, the answer that is preferred, and the one that is not."""

    name = "axolotl-intel"
    title = "Axolotl preference, intel"
    method = "preference"
    priority = 19.31
    keys = frozenset({"system", "question", "chosen", "rejected"})
    fields = ("/system", "/question", "/chosen", "/rejected")
    parts = (
        ("system", c.SYSTEM | c.FIELD | c.OPTIONAL),
        ("question", PROMPT_TEXT),
        ("chosen", CHOSEN_TEXT),
        ("rejected", REJECTED_TEXT),
    )
    incomplete = frozenset({"trl-preference-implicit-std"})
    example = {
        "system": "Answer in one word.",
        "question": "What do you call a young goose?",
        "chosen": "A gosling.",
        "rejected": "A duckling.",
    }

    def match(self, row: Mapping[str, Any]) -> Match | None:
        if strings(row, "question", "chosen", "rejected") and not row.keys() & {"prompt", "instruction", "messages"}:
            return Match(0.95, "`question`, `chosen` and `rejected` are strings")
        return None

    def schema(self) -> Any:
        return AxolotlIntelRow
