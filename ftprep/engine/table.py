"""Tables: what shards are boiled down to for rules that look at all rows together. Numbers only, never texts."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from ftprep.record import Ref

T = TypeVar("T")
REF_COLUMNS = ("file", "line", "offset")


class Ragged(NamedTuple):
    """A column of several numbers per entry: how many each entry has, and the numbers one after another."""

    sizes: NDArray[np.int64]
    values: NDArray[Any]


Column = NDArray[Any] | Ragged


class Table:
    """Named numpy columns of one length, in reading order, with the columns ``file``, ``line`` and ``offset``.

    Columns of several numbers per entry are apart, in ``ragged``.
    """

    def __init__(self, columns: Mapping[str, NDArray[Any]], ragged: Mapping[str, Ragged] | None = None) -> None:
        self.columns = dict(columns)
        self.ragged = dict(ragged or {})
        self._kept: dict[str, Any] = {}

    def once(self, name: str, make: Callable[[], T]) -> T:
        """What ``make`` returns, made once however many rules ask for ``name``; it is not to be changed."""
        if name not in self._kept:
            self._kept[name] = make()
        value: T = self._kept[name]
        return value

    def __len__(self) -> int:
        return len(next(iter(self.columns.values()), ()))

    def __getitem__(self, name: str) -> NDArray[Any]:
        return self.columns[name]

    def ref(self, index: int) -> Ref:
        """The row that entry ``index`` stands for."""
        file, line, offset = (int(self.columns[name][index]) for name in REF_COLUMNS)
        return Ref(file, line, offset)

    def refs(self, entries: NDArray[np.int64]) -> list[Ref]:
        """The rows that some entries stand for, in the order of ``entries``."""
        columns = (self.columns[name][entries].tolist() for name in REF_COLUMNS)
        return [Ref(*place) for place in zip(*columns, strict=True)]

    def without_files(self, files: Collection[int]) -> Table:
        """The table without the rows of some inputs: itself, or a part that is made once."""
        odd = np.isin(self["file"], sorted(files)) if files and len(self) else np.zeros(0, dtype=np.bool_)
        return self.once(f"without files {sorted(files)}", lambda: self.part(~odd)) if odd.any() else self

    def part(self, entries: NDArray[np.bool_]) -> Table:
        """A table of some of the entries."""
        columns = {name: column[entries] for name, column in self.columns.items()}
        ragged = {
            name: Ragged(one.sizes[entries], one.values[np.repeat(entries, one.sizes)])
            for name, one in self.ragged.items()
        }
        return Table(columns, ragged)


class TableBuilder:
    """Joins the tables of shards. Each column grows in one buffer, so that none ever stands in memory twice."""

    def __init__(self) -> None:
        self._buffers: dict[str, bytearray] = {}
        self._types: dict[str, np.dtype[Any]] = {}
        self._empty: dict[str, np.dtype[Any]] = {}  # the types of columns that had no number in some shard
        self._sizes: dict[str, str] = {}  # names of the columns of numbers per entry, by the ragged column

    def add(self, part: Mapping[str, Column]) -> None:
        """Append the columns of one shard; a column has the same type of number in all shards."""
        for name, column in part.items():
            if isinstance(column, Ragged):
                self._sizes[name] = f"{name} per entry"
                self._append(self._sizes[name], column.sizes)
                self._append(name, column.values)
            else:
                self._append(name, column)

    def _append(self, name: str, column: NDArray[Any]) -> None:
        if len(column):
            kind = self._types.setdefault(name, column.dtype)
            buffer = self._buffers.setdefault(name, bytearray())
            buffer += column.astype(kind, casting="safe", copy=False).tobytes()
        else:
            self._empty.setdefault(name, column.dtype)

    def build(self) -> Table:
        """The table of all shards; without any row, one of no columns but the references."""
        if not self._buffers:
            return Table({name: np.zeros(0, dtype=np.int64) for name in REF_COLUMNS})
        whole = {name: np.frombuffer(buffer, self._types[name]) for name, buffer in self._buffers.items()}
        for name, kind in self._empty.items():
            whole.setdefault(name, np.zeros(0, kind))
        ragged = {name: Ragged(whole.pop(sizes), whole.pop(name)) for name, sizes in self._sizes.items()}
        return Table(whole, ragged)
