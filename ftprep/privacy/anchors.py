"""Anchors: the places in which a value can stand at all, found by numpy in one pass over the joined texts.

What runs over every character here is numpy only; everything slower looks at the neighbourhood of an anchor. Texts are
seen as one byte per character, so that places are places in the decoded string: ASCII stands for itself, decimal
digits of other scripts as 0xFE, the letters that equal an ASCII letter when case is ignored (``ſ``, the Kelvin sign,
``ı``, ``İ``) as 0xFD, and every other character as some byte from 0x80 on. 0xFF ends each text.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from ftprep.shard import Shard

T = TypeVar("T")
Ints = NDArray[np.int64]
Bytes = NDArray[np.uint8]
Mask = NDArray[np.bool_]

SEPARATOR, FOREIGN_DIGIT, FOREIGN_LETTER = 0xFF, 0xFE, 0xFD
_DIGIT, _UPPER, _LOWER, _HEX, _PUNCTUATION, _OTHER, _BLANK, _TOKEN = (1 << bit for bit in range(8))
DIGIT, UPPER, LOWER = _DIGIT, _UPPER, _LOWER
LETTER = UPPER | LOWER
ALNUM = DIGIT | LETTER
HEX = _HEX
"""``0-9a-fA-F``."""
PUNCTUATION = _PUNCTUATION
"""What stands between the digits of a telephone number: space, ``- . / ( ) + ~ [ ]`` and all that is not ASCII."""
NOT_ASCII = _OTHER
BLANK = _BLANK
"""ASCII white space, and the separator of texts."""
TOKEN = _TOKEN
"""What keys and encoded data consist of: letters, digits, ``_ - + / = .``."""

FOREIGN_LETTERS = "ſ\u212aıİ"
WIDEST_GAP = 4
"""So many characters of punctuation may stand between two digits of one cluster, as in ``+44 (0) 20``."""


def _table() -> Bytes:
    table = np.zeros(256, dtype=np.uint8)

    def mark(characters: str, bit: int) -> None:
        table[list(characters.encode("latin-1"))] |= bit

    mark("0123456789", DIGIT)
    mark("ABCDEFGHIJKLMNOPQRSTUVWXYZ", UPPER)
    mark("abcdefghijklmnopqrstuvwxyz", LOWER)
    mark("0123456789abcdefABCDEF", HEX)
    mark(" -./()+~[]", PUNCTUATION)
    mark(" \t\n\r\f\v\x1c\x1d\x1e\x1f\xff", BLANK)
    mark("_-+/=.", TOKEN)
    table[(table & ALNUM) > 0] |= TOKEN
    table[0x80:FOREIGN_LETTER] |= PUNCTUATION
    table[0x80:SEPARATOR] |= NOT_ASCII
    table[FOREIGN_LETTER] |= LETTER | TOKEN
    table[FOREIGN_DIGIT] |= DIGIT | TOKEN
    return table


_CLASSES = _table()


class Projection(NamedTuple):
    """Texts as one byte per character: text i is ``chars[starts[i]:starts[i + 1] - 1]``."""

    chars: Bytes
    starts: Ints
    buffer: bytes
    """The same in UTF-8, a separator behind each text."""
    inner: Ints
    """Where in the buffer characters go on that take several bytes: bytes other than the first."""

    def places(self, offsets: Ints) -> Ints:
        """The places of the characters that begin at some offsets of the buffer."""
        return offsets - np.searchsorted(self.inner, offsets) if len(self.inner) else offsets


def project(texts: Sequence[str], buffer: bytes | None = None, starts: Ints | None = None) -> Projection:
    """Project ``texts``; ``buffer`` and ``starts`` are theirs in UTF-8, as a shard holds them, where they are there."""
    if buffer is None or starts is None:
        encoded = [text.encode("utf-8", "replace") for text in texts]
        buffer = b"\xff".join([*encoded, b""])
        starts = np.zeros(len(texts) + 1, dtype=np.int64)
        np.cumsum(np.fromiter(map(len, encoded), dtype=np.int64, count=len(texts)) + 1, out=starts[1:])
    raw = np.frombuffer(buffer, dtype=np.uint8)
    foreign = np.flatnonzero(raw >= 0x80)
    if len(foreign) == len(texts):  # all ASCII but the separators: bytes are characters
        return Projection(raw, starts, buffer, foreign[:0])
    kinds = raw[foreign]
    inner = foreign[(kinds & 0xC0) == 0x80]
    chars = np.frombuffer(buffer.translate(None, _INNER), dtype=np.uint8)
    projection = Projection(chars, starts - np.searchsorted(inner, starts), buffer, inner)
    suspects = foreign[_MAY_FOLD[kinds]]
    if len(suspects):
        folds = _folds()[_code_points(raw, suspects)]
        folded = folds > 0
        chars = chars.copy()
        chars[projection.places(suspects[folded])] = folds[folded]
    return projection._replace(chars=chars)


_INNER = bytes(range(0x80, 0xC0))


# Leading bytes of UTF-8 of the characters that are folded: C4 and C5 hold ı, İ and ſ, E2 the Kelvin sign; the others
# begin the digits of the scripts. Latin, Greek, Cyrillic and Chinese letters begin with none of them.
_MAY_FOLD = np.zeros(256, dtype=np.bool_)
_MAY_FOLD[[0xC4, 0xC5, 0xD9, 0xDB, 0xDF, 0xE0, 0xE1, 0xE2, 0xEA, 0xEF, 0xF0]] = True


def _code_points(raw: Bytes, places: Ints) -> Ints:
    """The code points of the characters of UTF-8 that begin at ``places``; each has two to four bytes."""
    last = len(raw) - 1
    first, second, third, fourth = (raw[np.minimum(places + step, last)].astype(np.int64) for step in range(4))
    two = (first & 0x1F) << 6 | second & 0x3F
    three = (first & 0x0F) << 12 | (second & 0x3F) << 6 | third & 0x3F
    four = (first & 0x07) << 18 | (second & 0x3F) << 12 | (third & 0x3F) << 6 | fourth & 0x3F
    points: Ints = np.where(first < 0xE0, two, np.where(first < 0xF0, three, four))
    return points


@functools.cache
def _folds() -> Bytes:
    """By code point, the byte that a character stands as where that is not its first byte of UTF-8, else 0."""
    table = np.zeros(0x200000, dtype=np.uint8)
    digits = re.findall(r"\d", "".join(map(chr, (*range(0x80, 0xD800), *range(0xE000, 0x20000)))))
    table[[ord(digit) for digit in digits]] = FOREIGN_DIGIT
    table[[ord(letter) for letter in FOREIGN_LETTERS]] = FOREIGN_LETTER
    return table


class Runs(NamedTuple):
    """Half-open runs of characters of a projection, in order: run i is ``chars[starts[i]:ends[i]]``."""

    starts: Ints
    ends: Ints


class Anchors:
    """The anchors of a projection, each kind found when first asked for."""

    def __init__(self, projection: Projection) -> None:
        self.projection = projection
        self.chars = projection.chars
        self.starts = projection.starts
        self._made: dict[Callable[[Anchors], Any], Any] = {}

    def once(self, function: Callable[[Anchors], T]) -> T:
        """``function(self)``, worked out once however many ask."""
        if function not in self._made:
            self._made[function] = function(self)
        value: T = self._made[function]
        return value

    @functools.cached_property
    def classes(self) -> Bytes:
        """Per character, the bits of its classes."""
        return _CLASSES[self.chars]

    def mask(self, bits: int) -> Mask:
        """Per character, whether it is of one of the classes ``bits``."""
        return (self.classes & np.uint8(bits)).astype(np.bool_)

    def at(self, character: str) -> Ints:
        """Where an ASCII character stands."""
        return np.flatnonzero(self.chars == np.uint8(ord(character)))

    def runs(self, bits: int, least: int = 1) -> Runs:
        """The longest runs of characters of the classes ``bits``, of those that have ``least`` characters."""
        mask = self.mask(bits)
        width, narrowed = 1, mask
        while width * 2 <= least:  # a place stays where a run of ``width`` begins
            narrowed = narrowed[:-width] & narrowed[width:]
            width *= 2
        if width < least:
            narrowed = narrowed[: max(len(narrowed) - (least - width), 0)] & narrowed[least - width :]
        inside = np.zeros(len(narrowed) + 2, dtype=np.bool_)
        inside[1:-1] = narrowed
        edges = np.flatnonzero(inside[1:] != inside[:-1])
        return Runs(edges[0::2], edges[1::2] + (least - 1))

    @functools.cached_property
    def digits(self) -> Ints:
        """Where the digits stand."""
        return np.flatnonzero(self.mask(DIGIT))

    @functools.cached_property
    def clusters(self) -> tuple[Runs, Ints]:
        """Digits with at most WIDEST_GAP characters of PUNCTUATION between neighbours, and how many digits each has."""
        places = self.digits
        if not len(places):
            return Runs(places, places), places
        gaps = np.diff(places) - 1
        joined = gaps <= WIDEST_GAP
        for step in range(1, WIDEST_GAP + 1):
            wide = np.flatnonzero(joined & (gaps >= step))
            joined[wide] = (self.classes[places[wide] + step] & PUNCTUATION) > 0
        breaks = np.flatnonzero(~joined) + 1
        first = np.concatenate((np.zeros(1, dtype=np.int64), breaks))
        after = np.concatenate((breaks, np.array([len(places)], dtype=np.int64)))
        return Runs(places[first], places[after - 1] + 1), after - first

    def text_of(self, places: Ints) -> Ints:
        """The numbers of the texts in which ``places`` stand."""
        return np.searchsorted(self.starts, places, "right") - 1


def is_among(anchors: Anchors, places: Ints, bits: int) -> Mask:
    """Whether the characters at ``places`` are of one of the classes ``bits``; what is outside of the texts is not."""
    return (classes_at(anchors, places) & np.uint8(bits)) > 0


def classes_at(anchors: Anchors, places: Ints) -> Bytes:
    """The classes at ``places``, 0 outside of the texts."""
    last = len(anchors.chars) - 1
    classes = anchors.classes[np.clip(places, 0, last)]
    outside = (places < 0) | (places > last)
    if outside.any():
        classes[outside] = 0
    return classes


def anchors(shard: Shard) -> Anchors:
    """The anchors of a shard's texts; call it through ``shard.once``."""
    return Anchors(project(shard.values, shard.buffer, shard.starts))


def anchors_of(text: str) -> Anchors:
    """The anchors of one text."""
    return Anchors(project([text]))
