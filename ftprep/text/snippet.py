"""The one way in which text of the data reaches a message, a renderer or an error.

Every value goes through :func:`mask` first, whatever rules run, then control, bidirectional and invisible characters
are escaped, so that no output can be changed by the data, and long text is cut.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import Any

_INVISIBLE = frozenset(("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"))
_SHORT = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}


MARGIN = 256
"""Characters beyond the shown ones that :func:`mask` is given, so that it knows a value that the cut divides."""

_values_are_shown = False


def show_values(show: bool = True) -> None:
    """Turn masking off in this process, for somebody who looks at a terminal; or on again."""
    global _values_are_shown
    _values_are_shown = show


def values_are_shown() -> bool:
    """Whether masking is off."""
    return _values_are_shown


def mask(value: str, always: bool = False) -> str:
    """Replace personal data, secrets and identifiers in ``value`` by what they are, unless values are to be shown."""
    if _values_are_shown and not always:
        return value
    from ftprep.privacy.masking import apply, masks

    found = masks(value)
    return apply(value, found) if found else value


def masked_value(value: Any) -> Any:
    """A JSON value with every string and key in it masked."""
    if isinstance(value, str):
        return mask(value)
    if isinstance(value, list | tuple):
        return [masked_value(one) for one in value]
    if isinstance(value, Mapping):
        return {mask(str(key)): masked_value(one) for key, one in value.items()}
    return value


def escape(value: str) -> str:
    """Write characters that a terminal would act on, or that nobody can see, as ``\\n`` or ``\\u202e``."""
    if value.isascii() and value.isprintable():
        return value
    return "".join(_escape_character(one) for one in value)


def _escape_character(one: str) -> str:
    if one in _SHORT:
        return _SHORT[one]
    if unicodedata.category(one) in _INVISIBLE:
        number = ord(one)
        return f"\\u{number:04x}" if number <= 0xFFFF else f"\\U{number:08x}"
    return one


def shorten(value: str, limit: int) -> str:
    """Cut ``value`` to at most ``limit`` characters, the last of them … when something was cut."""
    return value if len(value) <= limit else value[: max(limit - 1, 0)] + "…"


def quote(value: object, limit: int = 40) -> str:
    """Return ``value`` masked, escaped, cut to ``limit`` characters and in back quotes, for use in a message."""
    text = value if isinstance(value, str) else str(value)
    # Cut before masking so that a 100 MB value costs nothing, and again after it. Of what the first cut divides, the
    # part before it is in the margin, and that goes after masking.
    looked_at = text[: limit * 4 + MARGIN]
    masked = mask(looked_at)
    if len(looked_at) < len(text):
        masked = masked[:-MARGIN] + "…"
    return f"`{shorten(escape(masked), limit)}`"


def json_type(value: object) -> str:
    """The JSON name of a value's type, with an article where one belongs."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return "a number"
    if isinstance(value, str):
        return "a string"
    return "a list" if isinstance(value, list) else "an object"
