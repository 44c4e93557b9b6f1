"""Rule TUL005."""

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

_TOOLS = [{"type": "function", "function": {"name": "rain"}}]


def _call(*ids: str) -> dict[str, object]:
    calls = [{"id": one, "type": "function", "function": {"name": "rain", "arguments": "{}"}} for one in ids]
    return {"role": "assistant", "content": None, "tool_calls": calls}


class UnansweredCall(RecordRule):
    """A call in the middle of a conversation that has no tool result.

    ## What it does
    Reports calls that another turn than a tool result follows before their result came. Calls at the end of a
    conversation need no result. Results are matched by id; where there are no ids (TRL, ShareGPT, legacy functions),
    by the tool's name or by their order.

    ## Why is this bad?
    OpenAI and others refuse such a conversation. The model learns to go on without the result, and to make it up.

    ## How to settle it
    Put the result right behind the call, or cut the call.
    """

    code = "TUL005"
    name = "unanswered-call"
    severity = Severity.ERROR
    turns = re.compile(rb"[cC]")
    examples = (
        Good(
            {
                "messages": [
                    {"role": "user", "content": "Rain in Lima and Quito?"},
                    _call("a", "b"),
                    {"role": "tool", "tool_call_id": "b", "content": "yes"},
                    {"role": "tool", "tool_call_id": "a", "content": "no"},
                    {"role": "assistant", "content": "Only in Quito."},
                    {"role": "user", "content": "And in Cusco?"},
                    _call("c"),
                ],
                "tools": _TOOLS,
            },
            note="parallel calls answered in another order, and a call at the end",
        ),
        Good(
            {
                "messages": [
                    {"role": "user", "content": "Rain?"},
                    {
                        "role": "assistant",
                        "tool_calls": [{"type": "function", "function": {"name": "rain", "arguments": {}}}],
                    },
                    {"role": "tool", "name": "rain", "content": "no"},
                    {"role": "assistant", "content": "No."},
                ],
                "tools": _TOOLS,
            },
            note="TRL has no ids",
        ),
        Good(
            {
                "messages": [
                    {"role": "user", "content": "Rain?"},
                    {"role": "assistant", "content": None, "function_call": {"name": "rain", "arguments": "{}"}},
                    {"role": "function", "name": "rain", "content": "no"},
                    {"role": "assistant", "content": "No."},
                ],
                "functions": [{"name": "rain"}],
            }
        ),
        Good(
            {
                "conversations": [
                    {"from": "human", "value": "Rain in Lima and Quito?"},
                    {
                        "from": "function_call",
                        "value": '[{"name": "rain", "arguments": {"in": "Lima"}}, {"name": "rain", "arguments": {}}]',
                    },
                    {"from": "observation", "value": "[false, true]"},
                    {"from": "gpt", "value": "Only in Quito."},
                ],
                "tools": '[{"name": "rain"}]',
            },
            note="one observation may answer a list of calls",
        ),
        Bad(
            {
                "messages": [
                    {"role": "user", "content": "Rain in Lima and Quito?"},
                    _call("a", "b"),
                    {"role": "tool", "tool_call_id": "b", "content": "yes"},
                    {"role": "assistant", "content": "Only in Quito."},
                ],
                "tools": _TOOLS,
            },
            at=[(1, "/messages/1/tool_calls/0")],
            message="call `a` of `rain` has no result",
        ),
        Bad(
            {
                "messages": [
                    {"role": "user", "content": "Rain?"},
                    {"role": "assistant", "content": None, "function_call": {"name": "rain", "arguments": "{}"}},
                    {"role": "user", "content": "Well?"},
                    {"role": "assistant", "content": "No."},
                ],
                "functions": [{"name": "rain"}],
            },
            at=[(1, "/messages/1/function_call")],
            message="call of `rain` has no result",
        ),
        Bad(
            {
                "conversations": [
                    {"from": "human", "value": "Rain?"},
                    {"from": "function_call", "value": '{"name": "rain", "arguments": {}}'},
                    {"from": "gpt", "value": "No."},
                ],
                "tools": '[{"name": "rain"}]',
            },
            at=[(1, "/conversations/1/value")],
        ),
        Bad(
            {
                "input": {"messages": [{"role": "user", "content": "Rain?"}, _call("a")], "tools": _TOOLS},
                "preferred_output": [{"role": "assistant", "content": "No."}],
                "non_preferred_output": [{"role": "assistant", "content": "Yes."}],
            },
            at=[(1, "/input/messages/1/tool_calls/0")],
            note="said once, not for both sides",
        ),
    )

    def check(self, record: Record) -> Iterator[Finding]:
        for call in record.once(pair).unanswered:
            which = f"call {quote(call.id)} of" if call.id else "call of"
            yield self.finding(record.ref, f"{which} {quote(call.name)} has no result", pointer=call.pointer)
