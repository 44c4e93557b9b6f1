"""Words as they are compared across data sets, and hashes of runs of them, for all texts of a shard at once.

Case, punctuation, white space and the ways in which Unicode writes one character do not count; a Han character or a
kana is a word. Hashes have no seed, so that they are the same in every process and on every machine.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Hashes = NDArray[np.uint64]
Ints = NDArray[np.int64]

# Letters become small, whatever else is ASCII and no digit becomes a blank. Apostrophes go: "don't" is one word.
_FOLD = bytes(
    byte + 32 if 0x41 <= byte <= 0x5A else byte if byte >= 0x80 or chr(byte).isalnum() else 0x20 for byte in range(256)
)
_APOSTROPHE = b"'"
_APOSTROPHES = "'\u2018\u2019\u02bc"
_BLANK, _KEPT, _ALONE, _GONE = range(4)
_KNOWN = 0x20000
_DENSE = re.compile("[\u3005\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_BETWEEN = "\u2010-\u2015\u201c-\u2027\u3000-\u3003\u3008-\u3011\uff01\uff08\uff09\uff0c\uff1a\uff1b\uff1f"
_STRETCH = re.compile(f"(?:[0-9A-Za-z']|(?![{_BETWEEN}])[\x80-\U0010ffff])+")

_STEP = 8  # bytes of a word that are hashed at a time
_HASHED = 64  # bytes of a word that count, besides its length and its last bytes
_MASKS = np.array([(1 << 8 * size) - 1 for size in range(_STEP + 1)], dtype=np.uint64)
_LENGTH, _MIX, _BASE = (np.uint64(one) for one in (0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB))
_HALF = np.uint64(32)


class Words(NamedTuple):
    """The words of some texts: one hash per word, and the number of the first word of each text, with one more."""

    hashes: Hashes
    firsts: Ints

    @property
    def owners(self) -> Ints:
        """The text of each word."""
        return np.repeat(np.arange(len(self.firsts) - 1), np.diff(self.firsts))


def folded(buffer: bytes, texts: Sequence[str], ascii_only: NDArray[np.bool_]) -> list[bytes]:
    """Each of ``texts`` as its words with blanks between them. ``buffer`` joins the texts, each followed by 0xFF."""
    pieces = buffer.translate(_FOLD, _APOSTROPHE).split(b"\xff")
    pieces.pop()  # what follows the last separator
    beyond = np.flatnonzero(~ascii_only).tolist()
    if beyond:
        joined = "\0".join([_composed(texts[index]) for index in beyond])
        for index, piece in zip(beyond, _fold_unicode(joined).split(b"\0"), strict=True):
            pieces[index] = piece
    return pieces


def fold(text: str) -> bytes:
    """One text as :func:`folded` gives it."""
    if text.isascii():
        return text.encode().translate(_FOLD, _APOSTROPHE)
    return _fold_unicode(_composed(text))


def _composed(text: str) -> str:
    plain = text if unicodedata.is_normalized("NFKC", text) else unicodedata.normalize("NFKC", text)
    return plain.replace("\0", " ")


def _fold_unicode(text: str) -> bytes:
    """Texts in the compatibility form, with NUL between them, as their words."""
    codes = np.frombuffer(text.casefold().encode("utf-32-le"), dtype="<u4")
    kinds = _kinds().take(codes, mode="clip")
    codes = np.where(kinds == _BLANK, np.uint32(0x20), codes)
    dense = np.flatnonzero(kinds == _ALONE)
    if len(dense):  # a blank before each, and one after
        codes = np.insert(codes, np.concatenate([dense, dense + 1]), 0x20)
        kinds = np.insert(kinds, np.concatenate([dense, dense + 1]), _BLANK)
    letters: bytes = codes[kinds != _GONE].astype("<u4").tobytes()
    return letters.decode("utf-32-le").encode()


@functools.cache
def _kinds() -> NDArray[np.uint8]:
    """What becomes of each code point: a blank, part of a word, a word by itself, or nothing at all.

    The last entry stands for all code points from there on, most of which are Han characters. NUL parts texts.
    """
    kinds = np.full(_KNOWN + 1, _BLANK, dtype=np.uint8)
    kinds[:_KNOWN] = [_kind(one) for one in map(chr, range(_KNOWN))]
    kinds[0], kinds[_KNOWN] = _KEPT, _ALONE
    return kinds


def _kind(one: str) -> int:
    if one in _APOSTROPHES:
        return _GONE
    if "\ud800" <= one <= "\udfff" or unicodedata.category(one)[0] not in "LNM":
        return _BLANK
    return _ALONE if _DENSE.match(one) else _KEPT


def without_marks(text: str) -> str:
    """``text`` as it is when somebody takes its punctuation away and lets the words grow together: 1/4, one-third."""
    plain = _composed(text)
    codes = np.frombuffer(plain.encode("utf-32-le"), dtype="<u4")
    marks = _kinds().take(codes, mode="clip") == _BLANK
    return "".join([one for one, is_mark in zip(plain, marks.tolist(), strict=True) if not is_mark or one.isspace()])


def is_dense(word: bytes) -> bool:
    """Whether a word is one character of a script without blanks."""
    return len(word) in (3, 4) and _DENSE.fullmatch(word.decode("utf-8", "replace")) is not None


def span_of(text: str, first: int, end: int) -> tuple[int, int]:
    """The characters of ``text`` that its words ``first`` to ``end`` (left out) stand in."""
    seen, start, stop = 0, None, len(text)
    for stretch in _STRETCH.finditer(text):
        words = len(fold(stretch[0]).split())
        if start is None and seen + words > first:
            start = stretch.start()
        seen += words
        if seen >= end:
            stop = stretch.end()
            break
    return start or 0, stop


def words_of(pieces: Sequence[bytes]) -> Words:
    """The words of texts that were folded."""
    joined = b"".join([b" ", b"\xff".join([*pieces, b""]), bytes(_STEP)])
    letters = np.frombuffer(joined, dtype=np.uint8)[: len(joined) - _STEP]
    breaks = letters == 0xFF
    inside = ~(breaks | (letters == 0x20))
    edges = np.flatnonzero(inside[1:] != inside[:-1]) + 1
    starts, ends = edges[::2], edges[1::2]
    firsts = np.zeros(len(pieces) + 1, dtype=np.int64)
    firsts[1:] = np.searchsorted(starts, np.flatnonzero(breaks))
    return Words(_hash_words(joined, starts, ends - starts), firsts)


def _hash_words(joined: bytes, starts: Ints, sizes: Ints) -> Hashes:
    eights: Hashes = np.ndarray((len(joined) - _STEP + 1,), dtype="<u8", buffer=joined, strides=(1,))
    head = eights[starts] & _MASKS[np.minimum(sizes, _STEP)]
    hashes = _mixed(head ^ sizes.astype(np.uint64) * _LENGTH)
    longer = np.flatnonzero(sizes > _STEP)
    for at in range(_STEP, _HASHED, _STEP):
        if not len(longer):
            return hashes
        part = eights[starts[longer] + at] & _MASKS[np.minimum(sizes[longer] - at, _STEP)]
        hashes[longer] = _mixed(hashes[longer] * _LENGTH ^ part)
        longer = longer[sizes[longer] > at + _STEP]
    if len(longer):
        hashes[longer] = _mixed(hashes[longer] * _LENGTH ^ eights[starts[longer] + sizes[longer] - _STEP])
    return hashes


def _mixed(numbers: Hashes) -> Hashes:
    mixed = numbers * _MIX
    mixed ^= mixed >> _HALF
    mixed *= _BASE
    return mixed


def gram_hashes(hashes: Hashes, size: int) -> Hashes:
    """The hash of each run of ``size`` words, by its first word. Runs that cross from text to text are among them."""
    if len(hashes) < size:
        return hashes[:0]
    found: Hashes | None = None
    length, block, width, left = 0, hashes, 1, size
    while True:
        if left & 1:
            found = block if found is None else _joined(found, length, block, width)
            length += width
        left >>= 1
        if not left:
            break
        block, width = _joined(block, width, block, width), width * 2
    assert found is not None
    return _mixed(found ^ np.uint64(size * int(_LENGTH) % (1 << 64)))


def _joined(one: Hashes, length: int, other: Hashes, width: int) -> Hashes:
    """Hashes of runs of ``length + width`` words from those of ``length`` and of ``width`` words."""
    factor = np.uint64(pow(int(_BASE), width, 1 << 64))
    behind = other[length:]
    size = min(len(one), len(behind))
    joined: Hashes = one[:size] * factor + behind[:size]
    return joined
