"""Redaction of one row: which characters go, and what comes in their place.

The values of all findings of a row are looked at together, because one value has one placeholder in all of its
spellings, and because what a finding names in one turn is taken out of the others, too.
"""

from __future__ import annotations

import functools
import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import orjson

from ftprep.finding import Edit
from ftprep.pointer import escape_token, resolve
from ftprep.privacy.copies import LEAST_COPIED, Copies
from ftprep.privacy.number_arguments import declared_numbers, number_of
from ftprep.privacy.overlaps import apart
from ftprep.privacy.phone_forms import forms_of_phone, national_number
from ftprep.privacy.redaction_names import Names

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*+"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?', re.DOTALL)
_ESCAPE = re.compile(r"\\(?:u[0-9a-fA-F]{4}|.)", re.DOTALL)
_COLON = re.compile(r"\s*:")
_WHOLE_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)")
_DULL = re.compile(r"[\W_]+")
_SPACED = frozenset(("ADDRESS", "BIRTH_DATE", "PERSON"))
_PUNCTUATED = _SPACED | {"EMAIL", "IP", "URL"}
_SKIPPED = "_ftprep"
_OBJECTS = frozenset({"arguments", "args", "input", "response", "json"})


class Mark(NamedTuple):
    """A value that a finding names: where it stands, the word of its placeholder, and its rank (0 goes first)."""

    pointer: str
    span: tuple[int, int]
    kind: str
    rank: int


class _Value(NamedTuple):
    kind: str
    normal: str


class _Piece(NamedTuple):
    start: int
    end: int
    rank: int
    value: int


def normal_form(kind: str, written: str, secret: bool = False) -> str:
    """The form in which two spellings of one value are equal: without case, blanks and punctuation.

    Telephone numbers are equal with and without their country's prefix. Secrets are equal as they are written, and
    punctuation tells one address of a machine, or one date, from another.
    """
    if secret:
        return written
    if kind in _PUNCTUATED:
        return _DULL.sub(" ", written).strip().casefold() if kind in _SPACED else written.casefold()
    if kind == "PHONE" and (national := national_number(written)):
        return national
    return _DULL.sub("", written).upper() or written


def edits_of(row: Mapping[str, Any], marks: Sequence[Mark], names: Names) -> list[Edit]:
    """The edits that take the values of ``marks``, and their copies, out of ``row``; none where nothing is left to do.

    Values are named by ``names`` in reading order, which is that of the row's text.
    """
    leaves = dict(_leaves(row))
    found = _Marked(row, leaves, marks)
    for text in leaves.values():
        if isinstance(text, str):
            names.reserve(text)
    edits: list[Edit] = []
    for pointer, value in leaves.items():
        if isinstance(value, str):
            edits += _text_edits(pointer, value, found, names)
        elif (number := found.number(pointer, value)) is not None:
            known = found.values[number]
            name = names.of(known.kind, known.normal, str(value))
            edits.append(Edit("replace", pointer, number_of(name) if found.is_numeric(pointer, name) else name))
    return edits


def _leaves(value: Any) -> Iterator[tuple[str, str | int]]:
    """Every text and whole number of a row with its pointer, in the order in which the row has them."""
    stack = [("", value)]
    while stack:
        at, one = stack.pop()
        if isinstance(one, str) or type(one) is int:
            yield at, one
        elif isinstance(one, dict):
            inside = [(f"{at}/{escape_token(key)}", child) for key, child in one.items() if at or key != _SKIPPED]
            stack += reversed(inside)
        elif isinstance(one, list):
            stack += reversed([(f"{at}/{number}", child) for number, child in enumerate(one)])


