"""Walks Bedrock Converse messages into columns: lists of content blocks, each told by its only key.

Tool results stand in turns of the user. Such a turn is a tool's when it holds nothing else; with text or media beside
them it is the user's, and answers the calls as well.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import orjson

from ftprep.formats import columns as c
from ftprep.formats.columns import ColumnBuilder
from ftprep.formats.tool_calls import Call, Result, Tool

MEDIA = ("image", "video", "document")
BLOCKS = frozenset({"text", *MEDIA, "reasoningContent", "toolUse", "toolResult"})
"""The keys that tell what a content block is."""

_ROLES = {"user": ("u", c.USER), "assistant": ("a", c.ASSISTANT)}
_UNKNOWN = ("x", c.OTHER)
_TAILS = {
    c.CONTENT: "",
    c.PART: "/text",
    c.REASONING: "/reasoningContent/reasoningText/text",
    c.CALL_NAME: "/toolUse/name",
    c.ARGUMENTS: "/toolUse/input",
}


def is_blocks(content: Any) -> bool:
    """Whether ``content`` is a list of blocks of Bedrock: objects without a type, one of them with a known key."""
    if not isinstance(content, list):
        return False
    known = False
    for block in content:
        if not isinstance(block, Mapping) or block.get("type") is not None:
            return False
        known = known or not block.keys().isdisjoint(BLOCKS)
    return known


def append_turns(
    messages: list[Any], field: int, out: ColumnBuilder, side: int = c.PROMPT, trained: bool = True
) -> int:
    """Add the texts and turns of ``messages``; return the number of keys seen. Whatever has a wrong shape is left out.

    ``trained`` says whether assistant turns carry loss.
    """
    keys = 0
    for turn, message in enumerate(messages):
        keys += append_turn(message, c.slot(field, turn), out, side, trained)
    return keys


def append_turn(message: Any, packed: int, out: ColumnBuilder, side: int, trained: bool, role: Any = None) -> int:
    """Add one message. ``role`` is that of messages which have none of their own: the candidates of a preference."""
    if not isinstance(message, Mapping):
        out.turns.append("x")
        return 0
    keys = len(message)
    role = role or message.get("role")
    content = message.get("content")
    letter, code = _ROLES.get(role, _UNKNOWN) if isinstance(role, str) else _UNKNOWN
    code |= side | (c.TRAINED if letter == "a" and trained else 0)
    if isinstance(content, str):
        out.add(content, code | c.CONTENT, packed)
    own = results = calls = False
    for index, block in enumerate(content if isinstance(content, list) else ()):
        if not isinstance(block, Mapping):
            continue
        keys += len(block)
        here = packed + index
        text = block.get("text")
        if text is not None:
            own = True
            out.add(text, code | c.PART, here)
            continue
        if isinstance(use := block.get("toolUse"), Mapping):
            calls = calls or isinstance(use.get("name"), str)
            keys += len(use)
            out.add(use.get("name"), code | c.CALL_NAME, here)
            out.add(_compact(use.get("input")), code | c.ARGUMENTS | c.OPTIONAL, here)
        elif isinstance(result := block.get("toolResult"), Mapping):
            results = True
            keys += len(result) + _append_result(result, side, here, out)
        elif isinstance(reasoning := block.get("reasoningContent"), Mapping):
            body = reasoning.get("reasoningText")
            if isinstance(body, Mapping):
                keys += len(reasoning) + len(body)
                out.add(body.get("text"), code | c.REASONING | c.OPTIONAL, here)
        elif any(block.get(kind) is not None for kind in MEDIA):
            own = True
            out.mark_media()
    if letter == "u" and results and not own:
        letter = "t"
    elif letter == "a":
        letter = "c" if calls else "a"
        letter = letter if trained else letter.upper()
    out.turns.append(letter)
    return keys


def _append_result(result: Mapping[str, Any], side: int, packed: int, out: ColumnBuilder) -> int:
    keys, content = 0, result.get("content")
    for index, item in enumerate(content if isinstance(content, list) else ()):
        if isinstance(item, Mapping):
            keys += len(item)
            here = packed | index + 1 << c.ITEM_SHIFT
            out.add(item.get("text"), c.TOOL | side | c.PART, here)
            if item.get("json") is not None:
                out.add(_compact(item["json"]), c.TOOL | side | c.ARGUMENTS | c.OPTIONAL, here)
            elif any(item.get(kind) is not None for kind in MEDIA):
                out.mark_media()
    return keys


def _compact(value: Any) -> str | None:
    """``value`` as one line of JSON, which is what a template renders; None when it is nested too deep to write."""
    if value is None:
        return None
    try:
        return orjson.dumps(value).decode()
    except (TypeError, ValueError):
        return None


def append_tools(holder: Any, field: int, out: ColumnBuilder) -> None:
    """Add the tools of ``toolConfig`` as one text of compact JSON."""
    tools = _tool_list(holder)
    if tools:
        out.add(_compact(tools), c.OTHER | c.TOOLS | c.OPTIONAL, c.slot(field))


def append_system(system: Any, field: int, out: ColumnBuilder) -> int:
    """Add the system prompt, a list of ``{text}``; return the number of keys in it."""
    keys = 0
    for index, block in enumerate(system if isinstance(system, list) else ()):
        if isinstance(block, Mapping):
            keys += len(block)
            out.add(block.get("text"), c.SYSTEM | c.FIELD, c.slot(field, 0, index))
    return keys


def block_pointer(turn: str, code: int, packed: int) -> str:
    """The pointer of a text in the message at ``turn``."""
    kind = code & c.KIND_MASK
    if kind == c.CONTENT:
        return f"{turn}/content"
    at = f"{turn}/content/{packed & c.INDEX_MASK}"
    item = packed >> c.ITEM_SHIFT
    if item:
        return f"{at}/toolResult/content/{item - 1}/{'json' if kind == c.ARGUMENTS else 'text'}"
    return at + _TAILS[kind]


def _tool_list(holder: Any) -> list[Any] | None:
    config = holder.get("toolConfig") if isinstance(holder, Mapping) else None
    tools = config.get("tools") if isinstance(config, Mapping) else None
    return tools if isinstance(tools, list) else None


def converse_tools(holder: Any, prefix: str = "") -> list[Tool] | None:
    """The tools of ``toolConfig``, or None when there is none."""
    tools = _tool_list(holder)
    if tools is None:
        return None
    found = []
    for index, entry in enumerate(tools):
        body = entry.get("toolSpec") if isinstance(entry, Mapping) else None
        if isinstance(body, Mapping):
            here = f"{prefix}/toolConfig/tools/{index}/toolSpec"
            schema = body.get("inputSchema")
            parameters = schema.get("json") if isinstance(schema, Mapping) else None
            found.append(Tool(here, body.get("name"), parameters, f"{here}/inputSchema/json"))
    return found


def turn_exchanges(message: Any, pointer: str, turn: int, learn: bool) -> Iterator[Call | Result]:
    """Calls and results of one message, in order. Malformed blocks are left out."""
    content = message.get("content") if isinstance(message, Mapping) else None
    for index, block in enumerate(content if isinstance(content, list) else ()):
        if not isinstance(block, Mapping):
            continue
        at = f"{pointer}/content/{index}"
        use, result = block.get("toolUse"), block.get("toolResult")
        if isinstance(use, Mapping) and isinstance(use.get("name"), str):
            at, named = f"{at}/toolUse", _string(use.get("toolUseId"))
            yield Call(at, turn, use["name"], use.get("input"), f"{at}/input", named, learn, "toolUseId")
        elif isinstance(result, Mapping):
            yield Result(f"{at}/toolResult", turn, _string(result.get("toolUseId")), None)


def converse_exchanges(messages: Any, prefix: str, learn: bool = True) -> Iterator[Call | Result]:
    """Calls and results of a list of messages, in order."""
    for turn, message in enumerate(messages if isinstance(messages, list) else ()):
        yield from turn_exchanges(message, f"{prefix}/{turn}", turn, learn)


def _string(value: Any) -> str | None:
    return value if isinstance(value, str) else None
