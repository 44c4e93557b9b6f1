"""How tests of the reading layer open things and look at what comes out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson

from ftprep.io.chunk import Limits
from ftprep.io.discover import open_path
from ftprep.io.objects import open_rows
from ftprep.io.source import Source
from ftprep.record import Ref

DATA = Path(__file__).resolve().parent.parent.parent / "shared" / "data"
LARGE = Limits(2 << 20, 4096)

Row = tuple[bytes, int, int]


def put(folder: Path, data: bytes, name: str = "rows.jsonl") -> Path:
    """Write a file."""
    path = folder / name
    path.write_bytes(data)
    return path


def opened(folder: Path, data: bytes, name: str = "rows.jsonl", limits: Limits = LARGE) -> Source:
    """Write a file and open it as number 3 of a run."""
    return open_path(put(folder, data, name), 3, limits=limits)


def opened_rows(data: Any, limits: Limits = LARGE) -> Source:
    """Open a Python object as number 3 of a run."""
    return open_rows(data, 3, limits)


def rows_of(source: Source) -> list[Row]:
    """(raw, line, offset) of every row, after a check of what every chunk promises."""
    found: list[Row] = []
    for number, chunk in enumerate(source.chunks()):
        assert (chunk.file, chunk.number) == (3, number)
        assert chunk.line_count == chunk.data.count(b"\n")
        raws = chunk.rows()
        starts, ends = chunk.starts.tolist(), chunk.ends.tolist()
        assert raws == [chunk.data[start:end] for start, end in zip(starts, ends, strict=True)]
        assert len(raws) == len(chunk.lines) == len(chunk.offsets) == len(chunk) > 0
        found += zip(raws, chunk.lines.tolist(), chunk.offsets.tolist(), strict=True)
    return found


def raws_of(source: Source) -> list[bytes]:
    """The raw text of every row."""
    return [raw for raw, _, _ in rows_of(source)]


def values_of(source: Source) -> list[Any]:
    """Every row, parsed."""
    return [orjson.loads(raw) for raw in raws_of(source)]


def check_fetch(source: Source) -> None:
    """Every row comes back as it was, by its whole reference, and in any order."""
    rows = rows_of(source)
    refs = {Ref(3, line, offset): raw for raw, line, offset in rows}
    assert source.fetch(reversed(refs)) == refs
    for ref in [*refs][:: max(len(refs) // 7, 1)]:
        assert source.fetch([ref]) == {ref: refs[ref]}
    assert source.fetch([]) == {}
    assert source.fetch([Ref(3, 10**9, 10**12)]) == {}
