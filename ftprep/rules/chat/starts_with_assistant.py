"""Rule CHT007."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ftprep.finding import Finding, Severity
from ftprep.rule import Bad, Good, RecordRule
from ftprep.text.dialogues import ASSISTANT, SYSTEM, dialogues

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ftprep.record import Record


class StartsWithAssistant(RecordRule):
    """The assistant speaks before the user did.

    ## What it does
    Reports conversations whose first turn, system turns aside, is the assistant's. A row with no user turn at all
    is one of them.

    ## Why is this bad?
    Claude, Nova and many chat templates want the user first. The model learns to answer a question that nobody
    asked, and where the user's turn was lost, to make one up.

    ## How to settle it
    Put back the user's turn. A greeting that the product really sends first can go into the system prompt.
    """

    code = "CHT007"
    name = "starts-with-assistant"
    severity = Severity.WARNING
    turns = re.compile(rb"^[sd|]*[aceACEmM]", re.MULTILINE)
    examples = (
        Good(
            {
                "messages": [
                    {"role": "system", "content": "Be brief."},
                    {"role": "user", "content": "Hi"},
                    {"role": "assistant", "content": "Hello!"},
                ]
            }
        ),
        Good(
            {
                "prompt": [{"role": "user", "content": "Sky at noon?"}],
                "completion": [{"role": "assistant", "content": "Blue."}],
            },
            note="the completion follows the prompt",
        ),
        Bad(
            {
                "messages": [
                    {"role": "system", "content": "Be cheerful."},
                    {"role": "assistant", "content": "What a lovely day!"},
                ]
            },
            at=[(1, "/messages/1")],
            message="no user turn before the first assistant turn",
        ),
        Bad(
            {
                "conversations": [
                    {"from": "gpt", "value": "Welcome back."},
                    {"from": "human", "value": "Thanks."},
                    {"from": "gpt", "value": "You are welcome."},
                ]
            },
            at=[(1, "/conversations/0")],
        ),
    )

    def check(self, record: Record) -> Iterator[Finding]:
        for dialogue in dialogues(record)[:1]:  # both sides of a preference start alike
            for letter, pointer in zip(dialogue.letters, dialogue.pointers, strict=True):
                if letter in ASSISTANT:
                    message = f"no user turn before the first {record.format.answerer} turn"
                    first = self.restriction("user-first", record.format.name)
                    if first is None:
                        yield self.finding(record.ref, message, pointer=pointer)
                    else:
                        yield self.refused(record.ref, first, message, {"role": "assistant"}, pointer=pointer)
                if letter not in SYSTEM:
                    break
