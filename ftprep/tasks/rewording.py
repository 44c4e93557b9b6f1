"""Fixes of what many rows share: the same words in each of them, each row with its own places."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from ftprep.finding import Edit, Fix, Safety
from ftprep.pointer import resolve
from ftprep.tasks.forms import json_span
from ftprep.tasks.kinds import stripped_span
from ftprep.text.locate import Places

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ftprep.record import Record
    from ftprep.tasks.voices import Voice


def group_name(file: int, line: int, what: str = "") -> str:
    """The name of a group of findings: its first row, and what tells it from other groups of that row."""
    return f"{file}:{line}{f' {what}' if what else ''}"


def holds(record: Record, pointer: str, text: str) -> bool:
    """Whether ``text`` is a string of the row, whole: what formats cut out of strings cannot be put back."""
    try:
        value = resolve(record.row, pointer)
    except KeyError:
        return False
    return type(value) is str and value == text


def reworded(
    record: Record, pointer: str, text: str, pieces: Iterable[tuple[int, int, str]], title: str, safety: Safety
) -> Fix | None:
    """Put other words into the places (start, end, new) of a string of a row; None where nothing would change."""
    edits = tuple(
        Edit("replace", pointer, new, span=(start, end)) for start, end, new in pieces if text[start:end] != new
    )
    return Fix(title, safety, edits) if edits and holds(record, pointer, text) else None


def answer_piece(voice: Voice, new: str) -> list[tuple[int, int, str]]:
    """The place of an answer in its text, or of a value in its answer in JSON, with ``new`` written there."""
    start, end = stripped_span(voice.answer)
    if not voice.whole:
        return [(start, end, new)]
    first, last = json_span(voice.whole)
    place = Places(voice.whole[first:last]).locate(voice.place)
    if place is None:
        return []
    old = voice.whole[first + place[0] : first + place[1]]
    value = voice.answer[:start] + new + voice.answer[end:]
    return [(first + place[0], first + place[1], json.dumps(value, ensure_ascii="\\u" in old))]
