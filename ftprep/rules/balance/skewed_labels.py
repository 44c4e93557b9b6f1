"""Rule BAL001."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ftprep.finding import Finding, Severity
from ftprep.record import Ref
from ftprep.rule import Bad, DatasetRule, Good, Option
from ftprep.tasks.table import ANSWERS
from ftprep.text.snippet import quote

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ftprep.engine.engine import Engine
    from ftprep.engine.table import Table
    from ftprep.tasks.balance import Balance

LONGEST = 100  # characters of a message; of several that say more or less the longest that fits is taken


def _rows(**counts: int) -> list[dict[str, str]]:
    return [
        {"prompt": f"Message {number} to the desk for {label} things", "completion": label}
        for label, count in counts.items()
        for number in range(count)
    ]


def _fields(label: str, often: int, seldom: int) -> list[dict[str, str]]:
    return [
        {
            "prompt": f"Read message {number} to the desk",
            "completion": f'{{"topic": "{one}", "day": "day {number}"}}',
        }
        for number, one in enumerate([label] * often + ["timetable"] * seldom)
    ]


class SkewedLabels(DatasetRule):
    """A classification task whose labels are far from evenly spread.

    ## What it does
    In tasks whose answers are labels, and in fields of answers in JSON that hold labels, compares the label with most
    rows and the one with fewest among those with at least ten rows, and reports more than 10 to 1. It gives the counts,
    the share of the commonest label, the entropy and the effective number of labels (two to the power of the entropy).
    Option letters are not labels, nor are numbers in JSON but 0 and 1. More than three such fields of one task become
    one finding.

    ## Why is this bad?
    A model that always says the commonest label is already right most of the time, so the rare labels are learnt last,
    or not at all.

    ## How to settle it
    Collect more rows of the rare labels, repeat them, or leave out some of the common ones. If the real world is as
    skewed and accuracy is all that counts, leave it.
    """

    code = "BAL001"
    name = "skewed-labels"
    severity = Severity.WARNING
    methods = frozenset({"sft"})
    facts = ANSWERS
    options = {"ratio": Option(10.0, "rows of the commonest label per row of the rarest, beyond which it is skewed")}
    examples = (
        Good(*_rows(ticket=60, luggage=30, timetable=12)),
        Good(*_rows(ticket=60, luggage=58, typo=1), note="one stray row is no label: BAL002"),
        Good(*_fields("ticket", 240, 40), note="the rarest label of a field has enough rows"),
        Bad(
            *_fields("ticket", 240, 12),
            at=[(0, "")],
            message="field `/topic`: `ticket` has 240 rows (95 %), `timetable` 12 (20.0 : 1); 2 labels, effective 1.2",
        ),
        Bad(
            *_rows(ticket=240, luggage=60, timetable=12),
            at=[(0, "")],
            message="`ticket` has 240 rows (77 %), `timetable` 12 (20.0 : 1); 3 labels, effective 1.9, entropy",
        ),
    )

    def reduce(self, table: Table, engine: Engine) -> Iterator[Finding]:
        from ftprep.tasks.balance import balances, by_task, example_of

        skewed = [one for one in balances(table, engine) if one.ratio > float(self.values["ratio"])]
        for group in by_task(skewed):
            worst = max(group, key=lambda one: one.ratio)
            several = f"{len(group):,} fields are skewed, most of all " if len(group) > 1 else ""
            message = _said(engine, worst, several)
            subject = worst.subject
            rarest = example_of(subject.table, subject.task, int(worst.labels.labels[len(worst.solid) - 1]))
            data = worst.data() | ({"fields": len(group)} if len(group) > 1 else {})
            yield self.finding(Ref(rarest.file, 0), message[:100], related=(rarest,), data=data)


def _said(engine: Engine, one: Balance, several: str) -> str:
    """What is skewed and how much; the longest way to say it that fits."""
    from ftprep.tasks.balance import words_of

    solid, subject = one.solid, one.subject
    ends = [int(one.labels.labels[0]), int(one.labels.labels[len(solid) - 1])]
    most, least = words_of(subject.table, engine, subject.task, ends)
    few, rows = quote(least, 20), f"{solid[0]:,} rows"
    share = f"{one.majority:.0%}".replace("%", " %")
    labels = f"; {len(one.labels.labels):,} labels"
    effective = f"{labels}, effective {one.effective:.1f}"
    said = [
        f"{several}{subject.prefix}{quote(most, 20)} has {lead}, {few} {solid[-1]:,} ({one.ratio:.1f} : 1){tail}"
        for tails in ((f"{effective}, entropy {one.entropy:.2f} bits", effective), (labels, ""))
        for lead in (f"{rows} ({share})", rows)
        for tail in tails
    ]
    return next((one for one in said if len(one) <= LONGEST), said[-1])
