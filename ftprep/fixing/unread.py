"""What redaction did not reach, in sentences."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from ftprep.engine.local import LocalEngine
from ftprep.privacy.unread import unread_values
from ftprep.text.snippet import quote

if TYPE_CHECKING:
    from ftprep.inputs import Input
    from ftprep.settings import Settings

_SHOWN = 8


def unread_notes(inputs: Iterable[Input], settings: Settings, jobs: int) -> Iterator[str]:
    """Sentences about places of ``inputs`` where values may be left, because no rule reads there."""
    found: dict[str, tuple[int, str]] = {}
    for one in inputs:
        for lines, places in LocalEngine([one], settings, jobs).map_shards(unread_values):
            for place, rows, line in places:
                before, first = found.get(place, (0, f"{one.name}:{line + lines}"))
                found[place] = before + rows, first
    ordered = sorted(found.items(), key=lambda item: (-item[1][0], item[0]))
    for place, (rows, first) in ordered[:_SHOWN]:
        where = quote(place, 80) if place.startswith("/") else place
        number = "1 row" if rows == 1 else f"{rows:,} rows"
        yield f"values may be left in {where}, where no rule reads: {number}, the first {quote(first, 200)}"
    if len(ordered) > _SHOWN:
        yield f"values may be left in {len(ordered) - _SHOWN} more places where no rule reads"
