"""Rule PII003."""

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


class CardNumber(RecordRule):
    """The number of a payment card stands in a text.

    ## What it does
    Reports numbers of 12 to 19 digits that begin as those of a card scheme do, have one of its lengths, are grouped
    as cards are, and pass the check digit. Beside a word for cards any number with a check digit counts. Test cards
    that payment providers publish are information, and excerpts show them, like all that is reserved for examples. The
    message shows the first and last two digits.

    ## Why is this bad?
    A card number is money, and keeping it puts a training file under the rules of the card industry. A model learns
    rare strings by heart after few epochs, and says them to whoever asks the right way.

    Of 100,000 mixed rows and 20,000 of code, maths and chat none was flagged; in 1,500 synthetic texts with 136
    cards 135 were found, and nothing else.

    ## How to settle it
    Put a placeholder such as `<CARD_1>` in its place, the same one in prompt and answer.
    """

    code = "PII003"
    name = "card-number"
    severity = Severity.ERROR
    examples = (
        Good(
            _row("Is 1234567812345678 a card?", "No, its check digit is wrong, as in 4539 1488 0343 6468."),
            note="check digit",
        ),
        Good(
            _row("Trace it.", "span 4539148803436467a, ts=1700000000000, +61 1300 655 506"),
            note="parts of other things",
        ),
        Good(_row("Add them.", "4539148803436467 + 1 = 4539148803436468"), note="a sum"),
        Bad(
            _row("I paid with 4539 1488 0343 6467, where is it?", "It is on its way."),
            at=[(1, "/messages/0/content")],
            message="card number `45…67` in a user turn",
            fixed=[_row("I paid with <CARD_1>, where is it?", "It is on its way.")],
        ),
        Bad(
            _row("Charge it.", "card_number: 374652346956788"),
            at=[(1, "/messages/1/content")],
            message="card number `37…88` in an answer",
            fixed=[_row("Charge it.", "card_number: <CARD_1>")],
        ),
        Bad(
            _row("Which card do I test with?", "Use 4242 4242 4242 4242."),
            at=[(1, "/messages/1/content")],
            message="card number for tests `42…42` in an answer",
            fixed=[_row("Which card do I test with?", "Use <CARD_1>.")],
        ),
    )

    def screen(self, shard: Shard) -> list[int]:
        from ftprep.privacy.personal_findings import personal_rows

        return personal_rows(self, shard)

    def check(self, record: Record) -> Iterator[Finding]:
        from ftprep.privacy.personal_findings import personal_findings

        yield from personal_findings(self, record, fixtures=Severity.INFO)
