"""Rule PRF001."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from ftprep.finding import Finding, Fix, Severity
from ftprep.rule import Bad, Good, RecordRule

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ftprep.record import Record
    from ftprep.shard import Shard

_PROMPT = [{"role": "user", "content": "Name a prime above 20."}]


def _pair(chosen: str, rejected: str) -> dict[str, object]:
    return {
        "input": {"messages": _PROMPT},
        "preferred_output": [{"role": "assistant", "content": chosen}],
        "non_preferred_output": [{"role": "assistant", "content": rejected}],
    }


def _call(above: int) -> dict[str, object]:
    body = {"name": "prime", "arguments": f'{{"above": {above}}}'}
    return {"id": "a", "type": "function", "function": body}


class IdenticalPair(RecordRule):
    """A preference pair whose two sides are the same.

    ## What it does
    Reports pairs whose chosen and rejected side are equal: to the letter, or but for the amount of white space and
    the Unicode form. Where they differ in upper and lower case or in the indentation of lines, which may be what is
    to be learnt, it is a warning. Sides with images are compared as data.

    ## Why is this bad?
    The model is pushed towards a text and away from the same text: the row has no signal, and costs four forward
    passes. Most often one side was lost, or the sampler gave the same answer twice.

    ## How to settle it
    Drop the row, or sample the rejected side again.
    """

    code = "PRF001"
    name = "identical-pair"
    severity = Severity.ERROR
    methods = frozenset({"preference"})
    examples = (
        Good(_pair("23", "21, probably.")),
        Good(_pair("x = 1\nif x:\n    y()", "x = 2\nif x:\n    y()")),
        Good(
            {
                "input": {"messages": _PROMPT},
                "preferred_output": [{"role": "assistant", "tool_calls": [_call(20)]}],
                "non_preferred_output": [{"role": "assistant", "tool_calls": [_call(2)]}],
            },
            note="two calls of one tool with other arguments",
        ),
        Bad(_pair("23", "23"), at=[(1, "/non_preferred_output")], message="both sides are the same"),
        Bad(
            {"prompt": "The kettle is", "chosen": " on  the stove.\n", "rejected": " on the stove."},
            at=[(1, "/rejected")],
            message="both sides are the same but for white space",
        ),
        Bad(
            {"prompt": "Capital of Peru?", "chosen": "Lima", "rejected": "lima"},
            at=[(1, "/rejected")],
            message="both sides are the same but for upper and lower case",
        ),
        Bad(
            {"prompt": "Write a loop.", "chosen": "for x in y:\n    pass", "rejected": "for x in y:\npass"},
            at=[(1, "/rejected")],
            message="both sides are the same but for indentation",
        ),
    )

    def screen(self, shard: Shard) -> Iterable[int] | None:
        from ftprep.text.pairs import equal_sides

        return shard.rows_where(equal_sides(shard))

    def check(self, record: Record) -> Iterator[Finding]:
        from ftprep.text.hashing import fold
        from ftprep.text.pairs import empty_sides, side_pointers, sides

        if empty_sides(record):
            return  # PRF002
        values = [[record.shard.values[text] for text in texts] for texts in sides(record)]
        if [fold(value) for value in values[0]] != [fold(value) for value in values[1]]:
            return
        if record.index in record.shard.media_rows and not _same_data(record):
            return
        difference, severity = _difference(*values)
        message = "both sides are the same" + (f" but for {difference}" if difference else "")
        fix = Fix("drop the row", drop=True)
        _, pointer = side_pointers(record)
        yield self.finding(record.ref, message, pointer=pointer, severity=severity, fix=fix)


def _difference(chosen: list[str], rejected: list[str]) -> tuple[str, Severity]:
    """What was ignored to find the sides equal, and how bad that makes it."""
    if chosen == rejected:
        return "", Severity.ERROR
    one, other = ([unicodedata.normalize("NFC", text) for text in side] for side in (chosen, rejected))
    if one == other:
        return "Unicode form", Severity.ERROR
    if [text.split() for text in one] != [text.split() for text in other]:
        return "upper and lower case", Severity.WARNING
    if [_indents(text) for text in one] != [_indents(text) for text in other]:
        return "indentation", Severity.WARNING
    return "white space", Severity.ERROR


def _indents(text: str) -> list[int]:
    """The indentation of each line with something on it, the first aside."""
    lines = [line for line in text.strip().splitlines()[1:] if line.strip()]
    return [len(line) - len(line.lstrip()) for line in lines]


def _same_data(record: Record) -> bool:
    lists = [turns for _, turns in record.format.conversations(record.row)]
    return len(lists) >= 2 and lists[-2] == lists[-1]
