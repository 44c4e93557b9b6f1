"""Rule CHT011."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ftprep.finding import Finding, Severity
from ftprep.rule import Bad, Good, RecordRule
from ftprep.text.dialogues import shown_twice

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ftprep.record import Record
    from ftprep.settings import Settings
    from ftprep.shard import Shard

_CALLS = re.compile(rb"[cC]")


def _row(content: str | None) -> dict[str, object]:
    call = {"id": "a1B2c3D4e", "type": "function", "function": {"name": "hours", "arguments": "{}"}}
    return {
        "messages": [
            {"role": "user", "content": "Is it open?"},
            {"role": "assistant", "content": content, "tool_calls": [call]},
        ],
        "tools": [{"type": "function", "function": {"name": "hours", "parameters": {"type": "object"}}}],
    }


class ContentBesideCalls(RecordRule):
    """A turn with both text and tool calls, for a target that allows only one of them.

    ## What it does
    With a target that wants either content or calls in a turn of the assistant, reports turns that have both. Empty
    content beside calls is none.

    ## Why is this bad?
    The target refuses the row. Elsewhere such turns are normal: the model says what it is about to do.

    ## How to settle it
    Cut the text, or move it into an assistant turn of its own before the call where the target takes two in a row.
    """

    code = "CHT011"
    name = "content-beside-calls"
    severity = Severity.ERROR
    examples = (
        Good(_row(None), settings={"target": "mistral"}),
        Good(_row(""), settings={"target": "mistral"}, note="empty content is none"),
        Good(_row("Let me look."), settings={"target": "openai"}, note="most platforms take both"),
        Bad(
            _row("Let me look."),
            settings={"target": "mistral"},
            at=[(1, "/messages/1/content")],
            message="text beside 1 tool call; mistral takes one or the other",
        ),
    )

    @classmethod
    def unavailable(cls, settings: Settings) -> str | None:
        return None if settings.target else "needs --target"

    def screen(self, shard: Shard) -> Iterable[int] | None:
        only_one = self.restriction("content-or-calls", shard.format.name) if shard.format else None
        return shard.rows_with_turns(_CALLS) if only_one is not None else []

    def check(self, record: Record) -> Iterator[Finding]:
        only_one = self.restriction("content-or-calls", record.format.name)
        if only_one is None:
            return
        twice = shown_twice(record)
        for pointer, turns in record.format.conversations(record.row):
            for number, turn in enumerate(turns):
                calls = turn.get("tool_calls") if isinstance(turn, dict) else None
                if not isinstance(calls, list) or not calls or not turn.get("content"):
                    continue
                here = f"{pointer}/{number}"
                if here not in twice:
                    calls_said = "1 tool call" if len(calls) == 1 else f"{len(calls)} tool calls"
                    message = f"text beside {calls_said}; {only_one.target} takes one or the other"
                    yield self.refused(record.ref, only_one, message, pointer=f"{here}/content")
