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

Ints = NDArray[np.int64]
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

    Of all rows, and of those of every stratum (0: none), the first that begins a group begins it in the first split,
    unless an earlier one joined a group there: no class is without a row to learn from as far as groups allow. This,
    too, depends on earlier rows alone.
    """
    starts = np.searchsorted(np.cumsum(shares)[:-1], positions(keys, seed), side="right").astype(np.int64)
    found = find_groups(links, starts.copy(), fixed, out, closed)
    while len(heads := _misplaced(found, strata, fixed, out)):
        starts[heads] = 0
        found = find_groups(links, starts, fixed, out, closed)
    return found


def _misplaced(found: Groups, strata: Words, fixed: Mapping[int, int], out: NDArray[np.bool_]) -> Ints:
    """The rows that should begin their groups in the first split, and do not."""
    numbers = np.arange(len(strata))
    settled = found.splits == 0
    begins = (found.of == numbers) & (found.splits != NOWHERE) & ~out
    begins[list(fixed)] = False
    rows = numbers[settled | begins]
    rows = rows[~out[rows]]
    of = strata[rows]
    firsts = rows[np.unique(of, return_index=True)[1]]
    firsts = np.append(firsts[strata[firsts] != 0], rows[:1])
    misplaced: Ints = np.unique(firsts[~settled[firsts]])
    return misplaced
