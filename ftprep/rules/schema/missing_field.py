"""Rule SCH001."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ftprep.finding import Finding, Severity
from ftprep.pointer import resolve
from ftprep.record import State
from ftprep.rule import Bad, Good, Needs, RecordRule
from ftprep.text.dialogues import bare_turns

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ftprep.record import Record
    from ftprep.shard import Shard
    from ftprep.targets.target import Restriction

_NO_CONTENT = re.compile(rb"[mM]")
_TOOL_TURNS = re.compile(rb"[cCt]")


class MissingField(RecordRule):
    """A field that the format requires is absent.

    ## What it does
    Reports every required field that a row, message, tool call or content part lacks. Where the object has a field
    of a similar name that the format does not know, the message names it. SCH002 stays silent about the fields of
    such an object, because the missing one may stand there under any name. With a target, the fields of calls and
    tool results that it requires are due as well.

    ## Why is this bad?
    Platforms reject the file ("missing key"), trainers fail in the middle of the run or skip the row.

    ## How to settle it
    Add the field, rename the one that was meant, or drop the row.
    """

    code = "SCH001"
    name = "missing-field"
    severity = Severity.ERROR
    needs = Needs.PARSED
    examples = (
        Good({"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello!"}]}),
        Good(
            {
                "messages": [
                    {"role": "user", "content": "Time in Lima?"},
                    {
                        "role": "assistant",
                        "tool_calls": [
                            {"id": "c1", "type": "function", "function": {"name": "clock", "arguments": "{}"}}
                        ],
                    },
                ],
                "tools": [{"type": "function", "function": {"name": "clock"}}],
            },
            note="an assistant turn that calls tools needs no content",
        ),
        Bad(
            {"messages": [{"role": "user", "content": "Hi"}, {"content": "Hello!"}]},
            format="openai-chat",
            at=[(1, "/messages/1")],
            message="`role` is missing",
        ),
        Bad(
            {"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant"}]},
            at=[(1, "/messages/1")],
            message="`content` is missing",
        ),
        Bad(
            {"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "contents": "Hello!"}]},
            at=[(1, "/messages/1")],
            message="`content` is missing; there is `contents`",
        ),
        Bad(
            {
                "messages": [
                    {"role": "user", "content": "Time in Lima?"},
                    {"role": "assistant", "tool_calls": [{"function": {"name": "clock", "arguments": "{}"}}]},
                    {"role": "tool", "name": "clock", "content": "noon"},
                    {"role": "assistant", "content": "Noon."},
                ],
                "tools": [{"type": "function", "function": {"name": "clock"}}],
            },
            settings={"target": "openai"},
            at=[(1, "/messages/1/tool_calls/0"), (1, "/messages/1/tool_calls/0"), (1, "/messages/2")],
            message="`tool_call_id` is missing, which openai requires",
        ),
        Bad({"message": []}, format="openai-chat", message="there is `message`", note="with `--format openai-chat`"),
    )

    def screen(self, shard: Shard) -> list[int]:
        # The schema lets content be absent beside calls, so a turn that has neither is told by its letter.
        rows = {*shard.rows_with_schema_error(self.code), *shard.rows_with_turns(_NO_CONTENT)}
        if shard.format is not None and self.restrictions("required", shard.format.name):
            rows.update(shard.rows_with_turns(_TOOL_TURNS))
            if any(one.value["of"] == "tool" for one in self.restrictions("required", shard.format.name)):
                known = enumerate(shard.rows)
                rows.update(place for place, row in known if shard.state[place] <= State.FAULTY and row.get("tools"))
        return sorted(rows)

    def check(self, record: Record) -> Iterator[Finding]:
        for error in record.schema_errors:
            if error.code == self.code:
                yield self.finding(record.ref, error.message, pointer=error.pointer, data=error.data)
        for pointer in record.once(bare_turns):
            from ftprep.formats.validation import missing_field

            message = missing_field("content", resolve(record.row, pointer))
            yield self.finding(record.ref, message, pointer=pointer, data={"field": "content"})
        for restriction in self.restrictions("required", record.format.name):
            yield from self._required(record, restriction)

    def _required(self, record: Record, restriction: Restriction) -> Iterator[Finding]:
        """Fields of calls and results; with "but-last" the calls of a conversation's last turn need none."""
        kind, field = restriction.value["of"], restriction.value["field"]
        if kind == "tool":
            yield from self._tools(record, restriction, field)
            return
        for pointer, turns in record.format.conversations(record.row):
            for number, turn in enumerate(turns):
                if not isinstance(turn, dict) or (restriction.value.get("but-last") and number == len(turns) - 1):
                    continue
                here = f"{pointer}/{number}"
                calls = turn.get("tool_calls")
                objects = [(here, turn)] if kind == "result" and turn.get("role") == "tool" else []
                if kind == "call" and isinstance(calls, list):
                    objects = [(f"{here}/tool_calls/{place}", call) for place, call in enumerate(calls)]
                for place, value in objects:
                    if isinstance(value, dict) and value.get(field) is None:
                        message = f"`{field}` is missing, which {restriction.target} requires"
                        words = {"field": field}
                        yield self.refused(record.ref, restriction, message, words, pointer=place, data=words)

    def _tools(self, record: Record, restriction: Restriction, field: str) -> Iterator[Finding]:
        tools = record.row.get("tools")
        for place, tool in enumerate(tools if isinstance(tools, list) else ()):
            function = tool.get("function") if isinstance(tool, dict) else None
            if isinstance(function, dict) and function.get(field) is None:
                message, words = f"`{field}` is missing, which {restriction.target} requires", {"field": field}
                pointer = f"/tools/{place}/function"
                yield self.refused(record.ref, restriction, message, words, pointer=pointer, data=words)
