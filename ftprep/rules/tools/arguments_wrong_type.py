"""Rule TUL002."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from ftprep.finding import Edit, Finding, Fix, Severity
from ftprep.formats.tool_calls import Call
from ftprep.rule import Bad, Good, RecordRule
from ftprep.text.snippet import quote

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ftprep.record import Record
    from ftprep.settings import Settings
    from ftprep.shard import Shard

_CALLS = re.compile(rb"[cC]")
_TOOLS = [{"type": "function", "function": {"name": "hours"}}]


def _row(arguments: Any) -> dict[str, Any]:
    call = {"id": "c1", "type": "function", "function": {"name": "hours", "arguments": arguments}}
    return {
        "messages": [{"role": "user", "content": "Is it open?"}, {"role": "assistant", "tool_calls": [call]}],
        "tools": _TOOLS,
    }


class ArgumentsWrongType(RecordRule):
    """The arguments of a call are an object where the target wants a string of JSON, or the reverse.

    ## What it does
    With a target that wants `arguments` to be JSON text (OpenAI, Azure, Mistral, Together, Fireworks), reports
    objects; with one that wants an object (TRL), reports strings. Calls without arguments are left alone. Strings
    that hold no object are TUL001's and TUL009's.

    ## Why is this bad?
    Platforms refuse the row. A chat template that dumps a string once more teaches the model to quote and escape
    its arguments twice.

    ## How to settle it
    Dump the object to JSON text, or parse the text; the fix does.
    """

    code = "TUL002"
    name = "arguments-wrong-type"
    severity = Severity.ERROR
    examples = (
        Good(_row('{"day": "Sunday"}'), settings={"target": "openai"}),
        Good(_row({"day": "Sunday"}), settings={"target": "trl"}),
        Good(_row({"day": "Sunday"}), _row('{"day": "Sunday"}'), settings={"target": "axolotl"}, note="takes both"),
        Good(_row(None), settings={"target": "openai"}, note="a call without arguments"),
        Good(_row("Sunday"), settings={"target": "trl"}, note="no JSON: TUL001"),
        Bad(
            _row({"day": "Sunday", "shop": "Café"}),
            settings={"target": "openai"},
            at=[(1, "/messages/1/tool_calls/0/function/arguments")],
            message="arguments of `hours` are an object; openai wants a JSON string",
            fixed=[_row('{"day": "Sunday", "shop": "Café"}')],
        ),
        Bad(
            _row('{"day": "Sunday"}'),
            settings={"target": "trl"},
            at=[(1, "/messages/1/tool_calls/0/function/arguments")],
            message="arguments of `hours` are a string; trl wants an object",
            fixed=[_row({"day": "Sunday"})],
        ),
    )

    @classmethod
    def unavailable(cls, settings: Settings) -> str | None:
        return None if settings.target else "needs --target"

    def screen(self, shard: Shard) -> Iterable[int] | None:
        wanted = self.restriction("arguments", shard.format.name) if shard.format else None
        return shard.rows_with_turns(_CALLS) if wanted is not None else []

    def check(self, record: Record) -> Iterator[Finding]:
        wanted = self.restriction("arguments", record.format.name)
        if wanted is None:
            return
        told = set()
        for call in (item for exchange in record.exchanges for item in exchange if isinstance(item, Call)):
            pointer, arguments = call.arguments_pointer, call.arguments
            if pointer in told or not pointer.endswith("/arguments"):
                continue  # a prompt is shared by both sides; or the whole call is JSON text
            told.add(pointer)
            new: Any
            if wanted.value == "string" and isinstance(arguments, dict):
                message, new = f"are an object; {wanted.target} wants a JSON string", _dumped(arguments)
            elif wanted.value == "object" and isinstance(arguments, str) and (new := _parsed(arguments)) is not None:
                message = f"are a string; {wanted.target} wants an object"
            else:
                continue
            title = "write the arguments as JSON text" if wanted.value == "string" else "parse the JSON text"
            fix = None if new is None else Fix(title, "safe", (Edit("replace", pointer, new),))
            message = f"arguments of {quote(call.name, 30)} {message}"
            yield self.refused(record.ref, wanted, message, {"name": call.name}, pointer=pointer, fix=fix)


def _dumped(arguments: dict[str, Any]) -> str | None:
    import json

    try:
        return json.dumps(arguments, ensure_ascii=False)
    except (RecursionError, ValueError):  # nested too deeply to be written
        return None


def _parsed(arguments: str) -> dict[str, Any] | None:
    import orjson

    try:
        value = orjson.loads(arguments)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None
