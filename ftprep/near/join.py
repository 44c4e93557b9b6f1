"""From keys that sets share to groups of similar sets: every candidate is verified, and none twice.

Sets with one key stand in one bucket. Neighbours in a bucket are compared first, then sets that are farther apart, and
sets that are known to be in one group are not compared any more: a bucket of copies costs what a list does.
"""

from __future__ import annotations

from typing import Literal, NamedTuple, get_args

import numpy as np
from numpy.typing import NDArray

from ftprep.near.minhash import PERMUTATIONS, SEED, agreeing, band_keys, banding, low_bytes, signatures
from ftprep.near.prefixes import prefix_keys
from ftprep.near.shingles import Sets
from ftprep.near.similarity import similarities
from ftprep.near.survivors import SLACK
from ftprep.near.words import Hashes, Ints

Engine = Literal["minhash", "exact", "datasketch"]
ENGINES: tuple[Engine, ...] = get_args(Engine)
PAIRS_PER_SET = 200  # candidates beyond this many, and a million, are not looked at
FREE_PAIRS = 1_000_000
_PAIRS_AT_ONCE = 1 << 20
_MARGIN = 0.2  # of the share of equal values: of pairs that are similar enough, one in millions agrees in fewer


class Joined(NamedTuple):
    """The group of each set, named by its first set, and how many candidates the budget left out."""

    groups: Ints
    left_out: int


def join(sets: Sets, threshold: float, engine: Engine = "minhash") -> Joined:
    """Groups of sets that are linked by pairs at least as similar as ``threshold``."""
    if len(sets.starts) <= 2:
        return Joined(np.arange(len(sets.starts) - 1, dtype=np.int64), 0)
    if engine == "minhash":
        signed = signatures(sets)
        keys, owners = band_keys(signed, threshold)
        return _Links(sets, threshold, signed).of_buckets(keys, owners)
    keys, owners = prefix_keys(sets, threshold) if engine == "exact" else datasketch_keys(sets, threshold)
    return _Links(sets, threshold).of_buckets(keys, owners)


class _Links:
    """Groups of sets as they grow from bucket to bucket, and the candidates that may still be looked at."""

    def __init__(self, sets: Sets, threshold: float, signed: NDArray[np.uint32] | None = None) -> None:
        self.sets = sets
        self.sizes = sets.sizes
        self.threshold = threshold
        self.signed = None if signed is None else low_bytes(signed)
        self.groups = np.arange(len(self.sizes), dtype=np.int64)
        self.budget = FREE_PAIRS + PAIRS_PER_SET * len(self.sizes)
        self.left_out = 0

    def of_buckets(self, keys: Hashes, owners: Ints) -> Joined:
        """The groups after candidates with one key were compared: those side by side first, then ever farther ones."""
        index_bits = np.uint64(max(len(self.sizes) - 1, 1).bit_length())
        packed = np.sort(keys >> index_bits << index_bits | owners.astype(np.uint64))
        keys, owners = packed >> index_bits, (packed & ((np.uint64(1) << index_bits) - np.uint64(1))).astype(np.int64)
        distance, reach = 1, 1
        heads = np.flatnonzero(keys[1:] == keys[:-1])
        waiting: list[Ints] = []
        while len(heads) and self.budget:
            waiting.append(self._packed(owners[heads], owners[heads + distance]))
            distance += 1
            heads = heads[heads + distance < len(keys)]
            heads = heads[keys[heads + distance] == keys[heads]]
            if distance > reach or sum(map(len, waiting)) > _PAIRS_AT_ONCE or not len(heads):
                self._look_at(np.concatenate(waiting))
                waiting, reach = [], 2 * distance
        self.left_out += len(heads)
        return Joined(self.groups, self.left_out)

    def _packed(self, left: Ints, right: Ints) -> Ints:
        """The pairs that are not in one group and of sizes that sets so similar can have, each as one number."""
        apart = self.groups[left] != self.groups[right]
        left, right = left[apart], right[apart]
        one, other = self.sizes[left], self.sizes[right]
        near = np.minimum(one, other) >= self.threshold * np.maximum(one, other) - SLACK
        packed: Ints = left[near] << 32 | right[near]
        return packed

    def _look_at(self, pairs: Ints) -> None:
        pairs = np.sort(pairs)
        pairs = pairs[np.diff(pairs, prepend=-1) != 0]
        if len(pairs) > self.budget:
            self.left_out += len(pairs) - self.budget
            pairs = pairs[: self.budget]
        self.budget -= len(pairs)
        first, second = pairs >> 32, pairs & 0xFFFFFFFF
        likely = np.zeros(len(pairs), dtype=np.int64)
        if self.signed is not None:
            likely = agreeing(self.signed, first, second)
            chosen = np.flatnonzero(likely >= (self.threshold - _MARGIN) * PERMUTATIONS)
            first, second, likely = first[chosen], second[chosen], likely[chosen]
        # Each set with the likeliest of those before it, then with the next two, four, and so on: most are known then.
        order = np.lexsort((-likely, second))
        first, second = first[order], second[order]
        ranks = np.arange(len(second)) - np.searchsorted(second, second)
        least, most = 0, 1
        while len(ranks):
            turn = (ranks >= least) & (ranks < most)
            self._verify(first[turn], second[turn])
            later = ranks >= most
            later[later] = self.groups[first[later]] != self.groups[second[later]]
            first, second, ranks = first[later], second[later], ranks[later]
            least, most = most, 2 * most + 1

    def _verify(self, first: Ints, second: Ints) -> None:
        near = similarities(self.sets, first, second) >= self.threshold - SLACK
        self.groups = merged(self.groups, first[near], second[near])


def merged(groups: Ints, left: Ints, right: Ints) -> Ints:
    """The groups after each ``left`` and its ``right`` came together; a group is named by its first member."""
    groups = groups.copy()
    while True:
        one, other = groups[left], groups[right]
        apart = one != other
        if not apart.any():
            return groups
        left, right = left[apart], right[apart]
        one, other = one[apart], other[apart]
        np.minimum.at(groups, np.maximum(one, other), np.minimum(one, other))
        while True:  # every name leads to the first member of its group
            shorter = groups[groups]
            if np.array_equal(shorter, groups):
                break
            groups = shorter


def datasketch_keys(sets: Sets, threshold: float) -> tuple[Hashes, Ints]:
    """Candidates as ``datasketch`` finds them, with one key per pair; for comparison, and much slower."""
    from datasketch import MinHash, MinHashLSH

    bands, values = banding(threshold)
    index = MinHashLSH(num_perm=PERMUTATIONS, params=(bands, values))
    pairs: list[tuple[int, int]] = []
    empty = MinHash(num_perm=PERMUTATIONS, seed=SEED, hashfunc=int, scheme="affine32")
    for number in range(len(sets.starts) - 1):
        own = empty.copy()
        own.update_batch((sets.hashes[sets.starts[number] : sets.starts[number + 1]] & np.uint64(0xFFFFFFFF)).tolist())
        pairs.extend((int(other), number) for other in index.query(own))
        index.insert(number, own)
    both = np.array(sorted(pairs), dtype=np.int64).reshape(-1)
    return np.repeat(np.arange(len(pairs), dtype=np.uint64), 2), both
