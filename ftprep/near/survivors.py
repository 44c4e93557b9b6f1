"""Which sets can have a near-duplicate at all: what very many share weighs nothing, what nobody shares tells apart."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ftprep.near.shingles import Sets, make_sets
from ftprep.near.words import Hashes, Ints

SLACK = 1e-9
_BUCKET_BITS = (16, 22)  # least and most, for counting
_BLOCK = 1 << 18  # members that are counted at a time, so that they stay in the cache
_PART = 1 << 23  # members whose buckets are in memory at a time
_AT_ONCE = 1 << 15  # members that are salted at a time, so that they stay in the cache
_ROUNDS = 6
_WORTH = 0.75  # a round that leaves more is the last
_SHIFT = 5  # the bits of a hash that name its bucket are others in each round
_HALVED = 0.3  # part of a set that its partner may lack, up to which half of the members may tell enough


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

    Sets with different salts, which are 64 bits without a pattern, share nothing, and those that are not ``wanted``
    nothing at all. A set that owns too many members that no other set has is similar to none; without it others may
    come to own more, so that this is repeated.
    """
    count = len(sets.starts) - 1
    # What a set owns is counted in one half of the members at a time: where one half tells enough, the other one is not
    # looked at. The halves are the same of all sets.
    parts = 2 if 1 - threshold <= _HALVED else 1
    inside = np.ones(count, dtype=np.bool_) if wanted is None else wanted
    own = np.zeros((parts, count), dtype=np.int64)
    salts = salts & ~np.uint64(1)  # the low bit of a member names its half
    owners = sets.owners
    sizes = np.where(inside, sets.sizes - np.bincount(owners[np.flatnonzero(frame)], minlength=count), 0)
    looked, salted = _taken(sets, owners, frame, salts, inside, 0 if parts > 1 else None)
    own[0] = np.bincount(looked[_alone(salted, 0)], minlength=count)
    del looked, salted
    chosen = _may_match(own, sizes, threshold)
    inside = np.zeros(count, dtype=np.bool_)
    inside[chosen] = True
    left, own = make_sets(sizes[chosen], _taken(sets, owners, frame, salts, inside)[1]), own[:, chosen]
    for step in range(1, _ROUNDS + 1):
        part = step % parts
        owners, salted = left.owners, left.hashes
        if parts > 1:
            places = np.flatnonzero(_of_part(salted, part))
            owners, salted = owners[places], salted[places]
        own[part] = np.bincount(owners[_alone(salted, step * _SHIFT)], minlength=len(chosen))
        again = _may_match(own, left.sizes, threshold)
        worth = len(again) < _WORTH * len(chosen)
        if len(again) < len(chosen):
            inside = np.zeros(len(chosen), dtype=np.bool_)
            inside[again] = True
            chosen, left, own = chosen[again], left.only(inside), own[:, again]
        if step >= parts - 1 and not worth:
            break
    return chosen, left


def _taken(
    sets: Sets,
    owners: NDArray[np.int32],
    frame: NDArray[np.bool_],
    salts: Hashes,
    inside: NDArray[np.bool_],
    part: int | None = None,
) -> tuple[NDArray[np.int32], Hashes]:
    """The members of the sets ``inside``, without the frame, and salted, each after its set; of one half or of both."""
    # What is not written to takes no memory: parts that were joined would stand there twice.
    found_owners, found = np.empty(len(owners), dtype=np.int32), np.empty(len(owners), dtype=np.uint64)
    end = 0
    for at in range(0, len(sets.hashes), _AT_ONCE):
        own, hashes = owners[at : at + _AT_ONCE], sets.hashes[at : at + _AT_ONCE]
        kept = inside[own]
        kept &= ~frame[at : at + _AT_ONCE]
        if part is not None:
            kept &= _of_part(hashes, part)
        places = np.flatnonzero(kept)
        own = own[places]
        start, end = end, end + len(own)
        found_owners[start:end] = own
        np.bitwise_xor(hashes[places], salts[own], out=found[start:end])
    return found_owners[:end], found[:end]


def _of_part(hashes: Hashes, part: int) -> NDArray[np.bool_]:
    inside: NDArray[np.bool_] = (hashes & np.uint64(1)) == np.uint64(part)
    return inside


def _may_match(own: Ints, sizes: Ints, threshold: float) -> Ints:
    """The sets of which not too many members are in no other set; ``own`` counts these, part by part."""
    alone = own.sum(axis=0)
    return np.flatnonzero((sizes > alone) & (sizes - alone >= threshold * sizes - SLACK))


def _alone(hashes: Hashes, shift: int) -> Ints:
    """Where the hashes stand that occur once; a few of them are not found, since those in one bucket count as one."""
    parts = 1
    while len(hashes) > parts * _PART:
        parts *= 2
    part_bits = np.uint64(parts.bit_length() - 1)
    bits = min(len(hashes), _PART).bit_length() + 1
    last = np.empty(1 << bits, dtype=np.int32)
    found = []
    for part in range(parts):
        places = _in_range(hashes, shift, parts, part) if parts > 1 else None
        own = (hashes if places is None else hashes[places]) >> np.uint64(shift)
        own >>= part_bits
        own &= np.uint64((1 << bits) - 1)
        buckets = own.view(np.int64)
        numbers = np.arange(len(buckets), dtype=np.int32)
        last[buckets] = numbers
        holds = last.take(buckets, mode="clip") == numbers
        last[buckets[np.flatnonzero(~holds)]] = -1  # the last of them is not alone either
        alone = np.flatnonzero(holds)
        alone = alone[last.take(buckets[alone], mode="clip") >= 0]
        found.append(alone if places is None else places[alone])
    return np.concatenate(found)


def _in_range(hashes: Hashes, shift: int, parts: int, part: int) -> Ints:
    """Where the hashes stand that belong to one of some parts."""
    found = []
    for at in range(0, len(hashes), _PART):
        numbers = hashes[at : at + _PART] >> np.uint64(shift)
        numbers &= np.uint64(parts - 1)
        found.append(np.flatnonzero(numbers == part) + at)
    return np.concatenate(found)
