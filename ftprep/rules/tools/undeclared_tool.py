"""Rule TUL003."""

from __future__ import annotations

import difflib
import functools
import re
from typing import TYPE_CHECKING

from ftprep.finding import Finding, Severity
from ftprep.rule import Bad, Good, RecordRule
from ftprep.text.snippet import quote, shorten
from ftprep.text.tool_schemas import declared
from ftprep.text.tool_use import meant_calls, name_pointer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ftprep.record import Record

_DECLARED = [{"type": "function", "function": {"name": "get_hours", "parameters": {"type": "object"}}}]


class UndeclaredTool(RecordRule):
    """A call of a tool that the row does not declare.

    ## What it does
    Compares the name of each call with the names in the row's `tools` (and legacy `functions`). Rows that declare
    no tools at all are TUL010's. Calls that are not trained on give warnings; calls on the rejected side are left
    alone.

    ## Why is this bad?
    The model learns to call tools that it was not given. Several platforms refuse the row.

    ## How to settle it
    Declare the tool in the row, correct the name, or drop the row.
    """

    code = "TUL003"
    name = "undeclared-tool"
    severity = Severity.ERROR
    turns = re.compile(rb"[cC]")
    examples = (
        Good(
            {
                "messages": [
                    {"role": "user", "content": "Is it open?"},
                    {
                        "role": "assistant",
                        "content": None,
                        "tool_calls": [
                            {"id": "c1", "type": "function", "function": {"name": "get_hours", "arguments": "{}"}}
                        ],
                    },
                ],
                "tools": _DECLARED,
            }
        ),
        Good(
            {
                "messages": [
                    {"role": "user", "content": "Is it open?"},
                    {"role": "assistant", "content": None, "function_call": {"name": "get_hours", "arguments": "{}"}},
                ],
                "functions": [{"name": "get_hours"}],
            }
        ),
        Good(
            {
                "conversations": [
                    {"from": "human", "value": "Is it open?"},
                    {"from": "function_call", "value": '{"name": "get_hours", "arguments": {}}'},
                    {"from": "observation", "value": "no"},
                    {"from": "gpt", "value": "Not today."},
                ],
                "tools": '[{"name": "get_hours", "description": "Opening hours", "parameters": {"type": "object"}}]',
            },
            note="ShareGPT declares tools in a JSON string",
        ),
        Good(
            {
                "messages": [
                    {"role": "user", "content": "Is it open?"},
                    {
                        "role": "assistant",
                        "tool_calls": [{"type": "function", "function": {"name": "get_hours", "arguments": {}}}],
                    },
                ]
            },
            note="no tools declared at all is TUL010",
        ),
        Bad(
            {
                "messages": [
                    {"role": "user", "content": "Is it open?"},
                    {
                        "role": "assistant",
                        "content": None,
                        "tool_calls": [
                            {"id": "c1", "type": "function", "function": {"name": "get_hour", "arguments": "{}"}},
                            {"id": "c2", "type": "function", "function": {"name": "weather", "arguments": "{}"}},
                        ],
                    },
                ],
                "tools": _DECLARED,
            },
            at=[(1, "/messages/1/tool_calls/0/function/name"), (1, "/messages/1/tool_calls/1/function/name")],
            message="tool `get_hour` is not declared; there is `get_hours`",
        ),
    )

    def check(self, record: Record) -> Iterator[Finding]:
        tools = record.once(declared)
        if tools is None or not tools.readable:
            return
        for call in meant_calls(record):
            if call.name in tools.names:
                continue
            message = f"tool {quote(call.name)} is not declared"
            near = _nearest(call.name, tools.names)
            if near:
                message += f"; there is {quote(near)}"
            severity = None if call.trained else Severity.WARNING
            yield self.finding(record.ref, shorten(message, 100), pointer=name_pointer(call), severity=severity)


@functools.lru_cache(maxsize=256)
def _nearest(name: str, names: frozenset[str]) -> str | None:
    """The name of ``names`` that ``name`` was most likely meant to be."""
    if len(name) > 64 or len(names) > 128:  # no platform takes longer names or more tools, and comparing costs time
        return None
    return next(iter(difflib.get_close_matches(name, sorted(names), n=1)), None)
