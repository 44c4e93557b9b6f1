"""TRL prompt-only rows of messages (GRPO, RLOO and other on-line methods)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Required

from ftprep.formats.columns import ColumnBuilder
from ftprep.formats.format import Match
from ftprep.formats.keys import REFERENCE_FIELDS, append_references, graded_columns
from ftprep.formats.message_schema import Messages, Object, Open, Tools
from ftprep.formats.message_shape import is_messages
from ftprep.formats.parts import MessageListsFormat, MessagesPart
from ftprep.formats.trl.prompt_only import match_columns


class TRLPromptOnlyConvRow(Open, total=False):
    """The turns that an answer is asked for; reward functions are handed every other column."""

    prompt: Required[Messages]
    tools: Tools | None
    chat_template_kwargs: Object | None
    completion: None
    completions: None
    chosen: None
    rejected: None


class TRLPromptOnlyConv(MessageListsFormat):
    """A prompt as messages, and columns that reward functions read. Nothing in the row is trained on."""

    name = "trl-prompt-only-conv"
    title = "TRL prompt only, conversational"
    method = "prompt-only"
    priority = 43.5
    keys = frozenset({"prompt", "tools"})
    fields = ("/prompt", "/tools", "/functions", *REFERENCE_FIELDS)
    parts = (MessagesPart("prompt"),)
    seen = ((0,),)
    example = {"prompt": [{"role": "user", "content": "Give me a rhyme for lantern."}]}

    def match(self, row: Mapping[str, Any]) -> Match | None:
        if is_messages(row.get("prompt")):
            return match_columns(row, "`prompt` is a list of messages")
        return None

    def schema(self) -> Any:
        return TRLPromptOnlyConvRow

    def append(self, row: Mapping[str, Any], out: ColumnBuilder) -> int:
        keys = super().append(row, out)
        append_references(row, 3, out)
        return keys

    def identity(self, row: Mapping[str, Any]) -> Any:
        return graded_columns(row, frozenset({"prompt", "tools", "chat_template_kwargs"}))
