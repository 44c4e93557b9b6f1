"""Conversations to learn from: chat rows of OpenAI and all that look like them, Claude on Bedrock."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ftprep.conversion.calls import link, read_tools, write_tools
from ftprep.conversion.conversation import (
    CannotConvert,
    Example,
    Message,
    Notes,
    Part,
    Role,
    Row,
    split_system,
    text_message,
)
from ftprep.conversion.dialect import Dialect
from ftprep.conversion.marks import place_marks, take_marks
from ftprep.conversion.messages import arranged, read_messages, write_messages
from ftprep.conversion.shape import Shape, add_columns, columns_of, plain_turn, take_thoughts
from ftprep.formats.keys import MARKS

CHAT_COLUMNS = frozenset({"parallel_tool_calls", "chat_template_kwargs"})
_TOOL_KEYS = ("tools", "functions")


def place_images(messages: Iterable[Message], images: Any) -> None:
    """Give the image parts without an address their entries of the column ``images``, in order."""
    if not isinstance(images, list) or not images:
        return
    turns = list(messages)
    empty = [part for message in turns for part in message.parts if part.kind == "image" and not part.data]
    if not empty:  # TRL puts them before the first turn of the user
        first = next((message for message in turns if message.role == "user"), None)
        if first is not None:
            empty = [Part("image") for _ in images]
            first.parts[:0] = empty
            first.listed = True
    if len(empty) != len(images):
        raise CannotConvert(f"{len(images)} `images` for {len(empty)} places in the messages")
    for part, image in zip(empty, images, strict=True):
        part.data = {"url": image} if isinstance(image, str) else {"file": image}


def read_chat(row: Row, notes: Notes, key: str = "messages") -> Example:
    """A conversation in the column ``key``, with a system prompt beside it where the row has one."""
    messages = read_messages(row[key], notes)
    place_images(messages, row.get("images"))
    system = row.get("system") if key != "interactions" else None
    own = [key, "images", *_TOOL_KEYS]
    if isinstance(system, str):
        own.append("system")
        if system:
            messages.insert(0, text_message("system", system))
    return Example("sft", messages, tools=read_tools(row), columns=columns_of(row, *own))


def write_chat(example: Example, dialect: Dialect, notes: Notes, key: str = "messages") -> Row:
    """A conversation in the column ``key``; its system prompt is a turn of it."""
    link(example, dialect, notes)
    files: list[Any] = []
    row: Row = {key: write_messages(example.messages, dialect, notes, files)}
    add_tools(row, example, dialect, notes)
    if files:
        row["images"] = files
    return add_columns(row, example, CHAT_COLUMNS if key == "messages" else None, dialect, notes)


def add_tools(row: Row, example: Example, dialect: Dialect, notes: Notes) -> None:
    """Put the tools into a row of messages."""
    if example.tools is None:
        return
    if dialect.row_keys is not None and "tools" not in dialect.row_keys and "input" not in dialect.row_keys:
        if example.tools:
            notes.lose("the tools")
        return
    row["tools"] = write_tools(example.tools, dialect, notes)


# --- Claude: text alone, the system prompt apart ----------------------------------------------------------------------


def write_claude(example: Example, dialect: Dialect, notes: Notes) -> Row:
    """Turns of text with an optional `system`."""
    system, rest = split_system(example.messages)
    messages: list[Row] = []
    for message in arranged(rest, dialect, notes):
        if message.role not in ("user", "assistant"):
            what = "results of tools" if message.role == "tool" else "a system turn behind others"
            raise CannotConvert(f"{dialect.format} has no place for {what}")
        if message.thinking is not None and not message.inline:
            notes.lose("the thoughts", "message")
            message.thinking = None
        messages.append({"role": message.role, "content": plain_turn(message, dialect, notes)})
    row: Row = {}
    if system:
        row["system"] = "\n\n".join(plain_turn(message, dialect, notes) for message in system)
        if len(system) > 1:
            notes.change("system turns joined to one")
        if not row["system"]:
            del row["system"]
            notes.change("an empty system prompt left out")
    row["messages"] = messages
    if example.tools:
        notes.lose("the tools")
    return add_columns(row, example, (), dialect, notes)


# --- LLaMA-Factory: marks in the text for files beside it -------------------------------------------------------------


def read_marked(row: Row, notes: Notes) -> Example:
    """Messages with `<image>` and other marks, each of which is the place of a file."""
    example = read_chat({key: value for key, value in row.items() if key not in MARKS}, notes)
    place_marks(example.messages, row)
    return example


def write_marked(example: Example, dialect: Dialect, notes: Notes) -> Row:
    """Messages whose files stand in columns, with a mark in the text for each."""
    link(example, dialect, notes)
    files = take_marks(example.messages, dialect, notes)
    row: Row = {"messages": write_messages(example.messages, dialect, notes)}
    if not files:
        raise CannotConvert(f"{dialect.format} is for rows with files, and this one has none")
    add_tools(row, example, dialect, notes)
    row.update(files)
    return add_columns(row, example, None, dialect, notes)


# --- texts with marks of turns ----------------------------------------------------------------------------------------


def write_pygmalion(example: Example, dialect: Dialect, notes: Notes) -> Row:
    """Turns of role and value, of text alone."""
    roles = {"system": "system", "developer": "system", "user": "human", "assistant": "bot"}
    turns: list[Row] = []
    for message in example.messages:
        if message.role not in roles:
            raise CannotConvert(f"{dialect.format} has no place for results of tools")
        turns.append({"role": roles[message.role], "value": plain_turn(message, dialect, notes)})
    if example.tools:
        notes.lose("the tools")
    return add_columns({"conversations": turns}, example, None, dialect, notes)


def read_pygmalion(row: Row, notes: Notes) -> Example:
    """Turns of role and value."""
    roles: dict[str, Role] = {"system": "system", "human": "user", "bot": "assistant"}
    messages = [take_thoughts(text_message(roles[turn["role"]], turn["value"])) for turn in row["conversations"]]
    return Example("sft", messages, columns=columns_of(row, "conversations"))


def _column(key: str) -> Shape:
    return Shape(
        "sft",
        lambda row, notes: read_chat(row, notes, key),
        lambda example, dialect, notes: write_chat(example, dialect, notes, key),
    )


SHAPES = {
    "openai-chat": Shape("sft", read_chat, write_chat, ("columns beside `tools` and what the target adds",)),
    "chat-conversations": _column("conversations"),
    "mistral-interactions": _column("interactions"),
    "claude-bedrock": Shape(
        "sft", read_chat, write_claude, ("tools", "files", "thoughts", "training flags", "names", "columns")
    ),
    "llamafactory-multimodal": Shape("sft", read_marked, write_marked, ("rows without files",)),
    "axolotl-pygmalion": Shape("sft", read_pygmalion, write_pygmalion, ("tools", "files", "training flags", "names")),
}
