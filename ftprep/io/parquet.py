"""Parquet: rows are read a batch at a time and written as JSON, keys that are null left out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from ftprep.io.chunk import Chunk, row_chunk
from ftprep.io.file import FileSource, Pass
from ftprep.io.serialise import Missing, to_json
from ftprep.io.stream import unreadable
from ftprep.record import Ref

if TYPE_CHECKING:
    import pyarrow.parquet as pq

# Arrow knows no absent key: where one row of a column has a key, every row has it, with null, or NaN in a number.
ABSENT = Missing(null=True, nan=True)
_BATCH_ROWS = 256
_NOT_TEXT = b'"\xff"'  # stands for a row with a string that is not UTF-8, and is found to be that


class ParquetSource(FileSource):
    """A Parquet file. Rows have a number, counted from 1, and no offset."""

    counts: Literal["line", "row"] = "row"

    def _chunks(self, notes: Pass) -> Iterator[Chunk]:
        import pyarrow

        done = number = size = 0
        raws: list[bytes] = []
        try:
            for batch in self._file().iter_batches(min(_BATCH_ROWS, self.max_rows)):
                for raw in _texts(batch):
                    raws.append(raw)
                    size += len(raws[-1])
                    if len(raws) >= self.max_rows or size >= self.block_bytes:
                        yield self._chunk(number, raws, done)
                        number, done, size, raws = number + 1, done + len(raws), 0, []
        except (pyarrow.ArrowException, OSError):
            after = f" after row {done + len(raws):,}" if done + len(raws) else ""
            notes.problems.append(f"`{self.name}` is a damaged Parquet file{after}")
        if raws:
            yield self._chunk(number, raws, done)

    def _chunk(self, number: int, raws: Sequence[bytes], done: int) -> Chunk:
        return rows_chunk(self.index, number, raws, done + 1)

    def _file(self) -> pq.ParquetFile:
        import pyarrow.parquet as pq

        try:
            with self.path.open("rb"):
                pass
        except OSError as error:
            raise unreadable(self.name, error) from error
        return pq.ParquetFile(self.path)

    def fetch(self, refs: Iterable[Ref]) -> dict[Ref, bytes]:
        """The JSON text of some rows again, reading only the row groups that hold them."""
        import pyarrow

        wanted = sorted(refs)
        found: dict[Ref, bytes] = {}
        try:
            file = self._file()
            before = 0
            for group in range(file.metadata.num_row_groups):
                count = file.metadata.row_group(group).num_rows
                here = [ref for ref in wanted if before < ref.line <= before + count]
                found.update(_of_group(file, group, here, before))
                before += count
        except (pyarrow.ArrowException, OSError):
            return found
        return found


def _of_group(file: pq.ParquetFile, group: int, refs: list[Ref], before: int) -> dict[Ref, bytes]:
    found: dict[Ref, bytes] = {}
    if not refs:
        return found
    for batch in file.iter_batches(_BATCH_ROWS, row_groups=[group]):
        for ref in refs:
            if before < ref.line <= before + batch.num_rows:
                found[ref] = _texts(batch.slice(ref.line - before - 1, 1))[0]
        before += batch.num_rows
        if before >= refs[-1].line:
            break
    return found


def _texts(batch: Any) -> list[bytes]:
    """The rows of a batch as JSON text."""
    try:
        return [to_json(row, ABSENT) for row in batch.to_pylist()]
    except UnicodeDecodeError:
        if batch.num_rows == 1:
            return [_NOT_TEXT]
        return [text for at in range(batch.num_rows) for text in _texts(batch.slice(at, 1))]


def rows_chunk(file: int, number: int, raws: Sequence[bytes], first: int) -> Chunk:
    """A chunk of serialised rows, the first of which is row number ``first``."""
    count = len(raws)
    rows = np.arange(first, first + count, dtype=np.int64)
    return row_chunk(file, number, raws, rows, np.full(count, -1, dtype=np.int64))
