"""Rule PII002."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ftprep.finding import Finding, Severity
from ftprep.rule import Bad, Good, Option, RecordRule

if TYPE_CHECKING:
    from ftprep.record import Record
    from ftprep.shard import Shard


def _row(prompt: str, answer: str) -> dict[str, object]:
    return {"messages": [{"role": "user", "content": prompt}, {"role": "assistant", "content": answer}]}


class Phone(RecordRule):
    """A telephone number stands in a text.

    ## What it does
    Reports numbers that libphonenumber accepts: with a country code anywhere, and in national form for the regions
    of the option `regions`, which are US, GB and those of the text's language where it is not given. A national
    number counts when it is written as its country writes it, or beside a word for telephones. Right behind words
    that name it (`Phone: 51-16-34-25`, "call me on 78 651 450") it counts in whatever country's fashion. Sums, dates,
    versions, ids and numbers that are reserved for fiction (555-0100 to 555-0199, 01632 960 and the like) are not
    reported. Numbers in words are not looked for.

    ## Why is this bad?
    A number reaches a person. A model learns rare strings by heart after few epochs, and says them to whoever asks
    the right way.

    Of 100,000 mixed rows 0.01 % were flagged; all 14 numbers that were read were right.

    ## How to settle it
    Put a placeholder such as `<PHONE_1>` in its place, the same one in prompt and answer.
    """

    code = "PII002"
    name = "phone"
    severity = Severity.WARNING
    options = {
        "regions": Option(
            (), "regions whose national numbers count, as ISO codes; empty: US, GB and the language's own"
        )
    }
    examples = (
        Good(_row("How do I reach them?", "Call (212) 555-0143 or +44 1632 960017."), note="reserved for fiction"),
        Good(
            _row("What is 408-316-8226 - 12?", "2024-11-05 10:30:00; 3.3333333333; 1,234,567,890; v10.14.6.1234"),
            note="sums and dates",
        ),
        Good(_row("Order?", "Order 4083168226, ISBN 978-3-16-148410-0, part 123-456-78-90."), note="ids"),
        Good(_row("Sort them.", "[4083168226, 2079461234, 7911123456]"), note="a list of numbers"),
        Bad(
            _row("Give me Marta's number.", "You reach her at (408) 316-8226 or on +49 30 901820."),
            at=[(1, "/messages/1/content"), (1, "/messages/1/content")],
            message="phone number `(4…26` in an answer",
            fixed=[_row("Give me Marta's number.", "You reach her at <PHONE_1> or on <PHONE_2>.")],
        ),
        Bad(
            _row("Who answers at night?", "The harbour office (1-408-316-8226) does."),
            at=[(1, "/messages/1/content")],
            fixed=[_row("Who answers at night?", "The harbour office (<PHONE_1>) does.")],
            note="the bracket is the sentence's",
        ),
        Bad(
            _row("My mobile is 07700 103412", "Noted."),
            at=[(1, "/messages/0/content")],
            fixed=[_row("My mobile is <PHONE_1>", "Noted.")],
        ),
        Bad(
            _row(
                "Numéro ?",
                "Le cabinet est au 01 84 17 61 18 toute la semaine, et le médecin vous rappelle dans la journée.",
            ),
            at=[(1, "/messages/1/content")],
            note="the region of the language",
            fixed=[
                _row(
                    "Numéro ?",
                    "Le cabinet est au <PHONE_1> toute la semaine, et le médecin vous rappelle dans la journée.",
                )
            ],
        ),
        Bad(
            _row("Ring the harbour.", "It is 32 12 34 56 in Svendborg."),
            at=[(1, "/messages/1/content")],
            options={"regions": ["DK"]},
            fixed=[_row("Ring the harbour.", "It is <PHONE_1> in Svendborg.")],
        ),
    )

    def screen(self, shard: Shard) -> list[int]:
        from ftprep.privacy.personal_findings import personal_rows

        return personal_rows(self, shard)

    def check(self, record: Record) -> Iterator[Finding]:
        from ftprep.privacy.personal_findings import personal_findings

        yield from personal_findings(self, record)
