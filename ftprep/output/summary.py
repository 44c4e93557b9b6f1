"""The short report for people: what was read, the table of rules, the verdict."""

from __future__ import annotations

from collections.abc import Iterator

from ftprep.output.answers import answers
from ftprep.output.closing import closing, is_clean
from ftprep.output.header import header
from ftprep.output.style import Style
from ftprep.output.table import table
from ftprep.report import Report

_DEFAULT = Style()


def render(report: Report, style: Style = _DEFAULT) -> Iterator[str]:
    """Yield the report line by line, newlines included."""
    parts = [list(table(report, style))]
    if not style.quiet:
        parts = [list(header(report, style)), *parts, list(closing(report, style)), list(answers(report, style))]
    if is_clean(report):
        parts = [[line for part in parts[:3] for line in part], *parts[3:]]
    yield from (f"{line}\n" for line in _joined(parts))


def _joined(parts: list[list[str]]) -> Iterator[str]:
    """The lines of all parts that have any, with an empty line between parts."""
    for number, part in enumerate(part for part in parts if part):
        if number:
            yield ""
        yield from part
