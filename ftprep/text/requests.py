"""Which text of the user each answer of a shard answers, for screens over columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ftprep.formats import columns as c
from ftprep.text.answers import is_answer, is_prose, of_kinds

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ftprep.shard import Shard


class Requests(NamedTuple):
    """Numbers of texts: each answer that has a request, and the first and the last text of that request.

    The request is the user's last text before the answer; parts of one turn, and fields of one row, are one request.
    """

    answers: NDArray[np.int64]
    firsts: NDArray[np.int64]
    lasts: NDArray[np.int64]


def requests(shard: Shard) -> Requests:
    """The answers of a shard with their requests. A request may reach back into the parts of an earlier turn."""
    codes = shard.codes
    if not len(codes):
        none = np.zeros(0, dtype=np.int64)
        return Requests(none, none, none)
    kind = codes & c.KIND_MASK
    asked = shard.once(is_prose) & (codes & c.ROLE_MASK == c.USER)
    latest = np.maximum.accumulate(np.where(asked, np.arange(len(codes)), -1))
    texts = np.flatnonzero(shard.once(is_answer))
    start = shard.firsts[shard.owners[texts]]
    last = latest[texts]
    keep = (last >= start) & (last >= 0)
    texts, last, start = texts[keep], last[keep], start[keep]
    first = last.copy()
    while True:
        joins = (first > start) & of_kinds(codes[first], (c.PART, c.FIELD))
        joins &= asked[first - 1] & (kind[first - 1] == kind[first])
        if not joins.any():
            return Requests(texts, first, last)
        first = first - joins
