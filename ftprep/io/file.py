"""What all inputs with bytes on disk share: :class:`FileSource`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from ftprep.io.chunk import Chunk, Limits, Range
from ftprep.io.probe import Probe
from ftprep.io.source import Fault, FaultLog
from ftprep.io.stream import Stream, sha256_of, unreadable
from ftprep.record import Ref

if TYPE_CHECKING:
    from ftprep.io.spool import Spool

_BOM_BYTES = 3


@dataclass(slots=True)
class Pass:
    """What one reading of a source found out besides the rows."""

    problems: list[str] = field(default_factory=list)
    faults: FaultLog = field(default_factory=FaultLog)


class FileSource:
    """A file, or what was spooled into one. Subclasses say how its bytes are cut into rows."""

    counts: Literal["line", "row"] = "line"
    called: str | None = None
    """The file name whose suffix counts; None for the one that is shown."""

    def __init__(
        self,
        path: Path,
        name: str,
        index: int,
        probe: Probe,
        *,
        spool: Spool | None = None,
        limits: Limits | None = None,
    ) -> None:
        self.path = path
        self.name = name
        self.index = index
        self.probe = probe
        self.block_bytes, self.max_rows = limits or Limits.usual()
        self._spool = spool
        self._last = Pass()
        try:
            self.size: int | None = path.stat().st_size
        except OSError as error:
            raise unreadable(name, error) from error

    def __getstate__(self) -> dict[str, Any]:
        # The process that made a temporary file removes it, no other.
        return {**self.__dict__, "_spool": None}

    @property
    def spooled(self) -> bool:
        """Whether the file is a copy of what came through a pipe."""
        return self._spool is not None

    @property
    def problems(self) -> Sequence[str]:
        """Sentences about what the last pass could not read."""
        return self._last.problems

    @property
    def faults(self) -> Sequence[Fault]:
        """Defects that the last pass found between rows."""
        return list(self._last.faults)

    def chunks(self) -> Iterator[Chunk]:
        """Yield all rows in reading order."""
        self._last = Pass()
        return self._chunks(self._last)

    def _chunks(self, notes: Pass) -> Iterator[Chunk]:
        return iter(())

    def ranges(self) -> list[Range] | None:
        """None: only plain JSON Lines can be cut without being read."""
        return None

    def read_range(self, part: Range) -> Chunk:
        """Read one range; lines count from 1."""
        raise NotImplementedError

    def fetch(self, refs: Iterable[Ref]) -> dict[Ref, bytes]:
        """The raw bytes of some rows again, by reading up to the last of them."""
        waiting: defaultdict[int, set[Ref]] = defaultdict(set)
        for ref in refs:
            waiting[ref.line].add(ref)
        found: dict[Ref, bytes] = {}
        if not waiting:
            return found
        last = max(waiting)
        for chunk in self._chunks(Pass()):
            if len(chunk) and chunk.lines[0] > last:
                break
            for row in np.flatnonzero(np.isin(chunk.lines, np.array(list(waiting)))).tolist():
                line, offset = int(chunk.lines[row]), int(chunk.offsets[row])
                for ref in waiting[line] - found.keys():
                    if ref.offset in (-1, offset):
                        found[ref] = chunk.data[chunk.starts[row] : chunk.ends[row]]
        return found

    def sha256(self) -> str | None:
        """SHA-256 of the file's own bytes."""
        return sha256_of(self.path, self.name)

    def inflated(self) -> Stream:
        """All bytes of the file, inflated, from the first on."""
        return self._stream(0)

    def close(self) -> None:
        """Remove the temporary file, if there is one."""
        if self._spool is not None:
            self._spool.close()

    @property
    def _first_byte(self) -> int:
        return _BOM_BYTES if self.probe.bom else 0

    def _stream(self, start: int | None = None) -> Stream:
        """Open the file behind its byte order mark, or at byte ``start``."""
        at = self._first_byte if start is None else start
        return Stream(self.path, self.name, self.probe.compression, at)

    def _note_damage(self, stream: Stream, notes: Pass, lines: int) -> None:
        if stream.damage:
            after = f" after line {lines:,}" if lines else ""
            notes.problems.append(f"`{self.name}` {stream.damage}{after}")
