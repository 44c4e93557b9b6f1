"""Axolotl rows of type ``explainchoice`` and ``concisechoice``: a question, its choices, the solution and why."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Required

from pydantic import Field

from ftprep.formats import columns as c
from ftprep.formats.columns import ColumnBuilder
from ftprep.formats.format import Match
from ftprep.formats.message_schema import Open
from ftprep.formats.parts import ANSWER_TEXT, PROMPT_TEXT, StringsFormat, strings


class AxolotlExplainChoiceRow(Open, total=False):
    """A question of several choices. The concise type trains on the solution alone."""

    question: Required[str]
    choices: Required[Annotated[list[str], Field(min_length=1)]]
    solution: Required[str]
    explanation: str | None


class AxolotlExplainChoice(StringsFormat):
    """A question with choices makes the prompt; explanation and solution are trained on."""

    name = "axolotl-explainchoice"
    title = "Axolotl explainchoice"
    method = "sft"
    priority = 30.4
    keys = frozenset({"question", "choices", "solution", "explanation"})
    fields = ("/question", "/choices", "/explanation", "/solution")
    parts = (("question", PROMPT_TEXT),)
    labels = True
    example = {
        "question": "Which of them swims?",
        "choices": ["the wren", "the otter", "the mole"],
        "solution": "the otter",
        "explanation": "Otters hunt under water.",
    }

    def match(self, row: Mapping[str, Any]) -> Match | None:
        choices = row.get("choices")
        if strings(row, "question", "solution") and isinstance(choices, list):
            return Match(0.9, "`question` and `solution` are strings beside a list of `choices`")
        return None

    def schema(self) -> Any:
        return AxolotlExplainChoiceRow

    def append(self, row: Mapping[str, Any], out: ColumnBuilder) -> int:
        keys = super().append(row, out)
        choices = row.get("choices")
        for number, choice in enumerate(choices if isinstance(choices, list) else ()):
            out.add(choice, c.USER | c.ITEM, c.slot(1, number))
        out.add(row.get("explanation"), ANSWER_TEXT | c.OPTIONAL, c.slot(2))
        out.add(row.get("solution"), ANSWER_TEXT, c.slot(3))
        return keys
