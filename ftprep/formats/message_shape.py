"""Tells lists of ``{role, content}`` messages from the shapes that look like them, by keys and types alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeGuard

from ftprep.formats.keys import MEDIA, has_marks

CHAT_KEYS = frozenset({"messages", "tools", "parallel_tool_calls", "functions", "images", "chat_template_kwargs"})
"""Keys of a row of messages that say nothing about what it is for."""

_OTHER_SHAPES = frozenset(
    {"chosen", "rejected", "kto_tag", "schemaVersion", "preferred_output", "non_preferred_output", "conversations"}
)


def is_messages(value: Any) -> TypeGuard[list[Any]]:
    """Whether ``value`` is a list of messages whose content is a string, null, or a list of typed parts.

    Left out on purpose: Bedrock content blocks (no ``type``), LLaMA-Factory blocks (``value``, ``loss_weight``) and
    Nova preference turns (``candidates``). Contents of a wrong type pass: the schema has more to say about them.
    """
    if not isinstance(value, list) or not value:
        return False
    for message in value:
        if not isinstance(message, Mapping) or ("role" not in message and "content" not in message):
            return False
        if message.get("loss_weight") is not None or message.get("candidates") is not None:
            return False
        content = message.get("content")
        if isinstance(content, list):
            for part in content:
                if not isinstance(part, Mapping) or part.get("type") is None or part.get("value") is not None:
                    return False
    return True


def is_chat(row: Mapping[str, Any]) -> bool:
    """Whether ``row`` holds one conversation in ``messages`` and no sign of another shape around it."""
    messages: Any = row.get("messages")
    if row.keys() & _OTHER_SHAPES:
        return False
    if messages == []:
        return True
    if not is_messages(messages):
        return False
    if isinstance(row.get("labels"), Mapping):
        return False  # classified by tasks, whoever speaks last
    if ends_with_answer(messages) and not row.keys().isdisjoint(("label", "labels")):
        return False  # a judged or a classified conversation, whose label is what is learnt
    if isinstance(row.get("system"), str) and not any(message.get("role") == "system" for message in messages):
        return False  # Claude on Bedrock keeps the system prompt beside the messages
    return not has_marked_media(row)


def has_marked_media(row: Mapping[str, Any]) -> bool:
    """Whether ``row`` has files whose places are marks in the text, as LLaMA-Factory has them.

    TRL has typed parts instead, or no sign at all: it puts `images` before the first turn.
    """
    media = row.keys() & MEDIA
    if not media:
        return False
    contents = [message.get("content") for message in row["messages"]]
    if any(isinstance(content, list) for content in contents):
        return False
    return media != {"images"} or any(map(has_marks, contents))


def ends_with_answer(messages: Any) -> bool:
    """Whether the last message is not the prompt's: the assistant's, or of a role that stands for it."""
    role = messages[-1].get("role") if messages else None
    return role not in ("user", "tool", "function", "system", "developer", "human", "prompter", None)


def suits_nova(row: Mapping[str, Any]) -> bool:
    """Whether a row with `reference_answer` can be Nova's: system and user turns only, a string or an object."""
    messages = row.get("messages")
    return isinstance(row.get("reference_answer"), str | dict) and all(
        message.get("role") in ("system", "user") for message in messages or ()
    )


def message_lists(row: Mapping[str, Any], *keys: str) -> list[tuple[str, list[Any]]]:
    """The lists at the top-level pointers ``keys`` of ``row``; whatever else stands there is left out."""
    found = [(key, row.get(key[1:])) for key in keys]
    return [(key, turns) for key, turns in found if isinstance(turns, list)]
