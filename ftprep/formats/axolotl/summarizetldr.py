"""Axolotl rows of type ``summarizetldr``: an article and its summary."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Required

from ftprep.formats.format import Match
from ftprep.formats.message_schema import Open
from ftprep.formats.parts import ANSWER_TEXT, PROMPT_TEXT, StringsFormat, strings


class AxolotlSummarizeTLDRRow(Open, total=False):
    """A text and what it says in short."""

    article: Required[str]
    summary: Required[str]


class AxolotlSummarizeTLDR(StringsFormat):
    """An article and its summary, which is trained on."""

    name = "axolotl-summarizetldr"
    title = "Axolotl summarizetldr"
    method = "sft"
    priority = 30.5
    keys = frozenset({"article", "summary"})
    fields = ("/article", "/summary")
    parts = (
        ("article", PROMPT_TEXT),
        ("summary", ANSWER_TEXT),
    )
    example = {
        "article": "The bridge was closed on Monday. Divers found its piers sound. It opens on Friday.",
        "summary": "Bridge found sound, open from Friday.",
    }

    def match(self, row: Mapping[str, Any]) -> Match | None:
        if strings(row, "article", "summary"):
            return Match(0.85, "`article` and `summary` are strings")
        return None

    def schema(self) -> Any:
        return AxolotlSummarizeTLDRRow
