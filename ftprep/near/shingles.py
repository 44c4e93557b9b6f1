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
_SIZES = {PAIRS: 2, TRIPLES: 3}
_BLOCK = 1 << 15  # members that are looked at a time, so that they stay in the cache
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

    def only(self, wanted: NDArray[np.bool_]) -> Sets:
        """The ``wanted`` sets, in their order."""
        return make_sets(self.sizes[wanted], self.hashes[np.repeat(wanted, self.sizes)])


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
    count = len(lengths)
    sizes = np.zeros((count, CLASSES), dtype=np.int64)
    found = []
    for kind in range(CLASSES):
        owners, own = _wholes(lengths, wholes) if kind == WHOLE else _runs(hashes, rows, lengths, kind)
        sizes[:, kind] = np.bincount(owners, minlength=count)
        found.append(own)
    flat = sizes.reshape(-1)
    starts = (np.cumsum(flat) - flat).reshape(count, CLASSES)
    placed = np.empty(int(flat.sum()), dtype=np.uint64)
    for kind, own in enumerate(found):
        own_sizes = sizes[:, kind]
        shift = starts[:, kind] - (np.cumsum(own_sizes) - own_sizes)
        placed[np.repeat(shift, own_sizes) + np.arange(len(own))] = own
    named = np.flatnonzero(flat)
    return named // CLASSES, named % CLASSES, make_sets(flat[named], placed)


def _wholes(lengths: Ints, wholes: Hashes) -> tuple[Ints, Hashes]:
    short = np.flatnonzero(of_length(lengths, WHOLE) & (wholes != 0))
    return short, mixed(wholes[short])


def _runs(hashes: Hashes, rows: Ints, lengths: Ints, kind: int) -> tuple[Ints, Hashes]:
    """The different runs of words of each row that gets a set of this class, with their rows."""
    size = _SIZES[kind]
    count = len(rows) - size + 1
    wanted = of_length(lengths, kind)
    if count <= 0 or not wanted.any():
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.uint64)
    runs = hashes[:count] * GOLDEN
    for step in range(1, size):
        runs += hashes[step : step + count]
        runs *= GOLDEN
    inside = rows[:count] == rows[size - 1 :]
    if not wanted.all():
        inside &= wanted[rows[:count]]
    places = np.flatnonzero(inside)
    runs, owners = mixed(runs[places]), rows[places]
    first = np.flatnonzero(~_again(owners, runs))
    return owners[first], runs[first]


def _again(owners: Ints, hashes: Hashes) -> NDArray[np.bool_]:
    """Which members are in their set another time; one of the equal ones is not told. ``owners`` ascend."""
    again = np.zeros(len(hashes), dtype=np.bool_)
    at = 0
    while at < len(hashes):
        end = at + _BLOCK
        end = int(np.searchsorted(owners, owners[end])) if end < len(hashes) else len(hashes)
        end = end if end > at else int(np.searchsorted(owners, owners[at], side="right"))  # one large set
        again[at:end] = _again_in_block(owners[at:end], hashes[at:end])
        at = end
    return again


def _again_in_block(owners: Ints, hashes: Hashes) -> NDArray[np.bool_]:
    again = np.zeros(len(hashes), dtype=np.bool_)
    keys = owners.astype(np.uint64)
    keys ^= hashes
    places = np.arange(len(keys))
    spread = keys
    while len(places):  # each into a bucket; those whose bucket another member took, into other buckets
        spread = spread * GOLDEN
        bits = len(places).bit_length() + 2
        buckets = (spread >> np.uint64(64 - bits)).view(np.int64)
        numbers = np.arange(len(places), dtype=np.int32)
        last = np.empty(1 << bits, dtype=np.int32)
        last[buckets] = numbers
        taken = last.take(buckets, mode="clip")
        crowded = np.flatnonzero(taken != numbers)
        holders, spread = places[taken[crowded]], spread[crowded]
        places = places[crowded]
        other = keys[holders] != keys[places]
        again[places[~other]] = True
        places, spread = places[other], spread[other]
    return again
