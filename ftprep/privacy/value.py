"""What every search of this package returns: a value in a text, with what it is and how real it is."""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple


class Grade(IntEnum):
    """How much a value says about somebody or opens; a higher grade is masked and replaced before a lower one."""

    FIXTURE = 0
    """Reserved for documentation and tests (example.com, 555-01xx, 192.0.2.0/24, test cards, placeholders)."""
    REAL = 1


class Value(NamedTuple):
    """Characters ``start`` to ``end`` (exclusive) of one text.

    ``kind`` is the word of its placeholder: ``EMAIL`` is written ``<EMAIL_1>``. ``code`` is the rule that speaks
    about it. ``normal`` is the form in which two spellings of one value are equal (digits of a phone number, an
    address in lower case): equal ``(kind, normal)`` is the same value. It never leaves memory.
    """

    start: int
    end: int
    kind: str
    code: str
    normal: str
    grade: Grade = Grade.REAL
