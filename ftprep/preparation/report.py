"""What became of all rows, in numbers: for the screen, the manifest and the card."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ftprep.splitting.rows import Fault


@dataclass(slots=True)
class Tally:
    """Numbers of rows: ``made`` is what conversion made of those that were ``read``, broken rows included.

    ``fixed`` counts findings that were fixed, by code; ``changed`` the rows they were in. ``dropped`` counts rows left
    out by code; ``splits`` the rows of each split, ``tokens`` those of each file; ``tiers`` the rows of each tier,
    where provenance was asked for; ``unread`` are sentences about what redaction may not have reached.
    """

    read: int = 0
    made: int = 0
    fixed: Mapping[str, int] = field(default_factory=dict)
    changed: int = 0
    dropped: Counter[str] = field(default_factory=Counter)
    splits: Mapping[str, int] = field(default_factory=dict)
    tokens: Mapping[str, int] = field(default_factory=dict)
    tiers: Mapping[str, Mapping[str, int]] | None = None
    unread: Sequence[str] = ()

    @property
    def kept(self) -> int:
        """Rows in files of splits."""
        return sum(self.splits.values())

    @property
    def left(self) -> int:
        """Rows in none."""
        return self.dropped.total()

    def drop(self, fault: Fault) -> None:
        """Count one row that is left out."""
        self.dropped[fault.code or "other"] += 1
