"""Gemini reinforcement rows: ``contents`` that a model answers, and ``references`` for the reward."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Required

from ftprep.formats import columns as c
from ftprep.formats.columns import ColumnBuilder, field_of
from ftprep.formats.format import Match
from ftprep.formats.gemini.contents_schema import GeminiRow
from ftprep.formats.gemini.sft import GeminiFormat
from ftprep.pointer import escape_token

REFERENCE_FIELD = 4


class GeminiRFTRow(GeminiRow, total=False):
    """One prompt; rewards read `references`, whose values are strings."""

    references: Required[dict[str, str]]


class GeminiRFT(GeminiFormat):
    """A prompt without its answer, and strings that rewards compare with. Nothing in the row is trained on."""

    name = "gemini-rft"
    title = "Gemini reinforcement (RFT)"
    method = "rft"
    priority = 4
    keys = GeminiFormat.keys | {"references"}
    fields = (*GeminiFormat.fields, "/references")
    incomplete = frozenset({"gemini-sft"})
    trained = False
    example = {
        "contents": [
            {"role": "user", "parts": [{"text": "A ladder has 9 rungs, 30 cm apart. How far up is the top?"}]}
        ],
        "references": {"answer": "240 cm"},
    }

    def match(self, row: Mapping[str, Any]) -> Match | None:
        if isinstance(row.get("contents"), list) and isinstance(row.get("references"), Mapping):
            return Match(0.97, "`contents` is a list beside an object `references`")
        return None

    def schema(self) -> Any:
        return GeminiRFTRow

    def append(self, row: Mapping[str, Any], out: ColumnBuilder) -> int:
        keys = super().append(row, out)
        references = row["references"]
        for key, value in sorted(references.items()):
            # Keys are the author's own: the slot holds the key itself.
            spelt = int.from_bytes(b"\x01" + key.encode())
            out.add(value, c.OTHER | c.FIELD | c.REFERENCE, c.slot(REFERENCE_FIELD) | spelt << c.ITEM_SHIFT)
        return keys + len(references)

    def pointer(self, code: int, packed: int) -> str:
        if field_of(packed) != REFERENCE_FIELD:
            return super().pointer(code, packed)
        spelt = packed >> c.ITEM_SHIFT
        key = spelt.to_bytes((spelt.bit_length() + 7) // 8)[1:].decode()
        return f"/references/{escape_token(key)}"

    def references(self, row: Mapping[str, Any]) -> list[tuple[str, Any]]:
        return [("/references", row["references"])]

    def identity(self, row: Mapping[str, Any]) -> Any:
        return sorted(row["references"])
