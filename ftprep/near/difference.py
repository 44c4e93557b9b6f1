"""What the words that differ between two similar rows mean: an edit of one row, or another row of one template."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from ftprep.formats import columns as c
from ftprep.near.facts import SHORT_ANSWER, Scope, answers_of, frames_of, meant
from ftprep.near.words import split_words

if TYPE_CHECKING:
    from ftprep.record import Record
    from ftprep.shard import Shard

_LONGEST = 4_000  # words that are aligned; longer sides are compared without their order
_FEW_WORDS = 12  # of a request; in a shorter one another letter may be another name
_ADDED = 2  # words that may be added to what is asked
_SOFTENERS = frozenset(("me", "us", "i", "you", "your", "my", "can", "could", "would", "will", "kindly", "some", "of"))
_LIGHT = _SOFTENERS.union(("do", "does", "did", "should", "must", "may", "might", "shall", "is", "are", "be", "to"))
_SHARED = 20  # words of two requests; where so many are shared they are what is asked about, and no template
_OWN = 60  # words of an answer; one so long is no standing phrase and answers one request
_NEGATIONS = (
    "not no never none without cannot t nor neither except only nicht kein keine ohne nie nur niet geen zonder pas ne "
    "sans jamais sauf non senza mai nunca sin não sem не без нет"
)
_QUESTIONS = (
    "how why where when who whom whose what which wie warum wieso weshalb wo woher wohin wann wer wem wen wessen "
    "welche welcher welches hoe waarom waar wanneer wat welke comment pourquoi où quand qui quoi quel quelle combien "
    "perché dove quando cosa quale quanto cómo como dónde cuándo quién qué cuál cuánto onde quem qual как почему где "
    "когда кто что какой"
)
_OTHER_REQUEST = frozenset(f"{_NEGATIONS} {_QUESTIONS}".split(" "))
"""Words that make another request of one by being added: whether a card can be had is not where, nor that it cannot."""


class Sides(NamedTuple):
    """The words of what is asked, of what is answered, and of the answer that is not wanted, in one row."""

    asked: list[str]
    answered: list[str]
    rejected: Sequence[str] = ()


class Change(NamedTuple):
    """Words of one row that stand in the place of words of another; one of them may be empty."""

    old: tuple[str, ...]
    new: tuple[str, ...]


_FRAME, _ASKED, _ANSWERED, _REJECTED = range(4)
_WANTED: dict[Scope, tuple[int, ...]] = {
    "row": (_ASKED, _ANSWERED, _REJECTED),
    "prompt": (_ASKED,),
    "answer": (_ANSWERED, _REJECTED),
}


def sides_of(record: Record, scope: Scope) -> Sides:
    """The words of one row that are compared."""
    bounds, side_of = record.shard.bounds, record.shard.once(_sides)
    words: dict[int, list[str]] = {_ASKED: [], _ANSWERED: [], _REJECTED: []}
    for text in range(bounds[record.index], bounds[record.index + 1]):
        if side_of[text] in _WANTED[scope]:
            words[side_of[text]].extend(split_words(record.shard.values[text]))
    return Sides(words[_ASKED], words[_ANSWERED], words[_REJECTED])


def _sides(shard: Shard) -> list[int]:
    """Which side each text belongs to."""
    codes = shard.codes
    answers = np.where((codes & c.SIDE_MASK) == c.REJECTED, _REJECTED, _ANSWERED)
    sides: list[int] = np.where(answers_of(codes), answers, np.where(frames_of(codes), _FRAME, _ASKED)).tolist()
    return sides


def changes(old: Sequence[str], new: Sequence[str]) -> list[Change]:
    """The words that differ, place by place."""
    if max(len(old), len(new)) > _LONGEST:
        before, after = Counter(old), Counter(new)
        lost, added = tuple((before - after).elements()), tuple((after - before).elements())
        return [Change(lost, added)] if lost or added else []
    from rapidfuzz.distance import Levenshtein

    first: Sequence[Hashable] = old
    second: Sequence[Hashable] = new
    return [
        Change(tuple(old[code.src_start : code.src_end]), tuple(new[code.dest_start : code.dest_end]))
        for code in _joined(Levenshtein.opcodes(first, second))
    ]


class _Block(NamedTuple):
    src_start: int
    src_end: int
    dest_start: int
    dest_end: int


def _joined(codes: Iterable[Any]) -> list[_Block]:
    """The edits, those side by side as one."""
    blocks: list[_Block] = []
    for tag, src_start, src_end, dest_start, dest_end in codes:  # they unpack, whatever their type says
        if tag == "equal":
            continue
        if blocks and blocks[-1].src_end == src_start and blocks[-1].dest_end == dest_start:
            blocks[-1] = _Block(blocks[-1].src_start, src_end, blocks[-1].dest_start, dest_end)
        else:
            blocks.append(_Block(src_start, src_end, dest_start, dest_end))
    return blocks


def meaningful(found: Iterable[Change], slips: bool = True) -> Iterator[Change]:
    """The changes that are more than spacing, marks of sentences and fillers, and, with ``slips``, slips of the pen."""
    for one in found:
        old, new = meant(" ".join(one.old)), meant(" ".join(one.new))
        if "".join(old) != "".join(new) and not (slips and _slips(old, new)):
            yield Change(tuple(old), tuple(new))


def _slips(old: Sequence[str], new: Sequence[str]) -> bool:
    """Whether words differ by one letter each, and neither in the first letter nor in short words."""
    from rapidfuzz.distance import OSA

    return len(old) == len(new) and all(
        one == other
        or (
            min(len(one), len(other)) >= 5
            and one[0] == other[0]
            and one.isalpha()
            and other.isalpha()
            and OSA.distance(one, other) == 1
        )
        for one, other in zip(old, new, strict=True)
    )


def same_example(old: Sides, new: Sides) -> bool:
    """Whether two similar rows teach the same; rows of one template with different contents do not.

    Where the same is asked they do if the answers share most words, and where requests are reworded if the long answer
    is the same. Where both sides differ in words that count, they are two examples, unless no more than a word or two
    was added to what is asked. Requests alone are the same only if nothing that counts was added. Of pairs, each side
    is compared with its like: what is wanted in one and not in the other is no repetition.
    """
    old_answer, new_answer = old.answered, new.answered
    if old.rejected or new.rejected:
        sides = ((old.answered, new.answered), (old.rejected, new.rejected))
        if not all(_mostly_shared(one, other) for one, other in sides):
            return False
        old_answer, new_answer = [*old.answered, *old.rejected], [*new.answered, *new.rejected]
    if not old_answer and not new_answer:
        return _same_request(old.asked, new.asked, _SOFTENERS)
    alike = _mostly_shared(old_answer, new_answer)
    if alike and old.asked == new.asked:
        return True
    same_answer = old_answer == new_answer or not any(meaningful(changes(old_answer, new_answer)))
    short = min(len(old_answer), len(new_answer)) < SHORT_ANSWER
    if same_answer and not short and _reworded(old.asked, new.asked, len(old_answer) >= _OWN):
        return True
    return (same_answer or alike) and _same_request(old.asked, new.asked)


def _reworded(old: Sequence[str], new: Sequence[str], own_answer: bool) -> bool:
    """Whether a request stands in other words around what it is about; a word for another of few is another request."""
    common = _in_common(old, new)
    if 3 * common < len(old) + len(new):
        return False
    if own_answer or common >= _SHARED:
        return True
    two_sided = (one for one in meaningful(changes(old, new)) if one.old and one.new)
    return all(_LIGHT.issuperset((*one.old, *one.new)) for one in two_sided)


def _same_request(old: Sequence[str], new: Sequence[str], added: frozenset[str] | None = None) -> bool:
    """Whether the same is asked, or a word or two more; with ``added`` only more of these words."""
    if old == new:
        return True
    found = meaningful(changes(old, new), slips=_has_words(old) and _has_words(new))
    one_sided = []
    for change in found:
        if change.old and change.new:
            return False
        one_sided.append(change)
    if added is not None:
        return all(added.issuperset((*change.old, *change.new)) for change in one_sided)
    return not one_sided or _lightly_longer(one_sided)


def _has_words(side: Sequence[str]) -> bool:
    """Whether enough words have letters that a slip can change: no character of Chinese or Japanese has."""
    spelt = (word for word in side if len(word) > 1)
    return sum(1 for _ in islice(spelt, _FEW_WORDS)) == _FEW_WORDS


def _mostly_shared(old: Sequence[str], new: Sequence[str]) -> bool:
    """Whether two thirds of the words of two sides are in both."""
    both = len(old) + len(new)
    return 3 * min(len(old), len(new)) >= both and 3 * _in_common(old, new) >= both if old != new else True


def _in_common(old: Sequence[str], new: Sequence[str]) -> int:
    """How many words two sides share."""
    left = Counter(old)
    return sum(min(count, left[word]) for word, count in Counter(new).items() if word in left)


def _lightly_longer(found: Sequence[Change]) -> bool:
    words = [word for one in found for word in (*one.old, *one.new)]
    one_sided = all(not one.old for one in found) or all(not one.new for one in found)
    return one_sided and len(words) <= _ADDED and _OTHER_REQUEST.isdisjoint(words)
