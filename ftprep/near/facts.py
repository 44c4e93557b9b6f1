"""What a shard is boiled down to for near-duplicates: sets of shingles, and a salt that keeps other rows apart."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, get_args

import numpy as np
from numpy.typing import NDArray

from ftprep.engine.table import Ragged
from ftprep.formats import columns as c
from ftprep.near.folding import normalise
from ftprep.near.shingles import WHOLE, of_length, shingle
from ftprep.near.words import GOLDEN, Hashes, Ints, Words, find_numbers, find_words, hash_words, mixed
from ftprep.text.hashing import folded_hashes, hash_pieces, identity_hashes, row_keys

if TYPE_CHECKING:
    from ftprep.shard import Shard

Scope = Literal["row", "prompt", "answer"]
SCOPES: tuple[Scope, ...] = get_args(Scope)
SHORT_ANSWER = 8  # words; a shorter one is a label or a value, and rows with different ones are different rows

_WORD = re.compile(r"\w+|[^\w\s]")
_FILLERS = "a an the please pls hi hello hey thanks thank ok okay just really very"
_WITHOUT_MEANING = frozenset([*_FILLERS.split(" "), *".,;:!?'\"’“”"])


def answers_of(codes: Ints) -> NDArray[np.bool_]:
    """Which texts are what is learnt or compared; the others are what is asked."""
    answers: NDArray[np.bool_] = ((codes & c.TRAINED) != 0) | ((codes & c.SIDE_MASK) != c.PROMPT)
    return answers


def frames_of(codes: Ints) -> NDArray[np.bool_]:
    """Which texts are no part of what is compared, but must be equal: system prompts and tools."""
    system = ((codes & c.ROLE_MASK) == c.SYSTEM) | ((codes & c.KIND_MASK) == c.TOOLS)
    frames: NDArray[np.bool_] = system & ~answers_of(codes)
    return frames


def in_scope(codes: Ints, scope: Scope) -> NDArray[np.bool_]:
    """Which texts are compared."""
    answers = answers_of(codes)
    if scope == "answer":
        return answers
    return ~frames_of(codes) if scope == "row" else ~frames_of(codes) & ~answers


def near_columns(shard: Shard, scope: Scope) -> Mapping[str, Any] | None:
    """Columns of one entry per set: its row, class, members and salt, and the keys that equal rows share."""
    sound = np.frombuffer(bytes(shard.state), dtype=np.uint8) == 0
    if not sound.any() or not shard.values:
        return None
    wanted = in_scope(shard.codes, scope) & sound[shard.owners]
    read = shard.once(_read)
    words, hashes = read.words, read.hashes
    if not wanted.all():
        chosen = np.flatnonzero(wanted[words.texts])
        words, hashes = words.chosen(chosen), hashes[chosen]
    rows = shard.owners[words.texts]
    lengths = np.bincount(rows, minlength=len(shard)).astype(np.int64)
    found, kinds, sets = shingle(hashes, rows, lengths, _wholes(shard, wanted, lengths))
    identities = shard.once(identity_hashes)
    salts = _sums(shard, read, wanted)
    if scope != "answer":
        salts += _frames(shard)
    if scope == "row":
        salts += mixed(identities) + _short_answers(shard, words)
    folded = row_keys(shard, folded_hashes(shard), identities)
    return {
        "row": found,
        "class": kinds.astype(np.uint8),
        "salt": salts[found],
        "folded_0": folded[0][found],
        "folded_1": folded[1][found],
        "shingles": Ragged(sets.sizes, sets.hashes),
    }


class _Read(NamedTuple):
    """All words of a shard with their hashes, and the text and a hash of each of its numbers."""

    words: Words
    hashes: Hashes
    numbers: Ints
    values: Hashes


def _read(shard: Shard) -> _Read:
    words = find_words(shard.buffer, shard.values)
    numbers = find_numbers(words)
    return _Read(words, hash_words(words), numbers.texts, mixed(hash_words(numbers) * GOLDEN))


def _wholes(shard: Shard, wanted: NDArray[np.bool_], lengths: Ints) -> Hashes:
    """A hash of the words with a meaning of each short row; 0 for other rows."""
    found = np.zeros(len(shard), dtype=np.uint64)
    rows = np.flatnonzero(of_length(lengths, WHOLE))
    pieces = []
    for row in rows.tolist():
        texts = [one for one in range(int(shard.firsts[row]), int(shard.ends[row])) if wanted[one]]
        pieces.append("\0".join(" ".join(meant(shard.values[text])) for text in texts).encode())
    if pieces:
        empty = np.array([not piece.strip(b"\0 ") for piece in pieces])
        found[rows] = np.where(empty, np.uint64(0), hash_pieces(pieces)[:, 0])
    return found


def meant(text: str) -> list[str]:
    """The words of a text that carry meaning: no articles, politeness, fillers and marks of sentences."""
    return [word for word in _WORD.findall(normalise(text)) if word not in _WITHOUT_MEANING]


def _sums(shard: Shard, read: _Read, wanted: NDArray[np.bool_]) -> Hashes:
    """What numbers the compared texts of each row hold, in whatever order."""
    kept = np.flatnonzero(wanted[read.numbers])
    return _add_up(read.values[kept], shard.owners[read.numbers[kept]], len(shard))


def _frames(shard: Shard) -> Hashes:
    texts = np.flatnonzero(frames_of(shard.codes))
    hashes = folded_hashes(shard)[texts, 0]
    places = (texts - shard.firsts[shard.owners[texts]]).astype(np.uint64)
    return _add_up(mixed(hashes ^ places * GOLDEN), shard.owners[texts], len(shard))


def _short_answers(shard: Shard, words: Words) -> Hashes:
    """The words of answers that are labels or values; fillers, and marks of sentences after a word, do not count."""
    chosen = np.flatnonzero(answers_of(shard.codes)[words.texts])
    rows = shard.owners[words.texts[chosen]]
    counts = np.bincount(rows, minlength=len(shard))
    short = counts[rows] < SHORT_ANSWER
    chosen, rows = chosen[short], rows[short]
    starts, sizes = words.starts[chosen], words.sizes[chosen]
    marks = np.isin(words.letters[starts + sizes - 1], np.frombuffer(b".,;:!?", dtype=np.uint8)) & (sizes > 1)
    bare = Words(words.letters, starts, sizes - marks, words.texts[chosen])
    own = hash_words(bare)
    meaning = ~np.isin(own, _filler_hashes())
    own, rows = own[meaning], rows[meaning]
    places = (np.arange(len(rows)) - np.searchsorted(rows, rows)).astype(np.uint64)
    return _add_up(mixed(own ^ places * GOLDEN), rows, len(shard))


@functools.cache
def _filler_hashes() -> Hashes:
    fillers = _FILLERS.encode()
    return hash_words(find_words(fillers + b"\xff", [_FILLERS]))


def _add_up(hashes: Hashes, rows: Ints, count: int) -> Hashes:
    total = np.zeros(count, dtype=np.uint64)
    np.add.at(total, rows, hashes)
    return total
