"""Keys by which equal rows find each other: 128 bits per row from the hashes of its texts.

Two keys: the exact one, and the folded one, which is blind to case, to the amount of white space and to Unicode
normalisation (NFC). Hashes are xxh3, the same in every process and on every machine.
"""

from __future__ import annotations

import functools
import unicodedata
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import orjson
import xxhash
from numpy.typing import NDArray

from ftprep.formats import columns as c
from ftprep.text.beyond_ascii import COMPOSING, beyond_ascii

if TYPE_CHECKING:
    from ftprep.shard import Shard
    from ftprep.text.beyond_ascii import Beyond

Words = NDArray[np.uint64]

# Every ASCII blank becomes a space and every capital a small letter: both in one pass over the buffer.
_FOLD = bytes(
    0x20 if byte in b"\t\n\x0b\x0c\r\x1c\x1d\x1e\x1f" else byte + 32 if 0x41 <= byte <= 0x5A else byte
    for byte in range(256)
)
_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_MIX = (np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB))
_ROLE_AND_PLACE = c.ROLE_MASK | c.KIND_MASK | c.SIDE_MASK | c.TRAINED


def hash_pieces(pieces: Sequence[bytes]) -> Words:
    """xxh3 with 128 bits of each piece: an array of shape (pieces, 2)."""
    digests = b"".join(map(xxhash.xxh3_128_digest, pieces))
    return np.frombuffer(digests, dtype=">u8").astype(np.uint64).reshape(-1, 2)


def fold_texts(buffer: bytes, starts: NDArray[np.int64], texts: Sequence[str], beyond: Beyond) -> list[bytes]:
    """Fold every text of a joined buffer: case, amount of white space, and NFC where a text is not ASCII.

    White space collapses to one space and is stripped; it is never deleted, so that "1 000" and "1000" stay apart.
    ``texts`` are those of the buffer, ``beyond`` those of them that are not ASCII.
    """
    folded = buffer.translate(_FOLD)
    letters = np.frombuffer(folded, dtype=np.uint8)
    # A space goes when another space or the end of its text follows; what stands first in a text goes later.
    spaces = letters == 0x20
    spare = spaces[:-1] & (spaces[1:] | (letters[1:] == 0xFF))
    collapsed = letters[:-1][~spare].tobytes() + folded[-1:]
    pieces: list[bytes] = collapsed.split(b"\xff")
    pieces.pop()  # what follows the last separator
    for index in np.flatnonzero(spaces[starts[:-1]]).tolist():
        pieces[index] = pieces[index].lstrip(b" ")
    changing, spaced = _needs_unicode(texts, beyond)
    for index in changing.tolist():  # ASCII is as it must be, which is half of the work
        pieces[index] = unicodedata.normalize("NFC", pieces[index].decode()).casefold().encode()
    for index in spaced.tolist():
        pieces[index] = _with_plain_blanks(pieces[index].decode()).encode()
    return pieces


