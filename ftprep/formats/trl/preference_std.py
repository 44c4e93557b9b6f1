"""TRL preference rows of strings, with the prompt apart."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Required

from ftprep.formats import columns as c
from ftprep.formats.format import Match
from ftprep.formats.message_schema import Open
from ftprep.formats.parts import CHOSEN_TEXT, PROMPT_TEXT, REJECTED_TEXT, StringsFormat


class TRLPreferenceStdRow(Open, total=False):
    """A prompt and two completions of it."""

    prompt: Required[str]
    chosen: Required[str]
    rejected: Required[str]


class TRLPreferenceStd(StringsFormat):
    """A prompt string, the answer that is preferred, and the one that is not."""

    name = "trl-preference-std"
    title = "TRL preference"
    method = "preference"
    priority = 19
    keys = frozenset({"prompt", "chosen", "rejected"})
    fields = ("/prompt", "/chosen", "/rejected")
    parts = (("prompt", PROMPT_TEXT | c.OPTIONAL), ("chosen", CHOSEN_TEXT), ("rejected", REJECTED_TEXT))
    incomplete = frozenset({"trl-preference-implicit-std", "trl-prompt-only"})
    example = {"prompt": "The kettle is", "chosen": " on the stove.", "rejected": " made of soup."}

    def match(self, row: Mapping[str, Any]) -> Match | None:
        if "instruction" in row or "messages" in row or "conversations" in row:
            return None
        if all(isinstance(row.get(key), str) for key in ("prompt", "chosen", "rejected")):
            return Match(0.95, "`prompt`, `chosen` and `rejected` are strings")
        return None

    def schema(self) -> Any:
        return TRLPreferenceStdRow
