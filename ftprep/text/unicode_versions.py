"""Texts that two libraries may read differently because their Unicode tables differ.

Splitting a text into pieces depends on which characters are letters, marks and numbers. gigatoken 0.10 goes by
Unicode 17; tiktoken 0.14 and tokenizers 0.23 go by Unicode 16, and what they say is what counts.
"""

from __future__ import annotations

import unicodedata

import numpy as np
from numpy.typing import NDArray

# Letters, marks and numbers that Unicode 17.0 added, as first and last code point, found by comparing the libraries
# on every code point. Some ranges run over neighbours on which they agree; the reference is right about those too.
NEW_CHARACTERS = (
    (0x088F, 0x088F),
    (0x0C5C, 0x0C5C),
    (0x0CDC, 0x0CDC),
    (0x1ACF, 0x1AEB),
    (0xA7CE, 0xA7D4),
    (0xA7F1, 0xA7F1),
    (0x10940, 0x10959),
    (0x10EC5, 0x10EFB),
    (0x11B60, 0x11B67),
    (0x11DB0, 0x11DE9),
    (0x16EA0, 0x16ED3),
    (0x16FF2, 0x16FF6),
    (0x187F8, 0x187FF),
    (0x18D09, 0x18D1E),
    (0x18D80, 0x18DF2),
    (0x1E6C0, 0x1E6FF),
    (0x2B73A, 0x2B73F),
    (0x2CEA2, 0x2CEAD),
    (0x323B0, 0x33479),
)

_FIRST = np.array([first for first, _ in NEW_CHARACTERS])
_LAST = np.array([last for _, last in NEW_CHARACTERS])
_LEAD = 0xE0  # all of them take three or four bytes, which begin with 0xE0 to 0xF4
_LEADS = 0xF4 - _LEAD + 1
_COMPOSING = 0xCC  # the first byte of U+0300, the first character that can combine with the one before it


def _first_two_bytes() -> NDArray[np.bool_]:
    found = np.zeros((_LEADS, 256), dtype=np.bool_)
    for first, last in NEW_CHARACTERS:
        for code in range(first, last + 1):
            encoded = chr(code).encode()
            found[encoded[0] - _LEAD, encoded[1]] = True
    return found


_FIRST_TWO_BYTES = _first_two_bytes()


def texts_with_new_characters(buffer: bytes, starts: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the indices, ascending, of the joined texts that hold one of :data:`NEW_CHARACTERS`."""
    data = np.frombuffer(buffer, dtype=np.uint8)
    at = np.flatnonzero(data - np.uint8(_LEAD) < _LEADS)  # uint8 wraps around: one comparison for both bounds
    at = at[_FIRST_TWO_BYTES[data[at] - _LEAD, data[at + 1]]]
    if not at.size:
        return at
    one, two, three, four = (data.take(at + step, mode="clip").astype(np.int64) for step in range(4))
    tail = (two & 0x3F) << 6 | three & 0x3F
    codes = np.where(one < 0xF0, (one & 0x0F) << 12 | tail, (one & 0x07) << 18 | tail << 6 | four & 0x3F)
    nearest = np.searchsorted(_FIRST, codes, side="right") - 1
    new = (nearest >= 0) & (codes <= _LAST[nearest])
    return np.unique(np.searchsorted(starts, at[new], side="right") - 1)


def texts_to_normalize(buffer: bytes, starts: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the indices, ascending, of the joined texts that NFC may change in some version of Unicode.

    Text below U+0300 is always in NFC. Text of assigned characters that is in NFC stays so in every version
    (Unicode Standard Annex 15, section 3), so that a library with older or newer tables leaves it alone.
    """
    data = np.frombuffer(buffer, dtype=np.uint8)
    composing = data - np.uint8(_COMPOSING) < 0xF4 - _COMPOSING + 1
    possible = np.flatnonzero(np.logical_or.reduceat(composing, starts[:-1]))
    doubtful = [index for index in possible if not _stays(buffer[starts[index] : starts[index + 1] - 1])]
    return np.array(doubtful, dtype=np.int64)


def _stays(text: bytes) -> bool:
    decoded = text.decode("utf-8", "replace")
    if not unicodedata.is_normalized("NFC", decoded):
        return False
    return all(unicodedata.category(character) != "Cn" for character in set(decoded))
