"""Rule CHT006."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from ftprep.finding import Finding, Severity
from ftprep.rule import Bad, Good, RecordRule
from ftprep.text.dialogues import SYSTEM, dialogues

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from ftprep.record import Record
    from ftprep.shard import Shard


class SeveralSystemTurns(RecordRule):
    """More than one system turn in a conversation.

    ## What it does
    Counts the system and developer turns of a conversation and reports the second one when there are several.

    ## Why is this bad?
    Most chat templates know one system prompt: they drop the others, join them in their own way, or raise an error.

    ## How to settle it
    Join the system turns into one at the front.
    """

    code = "CHT006"
    name = "several-system-turns"
    severity = Severity.WARNING
    turns = re.compile(rb"[sd][^\n]*[sd]")
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
                "chosen": [
                    {"role": "system", "content": "Be brief."},
                    {"role": "user", "content": "A prime above 20?"},
                    {"role": "assistant", "content": "23"},
                ],
                "rejected": [
                    {"role": "system", "content": "Be brief."},
                    {"role": "user", "content": "A prime above 20?"},
                    {"role": "assistant", "content": "21"},
                ],
            },
            note="each side of a preference has its own system turn",
        ),
        Bad(
            {
                "messages": [
                    {"role": "system", "content": "Be brief."},
                    {"role": "developer", "content": "Be kind."},
                    {"role": "user", "content": "Hi"},
                    {"role": "assistant", "content": "Hello!"},
                    {"role": "system", "content": "Be quick."},
                    {"role": "assistant", "content": "Bye!"},
                ]
            },
            at=[(1, "/messages/1")],
            message="3 system turns",
        ),
    )

    def screen(self, shard: Shard) -> Iterable[int] | None:
        rows = shard.rows_with_turns(self.turns)
        if shard.format is not None and self.restriction("one-system", shard.format.name):
            states, known = shard.state, enumerate(shard.rows)
            rows = sorted({*rows, *(index for index, row in known if states[index] == 0 and _entries(row) > 1)})
        return rows

    def check(self, record: Record) -> Iterator[Finding]:
        entries, single = _entries(record.row), self.restriction("one-system", record.format.name)
        if single is not None and entries > 1:
            message = f"`system` has {entries} entries; {single.target} takes 1"
            yield self.refused(record.ref, single, message, pointer="/system", data={"turns": entries})
        for dialogue in dialogues(record):
            places = [place for place, letter in enumerate(dialogue.letters) if letter in SYSTEM]
            if len(places) > 1 and places[1] >= dialogue.fresh:
                message, pointer = f"{len(places)} system turns", dialogue.pointers[places[1]]
                data = {"turns": len(places)}
                if single is None:
                    yield self.finding(record.ref, message, pointer=pointer, data=data)
                else:
                    yield self.refused(record.ref, single, message, pointer=pointer, data=data)


def _entries(row: Mapping[str, Any]) -> int:
    """The number of entries of a list in the key ``system``, as Bedrock keeps its prompt."""
    system = row.get("system")
    return len(system) if isinstance(system, list) else 0
