"""Redaction of one row: which characters go, and what comes in their place.

The values of all findings of a row are looked at together, because one value has one placeholder in all of its
spellings, and because what a finding names in one turn is taken out of the others, too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import orjson

from ftprep.finding import Edit
from ftprep.pointer import escape_token
from ftprep.privacy.redaction_names import Names

LEAST_COPIED = 5
"""Characters of a value of which copies in other places of the row are replaced; shorter ones turn up by chance."""
_LEAST_SPACED = 6  # letters and digits of a value that is known again in another grouping
_BETWEEN = r"[\s().\-_/]{0,3}"
_AS_WRITTEN = frozenset({"EMAIL", "IP", "URL"})
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*+"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?', re.DOTALL)
_ESCAPE = re.compile(r"\\(?:u[0-9a-fA-F]{4}|.)", re.DOTALL)
_SKIPPED = "_ftprep"
_OBJECTS = frozenset({"arguments", "args", "input", "response", "json"})


class Mark(NamedTuple):
    """A value that a finding names: where it stands, the word of its placeholder, and its rank (0 goes first)."""

    pointer: str
    span: tuple[int, int]
    kind: str
    rank: int


class _Piece(NamedTuple):
    start: int
    end: int
    rank: int
    kind: str
    normal: str


def normal_form(kind: str, written: str, secret: bool = False) -> str:
    """The form in which two spellings of one value are equal: without case, blanks and punctuation.

    Telephone numbers are equal with and without their country's prefix. Secrets are equal as they are written.
    """
    if secret:
        return written
    bare = re.sub(r"[\W_]+", "", written).upper()
    if kind == "EMAIL":
        return written.casefold()
    if kind == "PHONE" and len(bare) > 9 and bare.isdigit():
        return bare.lstrip("0")[-9:]
    return bare or written


def edits_of(row: Mapping[str, Any], marks: Sequence[Mark], names: Names) -> list[Edit]:
    """The edits that take the values of ``marks``, and their copies, out of ``row``; none where nothing is left to do.

    Values are named by ``names`` in reading order, which is that of the row's text.
    """
    leaves = dict(_leaves(row))
    pieces, surfaces = _marked(row, leaves, marks)
    for pointer, text in leaves.items():
        if isinstance(text, str):
            names.reserve(text)
            pieces[pointer] += surfaces.copies(text)
    edits: list[Edit] = []
    for pointer, value in leaves.items():
        if isinstance(value, str):
            edits += _text_edits(pointer, value, _apart(pieces[pointer]), names)
        elif (known := surfaces.number(pointer, value)) is not None:
            edits.append(Edit("replace", pointer, names.of(known.kind, known.normal, str(value))))
    return edits


def _leaves(value: Any, pointer: str = "") -> Iterator[tuple[str, str | int]]:
    """Every text and whole number of a row with its pointer, in the order in which the row has them."""
    stack = [(pointer, value)]
    while stack:
        at, one = stack.pop()
        if isinstance(one, str) or type(one) is int:
            yield at, one
        elif isinstance(one, dict):
            inside = [(f"{at}/{escape_token(key)}", child) for key, child in one.items() if at or key != _SKIPPED]
            stack += reversed(inside)
        elif isinstance(one, list):
            stack += reversed([(f"{at}/{number}", child) for number, child in enumerate(one)])


class _Surfaces:
    """The values of a row as they are written, to find their copies."""

    def __init__(self, inside: Sequence[str]) -> None:
        self._values: dict[str, _Piece] = {}  # by pattern
        self._numbers: dict[str, _Piece] = {}
        self._inside = tuple(f"{pointer}/" for pointer in inside)
        self._pattern: re.Pattern[str] | None = None
        self._order: list[_Piece] = []

    def add(self, written: str, piece: _Piece, *, secret: bool) -> None:
        bare = re.sub(r"[\W_]+", "", written)
        if len(written) >= LEAST_COPIED:
            if piece.kind not in _AS_WRITTEN and not secret and len(bare) >= _LEAST_SPACED and _has_digit(bare):
                pattern = _BETWEEN.join(map(re.escape, bare))
            else:
                pattern = re.escape(written)
            if not secret:
                pattern = f"(?i:{pattern})"
            self._values.setdefault(pattern, piece)
        if bare.isdigit():
            self._numbers.setdefault(bare, piece)

    def copies(self, text: str) -> list[_Piece]:
        """Where values stand in ``text``."""
        if not self._values:
            return []
        if self._pattern is None:
            ordered = sorted(self._values, key=lambda one: (-len(self._values[one].normal), one))
            self._order = [self._values[one] for one in ordered]
            self._pattern = re.compile(r"(?<![^\W_])(?:" + "|".join(f"({one})" for one in ordered) + r")(?![^\W_])")
        found = []
        for match in self._pattern.finditer(text):
            known = self._order[(match.lastindex or 1) - 1]
            found.append(known._replace(start=match.start(), end=match.end(), rank=known.rank + 100))
        return found

    def number(self, pointer: str, value: int) -> _Piece | None:
        """The value that a number in the arguments of a call is, or None."""
        if pointer.startswith(self._inside) or (
            len(str(value)) >= LEAST_COPIED and not _OBJECTS.isdisjoint(pointer.split("/")[:-1])
        ):
            return self._numbers.get(str(value))
        return None


def _has_digit(text: str) -> bool:
    return any(map(str.isdigit, text))


def _marked(
    row: Mapping[str, Any], leaves: Mapping[str, str | int], marks: Sequence[Mark]
) -> tuple[dict[str, list[_Piece]], _Surfaces]:
    """The pieces of each text that findings name, and all values as they are written."""
    from ftprep.pointer import resolve

    pieces: dict[str, list[_Piece]] = {pointer: [] for pointer in leaves}
    objects: dict[str, str] = {}
    for mark in marks:
        if mark.pointer not in pieces and mark.pointer not in objects:
            try:  # what a template renders of an object is one line of JSON, and that is what findings speak about
                objects[mark.pointer] = orjson.dumps(resolve(row, mark.pointer)).decode()
            except (KeyError, TypeError, ValueError):
                continue
    surfaces = _Surfaces(list(objects))
    for mark in marks:
        whole = objects.get(mark.pointer, leaves.get(mark.pointer))
        if not isinstance(whole, str):
            continue
        written = whole[mark.span[0] : mark.span[1]]
        secret = mark.rank == 0
        piece = _Piece(*mark.span, mark.rank, mark.kind, normal_form(mark.kind, written, secret))
        surfaces.add(written, piece, secret=secret)
        if mark.pointer in pieces:
            pieces[mark.pointer].append(piece)
            continue
        plain = _unescaped(written)
        for pointer, value in leaves.items():
            if pointer.startswith(f"{mark.pointer}/") and isinstance(value, str):
                starts = (one.start() for one in re.finditer(re.escape(plain), value))
                pieces[pointer] += [piece._replace(start=start, end=start + len(plain)) for start in starts]
    return pieces, surfaces


def _unescaped(written: str) -> str:
    try:
        return str(orjson.loads(f'"{written}"'))
    except ValueError:
        return written


def _apart(pieces: Iterable[_Piece]) -> list[_Piece]:
    """Pieces that do not overlap, in order: of those that do, the longest stays, then that of the first rank."""
    kept: list[_Piece] = []
    for piece in sorted(pieces, key=lambda one: (one.rank >= 100, one.start - one.end, one.rank, one.start)):
        if not any(piece.start < other.end and other.start < piece.end for other in kept):
            kept.append(piece)
    return sorted(kept)


def _text_edits(pointer: str, text: str, pieces: Sequence[_Piece], names: Names) -> Iterator[Edit]:
    tokens = _tokens(text) if pieces else None
    done = 0
    for piece in pieces:
        written = text[piece.start : piece.end]
        span, quoted = _fitting(tokens, text, (piece.start, piece.end)) if tokens else ((piece.start, piece.end), False)
        if span[0] < done or span[0] >= span[1]:
            continue
        name = names.of(piece.kind, piece.normal, written)
        if quoted and not re.fullmatch(r"-?(?:0|[1-9]\d*)", name):
            name = f'"{name}"'
        yield Edit("replace", pointer, name, span)
        done = span[1]


def _tokens(text: str) -> list[tuple[int, int]] | None:
    """Where the texts and numbers of a text stand that is itself JSON; None for any other text."""
    if text.lstrip()[:1] not in ("{", "["):
        return None
    try:
        orjson.loads(text)
    except ValueError:
        return None
    return [match.span() for match in _TOKEN.finditer(text)]


def _fitting(tokens: Sequence[tuple[int, int]], text: str, span: tuple[int, int]) -> tuple[tuple[int, int], bool]:
    """``span`` as it can be replaced without harm to the JSON around it; whether it is a number, which wants quotes."""
    start, end = span
    for low, high in tokens:
        if high <= start:
            continue
        if low >= end:
            break
        if text[low] != '"':
            return (low, high), True
        start, end = max(start, low + 1), min(end, high - 1)
        for escape in _ESCAPE.finditer(text, low + 1, high - 1):
            if escape.start() < start < escape.end():
                start = escape.start()
            if escape.start() < end < escape.end():
                end = escape.end()
        return (start, end), False
    return span, False
