"""Rule TUL006."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ftprep.finding import Finding, Severity
from ftprep.rule import Bad, Good, RecordRule
from ftprep.text.snippet import quote
from ftprep.text.tool_use import pair

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ftprep.record import Record

_CALL = {
    "role": "assistant",
    "content": None,
    "tool_calls": [{"id": "c1", "type": "function", "function": {"name": "rain", "arguments": "{}"}}],
}
_TOOLS = [{"type": "function", "function": {"name": "rain"}}]


class OrphanToolResult(RecordRule):
    """A tool result that answers no call before it.

    ## What it does
    Reports results whose id no earlier call has, results without an id where no call waits for one, and second
    results of one call. A result without an id may also answer a call that is written into the text of the turn
    before it, as open models do.

    ## Why is this bad?
    OpenAI and others refuse such a conversation. The model learns from a result that nobody asked for; mostly the
    call was lost when a long conversation was cut.

    ## How to settle it
    Put back the call, correct the id, or remove the result.
    """

    code = "TUL006"
    name = "orphan-tool-result"
    severity = Severity.ERROR
    turns = re.compile(rb"t")
    examples = (
        Good(
            {
                "messages": [
                    {"role": "user", "content": "Rain?"},
                    _CALL,
                    {"role": "tool", "tool_call_id": "c1", "content": ""},
                    {"role": "assistant", "content": "No."},
                ],
                "tools": _TOOLS,
            }
        ),
        Good(
            {
                "messages": [
                    {"role": "user", "content": "Rain?"},
                    _CALL,
                    {"role": "user", "content": "Well?"},
                    {"role": "tool", "tool_call_id": "c1", "content": "no"},
                    {"role": "assistant", "content": "No."},
                ],
                "tools": _TOOLS,
            },
            note="late, which is TUL005, but not without a call",
        ),
        Good(
            {
                "conversations": [
                    {"from": "human", "value": "Rain?"},
                    {"from": "gpt", "value": '<tool_call>{"name": "rain", "arguments": {}}</tool_call>'},
                    {"from": "tool", "value": "no"},
                    {"from": "gpt", "value": "No."},
                ]
            },
            note="the call stands in the text",
        ),
        Bad(
            {
                "messages": [
                    {"role": "user", "content": "Rain?"},
                    _CALL,
                    {"role": "tool", "tool_call_id": "c2", "content": "no"},
                    {"role": "tool", "tool_call_id": "c1", "content": "no"},
                    {"role": "tool", "tool_call_id": "c1", "content": "yes"},
                    {"role": "assistant", "content": "No."},
                ],
                "tools": _TOOLS,
            },
            at=[(1, "/messages/2"), (1, "/messages/4")],
            message="tool result for `c2` answers no call",
        ),
        Bad(
            {
                "messages": [
                    {"role": "tool", "name": "rain", "content": "no"},
                    {"role": "user", "content": "So?"},
                    {"role": "assistant", "content": "It stays dry."},
                ],
                "tools": _TOOLS,
            },
            at=[(1, "/messages/0")],
            message="tool result answers no call",
        ),
        Bad(
            {
                "conversations": [
                    {"from": "human", "value": "Rain?"},
                    {"from": "observation", "value": "no"},
                    {"from": "gpt", "value": "No."},
                ]
            },
            at=[(1, "/conversations/1")],
        ),
        Bad(
            {
                "conversations": [
                    {"from": "human", "value": "Rain?"},
                    {"from": "gpt", "value": "I will look."},
                    {"from": "observation", "value": "no"},
                    {"from": "gpt", "value": "No."},
                ]
            },
            at=[(1, "/conversations/2")],
        ),
    )

    def check(self, record: Record) -> Iterator[Finding]:
        pairing = record.once(pair)
        for result in pairing.orphans:
            which = f"tool result for {quote(result.id)}" if result.id else "tool result"
            if result.strict and not result.id:
                which += f" of {quote(result.name)}"
            yield self.finding(record.ref, f"{which} answers no call", pointer=result.pointer)
        for result in pairing.seconds:
            message = f"second tool result for {quote(result.id)}"
            yield self.finding(record.ref, message, pointer=result.pointer)
