"""Copies of the inputs that may be changed: JSON Lines, one row a line, whatever the inputs were."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ftprep.fixing.compact import one_line
from ftprep.fixing.splices import CannotEdit
from ftprep.io.diagnose import diagnose
from ftprep.io.discover import open_path
from ftprep.record import Ref
from ftprep.splitting.rows import Fault

if TYPE_CHECKING:
    from ftprep.io.source import Source

Ints = NDArray[np.int64]


@dataclass(slots=True)
class Copy:
    """One input and its copy. Line i of the copy is, or was made of, row ``rows[i - 1]`` of the input (from 0, blank
    lines aside), which stands at its line ``lines[i - 1]``. ``lost`` says of rows by number why no line holds them.
    """

    source: Source
    path: Path
    lines: Ints
    rows: Ints
    lost: dict[int, Fault] = field(default_factory=dict)

    def place(self, line: int) -> str:
        """Where a line of the copy came from, as people read it."""
        at = int(self.lines[line - 1])
        return f"{self.source.name}:{at}" if self.source.counts == "line" else f"{self.source.name} row {at}"


@dataclass(slots=True)
class Work:
    """All copies, in the order of the inputs."""

    copies: Sequence[Copy]

    @property
    def rows(self) -> int:
        """Rows of all copies, and those that are lost."""
        return sum(len(one.lines) + len(one.lost) for one in self.copies)

    def place(self, ref: Ref) -> str:
        """Where a row of the copies came from."""
        return self.copies[ref.file].place(ref.line)

    def open(self) -> list[Source]:
        """The copies as sources that carry the names of the inputs."""
        return [
            open_path(one.path, number, name=one.source.name, called="rows.jsonl")
            for number, one in enumerate(self.copies)
        ]


def copy_inputs(sources: Sequence[Source], folder: Path) -> Work:
    """Copy every input into ``folder``. Blank lines, and rows that no line can hold, are not in the copies."""
    copies = []
    for number, source in enumerate(sources):
        source.index = number
        path = folder / f"{number:06d}.jsonl"
        lines: list[int] = []
        rows: list[int] = []
        lost: dict[int, Fault] = {}
        with path.open("wb") as stream:
            for row, (line, raw, one) in enumerate(_rows(source)):
                if one is None:
                    found = diagnose(raw)
                    lost[row] = Fault(found.code, found.message) if found else Fault("JSN001", "the row is not JSON")
                else:
                    lines.append(line)
                    rows.append(row)
                    stream.write(one + b"\n")
        copies.append(Copy(source, path, np.array(lines, dtype=np.int64), np.array(rows, dtype=np.int64), lost))
    return Work(copies)


def _rows(source: Source) -> Iterator[tuple[int, bytes, bytes | None]]:
    """Each row that is not blank: its line, its bytes, and the line that holds it (None: there is none)."""
    for chunk in source.chunks():
        for raw, line in zip(chunk.rows(), chunk.lines.tolist(), strict=True):
            if not raw.strip(b" \t\r\n"):
                continue
            if b"\n" not in raw:
                yield line, raw, raw.removesuffix(b"\r").removeprefix(b"\xef\xbb\xbf")
                continue
            try:
                yield line, raw, one_line(raw)
            except CannotEdit:
                yield line, raw, None
