"""Prompt/completion rows of two strings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Required

from ftprep.formats import columns as c
from ftprep.formats.format import Match
from ftprep.formats.message_schema import Object, Open
from ftprep.formats.parts import ANSWER_TEXT, PROMPT_TEXT, StringsFormat


class PromptCompletionRow(Open, total=False):
    """A prompt and what should follow it. A true-or-false `label` would make it a row for KTO."""

    prompt: Required[str]
    completion: Required[str]
    label: str | float | list[Any] | Object | None
    chosen: None
    rejected: None


class PromptCompletion(StringsFormat):
    """Two strings, of which the completion is trained on: one shape that many trainers and platforms share."""

    name = "prompt-completion"
    title = "prompt and completion"
    method = "sft"
    priority = 40
    keys = frozenset({"prompt", "completion"})
    fields = ("/prompt", "/completion")
    parts = (("prompt", PROMPT_TEXT | c.OPTIONAL), ("completion", ANSWER_TEXT))
    incomplete = frozenset({"trl-prompt-only"})
    example = {"prompt": "Translate to Italian: good night", "completion": "buona notte"}

    def match(self, row: Mapping[str, Any]) -> Match | None:
        if not isinstance(row.get("prompt"), str) or not isinstance(row.get("completion"), str):
            return None
        label = row.get("label")
        if isinstance(label, bool) or "chosen" in row or "rejected" in row:
            return None
        reason = "`prompt` and `completion` are strings, as TRL, Together, Bedrock and older OpenAI files have them"
        if "<|start_header_id|>" in row["prompt"]:
            reason += ", with the header tokens of Llama on Bedrock"
        elif row["completion"].startswith(" ") and row["prompt"].endswith(("###", "->")):
            reason += ", with the separator and the space of older OpenAI files"
        if isinstance(label, int) and label in (0, 1):
            return Match(0.4, reason)
        return Match(0.7, reason)

    def schema(self) -> Any:
        return PromptCompletionRow
