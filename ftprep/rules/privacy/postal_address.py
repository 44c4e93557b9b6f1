"""Rule PII009."""

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


class PostalAddress(RecordRule):
    """A postal address stands in a text.

    ## What it does
    Reports a street with its number: English ones with a word for street (and with a unit or a postcode where the
    word is also another one, like `Park` or `Way`), French ones with the number first, and German, Dutch, Nordic,
    Spanish, Italian, Portuguese and Polish ones followed by a postcode and a place. Addresses from fiction and of
    famous buildings are not reported.

    ## Why is this bad?
    An address leads to the door of a person. A model learns rare strings by heart after few epochs, and says them
    to whoever asks the right way.

    Of 100,000 mixed rows 0.15 % were flagged; all 24 that were read were streets with numbers. Most are those of shops
    and public buildings: whose door it is no pattern can tell, so look before you redact.

    ## How to settle it
    Put a placeholder such as `<ADDRESS_1>` in its place, the same one in prompt and answer.
    """

    code = "PII009"
    name = "postal-address"
    severity = Severity.WARNING
    examples = (
        Good(_row("Where is it?", "At 221B Baker Street, or 1600 Pennsylvania Avenue."), note="famous"),
        Good(
            _row("How many?", "In 1990 Abbey Road sold 12 Park Way benches to 5 Young Dr Smith."), note="other numbers"
        ),
        Good(_row("Route?", "Take Route 66, exit 12 North, then the 3 Lane Road Bridge 45."), note="roads"),
        Bad(
            _row("Send it to 4821 Maple Avenue, Apt 3, Springfield, IL 62704.", "Sent."),
            at=[(1, "/messages/0/content")],
            message="postal address `48…04` in a user turn",
            fixed=[_row("Send it to <ADDRESS_1>.", "Sent.")],
        ),
        Bad(
            _row("Wo wohnst du?", "Ich wohne in der Deichstraße 17, 25813 Husum."),
            at=[(1, "/messages/1/content")],
            fixed=[_row("Wo wohnst du?", "Ich wohne in der <ADDRESS_1>.")],
        ),
        Bad(
            _row("Où ?", "Au 12 rue des Pêcheurs, 29900 Concarneau."),
            at=[(1, "/messages/1/content")],
            fixed=[_row("Où ?", "Au <ADDRESS_1>.")],
        ),
    )

    def screen(self, shard: Shard) -> list[int]:
        from ftprep.privacy.personal_findings import personal_rows

        return personal_rows(self, shard)

    def check(self, record: Record) -> Iterator[Finding]:
        from ftprep.privacy.personal_findings import personal_findings

        yield from personal_findings(self, record)
