"""The way of what comes next: older groups are for training, the latest for the test."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from ftprep.splitting.groups import NOWHERE, Groups, find_groups
from ftprep.splitting.links import Links

Ints = NDArray[np.int64]


def by_time(
    times: NDArray[np.float64],
    links: Links,
    shares: Sequence[float],
    *,
    fixed: Mapping[int, int],
    out: NDArray[np.bool_],
    closed: int = NOWHERE,
) -> Groups:
    """Share out rows by the time of the latest row of their group, so that no split learns from a later one's time.

    Groups of one time stay together. Sizes are met as nearly as the cuts between times allow.
    """
    found = find_groups(links, np.full(len(times), NOWHERE, dtype=np.int64), fixed, out, closed)
    free = np.flatnonzero(~out & (found.splits == NOWHERE))
    free = free[~np.isin(free, list(found.left))]
    if not len(free):
        return found
    latest = np.full(len(times), -np.inf)
    np.maximum.at(latest, found.of[free], times[free])
    moments = latest[found.of[free]]
    order = np.argsort(moments, kind="stable")
    at = moments[order]
    bounds = np.searchsorted(at, at[np.clip(_cuts(shares, len(free)), 0, len(free) - 1)], side="left")
    found.splits[free[order]] = np.searchsorted(bounds, np.arange(len(free)), side="right")
    return found


def _cuts(shares: Sequence[float], rows: int) -> Ints:
    cuts: Ints = np.floor(np.cumsum(shares)[:-1] * rows + 0.5).astype(np.int64)
    return cuts
