"""Axolotl KTO rows of type ``argilla``: an instruction, an answer and whether it is wanted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Required

from ftprep.formats import columns as c
from ftprep.formats.format import Match
from ftprep.formats.message_schema import Open
from ftprep.formats.parts import CHOSEN_TEXT, PROMPT_TEXT, JudgedStringsFormat, strings


class AxolotlKTOArgillaRow(Open, total=False):
    """An instruction, one answer, and whether it is wanted."""

    system: str | None
    instruction: Required[str]
    completion: Required[str]
    label: Required[bool]


class AxolotlKTOArgilla(JudgedStringsFormat):
    """One judged answer per row. It stands on the chosen side where the label is true, else on the rejected side."""

    name = "axolotl-kto-argilla"
    title = "Axolotl KTO, argilla"
    method = "kto"
    priority = 17.2
    keys = frozenset({"system", "instruction", "completion", "label"})
    fields = ("/system", "/instruction", "/completion")
    parts = (
        ("system", c.SYSTEM | c.FIELD | c.OPTIONAL),
        ("instruction", PROMPT_TEXT),
        ("completion", CHOSEN_TEXT),
    )
    example = {"instruction": "Name a month of 30 days.", "completion": "April.", "label": True}

    def match(self, row: Mapping[str, Any]) -> Match | None:
        if strings(row, "instruction", "completion") and isinstance(row.get("label"), bool) and "prompt" not in row:
            return Match(0.95, "`instruction` and `completion` with a true-or-false `label`")
        return None

    def schema(self) -> Any:
        return AxolotlKTOArgillaRow
