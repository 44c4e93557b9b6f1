"""CSV and TSV: the first row names the columns, every later row is an object of strings.

Cells stay text, empty ones too. A row with fewer cells than columns lacks the last keys; the cells that a longer row
has too many are a list under :data:`EXTRA_CELLS`. A column name that comes again gets a number: ``text``,
``text (2)``. Rows start on the line on which their first cell starts, lines being ended by ``\\n``.
"""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import numpy as np
import orjson

from ftprep.io.chunk import Chunk, row_chunk
from ftprep.io.file import FileSource, Pass
from ftprep.io.source import Fault, FaultLog
from ftprep.io.stream import Stream
from ftprep.record import Ref
from ftprep.text.snippet import quote

EXTRA_CELLS = "(extra cells)"
TOO_MANY = "more cells than the first row has columns"
_LARGEST_CELL = 2**31 - 1
_FETCH_BYTES = 64 << 10


class _Row(NamedTuple):
    cells: list[str]
    line: int
    offset: int


class DelimitedSource(FileSource):
    """A file of separated cells. Raw rows are JSON made of them; bytes that are not UTF-8 stay in it as they are."""

    def _chunks(self, notes: Pass) -> Iterator[Chunk]:
        with self._stream() as stream:
            table = _Reader(stream, self.block_bytes, self._first_byte, notes.faults)
            rows = table.rows(self._delimiter(table))
            head = next(rows, None)
            if head is None:
                return
            names = _column_names(head, notes)
            raws: list[bytes] = []
            lines: list[int] = []
            offsets: list[int] = []
            number = size = 0
            for row in rows:
                if len(row.cells) > len(names):
                    notes.faults.add(Fault(row.line, row.offset, TOO_MANY))
                raws.append(_object(names, row.cells))
                lines.append(row.line)
                offsets.append(row.offset)
                size += len(raws[-1])
                if len(raws) >= self.max_rows or size >= self.block_bytes:
                    yield self._chunk(number, raws, lines, offsets)
                    number, size = number + 1, 0
                    raws, lines, offsets = [], [], []
            if raws:
                yield self._chunk(number, raws, lines, offsets)
            self._note_damage(stream, notes, table.line - 1)

    def _chunk(self, number: int, raws: list[bytes], lines: list[int], offsets: list[int]) -> Chunk:
        places = np.array([lines, offsets], dtype=np.int64)
        return row_chunk(self.index, number, raws, places[0], places[1])

    def _delimiter(self, table: _Reader) -> str:
        """A tab for TSV; else what parts the cells of the first line: comma, semicolon, tab or bar."""
        if self.probe.container == "tsv":
            return "\t"
        outside = "".join(table.first_line().split('"')[::2])
        return max(",;\t|", key=outside.count)

    def fetch(self, refs: Iterable[Ref]) -> dict[Ref, bytes]:
        """The raw text of some rows again: by offset where the file is plain and the offset known."""
        wanted = list(refs)
        if self.probe.compression:
            return super().fetch(wanted)
        found = super().fetch([ref for ref in wanted if ref.offset < 0])
        with self._stream() as stream:
            table = _Reader(stream, _FETCH_BYTES, 0, FaultLog())
            delimiter = self._delimiter(table)
            head = next(table.rows(delimiter), None)
            names = _column_names(head, Pass()) if head is not None else []
            for ref in sorted(ref for ref in wanted if 0 <= ref.offset < (self.size or 0)):
                stream.seek(ref.offset)
                row = next(_Reader(stream, _FETCH_BYTES, ref.offset, FaultLog()).rows(delimiter), None)
                if row is not None:
                    found[ref] = _object(names, row.cells)
        return found


class _Reader:
    """Reads rows of cells and knows where each starts."""

    def __init__(self, stream: Stream, block_bytes: int, offset: int, faults: FaultLog) -> None:
        self._blocks = stream.blocks(block_bytes)
        self._lines: Iterator[bytes] = iter(())
        self._peeked: list[bytes] = []
        self._ended = False
        self._offset = offset
        self.line = 1
        self._faults = faults

    def first_line(self) -> str:
        """The first line, which is read again later."""
        self._peeked.extend(line for line in [self._next()] if line)
        return self._peeked[0].decode("utf-8", "surrogateescape") if self._peeked else ""

    def rows(self, delimiter: str) -> Iterator[_Row]:
        """Yield rows that have cells."""
        if csv.field_size_limit() < _LARGEST_CELL:
            csv.field_size_limit(_LARGEST_CELL)
        reader = csv.reader(self._texts(), delimiter=delimiter)
        while True:
            line, offset = self.line, self._offset
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error:
                self._faults.add(Fault(line, offset, "a carriage return stands outside quotes"))
                continue
            if not cells:
                continue
            if self._ended:  # only inside quotes does a row ask for more lines than there are
                self._faults.add(Fault(line, offset, "a quoted cell of this row is never closed"))
            yield _Row(cells, line, offset)

    def _texts(self) -> Iterator[str]:
        while line := self._peeked.pop() if self._peeked else self._next():
            self._offset += len(line)
            self.line += 1
            yield line.decode("utf-8", "surrogateescape")
        self._ended = True

    def _next(self) -> bytes:
        """The next line with its end, b"" behind the last. Old Mac files end lines with a carriage return."""
        line = next(self._lines, b"")
        while not line:
            block = next(self._blocks, b"")
            if not block:
                return b""
            end = b"\r" if self.line == 1 and b"\n" not in block and b"\r" in block else b"\n"
            lines = block.split(end)
            last = lines.pop()
            self._lines = iter([*(line + end for line in lines), *([last] if last else [])])
            line = next(self._lines, b"")
        return line


def _column_names(head: _Row, notes: Pass) -> list[str]:
    """The keys of the rows."""
    seen: Counter[str] = Counter()
    names: list[str] = []
    for name in head.cells:
        seen[name] += 1
        if seen[name] == 2:
            message = f"the column {quote(name)} comes more than once"
            notes.faults.add(Fault(head.line, head.offset, message, code="JSN004"))
        names.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return names


def _object(names: list[str], cells: list[str]) -> bytes:
    row: dict[str, str | list[str]] = dict(zip(names, cells, strict=False))
    if len(cells) > len(names):
        row[EXTRA_CELLS] = cells[len(names) :]
    try:
        return orjson.dumps(row)
    except TypeError:  # bytes that are not UTF-8, for a rule to find
        return json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogateescape")
