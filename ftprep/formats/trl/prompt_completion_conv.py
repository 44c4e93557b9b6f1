"""TRL prompt/completion rows of messages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Required

from ftprep.formats.format import Match
from ftprep.formats.message_schema import Messages, Object, Open, Tools
from ftprep.formats.message_shape import is_messages
from ftprep.formats.parts import MessageListsFormat, MessagesPart


class TRLPromptCompletionConvRow(Open, total=False):
    """The turns up to the answer, and the answer as a list of assistant turns."""

    prompt: Required[Messages]
    completion: Required[Messages]
    tools: Tools | None
    chat_template_kwargs: Object | None
    label: str | float | list[Any] | Object | None
    chosen: None
    rejected: None


class TRLPromptCompletionConv(MessageListsFormat):
    """A prompt and a completion, both as messages; only the completion is trained on."""

    name = "trl-prompt-completion-conv"
    title = "TRL prompt and completion, conversational"
    method = "sft"
    priority = 41
    keys = frozenset({"prompt", "completion", "tools"})
    fields = ("/prompt", "/completion", "/tools", "/functions")
    parts = (MessagesPart("prompt"), MessagesPart("completion", trained=True))
    seen = ((0, 1),)
    incomplete = frozenset({"trl-prompt-only-conv"})
    example = {
        "prompt": [{"role": "user", "content": "What melts faster in the sun, ice or butter?"}],
        "completion": [{"role": "assistant", "content": "Butter, on a hot day."}],
    }

    def match(self, row: Mapping[str, Any]) -> Match | None:
        if isinstance(row.get("label"), bool) or "chosen" in row or "rejected" in row:
            return None
        if is_messages(row.get("prompt")) and is_messages(row.get("completion")):
            return Match(0.95, "`prompt` and `completion` are lists of messages")
        return None

    def schema(self) -> Any:
        return TRLPromptCompletionConvRow
