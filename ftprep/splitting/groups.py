"""Groups of rows that must not be parted, found in reading order.

A row joins the groups of all earlier rows that it has a key with. Where two of these groups already stand in two
splits, the row can be in neither and is left out: so what was placed before never moves.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ftprep.splitting.links import Kind, Links

Ints = NDArray[np.int64]

NOWHERE = -1


class Left(NamedTuple):
    """Why a row is in no split: it has keys in common with the rows ``entries``, which are in ``splits``."""

    kinds: tuple[Kind, ...]
    entries: tuple[int, ...]
    splits: tuple[int, ...]


@dataclass(slots=True)
class Groups:
    """``of`` names the group of each row by one of its rows; ``splits`` is where each row stands, or NOWHERE yet."""

    of: Ints
    splits: Ints
    left: dict[int, Left]


def find_groups(
    links: Links, starts: Ints, fixed: Mapping[int, int], out: NDArray[np.bool_], closed: int = NOWHERE
) -> Groups:
    """Group rows. ``starts`` is the split in which a group begins that row i is the first of (NOWHERE: none yet).

    ``fixed`` rows have a split whatever they are linked to, and come before all others. The split ``closed`` takes no
    further row: what is linked to it is left out. Rows of ``out`` take no part.
    """
    splits = starts.copy()
    for row, split in fixed.items():
        splits[row] = split
    parents: dict[int, int] = {}
    first_with: dict[int, int] = {}
    counts: dict[int, int] = {}
    most = [kind.most for kind in links.kinds]
    left: dict[int, Left] = {}

    def root(row: int) -> int:
        above = parents.get(row, row)
        while above != row:
            parents[row] = parents.get(above, above)
            row, above = above, parents.get(above, above)
        return row

    linked: Iterable[tuple[int, list[tuple[int, int]]]] = links.by_row()
    if fixed:
        linked = sorted(linked, key=lambda one: one[0] not in fixed)
    for row, keys in linked:
        if out[row]:
            continue
        partners: list[tuple[int, int]] = []
        for key, kind in keys:
            if most[kind]:
                count = counts.get(key, 0)
                if count >= most[kind]:  # a standing phrase: the rows beyond stand alone
                    continue
                counts[key] = count + 1
            partner = first_with.get(key)
            if partner is not None:
                partners.append((root(partner), kind))
        places = {int(splits[one]) for one, _ in partners if splits[one] != NOWHERE}
        if row not in fixed and (len(places) > 1 or closed in places):
            left[row] = _why(partners, splits, links)
            splits[row] = NOWHERE
            continue
        for key, _ in keys:
            first_with.setdefault(key, row)
        if row in fixed or not partners:
            continue
        head = min(one for one, _ in partners)
        splits[head] = places.pop() if places else NOWHERE
        for one, _ in partners:
            parents[one] = head
        parents[row] = head
    of = np.arange(len(starts), dtype=np.int64)
    for row in list(parents):
        of[row] = root(row)
    joined = of != np.arange(len(of))
    splits[joined] = splits[of[joined]]
    return Groups(of, splits, left)


def _why(partners: Sequence[tuple[int, int]], splits: Ints, links: Links) -> Left:
    """One partner in each split, the first that was found."""
    by_split: dict[int, tuple[int, int]] = {}
    for partner, kind in partners:
        if splits[partner] != NOWHERE:
            by_split.setdefault(int(splits[partner]), (partner, kind))
    chosen = sorted(by_split.items())
    return Left(
        tuple(links.kinds[kind] for _, (_, kind) in chosen),
        tuple(partner for _, (partner, _) in chosen),
        tuple(split for split, _ in chosen),
    )
