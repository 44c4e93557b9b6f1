"""Rule SCH007."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ftprep.finding import Finding, Severity
from ftprep.rule import Bad, Good, Needs, RecordRule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ftprep.record import Record
    from ftprep.shard import Shard


class EmptyList(RecordRule):
    """A list that must hold something is empty.

    ## What it does
    Reports `messages`, outputs, content parts and conversations without any entry.

    ## Why is this bad?
    There is nothing in the row to learn from; platforms reject it.

    ## How to settle it
    Drop the row, or find out where the export lost its turns.
    """

    code = "SCH007"
    name = "empty-list"
    severity = Severity.ERROR
    needs = Needs.PARSED
    examples = (
        Good({"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hey"}], "tools": []}),
        Bad({"messages": []}, format="openai-chat", at=[(1, "/messages")]),
        Bad(
            {"messages": [{"role": "user", "content": []}, {"role": "assistant", "content": "Hello!"}]},
            at=[(1, "/messages/0/content")],
        ),
    )

    def screen(self, shard: Shard) -> list[int]:
        return shard.rows_with_schema_error(self.code)

    def check(self, record: Record) -> Iterator[Finding]:
        for error in record.schema_errors:
            if error.code == self.code:
                yield self.finding(record.ref, error.message, pointer=error.pointer, data=error.data)
