"""Repeated keys, which JSON parsers drop without a word.

Counting comes first: a row in which there are no more ``"key":`` pairs than the parsed object has keys repeats none.
Only rows that fail this count are read again, by a scanner that looks at every key.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ftprep.pointer import escape_token
from ftprep.text.screens import bytes_among

Ints = NDArray[np.int64]

_QUOTE, _COLON, _BACKSLASH = ord('"'), ord(":"), ord("\\")
_TOKEN = re.compile(r'"(?:[^"\\]++|\\.)*+"|[{}\[\],]')
_BLANKS = b" \t\r\n"


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
    spaced = colons[bytes_among(_BLANKS)[before]]
    spaced = spaced[bytes_among(_BLANKS + b'"')[bytes_[spaced - 2]]]
    found = np.concatenate((quoted[~escaped], doubtful, spaced))
    rows = np.searchsorted(starts, found, "right") - 1
    inside = (rows >= 0) & (found < ends[rows])
    counts += np.bincount(rows[inside], minlength=len(starts))
    return counts


def keys_in(value: Any) -> int:
    """Number of keys in a parsed JSON value, at any depth. Uses no recursion: it may be 1,024 levels deep."""
    count, nodes = 0, [value]
    for one in nodes:  # grows while it is walked
        if type(one) is dict:
            count += len(one)
            nodes.extend(one.values())
        elif type(one) is list:
            nodes.extend(one)
    return count


class _Open:
    """An object or array that is being read: its keys so far (None for an array) and where in it the reader is."""

    __slots__ = ("at", "keys", "start")

    def __init__(self, start: int, keys: Counter[str] | None) -> None:
        self.start = start
        self.keys = keys
        self.at: str | int | None = 0 if keys is None else None  # index, key, or None where a key comes next


def duplicate_keys(raw: bytes) -> list[Repeated]:
    """Every repeated key of a row of valid JSON, outer objects first, else in document order.

    Keys are compared as texts: ``"a"`` and ``"\\u0061"`` are one key.
    """
    text = raw.decode()
    stack: list[_Open] = []
    found: list[tuple[int, Repeated]] = []
    for token in _TOKEN.finditer(text):
        char = token[0][0]
        if char in "{[":
            stack.append(_Open(token.start(), Counter() if char == "{" else None))
            continue
        if not stack:
            continue
        here = stack[-1]
        if char == '"':
            if here.keys is not None and here.at is None:
                key = token[0][1:-1] if "\\" not in token[0] else json.loads(token[0])
                here.at = key
                here.keys[key] += 1
        elif char == ",":
            here.at = here.at + 1 if isinstance(here.at, int) else None
        else:
            stack.pop()
            if here.keys and max(here.keys.values()) > 1:
                outer = "".join(f"/{escape_token(str(one.at))}" for one in stack)
                found += [
                    (here.start, Repeated(f"{outer}/{escape_token(key)}", key, times))
                    for key, times in here.keys.items()
                    if times > 1
                ]
    return list(dict.fromkeys(repeated for _, repeated in sorted(found, key=lambda one: one[0])))
