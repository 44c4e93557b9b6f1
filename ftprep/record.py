"""Where something stands: :class:`Ref` names a row, :class:`Text` one string inside it."""

from __future__ import annotations

from typing import NamedTuple


class Ref(NamedTuple):
    """One row of one input; sorts in reading order.

    ``file`` is the index of the input in the run. ``line`` is the 1-based line on which the row starts (the row
    number, from 1, for inputs without lines: Parquet and Python objects); 0 means the input as a whole.
    ``offset`` is the byte offset of the row in the inflated file, or -1 where an input has none.
    """

    file: int
    line: int
    offset: int = -1


class Text(NamedTuple):
    """One string of a row, with the JSON Pointer to it and who says it."""

    pointer: str
    role: str
    value: str
