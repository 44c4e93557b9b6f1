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
    """The targets that accept the data, those that would not with what stands in the way, and the rest in a line."""
    if not report.targets:
        return
    yield style.paint("targets: what each would refuse (ftprep lint --target NAME shows the places)", "bold")
    fine = [one.target for one in report.targets if one.accepts]
    if fine:
        yield from _line("accepted by", ", ".join(fine), "ok", len("accepted by"), style)
    refusing = sorted((one for one in report.targets if not one.accepts and not one.unread), key=lambda one: one.target)
    width = max((len(one.target) for one in refusing), default=0)
    for one in refusing:
        yield from _line(one.target, _said(one), "error", width, style)
    unread: dict[tuple[str, ...], list[str]] = {}
    for one in report.targets:
        if one.unread:
            unread.setdefault(one.unread, []).append(one.target)
    for formats, names in sorted(unread.items()):
        label = f"{' and '.join(formats)} not read by"
        yield from _line(label, ", ".join(names), "dim", len(label), style)


def _line(label: str, text: str, kind: str, width: int, style: Style) -> Iterator[str]:
    """``text`` behind its ``label``, in as many lines as it takes."""
    first, *others = fill(style.plain(text), style.cells, f"  {label:<{width}}  ", "    ")
    yield f"  {style.paint(label, kind)}{first[2 + len(label) :]}"
    yield from others


def _said(one: Answer) -> str:
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
