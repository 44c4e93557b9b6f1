"""Rule FMT005."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

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
        {"prompt": f"What does the harbour log say of day {number}?", "completion": answer}
        for number, answer in enumerate(answers)
    ]


_LOG = [f"On day {number} the wind was from the west and {number + 2} boats came in." for number in range(40)]


class _Form(NamedTuple):
    """Entries of a task of which few (or all but few) have blanks at one end of the answer."""

    says: str
    rows: Any


class WhitespaceDrift(DatasetRule):
    """Some answers of a task start or end with white space, and others do not.

    ## What it does
    Counts, in tasks with at least 20 answers, those that start with a blank, end with a newline, or end with another
    blank, and reports each form that some but not all answers have. Answers that all have it are a convention, and so
    is a leading blank in 95 % and more: then the others are named. Indentation at the start, of code for example, is
    not counted. Under 1 % outside tasks with labels it is information.

    ## Why is this bad?
    A blank is a token. Where it comes and goes without reason the model learns to guess it, a label with it is another
    label, and a newline at the end may be learnt as what comes before the end of the turn.

    ## How to settle it
    Strip the answers. Only where every completion starts with a blank on purpose, as old completion models wanted it,
    give it to all.
    """

    code = "FMT005"
    name = "whitespace-drift"
    severity = Severity.WARNING
    methods = frozenset({"sft"})
    facts = ANSWERS
    options = {
        "convention": Option(0.95, "share of answers with a blank at one end, from which on it is a convention"),
        "few": Option(0.01, "share of answers under which it is information, outside tasks with labels"),
    }
    examples = (
        Good(*_rows(*_LOG)),
        Good(*_rows(*[f" {one}" for one in _LOG]), note="a leading blank in all of them"),
        Good(*_rows(*_LOG[:30], "    return berth", "\treturn berth"), note="indentation"),
        Good(*_rows(*_LOG[:15], _LOG[15] + "\n"), note="too few to call it drift"),
        Bad(
            *_rows(*_LOG[:30], _LOG[30] + "\n", " " + _LOG[31], _LOG[32] + "\n"),
            at=[(31, "/completion")],
            message="of 33 answers 1 starts with a blank, 2 end with a newline",
        ),
        Bad(
            *_rows(*[f" {one}" for one in _LOG[:39]], _LOG[39]),
            at=[(40, "/completion")],
            message="of 40 answers 1 does not start with a blank",
        ),
    )

    def reduce(self, table: Table, engine: Engine) -> Iterator[Finding]:
        from ftprep.tasks.split import tasks

        for task in tasks(table, engine):
            yield from self._judge(table, engine, task)

    def _judge(self, table: Table, engine: Engine, task: Task) -> Iterator[Finding]:
        import numpy as np

        from ftprep.tasks.kinds import Kind
        from ftprep.tasks.labels import label_set
        from ftprep.tasks.split import LEAST_ROWS
        from ftprep.tasks.voices import pointer_of

        kinds = table["kind"][task.rows]
        said = task.rows[(kinds != Kind.TOOL) & (kinds != Kind.EMPTY)]
        if len(said) < LEAST_ROWS:
            return
        found = list(self._forms(table, said))
        if not found:
            return
        rows = np.unique(np.concatenate([one.rows for one in found]))
        message = f"of {len(said):,} answers {', '.join(one.says for one in found)}"
        few = len(rows) < self.values["few"] * len(said) and label_set(table, task) is None
        ref = table.ref(int(rows[0]))
        yield self.finding(
            ref,
            message[:100],
            severity=Severity.INFO if few else Severity.WARNING,
            pointer=pointer_of(engine, ref),
            related=tuple(table.refs(rows[1:6])),
            data={"rows": len(rows), "judged": len(said)},
        )

    def _forms(self, table: Table, rows: Any) -> Iterator[_Form]:
        from ftprep.tasks.forms import LEADING, NEWLINE, TRAILING

        flags = table["form"][rows]
        for flag, end, what in (
            (LEADING, "start", "a blank"),
            (NEWLINE, "end", "a newline"),
            (TRAILING, "end", "a blank"),
        ):
            has = flags & flag != 0
            count = int(has.sum())
            if not 0 < count < len(rows):
                continue
            if count >= self.values["convention"] * len(rows):
                left = len(rows) - count
                yield _Form(f"{left:,} {'does' if left == 1 else 'do'} not {end} with {what}", rows[~has])
            else:
                yield _Form(f"{count:,} {end}{'s' if count == 1 else ''} with {what}", rows[has])
