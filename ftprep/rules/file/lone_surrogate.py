"""Rule JSN007."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ftprep.finding import DROP, Finding, Severity
from ftprep.rule import Bad, Good, Needs, RecordRule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ftprep.record import Record
    from ftprep.shard import Shard


class LoneSurrogate(RecordRule):
    """Half of a character, which cannot be encoded.

    ## What it does
    Reports `\\ud800`-style escapes that stand without their other half.

    ## Why is this bad?
    The text cannot be written as UTF-8: tokenizers and loaders raise an error in the middle of the run.

    ## How to settle it
    The text was cut inside an emoji or another character beyond the 16-bit range, most often by a language that counts
    in UTF-16. Cut it again, by characters, or drop the row.
    """

    code = "JSN007"
    name = "lone-surrogate"
    severity = Severity.ERROR
    needs = Needs.RAW
    examples = (
        Good(r'{"prompt": "a \ud83d\ude00", "completion": "b"}', format="prompt-completion"),
        Bad(r'{"prompt": "a \ud83d", "completion": "b"}', format="prompt-completion"),
    )

    def screen(self, shard: Shard) -> list[int]:
        return shard.rows_diagnosed(self.code)

    def check(self, record: Record) -> Iterator[Finding]:
        diagnosis = record.diagnosis
        if diagnosis is not None:
            yield self.finding(record.ref, diagnosis.message, span=diagnosis.span, fix=DROP)
