"""Rule DRF002."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from ftprep.drift.table import no_production
from ftprep.finding import Finding, Severity
from ftprep.record import Ref
from ftprep.rule import Bad, DatasetRule, Good, Option
from ftprep.tasks.table import ANSWERS
from ftprep.text.snippet import quote

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ftprep.drift.labels import LabelShift
    from ftprep.drift.production import Production
    from ftprep.engine.engine import Engine
    from ftprep.engine.table import Table
    from ftprep.settings import Settings

LONGEST = 100  # characters of a message
LISTED = 10  # labels in the data of a finding


def _rows(**counts: int) -> list[dict[str, str]]:
    return [
        {"prompt": f"Message {number} to the desk of the {label} counter", "completion": label}
        for label, count in counts.items()
        for number in range(count)
    ]


def _at_work(**counts: int) -> dict[str, Any]:
    return {"against_production": "\n".join(map(json.dumps, _rows(**counts)))}


class ShiftedLabels(DatasetRule):
    """Labels with other shares than in production.

    ## What it does
    In tasks whose answers are labels, compares the share of each label with its share in the files that
    `--against-production` names, split by split. Reports where the shares differ by 0.10 in total variation beyond what
    samples of these sizes differ by, or where one label moves by ten points, if a G test at one in a thousand agrees.
    It needs 50 rows on either side and draws 4,000 of more. Option letters are not labels, and production rows without
    answers tell nothing here.

    ## Why is this bad?
    A classifier learns how common each label is along with what it means. With other shares at work it says the
    labels of training too often, and its score on a split of the training data is not the one that users see. Random
    halves of two sets of intents differ by at most 0.02 beyond chance, the two sets by 0.86. 0 of 40 pairs of parts of
    one of them were flagged.

    ## How to settle it
    Draw rows as production draws them. Where rare labels were repeated on purpose, leave it.
    """

    code = "DRF002"
    name = "shifted-labels"
    severity = Severity.WARNING
    methods = frozenset({"sft"})
    facts = ANSWERS
    options = {
        "variation": Option(0.1, "total variation beyond chance from which on labels have shifted"),
        "move": Option(0.1, "share by which one label has to move"),
    }
    examples = (
        Good(*_rows(ticket=60, luggage=40), settings=_at_work(luggage=70, ticket=100)),
        Good(*_rows(ticket=20, luggage=20), settings=_at_work(ticket=100), note="too few rows"),
        Good(*_rows(A=20, B=80), settings=_at_work(A=80, B=20), note="option letters"),
        Bad(
            *_rows(ticket=120, luggage=60),
            settings=_at_work(ticket=60, luggage=120),
            at=[(0, "")],
            message="label `ticket` is 66.7 % of the rows, 33.3 % in production (total variation 0.33)",
        ),
        Bad(
            *_rows(ticket=60, luggage=60, lost=60),
            settings=_at_work(ticket=100, luggage=100),
            at=[(0, "")],
            message="label `lost` is 33.3 % of the rows, 0.0 % in production (total variation 0.33; 1 label is new)",
        ),
    )

    @classmethod
    def unavailable(cls, settings: Settings) -> str | None:
        return no_production(settings)

    def reduce(self, table: Table, engine: Engine) -> Iterator[Finding]:
        from ftprep.drift.labels import joined, label_shifts, largest_move
        from ftprep.drift.production import load_production
        from ftprep.drift.table import sides

        production = load_production(self.settings.against_production)
        answers = production.answers()
        if not len(answers):
            return
        for file, rows in sides(table, engine, self.settings):
            both, first = joined(table, rows, answers)
            for shift in label_shifts(both, first):
                moved = abs(largest_move(shift)) >= self.values["move"]
                if shift.sure and (moved or shift.beyond >= self.values["variation"]):
                    yield self._finding(file, shift, both, first, production, engine)

    def _finding(
        self, file: int, shift: LabelShift, both: Table, first: int, production: Production, engine: Engine
    ) -> Finding:
        from ftprep.tasks.kinds import stripped
        from ftprep.tasks.voices import voice

        places = both.refs(shift.examples[:LISTED])
        ours = [int(entry) < first for entry in shift.examples[:LISTED]]
        here = engine.records([ref for ref, own in zip(places, ours, strict=True) if own])
        there = production.read([ref for ref, own in zip(places, ours, strict=True) if not own])
        records = [(here if own else there).get(ref) for ref, own in zip(places, ours, strict=True)]
        words = [quote(stripped(voice(record).answer) if record is not None else "", 24) for record in records]
        shares, wanted = shift.shares
        new, gone = int((shift.reference == 0).sum()), int((shift.counts == 0).sum())
        extra = "" if not new + gone else f"; {_labels(new, 'new')}" if new else f"; {_labels(gone, 'missing')}"
        message = f"label {words[0]} is {shares[0]:.1%} of the rows, {wanted[0]:.1%} in production".replace("%", " %")
        for said in (f"total variation {shift.variation:.2f}{extra}", f"variation {shift.variation:.2f}{extra}"):
            if len(message) + len(said) + 3 <= LONGEST:
                message += f" ({said})"
                break
        data = {
            "variation": round(shift.variation, 4),
            "beyond_chance": round(shift.beyond, 4),
            "labels": [
                {"label": word, "share": round(float(share), 4), "production": round(float(want), 4)}
                for word, share, want in zip(words, shares, wanted, strict=False)
            ],
            "new": new,
            "missing": gone,
            "rows": int(shift.counts.sum()),
            "production_rows": int(shift.reference.sum()),
        }
        related = tuple(ref for ref, own in zip(places, ours, strict=True) if own)[:3]
        return self.finding(Ref(file, 0), message[:100], related=related, data=data)


def _labels(number: int, what: str) -> str:
    return f"{number:,} label{'s are' if number > 1 else ' is'} {what}"
