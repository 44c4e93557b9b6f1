"""Axolotl rows of type ``context_qa.load_404``: a question that the article does not answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Required

from ftprep.formats.format import Match
from ftprep.formats.message_schema import Open
from ftprep.formats.parts import PROMPT_TEXT, StringsFormat, strings


class AxolotlContextQA404Row(Open, total=False):
    """An article and a question that it leaves open. The trainer adds an answer that says so."""

    article: Required[str]
    unanswerable_question: Required[str]


class AxolotlContextQA404(StringsFormat):
    """An article and an open question. What is trained on is a sentence of Axolotl, not of the row."""

    name = "axolotl-context-qa-404"
    title = "Axolotl context_qa.load_404"
    method = "sft"
    priority = 30.3
    keys = frozenset({"article", "unanswerable_question"})
    fields = ("/article", "/unanswerable_question")
    parts = (
        ("article", PROMPT_TEXT),
        ("unanswerable_question", PROMPT_TEXT),
    )
    answered = False
    example = {
        "article": "The museum shows clocks of two centuries.",
        "unanswerable_question": "What does a ticket cost?",
    }

    def match(self, row: Mapping[str, Any]) -> Match | None:
        if strings(row, "article", "unanswerable_question") and not strings(row, "question", "answer"):
            return Match(0.95, "`article` and `unanswerable_question` are strings")
        return None

    def schema(self) -> Any:
        return AxolotlContextQA404Row
