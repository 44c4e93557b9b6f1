"""Which sets can have a near-duplicate at all: what very many share weighs nothing, what nobody shares tells apart."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ftprep.near.shingles import Sets, make_sets
from ftprep.near.words import Hashes, Ints, mixed

SLACK = 1e-9
_BUCKET_BITS = (16, 22)  # least and most, for counting
_BLOCK = 1 << 18  # members that are counted at a time, so that they stay in the cache
_PART = 1 << 23  # members whose buckets are in memory at a time
_ROUNDS = 6
_WORTH = 0.95  # a round that leaves more is the last
_SHIFT = 5  # the bits of a hash that name its bucket are others in each round
_SAMPLED = 0.3  # part of a set that its partner may lack, up to which half of the members tell enough


def frame_of(hashes: Hashes, cap: int) -> NDArray[np.bool_]:
    """Which members are in more than ``cap`` sets: the frame, text that very many rows share."""
    found = np.zeros(len(hashes), dtype=np.bool_)
    if len(hashes) <= cap:
        return found
    least, most = _BUCKET_BITS
    bits = min(max((8 * len(hashes) // max(cap, 1)).bit_length(), least), most)  # few buckets are full by chance
    mask = np.uint64((1 << bits) - 1)
    counts = np.zeros(1 << bits, dtype=np.int64)
    step = max(_BLOCK, len(counts))
    blocks = [slice(at, at + step) for at in range(0, len(hashes), step)]
    for block in blocks:
        counts += np.bincount((hashes[block] & mask).astype(np.int64), minlength=len(counts))
    full = counts > cap  # a bucket may hold several hashes: those in full ones are counted one by one
    if not full.any():
        return found
    suspects = np.concatenate([hashes[block][full[(hashes[block] & mask).astype(np.int64)]] for block in blocks])
    suspects.sort()
    bounds = np.concatenate(([0], np.flatnonzero(suspects[1:] != suspects[:-1]) + 1, [len(suspects)]))
    frame = suspects[bounds[:-1][np.diff(bounds) > cap]]
    if len(frame):
        for block in blocks:
            near = np.flatnonzero(full[(hashes[block] & mask).astype(np.int64)])
            places = np.minimum(np.searchsorted(frame, hashes[block][near]), len(frame) - 1)
            found[block.start + near] = frame[places] == hashes[block][near]
    return found


def peel(
    sets: Sets,
    frame: NDArray[np.bool_],
    salts: Hashes,
    threshold: float,
    wanted: NDArray[np.bool_] | None = None,
) -> tuple[Ints, Sets]:
    """The sets, by number, that may have a partner, and their members without the frame, salted.

    Sets with different salts share nothing, and those that are not ``wanted`` nothing at all. A set that owns too many
    members that no other set has is similar to none; without it others may come to own more, so that this is repeated.
    """
    count = len(sets.starts) - 1
    owners = sets.owners
    kept = ~frame
    if wanted is not None:
        kept &= np.repeat(wanted, sets.sizes)
    sizes = sets.sizes - np.bincount(owners[np.flatnonzero(~kept)], minlength=count)
    # Any part of the members may be looked at, as long as it is the same of all sets: what a similar set lacks of the
    # part is at most what it lacks of the whole.
    half = 1 - threshold <= _SAMPLED
    keys, of_keys = [], []
    for at in range(0, len(sets.hashes), _PART):  # part by part: no copy of all members is made
        block = slice(at, at + _PART)
        some = kept[block] & ((sets.hashes[block] & np.uint64(1)) == 0) if half else kept[block]
        places = np.flatnonzero(some)
        of_keys.append(owners[block][places])
        keys.append(mixed(sets.hashes[block][places] ^ salts[of_keys[-1]]))
    of_places = np.concatenate(of_keys or [owners])
    key = np.concatenate(keys or [sets.hashes])
    del keys, of_keys
    chosen = _may_match(of_places[_alone(key, 0)], sizes, threshold)
    del key, of_places
    inside = np.zeros(count, dtype=np.bool_)
    inside[chosen] = True
    places = np.flatnonzero(kept & np.repeat(inside, sets.sizes))
    left = make_sets(sizes[chosen], mixed(sets.hashes[places] ^ salts[owners[places]]))
    for step in range(1, _ROUNDS + 1):
        again = _may_match(left.owners[_alone(left.hashes, step * _SHIFT)], left.sizes, threshold)
        before = len(left.hashes)
        chosen, left = chosen[again], left.chosen(again)
        if len(left.hashes) > _WORTH * before:
            break
    return chosen, left


def _may_match(owners_alone: NDArray[np.int32], sizes: Ints, threshold: float) -> Ints:
    """The sets of which not too many members are in no other set; ``owners_alone`` has the set of each of those."""
    alone = np.bincount(owners_alone, minlength=len(sizes))
    return np.flatnonzero((sizes > alone) & (sizes - alone >= threshold * sizes - SLACK))


def _alone(hashes: Hashes, shift: int) -> Ints:
    """Where the hashes stand that occur once; a few of them are not found, since those in one bucket count as one."""
    parts = 1
    while len(hashes) > parts * _PART:
        parts *= 2
    part_bits = np.uint64(parts.bit_length() - 1)
    bits = min(len(hashes), _PART).bit_length() + 2
    last = np.empty(1 << bits, dtype=np.int32)
    found = []
    for part in range(parts):
        own = hashes >> np.uint64(shift)
        places = None
        if parts > 1:
            places = np.flatnonzero((own & np.uint64(parts - 1)) == part)
            own = own[places]
        buckets = (own >> part_bits & np.uint64((1 << bits) - 1)).astype(np.int64)
        numbers = np.arange(len(buckets), dtype=np.int32)
        last[buckets] = numbers
        others = last[buckets] != numbers
        last[buckets[others]] = -1  # the last of them is not alone either
        alone = np.flatnonzero(last[buckets] == numbers)
        found.append(alone if places is None else places[alone])
    return np.concatenate(found)
