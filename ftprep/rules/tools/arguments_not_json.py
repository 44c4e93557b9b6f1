"""Rule TUL001."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import orjson

from ftprep.finding import Finding, Severity
from ftprep.rule import Bad, Good, RecordRule
from ftprep.text.snippet import quote, shorten
from ftprep.text.tool_schemas import declared
from ftprep.text.tool_use import encodes_object, meant_calls, unread_texts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ftprep.formats.tool_calls import Call
    from ftprep.record import Record

_TOOLS = [{"type": "function", "function": {"name": "hours"}}]


def _row(arguments: Any, **more: Any) -> dict[str, Any]:
    call = {"id": "c1", "type": "function", "function": {"name": "hours", "arguments": arguments}}
    turns = [{"role": "user", "content": "Is it open?"}, {"role": "assistant", "tool_calls": [call], **more}]
    return {"messages": turns, "tools": _TOOLS}


class ArgumentsNotJson(RecordRule):
    """The arguments of a call are a string that is no JSON object.

    ## What it does
    Parses `arguments` where they are a string. Arguments that are an object already, and calls that leave them out
    or null, are legal. An empty string is a warning unless the tool needs arguments: many tools without parameters
    are called so. A ShareGPT turn that calls tools must be JSON itself. An object that was encoded twice is
    TUL009's. Calls that are not trained on give warnings; calls on the rejected side are left alone.

    ## Why is this bad?
    The model learns to write arguments that no program can read, and chat templates that parse them raise an error.

    ## How to settle it
    Write the arguments with a JSON library, `{}` when there are none, or drop the row.
    """

    code = "TUL001"
    name = "arguments-not-json"
    severity = Severity.ERROR
    turns = re.compile(rb"[cC]")
    examples = (
        Good(_row('{"day": "Sunday", "shop": "Café"}')),
        Good(_row("{}")),
        Good(_row({"day": "Sunday"}), note="TRL writes an object"),
        Good(_row(None), note="a call without arguments"),
        Good(_row('"{\\"day\\": \\"Sunday\\"}"'), note="encoded twice: TUL009"),
        Good(
            {
                "input": {"messages": [{"role": "user", "content": "Is it open?"}], "tools": _TOOLS},
                "preferred_output": _row("{}")["messages"][1:],
                "non_preferred_output": _row("Sunday")["messages"][1:],
            },
            note="a rejected call may be wrong on purpose",
        ),
        Bad(
            _row("{'day': 'Sunday'}"),
            at=[(1, "/messages/1/tool_calls/0/function/arguments")],
            message="arguments of `hours` are not JSON from character 2 on",
        ),
        Bad(
            _row('{"day": "Sunday"'),
            at=[(1, "/messages/1/tool_calls/0/function/arguments")],
        ),
        Bad(
            _row('["Sunday"]'),
            at=[(1, "/messages/1/tool_calls/0/function/arguments")],
            message="arguments of `hours` are a JSON array; an object is due",
        ),
        Bad(
            _row(""),
            at=[(1, "/messages/1/tool_calls/0/function/arguments")],
            message="arguments of `hours` are an empty string",
        ),
        Bad(
            {
                "messages": [
                    {"role": "user", "content": "Is it open?"},
                    {"role": "assistant", "content": None, "function_call": {"name": "hours", "arguments": "Sunday"}},
                ],
                "functions": [{"name": "hours"}],
            },
            at=[(1, "/messages/1/function_call/arguments")],
        ),
        Bad(
            {
                "conversations": [
                    {"from": "human", "value": "Is it open?"},
                    {"from": "function_call", "value": "hours(day=Sunday)"},
                    {"from": "observation", "value": "no"},
                    {"from": "gpt", "value": "Not on Sundays."},
                ],
                "tools": '[{"name": "hours", "parameters": {}}]',
            },
            at=[(1, "/conversations/1/value")],
            message="the call is not JSON with a `name`",
        ),
    )

    def check(self, record: Record) -> Iterator[Finding]:
        for pointer in unread_texts(record):
            yield self.finding(record.ref, "the call is not JSON with a `name`", pointer=pointer)
        for call in meant_calls(record):
            arguments = call.arguments
            if not isinstance(arguments, str):
                continue
            severity = None if call.trained else Severity.WARNING
            start, span = f"arguments of {quote(call.name)} are", None
            if not arguments.strip():
                message = f"{start} {'an empty string' if not arguments else 'white space'}"
                severity = None if call.trained and self._needs_arguments(record, call) else Severity.WARNING
            else:
                try:
                    value = orjson.loads(arguments)
                except orjson.JSONDecodeError as error:
                    place = min(max(error.pos, 0), len(arguments) - 1)
                    message = f"{start} not JSON from character {place + 1} on"
                    span = (place, place + 1)
                else:
                    if isinstance(value, dict) or encodes_object(value):
                        continue
                    message = f"{start} {_kind(value)}; an object is due"
            yield self.finding(
                record.ref,
                shorten(message, 100),
                pointer=call.arguments_pointer,
                severity=severity,
                span=span if call.arguments_pointer.endswith("/arguments") else None,
            )

    @staticmethod
    def _needs_arguments(record: Record, call: Call) -> bool:
        tools = record.once(declared)
        schema = tools.schemas.get(call.name) if tools else None
        return schema is not None and not schema.accepts_nothing()


def _kind(value: Any) -> str:
    if value is None or isinstance(value, bool):
        return f"the JSON literal {'null' if value is None else str(value).lower()}"
    if isinstance(value, str):
        return "a JSON string"
    return "a JSON array" if isinstance(value, list) else "a JSON number"
