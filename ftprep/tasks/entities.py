"""Ids of what rows are about: customers, documents, conversations."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import xxhash

if TYPE_CHECKING:
    from ftprep.shard import Shard

ENTITIES = (
    "customer_id", "client_id", "account_id", "patient_id", "user_id", "company_id",
    "document_id", "doc_id", "article_id", "paper_id", "page_id",
    "conversation_id", "dialogue_id", "dialog_id", "thread_id", "session_id", "chat_id", "ticket_id", "case_id",
    "prompt_id", "question_id",
)  # fmt: skip
"""Columns whose value stands for one thing, which several rows may be about; tables name them by number."""

_INSIDE = ("metadata", "meta")
_NOBODY = frozenset({"", "0", "-1", "unknown", "none", "null", "n/a", "na", "anonymous"})


def _camel(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(one.capitalize() for one in others)


_NUMBERS = {spelling: number for number, name in enumerate(ENTITIES) for spelling in (name, _camel(name))}


def entity_columns(shard: Shard) -> Mapping[str, Any] | None:
    """One entry per id of a sound row: its column's number, a hash of the value, and the value where it is a number."""
    found: list[tuple[int, int, int, int]] = []
    for row, parsed in enumerate(shard.rows):
        if shard.state[row] == 0:
            found += [(row, *one) for one in sorted(set(_ids(parsed)))]
    if not found:
        return None
    rows, columns, values, numbers = zip(*found, strict=True)
    return {
        "row": np.array(rows, dtype=np.int64),
        "column": np.array(columns, dtype=np.uint8),
        "value": np.array(values, dtype=np.uint64),
        "number": np.array(numbers, dtype=np.int64),
    }


def _ids(row: Mapping[str, Any]) -> Iterator[tuple[int, int, int]]:
    places = [row, *(inside for key in _INSIDE if isinstance(inside := row.get(key), Mapping))]
    for place in places:
        for key in place.keys() & _NUMBERS.keys():
            value = place[key]
            if isinstance(value, int) and not isinstance(value, bool):
                value = str(value) if abs(value) < 1 << 62 else ""
            if isinstance(value, str) and (word := value.strip()).lower() not in _NOBODY:
                number = int(word) if word.isascii() and word.isdigit() and len(word) < 18 else -1
                yield _NUMBERS[key], xxhash.xxh3_64_intdigest(word.encode("utf-8", "surrogatepass")), number
