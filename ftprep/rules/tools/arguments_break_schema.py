"""Rule TUL004."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import orjson

from ftprep.finding import Finding, Severity
from ftprep.pointer import escape_token
from ftprep.rule import Bad, Good, RecordRule
from ftprep.text.tool_schemas import declared
from ftprep.text.tool_use import meant_calls

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ftprep.formats.tool_calls import Call
    from ftprep.record import Record

_CITY = {"type": "string"}
_FORECAST = {
    "type": "object",
    "properties": {
        "city": _CITY,
        "days": {"type": "integer", "minimum": 1, "maximum": 7},
        "unit": {"type": "string", "enum": ["celsius", "kelvin"]},
    },
    "required": ["city"],
    "additionalProperties": False,
}
_PLACE = "/messages/1/tool_calls/0/function/arguments"


def _row(arguments: Any, parameters: Any = _FORECAST) -> dict[str, Any]:
    call = {"id": "c1", "type": "function", "function": {"name": "forecast", "arguments": arguments}}
    tool: dict[str, Any] = (
        {"name": "forecast"} if parameters is None else {"name": "forecast", "parameters": parameters}
    )
    return {
        "messages": [{"role": "user", "content": "Rain?"}, {"role": "assistant", "tool_calls": [call]}],
        "tools": [{"type": "function", "function": tool}],
    }


class ArgumentsBreakSchema(RecordRule):
    """The arguments of a call break the JSON Schema that the row declares for the tool.

    ## What it does
    Validates the arguments against `parameters`: missing and unknown arguments, types, enums, bounds, lengths,
    patterns, nested objects and references. At most five breaks of a call are told. Schemas that are invalid are
    TUL008's; schemas that refer to other documents are not applied. In the schema, and in arguments that are an
    object, null counts as absent, because Arrow writes it. Calls that are not trained on give warnings; calls on
    the rejected side are left alone.

    ## Why is this bad?
    The model learns calls that its own tools refuse.

    ## How to settle it
    Correct the call, correct the schema where the call is right, or drop the row.
    """

    code = "TUL004"
    name = "arguments-break-schema"
    severity = Severity.ERROR
    turns = re.compile(rb"[cC]")
    examples = (
        Good(_row('{"city": "Lima", "days": 3, "unit": "kelvin"}')),
        Good(_row({"city": "Lima", "days": 3.0}), note="an object; 3.0 is an integer to JSON Schema"),
        Good(_row("{}", None), note="a tool without parameters takes anything"),
        Good(_row(None, {"type": "object", "properties": {"day": {"type": "string"}}}), note="nothing is required"),
        Good(_row("Lima"), note="no JSON at all is TUL001"),
        Good(_row('{"city": 7}', {"type": "object", "properties": {"city": {"type": "text"}}}), note="TUL008"),
        Good(
            _row(
                '{"route": {"stop": "Lima", "next": {"stop": "Quito"}}}',
                {
                    "type": "object",
                    "properties": {"route": {"$ref": "#/$defs/leg"}},
                    "required": ["route"],
                    "$defs": {
                        "leg": {
                            "type": "object",
                            "properties": {
                                "stop": _CITY,
                                "next": {"anyOf": [{"$ref": "#/$defs/leg"}, {"type": "null"}]},
                            },
                            "required": ["stop"],
                        }
                    },
                },
            )
        ),
        Good(
            _row('{"city": null}', {"type": "object", "properties": {"city": {"type": "string", "nullable": True}}}),
            note="`nullable` is OpenAPI's word for it",
        ),
        Good(
            _row(
                {"city": "Lima", "days": None},
                {"properties": {"city": _CITY, "days": {"type": "integer", "enum": None}, "hour": None}},
            ),
            note="Arrow gives an object the fields of all others; null is absent there",
        ),
        Good(
            _row('{"city": 7}', {"type": "object", "properties": {"city": {"$ref": "https://example.com/city.json"}}}),
            note="nothing is fetched",
        ),
        Good(
            {
                "input": {"messages": [{"role": "user", "content": "Rain?"}], "tools": _row("")["tools"]},
                "preferred_output": _row('{"city": "Lima"}')["messages"][1:],
                "non_preferred_output": _row('{"town": "Lima"}')["messages"][1:],
            },
            note="a rejected call may be wrong on purpose",
        ),
        Bad(
            _row('{"days": "3", "unit": "rankine", "place": "Lima"}'),
            at=[(1, _PLACE)] * 4,
            message="missing required argument `city`",
        ),
        Bad(_row('{"city": "Lima", "days": "3"}'), at=[(1, _PLACE)], message="`days` is a string; an integer is due"),
        Bad(_row('{"city": "Lima", "days": 9}'), at=[(1, _PLACE)], message="`days` is above its maximum 7"),
        Bad(_row('{"city": "Lima", "unit": "C"}'), at=[(1, _PLACE)], message="`unit` is none of `celsius` `kelvin`"),
        Bad(_row('{"city": "Lima", "at": 1}'), at=[(1, _PLACE)], message="`at` is no argument of `forecast`"),
        Bad(_row({"city": "Lima", "days": "3"}), at=[(1, f"{_PLACE}/days")], note="an object has places inside"),
        Bad(
            {
                "messages": [
                    {"role": "user", "content": "Rain?"},
                    {"role": "assistant", "content": None, "function_call": {"name": "forecast", "arguments": "{}"}},
                ],
                "functions": [{"name": "forecast", "parameters": _FORECAST}],
            },
            at=[(1, "/messages/1/function_call/arguments")],
        ),
    )

    def check(self, record: Record) -> Iterator[Finding]:
        tools = record.once(declared)
        if tools is None or not tools.schemas:
            return
        for call in meant_calls(record):
            schema = tools.schemas.get(call.name)
            arguments, size = _parse(call)
            if schema is None or not isinstance(arguments, dict):
                continue
            inside = isinstance(call.arguments, dict) and call.arguments_pointer != call.pointer
            here = call.arguments_pointer
            if call.arguments is None:  # left out: the function is what lacks something
                here = here.rpartition("/")[0] if here != call.pointer else here
            breaks = schema.breaks_of_object if inside else schema.breaks
            for broken in breaks(arguments, size, call.name):
                place = "".join(f"/{escape_token(str(step))}" for step in broken.path) if inside else ""
                yield self.finding(
                    record.ref,
                    broken.message,
                    pointer=here + place,
                    severity=None if call.trained else Severity.WARNING,
                    data={"keyword": broken.keyword},
                )


def _parse(call: Call) -> tuple[Any, int]:
    """The arguments and their size in characters; None when they are no JSON, of which TUL001 speaks."""
    arguments = call.arguments
    if arguments is None:
        return {}, 2
    if isinstance(arguments, str):
        try:
            return orjson.loads(arguments), len(arguments)
        except ValueError:
            return None, 0
    return arguments, len(arguments) * 1_000
