"""Loops: the same few words again and again, as a model writes that has lost its way."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from ftprep.text.markdown import mask_all

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

LONGEST_UNIT = 60
LEAST_WORDS, LEAST_CHARACTERS = 40, 120
_LONG, _LEAST_REPEATS, _MANY_REPEATS = 100, 4, 8

_FIRST_BYTES = [0, 0xFF, 0xFFFF, 0xFFFFFF, 0xFFFFFFFF, 0xFFFFFFFFFF, 0xFFFFFFFFFFFF, 0xFFFFFFFFFFFFFF, (1 << 64) - 1]
_ODD = 0x9E3779B97F4A7C15

# Blanks beyond ASCII in UTF-8: the bytes before the last one, and what that may be.
_BLANKS_BEYOND = (
    (b"\xc2", b"\x85\xa0"),
    (b"\xe1\x9a", b"\x80"),
    (b"\xe2\x80", bytes((*range(0x80, 0x8B), 0xA8, 0xA9, 0xAF))),
    (b"\xe2\x81", b"\x9f"),
    (b"\xe3\x80", b"\x80"),
)

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


def texts_that_may_loop(texts: Sequence[str], encoded: Sequence[bytes], step: int = 32) -> NDArray[np.bool_]:
    """Of some texts without control characters, those for which :func:`may_loop` may say yes: a screen.

    It looks at the same probes as :func:`may_loop`, but knows words by a hash of their first eight bytes, and forgets
    where a text ends: all texts are searched at once, with not one object made for a word. ``encoded`` are the same
    texts in UTF-8.
    """
    import numpy as np

    joined = b"\xff".join([b"", *encoded, b" " * 8])
    data = np.frombuffer(joined, dtype=np.uint8)
    # Words begin and end, in turn, where blanks do. The byte between two texts is one.
    blank = (data <= 0x20) | (data == 0xFF)
    edges = np.flatnonzero(blank[1:] != blank[:-1]) + 1
    starts, ends = edges[::2], edges[1::2]
    sizes = np.fromiter(map(len, encoded), dtype=np.int64, count=len(encoded))
    firsts = np.searchsorted(starts, np.concatenate(([1], 1 + np.cumsum(sizes + 1))))
    counts = np.diff(firsts)
    # Where words are long, or end in blanks beyond ASCII, they are no words of bytes.
    lengths = np.fromiter(map(len, texts), dtype=np.int64, count=len(texts))
    result = (lengths < sizes) & (lengths > 12 * counts)
    if (lengths < sizes).any():
        result[np.searchsorted(np.cumsum(sizes + 1), _blanks_beyond(data))] = True
    probes = np.where(counts >= LEAST_WORDS, (counts - 3) // step + 1, 0)
    total = int(probes.sum())
    if not total:
        return result
    eights = np.ndarray(len(joined) - 7, dtype="<u8", buffer=joined, strides=(1,))
    words = eights[starts] & np.array(_FIRST_BYTES, dtype=np.uint64)[np.minimum(ends - starts, 8)]
    threes = words * np.uint64(_ODD)
    threes[:-1] += words[1:]
    threes *= np.uint64(_ODD)
    threes[:-2] += words[2:]
    threes *= np.uint64(_ODD)
    threes >>= np.uint64(32)  # half of the bytes to gather below
    owners = np.repeat(np.arange(len(texts)), probes)
    within = np.arange(total) - np.repeat(np.cumsum(probes) - probes, probes)
    at = firsts[owners] + step * within
    padded = np.concatenate((threes, np.zeros(2 * LONGEST_UNIT, dtype=np.uint64))).astype(np.uint32)
    following = np.lib.stride_tricks.sliding_window_view(padded, LONGEST_UNIT + 1)[at]
    probe, period = np.nonzero(following[:, 1:] == following[:, :1])
    period += 1
    # A loop goes on for four periods, so that the probe is met again, or was met before: most that come back just once
    # are turns of speech.
    first = at[probe]
    again = padded[first] == padded[first + 2 * period]
    again |= (first >= period) & (padded[first] == padded[np.maximum(first - period, 0)])
    result[owners[probe[again]]] = True
    return result


def _blanks_beyond(data: NDArray[np.uint8]) -> NDArray[np.int64]:
    """Where blanks beyond ASCII stand in text of UTF-8."""
    import numpy as np

    from ftprep.text.screens import bytes_among

    found = []
    for before, last in _BLANKS_BEYOND:
        at = np.flatnonzero(data[: -len(before)] == before[0])
        for step, byte in enumerate(before[1:], 1):
            at = at[data[at + step] == byte]
        at = at[at + len(before) < len(data)]
        found.append(at[bytes_among(last)[data[at + len(before)]]])
    return np.concatenate(found)


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
