"""An index of evaluation questions by their n-grams, and the look-up of all texts of a shard in it.

An n-gram that many questions share (a frame: the instruction of a task, a template) weighs nothing. What is left of a
question must be found in one row: of texts of 25 words and more at least half, of shorter ones all.
"""

from __future__ import annotations

import functools
import os
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ftprep.evaluation.items import LONG, Item, read_items
from ftprep.text.ngrams import Hashes, Ints, folded, gram_hashes, is_dense, words_of

if TYPE_CHECKING:
    from ftprep.inputs import Input
    from ftprep.shard import Shard

SIZE = 13  # words of an n-gram
FEW = 20  # questions that may share an n-gram in any case
SHARE = 0.02  # of all questions that may share one
SMALL = 8  # questions from which on half of them make a frame, in files of few questions
LEAST = 3  # words of a question
INSIDE = 5  # words from which on a short question is found inside a longer text
HALF = 0.5
_MAX_BITS = 24


class Unit(NamedTuple):
    """A part of a question that stands in the index. ``need`` of its ``total`` n-grams must be found."""

    item: int
    part: int
    size: int
    total: int
    need: int


class Hit(NamedTuple):
    """An n-gram of a unit in a text: text number, first word there, first word in the unit's part."""

    text: int
    at: int
    begin: int


class Candidate(NamedTuple):
    """A row that may hold a question: the share of its n-grams that were found, and where, by number of the unit."""

    row: int
    item: int
    covered: float
    hits: dict[int, list[Hit]]


