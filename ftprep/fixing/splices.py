"""Edits of JSON values as replacements of pieces of a row's own text, so that all else stays as it was written."""

from __future__ import annotations

import json
import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import accumulate, pairwise
from typing import Any, NamedTuple

from ftprep.finding import Edit
from ftprep.text.locate import ESCAPE, Child, Places, Slice, children

_SURROGATE = re.compile("[\ud800-\udfff]")
_FIRST_COLON = re.compile(r'[ \t\r\n]*[{\[ \t\r\n]*"(?:[^"\\]|\\.)*+"([ \t]*:[ \t]*)')
_ESCAPED_LETTER = re.compile(r"(?<!\\)(?:\\\\)*+\\u(?!00[0-7])")  # an escape of a character that is not ASCII
_INDEX = re.compile(r"0|[1-9][0-9]{0,17}")


class CannotEdit(Exception):
    """Why edits do not fit the row; ``str(error)`` ends the sentence "the fix was not applied: …"."""


class Splice(NamedTuple):
    """``new`` in the place of the characters [start, end)."""

    start: int
    end: int
    new: str


class Spelling:
    """How a row is written: spaces behind colons and commas, and letters beyond ASCII as they are or as escapes."""

    def __init__(self, text: str) -> None:
        colon = _FIRST_COLON.match(text)
        self.colon = colon[1] if colon else ": "
        self.comma = ", " if self.colon.endswith((" ", "\t")) else ","
        self.escapes = text.isascii() and _ESCAPED_LETTER.search(text) is not None

    def dump(self, value: Any) -> str:
        """``value`` as JSON; raises :class:`CannotEdit` for what JSON cannot hold."""
        try:
            text = json.dumps(value, ensure_ascii=self.escapes, separators=(self.comma, self.colon), allow_nan=False)
        except (TypeError, ValueError, RecursionError):
            raise CannotEdit("the new value is no JSON value") from None
        if _SURROGATE.search(text):
            raise CannotEdit("the new text holds half a surrogate pair")
        return text


class Literal:
    """A JSON string of a row: its characters, and where each of them stands in the row."""

    def __init__(self, text: str, place: Slice) -> None:
        self._start = place[0] + 1
        self.value = str(json.loads(text[place[0] : place[1]], strict=False))
        escapes = list(ESCAPE.finditer(text, self._start, place[1] - 1))
        surplus = [0, *accumulate(len(one[0]) - 1 for one in escapes)]
        # The character that each escape stands for, and the surplus of characters before that one.
        self._at = [one.start() - self._start - before for one, before in zip(escapes, surplus, strict=False)]
        self._surplus = surplus

    def place(self, character: int) -> int:
        """Where a character starts."""
        return self._start + character + self._surplus[bisect_left(self._at, character)]


