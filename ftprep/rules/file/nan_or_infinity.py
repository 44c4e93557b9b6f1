"""Rule JSN008."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ftprep.finding import Finding, Severity
from ftprep.rule import Bad, Good, Needs, RecordRule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ftprep.record import Record
    from ftprep.shard import Shard


class NanOrInfinity(RecordRule):
    """NaN or Infinity, which JSON does not have.

    ## What it does
    Reports rows that would be valid JSON but for a NaN, Infinity or -Infinity.

    ## Why is this bad?
    Python's json module writes and reads these words; nearly everything else refuses the line.

    ## How to settle it
    Write null, or leave the field out. In Python, `json.dumps(..., allow_nan=False)` shows where they come from.
    """

    code = "JSN008"
    name = "nan-or-infinity"
    severity = Severity.ERROR
    needs = Needs.RAW
    examples = (
        Good({"prompt": "Is NaN a number?", "completion": "NaN"}, format="prompt-completion"),
        Bad('{"prompt": "a", "completion": "b", "score": NaN}', format="prompt-completion"),
        Bad('{"prompt": "a", "completion": "b", "score": -Infinity}', format="prompt-completion"),
    )

    def screen(self, shard: Shard) -> list[int]:
        return shard.rows_diagnosed(self.code)

    def check(self, record: Record) -> Iterator[Finding]:
        diagnosis = record.diagnosis
        if diagnosis is not None:
            yield self.finding(record.ref, diagnosis.message, span=diagnosis.span)
