"""Spans: half-open ranges of places in a text."""

from __future__ import annotations

import bisect
import operator
from collections.abc import Sequence

Span = tuple[int, int]

_start = operator.itemgetter(0)


def within(place: int, spans: Sequence[Span]) -> bool:
    """Whether one of ``spans``, which are in order and do not overlap, holds ``place``."""
    nearest = bisect.bisect_right(spans, place, key=_start) - 1
    return nearest >= 0 and place < spans[nearest][1]
