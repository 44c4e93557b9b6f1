"""What rows for reinforcement are boiled down to: the canonical reference of each, and what tells their tasks apart."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import xxhash

from ftprep.tasks.facts import PREFIXES, last_requests, system_keys, template_hashes
from ftprep.tasks.kinds import Kind, read_answer
from ftprep.text.hashing import folded_hashes, row_keys
from ftprep.text.references import canonical

if TYPE_CHECKING:
    from ftprep.record import Record
    from ftprep.shard import Shard

SOURCES = ("data_source", "source", "dataset", "subset", "task", "task_name", "category")
"""Columns that name the task of a row, the first that a row has."""


def reference_columns(shard: Shard) -> Mapping[str, Any] | None:
    """Columns of one entry per row with a reference.

    ``answer`` is the hash of the canonical reference, 0 where it is prose, ``kind`` what that is, ``row_key`` one of
    all texts of the row, ``source`` one of the verifier and the source that it names; the others are those of the
    table of answers.
    """
    rows, answers, kinds, sources = [], [], [], []
    for row, state in enumerate(shard.state):
        if state:
            continue
        record = shard.record(row)
        references = record.format.references(record.row)
        if references:
            answer = canonical(references[0][1])
            rows.append(row)
            answers.append(0 if answer is None else xxhash.xxh3_64_intdigest(answer.encode("utf-8", "surrogatepass")))
            kinds.append(int(Kind.PROSE if answer is None else read_answer(answer).kind))
            sources.append(_source(record))
    if not rows:
        return None
    keys = row_keys(shard, folded_hashes(shard), np.zeros(len(shard), dtype=np.uint64))[0]
    frames = template_hashes(shard, last_requests(shard)[rows].tolist())
    columns: dict[str, Any] = {
        "row": rows,
        "row_key": keys[rows],
        "answer": np.array(answers, dtype=np.uint64),
        "kind": np.array(kinds, dtype=np.uint8),
        "source": np.array(sources, dtype=np.uint64),
        "system": system_keys(shard)[rows],
        "first_line": frames[:, 0],
    }
    columns.update({name: frames[:, number] for number, name in enumerate(PREFIXES, 1)})
    return columns


def _source(record: Record) -> int:
    row = record.row
    named = next((row[key] for key in SOURCES if isinstance(row.get(key), str)), "")
    verifier = record.format.verifier(row) or ""
    return xxhash.xxh3_64_intdigest(f"{verifier}\x00{named[:200]}".encode("utf-8", "surrogatepass"))
