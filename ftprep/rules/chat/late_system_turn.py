"""Rule CHT005."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ftprep.finding import Finding, Severity
from ftprep.rule import Bad, Good, RecordRule
from ftprep.text.dialogues import dialogues

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ftprep.record import Record

_FIRST_SYSTEM = re.compile(r"[sd]")


class LateSystemTurn(RecordRule):
    """A system turn that is not the first turn.

    ## What it does
    Reports conversations whose only or first system (or developer) turn stands behind another turn. Further system
    turns are CHT006's.

    ## Why is this bad?
    Chat templates of most open models put the system prompt in front or raise an error, and several platforms
    refuse such a row. Where it is accepted, the model learns to be instructed in the middle of a talk.

    ## How to settle it
    Move the system turn to the front, or give its text to the user.
    """

    code = "CHT005"
    name = "late-system-turn"
    severity = Severity.WARNING
    turns = re.compile(rb"[^sd\n|]\|?[sd]")
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
        Good(
            {
                "messages": [
                    {"role": "system", "content": "Be brief."},
                    {"role": "user", "content": "Hi"},
                    {"role": "assistant", "content": "Hello!"},
                    {"role": "system", "content": "Be kind."},
                    {"role": "user", "content": "Bye"},
                    {"role": "assistant", "content": "Farewell!"},
                ]
            },
            note="the second system turn is CHT006",
        ),
        Bad(
            {
                "messages": [
                    {"role": "user", "content": "Hi"},
                    {"role": "system", "content": "Be brief."},
                    {"role": "assistant", "content": "Hello!"},
                ]
            },
            at=[(1, "/messages/1")],
            message="system turn behind 1 other turn",
        ),
    )

    def check(self, record: Record) -> Iterator[Finding]:
        for dialogue in dialogues(record):
            first = _FIRST_SYSTEM.search(dialogue.letters)
            if first and first.start() and first.start() >= dialogue.fresh:
                before = first.start()
                word = "system" if first.group() == "s" else "developer"
                message = f"{word} turn behind {before} other turn{'s' if before > 1 else ''}"
                pointer, data = dialogue.pointers[before], {"position": before}
                late = self.restriction("late-system", record.format.name)
                # Some refuse a system turn behind an answer only.
                if late is None or (late.value == "after-answer" and dialogue.letters[before - 1] == "u"):
                    yield self.finding(record.ref, message, pointer=pointer, data=data)
                else:
                    words = {"role": word, "before": "tool" if dialogue.letters[before - 1] == "t" else "assistant"}
                    yield self.refused(record.ref, late, message, words, pointer=pointer, data=data)
