"""The similarity of pairs of sets, exactly: members in both by members in either (Jaccard)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ftprep.near.shingles import Sets, members
from ftprep.near.words import GOLDEN, Hashes, Ints

_MEMBERS = 1 << 18  # that are compared at a time, so that they stay in the cache


def similarities(sets: Sets, left: Ints, right: Ints) -> NDArray[np.float64]:
    """The similarity of each pair ``left[i]``, ``right[i]``."""
    sizes = sets.sizes
    totals = sizes[left] + sizes[right]
    common = np.zeros(len(left), dtype=np.int64)
    bounds = np.concatenate(([0], np.cumsum(totals)))
    at = 0
    while at < len(left):
        end = int(np.searchsorted(bounds, bounds[at] + _MEMBERS))
        end = max(min(end, len(left)), at + 1)
        common[at:end] = _common(sets, left[at:end], right[at:end])
        at = end
    either = totals - common
    result: NDArray[np.float64] = common / np.maximum(either, 1)
    return result


def _common(sets: Sets, left: Ints, right: Ints) -> Ints:
    """How many members both sets of each pair have: the left ones go into buckets, where the right ones look."""
    one, pair_of = _members_of_pairs(sets, left)
    other, other_pair_of = _members_of_pairs(sets, right)
    bits = max(len(one).bit_length() + 1, 8)
    last = np.full(1 << bits, len(one), dtype=np.int32)
    buckets = _buckets(one, pair_of, bits)
    numbers = np.arange(len(one), dtype=np.int32)
    last[buckets] = numbers
    one = np.append(one, np.uint64(0))
    pair_of = np.append(pair_of, -1)  # what an empty bucket holds is no member of any pair
    found = last[_buckets(other, other_pair_of, bits)]
    same = (one[found] == other) & (pair_of[found] == other_pair_of)
    counts = np.bincount(other_pair_of[same], minlength=len(left))
    hidden = np.flatnonzero(last[buckets] != numbers)  # another member took their bucket: these are sorted
    if len(hidden):
        counts += _common_sorted(one[hidden], pair_of[hidden], other[~same], other_pair_of[~same], len(left))
    return counts


def _members_of_pairs(sets: Sets, side: Ints) -> tuple[Hashes, Ints]:
    return sets.hashes[members(sets, side)], np.repeat(np.arange(len(side), dtype=np.int64), sets.sizes[side])


def _buckets(hashes: Hashes, pairs: Ints, bits: int) -> Ints:
    spread = (hashes ^ pairs.astype(np.uint64)) * GOLDEN
    return (spread >> np.uint64(64 - bits)).astype(np.int64)


def _common_sorted(one: Hashes, pair_of: Ints, other: Hashes, other_pair_of: Ints, count: int) -> Ints:
    """The same by sorting; a hash loses the few bits that the number of its pair needs."""
    bits = np.uint64(count.bit_length())
    sides = ((one, pair_of), (other, other_pair_of))
    keys = np.concatenate([pairs.astype(np.uint64) << np.uint64(64) - bits | hashes >> bits for hashes, pairs in sides])
    keys.sort()
    same = keys[1:][keys[1:] == keys[:-1]] >> np.uint64(64) - bits
    return np.bincount(same.astype(np.int64), minlength=count)
