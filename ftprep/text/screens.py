"""Screens: one pass over the joined texts of a shard tells which texts a rule has to look at.

The buffer holds texts in UTF-8, each followed by the byte 0xFF, which UTF-8 never has.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]

NOTHING: Mapping[str, Sequence[str]] = {}

VISIBLE, NOT_ASCII = 1, 2  # a printable ASCII character other than the space; a character beyond ASCII
CONTROL = 4  # a control character of ASCII other than tab and line feed
_CONTROLS = frozenset({*range(0x20), 0x7F}) - set(b"\t\n")
_CLASSES = bytes(
    (VISIBLE if 0x21 <= byte <= 0x7E else NOT_ASCII if 0x80 <= byte < 0xFF else 0)
    | (CONTROL if byte in _CONTROLS else 0)
    for byte in range(256)
)


@functools.cache
def bytes_among(wanted: bytes) -> NDArray[np.bool_]:
    """For each byte, whether it is one of ``wanted``: a table to index with many bytes, many times as fast as isin."""
    table = np.zeros(256, dtype=np.bool_)
    table[list(wanted)] = True
    return table


def text_classes(buffer: bytes, starts: Ints) -> NDArray[np.uint8]:
    """For each text, which of the classes above it has characters of; ``starts`` has one entry more."""
    if len(starts) < 2:
        return np.zeros(0, dtype=np.uint8)
    classes = np.frombuffer(buffer.translate(_CLASSES), dtype=np.uint8)
    # Every text ends in its separator, so no range is empty and reduceat means what it says.
    return np.bitwise_or.reduceat(classes, starts[:-1])


class LiteralScreen:
    """Finds the texts that hold any of many literals, for many rules in one pass.

    Uses ahocorasick_rs (one DFA for all literals) and falls back to a search per literal where it has no wheel.
    Literals of ``any_case`` are found in whatever case their ASCII letters stand; other letters are found as they are
    written. The texts are searched in lower case, and what must stand as it is written is compared where it is met.
    """

    def __init__(
        self,
        literals: Mapping[str, Sequence[str]],
        any_case: Mapping[str, Sequence[str]] = NOTHING,
        *,
        automaton: bool = True,
    ) -> None:
        """``literals`` and ``any_case`` by rule code; without ``automaton`` the fallback is used in any case."""
        self._codes = list(dict.fromkeys((*literals, *any_case)))
        users: dict[bytes, dict[bytes | None, list[str]]] = {}
        for code, words in literals.items():
            for word in dict.fromkeys(map(str.encode, words)):
                spelling = word if word.lower() != word.upper() else None  # without letters there is but one
                users.setdefault(word.lower(), {}).setdefault(spelling, []).append(code)
        for code, words in any_case.items():
            for word in dict.fromkeys(word.encode().lower() for word in words):
                users.setdefault(word, {}).setdefault(None, []).append(code)
        self._literals = list(users)
        # Of each literal in lower case: as what it must be written (None: as anything), and the rules that look for it.
        self._users = [tuple(spellings.items()) for spellings in users.values()]
        self.automaton = None
        if automaton and self._literals:
            try:
                from ahocorasick_rs import BytesAhoCorasick, Implementation
            except ImportError:
                return
            self.automaton = BytesAhoCorasick(self._literals, implementation=Implementation.DFA)

    def scan(self, buffer: bytes, starts: Ints) -> Mapping[str, Ints]:
        """Return, for each rule code, the ascending numbers of the texts that hold one of its literals."""
        numbers, places = self.matches(buffer.lower())
        order = np.argsort(numbers, kind="stable")
        numbers, places = numbers[order], places[order]
        holders_of = np.searchsorted(starts, places, "right") - 1
        bounds = np.searchsorted(numbers, np.arange(len(self._literals) + 1)).tolist()
        holders = {code: np.zeros(len(starts), dtype=np.bool_) for code in self._codes}
        for users, first, end in zip(self._users, bounds, bounds[1:], strict=False):
            if first == end:
                continue
            texts = holders_of[first:end]
            for spelling, codes in users:
                as_written = texts
                if spelling is not None:
                    as_written = texts[[buffer.startswith(spelling, place) for place in places[first:end].tolist()]]
                for code in codes:
                    holders[code][as_written] = True
        return {code: np.flatnonzero(held) for code, held in holders.items()}

    def different(self, buffer: bytes, starts: Ints) -> Ints:
        """How many different literals each text holds, in whatever case they stand."""
        numbers, places = self.matches(buffer.lower())
        texts = np.searchsorted(starts, places, "right") - 1
        size = max(len(self._literals), 1)
        pairs = np.unique(texts * size + numbers)
        return np.bincount(pairs // size, minlength=len(starts) - 1)

    def matches(self, buffer: bytes) -> tuple[Ints, Ints]:
        """Which literals stand in a buffer in lower case, and where: two columns, one entry per match.

        Literals are counted as they were given: one for each of them in lower case.
        """
        if self.automaton is not None:
            found = self.automaton.find_matches_as_indexes(buffer, overlapping=True)
            columns = np.fromiter(chain.from_iterable(found), np.int64, 3 * len(found)).reshape(-1, 3)
            return columns[:, 0], columns[:, 1]
        pairs = np.fromiter(chain.from_iterable(self._searched(buffer)), np.int64).reshape(-1, 2)
        return pairs[:, 0], pairs[:, 1]

    def _searched(self, buffer: bytes) -> Iterator[tuple[int, int]]:
        for number, literal in enumerate(self._literals):
            position = buffer.find(literal)
            while position >= 0:
                yield number, position
                position = buffer.find(literal, position + 1)
