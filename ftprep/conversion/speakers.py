"""Turns of ``{from, value}``: ShareGPT, and LLaMA-Factory's preferences and judged rows of such turns."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ftprep.conversion.calls import arguments_object, dump, in_order, link, parse, read_call, read_tools, write_function
from ftprep.conversion.conversation import CannotConvert, Example, Message, Notes, Part, Role, Row, text_message
from ftprep.conversion.dialect import Dialect, without_ids
from ftprep.conversion.marks import COLUMNS, place_marks, take_marks
from ftprep.conversion.messages import arranged
from ftprep.conversion.shape import Shape, add_columns, columns_of, lose_flags, spoken, take_thoughts
from ftprep.formats.llamafactory.kto_sharegpt import is_wanted
from ftprep.formats.speaker_turns import SPEAKERS
from ftprep.text.snippet import quote

_ROLES: dict[str, Role] = {"s": "system", "u": "user", "a": "assistant", "c": "assistant", "t": "tool"}
_TURN = frozenset({"from", "value", "weight", "train"})
_TOOL_KEYS = ("tools", "functions")


def read_turns(turns: Iterable[Row], notes: Notes) -> list[Message]:
    """The turns of a valid row."""
    return [read_turn(turn, notes) for turn in turns]


def read_turn(turn: Row, notes: Notes) -> Message:
    """One turn. The value of a call is JSON; where it is none, the turn says what it says."""
    letter, value = SPEAKERS[turn["from"]][0], turn["value"]
    message = Message(_ROLES[letter])
    if letter == "c":
        message.calls = _calls(value)
        if not message.calls:
            raise CannotConvert(f"a {turn['from']} turn is no JSON with a `name`")
    else:
        message.parts = [Part("text", value)]
        take_thoughts(message)
    for key in ("weight", "train"):
        if turn.get(key) is not None and message.trained is not False:
            message.trained = bool(turn[key])
    for key, one in turn.items():
        if key not in _TURN and one is not None:
            notes.lose(f"key {quote(key)}", "message")
    return message


def _calls(value: str) -> list[Any]:
    try:
        found = parse(value)
    except ValueError:
        return []
    bodies = found if isinstance(found, list) else [found]
    if not bodies or not all(isinstance(one, dict) and isinstance(one.get("name"), str) for one in bodies):
        return []
    return [read_call(one["name"], one.get("arguments")) for one in bodies]


def write_turns(messages: Iterable[Message], dialect: Dialect, notes: Notes) -> list[Row]:
    """``messages`` as turns. A message that says something and calls tools becomes two."""
    found: list[Row] = []
    results: list[str] = []
    for message in arranged(in_order(list(messages)), dialect, notes):
        if message.role == "tool" and dialect.positions and results:
            results.append(spoken(message, dialect, notes))
            found[-1]["value"] = "\n".join(results)
            notes.change("joined to the result before", "message")
            continue
        results = []
        found += _turns(message, dialect, notes)
        if message.role == "tool":
            results = [found[-1]["value"]]
    return found


def _turns(message: Message, dialect: Dialect, notes: Notes) -> list[Row]:
    lose_flags(message, notes, trained=not dialect.trained)
    flags = {}
    if message.role == "assistant" and message.trained is not None and dialect.trained:
        flags = {dialect.trained: message.trained if dialect.trained == "train" else int(message.trained)}
    if not message.calls:
        speaker = {"user": "human", "assistant": "gpt", "tool": "observation"}.get(message.role, "system")
        return [{"from": speaker, "value": spoken(message, dialect, notes), **flags}]
    bodies = [{"name": call.name, "arguments": arguments_object(call, dialect)} for call in message.calls]
    value = dump(bodies[0] if len(bodies) == 1 else bodies).decode()
    turns = [{"from": "function_call", "value": value, **flags}]
    text = spoken(message, dialect, notes)
    if text.strip():
        if dialect.positions:
            notes.lose("the text beside calls", "message")
        else:
            turns.insert(0, {"from": "gpt", "value": text, **flags})
            notes.change("text and calls in two turns", "message")
    return turns


def write_tools_text(row: Row, example: Example, dialect: Dialect, notes: Notes) -> None:
    """Put the tools into a row as the text of a JSON list."""
    if example.tools is not None:
        row["tools"] = dump([write_function(tool, dialect, notes) for tool in example.tools]).decode()


def write_system(row: Row, messages: list[Message], dialect: Dialect, notes: Notes) -> list[Message]:
    """Put the first system turn into the row, beside its turns; return the others."""
    if len(messages) < 2 or messages[0].role not in ("system", "developer"):
        return messages
    first, rest = messages[0], messages[1:]
    lose_flags(first, notes)
    row["system"] = spoken(first, dialect, notes)
    if not row["system"]:
        del row["system"]
        notes.change("an empty system prompt left out")
    return rest


def with_system(row: Row, messages: list[Message]) -> list[Message]:
    """``messages`` behind the system prompt that stands beside them."""
    system = row.get("system")
    return [text_message("system", system), *messages] if isinstance(system, str) and system else messages


def read_sharegpt(row: Row, notes: Notes) -> Example:
    """One conversation."""
    messages = with_system(row, read_turns(row["conversations"], notes))
    place_marks(messages, row)
    columns = columns_of(row, "conversations", "system", *COLUMNS, *_TOOL_KEYS)
    return Example("sft", messages, tools=read_tools(row), columns=columns)


def write_sharegpt(example: Example, dialect: Dialect, notes: Notes) -> Row:
    """One conversation, its system prompt beside it."""
    link(example, without_ids(dialect), notes)
    row: Row = {"conversations": []}
    files = take_marks(example.messages, dialect, notes)
    rest = write_system(row, example.messages, dialect, notes)
    row["conversations"] = write_turns(rest, dialect, notes)
    write_tools_text(row, example, dialect, notes)
    row.update(files)
    return add_columns(row, example, None, dialect, notes)


def _unflag(messages: list[Message], notes: Notes) -> None:
    """Take away flags of turns whose place says whether they are learnt."""
    for message in messages:
        if message.trained is False:
            notes.lose("a training flag, which has no meaning there", "message")
        message.trained = None


def read_kto(row: Row, notes: Notes) -> Example:
    """A conversation whose last turn is judged."""
    messages = with_system(row, read_turns(row["conversations"], notes))
    place_marks(messages, row)
    columns = columns_of(row, "conversations", "system", "kto_tag", "label", *COLUMNS, *_TOOL_KEYS)
    _unflag(messages, notes)
    cut = len(messages) - 1
    return Example("kto", messages, label=is_wanted(row), tools=read_tools(row), columns=columns, cut=cut)


def write_kto(example: Example, dialect: Dialect, notes: Notes) -> Row:
    """A conversation and the judgement of its last turn."""
    if example.cut is not None and len(example.messages) - example.cut > 1:
        raise CannotConvert(f"{dialect.format} judges the last turn alone, and this row more than one")
    row = write_sharegpt(example, dialect, notes)
    row["kto_tag"] = bool(example.label)
    return row


def read_preference(row: Row, notes: Notes) -> Example:
    """A conversation and two turns that may follow."""
    messages = with_system(row, read_turns(row["conversations"], notes))
    columns = columns_of(row, "conversations", "chosen", "rejected", "system", *COLUMNS, *_TOOL_KEYS)
    chosen, rejected = ([read_turn(row[key], notes)] for key in ("chosen", "rejected"))
    _unflag([*messages, *chosen, *rejected], notes)
    place_marks([*messages, *chosen, *rejected], row)
    return Example("preference", messages, chosen, rejected, tools=read_tools(row), columns=columns)


def write_preference(example: Example, dialect: Dialect, notes: Notes) -> Row:
    """A conversation and two turns; a side of several turns has no place."""
    link(example, without_ids(dialect), notes)
    row: Row = {"conversations": []}
    files = take_marks(example.messages, dialect, notes)
    rest = write_system(row, example.messages, dialect, notes)
    row["conversations"] = write_turns(rest, dialect, notes)
    for key, side in (("chosen", example.chosen), ("rejected", example.rejected)):
        turns = write_turns(side, dialect, notes)
        if len(turns) != 1:
            raise CannotConvert(f"{dialect.format} has one turn per side, and `{key}` has {len(turns)}")
        row[key] = turns[0]
    write_tools_text(row, example, dialect, notes)
    row.update(files)
    return add_columns(row, example, None, dialect, notes)


SHAPES = {
    "sharegpt": Shape("sft", read_sharegpt, write_sharegpt, ("names", "ids of calls")),
    "llamafactory-kto-sharegpt": Shape("kto", read_kto, write_kto, ("names", "ids of calls")),
    "llamafactory-preference-sharegpt": Shape(
        "preference",
        read_preference,
        write_preference,
        ("names", "ids of calls", "files and several turns in sides"),
    ),
}
