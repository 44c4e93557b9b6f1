"""HumanEval rows: the head of a function, and a test that defines ``check(candidate)``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Required

from ftprep.formats.format import Match
from ftprep.formats.message_schema import Open
from ftprep.formats.parts import PROMPT_TEXT, StringsFormat

_GRADED = ("entry_point", "test", "canonical_solution")


class HumanEvalRow(Open, total=False):
    """One function to write. `canonical_solution` is its body alone."""

    task_id: Required[str]
    prompt: Required[str]
    entry_point: Required[str]
    test: Required[str]
    canonical_solution: str | None


class HumanEval(StringsFormat):
    """A function to be completed and its unit test. Test and solution are code and stay out of the texts."""

    name = "humaneval"
    title = "HumanEval"
    method = "rft"
    judged_by_tests = True
    priority = 34
    keys = frozenset({"task_id", "prompt", "entry_point", "canonical_solution", "test"})
    fields = ("/prompt",)
    parts = (("prompt", PROMPT_TEXT),)
    example = {
        "task_id": "own/0",
        "prompt": 'def halves(n: int) -> int:\n    """How often can n be halved without a rest?"""\n',
        "entry_point": "halves",
        "canonical_solution": "    return (n & -n).bit_length() - 1\n",
        "test": "def check(candidate):\n    assert candidate(12) == 2\n",
    }

    def match(self, row: Mapping[str, Any]) -> Match | None:
        if all(isinstance(row.get(key), str) for key in ("prompt", "entry_point", "test")) and "task_id" in row:
            return Match(0.98, "`prompt`, `entry_point` and `test` beside `task_id`")
        return None

    def schema(self) -> Any:
        return HumanEvalRow

    def identity(self, row: Mapping[str, Any]) -> Any:
        return {key: row.get(key) for key in _GRADED}
