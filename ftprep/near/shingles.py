"""Sets of shingles: runs of words of a row as 64-bit hashes, the rows one after another in one array.

How many words a shingle has depends on the length of the row: one changed word must leave enough of them. Rows near
the border between two lengths get the shingles of both, so that no pair falls between.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ftprep.near.words import GOLDEN, Hashes, Ints, mixed

WHOLE, PAIRS, TRIPLES = range(3)
"""Classes of sets: the words with a meaning as one shingle, shingles of two words, shingles of three."""
CLASSES = 3
BLOCK_ROWS = 4_096  # row and class must fit into the bits above a hash
_HASH_BITS = 50
_SIZES = {PAIRS: 2, TRIPLES: 3}
_LENGTHS = {WHOLE: (1, 9), PAIRS: (7, 36), TRIPLES: (24, 1 << 62)}  # borders at 8 and at 30 words, give or take 20 %


class Sets(NamedTuple):
    """Sets of hashes: set number i is ``hashes[starts[i]:starts[i + 1]]``."""

    starts: Ints
    hashes: Hashes

    @property
    def sizes(self) -> Ints:
        """The number of members of each set."""
        sizes: Ints = np.diff(self.starts)
        return sizes

    @property
    def owners(self) -> NDArray[np.int32]:
        """The set that each member belongs to."""
        return np.repeat(np.arange(len(self.starts) - 1, dtype=np.int32), self.sizes)

    def chosen(self, sets: Ints) -> Sets:
        """Some of the sets, in the order of ``sets``."""
        return make_sets(self.sizes[sets], self.hashes[members(self, sets)])


def make_sets(sizes: Ints, hashes: Hashes) -> Sets:
    """Sets from their sizes and their members, one after another."""
    starts = np.zeros(len(sizes) + 1, dtype=np.int64)
    np.cumsum(sizes, out=starts[1:])
    return Sets(starts, hashes)


def members(sets: Sets, chosen: Ints) -> Ints:
    """Where the members of the ``chosen`` sets stand, set by set."""
    sizes = sets.sizes[chosen]
    firsts = np.cumsum(sizes) - sizes
    return np.repeat(sets.starts[chosen] - firsts, sizes) + np.arange(int(sizes.sum()), dtype=np.int64)


def of_length(lengths: Ints, kind: int) -> NDArray[np.bool_]:
    """Which rows of so many words get a set of class ``kind``."""
    least, most = _LENGTHS[kind]
    return (lengths >= least) & (lengths <= most)


def shingle(hashes: Hashes, rows: Ints, lengths: Ints, wholes: Hashes) -> tuple[Ints, Ints, Sets]:
    """The sets of a shard: their rows, their classes and their members, by row and class.

    ``hashes`` and ``rows`` are those of all words in reading order, ``lengths`` the number of words per row and
    ``wholes`` a hash per row of the words with a meaning, 0 where there is none.
    """
    parts = []
    for first in range(0, len(lengths), BLOCK_ROWS):
        start, end = np.searchsorted(rows, [first, first + BLOCK_ROWS])
        block = slice(first, first + BLOCK_ROWS)
        parts.append(_block(hashes[start:end], rows[start:end] - first, lengths[block], wholes[block], first))
    if not parts:
        return np.zeros(0, np.int64), np.zeros(0, np.int64), make_sets(np.zeros(0, np.int64), np.zeros(0, np.uint64))
    rows_found, kinds, sizes, found = (np.concatenate(column) for column in zip(*parts, strict=True))
    return rows_found, kinds, make_sets(sizes, found)


def _block(hashes: Hashes, rows: Ints, lengths: Ints, wholes: Hashes, first: int) -> tuple[Ints, Ints, Ints, Hashes]:
    short = np.flatnonzero(of_length(lengths, WHOLE) & (wholes != 0))
    keys = [_packed(short, WHOLE, wholes[short])]
    for kind, size in _SIZES.items():
        wanted = of_length(lengths, kind)
        count = len(rows) - size + 1
        if count <= 0 or not wanted.any():
            continue
        places = np.flatnonzero((rows[:count] == rows[size - 1 :]) & wanted[rows[:count]])
        runs = mixed(hashes[places] ^ np.uint64(size))
        for step in range(1, size):
            runs = mixed(runs * GOLDEN ^ hashes[places + step])
        keys.append(_packed(rows[places], kind, runs))
    packed = np.sort(np.concatenate(keys))
    packed = packed[np.concatenate((np.ones(min(len(packed), 1), np.bool_), packed[1:] != packed[:-1]))]
    owners = (packed >> np.uint64(_HASH_BITS)).astype(np.int64)
    bounds = np.flatnonzero(np.concatenate((np.ones(min(len(owners), 1), np.bool_), owners[1:] != owners[:-1])))
    sizes = np.diff(np.concatenate((bounds, [len(owners)]))).astype(np.int64)
    named = owners[bounds]
    return named // CLASSES + first, named % CLASSES, sizes, packed & np.uint64((1 << _HASH_BITS) - 1)


def _packed(rows: Ints, kind: int, hashes: Hashes) -> Hashes:
    owners = (rows * CLASSES + kind).astype(np.uint64)
    packed: Hashes = owners << np.uint64(_HASH_BITS) | hashes >> np.uint64(64 - _HASH_BITS)
    return packed
