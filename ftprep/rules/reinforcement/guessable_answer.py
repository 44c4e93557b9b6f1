"""Rule RFT010."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ftprep.finding import Finding, Severity
from ftprep.record import Ref
from ftprep.rule import Bad, DatasetRule, Good, Option
from ftprep.text.snippet import quote

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ftprep.engine.engine import Engine
    from ftprep.engine.table import Table
    from ftprep.shard import Shard
    from ftprep.tasks.split import Ints

LEAST_ROWS = 50
OPTION_SHARE = 0.02  # of the rows; rarer references are strays, which would make the options look many
MOST_OPTIONS = 4
LIFT = 1.5  # times the share that a guess among the options gets
UNEVEN = (0.0, 0.0, 10.828, 13.816, 16.266)  # chi-square at p = 0.001, by the number of options


def _tasks(*references: tuple[Any, int]) -> list[dict[str, Any]]:
    answers = [answer for answer, count in references for _ in range(count)]
    return [
        {"messages": [{"role": "user", "content": f"Is boat {number} at sea?"}], "reference_answer": answer}
        for number, answer in enumerate(answers)
    ]


class GuessableAnswer(DatasetRule):
    """Tasks of which a constant answer solves too many.

    ## What it does
    Compares the references of at least 50 different rows of a task: numbers by value, choices by their letter, words
    without case. Reported is a task in which one reference covers more than 60 % of the rows; with two to four options
    (references of at least 2 % of the rows) it is enough that the commonest has one and a half times its even share,
    and in either case the options must be less even than chance makes them (chi-square, p < 0.001). Tasks are told
    apart by verifier, source, system prompt and template.

    ## Why is this bad?
    In reinforcement learning the policy finds that one answer within a few steps and is paid for it, and the thinking
    before it withers. The reward looks good from the start. (No task in 10,200 rows of public task sets is reported.)

    ## How to settle it
    Leave out rows with the commonest reference until a constant guess earns little more than any other, or ask for more
    than the choice: the reason, the number behind it.
    """

    code = "RFT010"
    name = "guessable-answer"
    severity = Severity.WARNING
    methods = frozenset({"rft", "prompt-only"})
    options = {"share": Option(0.6, "share of one reference above which a task is reported")}
    examples = (
        Good(*_tasks(("yes", 34), ("no", 30))),
        Good(*_tasks(("no", 32), ("yes", 19)), note="as uneven as chance makes it"),
        Good(*_tasks(("yes", 40)), note="too few rows to tell"),
        Good(*_tasks(("A", 30), ("B", 22), ("C", 20), ("D", 18))),
        Good(*((_tasks(("yes", 1)) * 90) + _tasks(("no", 20))), note="repeated rows count once"),
        Bad(
            *_tasks(("yes", 80), ("no", 20)),
            at=[(0, "")],
            message="`yes` is the reference in 80 of 100 rows: a constant guess earns 0.80, a random one 0.50",
        ),
        Bad(
            *_tasks((7, 40), ("7.0", 30), *((number, 1) for number in range(20, 50))),
            at=[(0, "")],
            message="`7` is the reference in 70 of 100 rows: a constant guess earns 0.70",
        ),
        Bad(
            *_tasks(("A", 50), ("B", 20), ("C", 15), ("D", 15)),
            at=[(0, "")],
            message="`A` is the reference in 50 of 100 rows: a constant guess earns 0.50, a random one 0.25",
        ),
    )

    def map_shard(self, shard: Shard) -> Mapping[str, Any] | None:
        from ftprep.tasks.references import reference_columns

        return reference_columns(shard)

    def reduce(self, table: Table, engine: Engine) -> Iterator[Finding]:
        from ftprep.tasks.split import tasks

        found = []
        for task in tasks(table, engine):
            for rows in _by_source(table, task.rows):
                guess = self._guess(table, rows)
                if guess is not None:
                    found.append(guess)
        records = engine.records([refs[0] for refs, _, _ in found])
        for refs, message, data in sorted(found, key=lambda one: one[0][0]):
            record = records.get(refs[0])
            if record is not None:
                word = record.format.references(record.row)[0][1]
                yield self.finding(
                    Ref(refs[0].file, 0), f"{quote(_final(word), 20)} {message}", related=refs, data=data
                )

    def _guess(self, table: Table, rows: Ints) -> tuple[tuple[Ref, ...], str, dict[str, Any]] | None:
        """What a constant guess earns in some rows, if that is too much: rows, the end of the message, numbers."""
        import numpy as np

        keys = np.stack([table["row_key"][rows], table["answer"][rows]], axis=1)
        _, first = np.unique(keys, axis=0, return_index=True)
        rows = rows[np.sort(first)]
        answers = table["answer"][rows]
        known, starts, counts = np.unique(answers[answers != 0], return_index=True, return_counts=True)
        total = len(rows)
        if total < LEAST_ROWS or not len(known):
            return None
        top = int(np.lexsort((starts, -counts))[0])
        share = counts[top] / total
        options = counts[counts >= OPTION_SHARE * total]
        few = 2 <= len(options) <= MOST_OPTIONS
        if share <= float(self.values["share"]) and not (few and share >= LIFT / len(options)):
            return None
        even = options.sum() / len(options) if few else 1.0
        if few and ((options - even) ** 2 / even).sum() <= UNEVEN[len(options)]:
            return None  # as uneven as chance makes it
        message = f"is the reference in {counts[top]:,} of {total:,} rows: a constant guess earns {share:.2f}"
        if few:
            message += f", a random one {1 / len(options):.2f}"
        refs = tuple(table.refs(rows[answers == known[top]][:5]))
        return refs, message, {"rows": total, "share": round(float(share), 4), "options": len(options)}


def _by_source(table: Table, rows: Ints) -> list[Ints]:
    import numpy as np

    sources = table["source"][rows]
    return [rows[sources == source] for source in np.unique(sources)]


def _final(reference: Any) -> Any:
    from ftprep.text.references import final_answer

    return final_answer(reference) if isinstance(reference, str) else reference
