"""Words of many texts at once: where they stand in one buffer, and a hash of each, without a loop over them.

White space separates words, and so does every control character; a character of Chinese or Japanese is a word of its
own. Texts beyond ASCII are brought to NFKC first; case is folded everywhere.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import xxhash
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Hashes = NDArray[np.uint64]

GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_MIX = (np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB))
_LOWER = bytes(byte + 32 if 0x41 <= byte <= 0x5A else byte for byte in range(256))
_ALONE = re.compile("([\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003134f])")
_SEPARATOR = 0xFF
_LONGEST = 64  # bytes of a word that are hashed eight at a time; what is longer is rare and hashed alone
_MASKS = np.array([(1 << 8 * size) - 1 for size in range(9)], dtype=np.uint64)


class Words(NamedTuple):
    """Words of some texts: the folded bytes of all texts, and where each word stands, of which text."""

    letters: NDArray[np.uint8]
    starts: Ints
    sizes: Ints
    texts: Ints


def normalise(text: str) -> str:
    """One text as its words are compared: NFKC, folded case, Chinese and Japanese characters apart."""
    if text.isascii():
        return text.lower()
    folded = unicodedata.normalize("NFKC", text).casefold()
    return " ".join((_ALONE.sub(r" \1 ", folded) if _ALONE.search(folded) else folded).split())


def split_words(text: str) -> list[str]:
    """The words of one text, as :func:`find_words` sees them but for rare control characters."""
    return normalise(text).split()


def find_words(buffer: bytes, texts: Sequence[str], ascii_only: NDArray[np.bool_]) -> Words:
    """The words of ``texts``; ``buffer`` holds them in UTF-8, each followed by 0xFF."""
    folded = buffer.translate(_LOWER)
    if not ascii_only.all():
        pieces = folded.split(b"\xff")
        for index in np.flatnonzero(~ascii_only).tolist():
            pieces[index] = normalise(texts[index]).encode()
        folded = b"\xff".join(pieces)
    letters = np.frombuffer(folded + bytes(8), dtype=np.uint8)  # so that eight bytes stand at every place
    ends_of_texts = np.flatnonzero(letters == _SEPARATOR)
    inside = (letters > 0x20) & (letters != _SEPARATOR)
    starts, ends = _runs(inside)
    return Words(letters, starts, ends - starts, np.searchsorted(ends_of_texts, starts))


def find_numbers(words: Words) -> Words:
    """The runs of digits of the same texts."""
    starts, ends = _runs((words.letters >= 0x30) & (words.letters <= 0x39))
    ends_of_texts = np.flatnonzero(words.letters == _SEPARATOR)
    return Words(words.letters, starts, ends - starts, np.searchsorted(ends_of_texts, starts))


def _runs(mask: NDArray[np.bool_]) -> tuple[Ints, Ints]:
    edges = np.flatnonzero(mask[1:] != mask[:-1]) + 1
    if len(mask) and mask[0]:
        edges = np.concatenate((np.zeros(1, dtype=edges.dtype), edges))
    return edges[::2], edges[1::2]  # the buffer ends in zeros, so that every run ends


def mixed(numbers: Hashes) -> Hashes:
    """Each number spread over all 64 bits; different numbers stay different."""
    spread = (numbers ^ (numbers >> np.uint64(32))) * _MIX[0]
    spread ^= spread >> np.uint64(29)
    spread *= _MIX[1]
    spread ^= spread >> np.uint64(32)
    result: Hashes = spread
    return result


def hash_words(words: Words) -> Hashes:
    """64 bits of each word, the same on every machine."""
    sizes = words.sizes
    if not len(sizes):
        return np.zeros(0, dtype=np.uint64)
    eights = np.ndarray((len(words.letters) - 7,), dtype="<u8", buffer=words.letters.data, strides=(1,))
    hashes = mixed((eights[words.starts] & _MASKS[np.minimum(sizes, 8)]) ^ sizes.astype(np.uint64) * GOLDEN)
    done, open_ = 8, np.flatnonzero((sizes > 8) & (sizes <= _LONGEST))
    while len(open_):
        part = eights[words.starts[open_] + done] & _MASKS[np.minimum(sizes[open_] - done, 8)]
        hashes[open_] = mixed(hashes[open_] * GOLDEN ^ part)
        done += 8
        open_ = open_[sizes[open_] > done]
    for index in np.flatnonzero(sizes > _LONGEST).tolist():
        start = int(words.starts[index])
        hashes[index] = xxhash.xxh3_64_intdigest(words.letters[start : start + int(sizes[index])].tobytes())
    return hashes
