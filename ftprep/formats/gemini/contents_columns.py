"""Walks Gemini's contents into columns: turns of parts, each told by its only key.

Results of functions stand in turns of the user. Such a turn is a tool's when it holds nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import orjson

from ftprep.formats import columns as c
from ftprep.formats.columns import ColumnBuilder
from ftprep.formats.tool_calls import Call, Result, Tool

_ROLES = {"user": ("u", c.USER), "model": ("a", c.ASSISTANT)}
_UNKNOWN = ("x", c.OTHER)
SNAKE = 1 << c.ITEM_SHIFT  # in a slot: the key is written in snake case
_TAILS = {
    (c.CALL_NAME, False): "functionCall/name",
    (c.CALL_NAME, True): "function_call/name",
    (c.ARGUMENTS, False): "functionCall/args",
    (c.ARGUMENTS, True): "function_call/args",
}
_RESULT_TAILS = {c.NAME: "name", c.ARGUMENTS: "response"}
_DEEPEST = 64
_TYPES = frozenset({"STRING", "NUMBER", "INTEGER", "BOOLEAN", "ARRAY", "OBJECT", "NULL"})
SYSTEM_KEYS = ("systemInstruction", "system_instruction")


def either(value: Mapping[Any, Any], camel: str, snake: str) -> tuple[str, Any]:
    """The key and the value of a field that is written in one of two ways; null counts as absent."""
    found = value.get(camel)
    return (camel, found) if found is not None else (snake, value.get(snake))


def append_contents(
    contents: list[Any], field: int, out: ColumnBuilder, side: int = c.PROMPT, trained: bool = True
) -> int:
    """Add the texts and turns of ``contents``; return the number of keys seen. What has a wrong shape is left out."""
    keys = 0
    for turn, content in enumerate(contents):
        keys += append_content(content, c.slot(field, turn), out, side, trained)
    return keys


def append_content(
    content: Any, packed: int, out: ColumnBuilder, side: int, trained: bool, missing: str = "user"
) -> int:
    """Add one turn. ``missing`` is the role of a turn that names none."""
    if not isinstance(content, Mapping):
        out.turns.append("x")
        return 0
    keys = len(content)
    role, parts = content.get("role"), content.get("parts")
    role = missing if role is None else role
    letter, code = _ROLES.get(role, _UNKNOWN) if isinstance(role, str) else _UNKNOWN
    code |= side | (c.TRAINED if letter == "a" and trained else 0)
    own = results = calls = False
    for index, part in enumerate(parts if isinstance(parts, list) else ()):
        if not isinstance(part, Mapping):
            continue
        keys += len(part)
        here = packed + index
        text = part.get("text")
        if text is not None:
            own = True
            out.add(text, code | c.PART, here)
            continue
        key, call = either(part, "functionCall", "function_call")
        if isinstance(call, Mapping):
            calls = calls or isinstance(call.get("name"), str)
            keys += len(call)
            here |= SNAKE if key == "function_call" else 0
            out.add(call.get("name"), code | c.CALL_NAME, here)
            out.add(_compact(call.get("args")), code | c.ARGUMENTS | c.OPTIONAL, here)
            continue
        key, result = either(part, "functionResponse", "function_response")
        if isinstance(result, Mapping):
            results = True
            keys += len(result)
            here |= SNAKE if key == "function_response" else 0
            out.add(result.get("name"), c.TOOL | side | c.NAME, here)
            out.add(_compact(result.get("response")), c.TOOL | side | c.ARGUMENTS | c.OPTIONAL, here)
            if result.get("parts"):
                out.mark_media()
        elif any(either(part, *names)[1] is not None for names in MEDIA):
            own = True
            out.mark_media()
    if letter == "u" and results and not own:
        letter = "t"
    elif letter == "a":
        letter = "c" if calls else "a"
        letter = letter if trained else letter.upper()
    out.turns.append(letter)
    return keys


MEDIA = (("fileData", "file_data"), ("inlineData", "inline_data"))
"""The keys of parts that are no text, in both spellings."""


def _compact(value: Any) -> str | None:
    """``value`` as one line of JSON, which is what a template renders; None when it is nested too deep to write."""
    if value is None:
        return None
    try:
        return orjson.dumps(value).decode()
    except (TypeError, ValueError):
        return None


def append_system(row: Mapping[str, Any], field: int, out: ColumnBuilder) -> int:
    """Add the parts of the system instruction; ``field`` is that of its usual spelling, the other has the next one."""
    key, system = either(row, *SYSTEM_KEYS)
    parts = system.get("parts") if isinstance(system, Mapping) else None
    keys = len(system) if isinstance(system, Mapping) else 0
    for index, part in enumerate(parts if isinstance(parts, list) else ()):
        if isinstance(part, Mapping):
            keys += len(part)
            out.add(part.get("text"), c.SYSTEM | c.FIELD, c.slot(field + SYSTEM_KEYS.index(key), 0, index))
    return keys


def append_tools(row: Mapping[str, Any], field: int, out: ColumnBuilder) -> None:
    """Add the declared tools as one text of compact JSON."""
    if isinstance(row.get("tools"), list) and row["tools"]:
        out.add(_compact(row["tools"]), c.OTHER | c.TOOLS | c.OPTIONAL, c.slot(field))


def part_pointer(turn: str, code: int, packed: int) -> str:
    """The pointer of a text in the turn at ``turn``."""
    kind, snake = code & c.KIND_MASK, packed >= SNAKE
    at = f"{turn}/parts/{packed & c.INDEX_MASK}"
    if kind == c.PART:
        return f"{at}/text"
    if code & c.ROLE_MASK == c.TOOL:
        return f"{at}/{'function_response' if snake else 'functionResponse'}/{_RESULT_TAILS[kind]}"
    return f"{at}/{_TAILS[kind, snake]}"


def content_exchanges(content: Any, pointer: str, turn: int, learn: bool) -> Iterator[Call | Result]:
    """Calls and results of one turn, in order. Malformed parts are left out."""
    parts = content.get("parts") if isinstance(content, Mapping) else None
    for index, part in enumerate(parts if isinstance(parts, list) else ()):
        if not isinstance(part, Mapping):
            continue
        key, call = either(part, "functionCall", "function_call")
        at = f"{pointer}/parts/{index}/{key}"
        if isinstance(call, Mapping) and isinstance(call.get("name"), str):
            yield Call(at, turn, call["name"], call.get("args"), f"{at}/args", _string(call.get("id")), learn)
            continue
        key, result = either(part, "functionResponse", "function_response")
        if isinstance(result, Mapping):
            name = _string(result.get("name"))
            at = f"{pointer}/parts/{index}/{key}"
            yield Result(at, turn, _string(result.get("id")), name, strict=name is not None)


def contents_exchanges(contents: Any, prefix: str, learn: bool = True) -> Iterator[Call | Result]:
    """Calls and results of a list of turns, in order."""
    for turn, content in enumerate(contents if isinstance(contents, list) else ()):
        yield from content_exchanges(content, f"{prefix}/{turn}", turn, learn)


def gemini_tools(row: Mapping[str, Any]) -> list[Tool] | None:
    """The declared functions, or None when there is no list of tools."""
    tools = row.get("tools")
    if not isinstance(tools, list):
        return None
    found = []
    for index, tool in enumerate(tools):
        if not isinstance(tool, Mapping):
            continue
        key, declarations = either(tool, "functionDeclarations", "function_declarations")
        for number, body in enumerate(declarations if isinstance(declarations, list) else ()):
            if isinstance(body, Mapping):
                here = f"/tools/{index}/{key}/{number}"
                place, parameters = "parameters", _json_schema(body.get("parameters"))
                if parameters is None:
                    place, parameters = either(body, "parametersJsonSchema", "parameters_json_schema")
                found.append(Tool(here, body.get("name"), parameters, f"{here}/{place}"))
    return found


def _json_schema(schema: Any, depth: int = 0) -> Any:
    """``schema`` with the types of JSON Schema: Google's are capitals, and its own libraries write them so."""
    if depth > _DEEPEST:
        return schema
    if isinstance(schema, list):
        return [_json_schema(one, depth + 1) for one in schema]
    if not isinstance(schema, Mapping):
        return schema
    found: dict[str, Any] = {}
    for key, value in schema.items():
        if key == "type" and isinstance(value, str):
            found[key] = value.lower() if value in _TYPES else value
        elif key in ("enum", "default", "example", "const"):
            found[key] = value
        elif key == "properties" and isinstance(value, Mapping):
            found[key] = {name: _json_schema(inner, depth + 1) for name, inner in value.items()}
        else:
            found[_BOUNDS.get(key) or key] = _json_schema(_number(key, value), depth + 1)
    return found


# Whole numbers of 64 bits are strings in Google's JSON; both spellings of each keyword are read.
_COUNTS = ("minItems", "maxItems", "minLength", "maxLength", "minProperties", "maxProperties")
_BOUNDS = {"min_items": "minItems", "max_items": "maxItems", "min_length": "minLength", "max_length": "maxLength",
           "any_of": "anyOf"}  # fmt: skip


def _number(key: str, value: Any) -> Any:
    counts = _BOUNDS.get(key, key) in _COUNTS and isinstance(value, str) and value.isdecimal() and len(value) < 20
    return int(value) if counts else value


def _string(value: Any) -> str | None:
    return value if isinstance(value, str) else None
