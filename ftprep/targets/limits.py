"""Limits on a file as a whole: rows, rows with images, bytes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from ftprep.targets.target import LEAST, Target, restrictions_for, widest

if TYPE_CHECKING:
    from ftprep.targets.target import Restriction

CODE = "TOK005"
CHECKS = ("rows-least", "rows-most", "bytes-least", "bytes-most", "image-rows-most")


class Totals(NamedTuple):
    """What a file holds. ``bytes`` None is not known, as of Python objects."""

    rows: int
    image_rows: int = 0
    bytes: int | None = None


class Broken(NamedTuple):
    """A limit that a file breaks, and the number that breaks it."""

    restriction: Restriction
    number: int


def broken_limits(
    target: Target, model: str | None, format: str | None, split: str | None, totals: Totals
) -> Iterator[Broken]:
    """The limits of ``target`` that a file breaks. Of several models' limits the widest holds where none is named.

    ``split`` is what the file is by its name; one that says nothing is taken for training rows.
    """
    role = "validation" if split in ("validation", "test") else "train"
    numbers = {
        "rows-least": totals.rows,
        "rows-most": totals.rows,
        "bytes-least": totals.bytes,
        "bytes-most": totals.bytes,
        "image-rows-most": totals.image_rows,
    }
    for check, number in numbers.items():
        found = restrictions_for(target.name, CODE, check, format, model)
        limit = widest(one for one in found if one.split in ("", role))
        if limit is None or number is None:
            continue
        bound = limit.value["limit"]
        if number < bound if check.endswith(LEAST) else number > bound:
            yield Broken(limit, number)
