"""How evenly the labels of a task are spread."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ftprep.record import Ref
from ftprep.tasks.labels import LabelSet, label_set
from ftprep.tasks.split import Task, tasks

if TYPE_CHECKING:
    from ftprep.engine.engine import Engine
    from ftprep.engine.table import Table

LEAST_ROWS = 50  # below this, shares are noise
SOLID = 10  # rows of a label that count it as one of the task's


class Balance(NamedTuple):
    """The labels of one task in numbers. ``entropy`` is in bits; ``effective`` is how many even labels have as much.

    ``majority`` is the share of the commonest label: the accuracy of a constant guess.
    """

    task: Task
    labels: LabelSet
    entropy: float
    effective: float
    majority: float

    @property
    def solid(self) -> NDArray[np.int64]:
        """Counts of the labels with at least ten rows, the commonest first."""
        counts: NDArray[np.int64] = self.labels.counts[self.labels.counts >= SOLID]
        return counts

    @property
    def ratio(self) -> float:
        """Rows of the commonest label per row of the rarest, among the solid ones; 1 where there are fewer than two."""
        solid = self.solid
        return float(solid[0] / solid[-1]) if len(solid) > 1 else 1.0

    def data(self) -> dict[str, object]:
        """The numbers for machines."""
        counts = self.labels.counts.tolist()
        return {
            "labels": len(counts),
            "rows": sum(counts),
            "largest": counts[:3],
            "smallest": counts[-3:],
            "majority": round(self.majority, 4),
            "entropy_bits": round(self.entropy, 3),
            "effective_labels": round(self.effective, 2),
            "split": self.task.split,
        }


def balances(table: Table, engine: Engine) -> list[Balance]:
    """The balance of each task with at least two labels, which are no option letters. Worked out once."""
    return table.once("balances", lambda: list(_balances(table, engine)))


def _balances(table: Table, engine: Engine) -> Iterator[Balance]:
    for task in tasks(table, engine):
        labels = label_set(table, task)
        if labels is None or labels.choice or len(labels.labels) < 2 or len(task.rows) < LEAST_ROWS:
            continue
        shares = labels.counts / labels.counts.sum()
        entropy = float(-(shares * np.log2(shares)).sum())
        yield Balance(task, labels, entropy, math.pow(2, entropy), float(shares[0]))


def example_of(table: Table, task: Task, label: int) -> Ref:
    """The first row of a task whose answer has a canonical hash."""
    rows = task.rows[table["answer"][task.rows] == np.uint64(label)]
    return table.ref(int(rows[0]))


def words_of(table: Table, engine: Engine, task: Task, labels: list[int]) -> list[str]:
    """Labels as they are written in the first row of each."""
    from ftprep.tasks.kinds import stripped
    from ftprep.tasks.voices import voice

    refs = [example_of(table, task, label) for label in labels]
    records = engine.records(refs)
    return [stripped(voice(records[ref]).answer) if ref in records else "" for ref in refs]
