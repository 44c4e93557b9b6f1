"""What is looked up of each question: its parts without frames, cut into n-grams.

A frame is what many questions share: the instruction of a task, a template, the form of the answer. It weighs nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ftprep.evaluation.items import LONG, Item
from ftprep.text.ngrams import Hashes, Ints, gram_hashes, is_dense

SIZE = 13  # words of an n-gram
FEW = 20  # questions that may share an n-gram in any case
SHARE = 0.02  # of all questions that may share one
SMALL = 8  # questions from which on half of them make a frame, in files of few questions
LEAST = 3  # words of a question
HALF = 0.5


class Unit(NamedTuple):
    """Words ``first`` to ``end`` of a part of a question. ``need`` of its ``total`` n-grams must stand in a row."""

    item: int
    part: int
    first: int
    end: int
    size: int
    total: int = 0
    need: int = 0

    def words(self, items: Sequence[Item]) -> list[bytes]:
        """The words of the unit."""
        return items[self.item].parts[self.part].words[self.first : self.end]


class Grams(NamedTuple):
    """The distinct n-grams of units: hash, number of the unit, first word in the unit (where it stands first)."""

    keys: Hashes
    owners: Ints
    begins: Ints


def units_of(items: Sequence[Item]) -> tuple[list[Unit], Grams]:
    """Units of all questions with their n-grams. What is a frame from end to end has none."""
    whole = [unit for number, item in enumerate(items) for unit in _whole(number, item)]
    # Frames are often shorter than the n-grams by which questions are known: "think step by step, then answer".
    fine = [unit._replace(size=min(unit.size, LONG)) for unit in whole]
    grams = _grams(items, fine)
    framed = _frames(items, fine, grams)
    if framed.any():
        frames: dict[int, list[int]] = {}
        for owner, begin in zip(grams.owners[framed].tolist(), grams.begins[framed].tolist(), strict=True):
            frames.setdefault(owner, []).append(begin)
        whole = [part for number, unit in enumerate(whole) for part in _without(unit, frames.get(number, ()))]
    grams = _grams(items, whole)
    kept = ~_frames(items, whole, grams)
    grams = Grams(grams.keys[kept], grams.owners[kept], grams.begins[kept])
    totals = np.bincount(grams.owners, minlength=len(whole)).tolist()
    units = []
    for unit, total in zip(whole, totals, strict=True):
        by_half = unit.size == SIZE and total >= SIZE and not items[unit.item].tight
        units.append(unit._replace(total=total, need=-(-total // 2) if by_half else total))
    return units, grams


def _whole(number: int, item: Item) -> Iterator[Unit]:
    """Parts of a question that are looked up: those with enough words, or else the longest."""
    lengths = [len(part.hashes) for part in item.parts]
    long = [part for part, length in enumerate(lengths) if length >= LONG]
    longest = max(range(len(lengths)), key=lengths.__getitem__)
    if not long and weight(item.parts[longest].words) >= LEAST:
        long = [longest]
    for part in long:
        yield Unit(number, part, 0, lengths[part], _size(lengths[part]))


def _size(words: int) -> int:
    """Words of the n-grams by which a text of so many words is known."""
    return SIZE if words >= SIZE else min(words, LONG)


def _without(unit: Unit, frames: Sequence[int]) -> Iterator[Unit]:
    """What is left of a unit without the frames that begin at some of its words: each stretch that is long enough.

    Where none is, the unit stays as it is: its n-grams that reach into a frame tell short questions apart.
    """
    if not frames:
        yield unit
        return
    common = np.zeros(unit.end - unit.first + 1, dtype=np.int64)
    np.add.at(common, np.array(frames), 1)
    np.add.at(common, np.array(frames) + min(unit.size, LONG), -1)
    own = np.concatenate([[False], np.cumsum(common)[:-1] == 0, [False]])
    edges = np.flatnonzero(own[1:] != own[:-1]).tolist()
    stretches = [(start, end) for start, end in zip(edges[::2], edges[1::2], strict=True) if end - start >= LONG]
    for start, end in stretches:
        yield unit._replace(first=unit.first + start, end=unit.first + end, size=_size(end - start))
    if not stretches:
        yield unit


def _grams(items: Sequence[Item], units: Sequence[Unit]) -> Grams:
    parts = [items[unit.item].parts[unit.part].hashes[unit.first : unit.end] for unit in units]
    lengths = np.array([len(part) for part in parts], dtype=np.int64)
    sizes = np.array([unit.size for unit in units], dtype=np.int64)
    hashes = np.concatenate([np.zeros(0, dtype=np.uint64), *parts])
    owners = np.repeat(np.arange(len(parts)), lengths)
    firsts = np.cumsum(lengths) - lengths
    keys, places = [np.zeros(0, dtype=np.uint64)], [np.zeros(0, dtype=np.int64)]
    for size in sorted(set(sizes.tolist())):
        grams = gram_hashes(hashes, size)
        at = np.flatnonzero(sizes[owners[: len(grams)]] == size)
        at = at[owners[at] == owners[at + size - 1]]
        keys.append(grams[at])
        places.append(at)
    key, place = np.concatenate(keys), np.concatenate(places)
    order = np.lexsort((place, key, owners[place]))
    key, place = key[order], place[order]
    distinct = np.ones(len(key), dtype=np.bool_)
    distinct[1:] = (key[1:] != key[:-1]) | (owners[place[1:]] != owners[place[:-1]])
    key, place = key[distinct], place[distinct]
    return Grams(key, owners[place], place - firsts[owners[place]])


def _frames(items: Sequence[Item], units: Sequence[Unit], grams: Grams) -> NDArray[np.bool_]:
    """Which n-grams too many questions share."""
    asked = np.array([items[unit.item].number for unit in units], dtype=np.int64)[grams.owners]
    order = np.lexsort((asked, grams.keys))
    key, question = grams.keys[order], asked[order]
    new_key = np.ones(len(key), dtype=np.bool_)
    new_key[1:] = key[1:] != key[:-1]
    new_question = new_key.copy()
    new_question[1:] |= question[1:] != question[:-1]
    group = np.cumsum(new_key) - 1
    shared = np.bincount(group, weights=new_question)[group]
    questions = len({item.number for item in items})
    limit = max(FEW, SHARE * questions)
    if questions >= SMALL:
        limit = min(limit, HALF * questions)
    frames = np.zeros(len(key), dtype=np.bool_)
    frames[order] = shared > limit
    return frames


def weight(words: Sequence[bytes]) -> float:
    """How many words some words are worth: two Han characters or kana are one."""
    dense = sum(map(is_dense, words))
    return len(words) - dense / 2
