"""Preference pairs: the texts of a row's two sides, and what they say to one prompt."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ftprep.formats import columns as c
from ftprep.text.blanks import is_blank
from ftprep.text.hashing import fold, folded_hashes, mixed_words

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ftprep.record import Record
    from ftprep.shard import Shard

SIDES = (c.CHOSEN, c.REJECTED)
# What a text is and who says it: two sides are alike only where these are. Where it stands in its part is no matter.
_SAME_PLACE = c.ROLE_MASK | c.KIND_MASK


def side_texts(record: Record, side: int) -> list[int]:
    """Numbers of the texts on one side (``columns.CHOSEN`` or ``REJECTED``) of a row."""
    codes = record.shard.codes
    return [text for text in record.text_range if codes[text] & c.SIDE_MASK == side]


def equal_sides(shard: Shard) -> NDArray[np.bool_]:
    """For each row, whether both sides have texts and these are alike but for case, white space and Unicode form."""
    keys, counts = [], []
    hashes = folded_hashes(shard)[:, 0]
    for side in SIDES:
        here = shard.codes & c.SIDE_MASK == side
        total = np.zeros(len(here) + 1, dtype=np.int64)
        np.cumsum(here, out=total[1:])
        places = total[:-1] - total[shard.firsts[shard.owners]]  # which text of its side each is
        tags = (shard.codes & _SAME_PLACE) * 4096 + places
        mixed = np.where(here, mixed_words(hashes, tags), np.uint64(0))
        sums = np.zeros(len(here) + 1, dtype=np.uint64)
        np.cumsum(mixed, out=sums[1:])
        keys.append(sums[shard.ends] - sums[shard.firsts])
        counts.append(total[shard.ends] - total[shard.firsts])
    alike: NDArray[np.bool_] = (counts[0] > 0) & (counts[0] == counts[1]) & (keys[0] == keys[1])
    return alike


def sides(record: Record) -> tuple[list[int], list[int]]:
    """Numbers of the texts of the chosen and of the rejected side."""
    return side_texts(record, c.CHOSEN), side_texts(record, c.REJECTED)


def side_pointers(record: Record) -> tuple[str, str]:
    """The places of the two sides: of their lists of turns, or of their first texts."""
    lists = record.format.conversations(record.row)
    if len(lists) >= 2:
        return lists[-2][0], lists[-1][0]
    chosen, rejected = ([record.pointer(text) for text in texts[:1]] for texts in sides(record))
    return (chosen or [""])[0], (rejected or [""])[0]


def empty_sides(record: Record) -> list[tuple[int, str]]:
    """The sides (``columns.CHOSEN``, ``REJECTED``) in which nothing can be seen, with their places.

    A call, a refusal and an image can be seen.
    """
    if record.index in record.shard.media_rows:
        return []
    codes, values = record.shard.codes, record.shard.values
    return [
        (side, pointer)
        for side, texts, pointer in zip(SIDES, sides(record), side_pointers(record), strict=True)
        if all(codes[text] & c.KIND_MASK == c.NAME or is_blank(values[text]) for text in texts)
    ]


def differing_ends(record: Record) -> tuple[str, str]:
    """What each side says, folded; of sides that hold the prompt too, from the first line that differs."""
    chosen, rejected = ("\n".join(record.shard.values[text] for text in texts) for texts in sides(record))
    if not any(record.shard.codes[text] & c.SIDE_MASK == c.PROMPT for text in record.text_range):
        shared = next((at for at, (one, other) in enumerate(zip(chosen, rejected, strict=False)) if one != other), 0)
        start = chosen.rfind("\n", 0, shared) + 1
        chosen, rejected = chosen[start:], rejected[start:]
    return fold(chosen), fold(rejected)
