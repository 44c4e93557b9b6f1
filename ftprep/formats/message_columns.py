"""Walks lists of ``{role, content}`` messages into columns, shared by every chat-like format."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import accumulate, chain
from typing import Any, NamedTuple

import orjson

from ftprep.formats import columns as c
from ftprep.formats.columns import ColumnBuilder
from ftprep.formats.tool_calls import is_masked

_ROLES = {
    "system": ("s", c.SYSTEM),
    "developer": ("d", c.SYSTEM),
    "user": ("u", c.USER),
    "assistant": ("a", c.ASSISTANT),
    "tool": ("t", c.TOOL),
    "function": ("t", c.TOOL),
}
_UNKNOWN = ("x", c.OTHER)
_NEXT_TURN = c.slot(0, 1)
_FIRST_TURNS = [c.slot(0, turn) for turn in range(64)]


def _simple(side: int, trained: bool) -> Mapping[Any, tuple[str, int]]:
    """Turn letter and text code of a message that has nothing but a role and a string."""
    plain = {role: (letter, code | c.CONTENT | side) for role, (letter, code) in _ROLES.items()}
    letter, code = plain["assistant"]
    plain["assistant"] = (letter, code | c.TRAINED) if trained else (letter.upper(), code)
    return plain


_SIMPLE = {
    (side, trained): _simple(side, trained) for side in (c.PROMPT, c.CHOSEN, c.REJECTED) for trained in (False, True)
}
# The result of a legacy function call has a name besides.
_PLAIN = {role: known for role, known in _SIMPLE[c.PROMPT, True].items() if role != "function"}


class PlainRows(NamedTuple):
    """Rows that are nothing but a list of messages of role and string: how many messages each has, their texts, and
    turn letter and text code of each."""

    sizes: list[int]
    contents: list[str]
    known: list[tuple[str, int]]

    def append(self, out: ColumnBuilder) -> list[int]:
        """Add the rows to ``out`` as :func:`append_messages` does one by one; return the number of keys of each."""
        letters = [letter for letter, _ in self.known]
        ends = list(accumulate(self.sizes))
        for end in ends:
            letters[end - 1] += "\n"
        first_row, first_text = len(out.counts), len(out.values)
        out.plain.append(range(first_row, first_row + len(self.sizes)))
        out.counts += [first_text + end for end in ends]
        out.values += self.contents
        out.codes += [code for _, code in self.known]
        for size in self.sizes:
            out.slots += _FIRST_TURNS[:size]
        out.turns += letters
        return [1 + 2 * size for size in self.sizes]


def plain_rows(rows: Sequence[Any], key: str) -> PlainRows | None:
    """What is in ``rows``, if each is nothing but a list, under ``key``, of messages of role and string; else None.

    There are no schema errors in such rows, which is known sooner than by asking the schema. Nothing is asked of
    ``rows``: each may be any JSON value.
    """
    if set(map(type, rows)) != {dict} or set(map(len, rows)) != {1}:
        return None
    lists = [row.get(key) for row in rows]
    if set(map(type, lists)) != {list}:
        return None
    sizes = list(map(len, lists))
    messages = list(chain.from_iterable(lists))
    if not all(sizes) or max(sizes) > len(_FIRST_TURNS) or set(map(type, messages)) != {dict}:
        return None
    contents = [message.get("content") for message in messages]
    roles = [message.get("role") for message in messages]
    if set(map(len, messages)) != {2} or set(map(type, contents)) != {str} or set(map(type, roles)) != {str}:
        return None
    if not _PLAIN.keys() >= set(roles):
        return None
    return PlainRows(sizes, contents, list(map(_PLAIN.__getitem__, roles)))


def append_messages(
    messages: Any, field: int, out: ColumnBuilder, side: int = c.PROMPT, trained: bool = True, start: int = 0
) -> int:
    """Add the texts and turns of ``messages`` to ``out``; return the number of keys in them.

    ``trained`` says whether assistant turns carry loss; a turn's own ``weight``, ``train`` or ``training`` can
    only take that away. ``start`` is the index of the first message in its list, where that is not the whole list.
    """
    simple = _SIMPLE[side, trained]
    values, codes, slots, turns = out.values, out.codes, out.slots, out.turns
    packed = c.slot(field, start)
    keys = 0
    for message in messages:
        content = message.get("content")
        size = len(message)
        keys += size
        if size == 2 and type(content) is str and (known := simple.get(message["role"])):
            turns.append(known[0])
            values.append(content)
            codes.append(known[1])
            slots.append(packed)
        else:
            keys += _append_rich(message, content, packed, out, side, trained)
        packed += _NEXT_TURN
    return keys


def _append_rich(
    message: Mapping[str, Any], content: Any, packed: int, out: ColumnBuilder, side: int, trained: bool
) -> int:
    """Add a message that is more than a role and a string; return the number of keys below it."""
    role = message.get("role")
    letter, code = _ROLES.get(role, _UNKNOWN) if isinstance(role, str) else _UNKNOWN
    keys = 0
    assistant = code == c.ASSISTANT
    if assistant and trained and is_masked(message):
        trained = False
    code |= side | (c.TRAINED if assistant and trained else 0)
    if isinstance(content, str):
        out.add(content, code | c.CONTENT, packed)
    elif isinstance(content, list):
        for index, part in enumerate(content):
            if isinstance(part, dict):
                keys += len(part)
                out.add(part.get("text"), code | c.PART, packed + index)
                out.add(part.get("refusal"), code | c.PART_REFUSAL, packed + index)
                if part.get("type") not in ("text", "refusal"):
                    out.mark_media()
                url = part.get("image_url")
                keys += len(url) if isinstance(url, dict) else 0
    for index, key in enumerate(c.REASONING_KEYS):
        out.add(message.get(key), code | c.REASONING | c.OPTIONAL, packed + index)
    out.add(message.get("name"), code & ~c.TRAINED | c.NAME, packed)
    refusal = message.get("refusal")
    out.add(refusal, code | c.REFUSAL, packed)
    calls = message.get("tool_calls")
    called = False
    if isinstance(calls, list):
        for index, call in enumerate(calls):
            if isinstance(call, dict):
                called = True
                keys += len(call) + _append_call(call.get("function"), code, packed + index, out)
    legacy = message.get("function_call")
    if isinstance(legacy, dict):
        called = True
        keys += _append_call(legacy, code | c.LEGACY_CALL, packed, out)
    if assistant:
        if called:
            letter = "c"
        elif content is None and not isinstance(refusal, str):
            letter = "e" if "content" in message else "m"
        if not trained:
            letter = letter.upper()
    out.turns.append(letter)
    return keys


def _append_call(body: Any, code: int, packed: int, out: ColumnBuilder) -> int:
    if not isinstance(body, dict):
        return 0
    out.add(body.get("name"), code | c.CALL_NAME, packed)
    arguments = body.get("arguments")
    if isinstance(arguments, dict):
        # What a template renders: one compact JSON object. Deep nesting cannot be written and is left out.
        try:
            arguments = orjson.dumps(arguments).decode()
        except (TypeError, ValueError):
            return len(body)
    out.add(arguments, code | c.ARGUMENTS | c.OPTIONAL, packed)
    return len(body)


def append_tools(row: Mapping[str, Any], field: int, out: ColumnBuilder) -> None:
    """Add the declared tools as one text of compact JSON, which is what a template puts into the prompt.

    ``field`` is the field number of ``tools``; legacy ``functions`` have the next one.
    """
    tools = row.get("tools")
    if tools is None:
        tools, field = row.get("functions"), field + 1
    if tools is None or tools == []:
        return
    if not isinstance(tools, str):
        try:
            tools = orjson.dumps(tools).decode()
        except (TypeError, ValueError):  # nested deeper than orjson writes (254 levels)
            return
    out.add(tools, c.OTHER | c.TOOLS | c.OPTIONAL, field << c.FIELD_SHIFT)
