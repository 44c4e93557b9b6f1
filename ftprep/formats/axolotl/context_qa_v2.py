"""Axolotl rows of type ``context_qa.load_v2``: a question about a context, and its answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Required

from ftprep.formats.format import Match
from ftprep.formats.message_schema import Open
from ftprep.formats.parts import ANSWER_TEXT, PROMPT_TEXT, StringsFormat, strings


class AxolotlContextQAv2Row(Open, total=False):
    """A context, a question about it, and the answer."""

    context: Required[str]
    question: Required[str]
    answer: Required[str]


class AxolotlContextQAv2(StringsFormat):
    """A context and a question make the prompt; the answer is trained on."""

    name = "axolotl-context-qa-v2"
    title = "Axolotl context_qa.load_v2"
    method = "sft"
    priority = 30.25
    keys = frozenset({"context", "question", "answer"})
    fields = ("/context", "/question", "/answer")
    parts = (
        ("context", PROMPT_TEXT),
        ("question", PROMPT_TEXT),
        ("answer", ANSWER_TEXT),
    )
    example = {
        "context": "Room 12 is on the second floor.",
        "question": "Which floor is room 12 on?",
        "answer": "The second.",
    }

    def match(self, row: Mapping[str, Any]) -> Match | None:
        if strings(row, "context", "question", "answer"):
            return Match(0.8, "`context`, `question` and `answer` are strings")
        return None

    def schema(self) -> Any:
        return AxolotlContextQAv2Row
