"""Rule CHT001."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ftprep.finding import Finding, Severity
from ftprep.rule import Bad, Good, RecordRule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ftprep.record import Record


class NoAssistantTurn(RecordRule):
    """A conversation in which the assistant never speaks.

    ## What it does
    Reports rows for supervised or KTO training that have turns but none of the assistant. Rows for reinforcement have
    none by design; a side of a preference pair without an answer is PRF011's.

    ## Why is this bad?
    There is nothing to learn from such a row. Platforms refuse the file, trainers spend a step on a row whose loss
    is empty.

    ## How to settle it
    Add the answer, or drop the row.
    """

    code = "CHT001"
    name = "no-assistant-turn"
    severity = Severity.ERROR
    methods = frozenset({"sft", "kto"})
    turns = re.compile(rb"^\|*+[sdutx][sdutx|]*+$", re.MULTILINE)
    examples = (
        Good({"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello!"}]}),
        Good({"messages": [{"role": "assistant", "content": "Hello!", "weight": 0}]}, note="nothing trained is CHT008"),
        Good(
            {"messages": [{"role": "user", "content": "6 * 7?"}], "reference_answer": "42"},
            note="the model answers reinforcement rows itself",
        ),
        Bad(
            {"messages": [{"role": "user", "content": "Hi"}]},
            {"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello!"}]},
            {"messages": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Hi"}]},
            format="openai-chat",
            at=[(1, ""), (3, "")],
            message="none of 2 turns is the assistant's",
        ),
    )

    def check(self, record: Record) -> Iterator[Finding]:
        count = len(record.turns.replace("|", ""))
        whose = f"the {record.format.answerer}'s"
        message = f"none of {count} turns is {whose}" if count > 1 else f"the only turn is not {whose}"
        yield self.finding(record.ref, message, data={"turns": count})
