"""Normal form C: which stretches of a text are written otherwise, and why that may be left alone."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from typing import NamedTuple

from ftprep.text.markdown import mask_code

_ORDERED_OTHERWISE = range(0x0590, 0x0900)  # Hebrew, Arabic, Syriac and their like
# Letters that keyboards of their languages write as one character, while NFC takes them apart and never puts them
# together again. Text with them is ordinary text.
_EXCLUDED = frozenset(
    "\u0958\u0959\u095a\u095b\u095c\u095d\u095e\u095f\u09dc\u09dd\u09df\u0a33\u0a36\u0a59\u0a5a\u0a5b\u0a5e\u0b5c\u0b5d"
)


class Stretch(NamedTuple):
    """Characters that are not in normal form C. ``ideograph``: a compatibility ideograph, which may be a name's own."""

    start: int
    end: int
    new: str
    ideograph: bool


def not_normalised(text: str) -> list[Stretch]:
    """The stretches of ``text`` outside code that normal form C writes otherwise."""
    prose = mask_code(text)
    found = []
    position = 0
    for line in prose.split("\n"):
        if not line.isascii() and not unicodedata.is_normalized("NFC", line):
            for start, end in _clusters(line):
                cluster = line[start:end]
                new = unicodedata.normalize("NFC", cluster)
                if new != cluster and not _is_customary(cluster, new):
                    at = position + start
                    found.append(Stretch(at, at + len(cluster), new, any(map(_is_ideograph, cluster))))
        position += len(line) + 1
    return found


def _clusters(line: str) -> Iterator[tuple[int, int]]:
    """Cut a line where no character combines with the one before it."""
    start = 0
    for place, one in enumerate(line):
        if place > start and (one < "\u0300" or not _may_combine(one)):
            yield start, place
            start = place
    yield start, len(line)


def _may_combine(one: str) -> bool:
    if "\u1100" <= one <= "\u11ff" or "\ud7b0" <= one <= "\ud7ff":  # parts of Korean syllables
        return True
    return unicodedata.category(one)[0] == "M"


def _is_customary(cluster: str, new: str) -> bool:
    """Whether the cluster is written as everybody writes it, whatever the normal form says.

    Vowel signs of Hebrew and Arabic are typed in another order than the one that NFC sorts them into; letters with a
    dot of Indic scripts are typed as one.
    """
    if ord(cluster[0]) in _ORDERED_OTHERWISE and sorted(cluster) == sorted(new):
        return True
    if _EXCLUDED.isdisjoint(cluster):
        return False
    apart = "".join(unicodedata.normalize("NFD", one) if one in _EXCLUDED else one for one in cluster)
    return apart == new


def _is_ideograph(one: str) -> bool:
    return "\uf900" <= one <= "\ufaff" or "\U0002f800" <= one <= "\U0002fa1f"
