"""Echoes: answers that say again what they were asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ftprep.text.edges import begins, heads
from ftprep.text.requests import requests
from ftprep.text.screens import bytes_among

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ftprep.shard import Shard


_OUTER = " .?!:\"“”'。？！："
_ENDS = tuple(".?!:。？！：")
_OPENING = 12  # bytes that are compared for all texts at once
_OTHER, _MARK, _SPACE, _WORD = range(4)
_KINDS = np.full(256, _OTHER, dtype=np.uint8)
_KINDS[0x20:0x7F] = [
    _SPACE if chr(byte) == " " else _MARK if chr(byte) in _OUTER else _WORD for byte in range(0x20, 0x7F)
]
_SHOWN = 64  # characters at the start that are compared before whole texts are
_COMPARED = 2_000  # characters of a near copy that are compared
_SIMILAR = 0.8
_CASE = np.uint32(0x20202020)


class Echo(NamedTuple):
    """Whether the answer goes on after the prompt, and where the prompt ends in it."""

    continues: bool
    end: int


def fold(text: str) -> str:
    """``text`` with single spaces, in one case, with its punctuation."""
    return " ".join(text.split()).casefold()


def echo(answer: str, request: str, least: int = 12, least_words: int = 5) -> Echo | None:
    """How ``answer`` repeats the whole of ``request``: alone, or at its start. None where it does not."""
    asked = fold(request)
    if len(asked) < least or len(answer) < len(asked.strip(_OUTER)):
        return None
    said = fold(answer)
    if said.strip(_OUTER) == asked.strip(_OUTER):
        return Echo(False, len(answer))
    goes_on = said.startswith(asked) and len(said) > len(asked) and asked.endswith(_ENDS)
    if goes_on and _words(asked) >= least_words:
        return Echo(True, len(asked))
    return None


def _words(text: str) -> int:
    dense = sum("\u3040" <= character <= "\u9fff" for character in text)
    return len(text.split()) + dense // 2


class Pairs(NamedTuple):
    """Answers that begin as their request does: numbers of their texts, and of the texts the requests begin with."""

    answers: NDArray[np.int64]
    requests: NDArray[np.int64]


def alike(shard: Shard) -> Pairs:
    """Pairs of answer and request that begin with the same words. Every echo is among them."""
    texts, asked = shard.once(same_heads)
    if not len(texts):
        return Pairs(texts, asked)
    at = shard.once(begins)
    data = np.frombuffer(shard.buffer, dtype=np.uint8)
    (one, one_size), (other, other_size) = (_openings(data, at[side]) for side in (texts, asked))
    unlike = (one | 0x20) != (other | 0x20)
    differ = unlike.any(axis=1) & (unlike.argmax(axis=1) < np.minimum(one_size, other_size))
    texts, asked = texts[~differ], asked[~differ]
    values = shard.values
    pairs = zip(texts.tolist(), asked.tolist(), strict=True)
    same = [index for index, (text, request) in enumerate(pairs) if _begin_alike(values[text], values[request])]
    return Pairs(texts[same], asked[same])


def _openings(data: NDArray[np.uint8], at: NDArray[np.int64]) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """The bytes from some places on, and how many of them are what folding makes of them, but for case.

    These are words of ASCII with single spaces between them. The last one that counts stands before a byte that
    stripping keeps, and is not the last of them, which may be cut off.
    """
    opening = data.take(at[:, np.newaxis] + np.arange(_OPENING), mode="clip")
    kinds = _KINDS[opening]
    known = kinds != _OTHER
    known[:, 1:] &= (kinds[:, 1:] != _SPACE) | (kinds[:, :-1] != _SPACE)
    words = np.logical_and.accumulate(known, axis=1) & (kinds == _WORD)
    last = np.where(words[:, 0], _OPENING - 1 - words[:, ::-1].argmax(axis=1), 0)
    return opening, last


def same_heads(shard: Shard) -> Pairs:
    """Pairs of answer and request whose first letters may be the same."""
    texts, asked, _ = shard.once(requests)
    first = shard.once(heads)
    one, other = first[texts], first[asked]
    exact = (one | _CASE) == (other | _CASE)
    # A blank among the first four bytes may stand for several; a letter beyond ASCII has a case of its own; and
    # marks around either text do not count.
    loose = ((one | _CASE) >> np.uint32(24)) == ((other | _CASE) >> np.uint32(24))
    loose &= _odd(one) | _odd(other)
    loose |= _beyond(one) & _beyond(other) | _opens_with_mark(one) | _opens_with_mark(other)
    found = np.flatnonzero(exact | loose)
    return Pairs(texts[found], asked[found])


def _odd(head: NDArray[np.uint32]) -> NDArray[np.bool_]:
    blank = np.zeros(len(head), dtype=np.bool_)
    for shift in (0, 8, 16):
        blank |= bytes_among(b"\t\n\x0b\x0c\r \x7f\xff")[head >> np.uint32(shift) & np.uint32(255)]
    return blank


def _beyond(head: NDArray[np.uint32]) -> NDArray[np.bool_]:
    """Whether some of the four bytes belongs to a letter of two bytes: Latin, Greek, Cyrillic and the like."""
    found = np.zeros(len(head), dtype=np.bool_)
    for shift in (0, 8, 16, 24):
        byte = head >> np.uint32(shift) & np.uint32(255)
        found |= (byte >= 0xC3) & (byte <= 0xD6)
    return found


def _opens_with_mark(head: NDArray[np.uint32]) -> NDArray[np.bool_]:
    mask: NDArray[np.bool_] = bytes_among(b" .?!:\"'\t\r\n\xe2")[head >> np.uint32(24)]
    return mask


def _begin_alike(answer: str, request: str) -> bool:
    # Cut before folding, so that a long text costs nothing: what is left may differ in its last word.
    for cut in (32, 256):
        one, other = fold(answer[:cut]).strip(_OUTER), fold(request[:cut]).strip(_OUTER)
        shown = min(len(one), len(other), _SHOWN) - (len(answer) > cut or len(request) > cut)
        if one[:shown] != other[:shown]:
            return False
    return shown > 0


def near_copies(shard: Shard) -> int:
    """How many answers are almost, but not quite, their request: what an editing set is made of."""
    from rapidfuzz.distance import Indel

    texts, requests = shard.once(same_heads)
    sizes, others = shard.lengths[texts], shard.lengths[requests]
    close = np.flatnonzero((sizes >= 0.7 * others) & (sizes <= 1.4 * others))
    count = 0
    for text, request in zip(texts[close].tolist(), requests[close].tolist(), strict=True):
        said, asked = shard.values[text][:_COMPARED], shard.values[request][:_COMPARED]
        if Indel.normalized_similarity(said, asked, score_cutoff=_SIMILAR):
            said, asked = fold(said), fold(asked)
            count += said.strip(_OUTER) != asked.strip(_OUTER) and not said.startswith(asked)
    return count
