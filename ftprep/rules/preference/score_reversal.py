"""Rule PRF009."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ftprep.finding import Finding, Severity
from ftprep.rule import Bad, CalibratedRule, Good

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ftprep.record import Record
    from ftprep.shard import Shard

# The two scores of a pair, by the names that public sets use. Ranks are left out: there, less is better.
_NAMES = (
    *(
        (pattern.format("chosen"), pattern.format("rejected"))
        for word in ("score", "rating", "reward")
        for pattern in (f"{word}_{{}}", f"{{}}_{word}", f"{{}}-{word}", f"{word}-{{}}")
    ),
    ("chosen_avg_rating", "rejected_avg_rating"),
)
_KEYS = tuple(f'"{name}"'.encode() for name, _ in _NAMES)


class ScoreReversal(CalibratedRule):
    """A preference pair whose own scores contradict it.

    ## What it does
    Reads the scores that a row gives its two sides (`score_chosen` and `score_rejected`, `chosen_rating` and
    `rejected_rating`, and the like) and reports rows whose rejected side has the higher one. Equal scores are fine.

    ## Why is this bad?
    Either the sides were swapped or the scores are of other answers; trained as it is, the pair teaches the opposite of
    what its raters said.

    ## How to settle it
    Swap the sides, or drop the row. If nearly all rows are reported, the numbers are losses or ranks, of which less is
    better: rename their columns, or ignore the rule.
    """

    code = "PRF009"
    name = "score-reversal"
    severity = Severity.ERROR
    methods = frozenset({"preference"})
    examples = (
        Good({"prompt": "Hi", "chosen": "Hello!", "rejected": "What?", "score_chosen": 8.5, "score_rejected": 4}),
        Good({"prompt": "Hi", "chosen": "Hello!", "rejected": "What?", "chosen_rating": 4, "rejected_rating": 4}),
        Good({"prompt": "Hi", "chosen": "Hello!", "rejected": "What?", "chosen_rank": 1, "rejected_rank": 2}),
        Good({"prompt": "Hi", "chosen": "Hello!", "rejected": "What?", "score_chosen": None, "score_rejected": "n/a"}),
        Bad(
            {"prompt": "Hi", "chosen": "Hello!", "rejected": "What?", "score_chosen": 4, "score_rejected": 8.5},
            at=[(1, "/score_chosen")],
            message="`score_chosen` is 4, `score_rejected` is 8.5",
        ),
    )

    def screen(self, shard: Shard) -> Iterable[int] | None:
        data = shard.chunk.data
        return None if any(key in data for key in _KEYS) else []

    def check(self, record: Record) -> Iterator[Finding]:
        row = record.row
        for chosen, rejected in _NAMES:
            if chosen in row and rejected in row:
                high, low = _number(row[chosen]), _number(row[rejected])
                if high is not None and low is not None and high < low:
                    message = f"`{chosen}` is {high:.6g}, `{rejected}` is {low:.6g}"
                    yield self.finding(
                        record.ref, message, pointer=f"/{chosen}", data={"chosen": high, "rejected": low}
                    )
                return


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if abs(value) < 1e300 else None
