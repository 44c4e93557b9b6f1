"""Axolotl KTO rows of type ``intel``: a question, an answer and whether it is wanted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Required

from ftprep.formats import columns as c
from ftprep.formats.format import Match
from ftprep.formats.message_schema import Open
from ftprep.formats.parts import CHOSEN_TEXT, PROMPT_TEXT, JudgedStringsFormat, strings


class AxolotlKTOIntelRow(Open, total=False):
    """A question, one answer, and whether it is wanted."""

    system: str | None
    question: Required[str]
    completion: Required[str]
    label: Required[bool]


class AxolotlKTOIntel(JudgedStringsFormat):
    """One judged answer per row. It stands on the chosen side where the label is true, else on the rejected side."""

    name = "axolotl-kto-intel"
    title = "Axolotl KTO, intel"
    method = "kto"
    priority = 17.3
    keys = frozenset({"system", "question", "completion", "label"})
    fields = ("/system", "/question", "/completion")
    parts = (
        ("system", c.SYSTEM | c.FIELD | c.OPTIONAL),
        ("question", PROMPT_TEXT),
        ("completion", CHOSEN_TEXT),
    )
    example = {"question": "Is a whale a fish?", "completion": "Yes, the largest of all.", "label": False}

    def match(self, row: Mapping[str, Any]) -> Match | None:
        if strings(row, "question", "completion") and isinstance(row.get("label"), bool) and "prompt" not in row:
            return Match(0.95, "`question` and `completion` with a true-or-false `label`")
        return None

    def schema(self) -> Any:
        return AxolotlKTOIntelRow
