"""Candidates that cannot miss: two similar sets share one of their rarest members."""

from __future__ import annotations

import numpy as np

from ftprep.near.shingles import Sets
from ftprep.near.survivors import SLACK
from ftprep.near.words import Hashes, Ints


def prefix_keys(sets: Sets, threshold: float) -> tuple[Hashes, Ints]:
    """The rarest members of each set, so many that a set without any of them is less similar, and their sets."""
    if not len(sets.hashes):
        return sets.hashes, np.zeros(0, dtype=np.int64)
    owners, sizes = sets.owners.astype(np.int64), sets.sizes
    distinct, place, counts = np.unique(sets.hashes, return_inverse=True, return_counts=True)
    order = np.argsort(counts, kind="stable")  # equally rare ones by their hash
    ranks = np.empty_like(order)
    ranks[order] = np.arange(len(order))
    packed = np.sort(owners << 32 | ranks[place])
    least = np.ceil(threshold * sizes - SLACK).astype(np.int64)
    lengths = sizes - np.maximum(least, 1) + 1
    steps = np.arange(len(packed)) - sets.starts[owners]  # sorted by set, as they were
    chosen = packed[steps < lengths[owners]]
    return distinct[order[chosen & 0xFFFFFFFF]], chosen >> 32
