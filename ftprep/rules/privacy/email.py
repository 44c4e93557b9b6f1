"""Rule PII001."""

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


class Email(RecordRule):
    """An e-mail address stands in a text.

    ## What it does
    Reports addresses whose domain ends in a public suffix. Silent about the domains that are reserved for examples
    (`example.com`, `.test`), stand-ins such as `user@domain.com` or `your.name@company.com`, addresses of machines
    (`git@`, `noreply@`), and the user and password of a URL. The finding shows the first and last two characters.

    ## Why is this bad?
    An address names a person. A model learns rare strings by heart after few epochs, and says them to whoever asks
    the right way.

    Of 100,000 mixed rows 0.02 % were flagged; all 20 addresses that were read were right.

    ## How to settle it
    Put a placeholder such as `<EMAIL_1>` in its place, the same one in prompt and answer.
    """

    code = "PII001"
    name = "email"
    severity = Severity.WARNING
    examples = (
        Good(
            _row("Where do I write to?", "Write to support@example.com or to you@your-company.example."),
            note="reserved",
        ),
        Good(
            _row("Clone it.", "git clone git@github.com:ferry/site.git && pip install pkg@1.2.3"),
            note="machines and versions",
        ),
        Good(
            _row("Decorate it.", "@app.route('/a') and @property; a @ b is a matrix product; see @ferry_line"),
            note="no address",
        ),
        Good(_row("What is the form?", "user@domain.com, firstname.lastname@company.com"), note="stand-ins"),
        Bad(
            _row("Tell Marta Lindqvist.", "I have written to marta.lindqvist@faehrhof-husum.de."),
            at=[(1, "/messages/1/content")],
            message="e-mail address `ma…de` in an answer",
            fixed=[_row("Tell Marta Lindqvist.", "I have written to <EMAIL_1>.")],
        ),
        Bad(
            _row("Mail BO.NYGAARD@skibsvaerft.dk, not bo@nygaard.co.uk", "Done."),
            at=[(1, "/messages/0/content"), (1, "/messages/0/content")],
            message="e-mail address `BO…dk` in a user turn",
            fixed=[_row("Mail <EMAIL_1>, not <EMAIL_2>", "Done.")],
        ),
    )

    def screen(self, shard: Shard) -> list[int]:
        from ftprep.privacy.personal_findings import personal_rows

        return personal_rows(self, shard)

    def check(self, record: Record) -> Iterator[Finding]:
        from ftprep.privacy.personal_findings import personal_findings

        yield from personal_findings(self, record)
