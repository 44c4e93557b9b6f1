"""Calls of tools and their results: which belongs to which, and ids as the format written wants them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any

import orjson

from ftprep.conversion.conversation import Call, CannotConvert, Example, Message, Notes, Row, Tool
from ftprep.conversion.dialect import Dialect
from ftprep.io.serialise import to_json

_SIZED = re.compile(r"\[a-zA-Z0-9\]\{(\d+)\}")
_ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"


class Linker:
    """Walks the turns of one conversation and joins each result with the call that it answers.

    Results without an id answer the open call of the tool that they name, else the first open call. With ``dialect``,
    calls get the ids that its target wants; results follow.
    """

    def __init__(self, dialect: Dialect, notes: Notes) -> None:
        self.dialect = dialect
        self.notes = notes
        self._open: list[tuple[str | None, Call]] = []  # the id that the row gives, and the call
        self._taken: set[str] = set()
        self._number = 0

    def copy(self) -> Linker:
        """A linker that goes on where this one is, for the other side of a preference."""
        twin = Linker(self.dialect, self.notes)
        twin._open, twin._taken, twin._number = list(self._open), set(self._taken), self._number
        return twin

    def walk(self, messages: Iterable[Message]) -> None:
        """Link the next ``messages``, which are changed in place."""
        for message in messages:
            if message.calls:
                self._open = []
                for call in message.calls:
                    old = call.id
                    call.id = self._id(old)
                    self._open.append((old, call))
            elif message.role == "tool":
                self._close(message)

    def _close(self, message: Message) -> None:
        index = next((i for i, (old, _) in enumerate(self._open) if old is not None and old == message.answers), None)
        if index is None and message.name is not None:
            index = next((i for i, (_, call) in enumerate(self._open) if call.name == message.name), None)
        if index is None and self._open and (message.answers is None or self._open[0][0] is None):
            index = 0
        if index is not None:
            _, call = self._open.pop(index)
            message.answers, message.called = call.id, call.name
        elif message.answers is None and self.dialect.ids:
            raise CannotConvert("a tool result answers no call")
        elif message.answers is not None and not self.dialect.ids:
            self.notes.lose("the id of a call that is not there", "result")

    def _id(self, old: str | None) -> str | None:
        self._number += 1
        pattern = self.dialect.id_pattern
        if old is not None and self.dialect.no_ids:
            self.notes.change("ids of calls left out", "call")
        if old is None and not self.dialect.ids:
            return None
        new = old if old is not None and (not pattern or re.fullmatch(pattern, old)) else None
        if new is None or (self.dialect.unique_ids and new in self._taken):
            sized = _SIZED.fullmatch(pattern)
            new = self._fresh(old, int(sized[1]) if sized else 0)
            self.notes.change("ids of calls written anew", "call")
        self._taken.add(new)
        return new

    def _fresh(self, old: str | None, size: int) -> str:
        """An id that says the same in every run: from the old one, or from the number of the call."""
        if not size:
            new = f"call_{self._number}"
            while new in self._taken:
                new += "x"
            return new
        from xxhash import xxh3_64_intdigest

        seed = f"call {self._number}" if old is None else old
        while True:
            number, new = xxh3_64_intdigest(seed.encode()), ""
            for _ in range(size):
                number, digit = divmod(number, len(_ALPHABET))
                new += _ALPHABET[digit]
            if new not in self._taken:
                return new
            seed += "+"


def link(example: Example, dialect: Dialect, notes: Notes) -> None:
    """Link all calls of ``example``, those of both sides of a preference after those of its prompt."""
    linker = Linker(dialect, notes)
    linker.walk(example.messages)
    if example.chosen or example.rejected:
        other = linker.copy()
        linker.walk(example.chosen)
        other.walk(example.rejected)


def in_order(messages: list[Message]) -> list[Message]:
    """The same turns, with results in the order of their calls, for formats where only the order tells them apart."""
    found: list[Message] = []
    calls: list[str | None] = []
    run: list[Message] = []

    def place(message: Message) -> int:
        return calls.index(message.answers) if message.answers in calls else len(calls)

    for message in [*messages, Message("system")]:
        if message.role == "tool":
            run.append(message)
            continue
        known = run and None not in calls and all(one.answers in calls for one in run)
        found += sorted(run, key=place) if known else run
        run = []
        if message.calls:
            calls = [call.id for call in message.calls]
        found.append(message)
    return found[:-1]


# --- arguments --------------------------------------------------------------------------------------------------------


def read_call(name: str, arguments: Any, id: str | None = None) -> Call:
    """A call whose arguments are an object, the text of one, or nothing."""
    if arguments is None or arguments == "":
        return Call(name, {}, id)
    if not isinstance(arguments, str):
        return Call(name, arguments, id)
    try:
        parsed = parse(arguments)
    except ValueError:
        return Call(name, arguments, id, arguments)
    return Call(name, parsed if isinstance(parsed, dict) else arguments, id, arguments)


def arguments_text(call: Call) -> str:
    """The arguments as JSON text: as the row has them, else compact."""
    if call.written is not None:
        return call.written
    return call.arguments if isinstance(call.arguments, str) else dump(call.arguments).decode()


def arguments_object(call: Call, dialect: Dialect) -> dict[str, Any]:
    """The arguments as an object."""
    if isinstance(call.arguments, dict):
        return call.arguments
    raise CannotConvert(f"the arguments of a call are no JSON object, and {dialect.who} wants one")


# --- tools ------------------------------------------------------------------------------------------------------------


def read_tools(row: Row) -> list[Tool] | None:
    """Tools of ``tools`` (a list, or the same as JSON text) and of legacy ``functions``."""
    tools, functions = row.get("tools"), row.get("functions")
    if isinstance(tools, str):
        try:
            tools = parse(tools) if tools.strip() else []
        except ValueError:
            raise CannotConvert("`tools` is a string that holds no JSON") from None
    if tools is None and functions is None:
        return None
    listed = [*(tools if isinstance(tools, list) else ()), *(functions or ())]
    return [_tool(one) for one in listed if isinstance(one, dict)] or None


def _tool(entry: Row) -> Tool:
    body = entry["function"] if isinstance(entry.get("function"), dict) else entry
    parameters = body.get("parameters", body.get("input_schema"))
    own = {"name", "description", "parameters", "input_schema", "type" if body is entry else ""}
    extra = {key: value for key, value in body.items() if key not in own and value is not None}
    return Tool(body.get("name"), body.get("description"), parameters, extra)


def write_function(tool: Tool, dialect: Dialect, notes: Notes) -> Row:
    """A tool as a bare function."""
    body: Row = {"name": tool.name}
    if tool.description is not None:
        body["description"] = tool.description
    if tool.parameters is not None:
        body["parameters"] = tool.parameters
    body.update(tool.extra)
    for name, empty in (("description", ""), ("parameters", {"type": "object", "properties": {}})):
        if name in dialect.tool_fields and body.get(name) is None:
            body[name] = empty
            notes.change(f"an empty `{name}`", "tool")
    return body


def write_tools(tools: list[Tool], dialect: Dialect, notes: Notes) -> list[Row]:
    """Tools as OpenAI lists them."""
    return [{"type": "function", "function": write_function(tool, dialect, notes)} for tool in tools]


# --- JSON that loses no digit -----------------------------------------------------------------------------------------

_LONG = re.compile(rb"\d{18}")
_LONG_TEXT = re.compile(r"\d{18}")


def parse(text: str) -> Any:
    """Parse JSON text; integers of any length stay what they are."""
    found = orjson.loads(text)
    return json.loads(text) if _LONG_TEXT.search(text) else found


def parse_row(raw: bytes) -> Any:
    """Parse a row in strict JSON; raises ``ValueError``."""
    found = orjson.loads(raw)
    return json.loads(raw) if _LONG.search(raw) else found


def dump(value: Any) -> bytes:
    """Compact JSON in UTF-8."""
    try:
        return orjson.dumps(value)
    except TypeError:  # integers beyond 64 bits, or nested deeper than orjson goes
        return to_json(value)
