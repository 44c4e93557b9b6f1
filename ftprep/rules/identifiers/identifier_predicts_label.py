"""Rule IDS004."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ftprep.finding import Finding, Severity
from ftprep.record import Ref
from ftprep.rule import Bad, DatasetRule, Good
from ftprep.tasks.table import ANSWERS, TASKS
from ftprep.text.snippet import quote

if TYPE_CHECKING:
    from ftprep.engine.engine import Engine
    from ftprep.engine.table import Table
    from ftprep.tasks.balance import Balance

MOST_ROWS = 20_000  # of a task that are read again, evenly spread; more rows change no verdict


def _rows(*prefixes: str, count: int = 40) -> list[dict[str, str]]:
    labels = ("refund", "repair")
    return [
        {
            "prompt": f"Message {prefixes[at % len(prefixes)]}-{20931 + 7919 * at % 70000} to the desk: it {word}",
            "completion": labels[at % 2],
        }
        for at, word in enumerate(("broke", "bent", "faded", "tore") * (count // 2))
    ]


class IdentifierPredictsLabel(DatasetRule):
    """The label of a classification task can be read off an identifier or a mark.

    ## What it does
    In tasks whose answers are labels, looks at the first identifier of each request (prefix, shape, last character,
    range of numbers) and at how the request begins and ends (last character, blanks, invisible characters). Reports a
    mark that at least 20 rows have, of which 98 % share a label, where a binomial test, corrected for the number of
    marks tried, gives this a chance below one in a million. Marks that a reader sees (a question mark) count only where
    they settle 30 % of the rows together. Silent on CLINC150 and BANKING77, also with random order numbers put in.

    ## Why is this bad?
    The model learns the mark instead of the task: it is right on this data and its test split, and guesses on real
    requests, whose identifiers say nothing.

    ## How to settle it
    Take the mark out of all requests, or collect rows in which it does not depend on the label.
    """

    code = "IDS004"
    name = "identifier-predicts-label"
    severity = Severity.ERROR
    methods = frozenset({"sft"})
    facts = ANSWERS
    reads = TASKS
    examples = (
        Good(*_rows("TK", "TK", "RM", "RM")),
        Good(*_rows("TK")),
        Good(*_rows("TK", "RM", count=16), note="too few rows to tell"),
        Bad(
            *_rows("TK", "RM"),
            at=[(0, "")],
            message="identifiers that begin with `RM`: 40 of 40 rows are `repair` (50% of all); 1 more mark",
        ),
    )

    def reduce(self, table: Table, engine: Engine) -> Iterator[Finding]:
        from ftprep.tasks.balance import balances

        for one in balances(table, engine):
            yield from self._leaks(one, engine)

    def _leaks(self, balance: Balance, engine: Engine) -> Iterator[Finding]:
        from ftprep.tasks.balance import words_of
        from ftprep.tasks.facts import last_exchange
        from ftprep.tasks.markers import by_family, leaks, marks_of

        table, rows = balance.subject.table, balance.subject.task.rows
        rows = rows[:: len(rows) // MOST_ROWS + 1]
        refs = table.refs(rows)
        records = engine.records(refs)
        requests, labels, places = [], [], []
        numbers = {int(label): number for number, label in enumerate(balance.labels.labels.tolist())}
        for ref, answer in zip(refs, table["answer"][rows].tolist(), strict=True):
            record = records.get(ref)
            text = -1 if record is None else int(record.shard.once(last_exchange)[1][record.index])
            if record is not None and text >= 0 and answer in numbers:
                requests.append(record.shard.values[text])
                labels.append(numbers[answer])
                places.append(ref)
        for leak, others in by_family(leaks(requests, labels)):
            label = words_of(table, engine, balance.subject.task, [int(balance.labels.labels[leak.label])])[0]
            message = balance.subject.prefix + (
                f"{_words(leak.mark.family, leak.mark.value)}: {leak.agreeing:,} of {leak.rows:,} rows are "
                f"{quote(label, 20)} ({leak.base:.0%} of all)"
            )
            if others:
                message += f"; {len(others)} more mark{'s' if len(others) > 1 else ''}"
            examples = [
                place
                for place, request, mine in zip(places, requests, labels, strict=True)
                if mine == leak.label and (leak.mark.family == "range" or leak.mark in marks_of(request)[0])
            ][:3]
            data = {
                "family": leak.mark.family,
                "marks": 1 + len(others),
                "rows": leak.rows,
                "agreeing": leak.agreeing,
                "base": round(leak.base, 4),
                "chance": float(f"{leak.chance:.1e}"),
            }
            yield self.finding(Ref(places[0].file, 0), message[:100], related=tuple(examples), data=data)


def _words(family: str, value: str) -> str:
    if family == "prefix":
        return f"identifiers that begin with {quote(value, 12)}"
    if family == "shape":
        return f"identifiers of the shape {quote(value, 20)}"
    if family == "ending":
        return f"identifiers that end in {quote(value, 3)}"
    if family == "range":
        return f"identifiers {'up to' if value.startswith('up') else 'from'} a number"
    if family == "last character":
        return f"requests whose last character is {quote(value, 20) if value != 'a letter or digit' else value}"
    if family == "inside":
        return "requests with several blanks in a row" if value else "requests without blanks in a row"
    if family == "invisible":
        return f"requests with {value}" if value else "requests without invisible characters"
    return f"requests with {value or 'nothing'} at the {family}"
