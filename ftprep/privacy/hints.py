"""Words that some values need near them, found in one pass over the joined texts, each with its place.

A number is a national id only beside a word for one, a date one of birth only behind a word for birth. Where no such
word stands nobody has to look at the number: most numbers are dropped here, by arithmetic on places. A word may be
found too often (the verdicts look again), never be left out.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping
from typing import NamedTuple

import numpy as np

from ftprep.privacy import addresses, birth, identifier_labels, national
from ftprep.privacy.anchors import ALNUM, FOREIGN_LETTERS, LETTER, UPPER, Anchors, Ints, Mask, Runs, is_among
from ftprep.privacy.context import FIRST_UNSPACED
from ftprep.text.screens import LiteralScreen


class Kind(NamedTuple):
    """Words that say one thing. They are found in any case, but a capital, which is met only as one."""

    words: Iterable[str]
    begins: bool = True
    """Whether a letter or digit before a word makes another one of it."""
    ends: bool = True
    """Whether a letter behind a word makes another one of it."""


KINDS: Mapping[str, Kind] = {
    "birth": Kind(birth.HINTS, ends=False),
    "street": Kind(addresses.HINTS, begins=False),
    "national": Kind(national.HINTS),
    "label": Kind(identifier_labels.HINTS),
}


class _Literals(NamedTuple):
    """What finds the words of all kinds, and what it needs to know about each."""

    screen: LiteralScreen
    lengths: Ints
    capitals: Ints
    """At which character of a word a capital must stand; -1 for none."""
    begins: Mask
    """Whether a word begins with a letter, of a script that puts spaces between words."""
    ends: Mask
    """Whether it ends so."""
    of: Mapping[str, Mask]
    """For each kind, which words are its own."""


@functools.cache
def _literals() -> _Literals:
    kinds: dict[str, set[str]] = {}
    capitals: dict[str, int] = {}
    for name, kind in KINDS.items():
        for word in kind.words:
            capital = next((at for at, one in enumerate(word[:2]) if "A" <= one <= "Z"), -1)
            # A screen knows the two cases of ASCII alone.
            for spelling in {word, word.upper(), word.capitalize()} if not word.isascii() else {word}:
                lower = spelling.encode().lower().decode()
                kinds.setdefault(lower, set()).add(name)
                capitals[lower] = min(capital, capitals.get(lower, capital))
    for letter in FOREIGN_LETTERS:  # it may be a letter of any word, when case is ignored
        kinds[letter], capitals[letter] = set(KINDS), -1
    words = sorted(kinds)
    return _Literals(
        LiteralScreen({}, {"": words}),
        np.array(list(map(len, words)), dtype=np.int64),
        np.array([capitals[word] for word in words], dtype=np.int64),
        np.array([_has_edge(word, word[0]) for word in words]),
        np.array([_has_edge(word, word[-1]) for word in words]),
        {name: np.array([name in kinds[word] for word in words]) for name in KINDS},
    )


def _has_edge(word: str, edge: str) -> bool:
    return edge.isalpha() and edge < FIRST_UNSPACED and word not in FOREIGN_LETTERS


def words_of(anchors: Anchors) -> Mapping[str, Ints]:
    """By kind, where its words begin, ascending."""
    literals, projection = _literals(), anchors.projection
    numbers, offsets = literals.screen.matches(projection.buffer.lower())
    order = np.argsort(offsets, kind="stable")
    numbers, starts = numbers[order], projection.places(offsets[order])
    ends = starts + literals.lengths[numbers]
    capitals = literals.capitals[numbers]
    kept = (capitals < 0) | is_among(anchors, starts + capitals, UPPER)
    begun = literals.begins[numbers] & is_among(anchors, starts - 1, ALNUM)
    going_on = literals.ends[numbers] & is_among(anchors, ends, LETTER)
    found = {}
    for name, kind in KINDS.items():
        mine = kept & literals.of[name][numbers]
        if kind.begins:
            mine &= ~begun
        if kind.ends:
            mine &= ~going_on
        found[name] = starts[mine]
    return found


def near(anchors: Anchors, runs: Runs, kind: str, before: int, after: int) -> Runs:
    """Those of some runs that have a word of a kind so many characters before or after them at most."""
    if not len(runs.starts):
        return runs
    words = anchors.once(words_of)[kind]
    if not len(words):
        return Runs(runs.starts[:0], runs.ends[:0])
    first = np.searchsorted(words, runs.starts - before)
    chosen = words[np.minimum(first, len(words) - 1)] < runs.ends + after
    chosen &= first < len(words)
    return Runs(runs.starts[chosen], runs.ends[chosen])
