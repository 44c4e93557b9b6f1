"""What every engine offers: two verbs, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from ftprep.engine.table import Table
    from ftprep.inputs import Input
    from ftprep.record import Record, Ref
    from ftprep.shard import Shard

T = TypeVar("T")
Group = NDArray[np.int64]


class Engine(Protocol):
    """Runs functions over shards and over groups of rows. The same findings come out of every engine."""

    @property
    def inputs(self) -> Sequence[Input]:
        """The inputs of the run, by file number."""

    def records(self, refs: Iterable[Ref]) -> dict[Ref, Record]:
        """Read some rows again, to see the texts behind the numbers of a table. Rows without a format are left out."""

    def map_shards(self, function: Callable[[Shard], T]) -> Iterator[tuple[int, T]]:
        """Call ``function`` (picklable, without state) on every shard; yield (lines before, result) in reading order.

        Lines before is what must be added to the lines of a result to make them lines of the file.
        """

    def group_by(self, table: Table, keys: Sequence[str], function: Callable[[Group], Iterator[T]]) -> Iterator[T]:
        """Call ``function`` on the entry numbers of each group of ≥ 2 rows with equal keys, by first member."""


def groups(table: Table, keys: Sequence[str]) -> list[Group]:
    """Groups of at least two entries with equal ``keys``; members ascend, groups are in order of their first."""
    if len(table) < 2:
        return []
    columns: list[NDArray[Any]] = [table[key] for key in keys]
    order = np.lexsort(columns[::-1])  # stable: entries of a group keep reading order
    same = np.ones(len(order) - 1, dtype=np.bool_)
    for column in columns:
        ordered = column[order]
        same &= ordered[1:] == ordered[:-1]
    bounds = np.flatnonzero(np.diff(np.concatenate(([False], same, [False])).astype(np.int8)))
    found = [order[start : end + 1] for start, end in zip(bounds[::2], bounds[1::2], strict=True)]
    return sorted(found, key=lambda group: int(group[0]))
