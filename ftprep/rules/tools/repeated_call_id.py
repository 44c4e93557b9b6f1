"""Rule TUL007."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ftprep.finding import Finding, Severity
from ftprep.formats.tool_calls import Call
from ftprep.rule import Bad, Good, RecordRule
from ftprep.text.snippet import quote
from ftprep.text.tool_use import pair

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ftprep.record import Record
    from ftprep.targets.target import Restriction

_TOOLS = [{"type": "function", "function": {"name": "rain"}}]


def _call(*ids: str) -> dict[str, object]:
    calls = [{"id": one, "type": "function", "function": {"name": "rain", "arguments": "{}"}} for one in ids]
    return {"role": "assistant", "content": None, "tool_calls": calls}


class RepeatedCallId(RecordRule):
    """Two calls of a conversation share an id.

    ## What it does
    Reports an error when a call takes the id of another call that still waits for its result, and a warning when it
    takes the id of a call that has its result, as some models number their calls anew in every turn. The same id in
    another row, or on the other side of a preference, is no matter. With a target, its pattern of ids holds for calls
    and results, and ids that must be unique in a row are errors when they come again.

    ## Why is this bad?
    A result cannot be told to be of one call or the other. Platforms that want ids to be unique in a conversation
    refuse the second case too.

    ## How to settle it
    Number the calls of a conversation through, and their results with them.
    """

    code = "TUL007"
    name = "repeated-call-id"
    severity = Severity.ERROR
    turns = re.compile(rb"[cC]")
    examples = (
        Good(
            {
                "messages": [
                    {"role": "user", "content": "Rain in Lima and Quito?"},
                    _call("a", "b"),
                    {"role": "tool", "tool_call_id": "a", "content": "no"},
                    {"role": "tool", "tool_call_id": "b", "content": "yes"},
                    _call("c"),
                ],
                "tools": _TOOLS,
            },
            {"messages": [{"role": "user", "content": "Rain in Lima?"}, _call("a")], "tools": _TOOLS},
        ),
        Good(
            {
                "input": {"messages": [{"role": "user", "content": "Rain?"}], "tools": _TOOLS},
                "preferred_output": [_call("a")],
                "non_preferred_output": [_call("a")],
            }
        ),
        Bad(
            {
                "messages": [
                    {"role": "user", "content": "Rain in Lima and Quito?"},
                    _call("a", "a"),
                    {"role": "tool", "tool_call_id": "a", "content": "no"},
                    {"role": "tool", "tool_call_id": "a", "content": "yes"},
                    {"role": "assistant", "content": "Only in Quito."},
                ],
                "tools": _TOOLS,
            },
            at=[(1, "/messages/1/tool_calls/1/id")],
            message="id `a` is of 2 calls that wait for their results at once",
        ),
        Bad(
            {
                "messages": [
                    {"role": "user", "content": "Rain in Lima and Quito?"},
                    _call("a"),
                    {"role": "tool", "tool_call_id": "a", "content": "no"},
                    _call("a"),
                    {"role": "tool", "tool_call_id": "a", "content": "yes"},
                    {"role": "assistant", "content": "Only in Quito."},
                ],
                "tools": _TOOLS,
            },
            at=[(1, "/messages/3/tool_calls/0/id")],
            message="id `a` is of 2 calls, one after the other",
        ),
        Bad(
            {
                "messages": [
                    {"role": "user", "content": "Rain in Lima?"},
                    _call("call_1"),
                    {"role": "tool", "tool_call_id": "call_1", "content": "no"},
                    {"role": "assistant", "content": "No."},
                ],
                "tools": _TOOLS,
            },
            settings={"target": "mistral"},
            at=[(1, "/messages/1/tool_calls/0/id"), (1, "/messages/2/tool_call_id")],
            message="id `call_1` is not of the form that mistral wants",
        ),
    )

    def check(self, record: Record) -> Iterator[Finding]:
        name = record.format.name
        unique, pattern = self.restriction("unique-call-ids", name), self.restriction("call-id-pattern", name)
        for call, count, ambiguous in record.once(pair).repeats:
            how = " that wait for their results at once" if ambiguous else ", one after the other"
            message, pointer = f"id {quote(call.id)} is of {count} calls{how}", f"{call.pointer}/{call.id_key}"
            if unique is not None:
                yield self.refused(record.ref, unique, message, {"id": call.id}, pointer=pointer, data={"calls": count})
                continue
            yield self.finding(
                record.ref,
                message,
                pointer=pointer,
                severity=None if ambiguous else Severity.WARNING,
                data={"calls": count},
            )
        if pattern is not None:
            yield from self._misshapen(record, pattern)

    def _misshapen(self, record: Record, pattern: Restriction) -> Iterator[Finding]:
        told = set()
        for item in (item for exchange in record.exchanges for item in exchange):
            if item.id is None or item.pointer in told or re.fullmatch(pattern.value, item.id):
                continue
            told.add(item.pointer)
            key = item.id_key if isinstance(item, Call) else "tool_call_id"
            message = f"id {quote(item.id)} is not of the form that {pattern.target} wants"
            yield self.refused(record.ref, pattern, message, {"id": item.id}, pointer=f"{item.pointer}/{key}")
