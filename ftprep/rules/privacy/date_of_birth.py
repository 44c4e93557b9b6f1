"""Rule PII008."""

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


class DateOfBirth(RecordRule):
    """A date of birth stands in a text.

    ## What it does
    Reports whole dates, in figures or in words of eight languages, right after words that say so: "date of birth",
    "DOB", "born on", "geboren am". Silent about dates before 1905 and about what biographies say: a birth in
    brackets, years of life, somebody who died. A date alone is never reported.

    ## Why is this bad?
    With a place or a name a date of birth tells who somebody is; hospitals and banks ask for it to know you. A
    model learns rare strings by heart after few epochs, and says them to whoever asks the right way.

    Of 100,000 mixed rows 0.24 % were flagged; all 24 dates that were read were dates of birth, most of them in
    tables about athletes.

    ## How to settle it
    Put a placeholder such as `<BIRTH_DATE_1>` in its place, the same one in prompt and answer.
    """

    code = "PII008"
    name = "date-of-birth"
    severity = Severity.WARNING
    examples = (
        Good(
            _row("When was he born?", "Mozart was born on 27 January 1756; Turing (born 23 June 1912) died in 1954."),
            note="history",
        ),
        Good(
            _row("When is it due?", "On 12 March 1985, or 03/04/1990, when the bridge was built."), note="other dates"
        ),
        Good(_row("Parse it.", "dob: Date, birthday?: string; date of birth: YYYY-MM-DD"), note="fields"),
        Bad(
            _row("Register me: DOB: 03/14/1985", "Done."),
            at=[(1, "/messages/0/content")],
            message="date of birth `03…85` in a user turn",
            fixed=[_row("Register me: DOB: <BIRTH_DATE_1>", "Done.")],
        ),
        Bad(
            _row("Who is she?", "The patient was born on 12 March 1985 in Husum."),
            at=[(1, "/messages/1/content")],
            fixed=[_row("Who is she?", "The patient was born on <BIRTH_DATE_1> in Husum.")],
        ),
        Bad(
            _row("Wann?", "Geburtsdatum: 3. Mai 1979"),
            at=[(1, "/messages/1/content")],
            fixed=[_row("Wann?", "Geburtsdatum: <BIRTH_DATE_1>")],
        ),
    )

    def screen(self, shard: Shard) -> list[int]:
        from ftprep.privacy.personal_findings import personal_rows

        return personal_rows(self, shard)

    def check(self, record: Record) -> Iterator[Finding]:
        from ftprep.privacy.personal_findings import personal_findings

        yield from personal_findings(self, record)
