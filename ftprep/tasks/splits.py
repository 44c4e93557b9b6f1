"""What rows of two splits are compared by, and which of two rows has to go."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from ftprep.formats import columns as c
from ftprep.tasks.facts import Ints, folded_words, last_exchange, prompt_keys
from ftprep.text.hashing import Words, folded_hashes, identity_hashes, row_keys

if TYPE_CHECKING:
    from ftprep.engine.engine import Engine
    from ftprep.engine.table import Table
    from ftprep.inputs import Input
    from ftprep.shard import Shard

ROLES: Mapping[str | None, int] = {"train": 0, "validation": 1, "test": 2}
"""The order of splits: a row in two of them is to leave the later one. Files of no known split are not compared."""

Level = Literal["row", "prompt"]

MANY_ROWS = 20  # a prompt of more rows is a standing phrase, whose answers are what is learnt and tested
LEAST_PROMPT_BYTES = 20  # what is shorter (a greeting, a word to be classified) is asked twice by chance


def overlap_columns(shard: Shard) -> Mapping[str, Any] | None:
    """For each sound row the two halves of its key, and the hash of its prompt (0: none that tells anything)."""
    rows = np.flatnonzero((np.frombuffer(bytes(shard.state), dtype=np.uint8) == 0) & (shard.ends > shard.firsts))
    if not len(rows):
        return None
    folded = row_keys(shard, folded_hashes(shard), identity_hashes(shard))
    return {"row": rows, "folded_0": folded[0][rows], "folded_1": folded[1][rows], "prompt": _prompts(shard)[rows]}


def _prompts(shard: Shard) -> Words:
    assert shard.format is not None
    if shard.format.method == "language-modeling":
        return np.zeros(len(shard), dtype=np.uint64)
    answer, request = shard.once(last_exchange)
    ends = answer if shard.format.method == "sft" else shard.ends.astype(np.int64)
    if shard.format.method not in ("sft", "rft", "prompt-only"):
        request = np.full(len(shard), -1, dtype=np.int64)  # the prompt's edges count: there is no answer to look from
    keys = prompt_keys(shard, ends, request, folded_words(shard, request))
    asked = (shard.codes & c.ROLE_MASK != c.SYSTEM) & (shard.codes & c.SIDE_MASK == c.PROMPT)
    asked &= (shard.codes & c.KIND_MASK != c.TOOLS) & (np.arange(len(shard.values)) < ends[shard.owners])
    long = shard.sum_by_row(np.where(asked, shard.lengths, 0)) >= LEAST_PROMPT_BYTES
    return np.where(long & (ends >= 0), keys, np.uint64(0))


def overlapping(rows: Table, engine: Engine) -> list[tuple[Level, Ints, Ints]]:
    """Groups of rows of one dataset that are equal, or whose prompts are, and which members an earlier split has.

    ``rows`` has the columns of :func:`overlap_columns`, ``dataset`` and ``split``. A row that is reported as a whole is
    not reported for its prompt.
    """
    told = np.zeros(len(rows), dtype=np.bool_)

    def whole(group: Ints) -> Iterator[tuple[Level, Ints, Ints]]:
        late = later_rows(rows["split"][group])
        told[group[late]] = True
        yield "row", group, late

    def prompts(group: Ints) -> Iterator[tuple[Level, Ints, Ints]]:
        if len(group) <= MANY_ROWS and rows["prompt"][group[0]]:
            late = later_rows(rows["split"][group])
            yield "prompt", group, late[~told[group[late]]]

    found = list(engine.group_by(rows, ["folded_0", "folded_1", "dataset"], whole))
    return found + list(engine.group_by(rows, ["prompt", "dataset"], prompts))


def dataset_numbers(inputs: Sequence[Input]) -> Ints:
    """The number of each input's dataset; -1 for inputs of no known split."""
    names = sorted({one.dataset for one in inputs})
    return np.array([names.index(one.dataset) if one.split in ROLES else -1 for one in inputs], dtype=np.int64)


def sets_of_files(inputs: Sequence[Input]) -> Ints:
    """For each input a number that it shares with the files of its dataset that have its format.

    Files belong together where configuration says so, or where each is of a known split.
    """
    keys: list[tuple[str, ...]] = [
        (one.dataset, one.detection.format or "") if one.dataset or one.split in ROLES else ("", "", str(number))
        for number, one in enumerate(inputs)
    ]
    names = sorted(set(keys))
    return np.array([names.index(key) for key in keys], dtype=np.int64)


def split_numbers(inputs: Sequence[Input]) -> Ints:
    """The place of each input's split in :data:`ROLES`; -1 for none."""
    return np.array([ROLES.get(one.split, -1) for one in inputs], dtype=np.int64)


def later_rows(splits: NDArray[np.int64]) -> Ints:
    """Of rows that are equal, the places of those that a row of an earlier split has; ``splits`` are their splits."""
    return np.flatnonzero(splits > splits.min())
