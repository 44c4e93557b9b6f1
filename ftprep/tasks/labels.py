"""Whether the answers of a task are labels: few, short, and each of them many times.

That is a property of how answers are distributed, never of one answer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ftprep.tasks.kinds import CLOSED, Kind

if TYPE_CHECKING:
    from ftprep.engine.table import Table
    from ftprep.tasks.split import Task

LEAST_PAIRS = 20
CLOSED_SHARE = 0.9  # of the rows whose answer is of a closed kind
REPEATED_SHARE = 0.9  # of the distinct pairs whose answer is seen at least three times
ONCE_SHARE = 0.06  # of the distinct pairs whose answer is seen once: room for typing errors
PAIRS_PER_ANSWER = 6
MEDIAN_WORDS = 4
MOST_NUMBERS = 12  # distinct values of a rating


class LabelSet(NamedTuple):
    """The labels of a task: hashes of canonical answers with the number of rows of each, the commonest first.

    ``choice`` says that the labels are option letters, which mean something else in every row.
    """

    labels: NDArray[np.uint64]
    counts: NDArray[np.int64]
    choice: bool


def label_set(table: Table, task: Task) -> LabelSet | None:
    """The labels of a task; None when its answers are no labels. Worked out once."""
    return table.once(f"labels {task.split} {int(task.rows[0])}", lambda: _label_set(table, task))


def _label_set(table: Table, task: Task) -> LabelSet | None:
    rows = task.rows
    kinds, answers = table["kind"][rows], table["answer"][rows]
    if task.rest or len(rows) < LEAST_PAIRS:
        return None
    closed = np.isin(kinds, [int(kind) for kind in CLOSED])
    if closed.mean() < CLOSED_SHARE:
        return None
    pairs = np.unique(np.stack([table["prompt"][rows], answers], axis=1), axis=0)
    labels, seen = np.unique(pairs[:, 1], return_counts=True)
    if len(pairs) < LEAST_PAIRS or len(pairs) < PAIRS_PER_ANSWER * len(labels):
        return None
    if seen[seen >= 3].sum() < REPEATED_SHARE * len(pairs) or np.count_nonzero(seen == 1) > ONCE_SHARE * len(pairs):
        return None
    distinct, first, counts = np.unique(answers, return_index=True, return_counts=True)
    if np.median(table["words"][rows][first]) > MEDIAN_WORDS:
        return None
    common = np.bincount(kinds[closed]).argmax()
    if common == Kind.NUMBER and len(distinct) > MOST_NUMBERS:
        return None
    order = np.lexsort((distinct, -counts))
    return LabelSet(distinct[order], counts[order].astype(np.int64), bool(common == Kind.LETTER))
