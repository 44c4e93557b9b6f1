"""Gemini preference rows: ``contents`` that end with the user, and two scored ``completions``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Required

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from ftprep.formats import columns as c
from ftprep.formats.columns import INDEX_MASK, OUTER_SHIFT, ColumnBuilder, field_of
from ftprep.formats.format import Match
from ftprep.formats.gemini.contents_columns import (
    append_content,
    content_exchanges,
    contents_exchanges,
    part_pointer,
)
from ftprep.formats.gemini.contents_schema import GeminiRow, ModelContent
from ftprep.formats.gemini.sft import GeminiFormat
from ftprep.formats.message_schema import Closed
from ftprep.formats.tool_calls import Call, Result

COMPLETION_FIELD = 4


class Completion(Closed):
    """One answer and its score: 1 for the one that is preferred, 0 for the other."""

    score: float
    completion: ModelContent


def _one_and_zero(completions: list[Completion]) -> list[Completion]:
    scores = [completion["score"] for completion in completions]
    wrong = next((index for index, score in enumerate(scores) if score not in (0, 1)), None)
    if wrong is not None:
        pointer, message = f"/{wrong}/score", f"`score` is {scores[wrong]:.6g}; 0 or 1 is due"
    elif len(set(scores)) == 1:
        pointer, message = "", f"every `score` is {scores[0]:.6g}; one 1 and one 0 are due"
    else:
        return completions
    raise PydanticCustomError("scores", "scores are no 1 and 0", {"pointer": pointer, "message": message})


class GeminiPreferenceRow(GeminiRow, total=False):
    """One prompt with an answer that is preferred and one that is not."""

    completions: Required[Annotated[list[Completion], Field(min_length=2, max_length=2), AfterValidator(_one_and_zero)]]


class GeminiPreference(GeminiFormat):
    """A prompt and two completions, scored 1 and 0; only the completions are trained on."""

    name = "gemini-preference"
    title = "Gemini preference"
    method = "preference"
    priority = 3
    keys = GeminiFormat.keys | {"completions"}
    fields = (*GeminiFormat.fields, "/completions")
    incomplete = frozenset({"gemini-sft"})
    trained = False
    example = {
        "contents": [{"role": "user", "parts": [{"text": "Ask a neighbour to turn the radio down."}]}],
        "completions": [
            {
                "score": 1.0,
                "completion": {"role": "model", "parts": [{"text": "Could you turn it down a little, please?"}]},
            },
            {"score": 0.0, "completion": {"role": "model", "parts": [{"text": "Silence!"}]}},
        ],
    }

    def match(self, row: Mapping[str, Any]) -> Match | None:
        completions = row.get("completions")
        if not is_list_of(completions, "completion", "score") or not isinstance(row.get("contents"), list):
            return None
        return Match(0.98, "`contents` is a list beside scored `completions`")

    def schema(self) -> Any:
        return GeminiPreferenceRow

    def append(self, row: Mapping[str, Any], out: ColumnBuilder) -> int:
        keys = super().append(row, out)
        for number, answer in _answers(row):
            out.turns.append(c.SEPARATOR)
            side = c.CHOSEN if answer.get("score") == 1 else c.REJECTED
            keys += len(answer)
            keys += append_content(answer["completion"], c.slot(COMPLETION_FIELD, number), out, side, True, "model")
        return keys

    def pointer(self, code: int, packed: int) -> str:
        if field_of(packed) != COMPLETION_FIELD:
            return super().pointer(code, packed)
        return part_pointer(f"/completions/{packed >> OUTER_SHIFT & INDEX_MASK}/completion", code, packed)

    def conversations(self, row: Mapping[str, Any]) -> list[tuple[str, list[Any]]]:
        answers = [(f"/completions/{number}/completion", [answer["completion"]]) for number, answer in _answers(row)]
        return super().conversations(row) + answers

    def turn_pointers(self, row: Mapping[str, Any]) -> list[str]:
        prompts = super().conversations(row)
        places = [f"{pointer}/{index}" for pointer, turns in prompts for index in range(len(turns))]
        return places + [place for place, _ in self.conversations(row)[len(prompts) :]]

    def exchanges(self, row: Mapping[str, Any]) -> Iterator[list[Call | Result]]:
        lists = self.conversations(row)
        if super().conversations(row):
            pointer, prompt = lists[0]
            for place, answer in lists[1:3]:
                before = contents_exchanges(prompt, pointer, learn=False)
                yield [*before, *content_exchanges(answer[0], place, len(prompt), learn=True)]


def is_list_of(value: Any, *keys: str) -> bool:
    """Whether ``value`` is a list of objects, each with one of ``keys``."""
    return isinstance(value, list) and all(isinstance(one, Mapping) and one.keys() & set(keys) for one in value)


def _answers(row: Mapping[str, Any]) -> list[tuple[int, Mapping[str, Any]]]:
    """The completions with their numbers, the one with the higher score first."""
    listed = row.get("completions")
    numbered = [
        (number, one)
        for number, one in enumerate(listed if isinstance(listed, list) else ())
        if isinstance(one, Mapping) and isinstance(one.get("completion"), Mapping)
    ]
    return sorted(numbered, key=lambda pair: pair[1].get("score") != 1)
