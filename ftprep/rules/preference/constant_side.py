"""Rule PRF010."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ftprep.finding import Finding, Severity
from ftprep.record import Ref
from ftprep.rule import Bad, DatasetRule, Good
from ftprep.tasks.table import PAIRS
from ftprep.text.snippet import quote

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ftprep.engine.engine import Engine
    from ftprep.engine.table import Table
    from ftprep.record import Record


def _pairs(count: int, chosen: str, rejected: str) -> list[dict[str, str]]:
    return [
        {
            "prompt": f"What is kept in cellar {number}?",
            "chosen": chosen.format(number, number % 2),
            "rejected": rejected.format(number, number % 2),
        }
        for number in range(count)
    ]


class ConstantSide(DatasetRule):
    """A side of the pairs that is always one of a few texts.

    ## What it does
    Counts the different texts of each side over all pairs, repeated pairs once. Reported is a side with at most 20 of
    them that are at most 2 % of the pairs, with its commonest text. Where both sides are such, the set is a
    classification set in the form of pairs, and the message says so.

    ## Why is this bad?
    The model learns to tell that text from everything else, which takes a few steps, and then learns nothing more: it
    comes to avoid one refusal, and not worse answers. (No public file read here is reported.)

    ## How to settle it
    Sample the constant side from the model that is to be tuned. For a classification set, fine-tune on the labels
    instead.
    """

    code = "PRF010"
    name = "constant-side"
    severity = Severity.WARNING
    methods = frozenset({"preference"})
    facts = PAIRS
    examples = (
        Good(*_pairs(60, "Apples, in {} boxes.", "Cellar {} is locked.")),
        Good(*_pairs(40, "Apples, in {} boxes.", "I cannot help with that."), note="too few pairs to tell"),
        Bad(
            *_pairs(60, "Apples, in {} boxes.", "I cannot help with that."),
            at=[(0, "")],
            message="the rejected side of 60 pairs is one text: `I cannot help with that.`",
        ),
        Bad(
            *_pairs(120, "{1}", "no {1}"),
            at=[(0, "")],
            message="both sides of 120 pairs come from few texts (2 chosen, 2 rejected), as in classification",
        ),
    )

    def reduce(self, table: Table, engine: Engine) -> Iterator[Finding]:
        from ftprep.tasks.pairs import distinct_pairs, few_texts

        for rows in distinct_pairs(table, engine):
            counts = {side: few_texts(table, rows, side) for side in ("chosen", "rejected")}
            constant = [side for side, count in counts.items() if count]
            data = {"pairs": len(rows), **{f"{side}_texts": counts[side] for side in constant}}
            place = Ref(int(table["file"][rows[0]]), 0) if len(rows) else Ref(0, 0)
            if len(constant) == 2:
                message = (
                    f"both sides of {len(rows):,} pairs come from few texts ({counts['chosen']} chosen, "
                    f"{counts['rejected']} rejected), as in classification"
                )
                yield self.finding(place, message[:100], related=tuple(table.refs(rows[:5])), data=data)
            for side in constant if len(constant) == 1 else ():
                yield self._one_side(table, engine, rows, side, place, data)

    def _one_side(self, table: Table, engine: Engine, rows: Any, side: str, place: Ref, data: Any) -> Finding:
        import numpy as np

        texts, first, counts = np.unique(table[side][rows], return_index=True, return_counts=True)
        # Of texts that are as common the one that comes first, whatever their hashes are.
        top = int(np.lexsort((first, -counts))[0])
        shown = rows[table[side][rows] == texts[top]][:5]
        refs = table.refs(shown)
        records = engine.records(refs[:1])
        word = ""
        if refs[0] in records:
            word = quote(_said(records[refs[0]], side), 30)
        if len(texts) == 1:
            message = f"the {side} side of {len(rows):,} pairs is one text: {word}"
        else:
            message = f"the {side} side of {len(rows):,} pairs is one of {len(texts)} texts, mostly {word}"
            message += f" ×{counts[top]:,}"
        data = {**data, "commonest": int(counts[top])}
        return self.finding(place, message[:100], related=tuple(refs), data=data)


def _said(record: Record, side: str) -> str:
    """The last text on one side of a row; of a transcript what is said last."""
    from ftprep.formats.transcripts import utterances
    from ftprep.text.pairs import sides

    texts = sides(record)[side == "rejected"]
    value = record.shard.values[texts[-1]] if texts else ""
    turns = utterances(value) if record.format.transcripts else []
    return (value[turns[-1].start :] if turns else value).strip()