class Index:
    """The n-grams of all questions. Frames are left out, and questions that are nothing but frames."""

    def __init__(self, items: Sequence[Item]) -> None:
        self.items = items
        chosen = [(number, part) for number, item in enumerate(items) for part in _indexed(item)]
        parts = [items[number].parts[part] for number, part in chosen]
        lengths = np.array([len(part.hashes) for part in parts], dtype=np.int64)
        sizes = np.where(lengths >= SIZE, SIZE, np.where(lengths >= LONG, LONG, lengths))
        keys, owners, begins = _grams([part.hashes for part in parts], sizes)
        asked = np.array([items[number].number for number, _ in chosen], dtype=np.int64)
        kept = ~_frames(keys, asked[owners], len({item.number for item in items}))
        keys, owners, begins = keys[kept], owners[kept], begins[kept]
        totals = np.bincount(owners, minlength=len(parts))
        self.units = [
            Unit(number, part, size, total, -(-total // 2) if size == SIZE and total >= SIZE else total)
            for (number, part), size, total in zip(chosen, sizes.tolist(), totals.tolist(), strict=True)
        ]
        self._needs = np.array([unit.need for unit in self.units], dtype=np.int64)
        self._unit_items = np.array([unit.item for unit in self.units], dtype=np.int64)
        self._units_of = np.bincount(self._unit_items[totals > 0], minlength=len(items))
        self.sizes = sorted(set(sizes[totals > 0].tolist()))
        order = np.argsort(keys, kind="stable")
        ordered = keys[order]
        new = np.ones(len(ordered), dtype=np.bool_)
        new[1:] = ordered[1:] != ordered[:-1]
        self._keys = ordered[new]
        self._first = np.append(np.flatnonzero(new), len(ordered))
        self._owners, self._begins = owners[order], begins[order]
        bits = min(max(len(self._keys).bit_length() + 5, 12), _MAX_BITS)
        self._shift = np.uint64(64 - bits)
        self._table = np.zeros(1 << bits, dtype=np.bool_)
        self._table[self._keys >> self._shift] = True

    def candidates(self, shard: Shard) -> Iterator[Candidate]:
        """Rows with enough n-grams of a question, the best question of each row first, then in order of rows."""
        texts, ats, slots = self._slots(shard)
        if not len(slots):
            return
        rows = shard.owners[texts]
        pairs = (rows << 32) | slots
        _, first = np.unique(pairs, return_index=True)  # of a repeated n-gram the first place in the row
        texts, ats, slots, rows = texts[first], ats[first], slots[first], rows[first]
        units = self._owners[slots]
        order = np.lexsort((self._begins[slots], units, rows))
        texts, ats, slots, rows, units = texts[order], ats[order], slots[order], rows[order], units[order]
        bounds = _bounds((rows << 32) | units)
        found = np.diff(bounds)
        met = found >= self._needs[units[bounds[:-1]]]
        by_item: dict[tuple[int, int], list[int]] = {}
        for group in np.flatnonzero(met).tolist():
            start = int(bounds[group])
            by_item.setdefault((int(rows[start]), int(self._unit_items[units[start]])), []).append(group)
        ready: list[Candidate] = []
        for (row, item), groups in by_item.items():
            if len(groups) < self._units_of[item]:
                continue
            hits: dict[int, list[Hit]] = {}
            total = 0
            for group in groups:
                start, end = int(bounds[group]), int(bounds[group + 1])
                unit = int(units[start])
                total += self.units[unit].total
                where = (texts[start:end], ats[start:end], self._begins[slots[start:end]])
                hits[unit] = [Hit(*one) for one in zip(*(one.tolist() for one in where), strict=True)]
            ready.append(Candidate(row, item, sum(map(len, hits.values())) / total, hits))
        yield from sorted(ready, key=lambda one: (one.row, -one.covered, one.item))

    def _slots(self, shard: Shard) -> tuple[Ints, Ints, Ints]:
        """N-grams of the index in the sound rows of a shard: text, first word in the text, number of the entry."""
        words = words_of(shard.once(pieces_of))
        owners = words.owners
        sound = (np.frombuffer(bytes(shard.state), dtype=np.uint8) == 0)[shard.owners]
        found: list[tuple[Ints, Ints]] = []
        for size in self.sizes:
            grams = gram_hashes(words.hashes, size)
            places = np.flatnonzero(self._table[grams >> self._shift])
            entries = np.minimum(np.searchsorted(self._keys, grams[places]), len(self._keys) - 1)
            same = (self._keys[entries] == grams[places]) & (owners[places] == owners[places + size - 1])
            same &= sound[owners[places]]
            found.append((places[same], entries[same]))
        places = np.concatenate([np.zeros(0, dtype=np.int64), *(one for one, _ in found)])
        entries = np.concatenate([np.zeros(0, dtype=np.int64), *(one for _, one in found)])
        counts = self._first[entries + 1] - self._first[entries]
        places, starts = np.repeat(places, counts), np.repeat(self._first[entries], counts)
        slots = starts + np.arange(len(starts)) - np.repeat(np.cumsum(counts) - counts, counts)
        texts = owners[places]
        return texts, places - words.firsts[texts], slots


def pieces_of(shard: Shard) -> list[bytes]:
    """All texts of a shard as words. Worked out once per shard."""
    return folded(shard.buffer, shard.values, shard.ascii)


def weight(words: Sequence[bytes]) -> float:
    """How many words some words are worth: two Han characters or kana are one."""
    dense = sum(map(is_dense, words))
    return len(words) - dense / 2


def _indexed(item: Item) -> list[int]:
    """Parts of a question that are looked up: those with enough words, or else the longest."""
    lengths = [len(part.hashes) for part in item.parts]
    long = [number for number, length in enumerate(lengths) if length >= LONG]
    longest = max(range(len(lengths)), key=lengths.__getitem__)
    return long or ([longest] if lengths[longest] >= LEAST else [])


def _grams(parts: Sequence[Hashes], sizes: Ints) -> tuple[Hashes, Ints, Ints]:
    """The distinct n-grams of each part: hash, number of the part, first word (where it stands first)."""
    lengths = np.array([len(part) for part in parts], dtype=np.int64)
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
    return key, owners[place], place - firsts[owners[place]]


def _frames(keys: Hashes, asked: Ints, number: int) -> NDArray[np.bool_]:
    """Which n-grams too many questions share. ``asked`` is the question of each."""
    order = np.lexsort((asked, keys))
    key, item = keys[order], asked[order]
    new_key = np.ones(len(key), dtype=np.bool_)
    new_key[1:] = key[1:] != key[:-1]
    new_item = new_key.copy()
    new_item[1:] |= item[1:] != item[:-1]
    group = np.cumsum(new_key) - 1
    shared = np.bincount(group, weights=new_item).astype(np.int64)[group] if len(key) else group
    limit = max(FEW, SHARE * number)
    if number >= SMALL:
        limit = min(limit, HALF * number)
    frames = np.zeros(len(key), dtype=np.bool_)
    frames[order] = shared > limit
    return frames


def _bounds(keys: Ints) -> Ints:
    """Where runs of equal keys begin, and the end of the last."""
    return np.concatenate([[0], np.flatnonzero(keys[1:] != keys[:-1]) + 1, [len(keys)]])


class Evaluation(NamedTuple):
    """The questions of the evaluation files of a run, and the real paths of these."""

    questions: Index
    files: Sequence[str]


def load_evaluation(paths: Sequence[str]) -> Evaluation:
    """The index of the questions in ``paths``, built once per process as long as the files stay as they are.

    Raises ``UsageError`` for a file that cannot be read or holds no questions.
    """
    return _load(tuple((path, *_stamp(path)) for path in paths))


def _stamp(path: str) -> tuple[int, int]:
    try:
        state = os.stat(path)
    except (OSError, ValueError):  # a glob, or rows that are written out
        return 0, 0
    return state.st_mtime_ns, state.st_size


@functools.lru_cache(maxsize=2)
def _load(stamped: tuple[tuple[str, int, int], ...]) -> Evaluation:
    items, files = read_items([path for path, _, _ in stamped])
    return Evaluation(Index(items), tuple(map(os.path.realpath, files)))


def own_files(inputs: Sequence[Input], files: Sequence[str]) -> NDArray[np.bool_]:
    """For each input, whether it is one of the evaluation files."""
    paths = [getattr(one.source, "path", None) for one in inputs]
    return np.array([path is not None and os.path.realpath(path) in files for path in paths], dtype=np.bool_)


def template_items(items: Ints, covered: NDArray[np.float64], rows: int) -> NDArray[np.bool_]:
    """Which entries are about a question of which very many of all ``rows`` hold a part: a template of theirs."""
    partly = covered < 1
    counts = np.bincount(items[partly], minlength=int(items.max()) + 1 if len(items) else 0)
    found: NDArray[np.bool_] = partly & (counts[items] > max(FEW, SHARE * rows))
    return found
