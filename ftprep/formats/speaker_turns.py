"""Walks lists of ``{from, value}`` turns into columns, shared by ShareGPT and the LLaMA-Factory formats like it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, Literal, Required

import orjson
from pydantic import Field

from ftprep.formats import columns as c
from ftprep.formats.columns import ColumnBuilder
from ftprep.formats.message_schema import Flag, Open
from ftprep.formats.tool_calls import Call, Result, is_masked

Speaker = Literal[
    "human", "gpt", "system", "tool", "function_call", "observation",
    "user", "prompter", "assistant", "chatgpt", "bing", "bard", "bot", "model", "ai",
    "tool_call", "tool_response", "function_response",
]  # fmt: skip

SPEAKERS = {
    "system": ("s", c.SYSTEM),
    **dict.fromkeys(("human", "user", "prompter"), ("u", c.USER)),
    **dict.fromkeys(("gpt", "assistant", "chatgpt", "bing", "bard", "bot", "model", "ai"), ("a", c.ASSISTANT)),
    **dict.fromkeys(("function_call", "tool_call"), ("c", c.ASSISTANT)),
    **dict.fromkeys(("observation", "tool", "tool_response", "function_response"), ("t", c.TOOL)),
}
_UNKNOWN = ("x", c.OTHER)


class SpeakerTurn(Open, total=False):
    """One turn. The value of a call is JSON: an object of `name` and `arguments`, or a list of such objects."""

    speaker: Required[Annotated[Speaker, Field(alias="from")]]  # the key `from` is a keyword of Python
    value: Required[str]
    weight: Flag | None
    train: bool | None


SpeakerTurns = Annotated[list[SpeakerTurn], Field(min_length=1)]


def is_speaker_turn(turn: Any) -> bool:
    """Whether ``turn`` has a speaker and a value, and no role and content, which Arrow may leave null beside them."""
    return (
        isinstance(turn, Mapping)
        and "from" in turn
        and "value" in turn
        and turn.get("role") is None
        and turn.get("content") is None
    )


def append_speaker_turns(
    turns: Sequence[Mapping[str, Any]],
    field: int,
    out: ColumnBuilder,
    side: int = c.PROMPT,
    trained: bool = True,
    start: int = 0,
) -> int:
    """Add the texts and turns of ``turns`` to ``out``; return the number of keys in them.

    The arguments are those of :func:`ftprep.formats.message_columns.append_messages`.
    """
    keys = 0
    packed = c.slot(field, start)
    for turn in turns:
        keys += len(turn)
        letter, code = SPEAKERS.get(turn["from"], _UNKNOWN)
        if code == c.ASSISTANT:
            if not trained or is_masked(turn):
                letter = letter.upper()
            else:
                code |= c.TRAINED
        out.turns.append(letter)
        out.add(turn["value"], code | c.VALUE | side, packed)
        packed += 1 << c.OUTER_SHIFT
    return keys


def speaker_exchanges(turns: list[Any], prefix: str, first: int = 0, learn: bool = True) -> Iterator[Call | Result]:
    """Calls and results in order. No result says which call it answers, nor how many.

    ``first`` is the number of turns before the list in its conversation; ``learn`` says whether it is trained on.
    """
    for number, turn in enumerate(turns):
        speaker = turn.get("from") if isinstance(turn, Mapping) else None
        letter = SPEAKERS.get(speaker, _UNKNOWN)[0] if isinstance(speaker, str) else "x"
        here = f"{prefix}/{number}"
        if letter == "c":
            yield from written_calls(turn.get("value"), f"{here}/value", first + number, learn and not is_masked(turn))
        elif letter == "t":
            yield Result(here, first + number, None, None)


def written_calls(text: Any, pointer: str, turn: int, trained: bool) -> Iterator[Call]:
    """The calls that a JSON text spells out. A text has no places of its own: each call is where the text is."""
    try:
        value = orjson.loads(text or "")
    except (ValueError, TypeError):
        return
    for body in value if isinstance(value, list) else [value]:
        if isinstance(body, Mapping) and isinstance(body.get("name"), str):
            yield Call(pointer, turn, body["name"], body.get("arguments"), pointer, None, trained)
