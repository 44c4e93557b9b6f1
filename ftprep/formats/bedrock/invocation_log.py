"""Bedrock's log of model invocations, which model distillation reads as prompts and answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal, Required

from ftprep.formats import columns as c
from ftprep.formats.bedrock.converse_columns import (
    append_system,
    append_tools,
    append_turn,
    append_turns,
    block_pointer,
    converse_exchanges,
    converse_tools,
    turn_exchanges,
)
from ftprep.formats.columns import INDEX_MASK, OUTER_SHIFT, ColumnBuilder, field_of
from ftprep.formats.format import Format, Match
from ftprep.formats.message_schema import Object, Open
from ftprep.formats.tool_calls import Call, Result, Tool

_INPUT, _OUTPUT = "/input/inputBodyJson", "/output/outputBodyJson"
_PROMPTS = (("prompt", 4), ("inputText", 5))
_ANSWERS = (("generation", 6), ("completion", 7), ("outputText", 8))


class LoggedInput(Open, total=False):
    """The request. Its body is what the operation takes: messages for Converse, a prompt for older models."""

    inputBodyJson: Required[Object]
    inputContentType: str | None


class LoggedOutput(Open, total=False):
    """The response. A streamed one is a list of events."""

    outputBodyJson: Object | list[Any] | None
    outputContentType: str | None


class InvocationLogRow(Open, total=False):
    """One call of a model, with its request and its response."""

    schemaType: Required[Literal["ModelInvocationLog"]]
    schemaVersion: str | None
    modelId: str | None
    operation: str | None
    input: Required[LoggedInput]
    output: LoggedOutput | None


class BedrockInvocationLog(Format):
    """Logged calls of a model. Of Converse calls, and of bodies that look alike, each turn is read; of other bodies,
    the prompt and the answer where they stand under a known key. The logged answer is what is learnt.
    """

    name = "bedrock-invocation-log"
    title = "Bedrock invocation log"
    method = "sft"
    priority = 10
    results_in_user_turns = True
    keys = frozenset({"schemaType", "schemaVersion", "modelId", "operation", "input", "output"})
    fields = (
        f"{_INPUT}/messages",
        f"{_INPUT}/system",
        f"{_INPUT}/toolConfig/tools",
        f"{_OUTPUT}/output/message",
        *(f"{_INPUT}/{key}" for key in ("prompt", "inputText")),
        *(f"{_OUTPUT}/{key}" for key in ("generation", "completion", "outputText")),
        _OUTPUT,
    )
    example = {
        "schemaType": "ModelInvocationLog",
        "schemaVersion": "1.0",
        "modelId": "amazon.nova-lite-v1:0",
        "operation": "Converse",
        "input": {"inputBodyJson": {"messages": [{"role": "user", "content": [{"text": "Is the ford open?"}]}]}},
        "output": {
            "outputBodyJson": {
                "output": {"message": {"role": "assistant", "content": [{"text": "Not while it rains."}]}}
            }
        },
    }

    def match(self, row: Mapping[str, Any]) -> Match | None:
        if row.get("schemaType") == "ModelInvocationLog":
            return Match(0.98, "`schemaType` is `ModelInvocationLog`")
        return None

    def schema(self) -> Any:
        return InvocationLogRow

    def append(self, row: Mapping[str, Any], out: ColumnBuilder) -> int:
        body = _request(row)
        keys = len(row) + len(row["input"]) + len(body) + append_system(body.get("system"), 1, out)
        if isinstance(body.get("system"), str):
            out.add(body["system"], c.SYSTEM | c.FIELD | c.OPTIONAL, c.slot(1) | 1 << c.ITEM_SHIFT)
        messages = body.get("messages")
        if isinstance(messages, list):
            keys += append_turns(messages, 0, out, trained=False)
        for key, field in _PROMPTS:
            out.add(body.get(key), c.USER | c.FIELD, c.slot(field))
        append_tools(body, 2, out)
        response = _response(row)
        answer = _answer(row)
        if answer is not None:
            field, message = answer
            out.turns.append(c.SEPARATOR)
            keys += append_turn(message, c.slot(field), out, c.PROMPT, True, "assistant")
            out.turns[-1] = "c" if out.turns[-1] == "c" else "a"  # however the answer is written
        if isinstance(response, Mapping):
            for key, field in _ANSWERS:
                out.add(response.get(key), c.ASSISTANT | c.FIELD | c.TRAINED, c.slot(field))
        return keys

    def pointer(self, code: int, packed: int) -> str:
        field = field_of(packed)
        prefix = self.fields[field]
        if field == 0:
            return block_pointer(f"{prefix}/{packed >> OUTER_SHIFT & INDEX_MASK}", code, packed)
        if field == 1:
            return prefix if packed >> c.ITEM_SHIFT else f"{prefix}/{packed & INDEX_MASK}/text"
        return block_pointer(prefix, code, packed) if field in (3, 9) else prefix

    def tools(self, row: Mapping[str, Any]) -> list[Tool] | None:
        return converse_tools(_request(row), _INPUT)

    def conversations(self, row: Mapping[str, Any]) -> list[tuple[str, list[Any]]]:
        messages = _request(row).get("messages")
        if not isinstance(messages, list) or not messages:
            return []
        answer = _answer(row)
        found = [(self.fields[0], messages)]
        return found if answer is None else [*found, (self.fields[answer[0]], [answer[1]])]

    def turn_pointers(self, row: Mapping[str, Any]) -> list[str]:
        (pointer, prompt), *answers = self.conversations(row) or [("", [])]
        return [f"{pointer}/{index}" for index in range(len(prompt))] + [place for place, _ in answers]

    def exchanges(self, row: Mapping[str, Any]) -> Iterator[list[Call | Result]]:
        lists = self.conversations(row)
        if lists:
            (pointer, prompt), *answers = lists
            found = list(converse_exchanges(prompt, pointer, learn=False))
            for place, answer in answers:
                found.extend(turn_exchanges(answer[0], place, len(prompt), learn=True))
            yield found


def _request(row: Mapping[str, Any]) -> Mapping[str, Any]:
    holder = row.get("input")
    body = holder.get("inputBodyJson") if isinstance(holder, Mapping) else None
    return body if isinstance(body, Mapping) else {}


def _response(row: Mapping[str, Any]) -> Any:
    holder = row.get("output")
    return holder.get("outputBodyJson") if isinstance(holder, Mapping) else None


def _answer(row: Mapping[str, Any]) -> tuple[int, Any] | None:
    """The field number and the value of the turn that answers logged messages; None where nothing was logged."""
    body = _response(row)
    messages = _request(row).get("messages")
    if body is None or not isinstance(messages, list) or not messages:
        return None
    output = body.get("output") if isinstance(body, Mapping) else None
    message = output.get("message") if isinstance(output, Mapping) else None
    return (3, message) if isinstance(message, Mapping) else (9, body)
