"""Pairs of similar rows in two splits: each row of a later split with the row of an earlier one most like it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ftprep.engine.table import REF_COLUMNS, Ragged
from ftprep.engine.table import Table as Rows
from ftprep.near.clusters import GROUP_ROWS, MOST_TRIES, Near, Pair, content_keys, repeated, row_similarities
from ftprep.near.facts import Scope, near_columns
from ftprep.near.survivors import SLACK
from ftprep.near.words import GOLDEN, Hashes, Ints, mixed
from ftprep.tasks.splits import MANY_ROWS, ROLES, overlap_columns, overlapping

if TYPE_CHECKING:
    from ftprep.engine.engine import Engine
    from ftprep.engine.table import Table
    from ftprep.shard import Shard

LEVELS: tuple[Scope, Scope] = ("row", "prompt")
"""What is compared between splits, by the numbers in the column ``scope``."""

_MOST_PAIRS = 1 << 18  # of one group; the rows of earlier splits beyond are not compared
_PAIRS_AT_ONCE = 1 << 15  # whose similarities are worked out together; most groups have but a few
_APART = (np.uint64(0), np.uint64(0x5851F42D4C957F2D))  # so that what many prompts share is counted apart


def both_columns(shard: Shard) -> Mapping[str, Any] | None:
    """The columns of :func:`near_columns` for whole rows and for prompts, with the key of each row's prompt."""
    overlap = shard.once(overlap_columns)
    parts = [near_columns(shard, scope) for scope in LEVELS]
    if overlap is None or parts[0] is None or parts[1] is None:
        return None
    prompts = np.zeros(len(shard), dtype=np.uint64)
    prompts[overlap["row"]] = overlap["prompt"]
    joined: dict[str, Any] = {
        name: np.concatenate([part[name] for part in parts if part])
        for name in ("row", "class", "salt", "folded_0", "folded_1")
    }
    shingles = [part["shingles"] for part in parts if part]
    sizes = np.concatenate([one.sizes for one in shingles])
    values = np.concatenate([one.values ^ apart for one, apart in zip(shingles, _APART, strict=True)])
    scopes = np.repeat(np.arange(2, dtype=np.uint8), [len(one.sizes) for one in shingles])
    return joined | {"scope": scopes, "prompt": prompts[joined["row"]], "shingles": Ragged(sizes, values)}


def not_compared(table: Table, datasets: Ints, splits: Ints, engine: Engine) -> NDArray[np.bool_]:
    """The entries of files of no known split, of rows that LEK001 reports, and of copies within a split.

    And of prompts that tell nothing, because they are short or those of many rows.
    """
    scopes, prompts = table["scope"], table["prompt"]
    whole = np.flatnonzero((scopes == 0) & (splits >= 0))
    row_keys = _row_keys(table)
    firsts = whole[np.concatenate((np.ones(min(len(whole), 1), np.bool_), row_keys[whole][1:] != row_keys[whole][:-1]))]
    names = (*REF_COLUMNS, "folded_0", "folded_1", "prompt")
    columns = {name: table[name][firsts] for name in names}
    rows = Rows({**columns, "dataset": datasets[firsts], "split": splits[firsts]})
    told = np.zeros(len(rows), dtype=np.bool_)
    for _, group, late in overlapping(rows, engine):
        told[group[late]] = True
    spare: NDArray[np.bool_] = (splits < 0) | np.isin(row_keys, row_keys[firsts[told]])
    # The first of equal rows and of equal prompts stands for the others of its split.
    places = (datasets * (len(ROLES) + 1) + splits + 1).astype(np.uint64)
    spare |= (scopes == 0) & repeated(table, content_keys(table, places * np.uint64(2) + scopes))
    keys = mixed(prompts ^ (places + np.uint64(1)) * GOLDEN)
    spare |= (scopes == 1) & (repeated(table, mixed(keys ^ scopes.astype(np.uint64))) | (prompts == 0))
    own, counts = np.unique(rows["prompt"], return_counts=True)
    spare |= (scopes == 1) & np.isin(prompts, own[counts > MANY_ROWS])
    return spare


def _row_keys(table: Table) -> Hashes:
    """A number per entry that the entries of one row share."""
    key = np.zeros(len(table), dtype=np.uint64)
    for name in REF_COLUMNS:
        key = mixed(key ^ table[name].astype(np.uint64)) * GOLDEN
    return key


def settle_across(
    near: Near, splits: Ints, threshold: float, read: Callable[[Ints], Callable[[int, int], bool]]
) -> Iterator[Pair]:
    """For each row of a later split that nearly repeats rows of earlier ones, the pair with the most similar of these.

    ``splits`` has the place of each row's split; ``read`` is that of :func:`~ftprep.near.clusters.settle`.
    """
    batch: list[Pair] = []
    rows: set[int] = set()
    for found in _candidates(near, splits, threshold):
        batch += found
        rows.update(row for one in found for row in (one.kept, one.row))
        if len(rows) >= GROUP_ROWS:
            yield from _settle(batch, rows, read)
            batch, rows = [], set()
    if batch:
        yield from _settle(batch, rows, read)


def _candidates(near: Near, splits: Ints, threshold: float) -> Iterator[list[Pair]]:
    """For each row of a later split the most similar rows of earlier ones, row by row, the most similar first."""
    waiting: list[tuple[Ints, Ints]] = []
    pairs = 0
    for group in near.groups:
        of_group = splits[group]
        for split in sorted(set(of_group.tolist()))[1:]:
            late, early = group[of_group == split], group[of_group < split]
            waiting.append((late, early[: max(_MOST_PAIRS // len(late), 1)]))
            pairs += len(waiting[-1][0]) * len(waiting[-1][1])
        if pairs >= _PAIRS_AT_ONCE:
            yield _most_similar(near, waiting, threshold)
            waiting, pairs = [], 0
    if waiting:
        yield _most_similar(near, waiting, threshold)


def _most_similar(near: Near, blocks: Sequence[tuple[Ints, Ints]], threshold: float) -> list[Pair]:
    """The pairs of each block, which has rows and the earlier rows of their group: its similarities are one matrix."""
    rows = np.concatenate([np.repeat(late, len(early)) for late, early in blocks])
    kept = np.concatenate([np.tile(early, len(late)) for late, early in blocks])
    values = row_similarities(near, kept, rows)
    found: list[Pair] = []
    end = 0
    for late, early in blocks:
        start, end = end, end + len(late) * len(early)
        for row, own in zip(late.tolist(), values[start:end].reshape(len(late), len(early)), strict=True):
            order = np.argsort(-own, kind="stable")[:MOST_TRIES]
            order = order[own[order] >= threshold - SLACK]
            found += [Pair(int(early[place]), row, float(own[place])) for place in order.tolist()]
    return found


def _settle(batch: list[Pair], rows: set[int], read: Callable[[Ints], Callable[[int, int], bool]]) -> Iterator[Pair]:
    same = read(np.array(sorted(rows), dtype=np.int64))
    done: set[int] = set()
    for pair in batch:
        if pair.row not in done and same(pair.kept, pair.row):
            done.add(pair.row)
            yield pair
