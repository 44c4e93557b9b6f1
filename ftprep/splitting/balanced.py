"""The exact way: groups are packed so that shares, counts and the shares of every stratum are met.

Where each stratum's rows are meant to go is rounded so that every split has its exact size. Groups of several rows are
placed first, the largest first, where most room is left for their rows; single rows fill what is left. Where a stratum
would have no row in the first split, its smallest group is placed there before all others.
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
    by_size = np.lexsort([heads, order[heads], -sizes])
    first: list[int] = []  # groups of strata that would have no row in the first split
    while True:
        placed, room = splits.copy(), wanted.copy()
        for number in first:
            _put(members[number], 0, numbers, room, placed)
        rest = by_size[~np.isin(by_size, first)]
        for number in rest[sizes[rest] > 1].tolist():
            cells = np.bincount(numbers[members[number]], minlength=len(names))
            _put(members[number], _roomiest(cells, room, shares), numbers, room, placed)
        _fill(heads[rest[sizes[rest] == 1]], numbers, room, placed)
        there = np.unique(numbers[taking & (placed == 0)])
        lacking = np.setdiff1d(numbers[free], there)
        more = _smallest(lacking, numbers[free], of_group, by_size) if len(there) else by_size[-1:]
        more = np.setdiff1d(more, first)
        if not len(more):
            splits[:] = placed
            return found
        first += more.tolist()


def _put(rows: Ints, split: int, numbers: Ints, room: Ints, splits: Ints) -> None:
    splits[rows] = split
    room[:, split] -= np.bincount(numbers[rows], minlength=len(room))


def _smallest(strata: Ints, of_rows: Ints, of_group: Ints, by_size: Ints) -> Ints:
    """The smallest group with a row of each of some strata."""
    ranks = np.empty_like(by_size)
    ranks[by_size[::-1]] = np.arange(len(by_size))
    order = np.lexsort((ranks[of_group], of_rows))
    known, firsts = np.unique(of_rows[order], return_index=True)
    smallest: Ints = of_group[order[firsts[np.searchsorted(known, strata)]]]
    return smallest


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
