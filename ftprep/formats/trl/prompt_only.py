"""TRL prompt-only rows of strings (GRPO, RLOO and other on-line methods)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Required

from ftprep.formats.columns import ColumnBuilder
from ftprep.formats.format import Match
from ftprep.formats.keys import METADATA, REFERENCE_FIELDS, append_references, graded_columns
from ftprep.formats.message_schema import Open
from ftprep.formats.parts import PROMPT_TEXT, StringsFormat

# Beside `prompt`, each of them makes the row something else: an answer, a judgement, tests, another framework.
NOT_PROMPTS = frozenset(
    {
        "answers", "canonical_solution", "category", "chosen", "code", "completion", "completions",
        "conversations", "data_source", "entry_point", "generation", "input_ids", "input_output", "instruction",
        "info", "intent", "kto_tag", "label", "labels", "message_tree_id", "messages", "output", "outputs", "question",
        "rejected", "replies", "response", "responses", "reward_model", "system_prompt", "test", "test_list",
        "text", "verification_info",
    }
)  # fmt: skip


class TRLPromptOnlyRow(Open, total=False):
    """One prompt; reward functions are handed every other column."""

    prompt: Required[str]
    completion: None
    completions: None
    chosen: None
    rejected: None


class TRLPromptOnly(StringsFormat):
    """A prompt without an answer, and columns that reward functions read. Nothing in the row is trained on."""

    name = "trl-prompt-only"
    title = "TRL prompt only"
    method = "prompt-only"
    priority = 43
    keys = frozenset({"prompt"})
    fields = ("/prompt", *REFERENCE_FIELDS)
    parts = (("prompt", PROMPT_TEXT),)
    example = {"prompt": "Write one sentence about fog without the letter e."}

    def match(self, row: Mapping[str, Any]) -> Match | None:
        if isinstance(row.get("prompt"), str):
            return match_columns(row, "`prompt` is a string")
        return None

    def schema(self) -> Any:
        return TRLPromptOnlyRow

    def append(self, row: Mapping[str, Any], out: ColumnBuilder) -> int:
        keys = super().append(row, out)
        append_references(row, 1, out)
        return keys

    def identity(self, row: Mapping[str, Any]) -> Any:
        return graded_columns(row, frozenset({"prompt"}))


def match_columns(row: Mapping[str, Any], sign: str) -> Match | None:
    """Match by the columns beside a `prompt` of the right type."""
    if not NOT_PROMPTS.isdisjoint(key.strip().lower() for key in row):  # also where a name is not quite right
        return None
    if row.keys() - METADATA - {"prompt", "tools", "chat_template_kwargs"}:
        return Match(0.7, f"{sign} beside columns for reward functions")
    return Match(0.8, f"{sign} without an answer")
