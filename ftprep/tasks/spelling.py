"""When two labels are one label, spelt in two ways: the same but for case and punctuation, cut short, or mistyped."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from ftprep.tasks.kinds import fold

_EDGES = " \t\n.,;:!?\"'`“”‘’«»*_。，！？；：、"
_PAIRS = {"(": ")", "[": "]", "{": "}", "<": ">"}
# What joins the words of a label. Between digits, and before a word, it may be a sign.
_JOINT = re.compile(r"(?<=[^\W\d_])[\s_\-/]+(?=[^\W_])|(?<=[^\W_])[\s_\-/]+(?=[^\W\d_])")
_LEAST_SHORT, _LEAST_GONE = 3, 2  # letters of an abbreviation, and letters that it leaves out
_LEAST_TYPO, _LEAST_TYPO_IN_LONG, _LONG_LABEL = 5, 4, 9
_TWO_TYPOS = 9  # letters from which a word may hold two typing errors
_ENDINGS = "s es d ed ing er r ers or ly y al ic n en ion st est ally ation ment ness able ful less"
_INFLECTIONS = frozenset(_ENDINGS.split())
_FORMING = frozenset("yn")  # last letters that make a word of a word
# What stands at the start of a word and turns it into another one.
_PREFIXES = (
    "un in im il ir en em ex non not dis mis mal a an ab ad ant anti ante pre pro post per sub super sur up down over "
    "under inter intra intro hyper hypo macro micro mono bi di tri quad uni multi endo exo de re co con counter fore "
    "homo hetero iso trans ortho para meta peri epi"
)
_REVERSING = tuple(_PREFIXES.split())


def label_key(text: str) -> str:
    """What is equal for spellings of one label: case, punctuation at the edges and what joins its words aside."""
    folded = fold(text)
    key = folded.strip(_EDGES)
    while len(key) > 2 and _PAIRS.get(key[0]) == key[-1]:
        key = key[1:-1].strip(_EDGES)
    return _JOINT.sub(" ", key) or folded


def same_letters(one: str, other: str) -> bool:
    """Whether two keys differ in where words are joined, and in nothing else: ``e mail`` and ``email``.

    A word that turns the next one around is no part of it: ``not able`` is not ``notable``.
    """
    words = [*one.split(" ")[:1], *other.split(" ")[:1]]
    return one.replace(" ", "") == other.replace(" ", "") and not _TURNING.intersection(words)


_TURNING = frozenset({"no", "not", "non", "un", "in"})


def counted(labels: Iterable[str]) -> Counter[str]:
    """Count labels, spellings of one as one, under the first of them."""
    names: dict[str, str] = {}
    return Counter(names.setdefault(label_key(label), label) for label in labels)


def is_abbreviation(short: str, long: str) -> bool:
    """Whether one key is a word that was cut short: ``pos`` of ``positive``, never ``card`` of ``card payment``."""
    if not (short.isalpha() and long.isalpha() and long.startswith(short)):
        return False
    rest = long[len(short) :]
    return len(short) >= _LEAST_SHORT and len(rest) >= _LEAST_GONE and not _inflects(short, long)


def mistyped_word(rare: str, frequent: str) -> str | None:
    """The word of the key ``rare`` that is a typing error in ``frequent``; None where the two differ otherwise."""
    mine, theirs = rare.split(" "), frequent.split(" ")
    if len(mine) != len(theirs) and rare.replace(" ", "") == frequent.replace(" ", ""):
        return next(one for one in mine if one not in theirs)
    if len(mine) != len(theirs):
        return None
    differing = [(one, other) for one, other in zip(mine, theirs, strict=True) if one != other]
    if len(differing) != 1:
        return None
    wrong, right = differing[0]
    least = _LEAST_TYPO_IN_LONG if len(frequent) >= _LONG_LABEL else _LEAST_TYPO
    return wrong if _is_typo(wrong, right, least) else None


def doubtful_word(rare: str, frequent: str) -> str | None:
    """The word of the key ``rare`` that lacks a letter of ``frequent`` but may be a word of its own.

    That is a word without its first letter, as ``light`` is beside ``flight``, or without a last one that makes a word
    of a word: ``rain`` beside ``rainy``. Nothing but the absence of such a word elsewhere makes it an error.
    """
    mine, theirs = rare.split(" "), frequent.split(" ")
    differing = [(one, other) for one, other in zip(mine, theirs, strict=False) if one != other]
    if len(mine) != len(theirs) or len(differing) != 1:
        return None
    wrong, right = differing[0]
    if not (wrong.isalpha() and right.isalpha()) or len(right) < _LEAST_TYPO or _reverses(wrong, right):
        return None
    return wrong if wrong == right[1:] or (right[-1] in _FORMING and wrong == right[:-1]) else None


def is_typo(one: str, other: str) -> bool:
    """Whether two words of at least five letters are one, mistyped."""
    return _is_typo(one, other, _LEAST_TYPO)


def _is_typo(one: str, other: str, least: int) -> bool:
    if not (one.isalpha() and other.isalpha()) or one[0] != other[0]:
        return False
    short, long = sorted((one, other), key=len)
    if len(other) < least or len(short) < least - 1 or len(long) - len(short) > 2:
        return False
    if _inflects(one, other) or _reverses(one, other):
        return False
    from rapidfuzz.distance import DamerauLevenshtein

    most = 2 if len(short) >= _TWO_TYPOS else 1
    return DamerauLevenshtein.distance(one, other, score_cutoff=most) <= most


def _inflects(one: str, other: str) -> bool:
    """Whether two words are forms of one: they differ in how they end, and in nothing else."""
    same = 0
    for mine, theirs in zip(one, other, strict=False):
        if mine != theirs:
            break
        same += 1
    ends = [one[same:], other[same:]]
    if not all(ends):
        longer = max(ends, key=len)
        if longer == "s" and same > 0 and one[same - 1] == "s":
            return False  # "contactles": no word of one s has the plural ss
        # "ship" and "shipping": a last letter that is doubled before the ending.
        return longer in _INFLECTIONS or (same > 0 and longer[0] == one[same - 1] and longer[1:] in _INFLECTIONS)
    if ends[0].endswith(ends[1]) or ends[1].endswith(ends[0]):
        return False  # "worrid" for "worried": one stem takes -d or -ed, never both
    return all(end in _INFLECTIONS or end in ("e", "ies", "ied", "ier", "iest") for end in ends)


def _reverses(one: str, other: str) -> bool:
    """Whether two words are equal after a prefix that says something: ``hyper…`` and ``hypo…``, ``pre…``, ``pro…``."""
    rests = [
        {word} | {word[len(prefix) :] for prefix in _REVERSING if word.startswith(prefix)} for word in (one, other)
    ]
    return any(len(rest) >= 3 for rest in rests[0] & rests[1])


def says(request: str, surface: str) -> bool:
    """Whether a request holds a label as a word of its own."""
    at = request.find(surface)
    while at >= 0:
        before, after = request[at - 1 : at], request[at + len(surface) : at + len(surface) + 1]
        if not (before.isalnum() or after.isalnum()):
            return True
        at = request.find(surface, at + 1)
    return False
