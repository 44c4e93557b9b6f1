"""Labels of a task that are spelt in several ways."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ftprep.tasks.kinds import CLOSED, stripped
from ftprep.tasks.spelling import doubtful_word, is_abbreviation, label_key, mistyped_word, same_letters, says
from ftprep.tasks.subjects import Subject, subjects
from ftprep.tasks.voices import voices_of

if TYPE_CHECKING:
    from ftprep.engine.engine import Engine
    from ftprep.engine.table import Table

Ints = NDArray[np.int64]
How = Literal["spelling", "abbreviation", "typo"]

MOST_SURFACES = 5_000  # of one task that are read; labels have few
MOST_KEYS = 1_000  # beyond this labels are not compared with each other
_ABBREVIATED = 0.2  # rows of an abbreviation per row of the word
_MISTYPED = 0.05  # rows of a typing error per row of the right form; a few rows may be a fifth of it
_FEW, _OF_FEW = 5, 0.2
_OWN_OPTIONS = 0.8  # of the rows whose prompt lists the labels in this very spelling
_REAL_WORD = 3  # prompts that use a word, from which on it is one
_PROMPTS_READ = 4_000
_TOGETHER = 0.5  # of a variant's rows that stand in templates in which the right form is used, too


class Variant(NamedTuple):
    """Rows of a task in which a label is written in another way than in most: one of them, and how it differs."""

    surface: str
    rows: Ints
    how: How


class Drift(NamedTuple):
    """A label with its variants, the commonest first. ``rows`` are those of the form that is the commonest."""

    subject: Subject
    surface: str
    rows: Ints
    variants: tuple[Variant, ...]


def drifts(table: Table, engine: Engine) -> list[Drift]:
    """The labels of all tasks that are spelt in several ways. Worked out once."""
    return table.once("drifts", lambda: list(_drifts(table, engine)))


def misspelt(table: Table, engine: Engine) -> set[int]:
    """Canonical hashes of labels all of whose rows are variants of another label."""
    return {
        int(drift.subject.table["answer"][variant.rows[0]])
        for drift in drifts(table, engine)
        for variant in drift.variants
        if drift.subject.table["answer"][variant.rows[0]] != drift.subject.table["answer"][drift.rows[0]]
    }


def _drifts(table: Table, engine: Engine) -> Iterator[Drift]:
    closed = [int(kind) for kind in CLOSED]
    for one in subjects(table, engine):
        if one.labels.choice:
            continue
        rows = one.task.rows
        words = one.table["words"][rows] > 0  # values in JSON that are no strings have no spelling
        surfaces = _surfaces(one.table, engine, rows[np.isin(one.table["kind"][rows], closed) & words])
        if surfaces:
            yield from _Spellings(one, engine, surfaces).drifts()


def _surfaces(table: Table, engine: Engine, rows: Ints) -> list[tuple[str, Ints]]:
    """Each form in which the answers of ``rows`` are written, with its rows."""
    if not len(rows):
        return []
    order = np.argsort(table["surface"][rows], kind="stable")
    ordered = table["surface"][rows][order]
    groups = [rows[group] for group in np.split(order, np.flatnonzero(ordered[1:] != ordered[:-1]) + 1)]
    if len(groups) > MOST_SURFACES:
        return []
    read = voices_of(table, engine, [group[:1] for group in groups])
    by_first = {int(first[0]): stripped(voices[0].answer) for first, voices in read if voices}
    return [(by_first[int(group[0])], group) for group in groups if int(group[0]) in by_first]


class _Spellings:
    """The forms of the labels of one task."""

    def __init__(self, subject: Subject, engine: Engine, surfaces: list[tuple[str, Ints]]) -> None:
        table, task = subject.table, subject.task
        self._subject = subject
        self._table = table
        self._engine = engine
        self._task = task
        self._surfaces = dict(surfaces)
        forms: defaultdict[str, list[str]] = defaultdict(list)
        for surface in sorted(self._surfaces, key=lambda one: (-len(self._surfaces[one]), one)):
            forms[label_key(surface)].append(surface)
        self._forms = dict(forms)
        self._rows = {key: sum(len(self._surfaces[one]) for one in own) for key, own in forms.items()}
        self._part = np.zeros(len(table), dtype=np.int64)
        for number, part in enumerate(task.parts):
            self._part[part] = number

    def drifts(self) -> Iterator[Drift]:
        found: defaultdict[str, list[Variant]] = defaultdict(list)  # by the usual form
        for forms in self._forms.values():
            for usual, variant in self._spelt_apart(forms):
                found[usual].append(variant)
        for wrong, right, how in self._other_keys():
            rows = self._rows_of(wrong)
            together = np.isin(self._part[rows], np.unique(self._part[self._rows_of(right)])).mean()
            if together >= _TOGETHER:
                for form in self._forms[wrong]:
                    found.pop(form, None)
                found[self._forms[right][0]] += [Variant(one, self._surfaces[one], how) for one in self._forms[wrong]]
        for usual, variants in found.items():
            variants = [one for one in variants if not self._is_listed(one)]
            if variants:
                variants.sort(key=lambda one: (-len(one.rows), one.surface))
                yield Drift(self._subject, usual, self._surfaces[usual], tuple(variants))

    def _rows_of(self, key: str) -> Ints:
        return np.concatenate([self._surfaces[one] for one in self._forms[key]])

    def _spelt_apart(self, forms: Sequence[str]) -> Iterator[tuple[str, Variant]]:
        """The forms of one key that are not the commonest of their template, each with the one that is."""
        if len(forms) < 2:
            return
        counts: defaultdict[int, Counter[str]] = defaultdict(Counter)
        for form in forms:
            parts, sizes = np.unique(self._part[self._surfaces[form]], return_counts=True)
            for part, size in zip(parts.tolist(), sizes.tolist(), strict=True):
                counts[part][form] = size
        usual = {part: max(forms, key=of.__getitem__) for part, of in counts.items()}
        for form in forms:
            strays: defaultdict[str, list[int]] = defaultdict(list)
            rows = self._surfaces[form]
            for row, part in zip(rows.tolist(), self._part[rows].tolist(), strict=True):
                if usual[part] != form:
                    strays[usual[part]].append(row)
            for right, mine in strays.items():
                yield right, Variant(form, np.array(mine, dtype=np.int64), "spelling")

    def _other_keys(self) -> Iterator[tuple[str, str, How]]:
        """Keys that are another key, cut short or mistyped: (wrong, right, how)."""
        keys = sorted(self._forms, key=lambda one: (-self._rows[one], one))
        if len(keys) > MOST_KEYS:
            return
        for number, rare in enumerate(keys):
            if any(map(str.isdigit, rare)):
                continue
            longer = [one for one in keys if one != rare and one.startswith(rare)]
            if len(longer) == 1 and is_abbreviation(rare, longer[0]):
                if self._rows[rare] <= _ABBREVIATED * self._rows[longer[0]] and not self._is_word(rare):
                    yield rare, longer[0], "abbreviation"
                continue
            for right in keys[:number]:
                if same_letters(rare, right):
                    yield rare, right, "spelling"
                    break
                most = max(_MISTYPED * self._rows[right], min(_FEW, _OF_FEW * self._rows[right]))
                if self._rows[rare] > most or any(map(str.isdigit, right)):
                    continue
                word = mistyped_word(rare, right)
                if word is not None:
                    mistyped = not self._is_word(word)
                else:
                    word = doubtful_word(rare, right)
                    mistyped = word is not None and not self._is_used(word, rare)
                if mistyped:
                    yield rare, right, "typo"
                    break

    def _is_word(self, word: str) -> bool:
        """Whether prompts use a word: then it is no error."""
        pattern = re.compile(rf"\b{re.escape(word)}\b", re.IGNORECASE)
        return sum(1 for request in self._requests() if pattern.search(request)) >= _REAL_WORD

    def _is_used(self, word: str, key: str) -> bool:
        """Whether any prompt uses a word, those of the rows with this key above all, or another label does."""
        pattern = re.compile(rf"\b{re.escape(word)}\b", re.IGNORECASE)
        if any(word in other.split(" ") for other in self._forms if other != key):
            return True
        own = voices_of(self._table, self._engine, [self._rows_of(key)])
        mine = (one.request for _, voices in own for one in voices)
        return any(pattern.search(request) for request in (*mine, *self._requests()))

    def _requests(self) -> list[str]:
        """Requests of the task, evenly spread. Read only where a label may be wrong."""
        name = f"requests {self._task.split} {int(self._task.rows[0])}"
        return self._table.once(name, self._read_requests)

    def _read_requests(self) -> list[str]:
        rows = self._task.rows
        spread = rows[np.unique(np.linspace(0, len(rows) - 1, min(len(rows), _PROMPTS_READ)).astype(np.int64))]
        groups = [spread[number : number + 1] for number in range(len(spread))]
        return [one.request for _, voices in voices_of(self._table, self._engine, groups) for one in voices]

    def _is_listed(self, variant: Variant) -> bool:
        """Whether prompts offer the labels in this very spelling: then the answer only obeys."""
        others = [one for one in self._surfaces if label_key(one) != label_key(variant.surface)]
        read = listed = 0
        for _, voices in voices_of(self._table, self._engine, [variant.rows]):
            for one in voices:
                read += 1
                listed += says(one.request, variant.surface) and any(says(one.request, other) for other in others)
        return listed >= _OWN_OPTIONS * read
