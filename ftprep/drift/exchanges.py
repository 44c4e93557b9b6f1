"""What of each row is compared with production: its last request and the answer to it, as long as they are.

System prompts, tools and earlier turns are left out: logs of production often lack them, or hold one conversation many
times, a turn longer each time.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import xxhash
from numpy.typing import NDArray

from ftprep.formats import columns as c
from ftprep.text.answers import PROSE_KINDS, is_answer

if TYPE_CHECKING:
    from ftprep.record import Record
    from ftprep.shard import Shard

Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]
Keys = NDArray[np.uint64]

SAMPLE_ROWS = 4_000  # per side; more make no difference clearer
_GOLDEN, _MIX = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBF58476D1CE4E5B9)
_HALF = np.uint64(32)


class Exchanges(NamedTuple):
    """For each text of a shard whether it belongs to its row's last request, and whether to the answer to that."""

    request: Mask
    answer: Mask


def exchanges(shard: Shard) -> Exchanges:
    """The last request and its answer of every row. Worked out once per shard."""
    role, kind, side = (shard.codes & mask for mask in (c.ROLE_MASK, c.KIND_MASK, c.SIDE_MASK))
    asked = np.isin(kind, [one for one in PROSE_KINDS if one != c.PAIR]) & np.isin(side, (c.PROMPT, c.CHOSEN))
    if shard.format is None or shard.format.method == "language-modeling":
        asked &= False
    user, other = asked & (role == c.USER), asked & (role == c.OTHER)
    by_user = shard.sum_by_row(user.astype(np.int64)) > 0
    request = _last_turn(shard, np.where(by_user[shard.owners], user, other))
    said = shard.once(is_answer) & (kind != c.PAIR)
    said &= np.arange(len(said)) > _last_text(shard, request)[shard.owners]
    return Exchanges(request, _last_turn(shard, said))


def _last_text(shard: Shard, mask: Mask) -> Ints:
    """For each row the number of the last text of ``mask``; -1 for none."""
    last = np.full(len(shard), -1, dtype=np.int64)
    texts = np.flatnonzero(mask)
    last[shard.owners[texts]] = texts  # ascending: of several the last one stays
    return last


def _last_turn(shard: Shard, mask: Mask) -> Mask:
    """Of the texts of ``mask`` the last of each row, and those before it that no other text parts from it."""
    last = _last_text(shard, mask)[shard.owners]
    breaks = np.cumsum(~mask)
    turn: Mask = mask & (last >= 0) & (breaks == breaks[last])
    return turn


def exchange_columns(shard: Shard) -> Mapping[str, Any] | None:
    """For each sound row with a request its hash, and the characters of request and answer (-1: no answer)."""
    request, answer = shard.once(exchanges)
    sizes = np.fromiter(map(len, shard.values), dtype=np.int64, count=len(shard.values))
    asked, said = (shard.sum_by_row(np.where(mask, sizes, 0)) for mask in (request, answer))
    answers = np.where(shard.sum_by_row(answer.astype(np.int64)) > 0, said, -1)
    sound = np.frombuffer(bytes(shard.state), dtype=np.uint8) == 0
    rows = np.flatnonzero(sound & (asked > 0))
    if not len(rows):
        return None
    keys = np.array([xxhash.xxh3_64_intdigest(shard.raws[row]) for row in rows.tolist()], dtype=np.uint64)
    return {"row": rows, "key": keys, "request": asked[rows], "answer": answers[rows]}


def request_text(record: Record) -> str:
    """The last request of a row, as one text."""
    mask = record.shard.once(exchanges).request
    return "\n".join(record.shard.values[text] for text in record.text_range if mask[text])


def draws(keys: Keys, lines: Ints) -> Keys:
    """One number per row, the same however the data is cut; the rows with the smallest are the sample.

    The line is part of it: else a row that stands in a file a hundred times is drawn a hundred times or never.
    """
    mixed = (keys ^ lines.astype(np.uint64) * _GOLDEN) * _MIX
    mixed ^= mixed >> _HALF
    return mixed * _GOLDEN


def sample(keys: Keys, lines: Ints, rows: Ints) -> Ints:
    """At most :data:`SAMPLE_ROWS` of ``rows`` (entries of the columns), ascending, drawn by what they hold."""
    if len(rows) <= SAMPLE_ROWS:
        return rows
    drawn = draws(keys[rows], lines[rows])
    return np.sort(rows[np.lexsort((rows, drawn))[:SAMPLE_ROWS]])
