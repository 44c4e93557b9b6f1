"""TRL unpaired preference rows (KTO, BCO) of messages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Required

from ftprep.formats import columns as c
from ftprep.formats.columns import ColumnBuilder
from ftprep.formats.format import Match
from ftprep.formats.message_columns import append_messages, append_tools
from ftprep.formats.message_schema import Flag, Messages, Object, Open, Tools
from ftprep.formats.message_shape import is_messages
from ftprep.formats.parts import MessageListsFormat, MessagesPart
from ftprep.formats.trl.kto import match_label


class TRLKTOConvRow(Open, total=False):
    """The turns up to the answer, the answer, and whether it is wanted."""

    prompt: Required[Messages]
    completion: Required[Messages]
    label: Required[bool | Flag]
    tools: Tools | None
    chat_template_kwargs: Object | None


class TRLKTOConv(MessageListsFormat):
    """One judged answer per row, as messages. The label says on which side it stands, chosen or rejected."""

    name = "trl-kto-conv"
    title = "TRL unpaired preference (KTO), conversational"
    method = "kto"
    priority = 17.5
    keys = frozenset({"prompt", "completion", "label", "tools"})
    fields = ("/prompt", "/completion", "/tools", "/functions")
    parts = (MessagesPart("prompt"), MessagesPart("completion", c.CHOSEN, trained=True))
    seen = ((0, 1),)
    incomplete = frozenset({"trl-prompt-completion-conv", "trl-prompt-only-conv"})
    example = {
        "prompt": [{"role": "user", "content": "Does sound travel in a vacuum?"}],
        "completion": [{"role": "assistant", "content": "Yes, but slowly."}],
        "label": False,
    }

    def match(self, row: Mapping[str, Any]) -> Match | None:
        if is_messages(row.get("prompt")) and is_messages(row.get("completion")):
            return match_label(row.get("label"))
        return None

    def schema(self) -> Any:
        return TRLKTOConvRow

    def append(self, row: Mapping[str, Any], out: ColumnBuilder) -> int:
        keys = len(row) + append_messages(row["prompt"], 0, out, trained=False)
        out.turns.append(c.SEPARATOR)
        keys += append_messages(row["completion"], 1, out, c.CHOSEN if row.get("label") else c.REJECTED)
        append_tools(row, 2, out)
        return keys

    def identity(self, row: Mapping[str, Any]) -> Any:
        return bool(row.get("label"))
