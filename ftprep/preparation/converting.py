"""Rows of the copies in the format that a target wants, before its rules look at them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from ftprep.conversion.calls import dump, parse_row
from ftprep.conversion.conversation import CannotConvert, Note
from ftprep.conversion.converter import Converter
from ftprep.conversion.goal import Goal
from ftprep.conversion.run import open_conversion
from ftprep.preparation.work import Copy, Work
from ftprep.splitting.rows import Fault
from ftprep.suppression import KEY, take_keys

if TYPE_CHECKING:
    from ftprep.settings import Settings

REFUSED = "convert"
"""What stands in the place of a rule's code for a row that cannot be written for the goal."""


@dataclass(slots=True)
class Conversion:
    """What became of the rows: the format they have now, what it cannot say or says in another way, and the formats
    (``sources``) that they had.
    """

    format: str
    losses: list[Note] = field(default_factory=list)
    changes: list[Note] = field(default_factory=list)
    sources: tuple[str, ...] = ()
    byte_order_mark: bool = False


@dataclass(frozen=True, slots=True)
class Wish:
    """What rows are to become; ``mapping`` renames columns first, ``system`` is for rows without a system prompt."""

    goal: Goal
    mapping: Mapping[str, str] = field(default_factory=dict)
    system: str | None = None


def convert_copies(work: Work, wish: Wish, settings: Settings) -> Conversion:
    """Convert every row of ``work`` in place; those that cannot be are lost. Raises ``UsageError`` where none can."""
    run = open_conversion(work.open(), wish.goal, format=settings.format, mapping=wish.mapping, system=wish.system)
    for copy, part in zip(work.copies, run.parts, strict=True):
        _convert(copy, part.converter)
    mark = wish.goal.dialect(run.format).byte_order_mark
    sources = tuple(dict.fromkeys(part.converter.source for part in run.parts))
    return Conversion(run.format, run.losses, run.changes, sources, mark)


def _convert(copy: Copy, converter: Converter) -> None:
    written = copy.path.with_suffix(".converted")
    kept: list[int] = []
    with copy.path.open("rb") as rows, written.open("wb") as stream:
        for line, raw in enumerate(rows):
            try:
                made = _converted(raw.removesuffix(b"\n"), converter)
            except CannotConvert as refusal:
                copy.lost[int(copy.rows[line])] = Fault(REFUSED, str(refusal))
                continue
            for one in made:
                stream.write(one + b"\n")
                kept.append(line)
    written.replace(copy.path)
    places = np.array(kept, dtype=np.int64)
    copy.lines, copy.rows = copy.lines[places], copy.rows[places]


def _converted(raw: bytes, converter: Converter) -> list[bytes]:
    """The lines that a row becomes. What it says to ftprep itself goes with each."""
    try:
        row = parse_row(raw)
    except (ValueError, RecursionError):
        return [raw]  # what is no row is for the rules about files to say
    if not isinstance(row, dict):
        return [raw]
    keys = take_keys((raw,), (row,))
    return [dump({**one, KEY: keys[0]} if keys else one) for one in converter.rows(row)]
