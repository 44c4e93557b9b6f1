"""Pairs of near-duplicates, of whole rows or of prompts, as LEK002 compares them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ftprep.engine.inspection import with_references
from ftprep.engine.table import Table, TableBuilder
from ftprep.near.across import LEVELS, both_columns, settle_across
from ftprep.near.clusters import content_keys, find_groups, repeated
from ftprep.near.judge import Judge
from ftprep.near.words import GOLDEN, mixed
from ftprep.splitting.rows import Rows, entries_of
from ftprep.tasks.splits import MANY_ROWS

if TYPE_CHECKING:
    from ftprep.engine.local import LocalEngine
    from ftprep.engine.table import Column
    from ftprep.shard import Shard

Ints = NDArray[np.int64]

THRESHOLD = 0.8


def near_pairs(engine: LocalEngine, rows: Rows, held_from: int) -> Sequence[tuple[Ints, Ints]]:
    """Entries of similar rows: an array of firsts and one of seconds.

    Every row is paired with the row before it that is most like it, files that are held out before all others. Whether
    two rows are alike depends on them and on what very many rows have in common, on nothing else.
    """
    builder = TableBuilder()
    for lines, columns in engine.map_shards(_columns):
        if columns is not None:
            if lines:
                columns["line"] = columns["line"] + lines  # type: ignore[operator]
            builder.add(columns)
    table = builder.build()
    if not len(table):
        return ()
    files = np.arange(len(engine.inputs), dtype=np.int64)
    ranks = np.where(files >= held_from, files - len(files), files)
    apart = table["scope"].astype(np.uint64)
    near = find_groups(table, apart, _spare(table), ranks, THRESHOLD, "minhash")
    judge = Judge(near, table, engine, LEVELS, table["scope"][near.entries])
    # Each row is a split of its own, so that it is compared with all rows before it.
    alone = np.arange(len(near.entries), dtype=np.int64)
    pairs = [(pair.kept, pair.row) for pair in settle_across(near, alone, THRESHOLD, judge)]
    if not pairs:
        return ()
    entries = entries_of(rows.table, table)[near.entries]
    both = entries[np.array(pairs, dtype=np.int64)]
    return [(both[:, 0], both[:, 1])]


def _columns(shard: Shard) -> dict[str, Column] | None:
    columns = both_columns(shard)
    return None if columns is None else with_references(columns, shard)


def _spare(table: Table) -> NDArray[np.bool_]:
    """What other links settle, copies of rows and of prompts; and prompts that tell nothing, or that many rows have."""
    scopes, prompts = table["scope"], table["prompt"]
    spare: NDArray[np.bool_] = (scopes == 0) & repeated(table, content_keys(table, scopes.astype(np.uint64)))
    asked = repeated(table, mixed(prompts ^ scopes.astype(np.uint64) * GOLDEN))
    spare |= (scopes == 1) & (asked | (prompts == 0))
    whole = np.flatnonzero(scopes == 0)
    own, counts = np.unique(prompts[whole], return_counts=True)
    spare |= (scopes == 1) & np.isin(prompts, own[counts > MANY_ROWS])
    return spare
