"""Identifiers of customers, orders, tickets and their like: in a text (:func:`find_in`), in a shard (:func:`identifiers_of`)."""

from __future__ import annotations

from ftprep.privacy.identifier_context import is_payload
from ftprep.privacy.identifier_labels import labelled
from ftprep.privacy.identifier_shapes import opaque
from ftprep.privacy.value import Value


def find_in(text: str) -> list[Value]:
    """The identifiers of ``text`` in order, none of them overlapping; a labelled one is not opaque, too."""
    payload = is_payload(text)
    found = list(labelled(text, payload=payload))
    for value in opaque(text, payload=payload):
        if not any(value.start < other.end and other.start < value.end for other in found):
            found.append(value)
    return sorted(_apart(found))


def _apart(values: list[Value]) -> list[Value]:
    kept: list[Value] = []
    for value in sorted(values, key=lambda one: (one.start - one.end, one.start)):
        if not any(value.start < other.end and other.start < value.end for other in kept):
            kept.append(value)
    return kept
