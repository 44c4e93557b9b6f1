"""Axolotl rows of type ``creative_acr``: an answer, scores and critiques of it, and its revision."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Required

from ftprep.formats.format import Match
from ftprep.formats.message_schema import Object, Open
from ftprep.formats.parts import ANSWER_TEXT, PROMPT_TEXT, StringsFormat, strings


class AxolotlCreativeACRRow(Open, total=False):
    """An instruction and the revised answer. Only the types that critique and revise read the other columns."""

    instruction: Required[str]
    revision: Required[str]
    answer: str | None
    scores: Object | None
    critiques: Object | None


class AxolotlCreativeACR(StringsFormat):
    """An instruction and the revision of a first answer, which is trained on; the first answer never is."""

    name = "axolotl-creative-acr"
    title = "Axolotl creative_acr"
    method = "sft"
    priority = 27.5
    keys = frozenset({"instruction", "answer", "scores", "critiques", "revision"})
    fields = ("/instruction", "/revision")
    parts = (("instruction", PROMPT_TEXT), ("revision", ANSWER_TEXT))
    example = {
        "instruction": "Begin a tale about a lighthouse.",
        "answer": "I cannot see lighthouses.",
        "scores": {"refusal": 2, "creativity": 1},
        "critiques": {"refusal": {"explanation": "It turns the task down.", "improvements": "Tell the tale."}},
        "revision": "The lamp had been dark for a week when the first gull spoke.",
    }

    def match(self, row: Mapping[str, Any]) -> Match | None:
        if strings(row, "instruction", "revision"):
            return Match(0.9, "`instruction` and `revision` are strings")
        return None

    def schema(self) -> Any:
        return AxolotlCreativeACRRow

    def identity(self, row: Mapping[str, Any]) -> Any:
        return {key: row[key] for key in ("answer", "scores", "critiques") if row.get(key) is not None} or None
