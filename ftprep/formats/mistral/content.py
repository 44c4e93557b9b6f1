"""Plain texts under Mistral's other key: ``{"content": "..."}``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Required

from ftprep.formats import columns as c
from ftprep.formats.format import Match
from ftprep.formats.keys import METADATA
from ftprep.formats.message_schema import Open
from ftprep.formats.parts import StringsFormat


class MistralContentRow(Open, total=False):
    """One text, all of which is trained on."""

    content: Required[str]


class MistralContent(StringsFormat):
    """One string per row under `content`, which mistral-finetune reads like `text`."""

    name = "mistral-content"
    title = "Mistral, plain text"
    method = "language-modeling"
    priority = 46.2
    rendered = True
    keys = frozenset({"content"})
    fields = ("/content",)
    parts = (("content", c.OTHER | c.FIELD | c.TRAINED),)
    example = {"content": "The lock keeper noted each barge that passed before noon."}

    def match(self, row: Mapping[str, Any]) -> Match | None:
        # Beside a role it is a message, beside a title or a label a document: only metadata may stand there.
        others = row.keys() - {"content"}
        if not isinstance(row.get("content"), str) or others - METADATA:
            return None
        return Match(0.7 if others else 0.8, "`content` is a string" + (" beside metadata" if others else " alone"))

    def schema(self) -> Any:
        return MistralContentRow
