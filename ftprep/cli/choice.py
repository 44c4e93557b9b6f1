"""A choice of words on the command line, whose error names the nearest."""

from __future__ import annotations

from typing import Any

import click

from ftprep.errors import did_you_mean
from ftprep.text.snippet import quote


class Choice(click.Choice[str]):
    """As click's, but one who mistypes is told what was meant."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        words = [str(one) for one in self.choices]
        if isinstance(value, str) and value not in words:
            self.fail(
                f"unknown word {quote(value)}{did_you_mean(value, words) or '; known: ' + ', '.join(words)}", param, ctx
            )
        return super().convert(value, param, ctx)
