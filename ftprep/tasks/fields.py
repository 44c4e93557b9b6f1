"""Values inside answers in JSON: each field of a task may hold labels, as whole answers may.

A field is a JSON Pointer into the answer in which places of lists are written ``*``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np
import orjson
import xxhash
from numpy.typing import NDArray

from ftprep.engine.table import Ragged, Table
from ftprep.pointer import escape_token
from ftprep.tasks.kinds import Kind
from ftprep.tasks.styles import style_of

MOST_LEAVES, MOST_LEVELS = 200, 12  # of one answer that are looked at
LONGEST = 200  # characters of a string that may be a label

Reading = Callable[[str], tuple[int, int, int, int]]


class Leaf(NamedTuple):
    """A string, number or boolean of an answer: its field, its place, and itself."""

    field: str
    place: str
    value: str | int | float | bool


class FieldTable(Table):
    """The values of one field: the columns of whole answers that make sense for them, one entry for each value.

    Column ``leaf`` is the number of the value in its answer, ``entry`` that of the answer in the table of answers.
    """

    field = ""


def leaves(data: Any) -> list[Leaf]:
    """The values of an answer in the order of the text."""
    found: list[Leaf] = []
    waiting: list[tuple[str, str, Any, int]] = [("", "", data, 0)]
    while waiting and len(found) < MOST_LEAVES:
        field, place, value, level = waiting.pop()
        if isinstance(value, str | int | float):
            found.append(Leaf(field, place, value))
        elif level < MOST_LEVELS and isinstance(value, dict):
            for key, one in reversed(list(value.items())):
                token = escape_token(key)
                waiting.append((f"{field}/{token}", f"{place}/{token}", one, level + 1))
        elif level < MOST_LEVELS and isinstance(value, list):
            for number in range(min(len(value), MOST_LEAVES) - 1, -1, -1):
                waiting.append((f"{field}/*", f"{place}/{number}", value[number], level + 1))
    return found


def text_of(value: str | int | float | bool) -> str:
    """A value as one would write it by hand."""
    return value if isinstance(value, str) else orjson.dumps(value).decode()


def field_columns(answers: Mapping[int, Any], count: int, reading: Reading) -> dict[str, Ragged]:
    """The columns of numbers per value of ``count`` rows, of which ``answers`` are those in JSON."""
    sizes = np.zeros(count, dtype=np.int64)
    found: list[tuple[int, ...]] = []
    fields: dict[str, int] = {}
    for number, data in answers.items():
        mine = leaves(data)
        sizes[number] = len(mine)
        for leaf in mine:
            if leaf.field not in fields:
                fields[leaf.field] = xxhash.xxh3_64_intdigest(leaf.field.encode("utf-8", "replace"))
            found.append((fields[leaf.field], *_read(leaf.value, reading)))
    columns = [list(column) for column in zip(*found, strict=True)] or [[]] * len(FIELD_COLUMNS)
    types: tuple[type[np.unsignedinteger[Any]], ...] = (np.uint64, np.uint8, np.uint64, np.uint64, np.uint8, np.uint8)
    return {
        name: Ragged(sizes, np.array(column, dtype=kind))
        for name, column, kind in zip(FIELD_COLUMNS, columns, types, strict=True)
    }


FIELD_COLUMNS = ("field", "field_kind", "field_value", "field_surface", "field_words", "field_style")


def _read(value: str | int | float | bool, reading: Reading) -> tuple[int, int, int, int, int]:
    """Kind, canonical hash, hash of the surface, words, and style; neither of these for what is no string."""
    if isinstance(value, str):
        if len(value) <= LONGEST:
            return *reading(value), style_of(value.strip())
        key = xxhash.xxh3_64_intdigest(value.encode("utf-8", "surrogatepass"))
        return int(Kind.PROSE), key, key, 255, 0
    kind, canonical, surface, _ = reading(text_of(value))
    return kind, canonical, surface, 0, 0


def field_tables(table: Table, rows: NDArray[np.int64], least: int) -> list[FieldTable]:
    """The fields of some rows that hold at least so many values, in order of their first value."""
    if "field" not in table.ragged:
        return []
    sizes = table.ragged["field"].sizes
    rows = rows[sizes[rows] > 0]
    if len(rows) < least:
        return []
    entries = np.repeat(rows, sizes[rows])
    numbers = np.arange(len(entries)) - np.repeat(np.cumsum(sizes[rows]) - sizes[rows], sizes[rows])
    places = (np.cumsum(sizes) - sizes)[entries] + numbers
    keys = table.ragged["field"].values[places]
    order = np.argsort(keys, kind="stable")
    groups = np.split(order, np.flatnonzero(np.diff(keys[order])) + 1)
    found = []
    for group in sorted((one for one in groups if len(one) >= least), key=lambda one: int(one[0])):
        mine, at = entries[group], places[group]
        columns = {name: table[name][mine] for name in _OF_ROWS if name in table.columns}
        columns["kind"] = table.ragged["field_kind"].values[at]
        columns["answer"] = table.ragged["field_value"].values[at]
        columns["surface"] = table.ragged["field_surface"].values[at]
        columns["words"] = table.ragged["field_words"].values[at]
        columns["style"] = table.ragged["field_style"].values[at]
        columns["leaf"], columns["entry"] = numbers[group], mine
        found.append(FieldTable(columns))
    return found


_OF_ROWS = ("prompt", "context", "system", "skeleton", "file", "line", "offset")
