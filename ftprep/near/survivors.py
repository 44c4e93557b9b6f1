"""Which sets can have a near-duplicate at all: what very many share weighs nothing, what nobody shares tells apart."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ftprep.near.shingles import Sets, make_sets
from ftprep.near.words import Hashes, Ints, mixed

SLACK = 1e-9
_BUCKET_BITS = 22
_BLOCK = 1 << 22
_PART = 1 << 24  # hashes that are sorted at a time
_ROUNDS = 4


def frame_of(hashes: Hashes, cap: int) -> NDArray[np.bool_]:
    """Which members are in more than ``cap`` sets: the frame, text that very many rows share."""
    found = np.zeros(len(hashes), dtype=np.bool_)
    if len(hashes) <= cap:
        return found
    mask = np.uint64((1 << _BUCKET_BITS) - 1)
    counts = np.zeros(1 << _BUCKET_BITS, dtype=np.int64)
    blocks = [slice(at, at + _BLOCK) for at in range(0, len(hashes), _BLOCK)]
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


def peel(sets: Sets, frame: NDArray[np.bool_], salts: Hashes, threshold: float) -> tuple[Ints, Sets]:
    """The sets, by number, that may have a partner, and their members without the frame, salted.

    Sets with different salts share nothing. A set that owns too many members that no other set has is similar to
    none; without it others may come to own more, so that this is repeated.
    """
    owners = sets.owners
    kept = ~frame
    shared = _shared(sets.hashes, kept, owners, salts)
    chosen = _may_match(owners, kept, shared, len(sets.starts) - 1, threshold)
    inside = np.zeros(len(sets.starts) - 1, dtype=np.bool_)
    inside[chosen] = True
    places = np.flatnonzero(kept & inside[owners])
    salted = mixed(sets.hashes[places] ^ salts[owners[places]])
    left = make_sets(np.bincount(owners[places], minlength=len(inside))[chosen], salted)
    for _ in range(_ROUNDS):
        owners = left.owners
        every = np.ones(len(left.hashes), dtype=np.bool_)
        shared = _shared(left.hashes, every, owners, None)
        again = _may_match(owners, every, shared, len(chosen), threshold)
        if len(again) == len(chosen):
            break
        chosen, left = chosen[again], left.chosen(again)
    return chosen, left


def _may_match(
    owners: NDArray[np.int32], kept: NDArray[np.bool_], shared: NDArray[np.bool_], count: int, threshold: float
) -> Ints:
    sizes = np.bincount(owners[kept], minlength=count)
    common = np.bincount(owners[shared], minlength=count)
    return np.flatnonzero((common > 0) & (common >= threshold * sizes - SLACK))


def _shared(
    hashes: Hashes, kept: NDArray[np.bool_], owners: NDArray[np.int32], salts: Hashes | None
) -> NDArray[np.bool_]:
    """Which of the ``kept`` members another set has too; a few that none has may pass."""
    found = np.zeros(len(hashes), dtype=np.bool_)
    index_bits = np.uint64(max(len(hashes) - 1, 1).bit_length())
    index_mask = np.uint64((1 << int(index_bits)) - 1)
    parts = 1
    while len(hashes) > parts * _PART:
        parts *= 2
    for part in range(parts):
        chosen = kept if parts == 1 else kept & ((hashes & np.uint64(parts - 1)) == part)
        places = np.flatnonzero(chosen)
        own = hashes[places]
        keys = mixed(own ^ salts[owners[places]]) if salts is not None else mixed(own)
        keys &= ~index_mask
        keys |= places.astype(np.uint64)
        keys.sort()
        same = (keys[1:] ^ keys[:-1]) <= index_mask
        found[(keys[1:][same] & index_mask).astype(np.int64)] = True
        found[(keys[:-1][same] & index_mask).astype(np.int64)] = True
    return found
