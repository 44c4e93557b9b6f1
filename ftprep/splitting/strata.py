"""What the shares of every split should be alike in: a value of the rows, or the labels and tasks that are found."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ftprep.splitting.options import LABELS, SplitOptions
from ftprep.splitting.rows import Rows, entries_of
from ftprep.tasks.balance import words_of
from ftprep.tasks.labels import label_set
from ftprep.tasks.split import tasks
from ftprep.text.snippet import shorten

if TYPE_CHECKING:
    from ftprep.engine.local import LocalEngine

Words = NDArray[np.uint64]

_NAMED = 200  # labels whose words are read again for the report


class Strata(NamedTuple):
    """The stratum of each row (0: none) and the name of each. ``kind`` says what they are: a pointer or ``label``."""

    of: Words
    names: Mapping[int, str]
    kind: str


def find_strata(rows: Rows, engine: LocalEngine, options: SplitOptions) -> Strata:
    """The strata that were asked for; without a word, the labels of tasks whose answers are labels."""
    if options.stratify_by not in (None, LABELS):
        assert options.stratify_by is not None
        return Strata(rows.table["stratum"], rows.strata, options.stratify_by)
    of = np.zeros(len(rows), dtype=np.uint64)
    names: dict[int, str] = {}
    if not len(rows.answers):
        return Strata(of, names, LABELS)
    entries = entries_of(rows.table, rows.answers)
    for number, task in enumerate(tasks(rows.answers, engine)):
        labels = label_set(rows.answers, task)
        if labels is None or labels.choice:
            continue
        salt = np.uint64(number * 0x9E3779B97F4A7C15 & 0xFFFFFFFFFFFFFFFF)
        keys = rows.answers["answer"][task.rows] ^ salt
        of[entries[task.rows]] = np.where(keys == 0, np.uint64(1), keys)
        shown = labels.labels[:_NAMED].tolist()
        for label, word in zip(shown, words_of(rows.answers, engine, task, shown), strict=True):
            names[int(np.uint64(label) ^ salt) or 1] = shorten(word, 60)
    return Strata(of, names, LABELS)
