"""Marks of a request that say nothing about it, and labels that they give away.

A mark is a prefix, a shape or a range of the identifiers in a request, or how it begins and ends. It gives a label
away when nearly all rows that have it share the label, far beyond what their number would bring by chance.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from typing import NamedTuple

LEAST_ROWS = 20  # with a mark
PURITY = 0.98  # of the rows with a mark that share its label
CHANCE = 1e-6  # that this comes by chance, times the number of marks that were tried
FORM_SHARE = 0.3  # of the rows whose label marks of form give away together
_TAIL = 20  # characters of a token that are looked at

_TOKEN = re.compile(
    r"(?<![\w$€£.,%-])(?P<prefix>[A-Za-z]{1,8})?(?P<join>[-_/#]?)(?P<number>\d{3,12})(?P<rest>(?:[-_/][A-Za-z0-9]{1,12})*)(?![\w%]|[.,]\d|\s?(?:%|USD|EUR|dollars?|euros?|pounds?))"
)
_YEAR = re.compile(r"(?:19|20)\d\d")
_LEAST_DIGITS = 4  # of a number that stands alone


class Mark(NamedTuple):
    """One mark: its family, and its value in words."""

    family: str
    value: str


class Leak(NamedTuple):
    """A mark that gives a label away: of its ``rows``, ``agreeing`` have the ``label``; ``chance`` is corrected."""

    mark: Mark
    rows: int
    agreeing: int
    label: int
    base: float
    chance: float


SILENT_FAMILIES = ("end", "start", "invisible")
"""Marks that nobody sees, which are never what a label is about; a question mark may be."""
IDENTIFIER_FAMILIES = ("prefix", "shape", "ending", "range")


def marks_of(request: str) -> tuple[list[Mark], int | None]:
    """The marks of one request, one of each family at most, and the number of its first identifier."""
    marks = [
        Mark("last character", repr_of(request.rstrip()[-1:])),
        Mark("end", repr_of(request[len(request.rstrip()) :])),
        Mark("start", repr_of(request[: len(request) - len(request.lstrip())])),
        Mark("inside", "several blanks" if re.search(r"\S {2,}\S", request) else ""),
        Mark("invisible", ",".join(sorted({f"U+{ord(one):04X}" for one in request if one in _INVISIBLE}))),
    ]
    for match in _TOKEN.finditer(request):
        prefix, number = match["prefix"] or "", match["number"]
        if not prefix and (match["join"] not in ("", "#") or len(number) < _LEAST_DIGITS or _YEAR.fullmatch(number)):
            continue
        if prefix and not (prefix.isupper() or match["join"]):
            continue
        written = match.group()[:_TAIL]
        marks += [
            Mark("prefix", prefix),
            Mark("shape", re.sub(r"[A-Z]", "A", re.sub(r"[a-z]", "a", re.sub(r"\d", "9", written)))),
            Mark("ending", written[-1]),
        ]
        return marks, int(number)
    return marks, None


_INVISIBLE = frozenset("\u00a0\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\u202f\u2009")


def repr_of(text: str) -> str:
    """Blanks as names, other characters as they are; digits and letters are no mark."""
    if not text:
        return ""
    if text.isspace():
        return f"{len(text)} {'blank' if set(text) == {' '} else 'line break' if set(text) == {chr(10)} else 'blanks'}"
    return text if not text.isalnum() else "a letter or digit"


def leaks(requests: Sequence[str], labels: Sequence[int]) -> list[Leak]:
    """The marks that give labels away, those of most rows first; ``labels`` are numbers, one for each request."""
    total = Counter(labels)
    seen: defaultdict[Mark, Counter[int]] = defaultdict(Counter)
    numbered: list[tuple[int, int]] = []
    for request, label in zip(requests, labels, strict=True):
        marks, number = marks_of(request)
        for mark in marks:
            seen[mark][label] += 1
        if number is not None:
            numbered.append((number, label))
    tried = [mark for mark, counts in seen.items() if counts.total() >= LEAST_ROWS]
    families = Counter(mark.family for mark in seen)
    tests = len(tried) + 2 * len(numbered)
    found = []
    for mark in tried:
        if families[mark.family] < 2 or (mark.family == "prefix" and not mark.value):
            continue
        leak = _leak(mark, seen[mark], total, tests)
        if leak is not None:
            found.append(leak)
    kept = [leak for leak in found if leak.mark.family in IDENTIFIER_FAMILIES]
    for family in sorted({leak.mark.family for leak in found} - set(IDENTIFIER_FAMILIES)):
        ones = [leak for leak in found if leak.mark.family == family]
        if family in SILENT_FAMILIES or sum(leak.rows for leak in ones) >= FORM_SHARE * len(requests):
            kept += ones
    kept += _ranges(numbered, total, tests)
    return sorted(kept, key=lambda one: (-one.rows, one.mark))


def by_family(found: Sequence[Leak]) -> list[tuple[Leak, list[Leak]]]:
    """The marks of each family: that of most rows, and the others. Of an identifier, the first family says it all."""
    families: defaultdict[str, list[Leak]] = defaultdict(list)
    for leak in found:
        families[leak.mark.family].append(leak)
    first = next((one for one in IDENTIFIER_FAMILIES if one in families), None)
    kept = [one for one in families if one == first or one not in IDENTIFIER_FAMILIES]
    return [(families[one][0], families[one][1:]) for one in kept]


def _leak(mark: Mark, counts: Counter[int], total: Counter[int], tests: int) -> Leak | None:
    rows = counts.total()
    label, agreeing = min(counts.items(), key=lambda one: (-one[1], one[0]))
    if rows < LEAST_ROWS or agreeing < PURITY * rows:
        return None
    base = total[label] / total.total()
    chance = min(1.0, math.exp(log_tail(rows, agreeing, base)) * tests)
    return Leak(mark, rows, agreeing, label, base, chance) if chance < CHANCE else None


def _ranges(numbered: Sequence[tuple[int, int]], total: Counter[int], tests: int) -> Iterator[Leak]:
    """Ends of the range of numbers whose rows share a label: the longest run from either end that is pure enough."""
    ordered = sorted(numbered)
    if len(ordered) < 2 * LEAST_ROWS or len({number for number, _ in ordered}) < LEAST_ROWS:
        return
    for side, rows in (("up to", ordered), ("from", ordered[::-1])):
        counts: Counter[int] = Counter()
        best = 0
        for at, (number, label) in enumerate(rows, 1):
            counts[label] += 1
            last = at == len(rows) or rows[at][0] != number
            if last and at < len(rows) and max(counts.values()) >= PURITY * at:
                best = at
        if best < LEAST_ROWS:
            continue
        leak = _leak(Mark("range", f"{side} {rows[best - 1][0]}"), Counter(one for _, one in rows[:best]), total, tests)
        if leak is not None:
            yield leak


def log_tail(rows: int, agreeing: int, base: float) -> float:
    """Natural logarithm of the chance that of ``rows`` at least ``agreeing`` have a label of the share ``base``."""
    if base >= 1:
        return 0.0
    if agreeing <= rows * base:
        return 0.0
    choose = math.lgamma(rows + 1)
    terms = [
        choose - math.lgamma(one + 1) - math.lgamma(rows - one + 1)
        + one * math.log(base) + (rows - one) * math.log1p(-base)
        for one in range(agreeing, rows + 1)
    ]  # fmt: skip
    top = max(terms)
    return top + math.log(sum(math.exp(term - top) for term in terms))
