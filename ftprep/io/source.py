"""What every input offers, whatever it is: :class:`Source`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, Protocol

from ftprep.io.probe import Probe
from ftprep.record import Ref

if TYPE_CHECKING:
    from ftprep.io.chunk import Chunk, Range


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """A defect between rows, where no row can carry it: a missing comma, an array that is never closed.

    ``count`` is the number of places; ``line`` and ``offset`` are those of the first. ``code`` is the rule that
    speaks of it.
    """

    line: int
    offset: int
    message: str
    count: int = 1
    code: Literal["JSN001", "JSN004"] = "JSN001"


class FaultLog:
    """Collects faults; each message is kept once, with the number of its places."""

    def __init__(self) -> None:
        self._faults: dict[str, Fault] = {}

    def add(self, fault: Fault) -> None:
        """Note one place."""
        known = self._faults.get(fault.message)
        self._faults[fault.message] = fault if known is None else replace(known, count=known.count + 1)

    def __contains__(self, message: str) -> bool:
        return message in self._faults

    def __iter__(self) -> Iterator[Fault]:
        return iter(sorted(self._faults.values()))


class Source(Protocol):
    """One input. Picklable: a worker process may read ranges of a file.

    ``name`` is the path as the user gave it, or ``<stdin>``, ``<DataFrame>``, ``<Dataset>``, ``<list>``,
    ``<iterator>``. ``size`` is the number of bytes on disk, None for objects. ``counts`` says what ``Ref.line``
    means. ``problems`` are sentences about what kept the last pass of :meth:`chunks` from reading to the end;
    ``faults`` are defects that this pass found between rows.
    """

    index: int
    name: str
    size: int | None
    counts: Literal["line", "row"]
    probe: Probe

    @property
    def problems(self) -> Sequence[str]:
        """Sentences about data that could not be read: a truncated gzip file, a damaged Parquet file."""

    @property
    def faults(self) -> Sequence[Fault]:
        """Defects between rows, each kind once."""

    def chunks(self) -> Iterator[Chunk]:
        """Yield all rows in reading order with bounded memory.

        Raises :class:`~ftprep.errors.InputError` when the file cannot be opened or read.
        """

    def ranges(self) -> list[Range] | None:
        """Byte ranges that workers may read out of order; None where the source cannot be cut."""

    def read_range(self, part: Range) -> Chunk:
        """Read one range. Lines count from the first line of the range, which is 1."""

    def fetch(self, refs: Iterable[Ref]) -> dict[Ref, bytes]:
        """The raw bytes of some rows again. A row that is no longer there is left out."""

    def sha256(self) -> str | None:
        """SHA-256 of the file's own bytes in hex; None for objects."""

    def close(self) -> None:
        """Give up temporary files."""
