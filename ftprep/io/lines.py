"""JSON Lines: every line of the file is a row, as it stands."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Literal

import numpy as np

from ftprep.io.chunk import Chunk, Range, line_chunk, pieces
from ftprep.io.file import FileSource, Pass
from ftprep.record import Ref

_STEP = 64 << 10


class LinesSource(FileSource):
    """A file of JSON Lines, plain or compressed. Lines end at ``\\n`` alone."""

    def _chunks(self, notes: Pass) -> Iterator[Chunk]:
        number, line, offset = 0, 1, self._first_byte
        with self._stream() as stream:
            for block in stream.blocks(self.block_bytes):
                chunk = line_chunk(self.index, number, block, line, offset)
                for piece in pieces(chunk, self.max_rows):
                    yield piece
                    number += 1
                line += chunk.line_count
                offset += len(block)
            self._note_damage(stream, notes, line - 1)

    def ranges(self) -> list[Range] | None:
        """Ranges of about ``block_bytes`` or ``max_rows`` rows, whichever is less, by the density of newlines."""
        if self.probe.compression:
            return None
        result: list[Range] = []
        with self._stream(0) as stream:
            window = stream.read(_STEP)
            start, size = self._first_byte, self.size or 0
            while start < size:
                rows_per_byte = window.count(b"\n") / max(len(window), 1)
                step = min(self.block_bytes, int(self.max_rows / rows_per_byte) if rows_per_byte else size)
                place = start + max(step, 1) - 1
                end = size
                stream.seek(place)
                while place < size and (window := stream.read(_STEP)):
                    newline = window.find(b"\n")
                    if newline >= 0:
                        end = place + newline + 1
                        break
                    place += len(window)
                result.append(Range(self.index, len(result), start, end))
                start = end
        return result

    def read_range(self, part: Range) -> Chunk:
        """Read one range. Lines count from 1."""
        with self._stream(part.start) as stream:
            data = stream.read_exactly(part.end - part.start)
        return line_chunk(self.index, part.number, data, 1, part.start)

    def fetch(self, refs: Iterable[Ref]) -> dict[Ref, bytes]:
        """The raw bytes of some rows again: by offset where the file is plain and the offset known."""
        wanted = list(refs)
        if self.probe.compression:
            return super().fetch(wanted)
        found = super().fetch([ref for ref in wanted if ref.offset < 0])
        with self._stream(0) as stream:
            for ref in sorted(ref for ref in wanted if 0 <= ref.offset < (self.size or 0)):
                stream.seek(ref.offset)
                parts = []
                while part := stream.read(_STEP):
                    line, newline, _ = part.partition(b"\n")
                    parts.append(line)
                    if newline:
                        break
                found[ref] = b"".join(parts)
        return found


class SpooledRows(LinesSource):
    """Rows of an iterator, one JSON text per line of a temporary file. They have a number and no offset."""

    counts: Literal["line", "row"] = "row"

    def _chunks(self, notes: Pass) -> Iterator[Chunk]:
        for chunk in super()._chunks(notes):
            yield replace(chunk, offsets=np.full(len(chunk), -1, dtype=np.int64))

    def ranges(self) -> None:
        """None, so that offsets into the temporary file are never seen."""

    def sha256(self) -> None:
        """None: the rows are not bytes of a file."""
