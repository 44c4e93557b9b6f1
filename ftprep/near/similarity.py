"""The similarity of pairs of sets, exactly: members in both by members in either (Jaccard)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ftprep.near.shingles import Sets, members
from ftprep.near.words import Hashes, Ints

_PAIR_BITS = 12
_MEMBERS = 1 << 21  # that are compared at a time


def similarities(sets: Sets, left: Ints, right: Ints) -> NDArray[np.float64]:
    """The similarity of each pair ``left[i]``, ``right[i]``."""
    sizes = sets.sizes
    totals = sizes[left] + sizes[right]
    common = np.zeros(len(left), dtype=np.int64)
    bounds = np.concatenate(([0], np.cumsum(totals)))
    at = 0
    while at < len(left):
        end = int(np.searchsorted(bounds, bounds[at] + _MEMBERS))
        end = max(min(end, at + (1 << _PAIR_BITS), len(left)), at + 1)
        common[at:end] = _common(sets, left[at:end], right[at:end])
        at = end
    either = totals - common
    result: NDArray[np.float64] = common / np.maximum(either, 1)
    return result


def _common(sets: Sets, left: Ints, right: Ints) -> Ints:
    numbers = np.arange(len(left), dtype=np.uint64)
    packed = [_numbered(sets, numbers, side) for side in (left, right)]
    keys = np.concatenate(packed)
    keys.sort()
    same = keys[1:][keys[1:] == keys[:-1]] >> np.uint64(64 - _PAIR_BITS)
    return np.bincount(same.astype(np.int64), minlength=len(left))


def _numbered(sets: Sets, numbers: Hashes, side: Ints) -> Hashes:
    hashes = sets.hashes[members(sets, side)] >> np.uint64(_PAIR_BITS)
    packed: Hashes = np.repeat(numbers, sets.sizes[side]) << np.uint64(64 - _PAIR_BITS) | hashes
    return packed
