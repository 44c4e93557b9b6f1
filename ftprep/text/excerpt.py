"""What a finding looks like in its row: the one place where renderers get text of the data.

Text is masked once and then escaped, so that nothing that leaves here is a personal value, steers a terminal or is
invisible. Columns count characters (code points) from 1, as far as the row's first line goes.
"""

from __future__ import annotations

import functools
import re
from typing import NamedTuple

from ftprep.text import snippet
from ftprep.text.locate import Places, Slice, locate_span
from ftprep.text.snippet import MARGIN, escape, moved

CONTEXT = 40
"""Characters of raw text that are shown on each side of a value."""
WIDEST = 80
"""Characters of the value itself that are shown."""
_LINE_BREAK = re.compile(r"[ \t\r]*\n[ \t\r\n]*")  # between values: inside strings JSON has no raw line breaks
_CUT = "…"
_BAD_BYTE = re.compile("[\udc80-\udcff]")

Columns = tuple[int | None, int | None]


class Excerpt(NamedTuple):
    """A piece of a row's raw text, on one line and safe to print, with the marked value inside it.

    ``column`` and ``end_column`` (exclusive) are 1-based characters inside the row's first line; None where the
    value starts or ends on a later line, or where the row is no text of a file. ``text[mark_start:mark_end]`` is
    the value, or what is shown of it; the two are equal when no part of the row is singled out.
    ``on_first_line`` says whether the value starts on the first line of the row.
    """

    column: int | None
    end_column: int | None
    text: str
    mark_start: int
    mark_end: int
    on_first_line: bool


class RowText:
    """The raw text of one row, decoded and walked once for all findings about it."""

    def __init__(self, raw: bytes) -> None:
        self.raw = raw

    @functools.cached_property
    def text(self) -> str:
        """The row as text; bytes that are not UTF-8 are lone surrogates in it."""
        return decode_lossless(self.raw)

    @functools.cached_property
    def broken(self) -> tuple[bool, bool]:
        """Whether the row begins, and ends, where a value may be broken off."""
        return snippet.broken(self.raw)

    @functools.cached_property
    def places(self) -> Places:
        """Where its values stand in :attr:`text`."""
        return Places(self.text)


def make_excerpt(row: RowText, pointer: str, span: Slice | None = None) -> Excerpt:
    """Cut the value at ``pointer`` (characters ``span`` of it) out of ``row``, with its surroundings.

    A value that is missing is replaced by the nearest one around it. With pointer "" the row itself is meant,
    which need not be JSON: ``span`` counts characters of the line, where a byte that is not UTF-8 is one of them.
    Such a byte is shown as ``\\xff``.
    """
    text, (start, end) = _marked(row, pointer, span)
    column, end_column = _columns(text, start, end) if pointer or span else (1, None)
    value = _LINE_BREAK.sub(" ", text[start : min(end, start + WIDEST + MARGIN)])
    complete = end <= start + WIDEST + MARGIN and len(value) <= WIDEST
    # Context stops at the line's ends: in a pretty-printed row the lines around say little.
    low = max(text.rfind("\n", 0, start) + 1, start - CONTEXT - MARGIN, 0)
    high = end
    if complete:
        high = min(end + CONTEXT + MARGIN, len(text))
        line_end = text.find("\n", end, high)
        high = line_end if line_end >= 0 else high
    window = text[low:start] + value + text[end:high]
    # A line that is broken off may be so inside a value.
    cut = row.broken if not pointer else (False, False)
    cut = cut[0] and low == 0, cut[1] and high == len(row.text)
    masked = snippet.mask(window, cut=cut)
    first, last = start - low, start - low + min(len(value), WIDEST)
    edges = max(first - CONTEXT, 0), min(last + CONTEXT, len(window)) if complete else last
    mark, (left, right) = moved((first, last), window, masked, cut), moved(edges, window, masked, cut)
    cut_before = left > 0 or (low > 0 and text[low - 1] != "\n")
    cut_after = not complete or right < len(masked) or (high < len(text) and text[high] != "\n")
    before = masked[left : mark[0]] if cut_before else masked[: mark[0]].lstrip(" \t\ufeff")
    before = _CUT * cut_before + _shown(before)
    value = _shown(masked[mark[0] : mark[1]])
    after = _shown(masked[mark[1] : right]) + _CUT * cut_after
    marks = (len(before), len(before) + len(value)) if pointer or span else (0, 0)
    return Excerpt(column, end_column, before + value + after, *marks, column is not None)


def find_columns(row: RowText, pointer: str, span: Slice | None = None) -> Columns:
    """The columns alone, as in :class:`Excerpt`."""
    if not pointer and span is None:
        return 1, None
    text, (start, end) = _marked(row, pointer, span)
    return _columns(text, start, end)


def _marked(row: RowText, pointer: str, span: Slice | None) -> tuple[str, Slice]:
    """The row as text, as far as it is needed, and the characters that the finding means."""
    if not pointer:
        wanted = max(*span, 0) if span else 0
        # A character has at most 4 bytes; a little more, so that a character cut at the end is never shown.
        text = decode_lossless(row.raw[: 4 * (wanted + WIDEST + CONTEXT + MARGIN)])
        if span is None:
            return text, (0, len(text))
        low, high = sorted(span)
        return text, (min(max(low, 0), len(text)), min(max(high, 0), len(text)))
    value = row.places.locate_nearest(pointer)
    if value is None:
        return row.text, (0, len(row.text))
    return row.text, value if span is None else locate_span(row.text, value, span)


def decode_lossless(raw: bytes) -> str:
    """Decode UTF-8; a byte that is none becomes a lone surrogate, which no sound text has."""
    return raw.decode("utf-8", "surrogateescape")


def _shown(text: str) -> str:
    # Decoding makes no other surrogates than those that stand for bad bytes.
    return escape(_BAD_BYTE.sub(lambda match: f"\\x{ord(match.group()) & 0xFF:02x}", text))


def _columns(text: str, start: int, end: int) -> Columns:
    first_line = text.find("\n", 0, end)
    if 0 <= first_line < start:
        return None, None
    mark = text.startswith("\ufeff")  # a byte-order mark is no character of the line
    return max(start + 1 - mark, 1), (None if first_line >= 0 else max(end + 1 - mark, 1))
