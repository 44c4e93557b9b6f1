"""One line per finding, for grep and for editors: ``path:line:column: CODE message``, with no cap.

The column is left out where it is not known: beyond the first 1,000 findings (see :mod:`ftprep.output.columns`), on
later lines of a pretty-printed row, and for rows that are not lines. Inputs without lines give ``name:row 17:``, a
finding about an input as a whole gives ``path:``.
"""

from __future__ import annotations

from collections.abc import Iterator

from ftprep.output.columns import finding_columns
from ftprep.output.style import Style
from ftprep.report import Report

_DEFAULT = Style()


def render(report: Report, style: Style = _DEFAULT) -> Iterator[str]:
    """Yield one line per finding, newline included; nothing when there is none."""
    columns = finding_columns(report)
    names = [style.plain(one.name) for one in report.inputs]
    words = ["row " if one.source.counts == "row" else "" for one in report.inputs]
    for number, finding in enumerate(report.findings):
        file, line, _ = finding.ref
        place = names[file]
        if line:
            place = f"{place}:{words[file]}{line}"
            column = columns[number][0] if number in columns else None
            if column is not None:
                place = f"{place}:{column}"
        code = style.paint(finding.code, finding.severity or "bold")
        yield f"{place}: {code} {style.plain(finding.message)}\n"
