"""Which rows of a dataset are one task: told apart by system prompt, first line or the words that prompts begin with.

Everything is decided by counts over all rows of a split, so that the answer does not depend on how the data was cut.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ftprep.tasks.facts import PREFIXES

if TYPE_CHECKING:
    from ftprep.engine.engine import Engine
    from ftprep.engine.table import Table

Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]

LEAST_ROWS = 20  # of a task; smaller groups are a rest in which rules about labels are silent
SYSTEM_SHARE = 0.8  # of the rows that system prompts with enough rows must cover
SYSTEM_VARIETY = 0.2  # distinct system prompts per row: beyond this the prompt holds data
FRAME_SHARE = 0.8  # of the rows that templates must cover; else natural prompts would be cut into pieces
PREFIX_SHARE = 0.005  # of the rows that a template has at least
SAME_LABELS = 0.6  # Jaccard of the repeated answers of two groups that are one task


class Task(NamedTuple):
    """Rows (entries of the table, ascending) that ask for the same thing. ``rest`` is what belongs to no task.

    ``parts`` are the same rows by template, where several phrasings ask for one thing.
    """

    rows: Ints
    split: str
    rest: bool = False
    parts: tuple[Ints, ...] = ()


def tasks(table: Table, engine: Engine) -> list[Task]:
    """The tasks of all rows of a table of answers, by split, the largest first in each. Worked out once."""
    return table.once("tasks", lambda: _tasks(table, engine))


def _tasks(table: Table, engine: Engine) -> list[Task]:
    splits = [one.split or "" for one in engine.inputs]
    names = sorted(set(splits))
    numbers = np.array([names.index(split) for split in splits], dtype=np.int64)
    by_row = numbers[table["file"]] if len(table) else np.zeros(0, dtype=np.int64)
    found: list[Task] = []
    for number, name in enumerate(names):
        rows = np.flatnonzero(by_row == number)
        if len(rows):
            for parts in split_rows(table, rows):
                group = np.sort(np.concatenate(parts))
                found.append(Task(group, name, len(group) < LEAST_ROWS, tuple(parts)))
    return found


def split_rows(table: Table, rows: Ints) -> list[list[Ints]]:
    """Cut the rows of one split into tasks, each by template; groups that are too small come together as the last."""
    groups: list[Ints] = []
    rest: list[Ints] = []
    for part in _by_system(table, rows):
        for group in _by_template(table, part):
            (groups if len(group) >= LEAST_ROWS else rest).append(group)
    merged = _merge(table, groups)
    merged.sort(key=lambda parts: (-sum(map(len, parts)), min(int(part[0]) for part in parts)))
    if rest:
        merged.append([np.sort(np.concatenate(rest))])
    return merged


def _by_system(table: Table, rows: Ints) -> list[Ints]:
    keys = table["system"][rows]
    groups = list(_groups(keys))
    large = [group for group in groups if len(group) >= LEAST_ROWS]
    covered = sum(map(len, large))
    if len(large) < 2 or covered < SYSTEM_SHARE * len(rows) or len(groups) > SYSTEM_VARIETY * len(rows):
        return [rows]
    small = [group for group in groups if len(group) < LEAST_ROWS]
    parts = [rows[group] for group in large]
    return [*parts, np.sort(rows[np.concatenate(small)])] if small else parts


def _by_template(table: Table, rows: Ints) -> list[Ints]:
    """Rows that share the first line of their request, then rows that share its first words."""
    lines = table["first_line"][rows]
    templated = [group for group in _groups(lines) if len(group) >= LEAST_ROWS and lines[group[0]]]
    left = np.ones(len(rows), dtype=np.bool_)
    parts: list[Ints] = []
    if sum(map(len, templated)) < len(rows):
        for group in templated:
            left[group] = False
            parts.append(rows[group])
    others = rows[left]
    if len(others):
        parts += _by_prefix(table, others)
    return parts


def _by_prefix(table: Table, rows: Ints) -> list[Ints]:
    """Rows by the longest prefix of words that enough rows share, where such prefixes cover nearly all rows."""
    least = max(LEAST_ROWS, int(np.ceil(PREFIX_SHARE * len(rows))))
    frame = np.zeros(len(rows), dtype=np.uint64)
    for name in PREFIXES:  # from short to long: the longest that is common enough stays
        keys = table[name][rows]
        common = _common(keys, least) & (keys != 0)
        frame[common] = keys[common]
    if np.count_nonzero(frame) < FRAME_SHARE * len(rows):
        return [rows]
    return [rows[group] for group in _groups(frame)]


def _merge(table: Table, groups: Sequence[Ints]) -> list[list[Ints]]:
    """Join groups whose repeated answers are nearly the same: the labels behind ten phrasings are one task."""
    answers = [_repeated(table, group) for group in groups]
    merged: list[tuple[set[int], list[Ints]]] = []
    for group, labels in sorted(zip(groups, answers, strict=True), key=lambda one: (-len(one[0]), int(one[0][0]))):
        for known, members in merged:
            if labels and known and len(labels & known) >= SAME_LABELS * len(labels | known):
                members.append(group)
                known |= labels
                break
        else:
            merged.append((set(labels), [group]))
    return [members for _, members in merged]


def _repeated(table: Table, rows: Ints) -> set[int]:
    """Answers that at least three of ``rows`` have; of answers in JSON, which say several things, values of fields."""
    answers = table["answer"][rows]
    if "field" in table.ragged:
        fields, values = table.ragged["field"], table.ragged["field_value"]
        sizes = fields.sizes[rows]
        if sizes.any():
            starts = (np.cumsum(fields.sizes) - fields.sizes)[rows]
            inside = np.arange(int(sizes.sum())) - np.repeat(np.cumsum(sizes) - sizes, sizes)
            places = np.repeat(starts, sizes) + inside
            pairs = fields.values[places] * np.uint64(31) + values.values[places]
            answers = np.concatenate([answers[sizes == 0], pairs])
    distinct, counts = np.unique(answers, return_counts=True)
    return set(distinct[counts >= 3].tolist())


def _common(keys: NDArray[np.uint64], least: int) -> Mask:
    """For each entry, whether at least ``least`` entries have its key."""
    order = np.argsort(keys, kind="stable")
    ordered = keys[order]
    bounds = np.flatnonzero(np.diff(ordered, prepend=ordered[:1])) if len(keys) else np.zeros(0, dtype=np.int64)
    starts = np.concatenate(([0], bounds)).astype(np.int64)
    counts = np.diff(np.append(starts, len(keys)))
    mask = np.zeros(len(keys), dtype=np.bool_)
    mask[order] = np.repeat(counts >= least, counts)
    return mask


def _groups(keys: NDArray[np.uint64]) -> Iterator[Ints]:
    """The entry numbers of each distinct key, ascending, in order of the keys' first entries."""
    if not len(keys):
        return
    order = np.argsort(keys, kind="stable")
    ordered = keys[order]
    cuts = np.flatnonzero(ordered[1:] != ordered[:-1]) + 1
    yield from sorted(np.split(order, cuts), key=lambda group: int(group[0]))
