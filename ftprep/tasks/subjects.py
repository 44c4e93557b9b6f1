"""What may hold labels: the answers of each task, and in answers in JSON each of their fields."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import xxhash
from numpy.typing import NDArray

from ftprep.tasks.fields import FieldTable, field_tables, leaves
from ftprep.tasks.forms import json_of
from ftprep.tasks.kinds import CLOSED, Kind, stripped
from ftprep.tasks.labels import LEAST_PAIRS, LabelSet, label_set
from ftprep.tasks.spelling import label_key, says
from ftprep.tasks.split import Task, tasks
from ftprep.tasks.voices import disputed, voice, voices_of

if TYPE_CHECKING:
    from ftprep.engine.engine import Engine
    from ftprep.engine.table import Table

Ints = NDArray[np.int64]

MOST_FIELDS = 200  # of one task that are looked at
_SAMPLE = 200  # values of a field that are looked for in their prompts
_COPIED = 0.5  # of them that stand there, from which on the field is extraction
_FLAGS = frozenset(xxhash.xxh3_64_intdigest(one) for one in (b"0", b"1"))


class Subject(NamedTuple):
    """Answers of a task, or values of the ``field`` of its answers, with the table that they are entries of.

    ``rows`` of ``task`` are entries of that table; ``number`` is that of the task among all of the dataset.
    """

    table: Table
    task: Task
    number: int
    labels: LabelSet
    field: str = ""

    @property
    def several(self) -> bool:
        """Whether one answer may hold several values of the field."""
        return "*" in self.field.split("/")

    @property
    def prefix(self) -> str:
        """What a message begins with, so that it names the field."""
        from ftprep.text.snippet import quote

        return f"field {quote(self.field, 24)}: " if self.field else ""

    def data(self) -> dict[str, str]:
        """The field for machines."""
        from ftprep.text.snippet import mask

        return {"field": mask(self.field)} if self.field else {}


def subjects(table: Table, engine: Engine) -> list[Subject]:
    """All that holds labels, the answers of a task before its fields. Worked out once."""
    return table.once("subjects", lambda: list(_subjects(table, engine)))


def _subjects(table: Table, engine: Engine) -> Iterator[Subject]:
    for number, task in enumerate(tasks(table, engine)):
        labels = label_set(table, task)
        if labels is not None:
            yield Subject(table, task, number, labels)
        if not task.rest:
            for one in field_tables(table, task.rows, LEAST_PAIRS)[:MOST_FIELDS]:
                mine = Task(np.arange(len(one)), task.split, parts=_parts(one, task))
                labels = label_set(one, mine)
                if labels is not None and _may_be_labels(one, labels, engine):
                    yield Subject(one, mine, number, labels, one.field)


def conflicts(table: Table, engine: Engine) -> list[tuple[Subject, list[Ints]]]:
    """Subjects of which one prompt has several labels, with the entries of each such prompt. Worked out once."""
    return table.once("conflicts", lambda: list(_conflicts(table, engine)))


def _conflicts(table: Table, engine: Engine) -> Iterator[tuple[Subject, list[Ints]]]:
    for one in subjects(table, engine):
        if not one.several:
            groups = disputed(one.table, one.task.rows, CLOSED)
            if groups:
                yield one, groups


def conflicting_prompts(table: Table, engine: Engine) -> set[tuple[int, int]]:
    """Number of the task, and the prompt, of answers that disagree in a field with labels."""
    return {
        (subject.number, int(subject.table["prompt"][group[0]]))
        for subject, groups in conflicts(table, engine)
        if subject.field
        for group in groups
    }


def _parts(table: FieldTable, task: Task) -> tuple[Ints, ...]:
    """The templates of a task, as entries of the table of a field."""
    if len(task.parts) < 2:
        return (np.arange(len(table)),)
    found = (np.flatnonzero(np.isin(table["entry"], part)) for part in task.parts)
    return tuple(part for part in found if len(part))


def name_field(table: FieldTable, engine: Engine) -> bool:
    """Read the name of a field from its first row; False where that cannot be read."""
    ref = table.ref(0)
    record = engine.records([ref]).get(ref)
    if record is None:
        return False
    table.field = leaves(json_of(voice(record).answer))[int(table["leaf"][0])].field
    return True


def _may_be_labels(table: FieldTable, labels: LabelSet, engine: Engine) -> bool:
    """Whether the few values of a field are more than numbers, or words that are copied from prompts. Names the field.

    One value is no choice, and small numbers are mostly amounts; of these only 0 and 1 are taken for labels.
    """
    if len(labels.labels) < 2 or labels.choice:
        return False
    numbers = np.count_nonzero(table["kind"] == Kind.NUMBER)
    if 2 * numbers > len(table) and not _FLAGS.issuperset(labels.labels.tolist()):
        return False
    spread = np.unique(np.linspace(0, len(table) - 1, min(len(table), _SAMPLE)).astype(np.int64))
    voices = [
        one for _, some in voices_of(table, engine, [spread[at : at + 1] for at in range(len(spread))]) for one in some
    ]
    if not voices:
        return False
    if not name_field(table, engine):
        return False
    values = {label_key(one.answer): stripped(one.answer).casefold() for one in voices}
    copied = 0
    for one in voices:
        value, request = stripped(one.answer).casefold(), one.request.casefold()
        others = (other for key, other in values.items() if key != label_key(one.answer))
        copied += says(request, value) and not any(says(request, other) for other in others)
    return copied < _COPIED * len(voices)
