"""Rule PRF011."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ftprep.finding import Finding, Severity
from ftprep.formats.columns import ASSISTANT_TURNS, SEPARATOR
from ftprep.rule import Bad, Good, RecordRule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ftprep.record import Record

_USER = {"role": "user", "content": "Name a prime above 20."}
_SPEAKERS = {"s": "a system turn", "d": "a developer turn", "u": "a user turn", "t": "a tool result"}


def _answer(text: str) -> dict[str, str]:
    return {"role": "assistant", "content": text}


class SideWithoutAssistant(RecordRule):
    """A side of a preference pair that is not the assistant's answer.

    ## What it does
    Reports pairs of turns with a side in which the assistant does not speak, or whose last turn is somebody else's.
    Several turns with calls and tool results on a side are fine as long as the assistant has the last word.

    ## Why is this bad?
    The sides are what the model is trained to say: a side of the user teaches it to ask, and platforms that take one
    assistant message per side refuse the row.

    ## How to settle it
    Put the answer on the side and the other turns into the prompt, or drop the row.
    """

    code = "PRF011"
    name = "side-without-assistant"
    severity = Severity.ERROR
    methods = frozenset({"preference"})
    turns = re.compile(rb"\|[^|\n]*[sdutx](?=\||$)|^[^|\n]*[sdutx]\|[^|\n]*$", re.MULTILINE)
    examples = (
        Good(
            {
                "input": {"messages": [_USER]},
                "preferred_output": [_answer("23")],
                "non_preferred_output": [_answer("21")],
            }
        ),
        Good(
            {"chosen": [_USER, _answer("23")], "rejected": [_USER, _answer("21")]},
            note="a side may hold the prompt",
        ),
        Good({"prompt": "Name a prime above 20.", "chosen": "23", "rejected": "21"}),
        Bad(
            {
                "input": {"messages": [_USER]},
                "preferred_output": [_answer("23")],
                "non_preferred_output": [_USER],
            },
            at=[(1, "/non_preferred_output")],
            message="the rejected side has no assistant turn",
        ),
        Bad(
            {"prompt": [_USER], "chosen": [_answer("23"), _USER], "rejected": [_answer("21")]},
            at=[(1, "/chosen/1")],
            message="the chosen side ends with a user turn",
        ),
        Bad(
            {"chosen": [_USER, _answer("23")], "rejected": [_USER]},
            at=[(1, "/rejected")],
            message="the rejected side has no assistant turn",
        ),
    )

    def check(self, record: Record) -> Iterator[Finding]:
        parts = record.turns.split(SEPARATOR)
        lists = record.format.conversations(record.row)
        if len(parts) < 2 or len(parts) != len(lists):
            return
        for word, letters, (pointer, _) in zip(("chosen", "rejected"), parts[-2:], lists[-2:], strict=True):
            if not letters or letters[-1] in ASSISTANT_TURNS:
                continue
            if any(letter in ASSISTANT_TURNS for letter in letters):
                speaker = _SPEAKERS.get(letters[-1], "a turn of another role")
                message = f"the {word} side ends with {speaker}"
                yield self.finding(record.ref, message, pointer=f"{pointer}/{len(letters) - 1}")
            else:
                yield self.finding(record.ref, f"the {word} side has no assistant turn", pointer=pointer)
