"""Rule PRF004."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ftprep.finding import DROP, Finding, Severity
from ftprep.rule import Bad, DatasetRule, Good
from ftprep.tasks.table import PAIRS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ftprep.engine.engine import Engine
    from ftprep.engine.table import Table


def _pair(chosen: str, rejected: str, prompt: str = "Name a prime above 20.") -> dict[str, object]:
    return {"prompt": prompt, "chosen": chosen, "rejected": rejected}


class ReversedPair(DatasetRule):
    """The same pair with both preferences.

    ## What it does
    Finds pairs whose two sides occur the other way round in an earlier row with the same prompt. Case and the amount of
    white space do not count. Each such pair is reported once, at the first row that turns it round.

    ## Why is this bad?
    One row pushes the model towards an answer and the other away from it: together they teach nothing, and the loss
    cannot fall. Most often two raters disagreed, or an export swapped its columns half way. (No pair in three public
    files is reported.)

    ## How to settle it
    Keep the preference that is meant, or drop both rows.
    """

    code = "PRF004"
    name = "reversed-pair"
    severity = Severity.ERROR
    methods = frozenset({"preference"})
    facts = PAIRS
    examples = (
        Good(_pair("23", "21"), _pair("29", "23")),
        Good(_pair("23", "21"), _pair("21", "23", "Name a number above 20 that is no prime."), note="another prompt"),
        Good(_pair("23", "21"), _pair("23", "21"), note="a duplicate"),
        Bad(
            _pair("23", "21"),
            _pair("29", "27"),
            _pair("21", "23"),
            at=[(3, "")],
            message="the pair of line 1 with its sides reversed",
        ),
        Bad(
            _pair("23", "21"),
            _pair("23", "21"),
            _pair("21.", "23"),
            _pair("21", "23"),
            at=[(4, "")],
            message="the pair of line 1 with its sides reversed (2 rows prefer one side, 1 the other)",
        ),
    )

    def reduce(self, table: Table, engine: Engine) -> Iterator[Finding]:
        import numpy as np

        from ftprep.tasks.pairs import rows_by_split

        many = len(engine.inputs) > 1
        for rows in rows_by_split(table, engine):
            chosen, rejected = table["chosen"][rows], table["rejected"][rows]
            swapped = chosen > rejected
            keys = [table["prompt"][rows], np.minimum(chosen, rejected), np.maximum(chosen, rejected)]
            order = np.lexsort(keys)
            same = np.ones(max(len(order) - 1, 0), dtype=np.bool_)
            for key in keys:
                same &= key[order][1:] == key[order][:-1]
            groups = np.split(order, np.flatnonzero(~same) + 1)
            both = [group for group in groups if len(group) > 1 and len(set(swapped[group].tolist())) == 2]
            for group in sorted(both, key=lambda one: int(one[0])):
                ways = swapped[group]
                turned = rows[group[ways != ways[0]]]
                first, refs = table.ref(int(rows[group[0]])), table.refs(turned)
                place = f"{engine.inputs[first.file].name}:{first.line}" if many else f"line {first.line}"
                message = f"the pair of {place} with its sides reversed"
                if len(group) > 2:
                    kept = len(group) - len(turned)
                    noun = "row prefers" if kept == 1 else "rows prefer"
                    message += f" ({kept:,} {noun} one side, {len(turned):,} the other)"
                yield self.finding(
                    refs[0],
                    message[:100],
                    related=(first, *refs[1:5]),
                    group=f"{first.file}:{first.line}",
                    data={"rows": len(group), "reversed": len(turned)},
                    fix=DROP,
                )
