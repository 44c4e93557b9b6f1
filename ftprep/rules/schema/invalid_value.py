"""Rule SCH006."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ftprep.finding import Finding, Severity
from ftprep.rule import Bad, Good, Needs, RecordRule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ftprep.record import Record
    from ftprep.shard import Shard


class InvalidValue(RecordRule):
    """A value of the right type outside its set.

    ## What it does
    Reports numbers beyond their bounds and words outside their list: `weight: 2`, `detail: "max"`.

    ## Why is this bad?
    The platform rejects the row, and where none checks, the value does something else than was meant.

    ## How to settle it
    Use one of the values that the message lists.
    """

    code = "SCH006"
    name = "invalid-value"
    severity = Severity.ERROR
    needs = Needs.PARSED
    examples = (
        Good({"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hey", "weight": 0}]}),
        Bad(
            {"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hey", "weight": 2}]},
            at=[(1, "/messages/1/weight")],
        ),
        Bad(
            {
                "messages": [
                    {
                        "role": "user",
                        "content": [
                            {"type": "text", "text": "What is it?"},
                            {"type": "image_url", "image_url": {"url": "https://example.org/a.png", "detail": "max"}},
                        ],
                    },
                    {"role": "assistant", "content": "A pear."},
                ]
            },
            at=[(1, "/messages/0/content/1/image_url/detail")],
            message="known: `auto`, `low` or `high`",
        ),
    )

    def screen(self, shard: Shard) -> list[int]:
        return shard.rows_with_schema_error(self.code)

    def check(self, record: Record) -> Iterator[Finding]:
        for error in record.schema_errors:
            if error.code == self.code:
                yield self.finding(record.ref, error.message, pointer=error.pointer, data=error.data)
