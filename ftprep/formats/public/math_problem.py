"""Problems with a worked solution or a final answer, as the public sets of competition mathematics have them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Required

from ftprep.formats import columns as c
from ftprep.formats.columns import ColumnBuilder, slot
from ftprep.formats.format import Format, Match
from ftprep.formats.keys import graded_columns
from ftprep.formats.message_schema import Open
from ftprep.formats.parts import PROMPT_TEXT, AtLeastOne

_OTHER_SHAPES = frozenset(
    {"messages", "prompt", "conversations", "completion", "chosen", "rejected", "verification_info", "info", "question"}
)


class MathProblemRow(Open, total=False):
    """One problem. Without an `answer` the result stands in the `solution`, in a box as a rule."""

    problem: Required[str]
    solution: str | None
    answer: str | int | float | None


class MathProblem(Format):
    """A problem, its worked solution, its final answer, or both: MATH, NuminaMath, DeepScaleR and AIME.

    Graders compare with the `answer`; where there is none, with what they find in the `solution`.
    """

    name = "math-problem"
    title = "problem and solution (MATH, NuminaMath, AIME)"
    method = "rft"
    priority = 33
    keys = frozenset({"problem", "solution", "answer"})
    fields = ("/problem", "/solution", "/answer")
    columns_belong_to_prompt = True
    example = {
        "problem": "A rope of 12 metres is cut into 4 equal parts. How long is one of them?",
        "solution": "Each part is $12 / 4 = 3$ metres long, so the answer is $\\boxed{3}$.",
        "answer": "3",
    }

    def match(self, row: Mapping[str, Any]) -> Match | None:
        if not isinstance(row.get("problem"), str) or not row.keys().isdisjoint(_OTHER_SHAPES):
            return None
        if isinstance(row.get("solution"), str):
            return Match(0.9, "`problem` and `solution` are strings")
        if isinstance(row.get("answer"), str | int | float):
            return Match(0.8, "a `problem` and its `answer`")
        return None

    def schema(self) -> Any:
        return Annotated[MathProblemRow, AtLeastOne("answer", "solution")]

    def append(self, row: Mapping[str, Any], out: ColumnBuilder) -> int:
        worked = c.OTHER | c.FIELD
        out.add(row.get("problem"), PROMPT_TEXT, slot(0))
        out.add(row.get("solution"), worked if row.get("answer") is not None else worked | c.REFERENCE, slot(1))
        out.add(row.get("answer"), worked | c.REFERENCE, slot(2))
        return len(row)

    def identity(self, row: Mapping[str, Any]) -> Any:
        return graded_columns(row, frozenset({"problem"}))

    def references(self, row: Mapping[str, Any]) -> list[tuple[str, Any]]:
        key = "answer" if row.get("answer") is not None else "solution"
        return [] if row.get(key) is None else [(f"/{key}", row[key])]
