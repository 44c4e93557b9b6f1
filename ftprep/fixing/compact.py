"""A row over several lines as one line, otherwise as it is written."""

from __future__ import annotations

import re

import orjson

from ftprep.fixing.splices import CannotEdit

_PIECE = re.compile(rb'("(?:[^"\\]++|\\.)*+")|[ \t\r]*\n[ \t\r\n]*', re.DOTALL)
_OPEN = b"[{"


def one_line(raw: bytes) -> bytes:
    """``raw`` without line breaks and indentation; blanks inside a line stay, and so does every value.

    Raises :class:`CannotEdit` for what is no JSON object: its line breaks may be part of a text.
    """
    try:
        row = orjson.loads(raw)
    except ValueError:
        raise CannotEdit("a row is not JSON") from None
    if type(row) is not dict:
        raise CannotEdit("a row is no object")
    if b"\n" not in raw:
        return raw.rstrip(b"\r")

    def joined(match: re.Match[bytes]) -> bytes:
        if match[1] is not None:
            return match[1]
        before = raw[match.start() - 1 : match.start()]
        return b" " if before in (b",", b":") else b""

    line = _PIECE.sub(joined, raw).strip()
    if orjson.loads(line) != row:
        raise CannotEdit("a row would mean something else on one line")
    return line
