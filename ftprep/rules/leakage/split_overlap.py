"""Rule LEK001."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ftprep.finding import DROP, Finding, Severity
from ftprep.rule import Bad, DatasetRule, Good

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ftprep.engine.engine import Engine, Group
    from ftprep.engine.table import Table
    from ftprep.record import Ref
    from ftprep.shard import Shard


def _row(prompt: str, answer: str) -> dict[str, Any]:
    return {"messages": [{"role": "user", "content": prompt}, {"role": "assistant", "content": answer}]}


_PERU = _row("What is the capital of Peru?", "Lima.")
_CHAD = _row("What is the capital of Chad?", "N'Djamena.")


class SplitOverlap(DatasetRule):
    """The same row or the same prompt in two splits.

    ## What it does
    Compares the training, validation and test files of a dataset, as `--splits`, configuration or the names of the
    files tell them apart. Reports each row of the later split (test before validation before training) that an
    earlier split holds, too: the whole row, as DUP001 compares, or its prompt (system prompt, tools, earlier turns and
    last request, but for the punctuation around it). Prompts of fewer than 20 bytes, and those of more than 20 rows,
    count with their answer only.

    ## Why is this bad?
    The model was trained on what it is tested with. The score says how much was learnt by heart, and the checkpoint
    that is chosen by it is the one that forgets least. Of 8,819 rows for validation and test of two public sets 4 were
    flagged, and of a tenth of 100,000 rows with known repetitions 19 %; 49 of 49 that were read are the same prompt.
    About a fifth of these ask for something that has many answers (a question about this text, a sentence with these
    words): they count, because the model has seen the very text that the test is about.

    ## How to settle it
    Drop the row from the later split. Remove duplicates before a set is split, not after.
    """

    code = "LEK001"
    name = "split-overlap"
    severity = Severity.ERROR
    in_fast_profile = True
    across_splits = True
    examples = (
        Good(_CHAD, name="test.jsonl", beside={"train.jsonl": [_PERU]}),
        Good(_PERU, name="one.jsonl", beside={"two.jsonl": [_PERU]}, note="files of no known split"),
        Good(_PERU, name="train_2.jsonl", beside={"train_1.jsonl": [_PERU]}, note="both are for training"),
        Good(
            _row("Good evening!", "Good evening, what can I do?"),
            name="test.jsonl",
            beside={"train.jsonl": [_row("Good evening!", "Welcome.")]},
            note="everybody begins like this",
        ),
        Bad(
            _CHAD,
            _row("what is the  capital of Peru?", "LIMA."),
            name="test.jsonl",
            beside={"train.jsonl": [_PERU]},
            at=[(2, "")],
            message="same row as train.jsonl:1, of the train split",
        ),
        Bad(
            _row("What is the capital of Peru", "It is Lima, on the coast."),
            name="validation.jsonl",
            beside={"train.jsonl": [_CHAD, _PERU], "test.jsonl": [_PERU]},
            at=[(1, ""), (1, "")],
            message="same prompt as train.jsonl:2, of the train split",
            note="the row of the test file is reported, too",
        ),
        Bad(
            _PERU,
            name="a.jsonl",
            beside={"b.jsonl": [_PERU]},
            settings={"splits": {"train": "a.jsonl", "test": "b.jsonl"}},
            at=[(1, "")],
            message="of the train split",
        ),
    )

    def map_shard(self, shard: Shard) -> Mapping[str, Any] | None:
        from ftprep.tasks.splits import overlap_columns

        return overlap_columns(shard)

    def reduce(self, table: Table, engine: Engine) -> Iterator[Finding]:
        from ftprep.engine.table import Table as Rows
        from ftprep.tasks.splits import dataset_numbers, overlapping, split_numbers

        dataset, split = dataset_numbers(engine.inputs)[table["file"]], split_numbers(engine.inputs)[table["file"]]
        known = split >= 0
        columns = {name: column[known] for name, column in table.columns.items()}
        rows = Rows({**columns, "dataset": dataset[known], "split": split[known]})
        found = [
            finding
            for level, group, late in overlapping(rows, engine)
            for finding in self._overlaps(rows, group, late, engine, level)
        ]
        yield from sorted(found, key=lambda one: one.sort_key)

    def _overlaps(self, rows: Table, group: Group, late: Group, engine: Engine, level: str) -> Iterator[Finding]:
        """One finding for each of the ``late`` members of a group, with the first row of the earliest split."""
        if not len(late):
            return
        partner = rows.ref(int(group[rows["split"][group].argmin()]))
        place = self._place(partner, engine)
        for ref in rows.refs(group[late]):
            message = f"same {level} as {place}"
            yield self.finding(ref, message, related=(partner,), data={"level": level}, fix=DROP)

    def _place(self, ref: Ref, engine: Engine) -> str:
        from pathlib import PurePath

        from ftprep.text.snippet import shorten

        one = engine.inputs[ref.file]
        return f"{shorten(PurePath(one.name).name, 40)}:{ref.line}, of the {one.split} split"
