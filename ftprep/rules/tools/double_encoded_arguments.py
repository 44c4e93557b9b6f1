"""Rule TUL009."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import orjson

from ftprep.finding import Finding, Severity
from ftprep.rule import Bad, Good, RecordRule
from ftprep.text.snippet import quote
from ftprep.text.tool_use import encodes_object, meant_calls

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ftprep.record import Record

_TOOLS = [{"type": "function", "function": {"name": "hours"}}]


def _row(arguments: object) -> dict[str, object]:
    call = {"id": "c1", "type": "function", "function": {"name": "hours", "arguments": arguments}}
    return {
        "messages": [{"role": "user", "content": "Is it open?"}, {"role": "assistant", "tool_calls": [call]}],
        "tools": _TOOLS,
    }


class DoubleEncodedArguments(RecordRule):
    """The arguments of a call were turned into a JSON string twice.

    ## What it does
    Reports `arguments` that hold a JSON string which holds the JSON object that was meant. In ShareGPT rows the whole
    call is JSON text, and its `arguments` are an object in it: a string is reported there.

    ## Why is this bad?
    The model learns to quote and escape its arguments once too often, and tools get a string where they expect an
    object.

    ## How to settle it
    Decode the arguments once.
    """

    code = "TUL009"
    name = "double-encoded-arguments"
    severity = Severity.WARNING
    turns = re.compile(rb"[cC]")
    examples = (
        Good(_row('{"day": "Sunday"}')),
        Good(_row({"query": '{"day": "Sunday"}'}), note="an argument that is JSON text itself"),
        Good(_row('"Sunday"'), note="a string, but of no object: TUL001"),
        Bad(
            _row('"{\\"day\\": \\"Sunday\\"}"'),
            at=[(1, "/messages/1/tool_calls/0/function/arguments")],
            message="arguments of `hours` are a JSON string that holds an object",
        ),
        Bad(_row(' "{}"'), at=[(1, "/messages/1/tool_calls/0/function/arguments")]),
        Bad(
            {
                "conversations": [
                    {"from": "human", "value": "Is it open?"},
                    {"from": "function_call", "value": '{"name": "hours", "arguments": "{\\"day\\": \\"Sunday\\"}"}'},
                    {"from": "observation", "value": "no"},
                    {"from": "gpt", "value": "Not on Sundays."},
                ],
                "tools": '[{"name": "hours"}]',
            },
            at=[(1, "/conversations/1/value")],
        ),
    )

    def check(self, record: Record) -> Iterator[Finding]:
        for call in meant_calls(record):
            arguments = call.arguments
            if not isinstance(arguments, str):
                continue
            if call.pointer != call.arguments_pointer:  # else the whole call is JSON text, and this is a string in it
                try:
                    arguments = orjson.loads(arguments)
                except ValueError:
                    continue
            if encodes_object(arguments):
                message = f"arguments of {quote(call.name)} are a JSON string that holds an object"
                yield self.finding(record.ref, message, pointer=call.arguments_pointer)
