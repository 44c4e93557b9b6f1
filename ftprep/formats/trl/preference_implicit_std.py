"""TRL preference rows of two strings that begin with the same prompt."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Required

from ftprep.formats.format import Match
from ftprep.formats.message_schema import Open
from ftprep.formats.parts import CHOSEN_TEXT, REJECTED_TEXT, StringsFormat
from ftprep.formats.transcripts import is_transcript

# Each of them holds a prompt, under names that TRL does not read: another shape, whatever it is.
PROMPTS_ELSEWHERE = frozenset(
    {"prompt", "instruction", "question", "input", "query", "context", "messages", "conversations", "system"}
)


class TRLPreferenceImplicitStdRow(Open, total=False):
    """Two full texts; what they share at the start is the prompt."""

    chosen: Required[str]
    rejected: Required[str]
    prompt: None


class TRLPreferenceImplicitStd(StringsFormat):
    """A preferred text and another, each with the prompt in it."""

    name = "trl-preference-implicit-std"
    title = "TRL preference, prompt inside"
    method = "preference"
    priority = 19.2
    keys = frozenset({"chosen", "rejected"})
    fields = ("/chosen", "/rejected")
    parts = (("chosen", CHOSEN_TEXT), ("rejected", REJECTED_TEXT))
    example = {
        "chosen": "Q: What is frozen water called?\nA: Ice.",
        "rejected": "Q: What is frozen water called?\nA: Steam.",
    }

    def match(self, row: Mapping[str, Any]) -> Match | None:
        chosen, rejected = row.get("chosen"), row.get("rejected")
        if row.keys() & PROMPTS_ELSEWHERE or not isinstance(chosen, str) or not isinstance(rejected, str):
            return None
        if is_transcript(chosen) and is_transcript(rejected):
            return None
        return Match(0.9, "`chosen` and `rejected` are strings without a prompt beside them")

    def schema(self) -> Any:
        return TRLPreferenceImplicitStdRow
