"""Rule BAL003."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ftprep.finding import Finding, Severity
from ftprep.record import Ref
from ftprep.rule import Bad, DatasetRule, Good, Option
from ftprep.tasks.table import ANSWERS
from ftprep.text.snippet import quote

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ftprep.engine.engine import Engine
    from ftprep.engine.table import Table


def _rows(*answers: tuple[str, int]) -> list[dict[str, str]]:
    pairs = [(answer, number) for answer, count in answers for number in range(count)]
    return [{"prompt": f"Message {number}, at the desk: {answer}?", "completion": answer} for answer, number in pairs]


def _open(count: int) -> list[dict[str, str]]:
    return [
        {"prompt": f"Describe house {number}.", "completion": f"A house of {number} planks and a door."}
        for number in range(count)
    ]


class OneAnswerDominates(DatasetRule):
    """One answer that most rows of a task have.

    ## What it does
    Reports tasks of at least 50 rows in which one answer is given in half of the rows or more. Where the answers are
    labels that is ordinary, so there it takes 80 % with two labels and 70 % with three or more. Tasks that BAL001
    reports are left out.

    ## Why is this bad?
    Saying that one answer always is the quickest way to a low loss, and the model finds it.

    ## How to settle it
    Leave out most rows with that answer, or add rows with others. In refusal or routing data it may be what you want.
    """

    code = "BAL003"
    name = "one-answer-dominates"
    severity = Severity.WARNING
    methods = frozenset({"sft"})
    facts = ANSWERS
    options = {
        "share": Option(0.5, "share of one answer in a task without labels"),
        "share_of_two": Option(0.8, "share of the commonest of two labels"),
        "share_of_many": Option(0.7, "share of the commonest of three labels or more"),
    }
    examples = (
        Good(*_rows(("ticket", 45), ("luggage", 30))),
        Good(*_rows(("ticket", 60), ("luggage", 20)), note="ordinary for two labels"),
        Good(*_open(60)),
        Good(*_rows(("Sorry, we are closed.", 20)), note="too few rows to tell"),
        Bad(*_rows(("ticket", 90), ("luggage", 15)), at=[(0, "")], message="`ticket` is the answer in 90 of 105 rows"),
        Bad(
            *_rows(("Please call the harbour office in the morning.", 60)),
            *_open(40),
            at=[(0, "")],
            message="is the answer in 60 of 100 rows (60 %)",
        ),
    )

    def reduce(self, table: Table, engine: Engine) -> Iterator[Finding]:
        import numpy as np

        from ftprep.tasks.balance import LEAST_ROWS, balances, example_of, words_of
        from ftprep.tasks.kinds import Kind
        from ftprep.tasks.labels import label_set
        from ftprep.tasks.split import tasks

        labelled = {int(one.task.rows[0]): one for one in balances(table, engine)}
        for task in tasks(table, engine):
            if task.rest or len(task.rows) < LEAST_ROWS:
                continue
            kinds = table["kind"][task.rows]
            answers = table["answer"][task.rows][(kinds != Kind.TOOL) & (kinds != Kind.EMPTY)]
            if not len(answers):
                continue
            distinct, counts = np.unique(answers, return_counts=True)
            top = int(counts.argmax())
            share = counts[top] / len(task.rows)
            balance = labelled.get(int(task.rows[0]))
            limit = float(self.values["share"])
            if balance is not None:
                if balance.ratio > 10:
                    continue
                many = len(balance.solid) > 2
                limit = float(self.values["share_of_many" if many else "share_of_two"])
            elif (labels := label_set(table, task)) is not None and labels.choice:
                continue
            if share < limit:
                continue
            word = words_of(table, engine, task, [int(distinct[top])])[0]
            message = f"{quote(word, 30)} is the answer in {counts[top]:,} of {len(task.rows):,} rows ({share:.0%})"
            first = example_of(table, task, int(distinct[top]))
            data = {"rows": len(task.rows), "answer_rows": int(counts[top]), "share": round(float(share), 4)}
            yield self.finding(Ref(first.file, 0), message.replace("%", " %")[:100], related=(first,), data=data)
