"""Where the values of a row stand once more, in whatever case and grouping."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import NamedTuple

LEAST_COPIED = 5
"""Characters of a value of which copies anywhere in the row are found; shorter ones turn up by chance."""
LEAST_SPACED = 6
"""Letters and digits of a value that is known again in another grouping."""
_AS_WRITTEN = frozenset({"EMAIL", "IP", "URL", "PERSON", "BIRTH_DATE"})
_DULL = re.compile(r"[\W_]+")
_BETWEEN = frozenset(" \t\n\r\u00a0\u202f().-_/")
_WIDEST = 3  # characters between two letters or digits of a value in another grouping


class Copy(NamedTuple):
    """Characters ``start`` to ``end`` of a text, and the number of the value that stands there."""

    start: int
    end: int
    value: int


class _Known(NamedTuple):
    number: int
    written: str
    kind: str
    exact: bool
    secret: bool


class Copies:
    """Values as they are written, and a search for all of them in one pass over a text."""

    def __init__(self) -> None:
        self._known: defaultdict[str, list[_Known]] = defaultdict(list)
        self._seen: set[tuple[str, bool]] = set()
        self._search: _Search | None = None

    def add(self, number: int, kind: str, written: str, *, secret: bool) -> None:
        """Look for the value ``number``, which is ``written`` so; a secret only as it is written."""
        bare = _bare(written)
        if not bare or (written, secret) in self._seen:
            return
        self._seen.add((written, secret))
        exact = secret or kind in _AS_WRITTEN or len(bare) < LEAST_SPACED or not any(map(str.isdigit, bare))
        self._known[bare].append(_Known(number, written, kind, exact, secret))

    def digits(self, value: int) -> int | None:
        """The number of the value that a whole number is, or None."""
        known = self._known.get(str(value))
        return known[0].number if known else None

    def find(self, text: str, *, short: bool) -> Iterator[Copy]:
        """Where values stand in ``text``, which may overlap; with ``short``, of any length."""
        if not self._known:
            return
        if self._search is None:
            self._search = _Search(list(self._known))
        bare = _bare(text)
        places: list[int] = []
        for word, start in self._search.matches(bare):
            if not places:
                places = [at for at, one in enumerate(text) if one.isalnum()]
            for known in self._known[word]:
                if short or len(known.written) >= LEAST_COPIED:
                    span = _span(text, places, start, known, len(word))
                    if span is not None:
                        yield Copy(*span, known.number)


class _Search:
    """Finds many words in a text: in one pass, or one after the other where there is no automaton."""

    def __init__(self, words: list[str]) -> None:
        self._words = words
        try:
            from ahocorasick_rs import AhoCorasick
        except ImportError:
            self._automaton = None
        else:
            self._automaton = AhoCorasick(words)

    def matches(self, text: str) -> Iterable[tuple[str, int]]:
        """Every word, with every place where it starts."""
        if self._automaton is not None:
            for number, start, _ in self._automaton.find_matches_as_indexes(text, overlapping=True):
                yield self._words[number], start
            return
        for word in self._words:
            start = text.find(word)
            while start >= 0:
                yield word, start
                start = text.find(word, start + 1)


def _bare(text: str) -> str:
    """The letters and digits of ``text``, one for one, in upper case."""
    if text.isascii():
        return _DULL.sub("", text).upper()
    return "".join(upper if len(upper := one.upper()) == 1 else one for one in text if one.isalnum())


def _span(text: str, places: list[int], start: int, known: _Known, length: int) -> tuple[int, int] | None:
    """Where a value stands whose letters and digits begin with number ``start`` of the text's, or None."""
    low, high = places[start], places[start + length - 1] + 1
    if (low and text[low - 1].isalnum()) or (high < len(text) and text[high].isalnum()):
        return None
    if known.exact:
        written = known.written
        lead = next(at for at, one in enumerate(written) if one.isalnum())
        low -= lead
        high = low + len(written)
        there = text[low:high] if low >= 0 else ""
        same = there == written if known.secret else there.casefold() == written.casefold()
        return (low, high) if same else None
    inside = text[low:high]
    if len(inside) != length:
        for before, behind in zip(places[start : start + length - 1], places[start + 1 : start + length], strict=True):
            if behind - before > 1 + _WIDEST or not _BETWEEN.issuperset(text[before + 1 : behind]):
                return None
    return _with_signs(text, low, high) if known.kind == "PHONE" else (low, high)


def _with_signs(text: str, low: int, high: int) -> tuple[int, int]:
    """A telephone number with the bracket and the plus that it begins with: ``(415) 273-8852``, ``(+49) 30 901820``."""
    open_ones = text.count(")", low, high) - text.count("(", low, high)
    while low and (text[low - 1] == "+" or (text[low - 1] == "(" and open_ones > 0)):
        low -= 1
        open_ones -= text[low] == "("
    return low, high
