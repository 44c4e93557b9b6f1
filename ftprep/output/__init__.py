"""Renderers: pure functions from a report to lines of text. They print nothing and look at no clock or environment."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from ftprep.errors import UsageError, did_you_mean

if TYPE_CHECKING:
    from ftprep.output.style import Style
    from ftprep.report import Report

RENDERERS = {
    "full": "full",
    "concise": "concise",
    "summary": "summary",
    "json": "json_report",
    "jsonl": "json_lines",
}
"""Module of each output format; each has a function ``render(report, style)``."""


def renderer(name: str) -> Callable[[Report, Style], Iterator[str]]:
    """Return the function that renders a report as ``name``; its strings together are the output.

    Raises ``UsageError`` with the nearest name for an unknown one.
    """
    key = name.lower()
    if key not in RENDERERS:
        known = ", ".join(RENDERERS)
        raise UsageError(f"unknown output format `{name}`{did_you_mean(name, RENDERERS)} (known: {known})")
    module = importlib.import_module(f"ftprep.output.{RENDERERS[key]}")
    render: Callable[[Report, Style], Iterator[str]] = module.render
    return render
