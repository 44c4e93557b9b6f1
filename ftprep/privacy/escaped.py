"""Values in text that is written with escapes, as JSON and JSON Pointers are: searched is what they stand for."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from ftprep.privacy.value import Value

_ESCAPE = re.compile(r'\\(?:u([0-9a-fA-F]{4})|(["\\/bfnrt]))|~([01])')
_MEANS = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "0": "~", "1": "/"}
LEVELS = 3
"""JSON may stand in a string of JSON, as the arguments of a tool call do, and that in another."""


Find = Callable[[str], list[Value]]


def find_escaped(text: str, find: Find, find_once: Find | None = None) -> list[Value]:
    """What ``find`` finds in ``text``, and in what its escapes stand for; places are those in ``text``.

    ``find_once`` looks only at the text without any escapes.
    """
    found = find(text)
    places: list[int] | None = None  # where each character of `plain`, and its end, stands in `text`
    plain = text
    for _ in range(LEVELS):
        if "\\" not in plain and "~" not in plain:
            break
        before = plain
        plain, moved = _unescaped(before)
        if plain == before:
            break
        places = moved if places is None else [places[at] for at in moved]
        found += [one._replace(start=places[one.start], end=places[one.end]) for one in find(plain)]
    if find_once is not None:
        others = find_once(plain)
        if places is not None:
            others = [one._replace(start=places[one.start], end=places[one.end]) for one in others]
        found += others
    return found


def _unescaped(text: str) -> tuple[str, list[int]]:
    """``text`` with escapes replaced, and for each of its characters, and its end, the place before."""
    pieces: list[str] = []
    places: list[int] = []
    last = 0
    for start, end, meaning in _escapes(text):
        pieces += (text[last:start], meaning)
        places += range(last, start)
        places.append(start)
        last = end
    pieces.append(text[last:])
    places += range(last, len(text) + 1)
    return "".join(pieces), places


def _escapes(text: str) -> Iterator[tuple[int, int, str]]:
    for match in _ESCAPE.finditer(text):
        number, letter = match[1], match[2] or match[3]
        yield *match.span(), chr(int(number, 16)) if number else _MEANS.get(letter, letter)
