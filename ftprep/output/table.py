"""The table of rules, one line each: how often, and where in the data."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ftprep.output.cells import cells, cut
from ftprep.output.figures import count, percent
from ftprep.output.fixes import fix_way, only_linted
from ftprep.output.style import Style
from ftprep.report import Report, RuleSummary

_BARS, _DIGITS = "▁▂▃▄▅▆▇█", "0123456789"


def table(report: Report, style: Style) -> Iterator[str]:
    """A line of headings and one line per rule with findings, the most severe first; nothing without findings."""
    entries = report.summary()
    if not entries:
        return
    rows = [("severity", "code", "rule", "records", "%", "where", "fix")]
    linted = only_linted(report)
    rows += [(*_row(entry, style), fix_way(report.by_code[entry.code], linted)) for entry in entries]
    if not any(row[-1] for row in rows[1:]):
        rows = [(*row[:-1], "") for row in rows]
    widths = [max(cells(row[at]) for row in rows) for at in range(len(rows[0]))]
    # Names give way first: everything else is of bounded width.
    widths[2] = max(min(widths[2], style.cells - 1 - sum(widths) + widths[2] - 2 * (sum(map(bool, widths)) - 1)), 4)
    for number, row in enumerate(rows):
        severity, code, name, records, share, where, fix = row
        line = "  ".join(
            [
                f"{code:<{widths[1]}}",
                f"{cut(name, widths[2], style.ellipsis):<{widths[2]}}",
                f"{records:>{widths[3]}}",
                f"{share:>{widths[4]}}",
                f"{where:<{widths[5]}}",
                fix,
            ]
        )
        first = f" {severity:<{widths[0]}}"
        line = cut(line, style.cells - cells(first) - 2, style.ellipsis).rstrip()
        kind = entries[number - 1].severity if number else "dim"
        yield f"{style.paint(first, kind)}  {line if number else style.paint(line, 'dim')}"


def _row(entry: RuleSummary, style: Style) -> tuple[str, str, str, str, str, str]:
    severity = entry.severity.label
    if entry.lines:
        return severity, entry.code, entry.name, count(entry.lines, "line"), "", sparkline(entry.where, style.unicode)
    if not entry.records:
        return severity, entry.code, entry.name, count(entry.files, "file"), "", ""
    share = percent(entry.share).removesuffix(" %")
    return severity, entry.code, entry.name, f"{entry.records:,}", share, sparkline(entry.where, style.unicode)


def sparkline(counts: Sequence[int], unicode: bool = True) -> str:
    """One character per count, as high as its share of the largest; only a count of 0 has the lowest sign."""
    signs = _BARS if unicode else _DIGITS
    most = max(counts, default=0)
    return "".join(signs[0] if not one else signs[1 + one * (len(signs) - 2) // most] for one in counts)
