"""Where the value at a JSON Pointer stands in the raw text of a row.

The parsers that read rows keep no positions, so the few findings that are shown are located here, by walking the raw
text. Values off the path are skipped by one regular expression whose repeats are possessive: it neither backtracks
nor recurses, so that deep nesting and rows of 100 MB are only a matter of time (1 to 4 s for 100 MB of chat).
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from typing import NamedTuple

# Before Python 3.11.5 a possessive repeat is wrong after an attempt that failed midway. The patterns for those versions
# know no such attempt; the others try the usual case first (a quote without a backslash before it ends a string), which
# the regular expression engine scans ten times as fast, and take in nested containers.
_POSSESSIVE_IS_SOUND = sys.version_info >= (3, 11, 5)
_FOLDED = 3 if _POSSESSIVE_IS_SOUND else 0  # levels of nesting in one match; deeper ones are counted one by one
_SPACE = r"[ \t\n\r]*+"
_ANY_STRING = r'"[^"\\]*+(?:\\.[^"\\]*+)*+"'
_STRING = rf'(?:"[^"]*+(?<!\\)"|{_ANY_STRING})' if _POSSESSIVE_IS_SOUND else _ANY_STRING


def _skip_pattern(levels: int) -> str:
    inner = plain = rf'[^"\[\]{{}}]++|{_STRING}'
    for _ in range(levels):
        inner = rf"{plain}|\[(?:{inner})*+\]|\{{(?:{inner})*+\}}"
    return rf"(?:{inner})*+"


_SKIP = re.compile(_skip_pattern(_FOLDED), re.DOTALL)
_START = re.compile(rf"\ufeff?{_SPACE}")
_SEPARATOR = re.compile(r"[ \t\n\r,]*+")
_MEMBER = re.compile(rf"[ \t\n\r,]*+({_STRING}){_SPACE}:{_SPACE}", re.DOTALL)
_SCALAR = re.compile(rf'{_STRING}|[^ \t\n\r,:"\[\]{{}}]++', re.DOTALL)
ESCAPE = re.compile(r"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|.)", re.DOTALL)
_INDEX = re.compile(r"0|[1-9][0-9]{0,17}")

Slice = tuple[int, int]


class Child(NamedTuple):
    """A member of an object or an item of an array: where it starts, where its key ends, where its value stands.

    ``key`` is the decoded key; None for an item, whose ``key_end`` is its start.
    """

    key: str | None
    start: int
    key_end: int
    value: Slice


class Places:
    """Where the values of one row stand. An object or array is walked once, however many of its values are asked for.

    Ranges are half-open and count characters of ``raw``; strings come with their quotes. Of a key that occurs twice
    the last one counts, as for parsers. Text that is no JSON never raises: None comes back, or a best guess.
    """

    def __init__(self, raw: str) -> None:
        self._raw = raw
        self._members: dict[int, dict[str, int]] = {}
        self._elements: dict[int, tuple[list[int], Iterator[int]]] = {}

    def locate(self, pointer: str) -> Slice | None:
        """The range of the value at ``pointer``; None if there is none."""
        start, complete = self._descend(pointer)
        return self._range(start) if complete else None

    def locate_nearest(self, pointer: str) -> Slice | None:
        """Like :meth:`locate`, but where the value is missing (a required key, say), of what should hold it."""
        return self._range(self._descend(pointer)[0])

    def _descend(self, pointer: str) -> tuple[int, bool]:
        """The start of the value at ``pointer`` and True; or of the nearest value around the missing one and False."""
        start_match = _START.match(self._raw)
        start = start_match.end() if start_match else 0
        for token in pointer.split("/")[1:]:
            token = token.replace("~1", "/").replace("~0", "~")
            opening = self._raw[start : start + 1]
            child = -1
            if opening == "{":
                child = self._member(start, token)
            elif opening == "[" and _INDEX.fullmatch(token):
                child = self._element(start, int(token))
            if child < 0:
                return start, False
            start = child
        return start, True

    def _member(self, start: int, key: str) -> int:
        """Where the value of the last ``key`` starts in the object at ``start``; -1 for none."""
        if start not in self._members:
            self._members[start] = dict(_members(self._raw, start + 1))
        return self._members[start].get(key, -1)

    def _element(self, start: int, index: int) -> int:
        """Where element ``index`` of the array at ``start`` starts; -1 for none."""
        if start not in self._elements:
            self._elements[start] = [], _elements(self._raw, start + 1)
        known, others = self._elements[start]
        while len(known) <= index:
            other = next(others, -1)
            if other < 0:
                return -1
            known.append(other)
        return known[index]

    def _range(self, start: int) -> Slice | None:
        end = _value_end(self._raw, start)
        return (start, end) if end >= 0 else None


def locate(raw: str, pointer: str) -> Slice | None:
    """One look-up of :meth:`Places.locate`."""
    return Places(raw).locate(pointer)


def locate_nearest(raw: str, pointer: str) -> Slice | None:
    """One look-up of :meth:`Places.locate_nearest`."""
    return Places(raw).locate_nearest(pointer)


def locate_span(raw: str, value: Slice, span: Slice) -> Slice:
    """Map characters ``span`` of a decoded string to ``raw``; ``value`` is where the string stands, with its quotes.

    An escape sequence (a surrogate pair is one) is one decoded character. Ranges beyond the string are clamped; for
    a value that is no string, ``value`` comes back.
    """
    if raw[value[0] : value[0] + 1] != '"':
        return value
    position, end = value[0] + 1, value[1] - 1
    wanted = sorted((max(span[0], 0), max(span[1], 0)))
    mapped: list[int] = []
    decoded = 0  # number of the decoded character that starts at `position`
    if raw.find("\\", position, end) >= 0:
        for escape in ESCAPE.finditer(raw, position, end):
            next_decoded = decoded + escape.start() - position
            while len(mapped) < 2 and wanted[len(mapped)] <= next_decoded:
                mapped.append(position + wanted[len(mapped)] - decoded)
            if len(mapped) == 2:
                break
            decoded, position = next_decoded + 1, escape.end()
    mapped.extend(min(position + one - decoded, end) for one in wanted[len(mapped) :])
    return mapped[0], mapped[1]


def children(raw: str, start: int) -> list[Child]:
    """What the object or array at ``start`` holds, in order; nothing for other values. Keys may repeat."""
    found: list[Child] = []
    position = start + 1
    if raw[start : start + 1] == "{":
        while position >= 0 and (match := _MEMBER.match(raw, position)):
            key = raw[match.start(1) + 1 : match.end(1) - 1]
            key = _decoded(match[1], key) if "\\" in key else key
            position = _value_end(raw, match.end())
            found.append(Child(key, *match.span(1), (match.end(), position)))
    elif raw[start : start + 1] == "[":
        for place in _elements(raw, position):
            found.append(Child(None, place, place, (place, _value_end(raw, place))))
    return found


def _members(raw: str, position: int) -> Iterator[tuple[str, int]]:
    """Each key of the object that is open at ``position``, decoded, with the place where its value starts."""
    while match := _MEMBER.match(raw, position):
        start, end = match.span(1)
        key = raw[start + 1 : end - 1]
        yield (_decoded(raw[start:end], key) if "\\" in key else key), match.end()
        position = _value_end(raw, match.end())
        if position < 0:
            break


def _elements(raw: str, position: int) -> Iterator[int]:
    """The place where each element of the array that is open at ``position`` starts."""
    while position >= 0:
        separator = _SEPARATOR.match(raw, position)
        position = separator.end() if separator else position
        if raw[position : position + 1] in ("]", ""):
            break
        yield position
        position = _value_end(raw, position)


def _value_end(raw: str, start: int) -> int:
    """The end of the value that starts at ``start``; -1 where there is none or where it is never closed."""
    if raw[start : start + 1] not in ("{", "["):
        scalar = _SCALAR.match(raw, start)
        return scalar.end() if scalar else -1
    position, depth, length = start + 1, 1, len(raw)
    while depth:
        skipped = _SKIP.match(raw, position)
        position = skipped.end() if skipped else position
        if position >= length:
            return -1
        character = raw[position]
        if character == '"':  # a string that is never closed
            return -1
        depth += 1 if character in "[{" else -1
        position += 1
    return position


def _decoded(literal: str, otherwise: str) -> str:
    try:
        return str(json.loads(literal, strict=False))
    except ValueError:
        return otherwise
