"""Rule BAL002."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ftprep.finding import Finding, Severity
from ftprep.rule import Bad, DatasetRule, Good, Option
from ftprep.rules.balance.skewed_labels import _rows
from ftprep.tasks.table import ANSWERS
from ftprep.text.snippet import quote

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ftprep.engine.engine import Engine
    from ftprep.engine.table import Table
    from ftprep.tasks.balance import Balance

_HEADERS = frozenset({"label", "labels", "category", "intent", "class", "target", "answer", "completion", "output"})


class RareLabel(DatasetRule):
    """Labels with too few rows to be learnt.

    ## What it does
    In tasks whose answers are labels with ten rows and more on average, reports labels with fewer than ten, once per
    task, and the same in fields of answers in JSON that hold labels. It is silent where more than 60 % of the labels
    are rare: there answers are many by nature. A single row whose label is the name of a column is a header that was
    read as data, and is called so. Misspelt forms of another label are left to FMT001.

    ## Why is this bad?
    A handful of rows teaches a name, not what belongs under it. Often the label is an accident: a header line, a typing
    error, a class that was given up.

    ## How to settle it
    Add rows, join the label with a neighbour, or drop its rows.
    """

    code = "BAL002"
    name = "rare-label"
    severity = Severity.WARNING
    methods = frozenset({"sft"})
    facts = ANSWERS
    options = {"rows": Option(10, "rows that a label should have")}
    examples = (
        Good(*_rows(ticket=60, luggage=30, timetable=12)),
        Good(*_rows(ticket=60, luggage=58, lugage=2), note="a typing error is FMT001"),
        Bad(
            *_rows(ticket=60, luggage=58, hats=3),
            at=[(119, "/completion")],
            message="1 of 3 labels has fewer than 10 rows: `hats` ×3",
        ),
        Bad(
            *_rows(ticket=60, luggage=58, label=1),
            at=[(119, "/completion")],
            message="`label` ×1 (a header line?)",
        ),
    )

    def reduce(self, table: Table, engine: Engine) -> Iterator[Finding]:
        import numpy as np

        from ftprep.tasks.balance import balances, by_task, entry_of
        from ftprep.tasks.drift import misspelt
        from ftprep.tasks.voices import voice

        least = self.values["rows"]
        found: list[Balance] = []
        rare_of = {}
        for one in balances(table, engine):
            counts = one.labels.counts
            rare = counts < least
            if not rare.any() or counts.mean() < least or rare.mean() > 0.6:
                continue
            # A typing error of another label is no label: FMT001 names it.
            rare &= ~np.isin(one.labels.labels, np.array(sorted(misspelt(table, engine)), dtype=np.uint64))
            if rare.any():
                found.append(one)
                rare_of[id(one)] = rare
        for group in by_task(found):
            one = max(group, key=lambda each: int(rare_of[id(each)].sum()))
            rare, counts, subject = rare_of[id(one)], one.labels.counts, one.subject
            shown = one.labels.labels[rare][::-1][:3].tolist()  # the rarest first
            message = subject.prefix + self._said(engine, one, shown, counts[rare][::-1].tolist())
            if len(group) > 1:
                message = f"{len(group):,} fields have rare labels, most of all {message}"
            refs = [subject.table.ref(entry_of(subject.table, subject.task, label)) for label in shown]
            record = engine.records(refs[:1]).get(refs[0])
            pointer = voice(record).pointer if record is not None else ""
            yield self.finding(refs[0], message[:100], pointer=pointer, related=tuple(refs[1:]), data=one.data())

    def _said(self, engine: Engine, one: Balance, shown: list[int], rows: list[int]) -> str:
        from ftprep.tasks.balance import words_of

        words = words_of(one.subject.table, engine, one.subject.task, shown)
        parts = [
            f"{quote(word, 20)} ×{count}" + (" (a header line?)" if count == 1 and _is_header(word) else "")
            for word, count in zip(words, rows, strict=False)
        ]
        more = f" and {len(rows) - len(parts)} more" if len(rows) > len(parts) else ""
        verb = "has" if len(rows) == 1 else "have"
        labels, least = len(one.labels.counts), self.values["rows"]
        return f"{len(rows)} of {labels} labels {verb} fewer than {least} rows: {', '.join(parts)}{more}"


def _is_header(word: str) -> bool:
    return word.casefold() in _HEADERS
