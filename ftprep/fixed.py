"""What a run repaired: :class:`Fixed`, a part of the report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

REWRITTEN = ("jsonl", "array", "concatenated", "none")
"""Containers of rows that fixes are written into; tables, Parquet files and objects are linted only."""


@dataclass(frozen=True, slots=True)
class Fixed:
    """What was fixed, or with ``dry`` would be.

    ``counts`` are fixed findings by code. ``rows`` counts the rows that changed and the lines without a row that went
    away; ``files`` are the names of the inputs that changed. ``notes`` are sentences about what could not be fixed.
    ``unsafe`` says that unsafe fixes were applied, too,
    ``fails`` says that a run that fixed something shall fail.
    """

    counts: Mapping[str, int] = field(default_factory=dict)
    rows: int = 0
    files: Sequence[str] = ()
    notes: Sequence[str] = ()
    dry: bool = False
    unsafe: bool = False
    fails: bool = False

    @property
    def findings(self) -> int:
        """Number of findings that were fixed."""
        return sum(self.counts.values())

    def __str__(self) -> str:
        """``fixed 12 findings in 9 rows (JSN005 2, TUL009 10)``."""
        verb = "would fix" if self.dry else "fixed"
        if not self.counts:
            return "nothing to fix" if self.dry else "fixed nothing"
        where = f" in {self.rows:,} {'row' if self.rows == 1 else 'rows'}" if self.rows else ""
        by_code = ", ".join(f"{code} {number:,}" for code, number in sorted(self.counts.items()))
        findings = f"{self.findings:,} {'finding' if self.findings == 1 else 'findings'}"
        return f"{verb} {findings}{where} ({by_code})"
