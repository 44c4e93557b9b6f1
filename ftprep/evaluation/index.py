"""An index of evaluation questions by their n-grams, and the look-up of all texts of a shard in it."""

from __future__ import annotations

import functools
import os
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ftprep.evaluation.items import Item, read_items
from ftprep.evaluation.units import FEW, units_of
from ftprep.text.ngrams import Ints, folded, gram_hashes, words_of

if TYPE_CHECKING:
    from ftprep.inputs import Input
    from ftprep.shard import Shard

_MAX_BITS = 24


class Hit(NamedTuple):
    """An n-gram of a unit in a text: text number, first word there, first word in the unit."""

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
        self.units, grams = units_of(items)
        totals = np.array([unit.total for unit in self.units], dtype=np.int64)
        self._needs = np.array([unit.need for unit in self.units], dtype=np.int64)
        self._unit_items = np.array([unit.item for unit in self.units], dtype=np.int64)
        self._units_of = np.bincount(self._unit_items[totals > 0], minlength=len(items))
        self.sizes = sorted({unit.size for unit in self.units if unit.total})
        order = np.argsort(grams.keys, kind="stable")
        ordered = grams.keys[order]
        new = np.ones(len(ordered), dtype=np.bool_)
        new[1:] = ordered[1:] != ordered[:-1]
        self._keys = ordered[new]
        self._first = np.append(np.flatnonzero(new), len(ordered))
        self._owners, self._begins = grams.owners[order], grams.begins[order]
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


def template_items(items: Ints, covered: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which entries are about a question of which many rows hold a part, and no more: a template of theirs."""
    partly = covered < 1
    counts = np.bincount(items[partly], minlength=int(items.max()) + 1 if len(items) else 0)
    found: NDArray[np.bool_] = partly & (counts[items] > FEW)
    return found
