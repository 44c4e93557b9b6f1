"""MinHash signatures, value by value those of ``datasketch.MinHash`` with its scheme affine32 and seed 1."""

from __future__ import annotations

import functools

import numpy as np
from numpy.typing import NDArray

from ftprep.near.shingles import Sets
from ftprep.near.words import GOLDEN, Hashes, Ints, mixed

PERMUTATIONS = 128
SEED = 1
LEAST_DETECTED = 0.998  # of pairs that are just as similar as asked for
_BLOCK = 1 << 14  # members that are hashed at a time, so that they stay in the cache


@functools.cache
def permutations() -> tuple[NDArray[np.uint32], NDArray[np.uint32]]:
    """Factors and summands of the permutations h → a·h + b modulo 2³²; a is odd."""
    chance = np.random.RandomState(SEED)
    factors = chance.randint(0, 1 << 31, PERMUTATIONS, dtype=np.uint32) * np.uint32(2) + np.uint32(1)
    return factors, chance.randint(0, 1 << 32, PERMUTATIONS, dtype=np.uint32)


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
    factors, summands = permutations()
    order = np.argsort(sizes, kind="stable")
    order = order[sizes[order] > 0]
    at = 0
    while at < len(order):
        # Sets of about one size stand side by side; a shorter one repeats its last member, which changes no minimum.
        end = min(at + max(_BLOCK // int(sizes[order[at]]), 1), len(order))
        width = int(sizes[order[end - 1]])
        while end - at > 1 and width > 2 * int(sizes[order[at]]) + 8:
            end = at + (end - at) // 2
            width = int(sizes[order[end - 1]])
        rows = order[at:end]
        steps = np.minimum(np.arange(width)[:, None], sizes[rows] - 1)
        matrix = values[sets.starts[rows] + steps]
        product = np.empty_like(matrix)
        for number in range(PERMUTATIONS):
            np.multiply(matrix, factors[number], out=product)
            np.add(product, summands[number], out=product)
            found[rows, number] = product.min(axis=0)
        at = end
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
