"""Tools, calls and results in one shape, wherever a format keeps them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import orjson


class Tool(NamedTuple):
    """One declared tool. ``parameters`` is the value as it stands in the row, None when absent."""

    pointer: str
    name: Any
    parameters: Any
    parameters_pointer: str


class Call(NamedTuple):
    """One call. ``arguments`` is a string, an object, or None when absent; ``id`` None when the call has none.

    ``id_key`` is the key of the id in the object at ``pointer``.
    """

    pointer: str
    turn: int
    name: str
    arguments: Any
    arguments_pointer: str
    id: str | None
    trained: bool
    id_key: str = "id"


class Result(NamedTuple):
    """One tool result. ``id`` names the call it answers, ``name`` the tool; either may be None.

    ``strict`` says that a result without an id answers calls of the tool that it names, and no others.
    """

    pointer: str
    turn: int
    id: str | None
    name: str | None
    strict: bool = False


def declared_tools(row: Mapping[str, Any], prefix: str = "") -> list[Tool] | None:
    """Tools from ``tools`` (a list, or the same list as a JSON string) and legacy ``functions``, or None."""
    tools, functions = row.get("tools"), row.get("functions")
    at = f"{prefix}/tools"
    if isinstance(tools, str):
        # The text of a JSON string has no places inside it: every pointer is the string itself.
        try:
            tools = orjson.loads(tools)
        except ValueError:
            return None
        inside = False
    else:
        inside = True
    found: list[Tool] = []
    if isinstance(tools, list):
        for index, entry in enumerate(tools):
            if not isinstance(entry, dict):
                continue
            wrapped = isinstance(entry.get("function"), dict)
            body = entry["function"] if wrapped else entry
            here = f"{at}/{index}" + ("/function" if wrapped else "") if inside else at
            found.append(_tool(body, here, inside))
    if isinstance(functions, list):
        for index, body in enumerate(functions):
            if isinstance(body, dict):
                found.append(_tool(body, f"{prefix}/functions/{index}", True))
    if not isinstance(tools, list) and not isinstance(functions, list):
        return None
    return found


def _tool(body: Mapping[str, Any], here: str, inside: bool) -> Tool:
    parameters = body.get("parameters", body.get("input_schema"))
    key = "input_schema" if "parameters" not in body and "input_schema" in body else "parameters"
    return Tool(here, body.get("name"), parameters, f"{here}/{key}" if inside else here)


def message_exchanges(messages: Any, prefix: str, first: int = 0, learn: bool = True) -> Iterator[Call | Result]:
    """Calls and results of one list of chat messages, in order. Malformed parts are left out.

    ``first`` is the number of turns before the list in the conversation that it belongs to; ``learn`` says whether
    its assistant turns carry loss at all.
    """
    if not isinstance(messages, list):
        return
    for index, message in enumerate(messages):
        if not isinstance(message, dict):
            continue
        here, turn = f"{prefix}/{index}", first + index
        trained = learn and not is_masked(message)
        calls = message.get("tool_calls")
        if isinstance(calls, list):
            for number, call in enumerate(calls):
                body = call.get("function") if isinstance(call, dict) else None
                if isinstance(body, dict) and isinstance(body.get("name"), str):
                    at = f"{here}/tool_calls/{number}"
                    name, arguments = body["name"], body.get("arguments")
                    yield Call(
                        at,
                        turn,
                        name,
                        arguments,
                        f"{at}/function/arguments",
                        _string(call.get("id")),
                        trained,
                    )
        body = message.get("function_call")
        if isinstance(body, dict) and isinstance(body.get("name"), str):
            at = f"{here}/function_call"
            yield Call(at, turn, body["name"], body.get("arguments"), f"{at}/arguments", None, trained)
        if message.get("role") in ("tool", "function"):
            yield Result(here, turn, _string(message.get("tool_call_id")), _string(message.get("name")))


def joined_exchanges(parts: Sequence[tuple[str, list[Any]]], learn: bool = True) -> list[Call | Result]:
    """Calls and results of one conversation that stands in several lists; only the last may be trained on."""
    found: list[Call | Result] = []
    turns = 0
    for number, (pointer, messages) in enumerate(parts, 1):
        found.extend(message_exchanges(messages, pointer, turns, learn and number == len(parts)))
        turns += len(messages)
    return found


def unlearnt(items: Iterable[Call | Result], turns: int) -> Iterator[Call | Result]:
    """The same items; calls of the first ``turns`` turns, which are prompt, are not trained on."""
    for item in items:
        yield item._replace(trained=False) if isinstance(item, Call) and item.turn < turns else item


def alone(items: Iterable[Call | Result], pointer: str) -> Iterator[Call | Result]:
    """The same items, of a turn that was walked as a list of one and stands at ``pointer`` itself."""
    listed = f"{pointer}/0"
    for item in items:
        if item.pointer.startswith(listed):
            item = item._replace(pointer=pointer + item.pointer.removeprefix(listed))
            if isinstance(item, Call):
                item = item._replace(arguments_pointer=pointer + item.arguments_pointer.removeprefix(listed))
        yield item


def is_masked(turn: Mapping[str, Any]) -> bool:
    """Whether a turn's own flags take it out of training."""
    return turn.get("weight") == 0 or turn.get("train") is False or turn.get("training") is False


def _string(value: Any) -> str | None:
    return value if isinstance(value, str) else None