def _needs_unicode(texts: Sequence[str], beyond: Beyond) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Which texts hold letters beyond ASCII that folding changes, or are not in NFC; and which hold blanks.

    Most are plain: quotes, dashes, small letters with accents, scripts without case.
    """
    if not len(beyond.texts):
        return beyond.texts, beyond.texts
    changes = np.bitwise_or.reduceat(changing_characters().take(beyond.beyond, mode="clip"), beyond.firsts)
    changing, spaced = changes & _CASE != 0, changes & _BLANK != 0
    composing = np.logical_or.reduceat(beyond.beyond >= COMPOSING, beyond.firsts)
    for number in np.flatnonzero(composing & ~changing).tolist():
        changing[number] = not unicodedata.is_normalized("NFC", texts[beyond.texts[number]])
    return beyond.texts[changing], beyond.texts[spaced]


# Where characters beyond ASCII with two cases, and white space, may stand: not among Han, Hangul and pictures.
_WITH_CASE = ((0x80, 0x3001), (0xA640, 0xAC00), (0xFB00, 0x10000))
_RARE_SCRIPTS = (0x10000, 0x1F000)  # some have case; all are taken for such
_CASE, _BLANK = 1, 2


@functools.cache
def changing_characters() -> NDArray[np.uint8]:
    """For each code point beyond ASCII, whether it is a blank, or a letter that changes when its case is folded.

    The last entry stands for all code points from there on.
    """
    found = np.zeros(_RARE_SCRIPTS[1] + 1, dtype=np.uint8)
    for first, end in _WITH_CASE:
        found[first:end] = [
            _BLANK if one.isspace() else _CASE if one != one.casefold() else 0 for one in map(chr, range(first, end))
        ]
    found[slice(*_RARE_SCRIPTS)] = _CASE
    return found


@functools.cache
def _blanks() -> tuple[str, ...]:
    return tuple(chr(point) for point in np.flatnonzero(changing_characters() == _BLANK).tolist())


def _with_plain_blanks(text: str) -> str:
    """``text``, whose blanks of ASCII are single, with one space in the place of every run of blanks.

    Blanks beyond ASCII are rare in long texts: a search for each kind of them takes a tenth of cutting up the words.
    """
    for blank in _blanks():
        if blank in text:
            text = text.replace(blank, " ")
    while "  " in text:
        text = text.replace("  ", " ")
    return text.strip(" ")


def _fold_unicode(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())


def folded_hashes(shard: Shard) -> Words:
    """The hashes of all texts of a shard, folded; shape (texts, 2). Worked out once per shard."""
    return shard.once(_folded_hashes)


def _folded_hashes(shard: Shard) -> Words:
    return hash_pieces(folded_pieces(shard))


def folded_pieces(shard: Shard) -> list[bytes]:
    """All texts of a shard, folded. Worked out once per shard."""
    return shard.once(_folded_pieces)


def _folded_pieces(shard: Shard) -> list[bytes]:
    return fold_texts(shard.buffer, shard.starts, shard.values, shard.once(beyond_ascii))


def fold(text: str) -> str:
    """One text folded as :func:`fold_texts` folds them: case, amount of white space, NFC."""
    return _fold_unicode(text)


def mixed_words(hashes: Words, tags: NDArray[np.int64]) -> Words:
    """Mix each hash with a number that says what its text is, so that sums of them tell orders apart."""
    mixed = (hashes ^ tags.astype(np.uint64) * _GOLDEN) * _MIX[0]
    mixed ^= mixed >> np.uint64(31)
    words: Words = mixed * _GOLDEN
    return words


def row_keys(shard: Shard, hashes: Words, salt: Words) -> tuple[Words, Words]:
    """Combine the hashes of each row's texts with their roles and order; ``salt`` is added per row."""
    said = shard.lengths > 0  # an input left empty is no input
    places = np.cumsum(said, dtype=np.int64)
    places -= (places - said.astype(np.int64))[shard.firsts[shard.owners]] if len(places) else 0
    tags = ((plain_codes(shard) & _ROLE_AND_PLACE) * 4096 + places).astype(np.uint64) * _GOLDEN
    keys = []
    for half, multiplier in enumerate(_MIX):
        mixed = (hashes[:, half] ^ tags) * multiplier
        mixed ^= mixed >> np.uint64(31)
        mixed *= _GOLDEN
        keys.append(_sum_by_row(shard, np.where(said, mixed, np.uint64(0))) + salt)
    return keys[0], keys[1]


def plain_codes(shard: Shard) -> NDArray[np.int64]:
    """The codes of all texts, in which words are words, whether a turn, a part of it, or a field of the row is them.

    Rows of two formats that say the same are the same then.
    """
    kind = shard.codes & c.KIND_MASK
    words = (kind == c.FIELD) | (kind == c.VALUE) | (kind == c.PART)
    codes: NDArray[np.int64] = np.where(words, shard.codes & ~c.KIND_MASK, shard.codes)
    return codes


def identity_hashes(shard: Shard) -> Words:
    """One hash per row of what the row is besides its texts: labels, references, images; 0 where nothing is."""
    assert shard.format is not None
    salt = np.zeros(len(shard), dtype=np.uint64)
    for row, part in _identities(shard):
        try:
            salt[row] = xxhash.xxh3_64_intdigest(orjson.dumps(part, option=orjson.OPT_SORT_KEYS))
        except TypeError:  # nested deeper than orjson writes (254 levels): only equal bytes are equal then
            salt[row] = xxhash.xxh3_64_intdigest(shard.raws[row])
    return salt


def _identities(shard: Shard) -> Iterable[tuple[int, Any]]:
    assert shard.format is not None
    media = shard.media_rows
    identity = shard.format.identity
    for row, parsed in enumerate(shard.rows):
        if shard.state[row]:
            continue
        part = parsed if row in media else identity(parsed)
        if part is not None:
            yield row, part


def _sum_by_row(shard: Shard, numbers: Words) -> Words:
    total = np.zeros(len(numbers) + 1, dtype=np.uint64)
    np.cumsum(numbers, out=total[1:])
    result: Words = total[shard.ends] - total[shard.firsts]
    return result
