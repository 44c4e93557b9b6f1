"""From a table of sets to clusters of rows: which rows are near-duplicates of an earlier row that is kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ftprep.engine.table import REF_COLUMNS
from ftprep.near.join import Engine, join, merged
from ftprep.near.shingles import CLASSES, Sets, make_sets
from ftprep.near.similarity import similarities
from ftprep.near.survivors import SLACK, frame_of, peel
from ftprep.near.words import GOLDEN, Hashes, Ints, mixed

if TYPE_CHECKING:
    from ftprep.engine.table import Table

FRAME_ROWS = 200
FRAME_SHARE = 0.02
GROUP_ROWS = 4_000  # rows whose texts are in memory at a time
MOST_TRIES = 12  # kept rows that one row is compared with word by word; rows of one template have many in common
_MOST_LEADERS = 400  # of one group


class Pair(NamedTuple):
    """A row and the kept row that it nearly repeats, as entries of the table."""

    kept: int
    row: int
    similarity: float


class Near(NamedTuple):
    """Groups of rows linked by similar pairs, as lists of row numbers, and what is needed to compare their rows.

    ``entries`` is the first entry of the table of each row, ``places`` the set of each row and class among ``sets``, or
    -1. ``frame`` is the number of shingles that weigh nothing, ``left_out`` that of candidates beyond the budget.
    """

    groups: list[Ints]
    entries: Ints
    places: NDArray[np.int64]
    sets: Sets
    frame: int
    left_out: int


def find_groups(
    table: Table, apart: Hashes, spare: NDArray[np.bool_], ranks: Ints, threshold: float, engine: Engine
) -> Near:
    """Groups of similar rows. ``ranks`` orders the files; the first row of a group comes first by it.

    Entries with different numbers in ``apart`` share nothing, and those in ``spare`` are left out. A row whose entries
    have different numbers in a column ``scope`` counts as one row for each.
    """
    column = table.ragged["shingles"]
    sets = make_sets(column.sizes, column.values)
    row_of = np.cumsum(_starts(table)) - 1
    count = int(row_of[-1]) + 1 - len(np.unique(row_of[spare]))
    frame = frame_of(sets.hashes, max(FRAME_ROWS, int(FRAME_SHARE * count)))
    weightless = int(frame.sum())
    salts = mixed(table["salt"] ^ (apart + np.uint64(1)) * GOLDEN)
    chosen, left = peel(sets, frame, salts, threshold, ~spare)
    del frame, sets
    order = np.argsort(ranks[table["file"][chosen]], kind="stable")  # and in reading order within each file
    chosen, left = chosen[order], left.chosen(order)
    joined = join(left, threshold, engine)
    _, entries, numbers = np.unique(row_of[chosen], return_index=True, return_inverse=True)
    by_rank = np.argsort(entries, kind="stable")  # rows in the order of ranks, not of reading
    renamed = np.empty_like(by_rank)
    renamed[by_rank] = np.arange(len(by_rank))
    numbers, entries = renamed[numbers], entries[by_rank]
    groups = np.arange(len(entries), dtype=np.int64)
    groups = merged(groups, numbers, numbers[joined.groups])
    places = np.full((len(entries), CLASSES), -1, dtype=np.int64)
    places[numbers, table["class"][chosen]] = np.arange(len(chosen))
    members = np.argsort(groups, kind="stable")
    cuts = np.flatnonzero(np.diff(groups[members])) + 1
    found = [one for one in np.split(members, cuts) if len(one) > 1]
    return Near(found, chosen[entries], places, left, weightless, joined.left_out)


def _starts(table: Table) -> NDArray[np.bool_]:
    """Which entries are the first of their row."""
    first = np.ones(len(table), dtype=np.bool_)
    first[1:] = False
    for name in (*REF_COLUMNS, "scope"):
        if name in table.columns:
            first[1:] |= table[name][1:] != table[name][:-1]
    return first


def repeated(table: Table, key: Hashes) -> NDArray[np.bool_]:
    """Which entries are of rows that have the key of an earlier row."""
    order = np.argsort(key, kind="stable")
    bounds = np.ones(len(order), dtype=np.bool_)
    bounds[1:] = key[order][1:] != key[order][:-1]
    firsts = np.empty(len(order), dtype=np.int64)
    firsts[order] = order[np.maximum.accumulate(np.where(bounds, np.arange(len(order)), 0))]
    row_of = np.cumsum(_starts(table)) - 1
    found: NDArray[np.bool_] = row_of[firsts] != row_of
    return found


def content_keys(table: Table, apart: Hashes) -> Hashes:
    """A key per entry that equal rows share if their numbers in ``apart`` are equal, too."""
    return mixed(table["folded_0"] ^ mixed(table["folded_1"]) ^ (apart + np.uint64(1)) * GOLDEN)


def settle(
    near: Near, threshold: float, read: Callable[[Ints], Callable[[int, int], bool]]
) -> Iterator[tuple[Ints, list[Pair]]]:
    """The pairs of each group: every row with the first kept row that is similar enough and teaches the same.

    ``read`` reads some rows and returns what judges two of them by their texts.
    """
    batch: list[Ints] = []
    for group in near.groups:
        batch.append(group)
        if sum(map(len, batch)) >= GROUP_ROWS:
            yield from _settle(near, batch, threshold, read)
            batch = []
    if batch:
        yield from _settle(near, batch, threshold, read)


def _settle(
    near: Near, batch: Sequence[Ints], threshold: float, read: Callable[[Ints], Callable[[int, int], bool]]
) -> Iterator[tuple[Ints, list[Pair]]]:
    same = read(np.concatenate(batch))
    pairs: list[list[Pair]] = [[] for _ in batch]
    waiting = [group.tolist() for group in batch]
    tries = {row: 0 for group in waiting for row in group}
    for _ in range(_MOST_LEADERS):
        open_ = [(number, group[0], group[1:]) for number, group in enumerate(waiting) if len(group) > 1]
        if not open_:
            break
        left = np.concatenate([np.full(len(rest), head) for _, head, rest in open_])
        right = np.concatenate([np.array(rest) for *_, rest in open_])
        values = iter(row_similarities(near, left, right).tolist())
        for number, head, rest in open_:
            still = []
            for row in rest:
                value = next(values)
                if value < threshold - SLACK:
                    still.append(row)
                elif same(head, row):
                    pairs[number].append(Pair(head, row, value))
                else:
                    tries[row] += 1
                    if tries[row] < MOST_TRIES:
                        still.append(row)
            waiting[number] = still
    yield from zip(batch, pairs, strict=True)


def row_similarities(near: Near, left: Ints, right: Ints) -> NDArray[np.float64]:
    """The similarity of rows: that of their sets of one class, the highest where they have several."""
    best = np.zeros(len(left), dtype=np.float64)
    for kind in range(CLASSES):
        one, other = near.places[left, kind], near.places[right, kind]
        both = np.flatnonzero((one >= 0) & (other >= 0))
        best[both] = np.maximum(best[both], similarities(near.sets, one[both], other[both]))
    return best
