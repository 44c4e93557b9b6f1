"""APPS rows: a problem, and its tests as JSON text in ``input_output``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Required

from ftprep.formats.format import Match
from ftprep.formats.message_schema import Object, Open
from ftprep.formats.parts import PROMPT_TEXT, StringsFormat

_GRADED = ("input_output", "solutions", "starter_code")


class APPSRow(Open, total=False):
    """One problem. `input_output` has `inputs`, `outputs` and perhaps `fn_name`; it and `solutions` are JSON text."""

    question: Required[str]
    input_output: Required[str | Object]
    solutions: str | list[str] | None
    starter_code: str | None


class APPS(StringsFormat):
    """A problem and the inputs and outputs that a program is run on. Tests and solutions stay out of the texts."""

    name = "apps"
    title = "APPS"
    method = "rft"
    judged_by_tests = True
    priority = 36
    keys = frozenset({"question", "input_output", "solutions", "starter_code", "difficulty"})
    fields = ("/question",)
    parts = (("question", PROMPT_TEXT),)
    example = {
        "question": "Read two numbers, one per line, and print the larger one.",
        "input_output": '{"inputs": ["3\\n8\\n"], "outputs": ["8\\n"]}',
        "solutions": '["print(max(int(input()), int(input())))"]',
    }

    def match(self, row: Mapping[str, Any]) -> Match | None:
        if isinstance(row.get("question"), str) and isinstance(row.get("input_output"), str | Mapping):
            return Match(0.95, "`input_output` beside a question")
        return None

    def schema(self) -> Any:
        return APPSRow

    def identity(self, row: Mapping[str, Any]) -> Any:
        return {key: row[key] for key in _GRADED if row.get(key) is not None}
