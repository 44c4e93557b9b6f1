"""How a report is written for people: colour, width, characters, and how much of it."""

from __future__ import annotations

from dataclasses import dataclass

import click

from ftprep.finding import Severity
from ftprep.text.snippet import escape

# Sixteen-colour palette; the words and signs say the same without it.
_COLORS = {"error": "red", "warning": "yellow", "info": "cyan", "ok": "green"}
_NARROWEST = 40


@dataclass(frozen=True, slots=True)
class Style:
    """``width`` is in terminal cells. ``show`` is the number of examples per rule, None for all.

    Without ``unicode`` all text is ASCII. ``quiet`` leaves only findings, ``verbose`` adds what explains the run.
    """

    color: bool = False
    width: int = 88
    unicode: bool = True
    show: int | None = 3
    quiet: bool = False
    verbose: bool = False

    @property
    def cells(self) -> int:
        """The width that lines are cut to: ``width``, but never so narrow that nothing can be read."""
        return max(self.width, _NARROWEST)

    @property
    def ellipsis(self) -> str:
        """The sign for text that was left out."""
        return "…" if self.unicode else "..."

    def plain(self, text: str) -> str:
        """``text`` in characters that the terminal can write and that cannot steer it. Changes nothing twice."""
        safe = escape(text)
        if self.unicode or safe.isascii():
            return safe
        return safe.replace("…", "...").encode("ascii", "backslashreplace").decode()

    def paint(self, text: str, kind: str | Severity) -> str:
        """``text`` in the colour of a severity, of "ok", or "bold" or "dim". Cut and pad before this."""
        if not self.color or not text:
            return text
        name = kind.label if isinstance(kind, Severity) else kind
        if name == "dim":
            return click.style(text, dim=True)
        return click.style(text, fg=_COLORS.get(name), bold=True)
