"""Fixes of what many rows share: the same words in each of them, each row with its own places."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ftprep.finding import Edit, Fix, Safety
from ftprep.pointer import resolve

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ftprep.record import Record


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
