"""From keys that sets share to groups of similar sets: every candidate is verified, and none twice.

Sets with one key stand in one bucket. Neighbours in a bucket are compared first, then sets two places apart, and so
on, and sets that are known to be in one group are not compared any more: a bucket of copies costs what a list does.
"""

from __future__ import annotations

from typing import Literal, NamedTuple, get_args

import numpy as np

from ftprep.near.minhash import PERMUTATIONS, SEED, band_keys, banding, signatures
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


class Joined(NamedTuple):
    """The group of each set, named by its first set, and how many candidates the budget left out."""

    groups: Ints
    left_out: int


def join(sets: Sets, threshold: float, engine: Engine = "minhash") -> Joined:
    """Groups of sets that are linked by pairs at least as similar as ``threshold``."""
    count = len(sets.starts) - 1
    groups = np.arange(count, dtype=np.int64)
    if count < 2:
        return Joined(groups, 0)
    if engine == "minhash":
        keys, owners = band_keys(signatures(sets), threshold)
    elif engine == "exact":
        keys, owners = prefix_keys(sets, threshold)
    else:
        keys, owners = datasketch_keys(sets, threshold)
    return _linked(sets, keys, owners, threshold)


def _linked(sets: Sets, keys: Hashes, owners: Ints, threshold: float) -> Joined:
    count = len(sets.starts) - 1
    groups = np.arange(count, dtype=np.int64)
    index_bits = np.uint64(max(count - 1, 1).bit_length())
    packed = np.sort(keys >> index_bits << index_bits | owners.astype(np.uint64))
    keys, owners = packed >> index_bits, (packed & ((np.uint64(1) << index_bits) - np.uint64(1))).astype(np.int64)
    budget = FREE_PAIRS + PAIRS_PER_SET * count
    sizes = sets.sizes
    distance, left_out = 1, 0
    heads = np.flatnonzero(keys[1:] == keys[:-1])
    while len(heads):
        left, right = owners[heads], owners[heads + distance]
        apart = (groups[left] != groups[right]) & (
            np.minimum(sizes[left], sizes[right]) >= threshold * np.maximum(sizes[left], sizes[right]) - SLACK
        )
        pairs = np.unique(left[apart] << 32 | right[apart])
        if len(pairs) > budget:
            left_out += len(pairs) - budget
            pairs = pairs[:budget]
        budget -= len(pairs)
        for at in range(0, len(pairs), _PAIRS_AT_ONCE):
            first, second = pairs[at : at + _PAIRS_AT_ONCE] >> 32, pairs[at : at + _PAIRS_AT_ONCE] & 0xFFFFFFFF
            near = similarities(sets, first, second) >= threshold - SLACK
            groups = merged(groups, first[near], second[near])
        distance += 1
        heads = heads[heads + distance < len(keys)]
        heads = heads[keys[heads + distance] == keys[heads]]
        if not budget:
            left_out += len(heads)
            break
    return Joined(groups, left_out)


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
