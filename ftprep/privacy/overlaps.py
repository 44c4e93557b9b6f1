"""Spans that do not overlap, however many there are."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Protocol, TypeVar


class Span(Protocol):
    """Characters ``start`` to ``end`` (exclusive) of a text."""

    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...


S = TypeVar("S", bound=Span)


def apart(spans: Iterable[S], rank: Callable[[S], Any]) -> list[S]:
    """``spans`` in order, of those that overlap the one of the lowest ``rank``."""
    kept: list[S] = []
    starts: list[int] = []
    for span in sorted(spans, key=rank):
        at = bisect_left(starts, span.start)
        before = at == 0 or kept[at - 1].end <= span.start
        behind = at == len(kept) or span.end <= kept[at].start
        if before and behind:
            kept.insert(at, span)
            starts.insert(at, span.start)
    return kept


def clear_of(spans: Iterable[S], others: Iterable[Span]) -> list[S]:
    """Those of ``spans`` that none of ``others`` touches."""
    blocked = merged(others)
    ends = [end for _, end in blocked]
    kept = []
    for span in spans:
        at = bisect_right(ends, span.start)
        if at == len(blocked) or span.end <= blocked[at][0]:
            kept.append(span)
    return kept


def merged(spans: Iterable[Span]) -> Sequence[tuple[int, int]]:
    """The ranges that ``spans`` cover together, in order."""
    found: list[tuple[int, int]] = []
    for start, end in sorted((one.start, one.end) for one in spans):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return found
