"""LiveCodeBench rows: a problem with public and private test cases."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Required

from ftprep.formats.format import Match
from ftprep.formats.message_schema import Object, Open
from ftprep.formats.parts import PROMPT_TEXT, StringsFormat

_GRADED = ("public_test_cases", "private_test_cases", "starter_code")


class TestCase(Open, total=False):
    """One test through standard input, or of a function."""

    input: Required[str]
    output: Required[str]
    testtype: str | None


class LiveCodeBenchRow(Open, total=False):
    """One problem. Test cases are a list or JSON text, the private ones packed; `metadata` names the function."""

    question_title: str | None
    question_content: Required[str]
    starter_code: str | None
    public_test_cases: Required[str | list[TestCase]]
    private_test_cases: str | list[TestCase] | None
    metadata: str | Object | None


class LiveCodeBench(StringsFormat):
    """A problem from a contest and its tests. Tests stay out of the texts."""

    name = "livecodebench"
    title = "LiveCodeBench"
    method = "rft"
    judged_by_tests = True
    priority = 37
    keys = frozenset({"question_title", "question_content", "public_test_cases", "private_test_cases", "starter_code"})
    fields = ("/question_content",)
    parts = (("question_content", PROMPT_TEXT),)
    example = {
        "question_title": "Two bells",
        "question_content": "Two bells ring every a and b minutes. Print when both ring again.",
        "public_test_cases": '[{"input": "4 6\\n", "output": "12\\n", "testtype": "stdin"}]',
        "metadata": "{}",
    }

    def match(self, row: Mapping[str, Any]) -> Match | None:
        if isinstance(row.get("question_content"), str) and isinstance(row.get("public_test_cases"), str | list):
            return Match(0.97, "`public_test_cases` beside `question_content`")
        return None

    def schema(self) -> Any:
        return LiveCodeBenchRow

    def identity(self, row: Mapping[str, Any]) -> Any:
        return {key: row[key] for key in _GRADED if row.get(key) is not None}
