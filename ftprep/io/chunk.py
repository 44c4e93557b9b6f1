"""What a source hands out: :class:`Chunk`, a few thousand raw rows with the place of each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ftprep.record import Ref

BLOCK_BYTES = 2 << 20
"""Bytes read at a time. Larger blocks cost memory and save no time."""
MAX_ROWS = 4096
"""Most rows of a chunk that :meth:`Source.chunks` yields."""

Ints = NDArray[np.int64]


class Limits(NamedTuple):
    """How large the chunks of a source are: bytes read at a time, and most rows of a chunk."""

    block_bytes: int
    max_rows: int

    @classmethod
    def usual(cls) -> Limits:
        """The limits of this module."""
        return cls(BLOCK_BYTES, MAX_ROWS)


@dataclass(slots=True, frozen=True)
class Chunk:
    """Consecutive rows of one source, as raw JSON text.

    ``data`` holds the raw rows in order, with whatever stands between them; row i is
    ``data[starts[i]:ends[i]]``, without its newline. ``lines`` are the 1-based lines (or row numbers) on which rows
    start: of the source for :meth:`Source.chunks`, of the chunk for :meth:`Source.read_range`. ``offsets`` are byte
    offsets of rows in the inflated file, -1 where a source has none. ``line_count`` is the number of newlines in
    ``data``. ``one_line_each`` says that each row is exactly one line of ``data``.
    """

    file: int
    number: int
    data: bytes
    starts: Ints
    ends: Ints
    lines: Ints
    offsets: Ints
    line_count: int
    one_line_each: bool = False

    def __len__(self) -> int:
        return len(self.starts)

    def rows(self) -> list[bytes]:
        """The raw rows."""
        data = self.data
        if self.one_line_each:
            rows = data.split(b"\n")
            if data.endswith(b"\n"):
                rows.pop()
            return rows
        return [data[s:e] for s, e in zip(self.starts.tolist(), self.ends.tolist(), strict=True)]

    def moved(self, lines_before: int) -> Chunk:
        """The same chunk with ``lines_before`` added to every line."""
        return replace(self, lines=self.lines + lines_before) if lines_before else self


@dataclass(frozen=True, slots=True)
class Range:
    """Bytes [start, end) of a plain JSON Lines file, cut behind newlines."""

    file: int
    number: int
    start: int
    end: int


def line_chunk(file: int, number: int, data: bytes, line: int, offset: int) -> Chunk:
    """Make a chunk of the lines of ``data``, the first of which is line ``line`` at byte ``offset``."""
    newlines = np.flatnonzero(np.frombuffer(data, dtype=np.uint8) == 10)
    ends = newlines
    if data and not data.endswith(b"\n"):
        ends = np.append(newlines, len(data))
    starts = np.empty_like(ends)
    starts[:1] = 0
    starts[1:] = ends[:-1] + 1
    lines = np.arange(line, line + len(ends), dtype=np.int64)
    return Chunk(file, number, data, starts, ends, lines, starts + offset, len(newlines), True)


def row_chunk(file: int, number: int, rows: Sequence[bytes], lines: Ints, offsets: Ints) -> Chunk:
    """Make a chunk of rows that hold no newline and are not bytes of a file (serialised objects)."""
    lengths = np.fromiter(map(len, rows), dtype=np.int64, count=len(rows))
    ends = np.cumsum(lengths + 1) - 1
    data = b"\n".join([*rows, b""])
    return Chunk(file, number, data, ends - lengths, ends, lines, offsets, len(rows), True)


def fetched_chunk(file: int, raws: Sequence[bytes], refs: Sequence[Ref]) -> Chunk:
    """Make a chunk of rows that were read again, from anywhere in a source."""
    lines = np.array([ref.line for ref in refs], dtype=np.int64)
    offsets = np.array([ref.offset for ref in refs], dtype=np.int64)
    return replace(row_chunk(file, 0, raws, lines, offsets), one_line_each=False)


def pieces(chunk: Chunk, max_rows: int) -> Iterator[Chunk]:
    """Cut a chunk into chunks of at most ``max_rows`` rows, numbered on from ``chunk.number``."""
    count = len(chunk)
    if count <= max_rows:
        yield chunk
        return
    for number, first in enumerate(range(0, count, max_rows)):
        last = min(first + max_rows, count)
        start = int(chunk.starts[first])
        end = int(chunk.starts[last]) if last < count else len(chunk.data)
        data = chunk.data[start:end]
        yield Chunk(
            chunk.file,
            chunk.number + number,
            data,
            chunk.starts[first:last] - start,
            chunk.ends[first:last] - start,
            chunk.lines[first:last],
            chunk.offsets[first:last],
            data.count(b"\n"),
            chunk.one_line_each,
        )
