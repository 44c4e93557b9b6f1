"""Whether similar rows teach the same, by their words: rows are read again, a few thousand at a time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from ftprep.near.difference import Sides, same_example, sides_of

if TYPE_CHECKING:
    from ftprep.engine.engine import Engine
    from ftprep.engine.table import Table
    from ftprep.near.clusters import Near
    from ftprep.near.facts import Scope
    from ftprep.near.words import Ints


class Judge:
    """Reads rows of ``near`` when called, and returns what says of two of them whether they teach the same.

    ``scopes`` says what is compared, and ``levels`` which of them holds for each row; without it the first. ``sides``
    are the words of the rows that were read last.
    """

    def __init__(
        self, near: Near, table: Table, engine: Engine, scopes: Sequence[Scope], levels: Ints | None = None
    ) -> None:
        self._near, self._table, self._engine = near, table, engine
        self._scopes, self._levels = scopes, levels
        self.sides: dict[int, Sides] = {}

    def __call__(self, rows: Ints) -> Callable[[int, int], bool]:
        refs = self._table.refs(self._near.entries[rows])
        levels = [0] * len(rows) if self._levels is None else self._levels[rows].tolist()
        records = self._engine.records(refs)
        self.sides = sides = {
            row: sides_of(records[ref], self._scopes[level])
            for row, ref, level in zip(rows.tolist(), refs, levels, strict=True)
            if ref in records
        }
        return lambda kept, row: kept in sides and row in sides and same_example(sides[kept], sides[row])
