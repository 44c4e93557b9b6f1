"""Rule SCH002."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ftprep.finding import Finding, Severity
from ftprep.rule import Bad, Good, Needs, RecordRule
from ftprep.text.dialogues import bare_turns

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ftprep.record import Record
    from ftprep.shard import Shard


class UnknownField(RecordRule):
    """A field that the format does not define.

    ## What it does
    Reports keys outside the format, in the row and in its messages, calls and parts, unless SCH001 says that the
    object lacks a field. Formats whose readers ignore further columns (ShareGPT, Alpaca, TRL) and those that need
    them (RFT) allow any key beside their own.

    ## Why is this bad?
    OpenAI and Azure refuse a file with an extra key; elsewhere a misspelt key is ignored without a word, and what
    it should have done does not happen.

    ## How to settle it
    Remove the key, or correct its spelling. Keep metadata in a file of its own.
    """

    code = "SCH002"
    name = "unknown-field"
    severity = Severity.WARNING
    needs = Needs.PARSED
    examples = (
        Good(
            {
                "messages": [
                    {"role": "user", "content": "Hi", "name": "Ada"},
                    {"role": "assistant", "content": "Hello!", "weight": 1},
                ],
                "parallel_tool_calls": False,
            }
        ),
        Good({"instruction": "Name a colour.", "input": "", "output": "Red.", "source": "own"}),
        Bad(
            {"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello!"}], "id": 7},
            at=[(1, "/id")],
        ),
        Bad(
            {"messages": [{"role": "user", "content": "Hi", "weight": 0}, {"role": "assistant", "content": "Hello!"}]},
            at=[(1, "/messages/0/weight")],
            message="`weight` is no field of `/messages/0`",
        ),
    )

    def screen(self, shard: Shard) -> list[int]:
        return shard.rows_with_schema_error(self.code)

    def check(self, record: Record) -> Iterator[Finding]:
        bare = record.once(bare_turns)  # SCH001 speaks about these
        for error in record.schema_errors:
            if error.code == self.code and error.pointer.rpartition("/")[0] not in bare:
                yield self.finding(record.ref, error.message, pointer=error.pointer, data=error.data)
