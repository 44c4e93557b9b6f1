"""Rows of a question and its answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Required

from ftprep.formats import columns as c
from ftprep.formats.format import Match
from ftprep.formats.keys import graded_columns
from ftprep.formats.message_schema import Open
from ftprep.formats.parts import PROMPT_TEXT, StringsFormat

_OTHER_SHAPES = frozenset(
    {
        "chosen", "rejected", "completion", "completions", "conversations", "messages", "prompt", "response",
        "instruction", "info", "ground_truth", "verification_info", "test_list", "input_output", "input_ids",
        "article", "context", "category", "choices",
    }
)  # fmt: skip


class QARow(Open, total=False):
    """One question with the answer that is due."""

    question: Required[str]
    answer: Required[str]


class QuestionAnswer(StringsFormat):
    """A question and the answer that answers are compared with. Further columns (options, a passage) belong to it."""

    name = "qa"
    title = "question and answer"
    method = "rft"
    priority = 32
    keys = frozenset({"question", "answer"})
    fields = ("/question", "/answer")
    parts = (("question", PROMPT_TEXT), ("answer", c.OTHER | c.FIELD | c.REFERENCE))
    incomplete = frozenset({"gsm8k"})
    columns_belong_to_prompt = True
    example = {"question": "Which metal is liquid at room temperature?", "answer": "mercury"}

    def match(self, row: Mapping[str, Any]) -> Match | None:
        if not isinstance(row.get("question"), str) or not isinstance(row.get("answer"), str):
            return None
        if not row.keys().isdisjoint(_OTHER_SHAPES):
            return None
        return Match(0.6, "`question` and `answer` are strings")

    def schema(self) -> Any:
        return QARow

    def identity(self, row: Mapping[str, Any]) -> Any:
        return graded_columns(row, frozenset({"question", "answer"}))

    def references(self, row: Mapping[str, Any]) -> list[tuple[str, Any]]:
        answer = row.get("answer")
        return [] if answer is None else [("/answer", answer)]
