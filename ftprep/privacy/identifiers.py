"""Identifiers of customers, orders, tickets and their like: in a text and in a shard, with the same verdicts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ftprep.privacy.anchors import ALNUM, DIGIT, UPPER, Anchors, Runs, anchors, anchors_of
from ftprep.privacy.hints import near
from ftprep.privacy.identifier_context import is_payload
from ftprep.privacy.identifier_labels import NEAR, labelled, may_be_labelled, under_keys
from ftprep.privacy.identifier_shapes import RANDOM_LENGTHS, has_shape, opaque
from ftprep.privacy.overlaps import apart
from ftprep.privacy.value import Value

if TYPE_CHECKING:
    from ftprep.shard import Shard

Ints = NDArray[np.int64]


def find_in(text: str) -> list[Value]:
    """The identifiers of ``text`` in order, none of them overlapping; a labelled one is not opaque, too."""
    if not may_hold(text):
        return []
    return _found([text], anchors_of(text)).get(0, [])


def may_hold(text: str) -> bool:
    """Whether it is worth while to look for identifiers in ``text``."""
    return has_shape(text) or may_be_labelled(text)


def identifiers_of(shard: Shard) -> Mapping[int, Sequence[Value]]:
    """The identifiers of a shard's texts by the number of the text, as :func:`find_in`; call it through ``once``."""
    return _found(shard.values, shard.once(anchors))


def _found(texts: Sequence[str], places: Anchors) -> dict[int, list[Value]]:
    near_labels = _near_labels(places)
    shaped = set(places.text_of(_shapes(places)).tolist())
    found: dict[int, list[Value]] = {}
    for number in sorted(near_labels.keys() | shaped):
        text = texts[number]
        payload = is_payload(text)
        values: list[Value] = []
        if number in near_labels:
            if payload:
                values += under_keys(text)
            values += labelled(text, near_labels[number])
        if number in shaped:
            values += opaque(text, payload=payload)
        if values:
            # A labelled identifier is not opaque, too.
            found[number] = apart(values, lambda one: (one.code, one.start - one.end, one.start))
    return found


def _near_labels(places: Anchors) -> dict[int, list[int]]:
    """By the number of the text, where a run of digits starts that may belong to a labelled value."""
    digits = places.digits
    if not len(digits):
        return {}
    kinds = (places.classes & (ALNUM)) > 0
    last = len(kinds) - 1
    left, left2 = kinds[np.maximum(digits - 1, 0)], kinds[np.maximum(digits - 2, 0)]
    right, right2 = kinds[np.minimum(digits + 1, last)], kinds[np.minimum(digits + 2, last)]
    starts = np.concatenate(([True], np.diff(digits) > 1))
    # Three letters or digits in a row, of which this is one: no value is made of shorter pieces only.
    wide = (left & left2) | (left & right) | (right & right2)
    candidates = digits[starts & wide]
    candidates = near(places, Runs(candidates, candidates), "label", NEAR, 0).starts
    numbers = places.text_of(candidates)
    found: dict[int, list[int]] = {}
    for number, place in zip(numbers.tolist(), (candidates - places.starts[numbers]).tolist(), strict=True):
        found.setdefault(number, []).append(place)
    return found


def _shapes(places: Anchors) -> Ints:
    """Where something stands that has the shape of an identifier."""
    hyphens = places.at("-")
    classes = places.classes
    found = []
    if len(hyphens):
        last = len(classes) - 1
        before, behind = classes[np.maximum(hyphens - 1, 0)], classes[np.minimum(hyphens + 1, last)]
        found.append(hyphens[((before & UPPER) > 0) & ((behind & DIGIT) > 0)])
        if len(hyphens) > 3:
            even = (np.diff(hyphens)[:-2] == 5) & (np.diff(hyphens)[1:-1] == 5) & (np.diff(hyphens)[2:] == 5)
            found.append(hyphens[:-3][even])
    if len(classes) > RANDOM_LENGTHS[0]:
        runs = places.runs(ALNUM, RANDOM_LENGTHS[0])
        found.append(runs.starts[runs.ends - runs.starts <= RANDOM_LENGTHS[1]])
    return np.concatenate(found) if found else hyphens
