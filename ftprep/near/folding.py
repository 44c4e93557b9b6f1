"""Characters beyond ASCII as words are compared, many texts at once: NFKC, folded case, white space as a space.

Nearly all characters fold alone, whatever stands beside them, to no more bytes than they had: these are replaced where
they stand. What each one becomes is learnt when it is first met. Texts with others are folded one by one.
"""

from __future__ import annotations

import functools
import re
import sys
import unicodedata
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Letters = NDArray[np.uint8]

SEPARATOR = 0xFF
"""What follows each text in a buffer; no byte of UTF-8."""

_SAME, _CHANGED, _JOINS, _LONG, _ALONE = 1, 2, 4, 8, 16
_ALONE_RANGES = ((0x3040, 0x30FF), (0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0x20000, 0x3134F))
_ALONE_PATTERN = re.compile(f"([{''.join(f'{chr(first)}-{chr(last)}' for first, last in _ALONE_RANGES)}])")
_SIZES = np.array([1] * 0xC0 + [2] * 0x20 + [3] * 0x10 + [4] * 0x10, dtype=np.uint8)  # by the first byte
_LEAD_BITS = np.array([0x7F] * 0xC0 + [0x1F] * 0x20 + [0x0F] * 0x10 + [0x07] * 0x10, dtype=np.uint8)
_JAMO = ((0x1100, 0x11FF), (0xA960, 0xA97F), (0xD7B0, 0xD7FF))


class Characters(NamedTuple):
    """Where characters of Chinese or Japanese stand, each a word of its own, and how many bytes they have."""

    starts: NDArray[np.int64]
    sizes: NDArray[np.int64]


def normalise(text: str) -> str:
    """One text as its words are compared: NFKC, folded case, Chinese and Japanese characters apart."""
    if text.isascii():
        return text.lower()
    folded = unicodedata.normalize("NFKC", text).casefold()
    return " ".join((_ALONE_PATTERN.sub(r" \1 ", folded) if _ALONE_PATTERN.search(folded) else folded).split())


def fold_beyond(letters: Letters, texts: Sequence[str]) -> tuple[Letters, Characters | None]:
    """Fold what is not ASCII in the ``letters`` of ``texts``, with a separator before and after each of them.

    Returns the letters, and the characters that are words of their own.
    """
    places = np.flatnonzero((letters >= 0xC0) & (letters != SEPARATOR))
    if not len(places):
        return letters, None
    points = _points(letters, places)
    kinds = _kinds(points)
    changed = (kinds & _CHANGED) != 0
    hard = _hard(letters, places, kinds, texts)
    if hard is not None:
        changed &= ~hard.characters
    if changed.any():
        letters = _replaced(letters, places[changed], points[changed])
    if hard is not None:
        pieces = letters.tobytes().split(b"\xff")
        for text in hard.texts:
            pieces[text + 1] = normalise(texts[text]).encode()
        letters = np.frombuffer(b"\xff".join(pieces), dtype=np.uint8)
    return letters, _alone(letters) if hard is not None or (kinds & _ALONE).any() else None


class _Hard(NamedTuple):
    """Texts that are folded one by one, and which of all characters beyond ASCII are theirs."""

    texts: list[int]
    characters: NDArray[np.bool_]


def _hard(letters: Letters, places: NDArray[np.int64], kinds: NDArray[np.uint8], texts: Sequence[str]) -> _Hard | None:
    suspects = (kinds & (_JOINS | _LONG)) != 0
    if not suspects.any():
        return None
    text_of = np.searchsorted(np.flatnonzero(letters == SEPARATOR), places) - 1
    hard = np.zeros(len(texts), dtype=np.bool_)
    hard[text_of[suspects]] = True
    different = np.zeros(len(texts), dtype=np.bool_)
    different[text_of[(kinds & (_CHANGED | _LONG)) != 0]] = True
    for text in np.flatnonzero(hard & ~different).tolist():
        hard[text] = not unicodedata.is_normalized("NFKC", texts[text])
    return _Hard(np.flatnonzero(hard).tolist(), hard[text_of]) if hard.any() else None


def _points(letters: Letters, places: NDArray[np.int64]) -> NDArray[np.uint32]:
    """The code points of the characters beyond ASCII that begin at ``places``."""
    leads = letters[places]
    sizes = _SIZES[leads]
    points = (leads & _LEAD_BITS[leads]).astype(np.uint32)
    for step in range(1, 4):
        longer = np.flatnonzero(sizes > step)
        points[longer] = points[longer] << np.uint32(6) | letters[places[longer] + step] & 0x3F
    return points


def _replaced(letters: Letters, places: NDArray[np.int64], points: NDArray[np.uint32]) -> Letters:
    """The letters after the characters ``points`` at ``places`` were folded."""
    folded = _learnt()[1][points]
    sizes = _SIZES[letters[places]]
    letters, kept = letters.copy(), np.ones(len(letters), dtype=np.bool_)
    for step in range(4):
        longer = sizes > step
        byte = (folded[longer] >> np.uint32(8 * step)).astype(np.uint8)
        letters[places[longer] + step] = byte
        kept[places[longer] + step] = byte != 0  # it became shorter
    return letters[kept]


def _alone(letters: Letters) -> Characters:
    places = np.flatnonzero((letters >= 0xE3) & (letters <= 0xF0))  # where such characters can begin
    points = _points(letters, places)
    inside = np.zeros(len(places), dtype=np.bool_)
    for first, last in _ALONE_RANGES:
        inside |= (points >= first) & (points <= last)
    places = places[inside]
    return Characters(places, _SIZES[letters[places]].astype(np.int64))


# --- what is known of characters --------------------------------------------------------------------------------------


@functools.cache
def _learnt() -> tuple[NDArray[np.uint8], NDArray[np.uint32]]:
    """What is known of each code point, 0 where it was not met yet, and its bytes when folded, the lowest first."""
    return np.zeros(sys.maxunicode + 1, dtype=np.uint8), np.zeros(sys.maxunicode + 1, dtype=np.uint32)


def _kinds(points: NDArray[np.uint32]) -> NDArray[np.uint8]:
    known, bytes_of = _learnt()
    kinds = known[points]
    if not kinds.all():
        for point in set(points[kinds == 0].tolist()):
            kind, folded = _learn(chr(point))
            bytes_of[point] = int.from_bytes(folded, "little")  # first: another thread may see the kind
            known[point] = kind
        kinds = known[points]
    return kinds


def _learn(char: str) -> tuple[int, bytes]:
    composed = unicodedata.normalize("NFKC", char)
    folded = composed.casefold()
    alone = _ALONE if _ALONE_PATTERN.search(folded) else 0
    new = b" " if folded.isspace() else folded.encode()
    if len(new) > len(char.encode()) or (new != char.encode() and any(map(joins, char + composed + folded))):
        return _LONG | alone, b""
    return (_CHANGED if new != char.encode() else _JOINS if joins(char) else _SAME) | alone, new


def joins(char: str) -> bool:
    """Whether a character may become one with what stands before it."""
    point = ord(char)
    return unicodedata.category(char)[0] == "M" or any(first <= point <= last for first, last in _JAMO)
