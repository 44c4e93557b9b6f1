"""Rule TOK003."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ftprep.finding import Finding, Severity
from ftprep.record import State
from ftprep.rule import Bad, Cost, DatasetRule, Good, Option

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ftprep.engine.engine import Engine
    from ftprep.engine.table import Table
    from ftprep.shard import Shard


def _row(words: int) -> dict[str, Any]:
    return {"messages": [{"role": "user", "content": "Count."}, {"role": "assistant", "content": "one two " * words}]}


class LengthOutlier(DatasetRule):
    """A row whose length is far outside the spread of its file.

    ## What it does
    Takes the logarithm of each row's tokens and measures its distance from the file's median in units of the median
    absolute deviation (the modified z-score of Iglewicz and Hoaglin, 1993: 0.6745 × distance / MAD). Rows beyond the
    threshold that are also at least four times as long, or a quarter as long, as the median are reported. Files with
    fewer than 50 rows, or whose rows mostly have one length, are not judged.

    ## Why is this bad?
    A row that is unlike all others is often an export accident: a whole log in one turn, a cut-off conversation. It
    also sets the memory that a batch needs.

    ## How to settle it
    Look at the row. Nothing is wrong with a long row that is meant.
    """

    code = "TOK003"
    name = "length-outlier"
    severity = Severity.INFO
    cost = Cost.TOKENS
    options = {"threshold": Option(6.0, "modified z-score of the logarithm of tokens")}
    examples = (
        Good(*[_row(words) for words in range(5, 65)]),
        Good(*[_row(5)] * 10, _row(900), note="too few rows to know what is usual"),
        Bad(*[_row(words) for words in range(5, 65)], _row(20_000), at=[(61, "")], message="the median is"),
    )

    def map_shard(self, shard: Shard) -> Mapping[str, Any] | None:
        rows = shard.rows_in(State.SOUND)
        return {"row": rows, "tokens": shard.row_tokens[rows]}

    def reduce(self, table: Table, engine: Engine) -> Iterator[Finding]:
        for file in sorted(set(table["file"].tolist())):
            entries = (table["file"] == file).nonzero()[0]
            if len(entries) >= 50:
                yield from self._judge(table, entries)

    def _judge(self, table: Table, entries: Any) -> Iterator[Finding]:
        import numpy as np

        tokens = np.maximum(table["tokens"][entries], 1)
        logs = np.log(tokens)
        median = float(np.median(logs))
        deviation = float(np.median(np.abs(logs - median)))
        if deviation == 0:
            return
        scores = 0.6745 * (logs - median) / deviation
        far = (np.abs(scores) > self.values["threshold"]) & (np.abs(logs - median) >= np.log(4))
        middle = round(float(np.exp(median)))
        for index in np.flatnonzero(far):
            count, score = int(tokens[index]), float(scores[index])
            yield self.finding(
                table.ref(int(entries[index])),
                f"{count:,} tokens; the median is {middle:,}",
                data={"tokens": count, "median": middle, "score": round(abs(score), 2)},
            )
