"""Axolotl rows of type ``context_qa``: a question about an article, and its answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Required

from ftprep.formats.format import Match
from ftprep.formats.message_schema import Open
from ftprep.formats.parts import ANSWER_TEXT, PROMPT_TEXT, StringsFormat, strings


class AxolotlContextQARow(Open, total=False):
    """An article, a question about it, and the answer."""

    article: Required[str]
    question: Required[str]
    answer: Required[str]


class AxolotlContextQA(StringsFormat):
    """An article and a question make the prompt; the answer is trained on."""

    name = "axolotl-context-qa"
    title = "Axolotl context_qa"
    method = "sft"
    priority = 30.2
    keys = frozenset({"article", "question", "answer"})
    fields = ("/article", "/question", "/answer")
    parts = (
        ("article", PROMPT_TEXT),
        ("question", PROMPT_TEXT),
        ("answer", ANSWER_TEXT),
    )
    example = {"article": "The ferry sails at 9 and at 4.", "question": "When is the first one?", "answer": "At nine."}

    def match(self, row: Mapping[str, Any]) -> Match | None:
        if strings(row, "article", "question", "answer"):
            return Match(0.9, "`article`, `question` and `answer` are strings")
        return None

    def schema(self) -> Any:
        return AxolotlContextQARow
