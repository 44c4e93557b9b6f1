"""Rows of ``input`` and ``output``: NeMo-RL's response datasets, torchtune, and many scripts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Required

from ftprep.formats import columns as c
from ftprep.formats.format import Match
from ftprep.formats.keys import METADATA
from ftprep.formats.message_schema import Open
from ftprep.formats.parts import ANSWER_TEXT, PROMPT_TEXT, StringsFormat

_BESIDE = METADATA | {"input", "output", "system", "task", "task_name"}


class InputOutputRow(Open, total=False):
    """What is asked and what is to be said."""

    input: Required[str]
    output: Required[str]
    system: str | None


class InputOutputPair(StringsFormat):
    """Two strings, of which the output is trained on."""

    name = "input-output-pair"
    title = "input and output"
    method = "sft"
    priority = 44
    keys = frozenset({"input", "output"})
    fields = ("/system", "/input", "/output")
    parts = (("system", c.SYSTEM | c.FIELD | c.OPTIONAL), ("input", PROMPT_TEXT), ("output", ANSWER_TEXT))
    example = {"input": "Opposite of shallow?", "output": "deep"}

    def match(self, row: Mapping[str, Any]) -> Match | None:
        if not isinstance(row.get("input"), str) or not isinstance(row.get("output"), str):
            return None
        if row.keys() - _BESIDE:  # a label, a test, an instruction: the two are there for something else
            return None
        return Match(0.6, "`input` and `output` are strings")

    def schema(self) -> Any:
        return InputOutputRow
