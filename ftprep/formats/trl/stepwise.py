"""TRL stepwise supervision rows: steps of an answer, each labelled right or wrong."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Required

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from ftprep.formats import columns as c
from ftprep.formats.columns import ColumnBuilder
from ftprep.formats.format import Match
from ftprep.formats.message_schema import Flag, Open
from ftprep.formats.parts import PROMPT_TEXT, StringsFormat


class TRLStepwiseRow(Open, total=False):
    """A prompt, the steps towards its answer, and as many labels."""

    prompt: Required[str]
    completions: Required[Annotated[list[str], Field(min_length=1)]]
    labels: Required[Annotated[list[bool | Flag], Field(min_length=1)]]


def _same_length(row: TRLStepwiseRow) -> TRLStepwiseRow:
    # TRL pairs steps and labels up to the shorter list and drops the rest without a word.
    steps, labels = len(row["completions"]), len(row["labels"])
    if steps != labels:
        context = {"pointer": "/labels", "message": f"`labels` has {labels} items for {steps} `completions`"}
        raise PydanticCustomError("unequal_lengths", "lists of unequal length", context)
    return row


class TRLStepwise(StringsFormat):
    """A prompt and the steps of one answer, judged one by one (process reward models)."""

    name = "trl-stepwise"
    title = "TRL stepwise supervision (PRM)"
    method = "stepwise"
    priority = 15
    keys = frozenset({"prompt", "completions", "labels"})
    fields = ("/prompt", "/completions")
    parts = (("prompt", PROMPT_TEXT | c.OPTIONAL),)
    incomplete = frozenset({"trl-prompt-only"})
    example = {
        "prompt": "A rope of 9 m is cut into 3 equal parts. How long is each?",
        "completions": ["Divide 9 by 3.", "9 / 3 = 4, so 4 m."],
        "labels": [True, False],
    }

    def match(self, row: Mapping[str, Any]) -> Match | None:
        steps, labels = row.get("completions"), row.get("labels")
        if not isinstance(row.get("prompt"), str) or not isinstance(steps, list) or not isinstance(labels, list):
            return None
        if all(isinstance(step, str) for step in steps) and all(isinstance(label, int) for label in labels):
            return Match(0.95, "`completions` is a list of strings and `labels` a list of judgements")
        return None

    def schema(self) -> Any:
        return Annotated[TRLStepwiseRow, AfterValidator(_same_length)]

    def append(self, row: Mapping[str, Any], out: ColumnBuilder) -> int:
        keys = super().append(row, out)
        steps = row.get("completions")
        if isinstance(steps, list):
            for number, step in enumerate(steps):
                out.add(step, c.ASSISTANT | c.ITEM | c.TRAINED, c.slot(1, number))
        return keys

    def identity(self, row: Mapping[str, Any]) -> Any:
        return row.get("labels")
