"""Axolotl preference rows of type ``nectar``: a prompt and several ranked answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Required

from pydantic import Field

from ftprep.formats import columns as c
from ftprep.formats.columns import ColumnBuilder
from ftprep.formats.format import Match
from ftprep.formats.message_schema import Open
from ftprep.formats.parts import PROMPT_TEXT, StringsFormat, strings

_SIDES = {c.CHOSEN: c.CHOSEN | c.TRAINED, c.REJECTED: c.REJECTED | c.TRAINED, c.REFERENCE: c.REFERENCE}


class RankedAnswer(Open, total=False):
    """One answer; the best of a row has the lowest rank."""

    answer: Required[str]
    rank: Required[float]


class AxolotlNectarRow(Open, total=False):
    """A prompt and at least two answers."""

    prompt: Required[str]
    answers: Required[Annotated[list[RankedAnswer], Field(min_length=2)]]


class AxolotlNectar(StringsFormat):
    """A prompt and ranked answers: the best is the preferred side, the worst the other, the rest neither."""

    name = "axolotl-nectar"
    title = "Axolotl nectar"
    method = "preference"
    priority = 16
    rendered = True
    keys = frozenset({"prompt", "answers"})
    fields = ("/prompt", "/answers")
    parts = (("prompt", PROMPT_TEXT),)
    example = {
        "prompt": "\n\nHuman: What is a fathom?\n\nAssistant: ",
        "answers": [
            {"answer": "Six feet of depth.", "rank": 1},
            {"answer": "A measure of depth.", "rank": 2},
            {"answer": "A kind of moth.", "rank": 3},
        ],
    }

    def match(self, row: Mapping[str, Any]) -> Match | None:
        answers = row.get("answers")
        if not strings(row, "prompt") or not isinstance(answers, list) or not answers:
            return None
        if all(isinstance(one, Mapping) and "answer" in one and "rank" in one for one in answers):
            return Match(0.95, "`prompt` is a string beside `answers` with a `rank`")
        return None

    def schema(self) -> Any:
        return AxolotlNectarRow

    def append(self, row: Mapping[str, Any], out: ColumnBuilder) -> int:
        keys = super().append(row, out)
        answers = row["answers"]
        ranks = [one["rank"] for one in answers]
        best = ranks.index(min(ranks))
        worst = len(ranks) - 1 - ranks[::-1].index(max(ranks))
        for number, one in enumerate(answers):
            keys += len(one)
            side = c.CHOSEN if number == best else c.REJECTED if number == worst else c.REFERENCE
            out.add(one["answer"], c.ASSISTANT | c.ITEM | _SIDES[side], c.slot(1, number))
        return keys

    def pointer(self, code: int, packed: int) -> str:
        found = super().pointer(code, packed)
        return found if code & c.KIND_MASK == c.FIELD else f"{found}/answer"

    def identity(self, row: Mapping[str, Any]) -> Any:
        answers = row.get("answers")
        return [one.get("rank") for one in answers if isinstance(one, Mapping)] if isinstance(answers, list) else None
