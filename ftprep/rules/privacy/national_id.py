"""Rule PII006."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ftprep.finding import Finding, Severity
from ftprep.rule import Bad, Good, RecordRule

if TYPE_CHECKING:
    from ftprep.record import Record
    from ftprep.shard import Shard


def _row(prompt: str, answer: str) -> dict[str, object]:
    return {"messages": [{"role": "user", "content": prompt}, {"role": "assistant", "content": answer}]}


class NationalId(RecordRule):
    """A number that a state or a health service gave to a person stands in a text.

    ## What it does
    Reports social security, tax, health, passport, licence and identity numbers of some thirty kinds, judged by
    presidio: by their check digits where they have any, and with a whole word for them nearby. US social security
    numbers with hyphens and fiscal codes of Italy, whose shapes nothing else has, count by themselves. Numbers that
    are printed as examples are not reported.

    ## Why is this bad?
    Such a number opens accounts in the name of its owner. A model learns rare strings by heart after few epochs,
    and says them to whoever asks the right way.

    Of 100,000 mixed rows none was flagged; in 1,500 synthetic texts with 16 social security numbers all were found.

    ## How to settle it
    Put a placeholder such as `<SSN_1>` in its place, the same one in prompt and answer.
    """

    code = "PII006"
    name = "national-id"
    severity = Severity.ERROR
    examples = (
        Good(
            _row("What is the form?", "A social security number such as 123-45-6789 or 078-05-1120 has nine digits."),
            note="samples",
        ),
        Good(_row("Order?", "Order 536228726, invoice 9434765870, sinus 046454287"), note="no word for it"),
        Good(
            _row("Which law?", "The NHS was founded in 1948; the NHS treated 4081234561 cases."), note="no check digit"
        ),
        Bad(
            _row("My social is 536-22-8726", "Thank you."),
            at=[(1, "/messages/0/content")],
            message="US social security number `53…26` in a user turn",
            fixed=[_row("My social is <SSN_1>", "Thank you.")],
        ),
        Bad(
            _row("Which patient?", "NHS number 401 023 2137 was 943 476 5870."),
            at=[(1, "/messages/1/content")],
            fixed=[_row("Which patient?", "NHS number 401 023 2137 was <NHS_1>.")],
        ),
        Bad(
            _row("Qual o CPF?", "O CPF do cliente é 529.982.247-25."),
            at=[(1, "/messages/1/content")],
            message="CPF of Brazil",
            fixed=[_row("Qual o CPF?", "O CPF do cliente é <CPF_1>.")],
        ),
    )

    def screen(self, shard: Shard) -> list[int]:
        from ftprep.privacy.personal_findings import personal_rows

        return personal_rows(self, shard)

    def check(self, record: Record) -> Iterator[Finding]:
        from ftprep.privacy.personal_findings import personal_findings

        yield from personal_findings(self, record)
