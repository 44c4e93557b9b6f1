"""Rule JSN003."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ftprep.finding import DROP, Finding, Severity
from ftprep.rule import Bad, Good, Needs, RecordRule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ftprep.record import Record
    from ftprep.shard import Shard


class NotAnObject(RecordRule):
    """A row that is JSON, but not an object.

    ## What it does
    Reports rows that are a list, a string, a number, true, false or null.

    ## Why is this bad?
    Every format keeps a row in an object; any other value is rejected.

    ## How to settle it
    Wrap the value under the key that the format wants, or remove the row.
    """

    code = "JSN003"
    name = "not-an-object"
    severity = Severity.ERROR
    needs = Needs.RAW
    examples = (
        Good({"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello!"}]}),
        Bad(
            {"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello!"}]},
            '[{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello!"}]',
            at=[(2, "")],
            note="a file that is one such list and nothing else is a JSON array, which JSN010 speaks about",
        ),
        Bad('"just a text"', format="openai-chat"),
        Bad("null", format="openai-chat"),
    )

    def screen(self, shard: Shard) -> list[int]:
        return shard.rows_diagnosed(self.code)

    def check(self, record: Record) -> Iterator[Finding]:
        diagnosis = record.diagnosis
        if diagnosis is not None:
            yield self.finding(record.ref, diagnosis.message, span=diagnosis.span, fix=DROP)
