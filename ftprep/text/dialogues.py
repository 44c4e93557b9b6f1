"""Dialogues: the turns of a row as a model would see them, each with its letter and its place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from ftprep.formats.columns import ASSISTANT_TURNS, SEPARATOR

if TYPE_CHECKING:
    from ftprep.record import Record

ASSISTANT = frozenset(ASSISTANT_TURNS)
SYSTEM = frozenset("sd")


class Dialogue(NamedTuple):
    """One conversation. ``letters`` and ``pointers`` have one entry per turn.

    ``fresh`` is the number of turns at its start that an earlier dialogue of the same row has too: both sides of a
    preference share their prompt. What is wrong with these turns is to be said once.
    """

    letters: str
    pointers: list[str]
    fresh: int = 0


def dialogues(record: Record) -> list[Dialogue]:
    """The conversations of ``record``, in the order of ``record.exchanges``; none for rows without turns.

    A preference row has two: its prompt with each side, or two whole conversations where it has no prompt of its
    own. In every other row the parts follow each other and are one conversation.
    """
    if not record.turns:
        return []
    parts = record.turns.split(SEPARATOR)
    pointers = record.turn_pointers
    if record.format.method != "preference" or len(parts) < 2:
        return [Dialogue("".join(parts), pointers)]
    ends = [sum(map(len, parts[: number + 1])) for number in range(len(parts))]
    if len(parts) > 2:
        prompt, chosen, rejected = parts[0], parts[1], parts[2]
        return [
            Dialogue(prompt + chosen, pointers[: ends[1]]),
            Dialogue(prompt + rejected, pointers[: ends[0]] + pointers[ends[1] : ends[2]], len(prompt)),
        ]
    (_, first), (_, second) = record.format.conversations(record.row)[:2]
    return [
        Dialogue(parts[0], pointers[: ends[0]]),
        Dialogue(parts[1], pointers[ends[0] :], _shared(first, second)),
    ]


def _shared(first: list[Any], second: list[Any]) -> int:
    """The number of equal turns at the start of two lists."""
    count = 0
    for one, other in zip(first, second, strict=False):
        if one != other:
            break
        count += 1
    return count


def bare_turns(record: Record) -> list[str]:
    """Pointers of the assistant's turns that have no content, no call and no refusal, not even null."""
    letters = record.turns.replace(SEPARATOR, "")
    if "m" not in letters and "M" not in letters:
        return []
    return [pointer for letter, pointer in zip(letters, record.turn_pointers, strict=True) if letter in "mM"]


def shown_twice(record: Record) -> set[str]:
    """Pointers of turns that another dialogue of the row has too, at an earlier place of the row."""
    found = dialogues(record) if record.format.method == "preference" else []
    again = {pointer for dialogue in found for pointer in dialogue.pointers[: dialogue.fresh]}
    return again.difference(*(dialogue.pointers for dialogue in found[:1]))


def content_parts(record: Record) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Each content part of the turns of ``record`` with its pointer."""
    for pointer, turns in record.format.conversations(record.row):
        for number, turn in enumerate(turns):
            if not isinstance(turn, Mapping):
                continue
            key = "parts" if "parts" in turn and "content" not in turn else "content"  # Gemini's word
            content = turn.get(key)
            for place, part in enumerate(content if isinstance(content, list) else ()):
                if isinstance(part, Mapping):
                    yield f"{pointer}/{number}/{key}/{place}", part