class RowText:
    """The text of one row, in which edits find their places."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.spelling = Spelling(text)
        self._places = Places(text)
        self._located: dict[str, Slice] = {}
        self._children: dict[int, list[Child]] = {}
        self._literals: dict[int, Literal] = {}

    def splices(self, edits: Iterable[Edit]) -> list[Splice]:
        """What the ``edits`` of one fix replace, in order; raises :class:`CannotEdit` where they have no place."""
        found: list[Splice] = []
        gone: defaultdict[int, set[int]] = defaultdict(set)
        added: defaultdict[int, list[tuple[str, Any]]] = defaultdict(list)
        for edit in edits:
            if edit.op == "replace":
                found += self._replaced(edit)
            elif edit.op == "add":
                start, key = self._container(edit.pointer)
                if self.text[start] != "{":
                    raise CannotEdit("only an object takes a further key")
                added[start].append((key, edit.new))
            else:
                start, index = self._child(edit.pointer)
                child = self._list(start)[index]
                if edit.op == "remove":
                    gone[start].add(index)
                elif child.key is None or not isinstance(edit.new, str):
                    raise CannotEdit("only a member of an object has a key")
                elif edit.new == child.key:
                    found.append(Splice(child.start, child.key_end, self.text[child.start : child.key_end]))
                else:
                    found.append(Splice(child.start, child.key_end, self.spelling.dump(edit.new)))
        for start in {**gone, **added}:
            found += self._regrouped(start, gone[start], added[start])
        found.sort()
        if all(self.text[one.start : one.end] == one.new for one in found):
            raise CannotEdit("it changes nothing")
        if any(clash(one, other) for one, other in pairwise(found)):
            raise CannotEdit("its edits overlap")
        return found

    # --- places ---------------------------------------------------------------------------------------------------

    def _list(self, start: int) -> list[Child]:
        if start not in self._children:
            self._children[start] = children(self.text, start)
        return self._children[start]

    def _value(self, pointer: str) -> Slice:
        place = self._located.get(pointer)
        if place is None:
            place = self._places.locate(pointer)
            if place is None:
                raise CannotEdit("there is no such value")
            self._located[pointer] = place
        return place

    def _container(self, pointer: str) -> tuple[int, str]:
        """Where the object or array that holds ``pointer`` starts, and the key or index in it."""
        parent, slash, token = pointer.rpartition("/")
        if not slash:
            raise CannotEdit("the row as a whole can only be replaced")
        return self._value(parent)[0], token.replace("~1", "/").replace("~0", "~")

    def _child(self, pointer: str) -> tuple[int, int]:
        start, token = self._container(pointer)
        ones = self._list(start)
        if self.text[start] == "{":
            known = [index for index, one in enumerate(ones) if one.key == token]
            if len(known) > 1:
                raise CannotEdit("the key stands there more than once")
        else:
            known = [int(token)] if _INDEX.fullmatch(token) and int(token) < len(ones) else []
        if not known:
            raise CannotEdit("there is no such value")
        return start, known[0]

    # --- edits ----------------------------------------------------------------------------------------------------

    def _replaced(self, edit: Edit) -> Iterable[Splice]:
        place = self._value(edit.pointer)
        old = self.text[place[0] : place[1]]
        is_text = old.startswith('"')
        if edit.span is None and not (is_text and isinstance(edit.new, str)):
            return [Splice(*place, self.spelling.dump(edit.new))]
        if not is_text or not isinstance(edit.new, str):
            raise CannotEdit("only a text has characters to replace")
        if place[0] not in self._literals:
            self._literals[place[0]] = Literal(self.text, place)
        literal = self._literals[place[0]]
        decoded = literal.value
        start, end = edit.span or (0, len(decoded))
        if not 0 <= start <= end <= len(decoded):
            raise CannotEdit("the text is shorter than that")
        new = edit.new
        if edit.span is None:  # what both texts begin and end with stays as it is written
            start = _alike(decoded, new)
            end = len(decoded) - _alike(decoded[start:][::-1], new[start:][::-1])
            new = new[start : len(new) - (len(decoded) - end)]
        low, high = literal.place(start), literal.place(end)
        written = self.text[low:high] if decoded[start:end] == new else self.spelling.dump(new)[1:-1]
        if edit.span is not None:
            return [Splice(low, high, written)]
        return [Splice(*place, self.text[place[0] : low] + written + self.text[high : place[1]])]

    def _regrouped(self, start: int, gone: set[int], added: Sequence[tuple[str, Any]]) -> Iterable[Splice]:
        """What goes and what comes in the object or array at ``start``, with the right commas and blanks."""
        ones = self._list(start)
        kept = [index for index in range(len(ones)) if index not in gone]
        text = self._members(start, added)
        if not kept:
            inner = start + 1, self._closing(start, ones) if gone else start + 1
            yield Splice(*inner, text)
            return
        for before_run, following in pairwise([-1, *kept]):
            if following - before_run > 1:
                yield Splice(ones[before_run + 1].start, ones[following].start, "")
        last = kept[-1]
        behind = ones[-1].value[1]
        before = self._gap(start, ones) if added else ""
        if added or behind > ones[last].value[1]:
            yield Splice(ones[last].value[1], behind, before + text)

    def _closing(self, start: int, ones: Sequence[Child]) -> int:
        """Where the bracket stands that closes the object or array at ``start``."""
        closing = re.compile(r"[ \t\r\n,]*").match(self.text, ones[-1].value[1])
        return closing.end() if closing else ones[-1].value[1]

    def _members(self, start: int, added: Sequence[tuple[str, Any]]) -> str:
        ones = self._list(start)
        colon = self.text[ones[-1].key_end : ones[-1].value[0]] if ones else self.spelling.colon
        gap = self._gap(start, ones) if ones else self.spelling.comma
        return gap.join(self.spelling.dump(key) + colon + self.spelling.dump(value) for key, value in added)

    def _gap(self, start: int, ones: Sequence[Child]) -> str:
        """What stands between two members of this object, or would stand there."""
        if len(ones) > 1:
            return self.text[ones[-2].value[1] : ones[-1].start]
        indent = self.text[start + 1 : ones[0].start]
        return "," + indent if "\n" in indent else self.spelling.comma


def _alike(one: str, other: str) -> int:
    """Number of characters that both texts begin with."""
    pairs = zip(one, other, strict=False)
    return next((at for at, (left, right) in enumerate(pairs) if left != right), min(len(one), len(other)))


def clash(one: Splice, other: Splice) -> bool:
    """Whether two replacements cannot both be made: they overlap, or touch where nothing but a place is meant."""
    if one.start == one.end or other.start == other.end:
        return one.start <= other.end and other.start <= one.end
    return one.start < other.end and other.start < one.end


def spliced(text: str, splices: Iterable[Splice]) -> str:
    """``text`` with the pieces replaced; they do not clash."""
    parts, at = [], 0
    for one in sorted(splices):
        parts += [text[at : one.start], one.new]
        at = one.end
    return "".join([*parts, text[at:]])
