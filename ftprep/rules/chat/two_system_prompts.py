"""Rule CHT010."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ftprep.finding import Finding, Severity
from ftprep.formats import columns as c
from ftprep.rule import Bad, Good, RecordRule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ftprep.record import Record
    from ftprep.shard import Shard

_WHO_AND_WHERE = c.ROLE_MASK | c.KIND_MASK
_COLUMN = c.SYSTEM | c.FIELD


class TwoSystemPrompts(RecordRule):
    """A row with a system column and a system turn besides.

    ## What it does
    In formats that can keep the system prompt in a column of its own, reports rows that fill this column and have
    a system turn as well.

    ## Why is this bad?
    Trainers take one of the two and drop the other without a word; which one differs. The model is trained without
    instructions that the author believes it saw.

    ## How to settle it
    Keep one of the two, or join them.
    """

    code = "CHT010"
    name = "two-system-prompts"
    severity = Severity.ERROR
    examples = (
        Good(
            {
                "system": "Be brief.",
                "conversations": [{"from": "human", "value": "Time?"}, {"from": "gpt", "value": "Noon."}],
            }
        ),
        Good(
            {
                "system": "",
                "conversations": [
                    {"from": "system", "value": "Be brief."},
                    {"from": "human", "value": "Time?"},
                    {"from": "gpt", "value": "Noon."},
                ],
            },
            note="an empty column is no prompt",
        ),
        Good(
            {
                "messages": [
                    {"role": "system", "content": "Be brief."},
                    {"role": "user", "content": "Time?"},
                    {"role": "assistant", "content": "Noon."},
                ],
                "system": "eu-west-3",
            },
            format="openai-chat",
            note="this format has no such column, so the key may be anything: SCH002 reports it",
        ),
        Bad(
            {
                "system": "Be brief.",
                "conversations": [
                    {"from": "system", "value": "Be kind."},
                    {"from": "human", "value": "Time?"},
                    {"from": "gpt", "value": "Noon."},
                ],
            },
            at=[(1, "/system")],
            message="system prompt in a column beside 1 system turn",
        ),
    )

    def screen(self, shard: Shard) -> list[int]:
        return shard.rows_of_texts(shard.codes & _WHO_AND_WHERE == _COLUMN)

    def check(self, record: Record) -> Iterator[Finding]:
        shard, count = record.shard, sum(letter in "sd" for letter in record.turns)
        for text in record.text_range if count else ():
            if int(shard.codes[text]) & _WHO_AND_WHERE == _COLUMN and shard.values[text].strip():
                message = f"system prompt in a column beside {count} system turn{'s' if count > 1 else ''}"
                yield self.finding(record.ref, message, pointer=record.pointer(text))
                return
