"""Red-team rows of HH-RLHF: a transcript and how far the attack got."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Required

from ftprep.formats import columns as c
from ftprep.formats.format import Match
from ftprep.formats.message_schema import Open
from ftprep.formats.parts import StringsFormat, strings


class HHRedTeamRow(Open, total=False):
    """A dialogue in one text, and what people thought of it."""

    transcript: Required[str]
    rating: Required[float]


class HHRedTeam(StringsFormat):
    """A transcript of an attack with its rating, for study more than for training."""

    name = "hh-red-team"
    title = "HH red team"
    method = "language-modeling"
    priority = 47
    rendered = True
    keys = frozenset({"transcript", "rating"})
    fields = ("/transcript",)
    parts = (("transcript", c.OTHER | c.FIELD | c.TRAINED),)
    example = {"transcript": "\n\nHuman: How do I pick a lock?\n\nAssistant: I would call a locksmith.", "rating": 0.0}

    def match(self, row: Mapping[str, Any]) -> Match | None:
        if strings(row, "transcript") and "rating" in row:
            return Match(0.8, "`transcript` is a string beside `rating`")
        return None

    def schema(self) -> Any:
        return HHRedTeamRow
