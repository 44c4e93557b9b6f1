"""How long the answers of rows are, by which the best of several equal rows is chosen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from ftprep.formats import columns as c

if TYPE_CHECKING:
    from ftprep.engine.local import LocalEngine
    from ftprep.record import Ref


def answer_lengths(engine: LocalEngine, refs: Sequence[Ref]) -> Mapping[Ref, int]:
    """Bytes of all that is learnt from each row: trained texts, sides of pairs, references."""
    found: dict[Ref, int] = {}
    for ref, record in engine.records(refs).items():
        shard, row = record.shard, record.index
        total = 0
        for text in range(int(shard.firsts[row]), int(shard.ends[row])):
            code = int(shard.codes[text])
            if code & c.TRAINED or code & c.SIDE_MASK != c.PROMPT:
                total += int(shard.lengths[text])
        found[ref] = total
    return found
