"""Texts in which nothing can be seen."""

from __future__ import annotations

import unicodedata

# Characters that show nothing but are no white space, format or control characters to Unicode.
_FILLERS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")


def is_blank(value: str) -> bool:
    """Whether nothing in ``value`` can be seen."""
    return not value or value.isspace() or all(map(_is_invisible, value))


def _is_invisible(one: str) -> bool:
    if one.isspace() or one in _FILLERS:
        return True
    number = ord(one)
    if 0xFE00 <= number <= 0xFE0F or 0xE0100 <= number <= 0xE01EF:  # variation selectors
        return True
    return unicodedata.category(one) in ("Cc", "Cf")
