"""Top-level keys that mean the same in several formats."""

from __future__ import annotations

import operator
from collections.abc import Mapping
from typing import Any

from ftprep.formats import columns as c
from ftprep.formats.columns import ColumnBuilder
from ftprep.pointer import escape_token

REFERENCES = (
    "reference_answer",
    "answer",
    "ground_truth",
    "solution",
    "target",
    "label",
    "expected",
    "expected_answer",
    "expected_output",
    "correct_answer",
    "final_answer",
    "gold_answer",
    "gold",
    "reference",
)
"""Columns that hold what a grader or a reward function compares with, by the names that are in common use."""

REFERENCE_FIELDS = tuple(f"/{key}" for key in REFERENCES)

REFERENCE_POINTERS = (*REFERENCE_FIELDS, "/reward_model/ground_truth", "/references")
"""Every place of a reference that tables of numbers can name, by its number here."""

METADATA = frozenset(
    {
        "added", "author", "created", "dataset", "date", "doc_id", "domain", "dump", "file", "file_name", "filename",
        "file_path", "hash", "id", "idx", "index", "lang", "language", "license", "meta", "metadata", "num_tokens",
        "path", "prompt_id", "question_id", "row_id", "score", "sha256", "source", "split", "subset", "timestamp",
        "title", "token_count", "url", "uuid", "version",
    }
)  # fmt: skip
"""Columns about a row, which say nothing about what the row is for."""

MEDIA = frozenset({"images", "image", "videos", "audios"})
"""Columns with the files that placeholders in the text stand for."""

MARKS = {"images": "<image>", "videos": "<video>", "audios": "<audio>"}
"""The marks in the text of LLaMA-Factory and ms-swift, each the place of one file of a column."""

_NUMBERS = {key: number for number, key in enumerate(REFERENCES)}
_number = operator.itemgetter(0)


def append_references(row: Mapping[str, Any], field: int, out: ColumnBuilder) -> None:
    """Add the reference answers that are strings, always in the same order.

    ``field`` is the field number of the first of :data:`REFERENCES`.
    """
    found = [(_NUMBERS[key], value) for key, value in row.items() if key in _NUMBERS]
    for number, value in sorted(found, key=_number) if len(found) > 1 else found:
        out.add(value, c.OTHER | c.FIELD | c.REFERENCE, field + number << c.FIELD_SHIFT)


def reference_values(row: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """JSON Pointer and value of each reference answer of ``row`` that is not null, in the order of the names above."""
    found = [(_NUMBERS[key], f"/{key}", value) for key, value in row.items() if key in _NUMBERS and value is not None]
    return [(pointer, value) for _, pointer, value in sorted(found, key=_number)]


def entries_of(pointer: str, value: Any) -> list[tuple[str, Any]]:
    """JSON Pointer and value of each answer in a reference: those in an object one by one, any other value itself."""
    if not isinstance(value, dict) or not value:
        return [(pointer, value)]
    return [(f"{pointer}/{escape_token(key)}", one) for key, one in value.items()]


def has_media(row: Mapping[str, Any]) -> bool:
    """Whether ``row`` has files beside its texts."""
    return not row.keys().isdisjoint(MEDIA) and any(row.get(key) for key in MEDIA)


def has_marks(text: Any) -> bool:
    """Whether ``text`` is a string with a place for a file."""
    return isinstance(text, str) and any(mark in text for mark in MARKS.values())


def graded_columns(row: Mapping[str, Any], own: frozenset[str]) -> dict[str, Any] | None:
    """What a grader may read of ``row`` beside the format's ``own`` keys and the texts of references; None if nothing.

    Two prompts that differ in such a column are two tasks: numbers to combine, tests to pass, a number to reach.
    """
    found = {
        key: value
        for key, value in row.items()
        if value is not None
        and key not in own
        and key not in METADATA
        and not (key in REFERENCES and isinstance(value, str))
    }
    return found or None
