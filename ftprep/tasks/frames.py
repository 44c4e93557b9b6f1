"""Templates of requests: the words with which many requests begin, and how each of them writes those words.

A template is deterministic, language is not: after its first words nearly every request goes on with the same next
one. For each word at the start of a request two hashes of 32 bits are kept, of the words up to there whatever their
case and punctuation, and of the text up to there to the letter.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ftprep.engine.table import Ragged
from ftprep.formats import columns as c

if TYPE_CHECKING:
    from ftprep.engine.table import Table
    from ftprep.record import Record
    from ftprep.shard import Shard
    from ftprep.tasks.split import Task

Ints = NDArray[np.int64]
Points = NDArray[np.uint32]

MOST_WORDS, MOST_CHARACTERS = 24, 160  # of a request that are looked at
REQUEST, INSTRUCTION = 1, 2  # column ``asked``: the last request, or the instruction before its input
LEAST_ROWS = 20  # that begin with a template
LEAST_SHARE = 0.05  # of the instructions with an input, that are the same
STEP = 0.85  # of the rows with the words so far that go on with the same word
SURE = 0.97  # of these, that go on with a word of the template, and not with one that fills it
STEPS = 3  # such words that a template has
COVERAGE = 0.3  # of the rows of a task, that begin with a template
LONG_STEPS = 6  # of a template that is told by itself, where a task has many of them
SHORT_COVERAGE = 0.9  # the same for one or two words
ENDS = 0.9  # of the instructions with an input that are a template and nothing else
ASKED_AGAIN = 0.5  # of the requests that end with it: those are one question, and no template
_GAP = "\x01\x01\x01"  # between two texts, so that looking ahead stays in the text
_GLUED = ":.!?：。！？"  # what may belong to the last word of a template
_CJK = ((0x3040, 0x30FF), (0x3400, 0x9FFF), (0xF900, 0xFAFF))
_MULTIPLIER = 0x9E37_79B1
_WORD = re.compile("[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]|(?:(?![\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff])\\w)+")


class Frame(NamedTuple):
    """A template of so many ``words``, known by the hash of these. ``short`` ones are told by a colon behind them."""

    key: int
    words: int
    asked: int
    short: bool


class Surface(NamedTuple):
    """How a request writes a template: its ``text``, and the ``blanks`` behind it."""

    text: str
    blanks: str

    @property
    def newline(self) -> bool:
        """Whether what it is about stands on another line."""
        return "\n" in self.blanks or "\r" in self.blanks

    def differs_in_blanks(self, other: Surface) -> bool:
        """Whether two ways of writing differ in white space alone."""
        return "".join(self.text.split()) == "".join(other.text.split())


def frame_columns(shard: Shard, requests: Ints) -> dict[str, NDArray[np.uint8] | Ragged]:
    """The columns ``asked`` and ``opening`` of some rows, given by their last requests (-1 for none)."""
    asked = np.where(requests >= 0, REQUEST, 0).astype(np.uint8)
    texts = requests.copy()
    optional = np.flatnonzero((requests > 0) & (shard.codes[requests] & c.OPTIONAL != 0))
    for number in optional.tolist():
        before = int(requests[number]) - 1
        if shard.owners[before] == shard.owners[before + 1] and shard.codes[before] & c.ROLE_MASK == c.USER:
            texts[number], asked[number] = before, INSTRUCTION
    kept = np.flatnonzero(texts >= 0)
    sizes = np.zeros(len(texts), dtype=np.int64)
    values = np.zeros(0, dtype=np.uint64)
    if len(kept):
        sizes[kept], values = _openings([shard.values[text] for text in texts[kept].tolist()])
    return {"asked": asked, "opening": Ragged(sizes, values)}


def opening_of(record: Record, asked: int) -> tuple[str, str]:
    """The text that the columns of a row are about, and its place."""
    from ftprep.tasks.facts import last_exchange

    text = int(record.shard.once(last_exchange)[1][record.index])
    if asked == INSTRUCTION:
        text -= 1
    return record.shard.values[text], record.pointer(text)


def _openings(texts: list[str]) -> tuple[Ints, NDArray[np.uint64]]:
    """Number of words of each text, and for each word two hashes: high that of the words."""
    cut = [text[:MOST_CHARACTERS] for text in texts]
    joined = _GAP.join(cut) + _GAP
    points = np.array([joined]).view(np.uint32)
    folded = _lowered(points)
    sizes = np.fromiter(map(len, cut), dtype=np.int64, count=len(cut)) + len(_GAP)
    starts = np.cumsum(sizes) - sizes
    kinds = _kinds()[np.minimum(points, 0xFFFF)]
    word, alone = kinds > 0, kinds == 2
    begins, ends = word.copy(), word.copy()
    apart = ~word
    if alone.any():
        apart = apart | alone
    begins[1:] &= apart[:-1] | alone[1:]
    ends[:-1] &= apart[1:] | alone[:-1]
    # Places among the letters of words, with one more at the start of each word for what parts it from the last.
    places = np.cumsum(word.astype(np.int8) + begins, dtype=np.int32)
    at = np.flatnonzero(ends)
    owners = np.searchsorted(starts, at, side="right") - 1
    base = starts[owners]
    first = np.searchsorted(at, starts)
    numbers = np.arange(len(at)) - first[owners]  # of each word in its text
    kept = (numbers < MOST_WORDS) & (at < base + MOST_CHARACTERS - 1)  # a word at the cut may go on
    at, owners, base = at[kept], owners[kept], base[kept]
    powers = _powers()
    before = np.where(starts > 0, places[starts - 1], 0)
    inside = np.arange(len(points), dtype=np.int32) - np.repeat(starts.astype(np.int32), sizes)
    places -= np.repeat(before.astype(np.int32), sizes)
    words = _sums(np.where(word, folded * powers[places], np.uint32(0)))
    letters = _sums((points + np.uint32(1)) * powers[inside])
    glued = _glues()[np.minimum(points[at + 1], 0xFFFF)]
    behind = at + 1 + glued
    following = points[behind]
    blank = (following == 0x20) | (following == 0x09)
    following = np.where(blank, points[behind + 1], following)
    newline = (following == 0x0A) | (following == 0x0D)
    high = words[at + 1] - words[base]
    low = letters[behind] - letters[base] + newline.astype(np.uint32) * np.uint32(_MULTIPLIER)
    values = (high.astype(np.uint64) << np.uint64(32)) | low
    return np.bincount(owners, minlength=len(texts)).astype(np.int64), values


def _sums(terms: Points) -> Points:
    total = np.zeros(len(terms) + 1, dtype=np.uint32)
    np.cumsum(terms, dtype=np.uint32, out=total[1:])
    return total


def _lowered(points: Points) -> Points:
    """Lower case, character by character, so that places stay."""
    known = np.minimum(points, 0xFFFF)
    lowered: Points = _lowers()[known]
    return lowered if (known == points).all() else np.where(known == points, lowered, points)


@functools.cache
def _lowers() -> Points:
    points = np.arange(0x10000, dtype=np.uint32)
    for point in range(0x10000):
        small = chr(point).lower()
        if len(small) == 1:
            points[point] = ord(small)
    return points


@functools.cache
def _kinds() -> NDArray[np.uint8]:
    """For each code point of the first plane: 1 for letters of words, 2 for words of one character, else 0."""
    kinds = np.fromiter((_WORD.fullmatch(chr(point)) is not None for point in range(0x10000)), dtype=np.uint8)
    for low, high in _CJK:
        kinds[low : high + 1] *= 2
    return kinds


@functools.cache
def _glues() -> NDArray[np.uint8]:
    glues = np.zeros(0x10000, dtype=np.uint8)
    glues[[ord(one) for one in _GLUED]] = 1
    return glues


@functools.cache
def _powers() -> Points:
    powers = np.full(2 * MOST_CHARACTERS + 16, _MULTIPLIER, dtype=np.uint32)
    powers[0] = 1
    return np.cumprod(powers, dtype=np.uint32)


# --- which templates ------------------------------------------------------------------------------------------------


def frames(table: Table, rows: Ints, tasks: Sequence[Task]) -> Iterator[Frame]:
    """The templates with which ``rows`` of one split begin, whose tasks are ``tasks``.

    Words are followed from the first one on over all rows, so that a task that was cut out by its first words has no
    longer a template than it was cut by.
    """
    opening = table.ragged["opening"]
    starts = np.cumsum(opening.sizes) - opening.sizes
    whole, part = _memberships(table, tasks)
    asked = table["asked"][rows]
    for kind in (REQUEST, INSTRUCTION):
        mine = rows[(asked == kind) & (opening.sizes[rows] > 0)]
        for node, depth, steps in _walk(opening, starts, mine):
            ends = float(np.mean(opening.sizes[node] == depth))
            key = int(opening.values[starts[node[0]] + depth - 1] >> np.uint64(32))
            if kind == INSTRUCTION and ends >= ENDS:
                if len(node) >= LEAST_SHARE * len(mine):
                    yield Frame(key, depth, kind, short=False)
            elif ends < ASKED_AGAIN:
                long = steps >= STEPS and _covers(node, whole if steps < LONG_STEPS else part)
                if long or (steps == depth and len(node) >= SHORT_COVERAGE * len(rows)):
                    yield Frame(key, depth, kind, short=not long)


def _memberships(table: Table, tasks: Sequence[Task]) -> tuple[Ints, Ints]:
    """For each entry the number of its task, and of its part of the task; -1 for entries of other splits."""
    whole = np.full(len(table), -1, dtype=np.int64)
    part = whole.copy()
    number = 0
    for task in tasks:
        whole[task.rows] = number
        for rows in task.parts or (task.rows,):
            part[rows] = number
            number += 1
    return whole, part


def _covers(rows: Ints, tasks: Ints) -> bool:
    """Whether ``rows`` are a good part of the task that most of them belong to."""
    names, counts = np.unique(tasks[rows], return_counts=True)
    most = int(counts.argmax())
    return bool(counts[most] >= COVERAGE * np.count_nonzero(tasks == names[most]))


def surfaces(table: Table, frame: Frame, rows: Ints) -> list[Ints]:
    """Those of ``rows`` that begin with a template, by how they write it, the commonest first."""
    opening = table.ragged["opening"]
    mine = rows[(table["asked"][rows] == frame.asked) & (opening.sizes[rows] >= frame.words)]
    values = opening.values[np.cumsum(opening.sizes)[mine] - opening.sizes[mine] + frame.words - 1]
    chosen = (values >> np.uint64(32)) == np.uint64(frame.key)
    mine, keys = mine[chosen], values[chosen].astype(np.uint32)
    order = np.argsort(keys, kind="stable")
    groups = np.split(mine[order], np.flatnonzero(np.diff(keys[order])) + 1)
    return sorted(groups, key=lambda group: (-len(group), int(group[0])))


class _Node(NamedTuple):
    """Rows with the same words up to a ``depth``, the last ``steps`` of which were certain."""

    rows: Ints
    depth: int
    steps: int


def _walk(opening: Ragged, starts: Ints, rows: Ints) -> Iterator[_Node]:
    """Where the words of ``rows``, certain so far, part; words at the end that are certain enough but not sure are
    what many templates are filled with first (an article, say), and are left out.
    """
    root = _Node(rows, 0, 0)
    waiting = [(root, root)]
    while waiting:
        node, sure = waiting.pop()
        depth = node.depth
        onward = node.rows[opening.sizes[node.rows] > depth] if depth < MOST_WORDS else node.rows[:0]
        keys = (opening.values[starts[onward] + depth] >> np.uint64(32)).astype(np.uint32)
        order = np.argsort(keys, kind="stable")
        bounds = np.concatenate(([0], np.flatnonzero(np.diff(keys[order])) + 1, [len(order)]))
        certain = False
        for number in np.flatnonzero(np.diff(bounds) >= LEAST_ROWS).tolist():
            group = order[bounds[number] : bounds[number + 1]]
            step = len(group) >= STEP * len(node.rows)
            certain |= step
            child = _Node(np.sort(onward[group]), depth + 1, node.steps + 1 if step else 0)
            waiting.append((child, child if not step or len(group) >= SURE * len(node.rows) else sure))
        if not certain and sure.depth:
            yield sure


def surface_of(text: str, words: int) -> Surface | None:
    """How a request writes a template of so many words; None where it has fewer."""
    last = None
    for number, match in enumerate(_WORD.finditer(text[:MOST_CHARACTERS]), 1):
        if number == words:
            last = match
            break
    if last is None:
        return None
    end = last.end() + (text[last.end() : last.end() + 1] in _GLUED and last.end() < len(text))
    rest = text[end : end + MOST_CHARACTERS]
    return Surface(text[:end], rest[: len(rest) - len(rest.lstrip())])
