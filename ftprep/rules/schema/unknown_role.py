"""Rule SCH004."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ftprep.finding import Finding, Severity
from ftprep.rule import Bad, Good, Needs, RecordRule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ftprep.record import Record
    from ftprep.shard import Shard


class UnknownRole(RecordRule):
    """A role that the format does not know.

    ## What it does
    Reports roles such as `human`, `gpt`, `bot` or `Assistant` in rows of role and content, and unknown speakers in
    ShareGPT rows. Roles are compared letter by letter, as platforms do.

    ## Why is this bad?
    The row is rejected, or its template renders the turn as nothing.

    ## How to settle it
    Use the format's own names; the message says which one is near.
    """

    code = "SCH004"
    name = "unknown-role"
    severity = Severity.ERROR
    needs = Needs.PARSED
    examples = (
        Good(
            {
                "messages": [
                    {"role": "developer", "content": "Be brief."},
                    {"role": "user", "content": "Hi"},
                    {"role": "assistant", "content": "Hello!"},
                ]
            }
        ),
        Bad(
            {"messages": [{"role": "user", "content": "Hi"}, {"role": "Assistant", "content": "Hello!"}]},
            at=[(1, "/messages/1/role")],
            message="did you mean `assistant`?",
        ),
        Bad(
            {"messages": [{"role": "human", "content": "Hi"}, {"role": "gpt", "content": "Hello!"}]},
            at=[(1, "/messages/0/role"), (1, "/messages/1/role")],
            message="unknown role `human`",
        ),
    )

    def screen(self, shard: Shard) -> list[int]:
        return shard.rows_with_schema_error(self.code)

    def check(self, record: Record) -> Iterator[Finding]:
        for error in record.schema_errors:
            if error.code == self.code:
                yield self.finding(record.ref, error.message, pointer=error.pointer, data=error.data)
