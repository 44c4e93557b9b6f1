"""Words of many texts at once: where they stand in one buffer, and a hash of each, without a loop over them.

White space separates words, and so does every control character; a character of Chinese or Japanese is a word of its
own. Texts beyond ASCII are brought to NFKC first; case is folded everywhere.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import xxhash
from numpy.typing import NDArray

from ftprep.text.hashing import changing_characters

Ints = NDArray[np.int64]
Hashes = NDArray[np.uint64]

GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_MIX = (np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB))
_LOWER = bytes(byte + 32 if 0x41 <= byte <= 0x5A else byte for byte in range(256))
_ALONE_RANGES = ((0x3040, 0x30FF), (0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0x20000, 0x3134F))
_ALONE = re.compile(f"([{''.join(f'{chr(first)}-{chr(last)}' for first, last in _ALONE_RANGES)}])")
_SEPARATOR = 0xFF
_LONGEST = 64  # bytes of a word that are hashed eight at a time; what is longer is rare and hashed alone
_MASKS = np.array([(1 << 8 * size) - 1 for size in range(9)], dtype=np.uint64)


class Words(NamedTuple):
    """Words of some texts: the folded bytes of all texts, and where each word stands, of which text."""

    letters: NDArray[np.uint8]
    starts: Ints
    sizes: Ints
    texts: Ints

    def of_texts(self, wanted: NDArray[np.bool_]) -> Words:
        """The words of the ``wanted`` texts."""
        chosen = np.flatnonzero(wanted[self.texts])
        return Words(self.letters, self.starts[chosen], self.sizes[chosen], self.texts[chosen])


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
    beyond = np.flatnonzero(~ascii_only)
    changed = beyond[_not_plain([texts[index] for index in beyond.tolist()])].tolist()
    if changed:
        pieces = folded.split(b"\xff")
        for index in changed:
            pieces[index] = normalise(texts[index]).encode()
        folded = b"\xff".join(pieces)
    letters = np.frombuffer(folded + bytes(8), dtype=np.uint8)  # so that eight bytes stand at every place
    return _runs(letters, (letters > 0x20) & (letters != _SEPARATOR))


def _not_plain(texts: Sequence[str]) -> NDArray[np.bool_]:
    """Which of some texts beyond ASCII have other words than their bytes have, whose ASCII letters are folded."""
    if not texts:
        return np.zeros(0, dtype=np.bool_)
    codes = np.frombuffer("".join(texts).encode("utf-32-le"), dtype=np.uint32)
    starts = np.zeros(len(texts), dtype=np.int64)
    np.cumsum([len(text) for text in texts[:-1]], out=starts[1:])
    found: NDArray[np.bool_] = np.logical_or.reduceat(_changed_or_alone().take(codes, mode="clip"), starts)
    for index in np.flatnonzero(~found).tolist():
        found[index] = not unicodedata.is_normalized("NFKC", texts[index])
    return found


@functools.cache
def _changed_or_alone() -> NDArray[np.bool_]:
    """For each code point, whether folding changes it, it is white space or it is a word of its own."""
    changing = changing_characters() != 0
    found = np.zeros(_ALONE_RANGES[-1][1] + 2, dtype=np.bool_)  # the last is for all from there on
    found[: len(changing)] = changing
    for first, last in _ALONE_RANGES:
        found[first : last + 1] = True
    return found


def find_numbers(words: Words) -> Words:
    """The runs of digits of the same texts."""
    return _runs(words.letters, (words.letters >= 0x30) & (words.letters <= 0x39))


def _runs(letters: NDArray[np.uint8], mask: NDArray[np.bool_]) -> Words:
    edges = np.flatnonzero(mask[1:] != mask[:-1]) + 1
    if mask[0]:
        edges = np.concatenate((np.zeros(1, dtype=edges.dtype), edges))
    starts, ends = edges[::2], edges[1::2]  # the buffer ends in zeros, so that every run ends
    borders = np.searchsorted(starts, np.flatnonzero(letters == _SEPARATOR))
    counts = np.diff(borders, prepend=0)
    return Words(letters, starts, ends - starts, np.repeat(np.arange(len(counts)), counts))


def mixed(numbers: Hashes) -> Hashes:
    """Each number spread over all 64 bits; different numbers stay different."""
    spread: Hashes = numbers >> np.uint64(32)
    spread ^= numbers
    spread *= _MIX[0]
    shifted = spread >> np.uint64(29)
    spread ^= shifted
    spread *= _MIX[1]
    np.right_shift(spread, np.uint64(32), out=shifted)
    spread ^= shifted
    return spread


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
