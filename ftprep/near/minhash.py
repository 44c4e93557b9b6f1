"""MinHash signatures, value by value those of ``datasketch.MinHash`` with its scheme affine32 and seed 1."""

from __future__ import annotations

import functools
from random import Random

import numpy as np
from numpy.typing import NDArray

from ftprep.near.shingles import Sets
from ftprep.near.words import GOLDEN, Hashes, Ints, mixed

PERMUTATIONS = 128
SEED = 1
LEAST_DETECTED = 0.998  # of pairs that are just as similar as asked for
_BLOCK = 1 << 16  # members that are hashed at a time, so that they stay in the cache
_PAIRS = 1 << 10  # pairs of signatures that are compared at a time
_WIDER = 1.5  # so much longer sets are hashed beside the shortest


@functools.cache
def permutations() -> tuple[NDArray[np.uint32], NDArray[np.uint32]]:
    """Factors and summands of the permutations h → a·h + b modulo 2³²; a is odd.

    They are drawn as ``numpy.random.RandomState(1)`` draws them, which takes long to import.
    """
    chance = _mersenne_twister(SEED)
    drawn = np.array([chance.getrandbits(32) for _ in range(2 * PERMUTATIONS)], dtype=np.uint32)
    return drawn[:PERMUTATIONS] << np.uint32(1) | np.uint32(1), drawn[PERMUTATIONS:]


def _mersenne_twister(seed: int) -> Random:
    """MT19937 with the state that its authors' ``init_genrand`` makes of ``seed``; Python starts it otherwise."""
    state = [seed]
    for place in range(1, 624):
        state.append((1812433253 * (state[-1] ^ state[-1] >> 30) + place) & 0xFFFFFFFF)
    chance = Random()
    chance.setstate((3, (*state, 624), None))
    return chance


def premixed(hashes: Hashes) -> NDArray[np.uint32]:
    """The low half of each hash through the last step of MurmurHash3."""
    low = hashes.astype(np.uint32)
    low ^= low >> np.uint32(16)
    low *= np.uint32(0x85EBCA6B)
    low ^= low >> np.uint32(13)
    low *= np.uint32(0xC2B2AE35)
    low ^= low >> np.uint32(16)
    return low


def signatures(sets: Sets) -> NDArray[np.uint32]:
    """One row of 128 values per set; of the empty set they are all the highest."""
    sizes = sets.sizes
    found = np.full((len(sizes), PERMUTATIONS), 0xFFFFFFFF, dtype=np.uint32)
    values = premixed(sets.hashes)
    order = np.argsort(sizes, kind="stable")
    order = order[sizes[order] > 0]
    ordered = sizes[order]
    at = 0
    while at < len(order):
        # Sets of about one size stand side by side; a shorter one repeats its last member, which changes no minimum.
        end = min(at + max(_BLOCK // int(ordered[at]), 1), len(order))
        while end - at > 1 and ordered[end - 1] > _WIDER * ordered[at] + 8:
            end = at + (end - at) // 2
        rows = order[at:end]
        steps = np.minimum(np.arange(int(ordered[end - 1]))[:, None], ordered[at:end] - 1)
        found[rows] = _lowest(values[sets.starts[rows] + steps]).T
        at = end
    return found


def _lowest(values: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """The lowest value of each column after each permutation; one half of the rows is held against the other."""
    factors, summands = permutations()
    found = np.empty((PERMUTATIONS, values.shape[1]), dtype=np.uint32)
    product = np.empty_like(values)
    for number in range(PERMUTATIONS):
        np.multiply(values, factors[number], out=product)
        np.add(product, summands[number], out=product)
        rows = len(product)
        while rows > 1:
            half = rows // 2
            np.minimum(product[:half], product[rows - half : rows], out=product[:half])
            rows -= half
        found[number] = product[0]
    return found


def banding(threshold: float) -> tuple[int, int]:
    """Bands and values per band: as many values as still let pairs at the threshold through."""
    for values in range(PERMUTATIONS // 2, 1, -1):
        bands = PERMUTATIONS // values
        if 1 - (1 - threshold**values) ** bands >= LEAST_DETECTED:
            return bands, values
    return PERMUTATIONS, 1


def band_keys(signed: NDArray[np.uint32], threshold: float) -> tuple[Hashes, Ints]:
    """A key per band and set, and the set of each key; sets with one key are candidates."""
    bands, values = banding(threshold)
    keys = []
    for band in range(bands):
        key = np.full(len(signed), band, dtype=np.uint64)
        for number in range(band * values, (band + 1) * values):
            key = mixed(key ^ signed[:, number])
            key *= GOLDEN
        keys.append(key)
    return np.concatenate(keys), np.tile(np.arange(len(signed), dtype=np.int64), bands)


def low_bytes(signed: NDArray[np.uint32]) -> NDArray[np.uint8]:
    """The low byte of each value: enough to see in how many of them two signatures agree."""
    return signed.astype(np.uint8)


def agreeing(low: NDArray[np.uint8], left: Ints, right: Ints) -> Ints:
    """In how many values the signatures of each pair agree, or seem to, by the low bytes of all signatures."""
    found = np.empty(len(left), dtype=np.int64)
    for at in range(0, len(left), _PAIRS):
        block = slice(at, at + _PAIRS)
        equal = (low[left[block]] == low[right[block]]).view(np.uint64)  # eight bytes that are 0 or 1
        found[block] = (equal.sum(axis=1) * np.uint64(0x0101010101010101)) >> np.uint64(56)
    return found
