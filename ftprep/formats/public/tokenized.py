"""Rows that were tokenized beforehand: ``input_ids``, with ``labels`` and ``attention_mask``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Required

from pydantic import AfterValidator, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from ftprep.formats.columns import ColumnBuilder
from ftprep.formats.format import Format, Match
from ftprep.formats.message_schema import Open
from ftprep.text.snippet import json_type, quote

IGNORED = -100  # the label of a token without loss, by the convention of PyTorch
_BESIDE = ("attention_mask", "labels", "position_ids", "token_type_ids", "completion_mask", "assistant_masks")
_MASKS = frozenset({"attention_mask", "completion_mask", "assistant_masks"})


def _listed(items: dict[str, Any], **more: Any) -> Any:
    """A list of anything for pydantic, which would say of every single id that it is wrong; see :func:`_checked`."""
    return Annotated[list[Any], WithJsonSchema({"type": "array", "items": items, **more})]


_ID = {"type": "integer", "minimum": 0}
Ids = _listed(_ID)
Mask = _listed({"type": "integer", "minimum": 0, "maximum": 1})
Labels = _listed({"anyOf": [_ID, {"const": IGNORED}]})


# The types of the lists are made by a function, which mypy does not follow.
class TokenizedRow(Open, total=False):
    """Ids of tokens, and lists of numbers of the same length. The label -100 takes a token out of the loss."""

    input_ids: Required[Annotated[_listed(_ID, minItems=1), Field(min_length=1)]]  # type: ignore[valid-type]
    attention_mask: Mask | None  # type: ignore[valid-type]
    labels: Labels | None  # type: ignore[valid-type]
    position_ids: Ids | None  # type: ignore[valid-type]
    token_type_ids: Ids | None  # type: ignore[valid-type]
    completion_mask: Mask | None  # type: ignore[valid-type]
    assistant_masks: Mask | None  # type: ignore[valid-type]


def _checked(row: TokenizedRow) -> TokenizedRow:
    """Check the lists as wholes, and name the first item that is wrong."""
    length = len(row["input_ids"])
    for key in ("input_ids", *_BESIDE):
        ids: Any = row.get(key)
        if ids is None:
            continue
        if len(ids) != length:
            raise _wrong("SCH006", f"/{key}", f"`{key}` has {len(ids):,} items for {length:,} `input_ids`")
        if set(map(type, ids)) != {int}:
            place = next(place for place, one in enumerate(ids) if type(one) is not int)
            what = json_type(ids[place])
            raise _wrong("SCH003", f"/{key}/{place}", f"`{key}[{place}]` is {what}; an integer is due")
        low, high = min(ids), max(ids)
        if low < 0 or (high > 1 and key in _MASKS):
            for place, one in enumerate(ids):
                if not _allowed(key, one):
                    raise _wrong("SCH006", f"/{key}/{place}", f"`{key}[{place}]` is {quote(one, 24)}")
    return row


def _allowed(key: str, number: int) -> bool:
    if key == "labels":
        return number >= 0 or number == IGNORED
    return 0 <= number <= 1 if key in _MASKS else number >= 0


def _wrong(code: str, pointer: str, message: str) -> PydanticCustomError:
    context = {"pointer": pointer, "code": code, "message": message}
    return PydanticCustomError("tokenized_list", "a list that does not fit", context)


class Tokenized(Format):
    """Ids instead of texts: the structure can be checked, and nothing that is said about texts."""

    name = "tokenized"
    title = "tokenized rows"
    method = "language-modeling"
    priority = 26
    keys = frozenset({"input_ids", "attention_mask", "labels"})
    fields = ()
    example = {"input_ids": [9906, 1917, 13], "attention_mask": [1, 1, 1], "labels": [-100, 1917, 13]}

    def match(self, row: Mapping[str, Any]) -> Match | None:
        if isinstance(row.get("input_ids"), list):
            return Match(0.98, "`input_ids` is a list")
        return None

    def schema(self) -> Any:
        return Annotated[TokenizedRow, AfterValidator(_checked)]

    def append(self, row: Mapping[str, Any], out: ColumnBuilder) -> int:
        return len(row)

    def identity(self, row: Mapping[str, Any]) -> Any:
        return {key: row[key] for key in ("input_ids", "labels") if row.get(key) is not None}
