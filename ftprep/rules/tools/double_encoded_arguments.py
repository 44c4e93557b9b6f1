"""Rule TUL009."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import orjson

from ftprep.finding import Edit, Finding, Fix, Severity
from ftprep.pointer import resolve
from ftprep.rule import Bad, Good, RecordRule
from ftprep.text.snippet import quote
from ftprep.text.tool_use import encodes_object, meant_calls

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ftprep.formats.tool_calls import Call
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
            fixed=[_row('{"day": "Sunday"}')],
        ),
        Bad(_row(' "{}"'), at=[(1, "/messages/1/tool_calls/0/function/arguments")], fixed=[_row("{}")]),
        Bad(
            _row('"\\"{\\\\\\"day\\\\\\": 7}\\""'),
            at=[(1, "/messages/1/tool_calls/0/function/arguments")],
            fixed=[_row('{"day": 7}')],
            note="three times",
        ),
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
            fixed=[
                {
                    "conversations": [
                        {"from": "human", "value": "Is it open?"},
                        {"from": "function_call", "value": '{"name": "hours", "arguments": {"day": "Sunday"}}'},
                        {"from": "observation", "value": "no"},
                        {"from": "gpt", "value": "Not on Sundays."},
                    ],
                    "tools": '[{"name": "hours"}]',
                }
            ],
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
                fix = _fix(record.row, call)
                yield self.finding(record.ref, message, pointer=call.arguments_pointer, fix=fix)


def _fix(row: Any, call: Call) -> Fix | None:
    """The JSON text of the object in the place of the text of that text."""
    if call.pointer == call.arguments_pointer:
        new = _decoded_calls(resolve(row, call.pointer))
    else:
        new = call.arguments if isinstance(call.arguments, str) else None
        while isinstance(new, str) and not isinstance(inner := orjson.loads(new), dict):
            new = inner
    if not isinstance(new, str):
        return None
    return Fix("decode the arguments once", edits=(Edit("replace", call.arguments_pointer, new),))


def _decoded_calls(text: str) -> str | None:
    """The JSON text of calls, with every object that stands in it as text written out."""
    from ftprep.fixing.rows import edited
    from ftprep.fixing.splices import CannotEdit

    value, edits = orjson.loads(text), []
    for at, body in [("", value)] if isinstance(value, dict) else [(f"/{at}", one) for at, one in enumerate(value)]:
        arguments = body.get("arguments") if isinstance(body, dict) else None
        if encodes_object(arguments):
            while isinstance(arguments, str):
                arguments = orjson.loads(arguments)
            if isinstance(arguments, dict):
                edits.append(Edit("replace", f"{at}/arguments", arguments))
    try:
        return edited(text, edits)
    except (CannotEdit, ValueError):
        return None
