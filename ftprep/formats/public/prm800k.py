"""PRM800K rows: a problem, and steps of a solution with several candidates that people rated."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal, Required

from ftprep.formats import columns as c
from ftprep.formats.columns import ColumnBuilder
from ftprep.formats.format import Format, Match
from ftprep.formats.message_schema import Object, Open
from ftprep.formats.parts import PROMPT_TEXT

_STEP = 2  # number of the field below


class Candidate(Open, total=False):
    """One candidate for a step: -1 wrong, 0 of no help, 1 right, null not rated."""

    text: Required[str]
    rating: Literal[-1, 0, 1] | None


class Step(Open, total=False):
    """The candidates for one step; null where a person wrote the step."""

    completions: list[Candidate] | None


class Label(Open, total=False):
    """What the people who rated have said."""

    steps: Required[list[Step]]


class Problem(Open, total=False):
    """The problem and its answer."""

    problem: Required[str]
    ground_truth_answer: str | None


class PRM800KRow(Open, total=False):
    """One solution under way."""

    question: Required[Problem]
    label: Required[Label]
    labeler: str | None
    generation: int | Object | None


class PRM800K(Format):
    """A problem and rated steps towards its answer, for reward models of steps."""

    name = "prm800k"
    title = "PRM800K"
    method = "stepwise"
    priority = 14.5
    keys = frozenset({"question", "label", "labeler"})
    fields = ("/question/problem", "/question/ground_truth_answer", "/label/steps")
    example = {
        "question": {"problem": "What is half of 3/5?", "ground_truth_answer": "3/10"},
        "label": {"steps": [{"completions": [{"text": "3/5 / 2 = 3/10.", "rating": 1}], "chosen_completion": 0}]},
    }

    def match(self, row: Mapping[str, Any]) -> Match | None:
        question, label = row.get("question"), row.get("label")
        if isinstance(question, Mapping) and isinstance(label, Mapping) and "problem" in question and "steps" in label:
            return Match(0.97, "`question` with a problem beside `label` with steps")
        return None

    def schema(self) -> Any:
        return PRM800KRow

    def append(self, row: Mapping[str, Any], out: ColumnBuilder) -> int:
        question = row["question"]
        out.add(question.get("problem"), PROMPT_TEXT, c.slot(0))
        out.add(question.get("ground_truth_answer"), c.OTHER | c.FIELD | c.REFERENCE, c.slot(1))
        for outer, inner, candidate in _candidates(row):
            out.add(candidate.get("text"), c.ASSISTANT | c.PAIR | c.TRAINED, c.slot(_STEP, outer, inner))
        return len(row) + len(question) + len(row["label"])

    def pointer(self, code: int, packed: int) -> str:
        if code & c.KIND_MASK != c.PAIR:
            return super().pointer(code, packed)
        outer, inner = packed >> c.OUTER_SHIFT & c.INDEX_MASK, packed & c.INDEX_MASK
        return f"{self.fields[_STEP]}/{outer}/completions/{inner}/text"

    def identity(self, row: Mapping[str, Any]) -> Any:
        return [candidate.get("rating") for _, _, candidate in _candidates(row)]


def _candidates(row: Mapping[str, Any]) -> Iterator[tuple[int, int, Mapping[str, Any]]]:
    steps = row["label"].get("steps")
    for outer, step in enumerate(steps if isinstance(steps, list) else ()):
        candidates = step.get("completions") if isinstance(step, Mapping) else None
        for inner, candidate in enumerate(candidates if isinstance(candidates, list) else ()):
            if isinstance(candidate, Mapping):
                yield outer, inner, candidate
