"""The report as JSON Lines: inputs, findings, clusters, rules in numbers, and at last the verdict, one per line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ftprep.output.document import cluster_entries, finding_entries, input_entry, run_entry, summary_entries
from ftprep.output.encode import encode
from ftprep.output.style import Style
from ftprep.report import Report

_DEFAULT = Style()


def render(report: Report, style: Style = _DEFAULT) -> Iterator[str]:
    """Yield one line per object; the style changes nothing."""
    for one in report.inputs:
        yield _line("input", input_entry(one))
    for finding in finding_entries(report):
        yield _line("finding", finding)
    for cluster in cluster_entries(report):
        yield _line("cluster", cluster)
    for entry in summary_entries(report):
        yield _line("summary", entry)
    yield _line("verdict", run_entry(report))


def _line(kind: str, value: Mapping[str, Any]) -> str:
    return encode({"type": kind, **value}) + "\n"
