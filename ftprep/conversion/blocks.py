"""Messages of ``{type, value}`` blocks: LLaMA-Factory v1."""

from __future__ import annotations

from typing import Any

from ftprep.conversion.calls import arguments_object, dump, in_order, link, parse, read_call, read_tools, write_function
from ftprep.conversion.conversation import CannotConvert, Example, Message, Notes, Part, Row, Tool
from ftprep.conversion.dialect import Dialect, without_ids
from ftprep.conversion.files import lose_type
from ftprep.conversion.messages import arranged
from ftprep.conversion.shape import Shape, add_columns, article, columns_of, lose_flags
from ftprep.formats.trl.preference_implicit_conv import shared_turns
from ftprep.text.snippet import quote

_FILES = {"image_url": "image", "video_url": "video", "audio_url": "audio"}
_BLOCKS = {kind: name for name, kind in _FILES.items()}
_TOOL_KEYS = ("tools", "functions")


def read_turns(turns: list[Row], notes: Notes) -> tuple[list[Message], list[Tool] | None]:
    """The turns, and the tools where a block of the system turn has them."""
    found, tools = [], None
    for turn in turns:
        message = Message(turn["role"])
        for block in turn["content"]:
            kind, value = block["type"], block["value"]
            if kind == "tools":
                tools = read_tools({"tools": value})
            elif kind in ("tool_call", "tool_calls"):
                message.calls += _calls(value)
            elif kind == "reasoning":
                message.thinking = value
            elif kind in _FILES:
                message.parts.append(Part(_FILES[kind], "", {"url": value}))
            else:
                message.parts.append(Part("text", value))
        if message.calls and message.role != "assistant":
            raise CannotConvert(f"{article(message.role)} turn that calls tools")
        weight = turn.get("loss_weight")
        if weight is not None:
            _weigh(message, weight, notes)
        for key in turn.keys() - {"role", "content", "loss_weight"}:
            notes.lose(f"key {quote(key)}", "message")
        if message.role != "system" or message.parts or message.calls:
            found.append(message)
    return found, tools


def _weigh(message: Message, weight: float, notes: Notes) -> None:
    if message.role == "assistant":
        message.trained = None if weight else False
        if weight not in (0, 1):
            notes.lose("a weight between 0 and 1 or beyond", "message")
    elif weight:
        notes.lose("the training of a turn that is not the assistant's", "message")


def _calls(value: str) -> list[Any]:
    try:
        found = parse(value)
    except ValueError:
        found = None
    bodies = found if isinstance(found, list) else [found]
    if not all(isinstance(one, dict) and isinstance(one.get("name"), str) for one in bodies):
        raise CannotConvert("a call that is no JSON with a `name`")
    return [read_call(one["name"], one.get("arguments")) for one in bodies]


def read_sft(row: Row, notes: Notes) -> Example:
    """One conversation."""
    messages, tools = read_turns(row["messages"], notes)
    declared = read_tools(row)
    columns = columns_of(row, "messages", *_TOOL_KEYS)
    return Example("sft", messages, tools=tools if declared is None else declared, columns=columns)


def read_preference(row: Row, notes: Notes) -> Example:
    """Two conversations that begin alike."""
    chosen, rejected = row["chosen_messages"], row["rejected_messages"]
    shared = shared_turns(chosen, rejected)
    prompt, tools = read_turns(chosen[:shared], notes)
    sides = [read_turns(side[shared:], notes)[0] for side in (chosen, rejected)]
    for message in (*prompt, *sides[0], *sides[1]):
        message.trained = None
    declared = read_tools(row)
    columns = columns_of(row, "chosen_messages", "rejected_messages", *_TOOL_KEYS)
    tools = tools if declared is None else declared
    return Example("preference", prompt, sides[0], sides[1], tools=tools, columns=columns)


def write_turns(messages: list[Message], dialect: Dialect, notes: Notes, learn: bool = True) -> list[Row]:
    """``messages`` as turns of blocks with their weights."""
    found = []
    for message in arranged(in_order(messages), dialect, notes):
        role = "system" if message.role == "developer" else message.role
        weight = float(learn and message.role == "assistant" and message.trained is not False)
        found.append({"role": role, "content": _content(message, dialect, notes), "loss_weight": weight})
    return found


def _content(message: Message, dialect: Dialect, notes: Notes) -> list[Row]:
    lose_flags(message, notes, trained=False)
    blocks: list[Row] = []
    if message.thinking is not None and message.role != "assistant":
        notes.lose("the thoughts of a turn that is not the assistant's", "message")
    elif message.thinking is not None:
        blocks.append({"type": "reasoning", "value": message.thinking})
    for part in message.parts:
        if part.kind == "json":
            notes.change("a JSON value written as text", "message")
        if part.kind in ("text", "json", "refusal"):
            if part.text or not message.calls:
                blocks.append({"type": "text", "value": part.text})
        elif part.kind in _BLOCKS and isinstance(part.data.get("url"), str):
            lose_type(part, notes)
            blocks.append({"type": _BLOCKS[part.kind], "value": part.data["url"]})
        else:
            raise CannotConvert(f"{dialect.format} has no place for {article(part.kind)} like that of this row")
    for call in message.calls:
        body = {"name": call.name, "arguments": arguments_object(call, dialect)}
        blocks.append({"type": "tool_call", "value": dump(body).decode()})
    if not blocks:
        raise CannotConvert(f"{article(message.role)} turn without content")
    return blocks


def _add_tools(row: Row, example: Example, dialect: Dialect, notes: Notes) -> None:
    if example.tools is not None:
        row["tools"] = dump([write_function(tool, dialect, notes) for tool in example.tools]).decode()


def write_sft(example: Example, dialect: Dialect, notes: Notes) -> Row:
    """One conversation."""
    link(example, without_ids(dialect), notes)
    row: Row = {"messages": write_turns(example.messages, dialect, notes)}
    _add_tools(row, example, dialect, notes)
    return add_columns(row, example, None, dialect, notes)


def write_preference(example: Example, dialect: Dialect, notes: Notes) -> Row:
    """Two conversations that begin alike."""
    link(example, without_ids(dialect), notes)
    prompt = write_turns(example.messages, dialect, notes, learn=False)
    row: Row = {}
    for key, side in (("chosen_messages", example.chosen), ("rejected_messages", example.rejected)):
        row[key] = [*prompt, *write_turns(side, dialect, notes)]
    if shared_turns(row["chosen_messages"], row["rejected_messages"]) != len(prompt):
        notes.lose("the border between prompt and answers")
    _add_tools(row, example, dialect, notes)
    return add_columns(row, example, None, dialect, notes)


_CANNOT = ("names", "ids of calls", "files without an address")
SHAPES = {
    "llamafactory-v1": Shape("sft", read_sft, write_sft, _CANNOT),
    "llamafactory-v1-preference": Shape("preference", read_preference, write_preference, _CANNOT),
}
