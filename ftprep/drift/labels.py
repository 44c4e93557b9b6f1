"""Whether the labels of a task have the shares that they have in production."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ftprep.drift.exchanges import sample
from ftprep.drift.lengths import LEAST_ROWS, chi_square_999
from ftprep.engine.table import REF_COLUMNS, Table
from ftprep.tasks.kinds import CLOSED
from ftprep.tasks.labels import CLOSED_SHARE, label_set
from ftprep.tasks.split import Task, split_rows

Ints = NDArray[np.int64]
Hashes = NDArray[np.uint64]

LEAST_EXPECTED = 5.0  # rows of a label on either side; labels with fewer are one
_SURE = 3.29  # standard errors of a share that moved, at one in a thousand


class LabelShift(NamedTuple):
    """The labels of one task here and in production.

    ``labels`` are canonical hashes, those that moved most first; ``counts`` and ``reference`` are the rows of each.
    ``beyond`` is the total variation less what samples of one distribution have by chance. ``examples`` are entries of
    the joined table: of each label the first row here, or in production where it is only there (``first`` and on).
    """

    labels: Hashes
    counts: Ints
    reference: Ints
    variation: float
    beyond: float
    sure: bool
    examples: Ints

    @property
    def shares(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """The share of each label here, and in production."""
        return self.counts / self.counts.sum(), self.reference / self.reference.sum()


def joined(table: Table, rows: Ints, production: Table) -> tuple[Table, int]:
    """A sample of the answers of ``rows``, followed by those of production, and the number of the first of these."""
    keys = table["context"] ^ table["surface"]
    drawn = sample(keys, table["line"].astype(np.int64), rows)
    names = [name for name in table.columns if name in production.columns]
    columns = {name: np.concatenate([table[name][drawn], production[name]]) for name in names}
    assert set(REF_COLUMNS) <= set(columns)
    return Table(columns), len(drawn)


def label_shifts(both: Table, first: int) -> Iterator[LabelShift]:
    """The tasks of a joined table whose answers are labels on both sides. Rows from ``first`` on are production's."""
    closed = np.isin(both["kind"], [int(kind) for kind in CLOSED])
    for parts in split_rows(both, np.arange(len(both), dtype=np.int64)):
        rows = np.sort(np.concatenate(parts))
        here, there = rows[rows < first], rows[rows >= first]
        if min(len(here), len(there)) < LEAST_ROWS:
            continue
        if min(closed[here].mean(), closed[there].mean()) < CLOSED_SHARE:
            continue
        labels = label_set(both, Task(rows, "", parts=tuple(parts)))
        if labels is None or labels.choice:
            continue
        yield _shift(both["answer"], rows, here, there)


def _shift(answers: Hashes, rows: Ints, here: Ints, there: Ints) -> LabelShift:
    labels, first, numbers = np.unique(answers[rows], return_index=True, return_inverse=True)
    inside = rows < (there[0] if len(there) else 0)
    counts = np.bincount(numbers[inside], minlength=len(labels)).astype(np.int64)
    reference = np.bincount(numbers[~inside], minlength=len(labels)).astype(np.int64)
    n, m = len(here), len(there)
    moved = counts / n - reference / m
    pooled = (counts + reference) / (n + m)
    chance = 0.5 * float(np.sqrt(2 / math.pi * pooled * (1 / n + 1 / m)).sum())
    variation = 0.5 * float(np.abs(moved).sum())
    order = np.lexsort((labels, -counts, -np.abs(moved).round(9)))
    return LabelShift(
        labels[order],
        counts[order],
        reference[order],
        variation,
        variation - chance,
        _is_sure(counts, reference),
        rows[first[order]],
    )


def largest_move(shift: LabelShift) -> float:
    """The share by which the label that moved most did, if more than samples of one distribution do; else 0."""
    shares, wanted = (one[0] for one in shift.shares)
    n, m = shift.counts.sum(), shift.reference.sum()
    pooled = (shift.counts[0] + shift.reference[0]) / (n + m)
    error = math.sqrt(max(pooled * (1 - pooled), 0.0) * (1 / n + 1 / m))
    move = float(shares - wanted)
    return move if abs(move) > _SURE * error else 0.0


def _is_sure(counts: Ints, reference: Ints) -> bool:
    """The G test at one in a thousand. Labels that are too rare on a side for it count as one."""
    both = np.stack([counts, reference]).astype(np.float64)
    expected = both.sum(1, keepdims=True) * both.sum(0, keepdims=True) / both.sum()
    common = expected.min(0) >= LEAST_EXPECTED
    pooled = np.concatenate([both[:, common], both[:, ~common].sum(1, keepdims=True)], axis=1)
    pooled = pooled[:, pooled.sum(0) > 0]
    expected = pooled.sum(1, keepdims=True) * pooled.sum(0, keepdims=True) / pooled.sum()
    met = pooled > 0
    g = 2 * float((pooled[met] * np.log(pooled[met] / expected[met])).sum())
    return pooled.shape[1] > 1 and g > chi_square_999(pooled.shape[1] - 1)
