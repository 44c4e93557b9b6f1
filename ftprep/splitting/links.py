"""Which rows belong together: equal rows, one prompt, one conversation or customer, one value of --group-by.

A link is a key that several rows have. Rows with one key are never in two splits.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ftprep.engine.table import Table
from ftprep.rules.leakage.shared_entity import FEW_VALUES, ROWS_EACH
from ftprep.splitting.rows import Rows, entries_of
from ftprep.tasks.entities import ENTITIES
from ftprep.tasks.splits import MANY_ROWS
from ftprep.text.snippet import quote

Ints = NDArray[np.int64]
Words = NDArray[np.uint64]


class Kind(NamedTuple):
    """One kind of link: how a reason says it, the rule that speaks about such rows in two splits, and how many rows a
    key may have (0: any number): a prompt of more rows is a standing phrase."""

    said: str
    code: str
    most: int = 0


@dataclass(frozen=True, slots=True)
class Links:
    """Which keys rows have. Entry i is row ``rows[i]``, of kind ``kinds[kind[i]]`` with number ``keys[i]``.

    Sorted by row. Only keys that at least two rows have are in it; ``count`` is the number of distinct keys.
    """

    rows: Ints
    keys: Ints
    kind: NDArray[np.uint8]
    kinds: tuple[Kind, ...]
    count: int

    def by_row(self) -> Iterator[tuple[int, list[tuple[int, int]]]]:
        """Each row that has links, ascending, with its (key, kind) pairs."""
        if not len(self.rows):
            return
        bounds = np.flatnonzero(np.diff(self.rows, prepend=-1))
        keys, kinds = self.keys.tolist(), self.kind.tolist()
        ends = np.append(bounds[1:], len(self.rows)).tolist()
        for start, end in zip(bounds.tolist(), ends, strict=True):
            yield int(self.rows[start]), list(zip(keys[start:end], kinds[start:end], strict=True))


WHOLE = Kind("same row as", "LEK001")
PROMPT = Kind("same prompt as", "LEK001", MANY_ROWS)
NEAR = Kind("near-duplicate of", "LEK002")


def make_links(rows: Rows, group_by: Sequence[str], near: Sequence[tuple[Ints, Ints]] = ()) -> Links:
    """Join all kinds of links. ``near`` are pairs of similar rows, each list a kind of its own."""
    table = rows.table
    everything = np.arange(len(table), dtype=np.int64)
    parts: list[tuple[Kind, Ints, Words]] = [(WHOLE, everything, table["whole"])]
    asked = np.flatnonzero(table["prompt"])
    parts.append((PROMPT, asked, table["prompt"][asked]))
    for number, pointer in enumerate(group_by):
        column = table[f"group_{number}"]
        having = np.flatnonzero(column)
        parts.append((Kind(f"same {quote(pointer)} as", "LEK003"), having, column[having]))
    parts += _entity_links(rows)
    for first, second in near:
        pairs = np.arange(len(first), dtype=np.uint64)
        parts.append((NEAR, np.concatenate([first, second]), np.concatenate([pairs, pairs])))
    return _joined(parts)


def _entity_links(rows: Rows) -> Iterator[tuple[Kind, Ints, Words]]:
    """Columns that name one thing, as LEK003 compares them; not those that name a source or count the rows."""
    entities = rows.entities
    if not len(entities):
        return
    entries = entries_of(rows.table, entities)
    for column in np.unique(entities["column"]).tolist():
        mine = np.flatnonzero(entities["column"] == column)
        values = entities["value"][mine]
        distinct = len(np.unique(values))
        if distinct <= FEW_VALUES and len(mine) >= ROWS_EACH * distinct:
            continue
        if not _counts_rows(entities, mine):
            yield Kind(f"same `{ENTITIES[column]}` as", "LEK003"), entries[mine], values


def _counts_rows(entities: Table, mine: Ints) -> bool:
    """Whether every file counts its rows in this column, from whatever number on."""
    files = entities["file"][mine]
    for file in np.unique(files).tolist():
        numbers = entities["number"][mine][files == file]
        distinct = len(np.unique(numbers))
        if numbers.min() < 0 or distinct != len(numbers) or numbers.max() - numbers.min() >= 2 * distinct:
            return False
    return True


def _joined(parts: Sequence[tuple[Kind, Ints, Words]]) -> Links:
    all_rows, all_keys, all_kinds = [], [], []
    count = 0
    for number, (_, rows, keys) in enumerate(parts):
        _, numbers, sizes = np.unique(keys, return_inverse=True, return_counts=True)
        shared = sizes > 1
        renamed = np.cumsum(shared) - 1 + count
        chosen = shared[numbers]
        all_rows.append(rows[chosen])
        all_keys.append(renamed[numbers[chosen]])
        all_kinds.append(np.full(int(chosen.sum()), number, dtype=np.uint8))
        count += int(shared.sum())
    rows = np.concatenate(all_rows)
    order = np.argsort(rows, kind="stable")
    return Links(
        rows[order],
        np.concatenate(all_keys)[order],
        np.concatenate(all_kinds)[order],
        tuple(kind for kind, _, _ in parts),
        count,
    )
