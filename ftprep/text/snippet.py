"""The one way in which text of the data reaches a message, a renderer or an error.

Every value goes through :func:`mask` first, whatever rules run, then control, bidirectional and invisible characters
are escaped, so that no output can be changed by the data, and long text is cut.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
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


def mask(value: str, always: bool = False, cut: tuple[bool, bool] = (False, False)) -> str:
    """Replace personal data, secrets and identifiers in ``value`` by what they are, unless values are to be shown.

    ``cut`` says whether its beginning and its end may be in the middle of a value, of which nobody has the rest.
    """
    if _values_are_shown and not always:
        return value
    from ftprep.privacy.masking import apply, masks

    found = masks(value, cut)
    return apply(value, found) if found else value


def broken(row: str | bytes) -> tuple[bool, bool]:
    """Whether the beginning and the end of a row may be in the middle of a value: the row is no JSON.

    An end that closes something is none, nor is a beginning that opens something.
    """
    import orjson  # the help of commands, which imports this module, needs no JSON

    try:
        orjson.loads(row)
    except ValueError:
        text = row[:64].decode("utf-8", "replace") if isinstance(row, bytes) else row[:64]
        tail = row[-64:].decode("utf-8", "replace") if isinstance(row, bytes) else row[-64:]
        return text.lstrip("\ufeff \t\r\n")[:1] not in ("{", "[", '"', ""), tail.rstrip()[-1:] not in (
            "}",
            "]",
            '"',
            "",
        )
    return False, False


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
    if len(value) <= limit:
        return value
    cut = value[: max(limit - 1, 0)]
    return cut if cut.endswith("…") else cut + "…"  # a mask may end there


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


def quote_part(text: str, start: int, end: int, limit: int = 40, mark: tuple[int, str] | None = None) -> str:
    """Quote characters ``start`` to ``end`` of ``text`` as :func:`quote` does, masked by what stands around them.

    A value that the part begins or ends in is shown as its mask, whole. ``mark`` puts a text in the place of the one
    character at a place.
    """
    end = min(end, start + limit * 4)
    low, high = max(start - MARGIN, 0), min(end + MARGIN, len(text))
    window = text[low:high]
    masked = mask(window)
    first, last = moved((start - low, end - low), window, masked)
    shown = masked[first:last]
    if mark is not None:
        place, _ = moved((mark[0] - low, mark[0] - low), window, masked)
        if masked[place : place + 1] == text[mark[0]]:
            shown = f"{masked[first:place]}{mark[1]}{masked[place + 1 : last]}"
    return f"`{shorten(escape(shown), limit)}`"


def quote_folded(text: str, limit: int = 40) -> str:
    """Quote words that were brought into one case or taken out of their text, by which few values are known again.

    Words of letters and digits that are longer than words are become their length.
    """
    return quote(_LONG_MIXED.sub(lambda match: f"<{len(match[0])} characters>", text), limit)


_LONG_MIXED = re.compile(r"(?=[^\W\d]*[\d_-])(?=[\d_-]*[^\W\d])[\w+/=-]{10,}")


def moved(part: tuple[int, int], window: str, masked: str, cut: tuple[bool, bool] = (False, False)) -> tuple[int, int]:
    """Where a part of ``window`` stands after masking. A mask that it begins or ends in is in it as a whole."""
    if window == masked:
        return part
    start, end = len(masked), 0  # where nothing is before or behind the part
    for low, high, new_low, new_high, same in _replaced(window, masked, cut):
        if low <= part[0] < high:
            start = new_low + (part[0] - low if same else 0)
        if low < part[1] <= high:
            end = new_high - (high - part[1] if same else 0)
    return start, max(start, end)


def _replaced(window: str, masked: str, cut: tuple[bool, bool]) -> Iterator[tuple[int, int, int, int, bool]]:
    """The parts of ``window``, each with its place in ``masked``, and whether it is the same there."""
    from ftprep.privacy.masking import apply, masks

    found = masks(window, cut)
    if apply(window, found) != masked:  # masked by something else
        from difflib import SequenceMatcher

        for _, low, high, new_low, new_high in SequenceMatcher(None, window, masked, autojunk=False).get_opcodes():
            yield low, high, new_low, new_high, high - low == new_high - new_low
        return
    last = new = 0
    for one in found:
        length = one.start - last
        yield last, one.start, new, new + length, True
        new += length
        yield one.start, one.end, new, new + len(one.shown), False
        last, new = one.end, new + len(one.shown)
    yield last, len(window), new, len(masked), True


def mask_message(message: str) -> str:
    """Mask once more what two quotes together say, as in ```password` is `…```."""
    return mask(message) if "`" in message and _FIELD.search(message) else message


_FIELD = re.compile(r"(?i)pass|pwd|secret|token|key|credential|://")


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
