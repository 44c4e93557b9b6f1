"""Which rows of a dataset are one task: told apart by system prompt, first line or the words that prompts begin with.

Everything is decided by counts over all rows of a split, so that the answer does not depend on how the data was cut.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ftprep.tasks.facts import PREFIXES
from ftprep.tasks.kinds import Kind

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
FEW_ANSWERS = 12  # that the parts of one template have between them, of which some may have fewer
_COMMON_WORDS = [int(kind) for kind in (Kind.YES_NO, Kind.NUMBER)]  # kinds of answers that every question may have


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


class _Group(NamedTuple):
    """Rows with one template. Those of one ``origin`` begin alike, and stand behind one system prompt."""

    rows: Ints
    origin: tuple[int, int]


class _Answers(NamedTuple):
    """Answers that at least three rows of a group have, and which of them say something of what was asked."""

    repeated: set[int]
    telling: set[int]


def split_rows(table: Table, rows: Ints) -> list[list[Ints]]:
    """Cut the rows of one split into tasks, each by template; groups that are too small come together as the last."""
    groups: list[_Group] = []
    rest: list[Ints] = []
    for number, part in enumerate(_by_system(table, rows)):
        for beginning, group in _by_template(table, part):
            if len(group) >= LEAST_ROWS:
                groups.append(_Group(group, (number, beginning)))
            else:
                rest.append(group)
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


def _by_template(table: Table, rows: Ints) -> Iterator[tuple[int, Ints]]:
    """Rows that share the first line of their request, then rows that share its first words; each with its beginning.

    A first line that all rows share tells nothing apart.
    """
    lines = table["first_line"][rows]
    templated = [group for group in _groups(lines) if len(group) >= LEAST_ROWS and lines[group[0]]]
    left = np.ones(len(rows), dtype=np.bool_)
    if len(templated) > 1 or sum(map(len, templated)) < len(rows):
        for group in templated:
            left[group] = False
            yield int(lines[group[0]]), rows[group]
    others = rows[left]
    if len(others):
        yield from _by_prefix(table, others)


def _by_prefix(table: Table, rows: Ints) -> Iterator[tuple[int, Ints]]:
    """Rows by the longest prefix of words that enough rows share, where such prefixes cover nearly all rows."""
    least = max(LEAST_ROWS, int(np.ceil(PREFIX_SHARE * len(rows))))
    frame = np.zeros(len(rows), dtype=np.uint64)
    for name in PREFIXES:  # from short to long: the longest that is common enough stays
        keys = table[name][rows]
        common = _common(keys, least) & (keys != 0)
        frame[common] = keys[common]
    if np.count_nonzero(frame) < FRAME_SHARE * len(rows):
        yield 0, rows
        return
    beginnings = table[PREFIXES[0]][rows]
    for group in _groups(frame):
        yield (int(beginnings[group[0]]) if frame[group[0]] else 0), rows[group]


def _merge(table: Table, groups: Sequence[_Group]) -> list[list[Ints]]:
    """Join groups whose repeated answers are nearly the same: the labels behind ten phrasings are one task.

    Yes and no, or numbers, are answers to any question. Where most of what two groups share is such, only requests
    that begin with the same words are one task.
    """
    answers = [_repeated(table, group.rows) for group in groups]
    merged: list[tuple[_Answers, set[tuple[int, int]], list[Ints]]] = []
    order = sorted(zip(groups, answers, strict=True), key=lambda one: (-len(one[0].rows), int(one[0].rows[0])))
    for group, mine in order:
        for known, origins, members in merged:
            if _is_same_task(mine, known, group.origin in origins):
                members.append(group.rows)
                origins.add(group.origin)
                known.repeated.update(mine.repeated)
                known.telling.update(mine.telling)
                break
        else:
            merged.append((mine, {group.origin}, [group.rows]))
    return [members for _, _, members in merged]


def _is_same_task(mine: _Answers, known: _Answers, alike: bool) -> bool:
    """Whether two groups ask for one thing, by their answers and by whether their requests begin ``alike``."""
    shared, either = mine.repeated & known.repeated, mine.repeated | known.repeated
    if alike and len(either) <= FEW_ANSWERS and shared in (mine.repeated, known.repeated):
        return bool(shared)  # a part of one template, in which the rarer label is too rare
    if not shared or len(shared) < SAME_LABELS * len(either):
        return False
    return alike or 2 * len(shared & mine.telling) > len(shared)


def _repeated(table: Table, rows: Ints) -> _Answers:
    """Answers that at least three of ``rows`` have; of answers in JSON, which say several things, values of fields."""
    answers, kinds = table["answer"][rows], table["kind"][rows]
    if "field" in table.ragged:
        fields, values = table.ragged["field"], table.ragged["field_value"]
        sizes = fields.sizes[rows]
        if sizes.any():
            starts = (np.cumsum(fields.sizes) - fields.sizes)[rows]
            inside = np.arange(int(sizes.sum())) - np.repeat(np.cumsum(sizes) - sizes, sizes)
            places = np.repeat(starts, sizes) + inside
            # The name of a field says what was asked, whatever its value.
            pairs = fields.values[places] * np.uint64(31) + values.values[places]
            answers = np.concatenate([answers[sizes == 0], pairs])
            kinds = np.concatenate([kinds[sizes == 0], np.full(len(pairs), Kind.JSON_OBJECT, dtype=kinds.dtype)])
    distinct, first, counts = np.unique(answers, return_index=True, return_counts=True)
    often = counts >= 3
    telling = often & ~np.isin(kinds[first], _COMMON_WORDS)
    return _Answers(set(distinct[often].tolist()), set(distinct[telling].tolist()))


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
