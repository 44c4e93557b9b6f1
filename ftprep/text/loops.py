"""Loops: the same few words again and again, as a model writes that has lost its way."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from ftprep.text.markdown import mask_all

if TYPE_CHECKING:
    from collections.abc import Sequence

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


def may_loop(text: str, step: int = 32) -> bool:
    """Whether the words of ``text``, wherever they stand, hold a loop: true for every text that has one outside code.

    A loop is at least 40 words long and its unit at most an eighth of that, so one of every ``step`` words lies in
    its first part and is met again, with the two after it, within the longest unit; characters are looked at in the
    same way where there are no spaces.
    """
    words = text.split()
    if len(words) >= LEAST_WORDS and _comes_back(words, step, 3, LEAST_WORDS):
        return True
    if len(text) >= LEAST_CHARACTERS and not text.isascii() and _is_dense(text, len(words)):
        return _comes_back(text, 2 * step, 6, LEAST_CHARACTERS)
    return False


def _comes_back(items: Sequence[str], step: int, probe: int, least: int) -> bool:
    """Whether one of the probes, so many items long and ``step`` apart, begins a period that is a loop."""
    size = len(items)
    for at in range(0, size - probe + 1, step):
        first, rest = items[at], items[at + 1 : at + probe]
        end, place = min(at + LONGEST_UNIT + 1, size), at
        while True:
            try:
                place = items.index(first, place + 1, end)
            except ValueError:
                break
            # A unit shorter than the probe overlaps with it, which is no harm.
            if items[place + 1 : place + probe] == rest and _is_long(*_stretch(items, at, place - at), least):
                return True
    return False


def _stretch(items: Sequence[str], at: int, period: int) -> tuple[int, int]:
    """How many items around ``at`` repeat with ``period``, and the period."""
    end, start = at + period, at - 1
    while end < len(items) and items[end] == items[end - period]:
        end += 1
    while start >= 0 and items[start] == items[start + period]:
        start -= 1
    return end - start - 1, period


def _is_long(covered: int, period: int, least: int, least_repeats: int = _LEAST_REPEATS) -> bool:
    repeats = covered // period
    return covered >= least and repeats >= least_repeats and (covered >= _LONG or repeats >= _MANY_REPEATS)


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
        if _is_long(covered, period, least, least_repeats):
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
