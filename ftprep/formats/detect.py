"""Which format a file has: rows of a sample vote, the reasons are kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from ftprep.formats.format import Match, all_formats

RFT_SHARE = 0.9  # below this, rows that end with the user are answers that are missing, not prompts


class Alternative(NamedTuple):
    """Another format that the rows could be."""

    name: str
    confidence: float


class Detection(NamedTuple):
    """What a file most likely is. ``format`` is None when no known shape fits most of its rows."""

    format: str | None
    confidence: float
    reasons: tuple[str, ...]
    alternatives: tuple[Alternative, ...] = ()
    keys: tuple[str, ...] = ()
    forced: bool = False


def matches(row: Mapping[str, Any]) -> list[tuple[str, Match]]:
    """Every format that ``row`` looks like, the best first."""
    found = []
    for name, format in all_formats().items():
        match = format.match(row)
        if match is not None:
            found.append((name, match))
    return found


def format_of(row: Mapping[str, Any]) -> str | None:
    """The format that ``row`` by itself looks like most, or None."""
    for name, format in all_formats().items():
        if format.match(row) is not None:
            return name
    return None


def detect(rows: Sequence[Mapping[str, Any]]) -> Detection:
    """Let ``rows`` vote. The format with most votes wins; its confidence is the share of votes × its own."""
    votes: Counter[str] = Counter()
    firsts: dict[str, Match] = {}
    others: Counter[str] = Counter()
    for row in rows:
        found = matches(row)
        if not found:
            continue
        name, match = found[0]
        votes[name] += 1
        firsts.setdefault(name, match)
        for other, _ in found[1:]:
            others[other] += 1
    total = len(rows)
    keys = _common_keys(rows)
    if not votes:
        return Detection(None, 0.0, _nearest(keys), (), keys)
    name, count = votes.most_common(1)[0]
    confidence = round(firsts[name].confidence * count / total, 2)
    reasons = (f"{count} of {total} sampled rows: {firsts[name].reason}",)
    alternatives = tuple(Alternative(other, 0.5) for other, _ in others.most_common(3))
    return Detection(name, confidence, reasons, alternatives, keys)


def _common_keys(rows: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    counts: Counter[str] = Counter()
    for row in rows:
        counts.update(row.keys())
    return tuple(key for key, _ in counts.most_common(12))


def _nearest(keys: tuple[str, ...]) -> tuple[str, ...]:
    here = set(keys)

    def similarity(known: frozenset[str]) -> float:
        return len(here & known) / len(here | known) if here | known else 0.0

    ranked = sorted(all_formats().values(), key=lambda one: (-similarity(one.keys), one.priority))
    return tuple(one.name for one in ranked[:3])
