"""Rule RFT002."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ftprep.finding import Finding, Severity
from ftprep.rule import Bad, Good, RecordRule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ftprep.record import Record

_QUESTION = {"role": "user", "content": "How many legs have three spiders?"}
_ANSWER = {"role": "assistant", "content": "24"}
_TASKS = tuple(
    {"messages": [{"role": "user", "content": f"How many legs have {number} spiders?"}], "answer": str(8 * number)}
    for number in range(9)
)


class EndsWithAssistant(RecordRule):
    """A task whose last message is already the assistant's.

    ## What it does
    Reports rows for reinforcement fine-tuning whose messages end with a turn of the assistant. Earlier turns of the
    assistant are part of the prompt and are fine. Prompts for TRL may end so: it lets the model go on with the turn.

    ## Why is this bad?
    The model is asked to answer after the answer. What it learns is to repeat it, or the platform refuses the row.
    (None of 10,200 rows of public task sets has this defect.)

    ## How to settle it
    Take the last message out, and keep it as the reference where it is the right answer.
    """

    code = "RFT002"
    name = "ends-with-assistant"
    severity = Severity.ERROR
    methods = frozenset({"rft"})
    turns = re.compile(rb"[aceACEmM]$", re.MULTILINE)
    examples = (
        Good({"messages": [_QUESTION], "answer": "24"}),
        Good(
            {"messages": [_QUESTION, {"role": "assistant", "content": "Live ones?"}, _QUESTION], "answer": "24"},
            note="a dialogue that the model has to go on with",
        ),
        Good(
            {"prompt": [_QUESTION, {"role": "assistant", "content": "<think>\n"}], "answer": "24"},
            note="TRL continues the turn",
        ),
        Bad(
            *_TASKS,
            {"messages": [_QUESTION, _ANSWER], "answer": "24"},
            at=[(10, "/messages/1")],
            message="the last message is the assistant's",
        ),
    )

    def check(self, record: Record) -> Iterator[Finding]:
        if record.turns and record.turns[-1] in "aceACEmM":
            pointers = record.turn_pointers
            yield self.finding(
                record.ref,
                "the last message is the assistant's: the answer is inside the input",
                pointer=pointers[-1] if pointers else "",
            )
