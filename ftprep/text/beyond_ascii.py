"""The texts of a shard that are not ASCII, as arrays of code points: for rules and hashes that judge characters."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ftprep.shard import Shard

COMPOSING = 0x300
"""From this code point on, characters may change in NFC; none below does."""


class Beyond(NamedTuple):
    """Some texts, each of which has a character beyond ASCII.

    ``texts`` are their numbers, ascending, ``points`` all their code points, with a line feed after each text, and
    ``starts`` where each begins in them. ``places`` are the indices of the code points beyond ASCII, ``beyond`` these
    code points, and ``firsts`` says for each text which of them is its first: ``reduceat`` over them is per text.
    """

    texts: NDArray[np.int64]
    points: NDArray[np.uint32]
    starts: NDArray[np.int64]
    places: NDArray[np.int64]
    beyond: NDArray[np.uint32]
    firsts: NDArray[np.int64]


def beyond_ascii(shard: Shard) -> Beyond:
    """The texts of ``shard`` that are not ASCII."""
    return code_points(shard.values, np.flatnonzero(~shard.ascii))


def code_points(values: Sequence[str], texts: NDArray[np.int64]) -> Beyond:
    """Those of ``values`` that ``texts`` names, none of which is ASCII."""
    chosen = [values[text] for text in texts.tolist()]
    # The line feed ends every text, so that nothing reaches over texts.
    points = np.frombuffer("\n".join([*chosen, ""]).encode("utf-32-le"), dtype="<u4")
    starts = np.zeros(len(chosen), dtype=np.int64)
    np.cumsum([len(value) + 1 for value in chosen[:-1]], out=starts[1:])
    places = np.flatnonzero(points >= 0x80)
    return Beyond(texts, points, starts, places, points[places], np.searchsorted(places, starts))
