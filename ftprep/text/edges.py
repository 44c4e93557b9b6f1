"""Where texts begin and end: the first and last visible bytes of every text of a shard, for screens."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ftprep.shard import Shard

# More blanks than these at an edge are looked at by the rules themselves.
_BLANKS = 4
_IS_BLANK = np.zeros(256, dtype=np.bool_)
_IS_BLANK[list(b" \t\r\n")] = True


def begins(shard: Shard) -> NDArray[np.int64]:
    """Where in the buffer of the shard the first visible byte of each text stands."""
    data = np.frombuffer(shard.buffer, dtype=np.uint8)
    at = shard.starts[:-1].copy()
    for _ in range(_BLANKS if len(at) else 0):
        at += _IS_BLANK[data[at]]  # the separator is no blank: this never leaves the text
    return at


def heads(shard: Shard) -> NDArray[np.uint32]:
    """The first four visible bytes of each text, as one number; see :func:`head`. Shorter texts run into 0xFF."""
    data = np.frombuffer(shard.buffer, dtype=np.uint8)
    at = shard.once(begins)
    if not len(at):
        return np.zeros(0, dtype=np.uint32)
    result = np.zeros(len(at), dtype=np.uint32)
    for step in range(4):
        result = result << np.uint32(8) | data.take(at + step, mode="clip")
    return result


def head(text: str) -> int:
    """The number that :func:`heads` gives for a text that begins with ``text``, which is four bytes long."""
    return int.from_bytes(text.encode()[:4], "big")


def tails(shard: Shard) -> NDArray[np.uint32]:
    """The last three visible bytes of each text, as one number whose lowest byte is the last. Blanks count as visible
    where there are more of them; shorter texts run into what stands before them.
    """
    data = np.frombuffer(shard.buffer, dtype=np.uint8)
    first, at = shard.starts[:-1], shard.starts[1:] - 2
    if not len(at):
        return np.zeros(0, dtype=np.uint32)
    for _ in range(_BLANKS):
        at = at - (_IS_BLANK[data[np.maximum(at, 0)]] & (at > first))
    result = np.zeros(len(at), dtype=np.uint32)
    for step in (2, 1, 0):
        result = result << np.uint32(8) | data[np.maximum(at - step, 0)]
    return result


def is_blank(byte: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Whether each byte is a blank of ASCII."""
    result: NDArray[np.bool_] = _IS_BLANK[byte]
    return result
