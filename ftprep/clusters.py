"""Rows that belong together, as the findings of a rule tell."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from ftprep.finding import Finding
from ftprep.record import Ref

_ROUNDED = 5e-5  # similarities have four digits


class Cluster(NamedTuple):
    """Rows that belong together. ``kept`` is the first; ``members`` are all of them, in reading order."""

    kept: Ref
    members: tuple[Ref, ...]
    similarity: float
    group: str = ""


class Pair(NamedTuple):
    """A row and the row that it nearly repeats, with the exact share of runs of words that they have in common."""

    kept: Ref
    row: Ref
    similarity: float


def clusters_of(findings: Iterable[Finding], similarity: float = 0.0) -> list[Cluster]:
    """The clusters of one rule's findings that are at least so similar to the row they name, the largest first."""
    groups: defaultdict[str, list[Finding]] = defaultdict(list)
    for finding in findings:
        if finding.group is not None and _similarity(finding) >= similarity - _ROUNDED:
            groups[finding.group].append(finding)
    found = []
    for group, own in groups.items():
        members = sorted({ref for one in own for ref in (one.ref, *one.related)})
        found.append(Cluster(members[0], tuple(members), min(map(_similarity, own)), group))
    return sorted(found, key=lambda one: (-len(one.members), one.kept))


def pairs_of(findings: Iterable[Finding]) -> list[Pair]:
    """The pairs of rows that findings with a similarity name, the least similar first."""
    pairs = [
        Pair(one.related[0], one.ref, _similarity(one)) for one in findings if one.related and "similarity" in one.data
    ]
    return sorted(pairs, key=lambda one: (one.similarity, one.row))


def _similarity(finding: Finding) -> float:
    return float(finding.data.get("similarity", 1.0))
