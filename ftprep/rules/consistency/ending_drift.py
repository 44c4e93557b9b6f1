"""Rule FMT006."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ftprep.finding import Finding, Severity
from ftprep.rule import Bad, DatasetRule, Good, Option
from ftprep.tasks.table import ANSWERS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ftprep.engine.engine import Engine
    from ftprep.engine.table import Table
    from ftprep.tasks.split import Task


def _rows(*answers: str) -> list[dict[str, Any]]:
    return [
        {"prompt": f"How many ropes does ship {number} carry?", "completion": answer}
        for number, answer in enumerate(answers)
    ]


_NUMBERS = [str(number * 7) for number in range(40)]
_TEXTS = [f"Ship {number} carries {number * 7} ropes, most of them on the fore deck" for number in range(40)]


class EndingDrift(DatasetRule):
    """Some answers of a task end in a full stop or a stop string, and others do not.

    ## What it does
    In tasks whose answers are numbers, option letters or labels, reports a full stop after at most 10 % or at least
    90 % of them, but not all. In all tasks it reports stop strings (`###`, `END`, `</s>`, `<|im_end|>`) that half of
    the answers and more end in, but not all. One label with and without a full stop is left to FMT001.

    ## Why is this bad?
    A parser that compares answers counts some right ones as wrong. A stop string that is missing in some answers
    teaches the model not to stop there.

    ## How to settle it
    Give all answers one ending. Stop strings belong to the chat template, seldom to the data.
    """

    code = "FMT006"
    name = "ending-drift"
    severity = Severity.INFO
    methods = frozenset({"sft"})
    facts = ANSWERS
    options = {"few": Option(0.1, "share of answers with a full stop (or without one) that is called drift")}
    examples = (
        Good(*_rows(*_NUMBERS)),
        Good(*_rows(*[f"{one}." for one in _NUMBERS])),
        Good(*_rows(*_TEXTS[:38], _TEXTS[38] + ".", _TEXTS[39] + "."), note="prose may end as it likes"),
        Good(*_rows(*[f"{one} END" for one in _TEXTS])),
        Good(*_rows(*_TEXTS[:35], *[f"{one} ###" for one in _TEXTS[35:]]), note="a few headings"),
        Bad(
            *_rows(*_NUMBERS[:38], "266.", "273."),
            at=[(39, "/completion")],
            message="2 of 40 answers end in a full stop",
            settings={"profile": "thorough"},
        ),
        Bad(
            *_rows(*[f"{one} END" for one in _TEXTS[:38]], *_TEXTS[38:]),
            at=[(39, "/completion")],
            message="2 of 40 answers do not end in a stop string",
        ),
    )

    def reduce(self, table: Table, engine: Engine) -> Iterator[Finding]:
        from ftprep.tasks.split import tasks

        for task in tasks(table, engine):
            if not task.rest:
                yield from self._judge(table, engine, task)

    def _judge(self, table: Table, engine: Engine, task: Task) -> Iterator[Finding]:
        from ftprep.tasks.forms import STOP, STOP_STRING
        from ftprep.tasks.kinds import Kind
        from ftprep.tasks.split import LEAST_ROWS

        kinds = table["kind"][task.rows]
        rows = task.rows[(kinds != Kind.TOOL) & (kinds != Kind.EMPTY)]
        if len(rows) < LEAST_ROWS:
            return
        marked = table["form"][rows] & STOP_STRING != 0
        if len(rows) > marked.sum() >= len(rows) / 2:
            yield self._finding(table, engine, rows, marked, "a stop string")
        elif not marked.any() and _is_closed(table, task, rows):
            dotted = table["form"][rows] & STOP != 0
            share = dotted.mean()
            few = self.values["few"]
            if (0 < share <= few or 1 - few <= share < 1) and not _one_label_both_ways(table, rows, dotted):
                yield self._finding(table, engine, rows, dotted, "a full stop")

    def _finding(self, table: Table, engine: Engine, rows: Any, has: Any, what: str) -> Finding:
        from ftprep.tasks.voices import pointer_of

        lacking = int(has.sum()) > len(rows) / 2
        odd = rows[~has] if lacking else rows[has]
        verb = ("does not end" if len(odd) == 1 else "do not end") if lacking else ("ends" if len(odd) == 1 else "end")
        ref = table.ref(int(odd[0]))
        return self.finding(
            ref,
            f"{len(odd):,} of {len(rows):,} answers {verb} in {what}",
            pointer=pointer_of(engine, ref),
            related=tuple(table.refs(odd[1:6])),
            data={"rows": len(odd), "judged": len(rows)},
        )


def _is_closed(table: Table, task: Task, rows: Any) -> bool:
    """Whether answers are labels, option letters or numbers."""
    from ftprep.tasks.kinds import Kind
    from ftprep.tasks.labels import label_set

    numbers = (table["kind"][rows] == Kind.NUMBER).mean()
    return bool(numbers >= 0.9) or label_set(table, task) is not None


def _one_label_both_ways(table: Table, rows: Any, dotted: Any) -> bool:
    """Whether a label stands with and without its full stop: FMT001 tells of it."""
    import numpy as np

    from ftprep.tasks.kinds import Kind

    words = table["kind"][rows] == Kind.SHORT
    answers = table["answer"][rows]
    return bool(len(np.intersect1d(answers[words & dotted], answers[words & ~dotted])))
