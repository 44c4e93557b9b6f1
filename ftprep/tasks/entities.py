"""What rows are about: customers, orders, documents, conversations, by the ids in their columns and in their texts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import xxhash

from ftprep.privacy.identifier_labels import NOUNS, SHORT, label_of_key, normal_form
from ftprep.privacy.value import Grade
from ftprep.privacy.values import identifiers_alone

if TYPE_CHECKING:
    from ftprep.shard import Shard

# Columns that name a thing which is nobody's affair, so that only their key tells what they are.
_THINGS = (
    "company", "document", "doc", "article", "paper", "page", "dialogue", "dialog", "thread", "prompt", "question",
)  # fmt: skip
ENTITIES = tuple(sorted({*(f"{kind.lower()}_id" for kind in (*NOUNS.values(), *SHORT.values())),
                         *(f"{thing}_id" for thing in _THINGS), "id", "uuid", "hex", "token"}))  # fmt: skip
"""The things that ids stand for, by the names of their columns; tables name them by number."""

_NUMBERS = {name: number for number, name in enumerate(ENTITIES)}
_INSIDE = ("metadata", "meta")
_NOBODY = frozenset({"", "0", "-1", "unknown", "none", "null", "n/a", "na", "anonymous"})
_ROW_IDS = frozenset({"specimen_id", "reference_id", "request_id"})  # in columns these are numbers of rows


def entity_columns(shard: Shard) -> Mapping[str, Any] | None:
    """One entry per id of a sound row: its thing, a hash of the value, and the value where it is a number."""
    found: set[tuple[int, int, int, int]] = set()
    for row, parsed in enumerate(shard.rows):
        if shard.state[row] == 0:
            found.update((row, *one) for one in _ids(parsed))
    for text, values in shard.once(identifiers_alone).items():
        row = int(shard.owners[text])
        if shard.state[row] == 0:
            found.update(
                (row, *_entry(value.kind.lower(), shard.values[text][value.start : value.end]))
                for value in values
                if value.grade == Grade.REAL
            )
    if not found:
        return None
    rows, columns, hashes, numbers = zip(*sorted(found), strict=True)
    return {
        "row": np.array(rows, dtype=np.int64),
        "column": np.array(columns, dtype=np.uint8),
        "value": np.array(hashes, dtype=np.uint64),
        "number": np.array(numbers, dtype=np.int64),
    }


def _ids(row: Mapping[str, Any]) -> Iterator[tuple[int, int, int]]:
    places = [row, *(inside for key in _INSIDE if isinstance(inside := row.get(key), Mapping))]
    for place in places:
        for key, value in place.items():
            name = _name(key)
            if name is None:
                continue
            if isinstance(value, int) and not isinstance(value, bool):
                value = str(value) if abs(value) < 1 << 62 else ""
            if isinstance(value, str) and (word := value.strip()).lower() not in _NOBODY and len(word) < 200:
                yield _entry(name, word)


def _name(key: str) -> str | None:
    """The thing that a column names by an id, or None."""
    if key[-2:] not in ("id", "Id", "ID", "no", "er", "No", "rn", "ef", "ce", "um"):
        return None
    label = label_of_key(key)
    if label is not None:
        name = f"{label.lower()}_id"
        return None if name in _ROW_IDS else name
    for thing in _THINGS:
        if key in (f"{thing}_id", f"{thing}Id"):
            return f"{thing}_id"
    return None


def _entry(name: str, written: str) -> tuple[int, int, int]:
    word = (normal_form(written) if written.isascii() else "") or written.casefold()
    number = int(word) if word.isascii() and word.isdigit() and len(word) < 18 else -1
    return _NUMBERS[name], xxhash.xxh3_64_intdigest(word.encode("utf-8", "surrogatepass")), number
