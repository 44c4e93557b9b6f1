"""Rule CHT008."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ftprep.finding import DROP, Finding, Severity
from ftprep.rule import Bad, Good, RecordRule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ftprep.record import Record


class NothingTrained(RecordRule):
    """A conversation whose assistant turns are all masked.

    ## What it does
    Reports rows for supervised training in which every assistant turn has `weight` 0, `train` false or `training`
    false.

    ## Why is this bad?
    The row carries no loss: it is paid for and teaches nothing. A batch of such rows can give a loss that is not a
    number.

    ## How to settle it
    Give weight 1 to the turns that are to be learnt, or drop the row.
    """

    code = "CHT008"
    name = "nothing-trained"
    severity = Severity.ERROR
    methods = frozenset({"sft"})
    turns = re.compile(rb"^[^aceACEmM\n]*+[ACEM][^acem\n]*+$", re.MULTILINE)
    examples = (
        Good(
            {
                "messages": [
                    {"role": "user", "content": "Hi"},
                    {"role": "assistant", "content": "Hello!", "weight": 0},
                    {"role": "user", "content": "Two plus two?"},
                    {"role": "assistant", "content": "Four.", "weight": 1},
                ]
            }
        ),
        Good({"messages": [{"role": "user", "content": "Hi"}]}, format="openai-chat", note="CHT001 speaks about it"),
        Bad(
            {
                "messages": [
                    {"role": "user", "content": "Hi"},
                    {"role": "assistant", "content": "Hello!", "weight": 0},
                    {"role": "user", "content": "Two plus two?"},
                    {"role": "assistant", "content": "Four.", "weight": 0},
                ]
            },
            message="none of 2 assistant turns is trained",
        ),
        Bad(
            {
                "messages": [
                    {"role": "user", "content": "Hi"},
                    {"role": "assistant", "content": "Hello!", "train": False},
                ]
            },
            message="the assistant turn is not trained",
        ),
    )

    def check(self, record: Record) -> Iterator[Finding]:
        count = sum(letter in "ACEM" for letter in record.turns)
        message = f"none of {count} assistant turns is trained" if count > 1 else "the assistant turn is not trained"
        yield self.finding(record.ref, message, data={"turns": count}, fix=DROP)
