"""JSON arrays, and JSON objects over several lines: every element is a row."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

import numpy as np

from ftprep.io.chunk import Chunk, pieces
from ftprep.io.elements import Batch, Elements
from ftprep.io.file import FileSource, Pass
from ftprep.record import Ref

_KNOWN_LENGTHS = 100_000
_FETCH_BYTES = 4 << 10


class ElementSource(FileSource):
    """A JSON array, or objects written one after the other. Rows are the bytes of the elements."""

    # Lengths of the rows that do not end where their brackets say, by offset; None before the first whole pass,
    # and when there are too many.
    _lengths: dict[int, int] | None = None

    def _chunks(self, notes: Pass) -> Iterator[Chunk]:
        number = lines = rows = size = 0
        known: dict[int, int] = {}
        waiting: list[Chunk] = []
        with self._stream() as stream:
            elements = Elements(
                stream.read,
                array=self.probe.container == "array",
                offset=self._first_byte,
                block_bytes=self.block_bytes,
                faults=notes.faults,
            )
            for batch in elements.batches():
                for row in batch.irregular:
                    if len(known) <= _KNOWN_LENGTHS:
                        known[batch.offset + int(batch.starts[row])] = int(batch.ends[row] - batch.starts[row])
                chunk = _chunk(self.index, batch)
                waiting.append(chunk)
                lines, rows, size = int(batch.lines[-1]), rows + len(chunk), size + len(chunk.data)
                if 2 * rows >= self.max_rows or 2 * size >= self.block_bytes:
                    for piece in pieces(_joined(waiting, number), self.max_rows):
                        yield piece
                        number += 1
                    rows = size = 0
                    waiting = []
            if waiting:
                yield from pieces(_joined(waiting, number), self.max_rows)
            self._note_damage(stream, notes, lines)
        self._lengths = known if len(known) <= _KNOWN_LENGTHS else None

    def fetch(self, refs: Iterable[Ref]) -> dict[Ref, bytes]:
        """The raw bytes of some rows again: by offset after one whole pass over a plain file."""
        wanted = list(refs)
        if self.probe.compression or self._lengths is None:
            return super().fetch(wanted)
        found = super().fetch([ref for ref in wanted if ref.offset < 0])
        with self._stream(0) as stream:
            for ref in sorted(ref for ref in wanted if 0 <= ref.offset < (self.size or 0)):
                stream.seek(ref.offset)
                if ref.offset in self._lengths:
                    found[ref] = stream.read_exactly(self._lengths[ref.offset])
                    continue
                batch = next(Elements(stream.read, array=False, block_bytes=_FETCH_BYTES).batches(), None)
                if batch is not None:
                    found[ref] = batch.data[batch.starts[0] : batch.ends[0]]
        return found


def _chunk(file: int, batch: Batch) -> Chunk:
    start, end = int(batch.starts[0]), int(batch.ends[-1])
    data = batch.data[start:end]
    starts = batch.starts - start
    return Chunk(file, 0, data, starts, batch.ends - start, batch.lines, batch.starts + batch.offset, data.count(b"\n"))


def _joined(waiting: list[Chunk], number: int) -> Chunk:
    """One chunk of several."""
    if len(waiting) == 1:
        return replace(waiting[0], number=number)
    shifts = np.cumsum([0, *(len(one.data) + 1 for one in waiting[:-1])])
    data = b"\n".join(one.data for one in waiting)
    return Chunk(
        waiting[0].file,
        number,
        data,
        np.concatenate([one.starts + shift for one, shift in zip(waiting, shifts, strict=True)]),
        np.concatenate([one.ends + shift for one, shift in zip(waiting, shifts, strict=True)]),
        np.concatenate([one.lines for one in waiting]),
        np.concatenate([one.offsets for one in waiting]),
        data.count(b"\n"),
    )
