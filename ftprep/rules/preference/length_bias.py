"""Rule PRF007."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ftprep.finding import Finding, Severity
from ftprep.record import Ref
from ftprep.rule import Bad, DatasetRule, Good, Option
from ftprep.tasks.table import PAIRS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ftprep.engine.engine import Engine
    from ftprep.engine.table import Table

LEAST_DIFFERENCE = 0.1  # of the longer side: what differs by less decides nothing
LARGEST_P = 1e-6  # guards small sets; in large ones the share alone decides


def _pairs(longer: int, shorter: int) -> list[dict[str, str]]:
    """Pairs of which so many have the longer side chosen."""
    rows = []
    for number in range(longer + shorter):
        sides = (
            f"The boat with number {number} leaves from pier {number % 7} at noon, and returns in the evening.",
            f"Boat {number} leaves from the pier with number {number % 7} then.",
        )
        chosen, rejected = sides if number * longer % (longer + shorter) < longer else sides[::-1]
        rows.append({"prompt": f"When does boat {number} leave?", "chosen": chosen, "rejected": rejected})
    return rows


class LengthBias(DatasetRule):
    """Pairs whose preferred side is nearly always the longer one, or the shorter one.

    ## What it does
    Compares the lengths of the two sides in characters. Pairs decide where these differ by a tenth or more of the
    longer side; repeated pairs count once, and pairs of two labels or other short lines do not count. Where at least 50
    pairs decide and 70 % of them prefer the longer side, or the shorter one, that is reported, if the two-sided sign
    test says that it is no chance. Sides that are constant texts are PRF010's.

    ## Why is this bad?
    Length is the easiest thing to learn from such pairs. Models tuned on them get wordy (or curt) whatever is asked,
    and win on the pairs without any better answers. (One of three public files read here is reported: the shorter side
    is chosen in 84 % of 258 pairs.)

    ## How to settle it
    Add pairs in which the shorter side is the better one, leave out the most lopsided ones, or train with a loss that
    allows for length.
    """

    code = "PRF007"
    name = "length-bias"
    severity = Severity.WARNING
    methods = frozenset({"preference"})
    facts = PAIRS
    options = {"share": Option(0.7, "share of the pairs that prefer the longer side, or the shorter one")}
    examples = (
        Good(*_pairs(40, 36)),
        Good(*_pairs(30, 0), note="too few pairs to tell"),
        Good(
            *(
                {"prompt": f"Is boat {number} late?", "chosen": "Not late", "rejected": f"Yes {number}"}
                for number in range(60)
            ),
            note="labels",
        ),
        Bad(*_pairs(60, 4), at=[(0, "")], message="the chosen side is the longer one in 94 % of 64 pairs"),
        Bad(*_pairs(2, 70), at=[(0, "")], message="the chosen side is the shorter one in 97 % of 72 pairs"),
    )

    def reduce(self, table: Table, engine: Engine) -> Iterator[Finding]:
        import numpy as np

        from ftprep.tasks.pairs import LEAST_PAIRS, distinct_pairs, few_texts, sign_test

        limit = float(self.values["share"])
        for rows in distinct_pairs(table, engine):
            if few_texts(table, rows, "chosen") or few_texts(table, rows, "rejected"):
                continue
            rows = rows[table["closed"][rows] == 0]
            chosen, rejected = table["chosen_characters"][rows], table["rejected_characters"][rows]
            decide = np.abs(chosen - rejected) >= LEAST_DIFFERENCE * np.maximum(chosen, rejected)
            rows, chosen, rejected = rows[decide], chosen[decide], rejected[decide]
            longer = int((chosen > rejected).sum())
            more = max(longer, len(rows) - longer)
            if len(rows) < LEAST_PAIRS or more < limit * len(rows):
                continue
            p_value = sign_test(longer, len(rows))
            if p_value >= LARGEST_P:
                continue
            word = "longer" if longer == more else "shorter"
            ratio = float(np.median(chosen / np.maximum(rejected, 1)))
            share = more / len(rows)
            message = f"the chosen side is the {word} one in {share:.0%} of {len(rows):,} pairs".replace("%", " %")
            message += f" (median length ratio {ratio:.2g}, p {'< 1e-12' if p_value < 1e-12 else f'= {p_value:.0e}'})"
            against = rows[(chosen > rejected) != (longer == more)][:5]
            yield self.finding(
                Ref(int(table["file"][rows[0]]), 0),
                message[:100],
                related=tuple(table.refs(against)),
                data={
                    "pairs": len(rows),
                    "longer": longer,
                    "share": round(longer / len(rows), 4),
                    "median_ratio": round(ratio, 3),
                    "p": p_value,
                },
            )
