"""Rule DRF001."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from ftprep.drift.table import EXCHANGES, no_production
from ftprep.finding import Finding, Severity
from ftprep.record import Ref
from ftprep.rule import Bad, DatasetRule, Good, Option

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ftprep.drift.lengths import Shift
    from ftprep.engine.engine import Engine
    from ftprep.engine.table import Table
    from ftprep.settings import Settings

LEAST_MOVE = 0.1  # of the tenth of lengths that differs most; less is nothing that a model meets
SHORT = 40  # characters: answers that are no longer on either side are labels and values, whose lengths mean nothing


def _rows(words: int, spread: int = 9) -> list[dict[str, Any]]:
    return [
        {
            "messages": [
                {"role": "user", "content": f"Parcel {one} is " + "late again " * (words + one * 7 % spread)},
                {
                    "role": "assistant",
                    "content": f"I have asked the depot of parcel {one} and will tell you soon.",
                },
            ]
        }
        for one in range(60)
    ]


def _lines(rows: list[dict[str, Any]]) -> str:
    return "\n".join(map(json.dumps, rows))


def _prompts(rows: list[dict[str, Any]]) -> str:
    return _lines([{"messages": row["messages"][:1]} for row in rows])


class ShiftedLengths(DatasetRule):
    """Prompts or answers that are much longer or shorter than those of production.

    ## What it does
    Compares the lengths of each row's last request, and of the answer to it, with those in the files that
    `--against-production` names, split by split: by the population stability index (PSI) over the tenths of
    production, which must reach 0.2 and what 999 of 1,000 samples of one distribution stay below; and one of the tenths
    must differ by 10 %. It needs 50 rows on either side and draws 4,000 of more. Answers are compared where production
    has them and they are longer than labels.

    ## Why is this bad?
    A model that was tuned on one-line questions meets pages at work, or answers at the length of another job. No score
    on a test set that was cut from the same data shows it. Random halves of five public sets have a PSI of at most
    0.08, the official parts of a set of school tasks 0.02; a set of requests to a bank has 0.42 against one to an
    assistant. 0 of 81 pairs of parts of one set were flagged.

    ## How to settle it
    Draw training rows from where the model will work, or leave the difference if it is meant.
    """

    code = "DRF001"
    name = "shifted-lengths"
    severity = Severity.WARNING
    facts = EXCHANGES
    options = {"index": Option(0.2, "population stability index from which on lengths have shifted")}
    examples = (
        Good(*_rows(6), settings={"against_production": _lines(_rows(6)[::-1])}),
        Good(*_rows(6)[:30], settings={"against_production": _lines(_rows(40))}, note="too few rows"),
        Good(*_rows(6), settings={"against_production": _prompts(_rows(6))}, note="production has prompts only"),
        Good(
            *_rows(20, spread=1),
            settings={"against_production": _lines([*_rows(20, spread=1)[:6], *_rows(20, spread=1)[:9]] * 6)},
            note="one character more or less, where all are alike",
        ),
        Bad(
            *_rows(6),
            settings={"against_production": _prompts(_rows(40))},
            at=[(0, "")],
            message="prompts are 0.2 × as long as in production: median 123 against 497 characters (PSI",
        ),
        Bad(
            *_rows(6, spread=40),
            settings={"against_production": _lines(_rows(22, spread=5))},
            at=[(0, "")],
            message="prompts are spread otherwise: the middle half 177-398 characters, in production 266-288",
        ),
    )

    @classmethod
    def unavailable(cls, settings: Settings) -> str | None:
        return no_production(settings)

    def reduce(self, table: Table, engine: Engine) -> Iterator[Finding]:
        from ftprep.drift.exchanges import sample
        from ftprep.drift.lengths import compare_lengths
        from ftprep.drift.production import load_production
        from ftprep.drift.table import sides

        production = load_production(self.settings.against_production)
        for file, rows in sides(table, engine, self.settings):
            drawn = sample(table["key"], table["line"], rows)
            for part, wanted in (("request", production.request), ("answer", production.answer)):
                lengths, wanted = table[part][drawn], wanted[wanted >= 0]
                lengths = lengths[lengths >= 0]
                shift = compare_lengths(lengths, wanted)
                if shift is None or shift.psi < max(self.values["index"], shift.bound) or shift.moved < LEAST_MOVE:
                    continue
                if part == "answer" and max(shift.quarters[2], shift.reference_quarters[2]) <= SHORT:
                    continue
                data = {
                    "part": "prompt" if part == "request" else part,
                    "psi": round(shift.psi, 3),
                    "psi_bound": round(shift.bound, 3),
                    "quarters": list(shift.quarters),
                    "production_quarters": list(shift.reference_quarters),
                    "longer": round(shift.longer, 3),
                    "rows": len(lengths),
                    "production_rows": len(wanted),
                }
                yield self.finding(Ref(file, 0), _message(shift, part), data=data)


def _message(shift: Shift, part: str) -> str:
    what = "prompts" if part == "request" else "answers"
    median, wanted = shift.quarters[1], shift.reference_quarters[1]
    if 0.8 <= shift.ratio <= 1.25:
        (low, _, high), (least, _, most) = shift.quarters, shift.reference_quarters
        text = f"{what} are spread otherwise: the middle half {low:,}-{high:,} characters, in production "
        return f"{text}{least:,}-{most:,}"[:100]
    ratio = f"{shift.ratio:.1f}" if shift.ratio >= 0.1 else f"{shift.ratio:.1g}"
    text = f"{what} are {ratio} × as long as in production: median {median:,} against {wanted:,} characters"
    return f"{text} (PSI {shift.psi:.2f})"[:100]
