"""TRL unpaired preference rows (KTO, BCO) of strings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Required

from ftprep.formats import columns as c
from ftprep.formats.columns import ColumnBuilder
from ftprep.formats.format import Match
from ftprep.formats.message_schema import Flag, Open
from ftprep.formats.parts import CHOSEN_TEXT, PROMPT_TEXT, REJECTED_TEXT, StringsFormat


class TRLKTORow(Open, total=False):
    """A prompt, one answer, and whether it is wanted. Some exports write the label as 0 or 1."""

    prompt: Required[str]
    completion: Required[str]
    label: Required[bool | Flag]


class TRLKTO(StringsFormat):
    """One judged answer per row. It stands on the chosen side where the label is true, else on the rejected side."""

    name = "trl-kto"
    title = "TRL unpaired preference (KTO)"
    method = "kto"
    priority = 17
    keys = frozenset({"prompt", "completion", "label"})
    fields = ("/prompt", "/completion")
    parts = (("prompt", PROMPT_TEXT | c.OPTIONAL), ("completion", CHOSEN_TEXT))
    incomplete = frozenset({"prompt-completion", "trl-prompt-only"})
    example = {"prompt": "Is a tomato a fruit?", "completion": "By the botanist's word, yes.", "label": True}

    def match(self, row: Mapping[str, Any]) -> Match | None:
        if isinstance(row.get("prompt"), str) and isinstance(row.get("completion"), str):
            return match_label(row.get("label"))
        return None

    def schema(self) -> Any:
        return TRLKTORow

    def append(self, row: Mapping[str, Any], out: ColumnBuilder) -> int:
        keys = super().append(row, out)
        if not row.get("label") and isinstance(row.get("completion"), str):
            out.codes[-1] = REJECTED_TEXT
        return keys

    def identity(self, row: Mapping[str, Any]) -> Any:
        return bool(row.get("label"))


def match_label(label: Any) -> Match | None:
    """Match by the label of a row that has a prompt and a completion."""
    if isinstance(label, bool):
        return Match(0.96, "`prompt` and `completion` with a true-or-false `label`")
    if isinstance(label, int) and label in (0, 1):
        return Match(0.8, "`prompt` and `completion` with a `label` of 0 or 1")
    return None
