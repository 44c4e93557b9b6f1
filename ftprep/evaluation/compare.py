"""Whether a row that has enough n-grams of a question really holds it, word by word."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from ftprep.evaluation.index import Candidate, Hit, Index, pieces_of
from ftprep.evaluation.items import LONG
from ftprep.evaluation.units import Unit, weight
from ftprep.formats import columns as c
from ftprep.text.ngrams import span_of

if TYPE_CHECKING:
    from ftprep.shard import Shard

_INSIDE = 5  # words from which on a short question is found inside a longer text
_RUNS = 64  # common runs of one text that are looked at
_PLACES = 8  # in one text at which a short question is looked at
_OPEN = re.compile(r"(?:^|[^\w\s,]\W*|[\n\r]\s*)$")
_CLOSED = re.compile(r"[^\S\n\r]*(?:$|[^\w\s,]|[\n\r])")
_DIGITS = 4  # words that one number may be cut into
_NUMBERS = frozenset(
    b"zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    b"eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand million half "
    b"twice".split()
)


class Overlap(NamedTuple):
    """A row that holds a question: the share of its n-grams that were found, and the longest run of its words."""

    row: int
    item: int
    covered: float
    text: int
    first: int
    end: int


class _Run(NamedTuple):
    """Words that a unit and a text of the row have in common."""

    text: int
    at: int
    begin: int
    length: int


def overlaps(index: Index, shard: Shard) -> Iterator[Overlap]:
    """For each sound row that holds a question, the one of which it holds most."""
    done = -1
    words: dict[int, list[bytes]] = {}
    for candidate in index.candidates(shard):
        if candidate.row == done:
            continue
        run = _verified(index, shard, candidate, words)
        if run is not None:
            done = candidate.row
            yield Overlap(candidate.row, candidate.item, candidate.covered, run.text, run.at, run.at + run.length)
            words.clear()


def _verified(index: Index, shard: Shard, candidate: Candidate, words: dict[int, list[bytes]]) -> _Run | None:
    """The longest run of words of the question in the row; None where the row asks something else."""
    item = index.items[candidate.item]
    longest: _Run | None = None
    for number, hits in candidate.hits.items():
        unit = index.units[number]
        asked = unit.words(index.items)
        runs = list(_runs(shard, asked, hits, unit.size, words))
        if not runs or not _same_question(shard, asked, unit, runs, words):
            return None
        best = max(runs, key=lambda run: run.length)
        if longest is None or best.length > longest.length:
            longest = best
    parts = [part.words for part in item.parts]
    if max(map(len, parts)) >= LONG:
        short = [part for part in parts if len(part) < LONG]
        return longest if all(_stands_in(shard, candidate.row, part) for part in short) else None
    if sum(map(weight, parts)) < _INSIDE:
        return longest if all(_is_a_turn(shard, candidate.row, part) for part in parts) else None
    return longest if all(_stands_apart(shard, candidate.row, part) for part in parts) else None


def _runs(
    shard: Shard, part: Sequence[bytes], hits: Sequence[Hit], size: int, words: dict[int, list[bytes]]
) -> Iterator[_Run]:
    """The runs of common words that hold the n-grams of ``hits``, as long as they are. Equal hashes are not trusted."""
    end = number = 0
    for text, at, begin in hits:
        if begin + size <= end:
            continue
        said = _words(shard, text, words)
        if said[at : at + size] != part[begin : begin + size] or number == _RUNS:
            continue
        number += 1
        before, after = 0, size
        while before < min(at, begin) and said[at - before - 1] == part[begin - before - 1]:
            before += 1
        while max(at - len(said), begin - len(part)) + after < 0 and said[at + after] == part[begin + after]:
            after += 1
        end = begin + after
        yield _Run(text, at - before, begin - before, before + after)


def _same_question(
    shard: Shard, part: Sequence[bytes], unit: Unit, runs: Sequence[_Run], words: dict[int, list[bytes]]
) -> bool:
    """Whether the row asks for the same: all of it stands there, or no number of it has another in its place."""
    if any(run.length == len(part) for run in runs):
        return True
    if unit.size < LONG:
        return False
    for run in runs:
        said = _words(shard, run.text, words)
        after, before = run.begin + run.length, run.begin
        if _other_number(part[after : after + _DIGITS], said[run.at + run.length :][:_DIGITS]):
            return False
        if _other_number(part[max(before - _DIGITS, 0) : before][::-1], said[max(run.at - _DIGITS, 0) : run.at][::-1]):
            return False
    return True


def _other_number(asked: Sequence[bytes], said: Sequence[bytes]) -> bool:
    """Whether a number is the first word where both go apart, and another word stands in its place."""
    if not asked or not said or not _is_number(asked[0]):
        return False
    if _digits(asked) & _digits(said):  # 1,000 and 1000
        return False
    return _is_number(said[0]) or (len(asked) > 1 and asked[1:2] == said[1:2])


def _is_number(word: bytes) -> bool:
    return word in _NUMBERS or any(0x30 <= letter <= 0x39 for letter in word)


def _digits(words: Sequence[bytes]) -> set[tuple[int, ...]]:
    """The digits of the number that some words begin with, as one, however punctuation cut it."""
    joined: list[bytes] = []
    found: set[tuple[int, ...]] = set()
    for word in words:
        if not word.isdigit():
            break
        joined.append(word)
        for order in (joined, joined[::-1]):
            found.add(tuple(b"".join(order)))
    return found


def _stands_in(shard: Shard, row: int, part: Sequence[bytes]) -> bool:
    """Whether a text of the row holds the words of ``part`` one after the other."""
    wanted = _spaced(part)
    return any(wanted in _spaced(shard.once(pieces_of)[text].split()) for text in shard.record(row).text_range)


def _is_a_turn(shard: Shard, row: int, part: Sequence[bytes]) -> bool:
    """Whether a text of a user is ``part`` and nothing else."""
    return any(
        int(shard.codes[text]) & c.ROLE_MASK == c.USER and shard.once(pieces_of)[text].split() == part
        for text in shard.record(row).text_range
    )


def _stands_apart(shard: Shard, row: int, part: Sequence[bytes]) -> bool:
    """Whether ``part`` stands in a text of the row as a sentence or a line, and not as the beginning of another."""
    wanted = _spaced(part)
    for text in shard.record(row).text_range:
        said = _spaced(shard.once(pieces_of)[text].split())
        at = -1
        for _ in range(_PLACES):
            at = said.find(wanted, at + 1)
            if at < 0:
                break
            first = said.count(b" ", 0, at)
            value = shard.values[text]
            start, end = span_of(value, first, first + len(part))
            if _OPEN.search(value, max(start - 8, 0), start) and _CLOSED.match(value, end):
                return True
    return False


def _spaced(words: Sequence[bytes]) -> bytes:
    return b" %b " % b" ".join(words)


def _words(shard: Shard, text: int, words: dict[int, list[bytes]]) -> list[bytes]:
    if text not in words:
        words[text] = shard.once(pieces_of)[text].split()
    return words[text]
