"""The usual way: each group goes where its own content says, so that rows that are added later move no old row.

A group goes to the split that a threshold on a hash of its first row says. Rows are taken in reading order, so where
a row goes depends on earlier rows alone, and shares are met within sampling error.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from xxhash import xxh3_64_intdigest

from ftprep.splitting.groups import NOWHERE, Groups, find_groups
from ftprep.splitting.links import Links

Words = NDArray[np.uint64]


def positions(keys: Words, seed: int) -> NDArray[np.float64]:
    """A number from 0 to 1 for each key, evenly spread, and others for each seed."""
    mixed = keys ^ np.uint64(xxh3_64_intdigest(b"ftprep split", seed=seed & 0xFFFFFFFFFFFFFFFF))
    for multiplier, shift in ((0xBF58476D1CE4E5B9, 31), (0x94D049BB133111EB, 29)):
        mixed = (mixed ^ (mixed >> np.uint64(shift))) * np.uint64(multiplier)
    mixed ^= mixed >> np.uint64(32)
    spread: NDArray[np.float64] = (mixed >> np.uint64(11)).astype(np.float64) * 2.0**-53
    return spread


def by_content(
    keys: Words,
    links: Links,
    shares: Sequence[float],
    seed: int,
    *,
    strata: Words,
    fixed: Mapping[int, int],
    out: NDArray[np.bool_],
    closed: int = NOWHERE,
) -> Groups:
    """Share out rows. ``keys`` decide where the group of a first row goes; ``fixed`` rows stay, ``out`` takes no part.

    The first row of every stratum (0: none), and so its group, begins in the first split, unless it joins an earlier
    group: no class is without a row to learn from.
    """
    starts = np.searchsorted(np.cumsum(shares)[:-1], positions(keys, seed), side="right").astype(np.int64)
    _, firsts = np.unique(strata, return_index=True)
    starts[firsts[strata[firsts] != 0]] = 0
    return find_groups(links, starts, fixed, out, closed)
