"""Together's prompts of text and images, and trees of OpenAssistant, of which the best path is a conversation."""

from __future__ import annotations

from typing import Any

from ftprep.conversion.conversation import CannotConvert, Example, Message, Notes, Row, text_message
from ftprep.conversion.dialect import Dialect
from ftprep.conversion.messages import read_message, write_message
from ftprep.conversion.shape import Shape, add_columns, article, columns_of, lose_flags


def read_together(row: Row, notes: Notes) -> Example:
    """A prompt and a completion, each a text or a list of parts."""
    messages = [
        read_message({"role": role, "content": row[key]}, notes)
        for role, key in (("user", "prompt"), ("assistant", "completion"))
    ]
    return Example("sft", messages, columns=columns_of(row, "prompt", "completion"), cut=1)


def write_together(example: Example, dialect: Dialect, notes: Notes) -> Row:
    """A prompt and a completion as parts."""
    if [one.role for one in example.messages] != ["user", "assistant"] or any(one.calls for one in example.messages):
        raise CannotConvert(f"{dialect.format} has one prompt and one completion, and this row another shape")
    sides: list[Any] = []
    for message in example.messages:
        lose_flags(message, notes)
        if not message.parts:
            raise CannotConvert(f"{article(message.role)} turn without content")
        message.extra, message.trained, message.name = {}, None, None
        content = write_message(message, dialect, notes)["content"]
        sides.append([{"type": "text", "text": content}] if isinstance(content, str) else content)
    if example.tools:
        notes.lose("the tools")
    return add_columns({"prompt": sides[0], "completion": sides[1]}, example, None, dialect, notes)


def read_tree(row: Row, notes: Notes) -> Example:
    """From the prompt on, always the reply of the best rank; the other replies are lost."""
    messages: list[Message] = []
    message: Any = row["prompt"]
    lost = 0
    while message is not None:
        role, text = message["role"], message["text"]
        messages.append(text_message("user" if role == "prompter" else "assistant", text))
        replies = [one for one in message.get("replies") or () if not one.get("deleted")]
        lost += max(len(replies) - 1, 0)
        message = min(replies, key=_rank, default=None)
    while messages and messages[-1].role == "user":
        messages.pop()
        lost += 1
    if not messages:
        raise CannotConvert("a tree without an answer of the assistant")
    if lost:
        notes.lose("replies beside the best path", "message", lost)
    return Example("sft", messages, columns=columns_of(row, "prompt", "message_tree_id", "tree_state", "origin"))


def _rank(reply: Row) -> float:
    rank = reply.get("rank")
    return float("inf") if rank is None else float(rank)


SHAPES = {
    "together-vision": Shape(
        "sft", read_together, write_together, ("several turns", "a system prompt", "tools", "training flags")
    ),
    "oasst-tree": Shape("sft", read_tree, None, (), "a row of another format is one path, and no tree"),
}
