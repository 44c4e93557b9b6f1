"""The schema that JSON answers of a task have in common, and what departs from it."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

from ftprep.tasks.kinds import fold
from ftprep.tasks.spelling import is_typo

Shape = frozenset[tuple[str, str]]
"""Pointer and type of all that one answer holds (:func:`ftprep.tasks.forms.shape_of`)."""

LEAST_ROWS = 20
_OPEN = 0.3  # key sets per row, from which on the schema is open
_CLOSED = 0.1  # key sets per row, up to which a rare key is one
_VARIANT, _SIBLING = 0.05, 0.3  # presence of a misspelt key, and of the right one
_MISSING, _RARE = 0.9, 0.02
_USUAL_TYPE = 0.8
_ALIKE = 0.5  # Jaccard of two key sets, below which they are two kinds of answers
_OWN_KIND = 3  # rows that a kind of answers has
_JOINTS = re.compile(r"[\s_\-.]+")


class Departure(NamedTuple):
    """What some answers do otherwise: ``shapes`` are the numbers of theirs, ``rows`` how many answers that is.

    ``key`` is the pointer of what they have or lack, ``usual`` the key that they have it for, or the usual type.
    """

    what: Literal["variant", "missing", "rare", "type"]
    key: str
    usual: str
    rows: int
    shapes: tuple[int, ...]


def departures(shapes: Sequence[tuple[Shape, int]]) -> list[Departure]:
    """What departs from the common schema of answers, given as shapes with the number of answers of each."""
    total = sum(count for _, count in shapes)
    roots = {_keys(shape).get("", frozenset()) for shape, _ in shapes}
    if total < LEAST_ROWS or len(roots) > _OPEN * total:
        return []
    parents: defaultdict[str, list[tuple[int, frozenset[str], int]]] = defaultdict(list)
    for number, (shape, count) in enumerate(shapes):
        for parent, keys in _keys(shape).items():
            parents[parent].append((number, keys, count))
    found: list[Departure] = []
    for parent in sorted(parents):
        found += _of_parent(parent, _usual_kind(parents[parent]))
    return [*found, *_types(shapes)]


def _keys(shape: Shape) -> dict[str, frozenset[str]]:
    """The keys of each object of an answer, by the object's pointer."""
    found: dict[str, set[str]] = {pointer: set() for pointer, name in shape if name == "object"}
    for pointer, _ in shape:
        parent, slash, key = pointer.rpartition("/")
        if slash and parent in found and key != "*":
            found[parent].add(key)
    return {parent: frozenset(keys) for parent, keys in found.items()}


def _usual_kind(objects: list[tuple[int, frozenset[str], int]]) -> list[tuple[int, frozenset[str], int]]:
    """Without objects of another kind, as an error is beside a result: they share few keys, and there are several."""
    total = sum(count for _, _, count in objects)
    presence = _presence(objects)
    usual = {key for key, count in presence.items() if 2 * count >= total}
    by_keys: Counter[frozenset[str]] = Counter()
    for _, keys, count in objects:
        by_keys[keys] += count
    others = {
        keys for keys, count in by_keys.items() if count >= _OWN_KIND and usual and _likeness(keys, usual) < _ALIKE
    }
    return [one for one in objects if one[1] not in others]


def _likeness(keys: frozenset[str], usual: set[str]) -> float:
    """The Jaccard index of two key sets, in which a misspelt key is the one that is meant."""
    strange, missing = keys - usual, usual - keys
    meant = sum(any(_is_variant(key, other) for other in missing) for key in strange)
    return (len(keys & usual) + meant) / max(len(keys | usual) - meant, 1)


def _presence(objects: list[tuple[int, frozenset[str], int]]) -> Counter[str]:
    presence: Counter[str] = Counter()
    for _, keys, count in objects:
        for key in keys:
            presence[key] += count
    return presence


def _of_parent(parent: str, objects: list[tuple[int, frozenset[str], int]]) -> Iterator[Departure]:
    total = sum(count for _, _, count in objects)
    sets = len({keys for _, keys, _ in objects})
    if total < LEAST_ROWS or sets > _OPEN * total:
        return
    presence = _presence(objects)
    together = {(one, other) for _, keys, _ in objects for one in keys for other in keys} if len(presence) < 200 else ()
    explained: set[int] = set()
    for key in sorted(presence):
        if presence[key] > _VARIANT * total:
            continue
        mine = tuple(number for number, keys, _ in objects if key in keys)
        right = next(
            (
                other
                for other, count in presence.most_common()
                if count >= _SIBLING * total and (key, other) not in together and _is_variant(key, other)
            ),
            None,
        )
        if right is not None:
            explained.update(mine)
            yield Departure("variant", f"{parent}/{key}", right, presence[key], mine)
        elif presence[key] <= _RARE * total and sets <= _CLOSED * total:
            yield Departure("rare", f"{parent}/{key}", "", presence[key], mine)
    for key in sorted(presence):
        if _MISSING * total <= presence[key] < total:
            lacking = [
                (number, count) for number, keys, count in objects if key not in keys and number not in explained
            ]
            if lacking:
                rows = sum(count for _, count in lacking)
                yield Departure("missing", f"{parent}/{key}", "", rows, tuple(number for number, _ in lacking))


def _is_variant(key: str, other: str) -> bool:
    mine, theirs = (_JOINTS.sub("", fold(one)) for one in (key, other))
    return mine == theirs or is_typo(mine, theirs)


def _types(shapes: Sequence[tuple[Shape, int]]) -> Iterator[Departure]:
    types: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for shape, count in shapes:
        for pointer, name in shape:
            if name != "null" and pointer:
                types[pointer][name] += count
    for pointer, counts in sorted(types.items()):
        (usual, most), total = counts.most_common(1)[0], sum(counts.values())
        if len(counts) < 2 or total < LEAST_ROWS or most < _USUAL_TYPE * total:
            continue
        odd = [
            number
            for number, (shape, _) in enumerate(shapes)
            if any(place == pointer and name not in ("null", usual) for place, name in shape)
        ]
        kinds = " and ".join([usual, *sorted(name for name in counts if name != usual)])
        yield Departure("type", pointer, kinds, total - most, tuple(odd))
