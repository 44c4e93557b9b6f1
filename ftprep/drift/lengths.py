"""Whether two samples of lengths come from one distribution: the population stability index and its bounds."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]

LEAST_ROWS = 50  # on either side; fewer say nothing about a distribution
TENTHS = np.arange(1, 10) / 10
OWN_SHARE = 0.05  # of the reference's rows with one length, which is a bin of its own: a menu, a label
_NORMAL_999 = 3.0902  # the normal quantile of 0.999


class Shift(NamedTuple):
    """How lengths differ from those of a reference.

    ``psi`` is the population stability index over the tenths of the reference, ``bound`` what it stays below in 999
    of 1,000 samples of one distribution. ``moved`` is by how much the tenth that moved most differs from that of the
    reference, as a share of it: where all lengths are alike, a few characters change the index and nothing else.
    ``longer`` is the share of pairs of rows in which that of production is the
    shorter one (ties count half): one half where nothing differs.
    """

    psi: float
    bound: float
    quarters: tuple[int, int, int]
    reference_quarters: tuple[int, int, int]
    longer: float
    moved: float

    @property
    def ratio(self) -> float:
        """How many times as long as the reference, by the medians."""
        return self.quarters[1] / max(self.reference_quarters[1], 1)


def compare_lengths(lengths: Ints, reference: Ints) -> Shift | None:
    """Compare two samples; None where one of them is too small."""
    n, m = len(lengths), len(reference)
    if min(n, m) < LEAST_ROWS:
        return None
    counts, expected = _binned(lengths, reference)
    bins = len(counts)
    # Half a row more in every bin: an empty one would make the index infinite.
    shares, wanted = (counts + 0.5) / (n + bins / 2), (expected + 0.5) / (m + bins / 2)
    psi = float(((shares - wanted) * np.log(shares / wanted)).sum())
    bound = chi_square_999(bins - 1) * (1 / n + 1 / m)
    tenths, wanted_tenths = (np.quantile(one, TENTHS) for one in (lengths, reference))
    moved = float((np.abs(tenths - wanted_tenths) / np.maximum(wanted_tenths, 1)).max())
    return Shift(psi, bound, _quarters(lengths), _quarters(reference), _superiority(lengths, reference), moved)


def _binned(lengths: Ints, reference: Ints) -> tuple[Ints, Ints]:
    """Rows of both samples between the tenths of the reference; a length of many rows is a bin of its own."""
    edges = np.unique(np.quantile(reference, TENTHS, method="lower"))
    own = np.array([np.count_nonzero(reference == edge) for edge in edges]) >= OWN_SHARE * len(reference)
    # Up to an edge belongs together; where the edge is a bin of its own, so does what is shorter than it.
    bounds = np.sort(np.concatenate([edges, edges[own] - 1]))
    bounds = np.unique(bounds)
    size = len(bounds) + 1
    counts, expected = (
        np.bincount(np.searchsorted(bounds, one, side="left"), minlength=size) for one in (lengths, reference)
    )
    used = (counts + expected) > 0
    return counts[used].astype(np.int64), expected[used].astype(np.int64)


def _quarters(lengths: Ints) -> tuple[int, int, int]:
    low, middle, high = np.quantile(lengths, (0.25, 0.5, 0.75), method="lower").tolist()
    return int(low), int(middle), int(high)


def _superiority(lengths: Ints, reference: Ints) -> float:
    ordered = np.sort(reference)
    below = np.searchsorted(ordered, lengths, "left") + np.searchsorted(ordered, lengths, "right")
    return float(below.sum() / 2 / (len(lengths) * len(reference)))


def chi_square_999(degrees: int) -> float:
    """What a chi-square variable stays below in 999 of 1,000 cases (Wilson and Hilferty; within 3 %)."""
    if degrees < 1:
        return 0.0
    spread = 2 / (9 * degrees)
    return float(degrees * math.pow(1 - spread + _NORMAL_999 * math.sqrt(spread), 3))
