"""TRL preference rows of two conversations that begin with the same turns."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Required

from ftprep.formats import columns as c
from ftprep.formats.columns import ColumnBuilder
from ftprep.formats.format import Match
from ftprep.formats.message_columns import append_messages, append_tools
from ftprep.formats.message_schema import Messages, Object, Open, Tools
from ftprep.formats.message_shape import is_messages
from ftprep.formats.parts import MessageListsFormat, MessagesPart
from ftprep.formats.trl.preference_implicit_std import PROMPTS_ELSEWHERE


class TRLPreferenceImplicitConvRow(Open, total=False):
    """Two full conversations; the turns that they share at the start are the prompt."""

    chosen: Required[Messages]
    rejected: Required[Messages]
    prompt: None
    tools: Tools | None
    chat_template_kwargs: Object | None


class TRLPreferenceImplicitConv(MessageListsFormat):
    """A preferred conversation and another. The turns that both begin with are prompt on either side."""

    name = "trl-preference-implicit-conv"
    title = "TRL preference, prompt inside, conversational"
    method = "preference"
    priority = 19.3
    keys = frozenset({"chosen", "rejected", "tools"})
    fields = ("/chosen", "/rejected", "/tools", "/functions")
    parts = (MessagesPart("chosen", c.CHOSEN, trained=True), MessagesPart("rejected", c.REJECTED, trained=True))
    seen = ((0,), (1,))
    example = {
        "chosen": [
            {"role": "user", "content": "Which planet has rings?"},
            {"role": "assistant", "content": "Saturn has the brightest."},
        ],
        "rejected": [
            {"role": "user", "content": "Which planet has rings?"},
            {"role": "assistant", "content": "None of them."},
        ],
    }

    def match(self, row: Mapping[str, Any]) -> Match | None:
        if row.keys() & PROMPTS_ELSEWHERE:
            return None
        if is_messages(row.get("chosen")) and is_messages(row.get("rejected")):
            return Match(0.9, "`chosen` and `rejected` are lists of messages without a prompt beside them")
        return None

    def schema(self) -> Any:
        return TRLPreferenceImplicitConvRow

    def append(self, row: Mapping[str, Any], out: ColumnBuilder) -> int:
        keys = len(row)
        shared = shared_turns(row["chosen"], row["rejected"])
        for field, part in enumerate(self.parts):
            if field:
                out.turns.append(c.SEPARATOR)
            messages = row[part.key]
            keys += append_messages(messages[:shared], field, out, trained=False)
            keys += append_messages(messages[shared:], field, out, part.side, start=shared)
        append_tools(row, 2, out)
        return keys


def shared_turns(chosen: list[Any], rejected: list[Any]) -> int:
    """Number of equal turns at the start, of which the last turn of either side is never one, as TRL counts them."""
    most = max(min(len(chosen), len(rejected)) - 1, 0)
    for index in range(most):
        if chosen[index] != rejected[index]:
            return index
    return most
