"""Rule PRF012."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ftprep.finding import Finding, Severity
from ftprep.record import Ref
from ftprep.rule import Bad, DatasetRule, Good, Option

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ftprep.engine.engine import Engine
    from ftprep.engine.table import Table
    from ftprep.shard import Shard

LEAST_ROWS = 20
MOST_WANTED = 4 / 3  # wanted answers per unwanted one, weighted: from 1 to this


def _rows(wanted: int, unwanted: int) -> list[dict[str, Any]]:
    return [
        {"prompt": f"What is in box {number}?", "completion": f"There are {number} nails.", "label": number < wanted}
        for number in range(wanted + unwanted)
    ]


class UnbalancedFeedback(DatasetRule):
    """Wanted and unwanted answers in numbers that do not balance.

    ## What it does
    Counts the rows with a wanted and with an unwanted answer in sets for KTO and the like, repeated rows once, and
    multiplies the counts by the weights that the trainer gives them (options; 1 and 1 as in most trainers). Sets of at
    least 20 rows are reported if the ratio of wanted to unwanted is below 1 or above 4/3. A twentieth beyond is let
    pass: it is a few rows more or less.

    ## Why is this bad?
    The loss of KTO weighs gains against losses and expects about as much of both. With too many of one kind the others
    hardly count; TRL warns of ratios outside 1 to 4/3. (The public set read here has 150 of both.)

    ## How to settle it
    Set the weights of the trainer so that the products balance (`desirable_weight` and `undesirable_weight` in TRL) and
    tell the rule about them, or leave out rows of the commoner kind.
    """

    code = "PRF012"
    name = "unbalanced-feedback"
    severity = Severity.WARNING
    methods = frozenset({"kto"})
    options = {
        "desirable_weight": Option(1.0, "weight of wanted answers in the trainer"),
        "undesirable_weight": Option(1.0, "weight of unwanted answers in the trainer"),
        "slack": Option(0.05, "share by which the ratio may leave its range"),
    }
    examples = (
        Good(*_rows(30, 30)),
        Good(*_rows(40, 30)),
        Good(*_rows(39, 40), note="a row more or less is no matter"),
        Good(*_rows(15, 2), note="too few rows to tell"),
        Good(*_rows(20, 60), options={"desirable_weight": 3.5}, note="balanced by weights"),
        Bad(*_rows(20, 60), at=[(0, "")], message="20 wanted and 60 unwanted answers, a ratio of 0.33 to 1"),
        Bad(*_rows(60, 20), at=[(0, "")], message="60 wanted and 20 unwanted answers, a ratio of 3 to 1"),
        Bad(*_rows(0, 20), at=[(0, "")], message="0 wanted and 20 unwanted answers"),
    )

    def map_shard(self, shard: Shard) -> Mapping[str, Any] | None:
        import numpy as np

        from ftprep.formats import columns as c
        from ftprep.text.hashing import folded_hashes, row_keys

        if not len(shard.values):
            return None
        side = shard.codes & c.SIDE_MASK
        wanted = shard.sum_by_row((side == c.CHOSEN).astype(np.int64)) > 0
        unwanted = shard.sum_by_row((side == c.REJECTED).astype(np.int64)) > 0
        sound = np.frombuffer(bytes(shard.state), dtype=np.uint8) == 0
        rows = np.flatnonzero(sound & (wanted | unwanted))
        if not len(rows):
            return None
        keys = row_keys(shard, folded_hashes(shard), np.zeros(len(shard), dtype=np.uint64))
        return {"row": rows, "key": keys[0][rows], "wanted": wanted[rows].astype(np.uint8)}

    def reduce(self, table: Table, engine: Engine) -> Iterator[Finding]:
        import numpy as np

        from ftprep.tasks.pairs import rows_by_split

        weights = float(self.values["desirable_weight"]), float(self.values["undesirable_weight"])
        slack = 1 + float(self.values["slack"])
        for rows in rows_by_split(table, engine):
            _, first = np.unique(table["key"][rows], return_index=True)
            distinct = rows[np.sort(first)]
            kinds = table["wanted"][distinct] != 0
            wanted = int(kinds.sum())
            unwanted = len(distinct) - wanted
            if len(distinct) < LEAST_ROWS:
                continue
            gain, loss = wanted * weights[0], unwanted * weights[1]
            if loss <= gain * slack and gain <= MOST_WANTED * loss * slack:
                continue
            message = f"{wanted:,} wanted and {unwanted:,} unwanted answers"
            if gain and loss:
                weighted = "" if weights == (1.0, 1.0) else ", weighted"
                message += f", a ratio of {gain / loss:.2g} to 1{weighted}"
            rarer = distinct[kinds == (wanted <= unwanted)][:5]
            yield self.finding(
                Ref(int(table["file"][rows[0]]), 0),
                message,
                related=tuple(table.refs(rarer)),
                data={"wanted": wanted, "unwanted": unwanted},
            )
