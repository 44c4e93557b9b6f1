"""One input while it is being fixed: :class:`Workpiece`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from ftprep.finding import Finding
from ftprep.fixing.replace import Stamp, discard
from ftprep.io.file import FileSource
from ftprep.text.snippet import quote

if TYPE_CHECKING:
    from ftprep.io.source import Source


@dataclass(eq=False)
class Workpiece:
    """One input on its way: as it was opened, as it is now, and what was done to it."""

    before: Source
    now: Source
    stamp: Stamp | None = None
    records: int = -1
    stuck: bool = False
    redacted: bool = False
    strange: bool = False
    note: str = ""
    counts: Counter[str] = field(default_factory=Counter)
    rows: set[int] = field(default_factory=set)
    lines: int = 0
    failed: list[tuple[Finding, str]] = field(default_factory=list)

    def forget(self) -> None:
        """Go back to what the file was, for good."""
        self.discard()
        self.now, self.stuck = self.before, True
        self.counts, self.rows, self.lines = Counter(), set(), 0
        self.redacted = False

    def discard(self) -> None:
        """Remove the copy that the file is now."""
        if self.now is not self.before and isinstance(self.now, FileSource):
            if self.now.spooled:
                self.now.close()
            else:
                discard(self.now.path)

    def notes(self) -> Iterator[str]:
        """Sentences about fixes that were not applied."""
        if self.note:
            yield self.note
        reasons: dict[tuple[str, str], list[Finding]] = {}
        for finding, reason in self.failed:
            reasons.setdefault((finding.code, reason), []).append(finding)
        for (code, reason), findings in reasons.items():
            line = findings[0].ref.line
            place = quote(f"{self.before.name}:{line}" if line else self.before.name, 200)
            more = f" and {len(findings) - 1:,} more" if len(findings) > 1 else ""
            yield f"the fix of {code} was not applied at {place}{more}: {reason}"


def bytes_of(source: FileSource) -> Iterator[bytes]:
    """The bytes of a file as it stands on disk."""
    with Path(source.path).open("rb") as file:
        while part := file.read(1 << 20):
            yield part
