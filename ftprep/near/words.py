"""Words of many texts at once: where they stand in one buffer, and a hash of each, without a loop over them.

White space separates words, and so does every control character; a character of Chinese or Japanese is a word of its
own. Texts beyond ASCII are brought to NFKC first; case is folded everywhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import xxhash
from numpy.typing import NDArray

from ftprep.near.folding import SEPARATOR, Characters, Letters, fold_beyond, normalise

Ints = NDArray[np.int64]
Hashes = NDArray[np.uint64]

GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_MIX = (np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB))
_LOWER = bytes(byte + 32 if 0x41 <= byte <= 0x5A else byte for byte in range(256))
_LONGEST = 64  # bytes of a word that are hashed eight at a time; what is longer is rare and hashed alone
_MASKS = np.array([(1 << 8 * size) - 1 for size in range(9)], dtype=np.uint64)


class Words(NamedTuple):
    """Words of some texts: the folded bytes of all texts, and where each word stands, of which text."""

    letters: Letters
    starts: Ints
    sizes: Ints
    texts: Ints

    def chosen(self, words: Ints) -> Words:
        """Some of the words."""
        return Words(self.letters, self.starts[words], self.sizes[words], self.texts[words])


def split_words(text: str) -> list[str]:
    """The words of one text, as :func:`find_words` sees them but for rare control characters."""
    return normalise(text).split()


def find_words(buffer: bytes, texts: Sequence[str]) -> Words:
    """The words of ``texts``; ``buffer`` holds them in UTF-8, each followed by 0xFF."""
    # A separator before the first text lets no word begin at place 0; and eight bytes stand at every place.
    letters = np.frombuffer(b"".join((b"\xff", buffer.translate(_LOWER), bytes(8))), dtype=np.uint8)
    letters, alone = fold_beyond(letters, texts)
    return _runs(letters, (letters > 0x20) & (letters != SEPARATOR), alone)


def find_numbers(words: Words) -> Words:
    """The runs of digits of the same texts."""
    return _runs(words.letters, (words.letters >= 0x30) & (words.letters <= 0x39))


def _runs(letters: Letters, mask: NDArray[np.bool_], alone: Characters | None = None) -> Words:
    edges = np.flatnonzero(mask[1:] != mask[:-1])
    edges += 1
    if alone is not None:  # inside a run each of their ends is the end of one word and the start of another
        cuts = np.zeros(len(mask), dtype=np.bool_)
        cuts[alone.starts] = cuts[alone.starts + alone.sizes] = True
        cuts[1:] &= mask[1:] & mask[:-1]
        places = np.repeat(np.flatnonzero(cuts), 2)
        edges = np.insert(edges, np.searchsorted(edges, places), places)
    starts, ends = edges[::2].copy(), edges[1::2]  # the buffer ends in zeros, so that every run ends
    counts = np.diff(np.searchsorted(starts, np.flatnonzero(letters == SEPARATOR)))
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
