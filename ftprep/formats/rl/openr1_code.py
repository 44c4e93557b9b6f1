"""Coding tasks as open-r1 and PrimeIntellect have them: a problem and ``verification_info`` with its tests."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Required

from ftprep.formats.columns import ColumnBuilder, slot
from ftprep.formats.format import Format, Match
from ftprep.formats.message_columns import append_messages
from ftprep.formats.message_schema import Messages, Object, Open
from ftprep.formats.message_shape import message_lists
from ftprep.formats.parts import PROMPT_TEXT, AtLeastOne

_PROBLEMS = ("prompt", "problem", "problem_statement", "question")
_GRADED = ("verification_info", "gold_standard_solution", "solution", "task_type")


class TestCase(Open, total=False):
    """What goes in and what is to come out, through standard input or as arguments of a function."""

    input: Any
    output: Any
    type: str | None
    fn_name: str | None


class VerificationInfo(Open, total=False):
    """How a solution is judged; other kinds of tasks have other keys."""

    language: str | None
    test_cases: list[TestCase] | None


class OpenR1CodeRow(Open, total=False):
    """One problem. `verification_info` is an object, or the same as JSON text."""

    messages: Messages | None
    prompt: str | Messages | None
    problem: str | None
    problem_statement: str | None
    question: str | None
    verification_info: Required[VerificationInfo | str]
    gold_standard_solution: str | None
    metadata: Object | str | None


class OpenR1Code(Format):
    """A problem and the tests that a program has to pass. The tests are no prose and stay out of the texts."""

    name = "openr1-code"
    title = "code with verification_info (open-r1, PrimeIntellect)"
    method = "rft"
    judged_by_tests = True
    priority = 7
    keys = frozenset({"prompt", "problem", "verification_info", "gold_standard_solution"})
    fields = ("/messages", *(f"/{key}" for key in _PROBLEMS))
    example = {
        "prompt": "Read a number and print its double.",
        "verification_info": {
            "language": "python",
            "test_cases": [{"input": "4\n", "output": "8\n", "type": "stdin_stdout"}],
        },
    }

    def match(self, row: Mapping[str, Any]) -> Match | None:
        asked = any(isinstance(row.get(key), str | list) for key in ("messages", *_PROBLEMS))
        if asked and isinstance(row.get("verification_info"), Mapping | str):
            return Match(0.95, "`verification_info` beside a problem")
        return None

    def schema(self) -> Any:
        return Annotated[OpenR1CodeRow, AtLeastOne("prompt", "messages", *_PROBLEMS[1:])]

    def append(self, row: Mapping[str, Any], out: ColumnBuilder) -> int:
        keys = len(row)
        for key, messages in self.conversations(row):
            keys += append_messages(messages, self.fields.index(key), out, trained=False)
        for field, key in enumerate(_PROBLEMS, 1):
            out.add(row.get(key), PROMPT_TEXT, slot(field))
        return keys

    def identity(self, row: Mapping[str, Any]) -> Any:
        return {key: row[key] for key in _GRADED if row.get(key) is not None}

    def conversations(self, row: Mapping[str, Any]) -> list[tuple[str, list[Any]]]:
        return message_lists(row, "/messages", "/prompt")[:1]
