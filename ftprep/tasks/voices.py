"""What some rows of a table say: read again, because tables hold no texts."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ftprep.record import Ref
from ftprep.tasks.facts import last_exchange
from ftprep.tasks.fields import FieldTable, leaves, text_of
from ftprep.tasks.forms import json_of
from ftprep.tasks.kinds import Kind

if TYPE_CHECKING:
    from ftprep.engine.engine import Engine
    from ftprep.engine.table import Table
    from ftprep.record import Record

Ints = NDArray[np.int64]

WORDS = frozenset(Kind) - {Kind.TOOL, Kind.EMPTY}
"""Kinds of answers that say something in words; one call of a tool may be as good as another."""
GROUP_ROWS = 60  # of one group that are read again; what two of them say is as true as what a thousand say
MOST_BESIDE = 2  # rows with other answers that are shown beside the first
BATCH_ROWS = 20_000  # a compressed file is read from its start for each batch


class Voice(NamedTuple):
    """The last request and the answer of one row, with the place of the answer.

    Of a value in an answer in JSON, ``answer`` is the value, ``place`` its pointer in the ``whole`` answer.
    """

    ref: Ref
    request: str
    answer: str
    pointer: str
    whole: str = ""
    place: str = ""


def voice(record: Record) -> Voice:
    """What one row says; the request is empty where there is none."""
    shard, row = record.shard, record.index
    answers, requests = shard.once(last_exchange)
    answer, request = int(answers[row]), int(requests[row])
    asked = shard.values[request] if request >= 0 else ""
    return Voice(record.ref, asked, shard.values[answer], record.pointer(answer))


def voice_in(table: Table, entry: int, record: Record) -> Voice:
    """What the row of one entry says: its answer, or the value that the entry of a field's table stands for."""
    one = voice(record)
    if not isinstance(table, FieldTable):
        return one
    leaf = leaves(json_of(one.answer))[int(table["leaf"][entry])]
    return one._replace(answer=text_of(leaf.value), whole=one.answer, place=leaf.place)


def request_pointer(record: Record) -> str:
    """The place of the last request of one row, of a blank one the text before it; of the row where there is none."""
    shard = record.shard
    request = int(shard.once(last_exchange)[1][record.index])
    texts = [text for text in record.text_range if text <= request]
    while len(texts) > 1 and not shard.values[texts[-1]].strip():
        texts.pop()
    return record.pointer(texts[-1]) if texts else ""


def voices_of(table: Table, engine: Engine, groups: Sequence[Ints]) -> Iterator[tuple[Ints, list[Voice]]]:
    """Each group with what its rows say, of large groups the first rows. Few rows stand in memory at a time."""
    batch: list[Ints] = []
    size = 0
    for group in groups:
        batch.append(group)
        size += min(len(group), GROUP_ROWS)
        if size >= BATCH_ROWS:
            yield from _read(table, engine, batch)
            batch, size = [], 0
    yield from _read(table, engine, batch)


def _read(table: Table, engine: Engine, batch: Sequence[Ints]) -> Iterator[tuple[Ints, list[Voice]]]:
    refs = [table.refs(group[:GROUP_ROWS]) for group in batch]
    records = engine.records([ref for group in refs for ref in group])
    for group, places in zip(batch, refs, strict=True):
        yield (
            group,
            [
                voice_in(table, int(row), records[ref])
                for row, ref in zip(group[:GROUP_ROWS], places, strict=True)
                if ref in records
            ],
        )


def each_voice(table: Table, engine: Engine, rows: Ints) -> Iterator[tuple[int, Voice, Record]]:
    """What each of ``rows`` says, however many they are, with its record: for findings about every one of them."""
    for start in range(0, len(rows), BATCH_ROWS):
        batch = rows[start : start + BATCH_ROWS]
        refs = table.refs(batch)
        records = engine.records(refs)
        for row, ref in zip(batch.tolist(), refs, strict=True):
            if ref in records:
                yield row, voice_in(table, row, records[ref]), records[ref]


def groups_by(keys: NDArray[np.uint64], rows: Ints) -> list[Ints]:
    """Groups of at least two of ``rows`` with one key other than 0, in order of their first rows."""
    order = np.argsort(keys, kind="stable")
    ordered = keys[order]
    cuts = np.flatnonzero(ordered[1:] != ordered[:-1]) + 1
    found = [rows[group] for group in np.split(order, cuts) if len(group) > 1 and keys[group[0]]]
    return sorted(found, key=lambda group: int(group[0]))


def disputed(table: Table, rows: Ints, kinds: Collection[Kind] = WORDS) -> list[Ints]:
    """Groups of ``rows`` with one prompt and several canonical answers of some ``kinds``, in order of first rows."""
    answers = table["answer"]
    rows = rows[np.isin(table["kind"][rows], [int(kind) for kind in kinds])]
    found = []
    for group in groups_by(table["prompt"][rows], rows):
        first = answers[group[0]]
        if (answers[group] != first).any():
            found.append(group)
    return found


def beside(answers: Sequence[str], voices: Sequence[Voice]) -> list[tuple[int, str]]:
    """Which related rows to show beside the first of ``voices``: those that first give another of the ``answers``.

    For each its number among the related rows, which are the other voices, and the place of its answer.
    """
    firsts: dict[str, int] = {}
    for number, answer in enumerate(answers):
        firsts.setdefault(answer, number)
    return [(number - 1, voices[number].pointer) for number in list(firsts.values())[1 : MOST_BESIDE + 1]]


def pointer_of(engine: Engine, ref: Ref) -> str:
    """The place of the answer of one row; "" where the row cannot be read again."""
    record = engine.records([ref]).get(ref)
    return voice(record).pointer if record is not None else ""
