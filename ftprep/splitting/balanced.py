"""The exact way: groups are packed so that shares, counts and the shares of every stratum are met.

Where each stratum's rows are meant to go is rounded so that every split has its exact size. Groups of several rows are
placed first, the largest first, where most room is left for their rows; single rows fill what is left.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from ftprep.splitting.by_content import positions
from ftprep.splitting.groups import NOWHERE, Groups, find_groups
from ftprep.splitting.links import Links

Ints = NDArray[np.int64]
Words = NDArray[np.uint64]


def quotas(strata: Ints, shares: Sequence[float]) -> Ints:
    """How many rows of each stratum go to each split, shape (strata, splits).

    ``strata`` are numbers of rows. Every column is the rounded share of all rows; every cell its share rounded down,
    and the rows that this leaves go where most is missing. No stratum is without a row in the first split where that
    has rows to give.
    """
    exact = np.outer(strata, shares)
    cells: Ints = np.floor(exact + 1e-9).astype(np.int64)
    over = strata - cells.sum(axis=1)
    lacking = _rounded(int(strata.sum()), shares) - cells.sum(axis=0)
    missing = (exact - cells).ravel()
    order = [divmod(place, len(shares)) for place in np.argsort(-missing, kind="stable").tolist()]
    while over.any():  # once, and again for what found no place at once
        for row, split in order:
            if over[row] > 0 and lacking[split] > 0:
                cells[row, split] += 1
                over[row] -= 1
                lacking[split] -= 1
    for row in np.flatnonzero((cells[:, 0] == 0) & (strata > 0)).tolist():
        other = int(np.argmax(cells[row]))
        giver = int(np.argmax(cells[:, 0]))
        if cells[giver, 0] > 1:  # the split that loses this row gets one of a stratum with many
            cells[giver, 0] -= 1
            cells[giver, other] += 1
        cells[row, other] -= 1
        cells[row, 0] += 1
    return cells


def _rounded(rows: int, shares: Sequence[float]) -> Ints:
    """Whole numbers that add up to ``rows``, each a share rounded down or up: those with most left are rounded up."""
    exact = np.array(shares) * rows
    sizes: Ints = np.floor(exact + 1e-9).astype(np.int64)
    for split in np.argsort(sizes - exact, kind="stable")[: rows - int(sizes.sum())].tolist():
        sizes[split] += 1
    return sizes


def balanced(
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
    """Share out rows exactly, where groups allow it. ``fixed`` rows stay, and so do the groups that they are in."""
    found = find_groups(links, np.full(len(keys), NOWHERE, dtype=np.int64), fixed, out, closed)
    groups, splits = found.of, found.splits
    names, numbers = np.unique(strata, return_inverse=True)
    taking = ~out & (splits != closed) if closed != NOWHERE else ~out
    taking[list(found.left)] = False
    wanted = quotas(np.bincount(numbers[taking], minlength=len(names)), shares)
    kept = np.flatnonzero(taking & (splits != NOWHERE))
    np.subtract.at(wanted, (numbers[kept], splits[kept]), 1)
    free = np.flatnonzero(taking & (splits == NOWHERE))
    if not len(free):
        return found
    order = positions(keys, seed)
    heads, of_group, sizes = np.unique(groups[free], return_inverse=True, return_counts=True)
    members = np.split(free[np.argsort(of_group, kind="stable")], np.cumsum(sizes)[:-1])
    large = np.flatnonzero(sizes > 1)
    large = large[np.lexsort([heads[large], order[heads[large]], -sizes[large]])]
    for number in large.tolist():
        rows = members[number]
        cells = np.bincount(numbers[rows], minlength=len(names))
        split = _roomiest(cells, wanted, shares)
        splits[rows] = split
        wanted[:, split] -= cells
    single = heads[sizes == 1]
    _fill(single[np.lexsort([single, order[single]])], numbers, wanted, splits)
    return found


def _roomiest(cells: Ints, wanted: Ints, shares: Sequence[float]) -> int:
    """The split for a group with so many rows of each stratum: one that it fits in, with most room for its strata."""
    size, touched = int(cells.sum()), np.flatnonzero(cells)
    room = wanted.sum(axis=0)
    scores: list[tuple[bool, float, float, int]] = []
    for split, share in enumerate(shares):
        beyond = np.maximum(cells[touched] - wanted[touched, split], 0).sum()
        scores.append((bool(room[split] >= size), -float(beyond), float(room[split]) / max(share, 1e-12), -split))
    return max(range(len(scores)), key=scores.__getitem__)


def _fill(single: Ints, numbers: Ints, wanted: Ints, splits: Ints) -> None:
    """Let single rows fill the cells of their strata that are open, and then the splits that are."""
    room = wanted.sum(axis=0)
    spare: list[int] = []
    for row in single.tolist():
        cell = wanted[numbers[row]]
        split = int(np.argmax(np.where((cell > 0) & (room > 0), cell, NOWHERE)))
        if cell[split] <= 0 or room[split] <= 0:
            spare.append(row)
            continue
        splits[row] = split
        cell[split] -= 1
        room[split] -= 1
    for row in spare:
        split = int(np.argmax(room))
        splits[row] = split
        room[split] -= 1
