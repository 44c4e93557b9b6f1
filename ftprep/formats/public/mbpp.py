"""MBPP rows: a task in a sentence, its solution, and assertions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Required

from ftprep.formats.format import Match
from ftprep.formats.message_schema import Open
from ftprep.formats.parts import PROMPT_TEXT, AtLeastOne, StringsFormat

_GRADED = ("code", "test_list", "test_setup_code", "test_imports", "challenge_test_list")


class MBPPRow(Open, total=False):
    """One task: in `text` in the full set, in `prompt` in the checked one."""

    task_id: str | int | None
    text: str | None
    prompt: str | None
    code: str | None
    test_list: Required[list[str]]
    test_setup_code: str | None
    test_imports: list[str] | None
    challenge_test_list: list[str] | None


class MBPP(StringsFormat):
    """A function to be written and assertions about it. Code and tests stay out of the texts."""

    name = "mbpp"
    title = "MBPP"
    method = "rft"
    judged_by_tests = True
    priority = 35
    keys = frozenset({"task_id", "text", "prompt", "code", "test_list"})
    fields = ("/text", "/prompt")
    parts = (("text", PROMPT_TEXT), ("prompt", PROMPT_TEXT))
    example = {
        "task_id": 1,
        "text": "Write a function that counts the vowels of a word.",
        "code": "def vowels(word):\n    return sum(one in 'aeiou' for one in word)",
        "test_list": ["assert vowels('canoe') == 3"],
    }

    def match(self, row: Mapping[str, Any]) -> Match | None:
        if isinstance(row.get("test_list"), list) and any(isinstance(row.get(key), str) for key in ("text", "prompt")):
            return Match(0.95, "`test_list` beside a task")
        return None

    def schema(self) -> Any:
        return Annotated[MBPPRow, AtLeastOne("text", "prompt")]

    def identity(self, row: Mapping[str, Any]) -> Any:
        return {key: row[key] for key in _GRADED if row.get(key) is not None}
