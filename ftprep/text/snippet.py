"""The one way in which text of the data reaches a message, a renderer or an error.

Every value goes through :func:`mask` first (an identity until the privacy rules fill it), then control, bidirectional
and invisible characters are escaped, so that no output can be changed by the data, and long text is cut.
"""

from __future__ import annotations

import unicodedata

_INVISIBLE = frozenset(("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"))
_SHORT = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}


def mask(value: str) -> str:
    """Replace personal data and secrets in ``value``. Nothing is recognised yet: the value comes back as it is."""
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
    # Cut before escaping so that a 100 MB value costs nothing, and again after it.
    return f"`{shorten(escape(mask(text[: limit * 4])), limit)}`"


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
