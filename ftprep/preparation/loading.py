"""Rows in files that the library ``datasets``, which trainers read with, can load: all with one schema.

It takes the types of columns from the first rows of the training file and casts all others to them. So the rows that
show a column, or a kind of value, for the first time come first there, and a column that belongs to no format and has
values of several types is text in every row.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ftprep.conversion.calls import dump, parse_row
from ftprep.conversion.conversation import Note
from ftprep.formats.format import format_named
from ftprep.splitting.groups import NOWHERE
from ftprep.suppression import KEY
from ftprep.text.snippet import quote

if TYPE_CHECKING:
    from ftprep.preparation.work import Work
    from ftprep.splitting.plan import Plan

TRAIN = "train"
_BESIDE = frozenset({"tools", "images", "videos", "audios", "chat_template_kwargs", KEY})
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_ALIKE = {"float": "int", "date": "str"}


class Shape:
    """What has been seen at one place of the rows. ``open`` says that the loader takes anything there by now."""

    __slots__ = ("below", "keys", "kinds", "open")

    def __init__(self) -> None:
        self.kinds: set[str] = set()
        self.keys: frozenset[str] | None = None
        self.open = False
        self.below: dict[str, Shape] = {}

    @property
    def mixed(self) -> bool:
        """Whether values of types were seen that no column holds."""
        return len({_ALIKE.get(kind, kind) for kind in self.kinds}) > 1 or "number" in self.kinds

    def at(self, key: str) -> Shape:
        """The place below, which is made when it is first asked for."""
        return self.below.setdefault(key, Shape())

    def learn(self, value: Any, *, row: bool = False) -> bool:
        """Take a value in; whether it shows what no value before it did, as far as the loader cares."""
        if value is None or self.open:
            return False
        kind = _kind(value)
        new = kind not in self.kinds
        self.kinds.add(kind)
        if isinstance(value, dict):
            if not row:
                keys = frozenset(value)
                self.open = not keys or self.keys not in (None, keys)
                self.keys = keys
                if self.open:
                    return True
            for key, one in value.items():
                new |= self.at(key).learn(one)
        elif isinstance(value, list):
            for one in value:
                new |= self.at("").learn(one)
        if self.mixed:
            self.open = True
        return new

    def survey(self, value: Any) -> None:
        """Take a value in with all that is below it."""
        if value is None:
            return
        self.kinds.add(_kind(value))
        if isinstance(value, dict):
            for key, one in value.items():
                self.at(key).survey(one)
        elif isinstance(value, list):
            for one in value:
                self.at("").survey(one)

    def evened(self, value: Any) -> Any:
        """``value`` with text at every place that is :attr:`mixed`."""
        if value is None:
            return None
        if self.mixed:
            return value if isinstance(value, str) else dump(value).decode()
        if isinstance(value, dict):
            return {key: self.at(key).evened(one) for key, one in value.items()}
        if isinstance(value, list):
            return [self.at("").evened(one) for one in value]
        return value


def _kind(value: Any) -> str:
    """The type that a column of such values has. Texts that start with a date may be taken for points in time."""
    if isinstance(value, str):
        return "date" if _DATE.match(value) else "str"
    if isinstance(value, int) and not -(1 << 63) <= value < 1 << 63:
        return "number"  # too large for a column of whole numbers
    return type(value).__name__


@dataclass(frozen=True, slots=True)
class Loading:
    """What has to be done to the rows: columns to be ``evened``, entries that come ``first``, and where rows go."""

    columns: dict[str, Shape] = field(default_factory=dict)
    first: Collection[int] = ()
    splits: NDArray[np.int64] | None = None
    notes: tuple[Note, ...] = ()
    moved: int = 0

    def line(self, raw: bytes) -> bytes:
        """The line of a row as it is written."""
        if not self.columns:
            return raw
        row = parse_row(raw)
        if not self.columns.keys() & row.keys():
            return raw
        return dump(self.row(row))

    def row(self, row: dict[str, Any]) -> dict[str, Any]:
        """A row as it is written."""
        return {key: self.columns[key].evened(one) if key in self.columns else one for key, one in row.items()}


def make_loading(plan: Plan, work: Work, format: str, *, fixed: bool) -> Loading:
    """Decide it for rows of ``format``. With ``fixed`` no row may go to another split than it has.

    Where training rows lack what a row of another split shows, that row's group joins them.
    """
    known = format_named(format)
    own = known.keys | set(known.example) | _BESIDE
    columns: dict[str, Shape] = {}
    for _, row in _rows(plan, work):
        for key in row.keys() - own:
            columns.setdefault(key, Shape()).survey(row[key])
    changed = {key: shape for key, shape in columns.items() if _is_changed(shape)}
    loading = Loading(changed)
    notes: Counter[str] = Counter()
    whole, first = Shape(), []
    others: list[tuple[int, dict[str, Any]]] = []
    train = plan.names.index(TRAIN) if TRAIN in plan.names else NOWHERE
    for entry, row in _rows(plan, work):
        for key in changed.keys() & row.keys():
            notes[key] += row[key] is not None and loading.columns[key].evened(row[key]) != row[key]
        row = loading.row(row)
        if plan.splits[entry] != train:
            others.append((entry, row))
        elif whole.learn(_spoken(row), row=True):
            first.append(entry)
    splits = plan.splits.copy()
    for entry, row in () if fixed or train == NOWHERE else others:
        if whole.learn(_spoken(row), row=True):
            splits[(plan.groups == plan.groups[entry]) & (splits != NOWHERE)] = train
            first.append(entry)
    told = [Note(f"mixed types at {quote(key)} written as text", "row", count) for key, count in notes.items()]
    moved = int((splits != plan.splits).sum())
    return Loading(changed, frozenset(first), splits if moved else None, tuple(told), moved)


def moved_note(moved: int) -> list[Note]:
    """What there is to say about so many rows that went to training."""
    return [Note("moved to train, which lacked its kind of values", "row", moved)] if moved else []


def _is_changed(shape: Shape) -> bool:
    return shape.mixed or any(map(_is_changed, shape.below.values()))


def _spoken(row: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in row.items() if key != KEY}


def _rows(plan: Plan, work: Work) -> Iterator[tuple[int, dict[str, Any]]]:
    """Every row that is in a split, with its entry."""
    entry = 0
    for copy in work.copies:
        with copy.path.open("rb") as lines:
            for raw in lines:
                if plan.splits[entry] != NOWHERE:
                    row = parse_row(raw)
                    if isinstance(row, dict):
                        yield entry, row
                entry += 1
