"""Columns of findings for formats that list all. Each needs its row to be read again, so they are rationed."""

from __future__ import annotations

from ftprep.report import Report
from ftprep.text.excerpt import Columns

MAX_COLUMNS = 1_000
"""Findings of a run whose columns are looked up; shared out evenly between rules, the first findings of each."""


def finding_columns(report: Report) -> dict[int, Columns]:
    """Map positions in ``report.findings`` to (column, end column). Other findings have no known column."""
    wanted = _rationed([one.code for one in report.findings])
    return dict(zip(wanted, report.columns([report.findings[at] for at in wanted]), strict=True))


def _rationed(codes: list[str]) -> list[int]:
    """Positions of the first findings of each rule, as many of each as fit into ``MAX_COLUMNS``, in reading order."""
    if len(codes) <= MAX_COLUMNS:
        return list(range(len(codes)))
    positions: dict[str, list[int]] = {}
    for at, code in enumerate(codes):
        positions.setdefault(code, []).append(at)
    chosen: list[int] = []
    # The rarest rules first: what they leave of their share goes to the others.
    for number, ones in enumerate(sorted(positions.values(), key=len)):
        chosen += ones[: (MAX_COLUMNS - len(chosen)) // (len(positions) - number)]
    return sorted(chosen)
