"""Axolotl rows of type ``jeopardy``: a clue, its category and the answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Required

from ftprep.formats.format import Match
from ftprep.formats.keys import METADATA
from ftprep.formats.message_schema import Open
from ftprep.formats.parts import ANSWER_TEXT, PROMPT_TEXT, StringsFormat, strings

_KEYS = frozenset({"question", "category", "answer"})


class AxolotlJeopardyRow(Open, total=False):
    """A clue of a quiz and what it asks for."""

    question: Required[str]
    category: Required[str]
    answer: Required[str]


class AxolotlJeopardy(StringsFormat):
    """A clue and its category make the prompt; the answer is trained on."""

    name = "axolotl-jeopardy"
    title = "Axolotl jeopardy"
    method = "sft"
    priority = 31.5
    keys = frozenset({"question", "category", "answer"})
    fields = ("/question", "/category", "/answer")
    parts = (
        ("question", PROMPT_TEXT),
        ("category", PROMPT_TEXT),
        ("answer", ANSWER_TEXT),
    )
    labels = True
    example = {"question": "This gas makes up most of the air", "category": "CHEMISTRY", "answer": "nitrogen"}

    def match(self, row: Mapping[str, Any]) -> Match | None:
        if strings(row, "question", "category", "answer") and not row.keys() - _KEYS - METADATA:
            return Match(0.6, "`question`, `category` and `answer` are strings, and all there is")
        return None

    def schema(self) -> Any:
        return AxolotlJeopardyRow
