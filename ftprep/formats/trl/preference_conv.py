"""TRL preference rows of messages, with the prompt apart."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Required

from ftprep.formats import columns as c
from ftprep.formats.format import Match
from ftprep.formats.message_schema import Messages, Object, Open, Tools
from ftprep.formats.message_shape import is_messages
from ftprep.formats.parts import MessageListsFormat, MessagesPart


class TRLPreferenceConvRow(Open, total=False):
    """The turns up to the answer, and two answers as lists of turns."""

    prompt: Required[Messages]
    chosen: Required[Messages]
    rejected: Required[Messages]
    tools: Tools | None
    chat_template_kwargs: Object | None


class TRLPreferenceConv(MessageListsFormat):
    """A prompt, the answer that is preferred and the one that is not, all as messages."""

    name = "trl-preference-conv"
    title = "TRL preference, conversational"
    method = "preference"
    priority = 19.1
    keys = frozenset({"prompt", "chosen", "rejected", "tools"})
    fields = ("/prompt", "/chosen", "/rejected", "/tools", "/functions")
    parts = (
        MessagesPart("prompt"),
        MessagesPart("chosen", c.CHOSEN, trained=True),
        MessagesPart("rejected", c.REJECTED, trained=True),
    )
    seen = ((0, 1), (0, 2))
    incomplete = frozenset({"trl-preference-implicit-conv", "trl-prompt-only-conv"})
    example = {
        "prompt": [{"role": "user", "content": "What do bees make?"}],
        "chosen": [{"role": "assistant", "content": "Honey and wax."}],
        "rejected": [{"role": "assistant", "content": "Mostly noise."}],
    }

    def match(self, row: Mapping[str, Any]) -> Match | None:
        if all(is_messages(row.get(key)) for key in ("prompt", "chosen", "rejected")):
            return Match(0.95, "`prompt`, `chosen` and `rejected` are lists of messages")
        return None

    def schema(self) -> Any:
        return TRLPreferenceConvRow
