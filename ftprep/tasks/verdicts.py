"""What became of prompts with several free answers: they agree, or they disagree in something that can be named."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ftprep.record import Ref
from ftprep.tasks.contradiction import contradiction
from ftprep.tasks.kinds import read_answer
from ftprep.tasks.labels import label_set
from ftprep.tasks.split import tasks
from ftprep.tasks.subjects import conflicting_prompts
from ftprep.tasks.voices import beside, disputed, voices_of

if TYPE_CHECKING:
    from ftprep.engine.engine import Engine
    from ftprep.engine.table import Table


class Verdict(NamedTuple):
    """One prompt of a task without labels. ``rows`` have it, with so many different ``answers``.

    ``refs`` are its rows, of very many the first; ``pointer`` is the answer of the first. ``disagreement`` says what
    cannot hold at once, or is None. ``beside`` are rows to show beside the first (:func:`ftprep.tasks.voices.beside`).
    """

    task: int
    refs: tuple[Ref, ...]
    pointer: str
    rows: int
    answers: int
    disagreement: str | None
    beside: list[tuple[int, str]]


def verdicts(table: Table, engine: Engine) -> list[Verdict]:
    """The verdict on each disputed prompt, by task. Worked out once."""
    return table.once("verdicts", lambda: list(_verdicts(table, engine)))


def _verdicts(table: Table, engine: Engine) -> list[Verdict]:
    # All tasks at once: reading rows again may mean to inflate a file from its start.
    known = conflicting_prompts(table, engine)
    groups = [
        (number, group)
        for number, task in enumerate(tasks(table, engine))
        if label_set(table, task) is None
        for group in disputed(table, task.rows)
        if (number, int(table["prompt"][group[0]])) not in known
    ]
    found = []
    voices_by_group = voices_of(table, engine, [group for _, group in groups])
    for (number, _), (group, voices) in zip(groups, voices_by_group, strict=True):
        if not voices:
            continue
        disagreement = contradiction(voices[0].request, [one.answer for one in voices])
        answers = len(np.unique(table["answer"][group]))
        refs = tuple(one.ref for one in voices)
        shown = beside([read_answer(one.answer).canonical for one in voices], voices) if disagreement else []
        found.append(Verdict(number, refs, voices[0].pointer, len(group), answers, disagreement, shown))
    return found
