"""What every target says about the data: one line each, where all were asked."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ftprep.output.cells import fill
from ftprep.output.figures import count
from ftprep.output.style import Style
from ftprep.report import Report

if TYPE_CHECKING:
    from ftprep.engine.survey import Answer

SHOWN = 4  # rules named per target


def answers(report: Report, style: Style) -> Iterator[str]:
    """The targets that accept the data, then those that would not, with what stands in the way."""
    if not report.targets:
        return
    width = max(len(one.target) for one in report.targets)
    yield style.paint("targets: what each would refuse (ftprep lint --target NAME shows the places)", "bold")
    for one in sorted(report.targets, key=lambda one: (not one.accepts, bool(one.unread), one.target)):
        kind = "ok" if one.accepts else "dim" if one.unread else "error"
        space = " " * (width + 4)
        first, *others = fill(style.plain(_said(one)), style.cells, space, space)
        yield f"  {style.paint(one.target, kind)}{first[2 + len(one.target) :]}"
        yield from others


def _said(one: Answer) -> str:
    if one.accepts:
        return "accepts"
    if one.unread:
        return f"does not read {', '.join(one.unread)}"
    whole = [f"{found.code} {found.name}" for found in one.obstacles if found.files]
    in_rows = [f"{found.code} {found.name} {found.rows:,}" for found in one.obstacles if found.rows]
    parts = []
    if one.rows:
        shown = ", ".join(in_rows[:SHOWN])
        more = f", {len(in_rows) - SHOWN} more" if len(in_rows) > SHOWN else ""
        parts.append(f"{count(one.rows, 'record')} ({shown}{more})")
    if whole:
        parts.append(f"the file as a whole ({', '.join(whole)})")
    return "; ".join(parts)