class _Marked:
    """What findings name in a row: the values, and where they stand.

    What a template renders of an object, such as the arguments of a call, is one line of JSON, and that is what
    findings speak about. There the texts and numbers of the object are replaced, however short.
    """

    def __init__(self, row: Mapping[str, Any], leaves: Mapping[str, str | int], marks: Sequence[Mark]) -> None:
        self.values: list[_Value] = []
        self._pieces: dict[str, list[_Piece]] = {}
        self._copies = Copies()
        self._row = row
        self._numbers: frozenset[str] | None = None
        numbers: dict[_Value, int] = {}
        objects: dict[str, str] = {}
        for mark in marks:
            whole = leaves.get(mark.pointer)
            if whole is None:
                if mark.pointer not in objects:
                    objects[mark.pointer] = _rendered(row, mark.pointer)
                whole = objects[mark.pointer]
            if not isinstance(whole, str) or mark.span[1] > len(whole):
                continue
            written, secret = whole[mark.span[0] : mark.span[1]], mark.rank == 0
            if mark.pointer in objects:
                written = _unescaped(written)
            value = _Value(mark.kind, normal_form(mark.kind, written, secret))
            number = numbers.setdefault(value, len(self.values))
            if number == len(self.values):
                self.values.append(value)
            self._copies.add(number, mark.kind, written, secret=secret)
            if mark.kind == "PHONE":
                for form in forms_of_phone(written):
                    self._copies.add(number, mark.kind, form, secret=False)
            if mark.pointer not in objects:
                self._pieces.setdefault(mark.pointer, []).append(_Piece(*mark.span, mark.rank, number))
        self._inside = tuple(f"{pointer}/" for pointer in objects)

    def pieces(self, pointer: str, text: str) -> list[_Piece]:
        """What is to be replaced in a text: of pieces that overlap what findings name, then the longest."""
        named = self._pieces.get(pointer, [])
        copies = self._copies.find(text, short=pointer.startswith(self._inside))
        further = [_Piece(one.start, one.end, 9, one.value) for one in copies]
        return apart([*named, *further], lambda one: (one.rank == 9, one.start - one.end, one.rank, one))

    def number(self, pointer: str, value: int) -> int | None:
        """The number of the value that a number in the arguments of a call is, or None."""
        if pointer.startswith(self._inside) or (
            len(str(abs(value))) >= LEAST_COPIED and not _OBJECTS.isdisjoint(pointer.split("/")[:-1])
        ):
            return self._copies.digits(value)
        return None

    def is_numeric(self, place: str, name: str) -> bool:
        """Whether a number stays one: its new name is made of digits, or a tool demands one where ``place`` ends."""
        if _WHOLE_NUMBER.fullmatch(name):
            return True
        if self._numbers is None:
            self._numbers = declared_numbers(self._row)
        steps = [one for one in place.split("/") if not one.isdigit()]
        return bool(steps) and steps[-1].replace("~1", "/").replace("~0", "~") in self._numbers


def _rendered(row: Mapping[str, Any], pointer: str) -> str:
    try:
        return orjson.dumps(resolve(row, pointer)).decode()
    except (KeyError, TypeError, ValueError):
        return ""


def _unescaped(written: str) -> str:
    try:
        return str(orjson.loads(f'"{written}"'))
    except ValueError:
        return written


def _text_edits(pointer: str, text: str, found: _Marked, names: Names) -> Iterator[Edit]:
    pieces = found.pieces(pointer, text)
    payload = _Payload.of(text) if pieces else None
    done = 0
    for piece in pieces:
        known = found.values[piece.value]
        start, end, quoted = piece.start, piece.end, False
        if payload is not None:
            start, end, quoted = payload.fitting(start, end)
        if start < done or start >= end:
            continue
        name = names.of(known.kind, known.normal, text[piece.start : piece.end])
        if quoted and payload is not None:
            numeric = found.is_numeric(payload.key_before(start), name)
            name = str(number_of(name)) if numeric else f'"{name}"'
        yield Edit("replace", pointer, name, (start, end))
        done = end


class _Payload:
    """A text that is itself JSON: where its strings, numbers and escapes stand."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = [match.span() for match in _TOKEN.finditer(text)]
        self._ends = [end for _, end in self._tokens]
        # Outside of strings JSON has no backslash.
        self._escapes = [match.span() for match in _ESCAPE.finditer(text)]
        self._escape_ends = [end for _, end in self._escapes]

    @classmethod
    def of(cls, text: str) -> _Payload | None:
        """The payload that ``text`` is, or None."""
        if text.lstrip()[:1] not in ("{", "["):
            return None
        try:
            orjson.loads(text)
        except ValueError:
            return None
        return cls(text)

    def key_before(self, place: int) -> str:
        """The key, as a pointer has it, of the member whose value, or list of values, stands at ``place``."""
        return self._keys[bisect_right(self._ends, place)]

    @functools.cached_property
    def _keys(self) -> list[str]:
        """The last key before each token, and before the end."""
        keys = [""]
        for low, high in self._tokens:
            is_key = self._text[low] == '"' and _COLON.match(self._text, high) is not None
            keys.append("/" + escape_token(str(orjson.loads(self._text[low:high]))) if is_key else keys[-1])
        return keys

    def fitting(self, start: int, end: int) -> tuple[int, int, bool]:
        """The range that can be replaced without harm to the JSON, and whether it is a number, which wants quotes."""
        at = bisect_right(self._ends, start)
        if at == len(self._tokens) or self._tokens[at][0] >= end:
            return start, start, False
        low, high = self._tokens[at]
        if self._text[low] != '"':
            return low, high, True
        start, end = max(start, low + 1), min(end, high - 1)
        return self._outside(start, first=True), self._outside(end, first=False), False

    def _outside(self, place: int, *, first: bool) -> int:
        """``place``, moved out of the escape that it stands in."""
        at = bisect_right(self._escape_ends, place)
        if at < len(self._escapes) and self._escapes[at][0] < place:
            return self._escapes[at][0 if first else 1]
        return place
