"""Python objects as inputs: lists of rows, data frames, Hugging Face datasets, Arrow tables, iterators, open files.

They are told apart by what they can do, so that nothing is imported that the caller has not imported.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain, islice
from typing import Any, Literal

from ftprep.errors import UsageError
from ftprep.io.chunk import Chunk, Limits, Range
from ftprep.io.lines import SpooledRows
from ftprep.io.parquet import ABSENT, rows_chunk
from ftprep.io.probe import Probe, Unusable
from ftprep.io.serialise import NOTHING_MISSING, Missing, to_json
from ftprep.io.source import Fault, Source
from ftprep.io.spool import Spool
from ftprep.record import Ref

_SLICE_ROWS = 256


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows that can be had again: ``take(start, stop)`` gives some of ``count`` rows."""

    name: str
    count: int
    take: Callable[[int, int], Sequence[Any]]
    missing: Missing


class ObjectSource:
    """Rows in memory, or in what the caller's object reads from. Rows have a number, counted from 1."""

    counts: Literal["line", "row"] = "row"
    size: int | None = None
    problems: Sequence[str] = ()
    faults: Sequence[Fault] = ()

    def __init__(self, rows: Rows, index: int, limits: Limits | None = None) -> None:
        self.index = index
        self.name = rows.name
        self.block_bytes, self.max_rows = limits or Limits.usual()
        self._rows = rows
        nothing = Unusable("JSN009", "empty", "empty")
        self.probe = Probe("objects") if rows.count else Probe("none", problem=nothing)

    def chunks(self) -> Iterator[Chunk]:
        """Yield all rows in order."""
        done = number = size = 0
        raws: list[bytes] = []
        for start in range(0, self._rows.count, _SLICE_ROWS):
            for row in self._rows.take(start, min(start + _SLICE_ROWS, self._rows.count)):
                raws.append(to_json(row, self._rows.missing))
                size += len(raws[-1])
                if len(raws) >= self.max_rows or size >= self.block_bytes:
                    yield rows_chunk(self.index, number, raws, done + 1)
                    number, done, size, raws = number + 1, done + len(raws), 0, []
        if raws:
            yield rows_chunk(self.index, number, raws, done + 1)

    def ranges(self) -> list[Range] | None:
        """None: objects stay in their process."""
        return None

    def read_range(self, part: Range) -> Chunk:
        """Never called: there are no ranges."""
        raise NotImplementedError

    def fetch(self, refs: Iterable[Ref]) -> dict[Ref, bytes]:
        """The JSON text of some rows again."""
        return {
            ref: to_json(self._rows.take(ref.line - 1, ref.line)[0], self._rows.missing)
            for ref in refs
            if 1 <= ref.line <= self._rows.count
        }

    def sha256(self) -> str | None:
        """None: there is no file."""
        return None

    def close(self) -> None:
        """Nothing to give up."""


def open_rows(data: Any, index: int = 0, limits: Limits | None = None) -> Source:
    """Make a source of Python objects; raises :class:`UsageError` for what holds no rows."""
    rows = _rows(data)
    if rows is not None:
        return ObjectSource(rows, index, limits=limits)
    name = "<Dataset>" if _is_hugging_face(data) else "<iterator>"
    missing = ABSENT if _is_hugging_face(data) else NOTHING_MISSING
    iterator = iter(data)
    first = list(islice(iterator, 1))
    nothing = Unusable("JSN009", "empty", "empty")
    spool = Spool()
    spool.fill(to_json(row, missing) + b"\n" for row in chain(first, iterator))
    return SpooledRows(
        spool.path,
        name,
        index,
        Probe("objects") if first else Probe("none", problem=nothing),
        spool=spool,
        limits=limits,
    )


def _rows(data: Any) -> Rows | None:
    """Rows that can be had by number, or None where the object can only be walked once."""
    if isinstance(data, list | tuple):
        return Rows("<list>", len(data), partial(_slice, data), NOTHING_MISSING)
    if isinstance(data, Mapping):
        names = [str(key) for key in data][:1]
        if all(_is_hugging_face(value) for value in data.values()) and data:
            raise UsageError(f"give one split of the dataset, for example data[{names[0]!r}]")
        raise UsageError("one dict is one row: give a list of rows")
    if _is_hugging_face(data) and hasattr(data, "__len__"):
        arrow = data.with_format("arrow")
        return Rows("<Dataset>", len(data), partial(_arrow_rows, arrow), ABSENT)
    if hasattr(data, "iloc") and hasattr(data, "columns"):
        if not data.columns.is_unique:
            raise UsageError("the DataFrame has two columns of one name: rename one of them")
        return Rows("<DataFrame>", len(data), partial(_frame_rows, data), ABSENT)
    if hasattr(data, "to_arrow") and not hasattr(data, "to_batches"):
        data = data.to_arrow()  # polars
    if hasattr(data, "to_batches") and hasattr(data, "num_rows"):
        return Rows("<Table>", data.num_rows, partial(_table_rows, data), ABSENT)
    if isinstance(data, Sequence) and not isinstance(data, str | bytes | bytearray | memoryview):
        return Rows("<list>", len(data), partial(_items, data), NOTHING_MISSING)
    if not isinstance(data, Iterable) or isinstance(data, str | bytes | bytearray | memoryview):
        kinds = "a path, a list of rows, a DataFrame, a Dataset or an iterator"
        raise UsageError(f"cannot read rows from `{type(data).__name__}`: give {kinds}")
    return None


def _is_hugging_face(data: Any) -> bool:
    return hasattr(data, "with_format") and hasattr(data, "column_names") and hasattr(data, "features")


def _slice(rows: Sequence[Any], start: int, stop: int) -> Sequence[Any]:
    return rows[start:stop]


def _items(rows: Sequence[Any], start: int, stop: int) -> Sequence[Any]:
    return [rows[at] for at in range(start, stop)]


def _frame_rows(frame: Any, start: int, stop: int) -> Sequence[Any]:
    part = frame.iloc[start:stop]
    return part.to_dict("records")  # type: ignore[no-any-return]


def _table_rows(table: Any, start: int, stop: int) -> Sequence[Any]:
    return table.slice(start, stop - start).to_pylist()  # type: ignore[no-any-return]


def _arrow_rows(dataset: Any, start: int, stop: int) -> Sequence[Any]:
    return dataset[start:stop].to_pylist()  # type: ignore[no-any-return]
