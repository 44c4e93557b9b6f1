"""Plain texts to continue: ``{"text": "..."}``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Required

from ftprep.formats import columns as c
from ftprep.formats.format import Match
from ftprep.formats.keys import METADATA
from ftprep.formats.message_schema import Open
from ftprep.formats.parts import StringsFormat
from ftprep.text.rendered import is_rendered


class PlainTextRow(Open, total=False):
    """One text, all of which is trained on."""

    text: Required[str]


class PlainText(StringsFormat):
    """One string per row, for language modelling; further columns may only describe it."""

    name = "plain-text"
    title = "plain text"
    method = "language-modeling"
    priority = 45.0
    rendered = True
    keys = frozenset({"text"})
    fields = ("/text",)
    parts = (("text", c.OTHER | c.FIELD | c.TRAINED),)
    example = {"text": "The harbour wall was rebuilt after the storm of that spring."}

    @staticmethod
    def is_plain(row: Mapping[str, Any]) -> bool:
        """Whether ``row`` is a text that at most metadata stands beside."""
        # A label, an answer, a parent: the text is there for something else. A weight is how much the row counts.
        return isinstance(row.get("text"), str) and not row.keys() - {"text", "weight"} - METADATA

    def match(self, row: Mapping[str, Any]) -> Match | None:
        if not self.is_plain(row) or is_rendered(row["text"]):
            return None
        others = row.keys() - {"text"}
        return Match(
            0.8 if others else 0.9, "`text` is a string" + (" beside metadata" if others else " and all there is")
        )

    def schema(self) -> Any:
        return PlainTextRow
