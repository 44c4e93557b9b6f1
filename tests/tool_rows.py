"""Hypothesis strategies: conversations that use tools and in which nothing is wrong."""

from __future__ import annotations

from typing import Any, NamedTuple

import orjson
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

Message = dict[str, Any]

WORDS = st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=6)
NAMES = st.from_regex(r"[a-z][a-z0-9_-]{0,8}", fullmatch=True)
# A JSON Schema of one argument, and values that it accepts.
KINDS: list[tuple[dict[str, Any], st.SearchStrategy[Any]]] = [
    ({"type": "string"}, st.text(max_size=8)),
    ({"type": "string", "enum": ["celsius", "kelvin"]}, st.sampled_from(["celsius", "kelvin"])),
    ({"type": "string", "pattern": "^\\d{4}$"}, st.from_regex(r"[0-9]{4}", fullmatch=True)),
    ({"type": "integer", "minimum": 1, "maximum": 9}, st.integers(1, 9)),
    ({"type": "number"}, st.floats(-1e6, 1e6, allow_nan=False)),
    ({"type": "boolean"}, st.booleans()),
    ({"type": ["string", "null"]}, st.none() | WORDS),
    ({"type": "string", "nullable": True}, st.none() | WORDS),
    ({"anyOf": [{"type": "integer"}, {"type": "null"}]}, st.none() | st.integers(-5, 5)),
    ({"type": "array", "items": {"$ref": "#/$defs/pair"}}, st.lists(st.fixed_dictionaries({"k": WORDS}), max_size=2)),
    ({"$ref": "#/$defs/pair"}, st.fixed_dictionaries({"k": WORDS}, optional={"v": st.integers(-9, 9)})),
    ({}, st.none() | WORDS | st.integers(-9, 9)),
]
PAIR = {"type": "object", "properties": {"k": {"type": "string"}, "v": {"type": "integer"}}, "required": ["k"]}


class ToolKind(NamedTuple):
    """A declaration, and arguments that fit it."""

    declaration: dict[str, Any]
    arguments: st.SearchStrategy[dict[str, Any]]


@st.composite
def tool_kinds(draw: DrawFn) -> list[ToolKind]:
    found = []
    for name in draw(st.lists(NAMES, min_size=1, max_size=3, unique=True)):
        keys = draw(st.lists(NAMES, max_size=3, unique=True))
        kinds = {key: draw(st.sampled_from(KINDS)) for key in keys}
        required = [key for key in keys if draw(st.booleans())]
        schema: dict[str, Any] = {
            "type": "object",
            "properties": {key: kind for key, (kind, _) in kinds.items()},
            "required": required,
            "$defs": {"pair": PAIR},
        }
        if draw(st.booleans()):
            schema["additionalProperties"] = False
        declaration: dict[str, Any] = {"name": name, "description": "Does it.", "strict": draw(st.booleans())}
        if keys or draw(st.booleans()):
            declaration["parameters"] = schema
        values = {key: value for key, (_, value) in kinds.items()}
        needed = {key: values.pop(key) for key in required}
        found.append(ToolKind(declaration, st.fixed_dictionaries(needed, optional=values)))
    return found


@st.composite
def conversations(draw: DrawFn, style: str) -> dict[str, Any]:
    """One row of ``style``: openai, trl, legacy or sharegpt."""
    kinds = draw(tool_kinds())
    messages: list[Message] = [{"role": "system", "content": draw(WORDS)}] if draw(st.booleans()) else []
    numbers = iter(range(1_000))
    for _ in range(draw(st.integers(1, 2))):
        messages.append({"role": "user", "content": draw(WORDS)})
        for _ in range(draw(st.integers(0, 2))):
            messages.extend(draw(rounds(style, kinds, numbers)))
        messages.append({"role": "assistant", "content": draw(WORDS)})
    if draw(st.booleans()):  # a call may end the conversation
        messages += [{"role": "user", "content": draw(WORDS)}, draw(rounds(style, kinds, numbers))[0]]
    return row_of(style, messages, [kind.declaration for kind in kinds])


@st.composite
def rounds(draw: DrawFn, style: str, kinds: list[ToolKind], numbers: Any) -> list[Message]:
    """A turn that calls tools and the results of its calls, in any order where ids tell them apart."""
    count = 1 if style == "legacy" else draw(st.integers(1, 3))
    bodies = []
    for _ in range(count):
        kind = draw(st.sampled_from(kinds))
        bodies.append({"name": kind.declaration["name"], "arguments": draw(kind.arguments)})
    if style == "sharegpt":
        value = bodies[0] if count == 1 and draw(st.booleans()) else bodies
        return [{"from": "function_call", "value": _json(value)}, {"from": "observation", "value": draw(WORDS)}]
    turn: Message = {"role": "assistant", **draw(st.sampled_from([{}, {"content": None}, {"content": ""}]))}
    if style == "legacy":
        turn["function_call"] = {**bodies[0], "arguments": _json(bodies[0]["arguments"])}
        return [turn, {"role": "function", "name": bodies[0]["name"], "content": draw(st.none() | WORDS)}]
    if draw(st.booleans()):
        turn["content"] = draw(WORDS)
    if style == "trl":
        turn["tool_calls"] = [{"type": "function", "function": body} for body in bodies]
        return [turn, *({"role": "tool", "name": body["name"], "content": draw(WORDS)} for body in bodies)]
    for body in bodies:
        body["arguments"] = _json(body["arguments"])
    ids = [f"call_{next(numbers)}" for _ in bodies]
    turn["tool_calls"] = [
        {"id": one, "type": "function", "function": body} for one, body in zip(ids, bodies, strict=True)
    ]
    answered = draw(st.permutations(ids))
    return [turn, *({"role": "tool", "tool_call_id": one, "content": draw(st.text(max_size=3))} for one in answered)]


def row_of(style: str, messages: list[Message], tools: list[dict[str, Any]]) -> dict[str, Any]:
    if style == "sharegpt":
        speakers = {"user": "human", "assistant": "gpt", "system": "system"}
        turns = [one if "from" in one else {"from": speakers[one["role"]], "value": one["content"]} for one in messages]
        return {"conversations": turns, "tools": _json(tools)}
    if style == "legacy":
        return {"messages": messages, "functions": tools}
    return {"messages": messages, "tools": [{"type": "function", "function": tool} for tool in tools]}


def _json(value: Any) -> str:
    return orjson.dumps(value).decode()
