"""The values of the texts of a shard, each one thing only: first secrets, then personal data, then identifiers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from ftprep.privacy.identifiers import identifiers_of
from ftprep.privacy.overlaps import clear_of
from ftprep.privacy.personal_findings import own_values
from ftprep.privacy.value import Grade, Value

if TYPE_CHECKING:
    from ftprep.shard import Shard


def identifiers_alone(shard: Shard) -> Mapping[int, Sequence[Value]]:
    """The identifiers of each text, by its number, that are neither secrets nor personal data; through ``once``."""
    identifiers = shard.once(identifiers_of)
    if not identifiers:
        return {}
    from ftprep.privacy.secrets import find_in as secrets_in

    personal = shard.once(own_values)
    found: dict[int, Sequence[Value]] = {}
    for text, values in identifiers.items():
        others = [*secrets_in(shard.values[text]), *personal.get(text, ())]
        kept = clear_of(values, others)
        if kept:
            found[text] = kept
    return found


def private_values(shard: Shard) -> Mapping[int, Sequence[Value]]:
    """The real identifiers and personal data of each text, by its number; through ``once``."""
    found: dict[int, list[Value]] = {}
    for values in (shard.once(own_values), shard.once(identifiers_alone)):
        for text, ones in values.items():
            real = [value for value in ones if value.grade == Grade.REAL]
            if real:
                found[text] = sorted([*found.get(text, ()), *real])
    return found
