"""Rule DUP003."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ftprep.finding import Finding, Severity
from ftprep.rule import Bad, DatasetRule, Good, Option
from ftprep.tasks.table import ANSWERS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ftprep.engine.engine import Engine
    from ftprep.engine.table import Table


_IN_IT = (
    "waves",
    "herrings",
    "wrecks",
    "stones",
    "eels",
    "ships",
    "mussels",
    "tides",
    "gulls",
    "pearls",
    "crabs",
    "corks",
)


def _tales(count: int) -> list[dict[str, str]]:
    return [{"prompt": "Tell me about the sea.", "completion": f"There are {word} in it."} for word in _IN_IT[:count]]


def _others(count: int, answer: str = "A house of {} planks and a door.") -> list[dict[str, str]]:
    return [
        {"prompt": f"Describe house {number}.", "completion": answer.format(number, number % 2)}
        for number in range(count)
    ]


class RepeatedPrompt(DatasetRule):
    """One prompt that a large part of the rows shares.

    ## What it does
    Counts the rows of each prompt: system prompt, tools, earlier turns and request together, blind to case and white
    space. Rows that are the same in their answer too count once: they are DUP001's. Reported is a prompt with at least
    10 rows that are 5 % of the different rows of the dataset. Tasks whose answers are labels are left out, and so are
    prompts whose answers contradict each other, which CON002 reports.

    ## Why is this bad?
    The model sees that prompt many times in each epoch, learns its answers by heart, and gives them to prompts that are
    only like it. Often a default prompt stands where the real one was lost. (No public set read here is reported.)

    ## How to settle it
    Keep the best few answers, or find the prompts that were lost. Where many answers to one prompt are wanted, ignore
    the rule.
    """

    code = "DUP003"
    name = "repeated-prompt"
    severity = Severity.WARNING
    methods = frozenset({"sft"})
    facts = ANSWERS
    options = {
        "rows": Option(10, "fewest rows of a prompt that is reported"),
        "share": Option(0.05, "smallest share of the different rows"),
    }
    examples = (
        Good(*_tales(9), *_others(30)),
        Good(*_tales(10), *_others(240), note="less than 5 %"),
        Good(*(_tales(1) * 12), *_others(30), note="DUP001"),
        Bad(
            *_others(20),
            *_tales(12),
            at=[(21, "/prompt")],
            message="one prompt in 12 of 32 different rows (38 %)",
        ),
    )

    def reduce(self, table: Table, engine: Engine) -> Iterator[Finding]:
        import numpy as np

        from ftprep.tasks.labels import label_set
        from ftprep.tasks.pairs import rows_by_split
        from ftprep.tasks.split import tasks
        from ftprep.tasks.verdicts import verdicts
        from ftprep.tasks.voices import request_pointer

        least, share = int(self.values["rows"]), float(self.values["share"])
        found = []
        for rows in rows_by_split(table, engine):
            pairs = np.stack([table["prompt"][rows], table["answer"][rows]], axis=1)
            _, first = np.unique(pairs, axis=0, return_index=True)
            rows = rows[np.sort(first)]
            prompts, counts = np.unique(table["prompt"][rows], return_counts=True)
            common = prompts[(prompts != 0) & (counts >= max(least, share * len(rows)))]
            found += [(rows[table["prompt"][rows] == prompt], len(rows)) for prompt in common]
        if not found:
            return
        labelled = [task.rows for task in tasks(table, engine) if label_set(table, task) is not None]
        labels = np.concatenate(labelled) if labelled else np.zeros(0, dtype=np.int64)
        disputed = {one.refs[0] for one in verdicts(table, engine) if one.disagreement is not None}
        found = [one for one in found if not np.isin(one[0], labels).any()]
        found.sort(key=lambda one: int(one[0][0]))
        records = engine.records([table.ref(int(rows[0])) for rows, _ in found])
        for rows, total in found:
            refs = table.refs(rows[:6])
            if refs[0] in records and not disputed.intersection(refs):
                message = f"one prompt in {len(rows):,} of {total:,} different rows ({len(rows) / total:.0%})"
                yield self.finding(
                    refs[0],
                    message.replace("%", " %"),
                    pointer=request_pointer(records[refs[0]]),
                    related=tuple(refs[1:]),
                    data={"rows": len(rows), "different_rows": total},
                )
