"""How evenly the labels of a task are spread."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ftprep.record import Ref
from ftprep.tasks.kinds import stripped
from ftprep.tasks.labels import LabelSet
from ftprep.tasks.split import Task
from ftprep.tasks.subjects import Subject, subjects
from ftprep.tasks.voices import voice_in

if TYPE_CHECKING:
    from ftprep.engine.engine import Engine
    from ftprep.engine.table import Table

LEAST_ROWS = 50  # below this, shares are noise
FIELDS_NAMED = 3  # of one task that have findings of their own; more become one finding
SOLID = 10  # rows of a label that count it as one of the task's


class Balance(NamedTuple):
    """The labels of one task, or of a field of its answers, in numbers.

    ``entropy`` is in bits; ``effective`` is how many even labels have as much.
    ``majority`` is the share of the commonest label: the accuracy of a constant guess.
    """

    subject: Subject
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
            "split": self.subject.task.split,
            **self.subject.data(),
        }


def balances(table: Table, engine: Engine) -> list[Balance]:
    """The balance of each task with at least two labels, which are no option letters. Worked out once."""
    return table.once("balances", lambda: list(_balances(table, engine)))


def _balances(table: Table, engine: Engine) -> Iterator[Balance]:
    for one in subjects(table, engine):
        labels = one.labels
        if labels.choice or len(labels.labels) < 2 or len(one.task.rows) < LEAST_ROWS:
            continue
        shares = labels.counts / labels.counts.sum()
        entropy = float(-(shares * np.log2(shares)).sum())
        yield Balance(one, labels, entropy, math.pow(2, entropy), float(shares[0]))


def by_task(found: Iterable[Balance]) -> Iterator[list[Balance]]:
    """What is reported together: each by itself, but all fields of a task in one where they are many."""
    fields: dict[int, list[Balance]] = {}
    for one in found:
        if one.subject.field:
            fields.setdefault(one.subject.number, []).append(one)
        else:
            yield [one]
    for group in fields.values():
        yield from [group] if len(group) > FIELDS_NAMED else [[one] for one in group]


def entry_of(table: Table, task: Task, label: int) -> int:
    """The first entry of a task with an answer, given by its canonical hash."""
    return int(task.rows[np.argmax(table["answer"][task.rows] == np.uint64(label))])


def example_of(table: Table, task: Task, label: int) -> Ref:
    """The row of the first entry with an answer."""
    return table.ref(entry_of(table, task, label))


def words_of(table: Table, engine: Engine, task: Task, labels: list[int]) -> list[str]:
    """Labels as they are written in the first row of each."""
    entries = [entry_of(table, task, label) for label in labels]
    refs = [table.ref(entry) for entry in entries]
    records = engine.records(refs)
    return [
        stripped(voice_in(table, entry, records[ref]).answer) if ref in records else ""
        for entry, ref in zip(entries, refs, strict=True)
    ]
