"""Plain texts to continue: ``{"text": "..."}``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Required

from ftprep.formats import columns as c
from ftprep.formats.format import Match
from ftprep.formats.keys import METADATA
from ftprep.formats.message_schema import Open
from ftprep.formats.parts import StringsFormat


class PlainTextRow(Open, total=False):
    """One text, all of which is trained on."""

    text: Required[str]


class PlainText(StringsFormat):
    """One string per row, for language modelling; further columns may only describe it."""

    name = "plain-text"
    title = "plain text"
    method = "language-modeling"
    priority = 45
    keys = frozenset({"text"})
    fields = ("/text",)
    parts = (("text", c.OTHER | c.FIELD | c.TRAINED),)
    example = {"text": "The harbour wall was rebuilt after the storm of that spring."}

    def match(self, row: Mapping[str, Any]) -> Match | None:
        if not isinstance(row.get("text"), str):
            return None
        others = row.keys() - {"text"}
        if others - METADATA:  # a label, an answer, a parent: the text is there for something else
            return None
        return Match(
            0.8 if others else 0.9, "`text` is a string" + (" beside metadata" if others else " and all there is")
        )

    def schema(self) -> Any:
        return PlainTextRow
