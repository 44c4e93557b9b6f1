"""Where each kind of personal data can begin: groups of anchors, and the windows around them.

A group gives runs of characters that every value of its kind overlaps, whatever stands around it. It may name places
where nothing is, never leave one out: the recognizers see the windows around the runs and nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

import numpy as np

from ftprep.privacy.anchors import (
    ALNUM,
    DIGIT,
    HEX,
    LETTER,
    NOT_ASCII,
    UPPER,
    Anchors,
    Ints,
    Mask,
    Runs,
    classes_at,
    is_among,
)
from ftprep.privacy.hints import near

Group = Callable[[Anchors], Runs]

LONGEST_CHUNK = 320
"""So far a window grows to reach white space: the longest e-mail address; longer chunks are cut there."""
LONGEST_WINDOW = 8_192
"""A window of this length takes in no further one: what recognizers do with all they found is not linear."""


def _same(anchors: Anchors, places: Ints, step: int) -> Mask:
    """Whether the character ``step`` after each place is the one at the place."""
    last = len(anchors.chars) - 1
    same: Mask = (places + step <= last) & (anchors.chars[np.minimum(places + step, last)] == anchors.chars[places])
    return same


def _points(places: Ints, left: int = 0, right: int = 1) -> Runs:
    return Runs(places - left, places + right)


def at_signs(anchors: Anchors) -> Runs:
    """``@`` before the beginning of a domain."""
    places = anchors.at("@")
    underscore = anchors.chars[np.minimum(places + 1, len(anchors.chars) - 1)] == ord("_")
    return _points(places[is_among(anchors, places + 1, ALNUM | NOT_ASCII) | underscore])


def account_heads(anchors: Anchors) -> Runs:
    """Two letters and two digits at the beginning of a word, as of an IBAN."""
    places = anchors.digits
    places = places[is_among(anchors, places + 1, DIGIT) & is_among(anchors, places - 1, LETTER)] - 2
    before = classes_at(anchors, places - 1)
    plain = (before & ALNUM > 0) & (before & NOT_ASCII == 0)
    return _points(places[is_among(anchors, places, LETTER) & ~plain])


def long_words(anchors: Anchors) -> Runs:
    """Letters and digits long enough for a wallet."""
    return anchors.runs(ALNUM, 26)


def paired_hex(anchors: Anchors) -> Runs:
    """Six pairs of hexadecimal digits, or three groups of four, as hardware addresses are written."""
    starts = []
    for character, step, times in ((":", 3, 5), ("-", 3, 5), (".", 5, 2)):
        places = anchors.at(character)
        for distance in range(step, step * times, step):
            places = places[_same(anchors, places, distance)]
        starts.append(places[is_among(anchors, places - 1, HEX) & is_among(anchors, places + 1, HEX)] - (step - 1))
    places = np.sort(np.concatenate(starts))
    return _points(places, 0, 17)


def dotted_digits(anchors: Anchors) -> Runs:
    """Four numbers with dots between."""
    dots = anchors.at(".")
    dots = dots[is_among(anchors, dots - 1, DIGIT) & is_among(anchors, dots + 1, DIGIT)]
    near = np.diff(dots) <= 4
    first = np.flatnonzero(near[:-1] & near[1:]) if len(near) > 1 else np.zeros(0, dtype=np.int64)
    return Runs(dots[first], dots[first + 2])


def colon_groups(anchors: Anchors) -> Runs:
    """Two colons at most four characters apart three times in a row, or side by side with a group before or after."""
    places = anchors.at(":")
    if len(places) < 2:
        return _points(places[:0])
    gaps = np.diff(places)
    double = places[:-1][gaps == 1]
    double = double[is_among(anchors, double - 1, HEX) | is_among(anchors, double + 2, HEX)]
    near = gaps <= 5
    third = np.flatnonzero(near[:-2] & near[1:-1] & near[2:]) if len(near) > 2 else np.zeros(0, dtype=np.int64)
    return _points(np.unique(np.concatenate((double, places[third]))))


def many_digits(least: int, most: int = 1 << 62) -> Group:
    """Clusters of at least ``least`` digits, and at most ``most``."""

    def group(anchors: Anchors) -> Runs:
        runs, counts = anchors.clusters
        chosen = (counts >= least) & (counts <= most)
        return Runs(runs.starts[chosen], runs.ends[chosen])

    return group


def beside(group: Group, kind: str, before: int, after: int) -> Group:
    """The runs of a group that have a word of a kind near them (:data:`ftprep.privacy.hints.KINDS`)."""
    return lambda anchors: near(anchors, group(anchors), kind, before, after)


def id_shapes(anchors: Anchors) -> Runs:
    """What is a national number by its shape alone: ``123-45-6789``, and codes of sixteen characters or more."""
    hyphens = anchors.at("-")
    pairs = hyphens[:-1][np.diff(hyphens) == 3]
    pairs = pairs[is_among(anchors, pairs - 1, DIGIT) & is_among(anchors, pairs + 1, DIGIT)]
    codes = anchors.runs(ALNUM, 16)
    holds_digit = np.searchsorted(anchors.digits, codes.starts) < np.searchsorted(anchors.digits, codes.ends)
    codes = Runs(codes.starts[holds_digit], codes.ends[holds_digit])
    starts = np.concatenate((pairs - 1, codes.starts))
    ends = np.concatenate((pairs + 5, codes.ends))
    order = np.argsort(starts, kind="stable")
    return Runs(starts[order], ends[order])


def coded_words(anchors: Anchors) -> Runs:
    """Places in which a digit stands beside a letter, in words of at least eight letters and digits."""
    digits, letters = anchors.mask(DIGIT), anchors.mask(LETTER)
    places = np.flatnonzero((digits[1:] & letters[:-1]) | (letters[1:] & digits[:-1]))
    length = np.ones(len(places), dtype=np.int64)
    for direction, offset in ((-1, 0), (1, 1)):
        open_ = np.ones(len(places), dtype=np.bool_)
        for step in range(7):
            open_ &= is_among(anchors, places + offset + direction * step, ALNUM)
            length += open_
    return _points(places[length > 8], 0, 2)


def years(anchors: Anchors) -> Runs:
    """Digits that may be a date: four of them that begin with 19 or 20, or numbers with punctuation between."""
    runs, counts = anchors.clusters
    dates = (counts >= 4) & (counts <= 8) & (runs.ends - runs.starts > counts)
    places = anchors.digits
    first = anchors.chars[places]
    century = ((first == ord("1")) & (anchors.chars[np.minimum(places + 1, len(anchors.chars) - 1)] == ord("9"))) | (
        (first == ord("2")) & (anchors.chars[np.minimum(places + 1, len(anchors.chars) - 1)] == ord("0"))
    )
    places = places[century & ~is_among(anchors, places - 1, DIGIT) & ~is_among(anchors, places + 4, DIGIT)]
    places = places[is_among(anchors, places + 2, DIGIT) & is_among(anchors, places + 3, DIGIT)]
    starts = np.concatenate((runs.starts[dates], places))
    ends = np.concatenate((runs.ends[dates], places + 4))
    order = np.argsort(starts, kind="stable")
    return Runs(starts[order], ends[order])


_LOWER_STREETS = frozenset(("ru", "av", "bo", "bd", "qu", "ch", "al", "im", "pl", "ro", "co"))


def house_numbers(anchors: Anchors) -> Runs:
    """A number of at most six digits before a word in capitals, or before one that may be a French word for street."""
    digits = anchors.runs(DIGIT)
    ends = digits.ends[digits.ends - digits.starts <= 6]
    after = ends + (is_among(anchors, ends, LETTER) & ~is_among(anchors, ends + 1, ALNUM))
    last = len(anchors.chars) - 1
    for character in (",", " "):
        after = after + (anchors.chars[np.minimum(after, last)] == ord(character))
    spaced = (after > ends) & (anchors.chars[np.clip(after - 1, 0, last)] == ord(" "))
    pair = anchors.chars[np.minimum(after, last)].astype(np.int64) * 256 + anchors.chars[np.minimum(after + 1, last)]
    street = np.isin(pair, [ord(word[0]) * 256 + ord(word[1]) for word in _LOWER_STREETS])
    chosen = spaced & (is_among(anchors, after, UPPER | NOT_ASCII | DIGIT) | street)
    return _points(ends[chosen], 1, 0)


class Reach(NamedTuple):
    """How far a window goes before and after a run; with ``chunk`` it grows on to the next white space."""

    left: int = 0
    right: int = 0
    chunk: bool = True


def windows(text: str, runs: Iterable[tuple[int, int]], reach: Reach) -> list[tuple[int, int]]:
    """The windows around ``runs`` (in order) of a text; those that touch are one, while it is not too long."""
    found: list[tuple[int, int]] = []
    for start, end in runs:
        start, end = max(start - reach.left, 0), min(end + reach.right, len(text))
        if reach.chunk:
            start, end = _before(text, start), _after(text, end)
        if found and start <= found[-1][1] < found[-1][0] + LONGEST_WINDOW:
            found[-1] = (min(found[-1][0], start), max(found[-1][1], end))
        else:
            found.append((start, end))
    return found


_WHITE_SPACE = re.compile(r"[ \t\n\r\f\v]")


def _before(text: str, place: int) -> int:
    """The nearest place up to ``place`` that stands after white space, or LONGEST_CHUNK before it."""
    first = max(place - LONGEST_CHUNK, 0)
    last = text.rfind(" ", first, place)
    for one in "\n\t\r\f\v":
        found = text.rfind(one, first if last < 0 else last, place)
        last = found if found > last else last
    return first if last < 0 else last + 1


def _after(text: str, place: int) -> int:
    """The nearest white space from ``place`` on, or LONGEST_CHUNK after it."""
    last = min(place + LONGEST_CHUNK, len(text))
    found = _WHITE_SPACE.search(text, place, last)
    return last if found is None else found.start()


def by_text(anchors: Anchors, groups: Mapping[str, Group]) -> dict[int, dict[str, list[tuple[int, int]]]]:
    """The runs of every group by number of text, in places of that text."""
    found: dict[int, dict[str, list[tuple[int, int]]]] = {}
    if len(anchors.chars) <= len(anchors.starts) - 1:
        return found
    for name, group in groups.items():
        runs = group(anchors)
        if not len(runs.starts):
            continue
        texts = anchors.text_of(runs.starts)
        firsts = anchors.starts[texts]
        lengths = anchors.starts[texts + 1] - 1 - firsts
        for text, start, end in zip(
            texts.tolist(),
            (runs.starts - firsts).tolist(),
            np.minimum(runs.ends - firsts, lengths).tolist(),
            strict=True,
        ):
            found.setdefault(text, {}).setdefault(name, []).append((start, end))
    return found
