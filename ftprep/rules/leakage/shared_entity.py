"""Rule LEK003."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ftprep.finding import Finding, Severity
from ftprep.record import Ref
from ftprep.rule import Bad, DatasetRule, Good

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ftprep.engine.engine import Engine, Group
    from ftprep.engine.table import Table
    from ftprep.shard import Shard

FEW_VALUES, ROWS_EACH = 20, 5  # a column of fewer values with more rows each names a source, not a thing


def _row(number: int, **ids: Any) -> dict[str, Any]:
    turns = [{"role": "user", "content": f"Where is parcel {number}?"}, {"role": "assistant", "content": "On its way."}]
    return {"messages": turns, **ids}


def _asked(order: str) -> dict[str, Any]:
    request = f"Where is order number {order}?"
    return {"messages": [{"role": "user", "content": request}, {"role": "assistant", "content": "On its way."}]}


class SharedEntity(DatasetRule):
    """The same customer, document or conversation in two splits.

    ## What it does
    Compares what rows are about between the splits of a dataset: the values of columns that name one thing
    (`customer_id`, `document_id`, `conversation_id` and their like, in the row or in its `metadata`) and the
    identifiers in the texts (IDS001, IDS002), in whatever case and grouping. One finding per thing for each file of
    the later split says how many of its values an earlier split has. Silent for numbers that count the rows of each
    file anew, and for columns of a few values, which name a source.

    ## Why is this bad?
    Rows about one customer or from one document share names, facts and phrases. With some of them in training, the
    others measure what was remembered, and the score is too good for customers that the model never saw. Two public
    sets of conversations, one row per turn and split at random, were flagged in 8 of 8 splits, with the right counts in
    all of them; none of 24 splits that kept what belongs together was.

    ## How to settle it
    Split by the thing, so that all its rows are on one side.
    """

    code = "LEK003"
    name = "shared-entity"
    severity = Severity.WARNING
    across_splits = True
    examples = (
        Good(
            *[_row(one, document_id=f"doc-{one}") for one in range(30, 33)],
            name="test.jsonl",
            beside={"train.jsonl": [_row(one, document_id=f"doc-{one}") for one in range(9)]},
        ),
        Good(
            *[_row(one, document_id=one) for one in range(30, 60)],
            name="test.jsonl",
            beside={"train.jsonl": [_row(one, document_id=one) for one in range(70, 100)]},
        ),
        Good(
            *[_row(one, doc_id=one) for one in range(1, 9)],
            name="test.jsonl",
            beside={"train.jsonl": [_row(10 + one, doc_id=one) for one in range(1, 31)]},
            note="the rows of each file are counted",
        ),
        Good(
            *[_row(one, user_id=f"annotator-{one % 2}") for one in range(10)],
            name="test.jsonl",
            beside={"train.jsonl": [_row(50 + one, user_id=f"annotator-{one % 2}") for one in range(20)]},
            note="two annotators",
        ),
        Good(_row(1, id=1), name="test.jsonl", beside={"train.jsonl": [_row(2, id=1)]}, note="the id of a row"),
        Bad(
            *[_row(one, metadata={"customer_id": f"C-{100 + one // 2}"}) for one in range(6)],
            name="test.jsonl",
            beside={"train.jsonl": [_row(50 + one, metadata={"customer_id": f"C-{102 + one}"}) for one in range(9)]},
            at=[(0, "")],
            message="1 of 3 values of `customer_id` is in the train split, too (2 of 6 rows)",
        ),
        Bad(
            *[_asked(f"ORD-{73118 + 61 * one}") for one in range(6)],
            name="test.jsonl",
            beside={"train.jsonl": [_asked(f"ord{73118 + 122 * one}") for one in range(9)]},
            at=[(0, "")],
            message="3 of 6 values of `order_id` are in the train split, too (3 of 6 rows)",
        ),
    )

    def map_shard(self, shard: Shard) -> Mapping[str, Any] | None:
        from ftprep.tasks.entities import entity_columns

        return entity_columns(shard)

    def reduce(self, table: Table, engine: Engine) -> Iterator[Finding]:
        import numpy as np

        from ftprep.tasks.splits import dataset_numbers, split_numbers

        dataset, split = dataset_numbers(engine.inputs)[table["file"]], split_numbers(engine.inputs)[table["file"]]
        for number in np.unique(table["column"]).tolist():
            for name in np.unique(dataset[split >= 0]).tolist():
                mine = np.flatnonzero((table["column"] == number) & (dataset == name) & (split >= 0))
                if len(np.unique(split[mine])) > 1 and not _is_source(table, mine):
                    yield from self._shared(table, mine, split, number, engine)

    def _shared(self, table: Table, mine: Group, split: Group, number: int, engine: Engine) -> Iterator[Finding]:
        import numpy as np

        from ftprep.tasks.entities import ENTITIES

        for file in np.unique(table["file"][mine]).tolist():
            here = mine[table["file"][mine] == file]
            place = int(split[here[0]])
            before = mine[split[mine] < place]
            if not len(before) or (_counts_rows(table, here) and _counts_rows(table, before)):
                continue
            common = np.intersect1d(table["value"][here], table["value"][before])
            if not len(common):
                continue
            known = here[np.isin(table["value"][here], common)]
            partner = before[np.isin(table["value"][before], common)][0]
            same = known[table["value"][known] == table["value"][partner]]
            values, rows = len(np.unique(table["value"][here])), len(np.unique(table["line"][here]))
            shared = len(np.unique(table["line"][known]))
            names = sorted({str(engine.inputs[one].split) for one in np.unique(table["file"][before]).tolist()})
            message = (
                f"{len(common):,} of {values:,} values of `{ENTITIES[number]}` {'is' if len(common) == 1 else 'are'} "
                f"in the {' and '.join(reversed(names))} split{'s' if len(names) > 1 else ''}, too "
                f"({shared:,} of {rows:,} rows)"
            )
            data = {"column": ENTITIES[number], "values": len(common), "rows": shared}
            related = (table.ref(int(same[0])), table.ref(int(partner)))
            yield self.finding(Ref(file, 0), message[:100], related=related, data=data)


def _is_source(table: Table, mine: Group) -> bool:
    """Whether a column names where rows are from: a few values with many rows each."""
    import numpy as np

    values = len(np.unique(table["value"][mine]))
    return values <= FEW_VALUES and len(mine) >= ROWS_EACH * values


def _counts_rows(table: Table, entries: Group) -> bool:
    """Whether the values are numbers without gaps, each of one row."""
    import numpy as np

    numbers = table["number"][entries]
    distinct = len(np.unique(numbers))
    return bool(numbers.min() >= 0 and distinct == len(numbers) and numbers.max() - numbers.min() < 2 * distinct)
