"""Loops: the same few words again and again, as a model writes that has lost its way."""

from __future__ import annotations

import re
from itertools import accumulate
from typing import NamedTuple

from ftprep.text.markdown import mask_all

LONGEST_UNIT = 60
LEAST_WORDS, LEAST_CHARACTERS = 40, 120
_LONG, _LEAST_REPEATS, _MANY_REPEATS = 100, 4, 8

_WORD = re.compile(r"\S+")
_MARKUP = frozenset("{}<>=;\\")


class Loop(NamedTuple):
    """A repeated unit: its text, how often it stands in a row, and the range of characters of all of it."""

    unit: str
    repeats: int
    start: int
    end: int


def may_loop(text: str, step: int = 20) -> bool:
    """Whether some three words come back soon: true for every text with a loop, false for most others.

    A loop is at least 40 words long, so one of every ``step`` words lies in its first part and is met again
    within four of the longest units.
    """
    words = text.split()
    reach = (_LEAST_REPEATS + 1) * LONGEST_UNIT
    if len(words) >= LEAST_WORDS:
        joined = " ".join(words)
        ends = list(accumulate(map(len, words))) if len(words) > reach else None
        for at in range(0, len(words) - 2, step):
            probe = " ".join(words[at : at + 3])
            if ends is None:
                count = joined.count(probe)
            else:
                first = ends[at] - len(words[at]) + at
                last = min(at + reach, len(words) - 1)
                count = joined.count(probe, first, ends[last] + last)
            if count >= _LEAST_REPEATS - 1:
                return True
    if len(text) >= LEAST_CHARACTERS and not text.isascii() and _is_dense(text, len(words)):
        return any(text.count(text[at : at + 6], at, at + reach) >= 3 for at in range(0, len(text) - 6, 40))
    return False


def longest_loop(text: str, least_repeats: int = _LEAST_REPEATS) -> Loop | None:
    """The longest loop of ``text`` outside of code, maths and addresses, or None. Linear in the text."""
    import numpy as np

    masked = mask_all(text)
    dense = _is_dense(text, len(text.split()))
    spans = [(at, at + 1) for at in range(len(text))] if dense else [one.span() for one in _WORD.finditer(text)]
    least = LEAST_CHARACTERS if dense else LEAST_WORDS
    if len(spans) < least:
        return None
    numbers: dict[str, int] = {}
    ids = np.empty(len(spans), dtype=np.int64)
    for index, (start, end) in enumerate(spans):
        if masked is not text and masked[start:end] != text[start:end]:
            ids[index] = -index - 1  # what is masked is like nothing else
        else:
            ids[index] = numbers.setdefault(text[start:end], len(numbers))
    best = (0, 0, 0)  # covered, minus the period, start
    for period in range(1, min(LONGEST_UNIT, len(spans) // 2) + 1):
        breaks = np.flatnonzero(ids[period:] != ids[:-period])
        edges = np.concatenate(([-1], breaks, [len(spans) - period]))
        gaps = np.diff(edges) - 1
        longest = int(gaps.argmax())
        covered = int(gaps[longest]) + period
        repeats = covered // period
        if covered < least or repeats < least_repeats or (covered < _LONG and repeats < _MANY_REPEATS):
            continue
        best = max(best, (covered, -period, int(edges[longest]) + 1))
    covered, period, first = best[0], -best[1], best[2]
    if not covered:
        return None
    unit = text[spans[first][0] : spans[first + period - 1][1]]
    if not _is_wording(unit):
        return None
    return Loop(unit, covered // period, spans[first][0], spans[first + covered - 1][1])


def _is_dense(text: str, words: int) -> bool:
    """Whether a text is of a script that is written without spaces."""
    return len(text) > 12 * max(words, 1) and not text.isascii()


def _is_wording(unit: str) -> bool:
    """Whether a unit is words: at least half letters, no markup, no code."""
    visible = [character for character in unit if not character.isspace()]
    return sum(map(str.isalpha, visible)) >= 0.5 * len(visible) and _MARKUP.isdisjoint(unit)
