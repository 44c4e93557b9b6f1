"""Repeated keys, which JSON parsers drop without a word.

Counting comes first: a row in which there are no more ``"key":`` pairs than the parsed object has keys repeats none.
Only rows that fail this count are read again, by a parser that keeps all pairs.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ftprep.pointer import escape_token

Ints = NDArray[np.int64]

_QUOTE, _COLON, _BACKSLASH = ord('"'), ord(":"), ord("\\")
_BLANKS = np.frombuffer(b" \t\r\n", dtype=np.uint8)


class Repeated(NamedTuple):
    """A key that an object holds more than once, with the pointer that both values share."""

    pointer: str
    key: str
    times: int


def pair_counts(data: bytes, starts: Ints, ends: Ints) -> Ints:
    """An upper bound of the key-value pairs of each row ``data[starts[i]:ends[i]]``; never too low for valid JSON.

    Counts colons behind a quotation mark (blanks between them allowed). Inside a string such a mark is escaped, so
    ``\\":`` does not count, but ``\\\\":`` does: it may end a key that itself ends in a backslash.
    """
    counts = np.zeros(len(starts), dtype=np.int64)
    bytes_ = np.frombuffer(data, dtype=np.uint8)
    colons = np.flatnonzero(bytes_ == _COLON)
    colons = colons[colons >= 3]
    if not len(colons):
        return counts
    before = bytes_[colons - 1]
    quoted = colons[before == _QUOTE]
    escaped = bytes_[quoted - 2] == _BACKSLASH
    doubtful = quoted[escaped]
    doubtful = doubtful[bytes_[doubtful - 3] == _BACKSLASH]
    # Behind blanks no look at the escape is taken: `\" :` inside a string counts, which only makes the bound looser.
    spaced = colons[np.isin(before, _BLANKS)]
    spaced = spaced[np.isin(bytes_[spaced - 2], np.append(_BLANKS, np.uint8(_QUOTE)))]
    found = np.concatenate((quoted[~escaped], doubtful, spaced))
    rows = np.searchsorted(starts, found, "right") - 1
    inside = (rows >= 0) & (found < ends[rows])
    counts += np.bincount(rows[inside], minlength=len(starts))
    return counts


def keys_in(value: Any) -> int:
    """Number of keys in ``value`` at any depth. Uses no recursion: nesting may be 1,024 levels deep."""
    count, waiting = 0, [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, Mapping):
            count += len(one)
            waiting.extend(one.values())
        elif isinstance(one, list):
            waiting.extend(one)
    return count


class _Pairs:
    """One object with all its pairs."""

    __slots__ = ("pairs",)

    def __init__(self, pairs: list[tuple[str, Any]]) -> None:
        self.pairs = pairs


def duplicate_keys(raw: bytes) -> list[Repeated]:
    """Every repeated key of a row, in document order. Rows nested too deep for the parser come back empty."""
    try:
        document = json.loads(raw, object_pairs_hook=_Pairs)
    except (ValueError, RecursionError):
        return []
    found: list[Repeated] = []
    waiting: list[tuple[str, Any]] = [("", document)]
    while waiting:
        pointer, value = waiting.pop()
        if isinstance(value, _Pairs):
            times = Counter(key for key, _ in value.pairs)
            found.extend(
                Repeated(f"{pointer}/{escape_token(key)}", key, count) for key, count in times.items() if count > 1
            )
            inner = [(f"{pointer}/{escape_token(key)}", one) for key, one in value.pairs]
        elif isinstance(value, list):
            inner = [(f"{pointer}/{index}", one) for index, one in enumerate(value)]
        else:
            continue
        waiting.extend(reversed(inner))
    return list(dict.fromkeys(found))
