"""Rule TUL008."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ftprep.finding import Finding, Severity
from ftprep.formats import columns as c
from ftprep.rule import Bad, Good, RecordRule
from ftprep.text.tool_schemas import Defect, declared

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ftprep.formats.tool_calls import Tool
    from ftprep.record import Record
    from ftprep.shard import Shard

_TURNS = [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello!"}]


def _row(*functions: Any) -> dict[str, Any]:
    return {"messages": _TURNS, "tools": [{"type": "function", "function": one} for one in functions]}


class InvalidToolDefinition(RecordRule):
    """A declared tool without a usable name or with parameters that are no JSON Schema.

    ## What it does
    Checks every declared tool and legacy function: the name must be there, made of letters, digits, `_` and `-`
    (Gemini: `.` and `:` too), at most 64 characters long and no other tool's; `parameters` (Bedrock: `inputSchema`),
    where there are any, must be an object, a valid JSON Schema, and describe an object. `tools` that are a string
    must hold a JSON list. In OpenAI rows each tool has its name and parameters in a `function` object. With a target,
    what it refuses of these is an error, and so are more tools than it takes.

    ## Why is this bad?
    Platforms refuse the file. Warnings stand for what trainers of open models accept: unusual names, repeated ones,
    tools without a `function` object. Calls of a tool with a broken schema cannot be checked at all.

    ## How to settle it
    Correct the definition where the rows are made: it is mostly the same in all of them.
    """

    code = "TUL008"
    name = "invalid-tool-definition"
    severity = Severity.ERROR
    examples = (
        Good(
            _row(
                {"name": "clock"},
                {"name": "hours", "parameters": {}},
                {"name": "rain", "description": "Rain at a place", "parameters": None},
                {
                    "name": "book-table_2",
                    "strict": True,
                    "parameters": {
                        "$schema": "http://json-schema.org/draft-07/schema#",
                        "type": "object",
                        "properties": {
                            "at": {"$ref": "#/$defs/time"},
                            "seats": {"type": ["integer", "null"], "minimum": 1},
                            "notes": {"type": "array", "items": {"type": "string"}},
                        },
                        "required": ["at", "seats", "notes"],
                        "additionalProperties": False,
                        "$defs": {"time": {"type": "string", "pattern": "^\\d\\d:\\d\\d$"}},
                    },
                },
            )
        ),
        Good(
            _row(
                {"name": "f", "parameters": {"type": "object", "properties": {"a": {"$ref": "https://example.com/a"}}}}
            ),
            note="whether a schema elsewhere is valid cannot be known",
        ),
        Good(
            _row(
                {
                    "name": "f",
                    "parameters": {
                        "type": "object",
                        "properties": {
                            "a": {"type": "number", "minimum": 0, "exclusiveMinimum": True},
                            "b": {"type": "array", "items": [{"type": "string"}]},
                        },
                    },
                }
            ),
            note="valid in an older draft",
        ),
        Good(
            {
                "conversations": [{"from": "human", "value": "Hi"}, {"from": "gpt", "value": "Hello!"}],
                "tools": '[{"name": "clock", "parameters": {"type": "object", "properties": {}}}]',
            },
            {"conversations": [{"from": "human", "value": "Hi"}, {"from": "gpt", "value": "Hello!"}], "tools": ""},
            note="a JSON string, and an empty one",
        ),
        Bad(
            _row({"description": "no name"}, {"name": "get weather"}, {"name": "clock"}, {"name": "clock"}),
            at=[(1, "/tools/0/function"), (1, "/tools/1/function/name"), (1, "/tools/3/function/name")],
            message="tool 1 has no name",
        ),
        Bad(
            _row(
                {"name": "f", "parameters": {"type": "dict", "properties": {}}},
                {"name": "g", "parameters": {"type": "object", "properties": {"a": {"type": "str"}}}},
                {"name": "h", "parameters": {"type": "object", "required": "a"}},
                {"name": "i", "parameters": {"type": "object", "properties": {"a": {"$ref": "#/$defs/a"}}}},
                {"name": "j", "parameters": [{"name": "a"}]},
                {"name": "k", "parameters": {"type": "string"}},
            ),
            at=[(1, f"/tools/{number}/function/parameters") for number in range(6)],
            message="`/properties/a/type` of `parameters` is `str`, no type of JSON Schema",
        ),
        Bad(
            {"messages": _TURNS, "functions": [{"name": "f", "parameters": {"type": "dict"}}]},
            at=[(1, "/functions/0/parameters")],
        ),
        Bad(
            {
                "conversations": [{"from": "human", "value": "Hi"}, {"from": "gpt", "value": "Hello!"}],
                "tools": "a clock and a calendar",
            },
            at=[(1, "/tools")],
            message="`tools` is a string that is not JSON",
        ),
        Bad({"messages": _TURNS, "tools": [{"type": "web_search"}]}, at=[(1, "/tools/0")]),
        Bad(
            {"messages": _TURNS, "tools": [{"type": "function", "name": "clock", "parameters": {}}]},
            at=[(1, "/tools/0")],
            message="the tool has no `function` object",
        ),
        Bad(
            _row(*[{"name": f"tool_{number}"} for number in range(129)]),
            settings={"target": "azure"},
            at=[(1, "/tools")],
            message="129 tools; azure takes at most 128",
        ),
    )

    def screen(self, shard: Shard) -> list[int]:
        return shard.rows_of_texts(shard.codes & c.KIND_MASK == c.TOOLS)

    def check(self, record: Record) -> Iterator[Finding]:
        tools = record.once(declared)
        name = record.format.name
        most = self.restriction("most-tools", name)
        if most is not None and len(record.tools or ()) > most.value:
            count, pointer = len(record.tools or ()), _list_pointer(record)
            message = f"{count} tools; {most.target} takes at most {most.value}"
            yield self.refused(record.ref, most, message, {"count": count, "limit": most.value}, pointer=pointer)
        if tools is None or not (tools.defects or tools.flat):
            return
        entries = record.tools or []
        named, wrapped = self.restriction("tool-name", name), self.restriction("wrapped-tools", name)
        for defect in tools.defects:
            pointer = _list_pointer(record) if defect.tool is None else _pointer(entries[defect.tool], defect)
            if defect.in_name and named is not None and defect.tool is not None:
                words = {"name": entries[defect.tool].name}
                yield self.refused(record.ref, named, defect.message, words, pointer=pointer)
            else:
                yield self.finding(record.ref, defect.message, pointer=pointer, severity=defect.severity)
        # ShareGPT rows and legacy functions are flat; OpenAI's `tools`, which hosted platforms read, are not.
        if tools.flat and record.format.name.startswith("openai") and _list_pointer(record).endswith("/tools"):
            count, pointer = len(tools.flat), entries[tools.flat[0]].pointer
            message = f"{count} tools have no `function` object" if count > 1 else "the tool has no `function` object"
            if wrapped is not None:
                yield self.refused(record.ref, wrapped, message, pointer=pointer)
            else:
                yield self.finding(record.ref, message, pointer=pointer, severity=Severity.WARNING)


def _pointer(tool: Tool, defect: Defect) -> str:
    if defect.in_parameters:
        return tool.parameters_pointer
    inside = tool.parameters_pointer != tool.pointer  # a JSON string has no places inside
    return f"{tool.pointer}/name" if inside and tool.name is not None else tool.pointer


def _list_pointer(record: Record) -> str:
    """Where the tools stand as a whole."""
    codes = record.shard.codes
    return next(record.pointer(text) for text in record.text_range if int(codes[text]) & c.KIND_MASK == c.TOOLS)
