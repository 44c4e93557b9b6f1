"""The similarity of pairs of sets, exactly: members in both by members in either (Jaccard)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ftprep.near.shingles import Sets, members
from ftprep.near.words import GOLDEN, Hashes, Ints

_MEMBERS = 1 << 15  # that are compared at a time, so that they stay in the cache


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
    lefts, numbers = np.unique(left, return_inverse=True)
    one = _keys(sets, lefts, np.arange(len(lefts)))
    other = _keys(sets, right, numbers)
    pairs = np.repeat(np.arange(len(right)), sets.sizes[right])
    spread, looking = one, other
    counts = np.zeros(len(right), dtype=np.int64)
    while len(one):
        spread, looking = spread * GOLDEN, looking * GOLDEN
        bits = len(one).bit_length() + 1
        buckets = (spread >> np.uint64(64 - bits)).view(np.int64)
        places = np.arange(len(one), dtype=np.int32)
        last = np.zeros(1 << bits, dtype=np.int32)  # an empty bucket leads to a member that is another one
        last[buckets] = places
        looked = (looking >> np.uint64(64 - bits)).view(np.int64)
        same = one.take(last.take(looked, mode="clip"), mode="clip") == other
        counts += np.bincount(pairs[same], minlength=len(right))
        hidden = np.flatnonzero(last.take(buckets, mode="clip") != places)  # another member took their bucket
        if not len(hidden):
            break
        crowded = np.zeros(1 << bits, dtype=np.bool_)
        crowded[buckets[hidden]] = True
        rest = np.flatnonzero(crowded.take(looked, mode="clip") & ~same)
        one, spread = one[hidden], spread[hidden]
        other, looking, pairs = other[rest], looking[rest], pairs[rest]
    return counts


def _keys(sets: Sets, chosen: Ints, numbers: Ints) -> Hashes:
    """The members of some sets, those of sets with different numbers apart."""
    keys = sets.hashes[members(sets, chosen)]
    keys ^= np.repeat(numbers.astype(np.uint64), sets.sizes[chosen])
    return keys
