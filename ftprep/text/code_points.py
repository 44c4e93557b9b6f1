"""Classes of code points beyond ASCII: one vectorised pass tells which texts may hold damage.

Only texts that are not ASCII are looked at, as arrays of code points.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ftprep.formats import columns as c
from ftprep.text.answers import PROSE_KINDS, of_kinds
from ftprep.text.beyond_ascii import COMPOSING, beyond_ascii

if TYPE_CHECKING:
    from ftprep.shard import Shard

Flags = NDArray[np.bool_]

REPLACEMENT = 0xFFFD
# What TXT003 judges by its neighbours, as first and last code point. Invisible operators of formulas (U+2061 to
# U+2064) and the spaces of typography are not among them.
HIDDEN = (
    (0x00AD, 0x00AD),
    (0x034F, 0x034F),
    (0x061C, 0x061C),
    (0x115F, 0x1160),
    (0x180B, 0x180F),
    (0x200B, 0x200F),
    (0x2028, 0x202E),
    (0x2060, 0x2060),
    (0x2066, 0x206F),
    (0x2800, 0x2800),
    (0x3164, 0x3164),
    (0xE000, 0xF8FF),
    (0xFE00, 0xFE0F),
    (0xFEFF, 0xFEFF),
    (0xFFA0, 0xFFA0),
    (0xFFF9, 0xFFFB),
    (0x1D173, 0x1D17A),
    (0xE0001, 0xE007F),
    (0xE0100, 0xE01EF),
    (0xF0000, 0x10FFFD),
)

# The encodings as which UTF-8 is read by mistake, and that ftfy takes back.
MISREADINGS = (
    "latin-1", "cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp1257", "iso8859-2", "mac_roman", "cp437",
)  # fmt: skip
_LEAD_2, _LEAD_3, _LEAD_4, _FOLLOWER, _SPACE, _BEFORE_SPACE, _HIDDEN, _LOST = (1 << bit for bit in range(8))
_C1 = range(0x80, 0xA0)


class Suspects(NamedTuple):
    """For each text of a shard, whether it holds what one of the rules about characters has to look at."""

    misread: Flags  # a pair or more that UTF-8 becomes under another encoding, C1 characters, U+FFFD
    hidden: Flags
    composing: Flags  # a character that NFC may change


def suspects(shard: Shard) -> Suspects:
    """Look at the texts of ``shard`` that have a place of their own in the row."""
    count = len(shard.values)
    misread, hidden, composing = (np.zeros(count, dtype=np.bool_) for _ in range(3))
    texts, points, starts, places, beyond, firsts = shard.once(beyond_ascii)
    if texts.size:
        classes = _table()[beyond]

        def owners(found: Flags) -> NDArray[np.int64]:
            owned: NDArray[np.int64] = texts[np.searchsorted(starts, places[found], "right") - 1]
            return owned

        misread[owners(_misread(points, places, classes))] = True
        hidden[owners(classes & _HIDDEN != 0)] = True
        composing[texts] = np.logical_or.reduceat(beyond >= COMPOSING, firsts)
    placed = shard.once(has_place)
    return Suspects(misread & placed, hidden & placed, composing & placed)


def has_place(shard: Shard) -> Flags:
    """For each text, whether it is a string of the row that people, models or tools wrote.

    Names, calls and definitions of tools are left out: they are written as JSON, where a place in the text is none
    in the row.
    """
    return of_kinds(shard.codes, (*PROSE_KINDS, c.REASONING))


def _misread(points: NDArray[np.uint32], places: NDArray[np.int64], classes: NDArray[np.uint8]) -> Flags:
    """For each place, whether a sequence may begin there that one character in UTF-8 became.

    Characters that nobody writes count by themselves. ``classes`` are those of the points at the ``places``.
    """
    found: Flags = classes & _LOST != 0
    leads = np.flatnonzero(classes & (_LEAD_2 | _LEAD_3 | _LEAD_4 | _BEFORE_SPACE))
    lead = classes[leads]
    # Every text ends in a line feed, so that one point follows always; a second may be missing.
    first, second = (_table()[points.take(places[leads] + step, mode="clip")] for step in (1, 2))
    spaced = _FOLLOWER | _SPACE
    begins = (lead & _LEAD_2 != 0) & (first & _FOLLOWER != 0)
    begins |= (lead & _BEFORE_SPACE != 0) & (first & _SPACE != 0)
    both = (first & spaced != 0) & (second & spaced != 0) & ((first | second) & _FOLLOWER != 0)
    begins |= (lead & (_LEAD_3 | _LEAD_4) != 0) & both
    found[leads[begins]] = True
    return found


@functools.cache
def _table() -> NDArray[np.uint8]:
    table = np.zeros(0x110000, dtype=np.uint8)

    def mark(points: Iterable[int], bit: int) -> None:
        table[list(points)] |= bit

    for encoding in MISREADINGS:
        for first, last, bit in ((0xC2, 0xDF, _LEAD_2), (0xE0, 0xEF, _LEAD_3), (0xF0, 0xF4, _LEAD_4)):
            mark(map(ord, bytes(range(first, last + 1)).decode(encoding, "ignore")), bit)
        mark(map(ord, bytes(range(0x80, 0xC0)).decode(encoding, "ignore")), _FOLLOWER)
    # Where a code page has no character for a byte, programs put the control character, or a mark that it is lost.
    mark((*_C1, 0x1A, REPLACEMENT), _FOLLOWER)
    mark((*_C1, REPLACEMENT), _LOST)
    # The no-break space is a follower that many programs replace by a space; for others they write a question mark.
    mark((0x20, 0x3F, 0xA0), _SPACE)
    mark(map(ord, "ÂÃÅÎÐÙ"), _BEFORE_SPACE)
    for first, last in HIDDEN:
        table[first : last + 1] |= _HIDDEN
    return table
