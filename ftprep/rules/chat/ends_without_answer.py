"""Rule CHT002."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ftprep.finding import Finding, Severity
from ftprep.rule import Bad, Good, RecordRule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ftprep.record import Record

_SPEAKERS = {"s": "a system turn", "d": "a developer turn", "u": "a user turn", "t": "a tool result"}


class EndsWithoutAnswer(RecordRule):
    """A conversation to learn from whose last turn is not the assistant's.

    ## What it does
    Reports rows for supervised training or KTO that end with a user, system or tool turn after earlier turns of the
    assistant. A last turn that calls tools is a legal end. Rows without any assistant turn are CHT001's.

    ## Why is this bad?
    OpenAI expects the last message to be the assistant's. Elsewhere the turns after the last answer cost tokens and
    teach nothing; most often an answer was lost when the data was made.

    ## How to settle it
    Add the answer that belongs there, or cut the turns after the last answer.
    """

    code = "CHT002"
    name = "ends-without-answer"
    severity = Severity.ERROR
    methods = frozenset({"sft", "kto"})
    turns = re.compile(rb"[aceACEmM][sdutx|]*[sdutx]$", re.MULTILINE)
    examples = (
        Good({"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello!"}]}),
        Good(
            {
                "messages": [
                    {"role": "user", "content": "Is it open?"},
                    {
                        "role": "assistant",
                        "content": None,
                        "tool_calls": [
                            {"id": "c1", "type": "function", "function": {"name": "hours", "arguments": "{}"}}
                        ],
                    },
                ],
                "tools": [{"type": "function", "function": {"name": "hours"}}],
            },
            note="the call is the answer",
        ),
        Good(
            {"conversations": [{"from": "human", "value": "Hi"}, {"from": "gpt", "value": "Hello!"}]},
        ),
        Bad(
            {
                "messages": [
                    {"role": "user", "content": "Hi"},
                    {"role": "assistant", "content": "Hello!"},
                    {"role": "user", "content": "Are you open on Sunday?"},
                ]
            },
            format="openai-chat",
            at=[(1, "/messages/2")],
            message="the last turn is a user turn",
        ),
        Bad(
            {
                "conversations": [
                    {"from": "human", "value": "Time?"},
                    {"from": "gpt", "value": "Noon."},
                    {"from": "human", "value": "Thanks."},
                ]
            },
            format="sharegpt",
            at=[(1, "/conversations/2")],
        ),
        Bad(
            {
                "conversations": [
                    {"from": "human", "value": "Time?"},
                    {"from": "gpt", "value": "Noon."},
                    {"from": "human", "value": "Thanks."},
                ],
                "kto_tag": True,
            },
            at=[(1, "/conversations/2")],
            note="the judged turn is the last one",
        ),
    )

    def check(self, record: Record) -> Iterator[Finding]:
        speaker = _SPEAKERS.get(record.turns[-1], "of another role")
        yield self.finding(record.ref, f"the last turn is {speaker}", pointer=record.turn_pointers[-1])
