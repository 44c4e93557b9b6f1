"""Rule BAL003."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ftprep.finding import NO_DATA, Finding, Severity
from ftprep.record import Ref
from ftprep.rule import Bad, DatasetRule, Good, Option
from ftprep.tasks.table import ANSWERS
from ftprep.text.snippet import quote

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ftprep.engine.engine import Engine
    from ftprep.engine.table import Table
    from ftprep.tasks.balance import Balance
    from ftprep.tasks.split import Task


def _rows(*answers: tuple[str, int]) -> list[dict[str, str]]:
    pairs = [(answer, number) for answer, count in answers for number in range(count)]
    return [{"prompt": f"Message {number}, at the desk: {answer}?", "completion": answer} for answer, number in pairs]


def _open(count: int) -> list[dict[str, str]]:
    return [
        {"prompt": f"Describe house {number}.", "completion": f"A house of {number} planks and a door."}
        for number in range(count)
    ]


class _Most(NamedTuple):
    """The commonest answer of a task, by its hash: so many of the pairs of prompt and answer have it."""

    answer: int
    rows: int
    pairs: int

    @property
    def share(self) -> float:
        """The share of the pairs."""
        return self.rows / self.pairs


class OneAnswerDominates(DatasetRule):
    """One answer that most rows of a task have.

    ## What it does
    Reports tasks of at least 50 different rows in which one answer is given to half of the prompts or more. Where the
    answers are labels that is ordinary, so there it takes 80 % with two labels and 70 % with three or more; the same
    holds for fields of answers in JSON that hold labels. Tasks and fields that BAL001 reports are left out.

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
        Bad(
            *_rows(("ticket", 90), ("luggage", 15)), at=[(0, "")], message="`ticket` is the answer to 90 of 105 prompts"
        ),
        Bad(
            *_rows(("Please call the harbour office in the morning.", 60)),
            *_open(40),
            at=[(0, "")],
            message="is the answer to 60 of 100 prompts (60 %)",
        ),
    )

    def reduce(self, table: Table, engine: Engine) -> Iterator[Finding]:
        from ftprep.tasks.balance import LEAST_ROWS, balances, by_task
        from ftprep.tasks.labels import label_set
        from ftprep.tasks.split import tasks

        known = balances(table, engine)
        labelled = {one.subject.number: one for one in known if not one.subject.field}
        in_fields = {one.subject.number for one in known if one.subject.field}  # these are judged by their fields
        for number, task in enumerate(tasks(table, engine)):
            balance = labelled.get(number)
            if task.rest or number in in_fields or len(task.rows) < LEAST_ROWS:
                continue
            if balance is None and (labels := label_set(table, task)) is not None and labels.choice:
                continue
            found = self._most(table, task, balance)
            if found is not None:
                yield self._finding(table, engine, task, found)
        fields = [(one, self._most(one.subject.table, one.subject.task, one)) for one in known if one.subject.field]
        shares = {id(one): most for one, most in fields if most is not None}
        for group in by_task(one for one, _ in fields if id(one) in shares):
            worst = max(group, key=lambda one: shares[id(one)].share)
            subject = worst.subject
            prefix = f"{len(group):,} fields, most of all {subject.prefix}" if len(group) > 1 else subject.prefix
            yield self._finding(subject.table, engine, subject.task, shares[id(worst)], prefix, subject.data())

    def _most(self, table: Table, task: Task, balance: Balance | None) -> _Most | None:
        """The answer that dominates a task, if one does."""
        import numpy as np

        from ftprep.tasks.balance import LEAST_ROWS
        from ftprep.tasks.kinds import Kind

        kinds = table["kind"][task.rows]
        said = task.rows[(kinds != Kind.TOOL) & (kinds != Kind.EMPTY)]
        # Repeated rows count once: what they are is DUP001's to say.
        pairs = np.unique(np.stack([table["prompt"][said], table["answer"][said]], axis=1), axis=0)
        if len(pairs) < LEAST_ROWS:
            return None
        distinct, counts = np.unique(pairs[:, 1], return_counts=True)
        top = int(counts.argmax())
        limit = float(self.values["share"])
        if balance is not None:
            if balance.ratio > 10:
                return None
            many = len(balance.solid) > 2
            limit = float(self.values["share_of_many" if many else "share_of_two"])
        most = _Most(int(distinct[top]), int(counts[top]), len(pairs))
        return most if most.share >= limit else None

    def _finding(
        self,
        table: Table,
        engine: Engine,
        task: Task,
        most: _Most,
        prefix: str = "",
        field: Mapping[str, str] = NO_DATA,
    ) -> Finding:
        from ftprep.tasks.balance import example_of, words_of

        word = words_of(table, engine, task, [most.answer])[0]
        share = f"{most.share:.0%}".replace("%", " %")
        message = f"{prefix}{quote(word, 30)} is the answer to {most.rows:,} of {most.pairs:,} prompts ({share})"
        first = example_of(table, task, most.answer)
        data = {"pairs": most.pairs, "answered": most.rows, "share": round(most.share, 4), **field}
        return self.finding(Ref(first.file, 0), message[:100], related=(first,), data=data)
