"""Pairs of near-duplicates, of whole rows or of prompts, as LEK002 compares them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ftprep.engine.inspection import with_references
from ftprep.engine.table import Ragged, Table, TableBuilder
from ftprep.near.across import LEVELS, both_columns
from ftprep.near.clusters import GROUP_ROWS, MOST_TRIES, Near, content_keys, find_groups, row_similarities
from ftprep.near.judge import Judge
from ftprep.near.survivors import SLACK
from ftprep.splitting.rows import Rows, entries_of, place_keys

if TYPE_CHECKING:
    from ftprep.engine.local import LocalEngine
    from ftprep.engine.table import Column
    from ftprep.shard import Shard

Ints = NDArray[np.int64]
Words = NDArray[np.uint64]

THRESHOLD = 0.8
_PAIRS_AT_ONCE = 1 << 18
_MOST_PAIRS = 1 << 22  # of one group; beyond, its rows are compared with the first of them alone


class _Alike(NamedTuple):
    """The similar rows of a group: each ``later`` one, ascending, with ``earlier`` ones, the most similar first."""

    earlier: Ints
    later: Ints


def near_pairs(engine: LocalEngine, rows: Rows, held_from: int, out: NDArray[np.bool_]) -> Sequence[tuple[Ints, Ints]]:
    """Entries of similar rows: an array of firsts and one of seconds.

    Every row is paired with rows before it that are like it, the most similar first, unless earlier pairs link them
    already; files that are held out come before all others. Rows that are ``out`` take no part. Whether two rows are
    alike depends on them and on what very many rows have in common, on nothing else.
    """
    table = _table(engine, place_keys(rows.table.columns)[out])
    if not len(table):
        return ()
    files = np.arange(len(engine.inputs), dtype=np.int64)
    ranks = np.where(files >= held_from, files - len(files), files)
    entries = entries_of(rows.table, table)
    order = entries - np.where(table["file"] >= held_from, len(rows), 0)
    spare = _spare(table, order)
    near = find_groups(table, table["scope"].astype(np.uint64), spare, ranks, THRESHOLD, "minhash")
    judge = Judge(near, table, engine, LEVELS, table["scope"][near.entries])
    pairs = list(_settled(near, judge))
    if not pairs:
        return ()
    both = entries[near.entries][np.array(pairs, dtype=np.int64)]
    return [(both[:, 0], both[:, 1])]


def _table(engine: LocalEngine, out: Words) -> Table:
    """The sets of all rows but those that are out, which do not count in what many have in common either."""
    builder = TableBuilder()
    for lines, columns in engine.map_shards(_columns):
        if columns is None:
            continue
        if lines:
            columns["line"] = columns["line"] + lines  # type: ignore[operator]
        taking = ~np.isin(place_keys(columns), out)
        if not taking.all():
            ragged = {name: column for name, column in columns.items() if isinstance(column, Ragged)}
            plain = {name: column for name, column in columns.items() if not isinstance(column, Ragged)}
            part = Table(plain, ragged).part(taking)
            columns = {**part.columns, **part.ragged}
        builder.add(columns)
    return builder.build()


def _columns(shard: Shard) -> dict[str, Column] | None:
    columns = both_columns(shard)
    return None if columns is None else with_references(columns, shard)


def _spare(table: Table, order: Ints) -> NDArray[np.bool_]:
    """What other links settle: copies of rows and of prompts that come later in ``order``.

    And prompts that tell nothing. Those that very many rows have take part: else more rows could undo a pair.
    """
    scopes, prompts = table["scope"], table["prompt"]
    spare = np.zeros(len(table), dtype=np.bool_)
    whole = np.flatnonzero(scopes == 0)
    spare[whole] = _repeated(content_keys(table, scopes.astype(np.uint64))[whole], order[whole])
    asked = np.flatnonzero(scopes == 1)
    spare[asked] = (prompts[asked] == 0) | _repeated(prompts[asked], order[asked])
    return spare


def _repeated(keys: Words, order: Ints) -> NDArray[np.bool_]:
    """Which entries have the key of a row that comes before theirs in ``order``, the numbers of their rows."""
    by_key = np.lexsort((order, keys))
    begins = np.ones(len(keys), dtype=np.bool_)
    begins[1:] = keys[by_key][1:] != keys[by_key][:-1]
    firsts = order[by_key][np.maximum.accumulate(np.where(begins, np.arange(len(keys)), 0))]
    found = np.zeros(len(keys), dtype=np.bool_)
    found[by_key] = order[by_key] != firsts
    return found


def _settled(near: Near, judge: Judge) -> Iterator[tuple[int, int]]:
    """The pairs, earlier row first, of all groups: many groups are compared, and their texts read, at a time."""
    batch: list[_Alike] = []
    size = 0
    for alike in _alike(near):
        batch.append(alike)
        size += len(alike.later)
        if size >= GROUP_ROWS:
            yield from _read_and_linked(batch, judge)
            batch, size = [], 0
    if batch:
        yield from _read_and_linked(batch, judge)


def _alike(near: Near) -> Iterator[_Alike]:
    """The similar rows of each group that has any."""
    waiting: list[tuple[Ints, Ints]] = []
    size = 0
    for group in near.groups:
        most = max(_MOST_PAIRS // len(group), 1)
        counts = np.minimum(np.arange(len(group)), most)
        later = np.repeat(np.arange(len(group)), counts)
        earlier = np.arange(len(later)) - np.repeat(np.cumsum(counts) - counts, counts)
        waiting.append((group[earlier], group[later]))
        size += len(later)
        if size >= _PAIRS_AT_ONCE:
            yield from _similar(near, waiting)
            waiting, size = [], 0
    if waiting:
        yield from _similar(near, waiting)


def _similar(near: Near, groups: Sequence[tuple[Ints, Ints]]) -> Iterator[_Alike]:
    earlier = np.concatenate([one for one, _ in groups])
    later = np.concatenate([one for _, one in groups])
    values = np.concatenate(
        [
            row_similarities(near, earlier[at : at + _PAIRS_AT_ONCE], later[at : at + _PAIRS_AT_ONCE])
            for at in range(0, len(later), _PAIRS_AT_ONCE)
        ]
    )
    chosen = values >= THRESHOLD - SLACK
    ends = np.cumsum([len(one) for one, _ in groups])
    for start, end in zip([0, *ends[:-1].tolist()], ends.tolist(), strict=True):
        places = start + np.flatnonzero(chosen[start:end])
        if len(places):
            places = places[np.lexsort((earlier[places], -values[places], later[places]))]
            yield _Alike(earlier[places], later[places])


def _read_and_linked(batch: Sequence[_Alike], judge: Judge) -> Iterator[tuple[int, int]]:
    same = judge(np.unique(np.concatenate([rows for alike in batch for rows in (alike.earlier, alike.later)])))
    for alike in batch:
        yield from _linked(alike, same)


def _linked(alike: _Alike, same: Callable[[int, int], bool]) -> Iterator[tuple[int, int]]:
    """The pairs that teach the same, but for those that link what others have linked.

    A row that links two sets of rows may be in neither of their splits, so that it does not make one of them.
    """
    above: dict[int, int] = {}

    def head(row: int) -> int:
        while row in above:
            row = above[row]
        return row

    rows, begins = np.unique(alike.later, return_index=True)
    for later, near in zip(rows.tolist(), np.split(alike.earlier, begins[1:]), strict=True):
        heads: set[int] = set()
        tries = 0
        for earlier in near.tolist():
            if tries < MOST_TRIES and head(earlier) not in heads:
                if same(earlier, later):
                    heads.add(head(earlier))
                    yield earlier, later
                else:
                    tries += 1
        if len(heads) == 1:
            above[later] = heads.pop()
