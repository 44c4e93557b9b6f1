"""The report as one JSON document (version 1), written piece by piece: one finding per line, whatever their number."""

from __future__ import annotations

from collections.abc import Iterator

from ftprep.output.document import finding_entries, head, verdict_entry
from ftprep.output.encode import encode
from ftprep.output.style import Style
from ftprep.report import Report

_DEFAULT = Style()
_LISTS = ("inputs", "summary", "not_run", "targets")


def render(report: Report, style: Style = _DEFAULT) -> Iterator[str]:
    """Yield the document; the style changes nothing."""
    yield "{\n"
    for key, value in head(report).items():
        if key in _LISTS:
            yield from _list(key, (encode(one) for one in value))  # type: ignore[attr-defined]
        else:
            yield f'"{key}": {encode(value)},\n'
    yield from _list("findings", (encode(one) for one in finding_entries(report)))
    yield f'"verdict": {encode(verdict_entry(report))}\n}}\n'


def _list(key: str, items: Iterator[str]) -> Iterator[str]:
    yield f'"{key}": ['
    empty = True
    for item in items:
        yield f"\n  {item}" if empty else f",\n  {item}"
        empty = False
    yield "],\n" if empty else "\n],\n"
