"""From opened inputs to the split of every row: :func:`make_plan`."""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ftprep.errors import UsageError
from ftprep.splitting.balanced import balanced
from ftprep.splitting.by_content import by_content
from ftprep.splitting.by_time import by_time
from ftprep.splitting.groups import NOWHERE, Groups
from ftprep.splitting.links import PROMPT, Links, make_links
from ftprep.splitting.near import near_pairs
from ftprep.splitting.options import LABELS, SplitOptions
from ftprep.splitting.rows import Fault, Rows, read_rows
from ftprep.splitting.shares import NAMES
from ftprep.splitting.strata import Strata, find_strata
from ftprep.text.snippet import quote

if TYPE_CHECKING:
    from ftprep.engine.local import LocalEngine
    from ftprep.record import Ref

Ints = NDArray[np.int64]
Words = NDArray[np.uint64]


@dataclass(frozen=True, slots=True)
class Plan:
    """Where every row goes. ``names`` are the splits (of folds: ``fold_1`` ...), ``shares`` what was asked for.

    ``splits`` holds a number of ``names`` per entry of ``rows``, NOWHERE for a row that is left out (``faults`` says
    why) and for held-out rows, which are the entries of files from ``held_from`` on. ``groups`` names the group of
    each row by one of its rows.
    """

    options: SplitOptions
    names: tuple[str, ...]
    shares: tuple[float, ...]
    rows: Rows
    splits: Ints
    groups: Ints
    faults: Mapping[int, Fault]
    strata: Strata
    links: Links
    held_from: int
    kept: int

    @property
    def counts(self) -> dict[str, int]:
        """Number of rows of each split."""
        placed = self.splits[self.splits >= 0]
        return dict(zip(self.names, np.bincount(placed, minlength=len(self.names)).tolist(), strict=True))

    @property
    def largest_group(self) -> int:
        """Rows of the largest group that was placed."""
        placed = self.groups[self.splits >= 0]
        return int(np.unique(placed, return_counts=True)[1].max()) if len(placed) else 0


def make_plan(
    engine: LocalEngine,
    options: SplitOptions,
    *,
    held_from: int | None = None,
    kept: Mapping[str, Words] | None = None,
    left_out: NDArray[np.bool_] | None = None,
    files: Sequence[str] = (),
    place: Callable[[Ref], str] | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Plan:
    """Read the inputs of ``engine`` and decide where each row goes.

    Inputs from number ``held_from`` on are held out: no row that belongs to one of theirs is in any split. ``kept``
    are digests of rows (:func:`~ftprep.fingerprint.row_digest`, sorted) that have a split already. ``left_out`` says
    of each row (blank lines aside, in reading order) whether it takes part at all, ``files`` are the splits of
    files, by number, where those stay what they are, ``place`` how a reason names a row.
    Raises ``UsageError`` where pointers name nothing, or where there are no rows.
    """
    rows = read_rows(engine, options, progress)
    table = rows.table
    if not len(table):
        files = ", ".join(quote(one.name, 120) for one in engine.inputs[:3])
        raise UsageError(f"there is no row to split in {files}")
    held_from = len(engine.inputs) if held_from is None else held_from
    held = table["file"] >= held_from
    out = np.zeros(len(table), dtype=np.bool_)
    faults = dict(rows.faults)
    _check_pointers(rows, options, held, faults)
    out[list(faults)] = True
    if left_out is not None:
        out[: len(left_out)] |= left_out
    names, shares = _splits(options, int((~held & ~out).sum()))
    if files:
        names, shares = _of_files(files, table["file"][~held & ~out])
    closed = len(names)
    fixed = {int(entry): closed for entry in np.flatnonzero(held & ~out).tolist()}
    kept_rows = _kept(table["digest"], held | out, kept or {}, names)
    fixed.update(kept_rows)
    if files:
        whole = np.flatnonzero(~held & ~out)
        fixed.update(zip(whole.tolist(), (names.index(files[one]) for one in table["file"][whole]), strict=True))
    strata = find_strata(rows, engine, options)
    if options.stratify_by == LABELS and not strata.of.any():
        raise UsageError("answers are no labels, by which rows were to be stratified; a JSON Pointer names values")
    of = np.where(held, np.uint64(0), strata.of)
    links = make_links(rows, options.group_by, near_pairs(engine, rows, held_from, out) if options.near else ())
    keys = _keys(rows, options)
    if options.time_by is not None:
        found = by_time(table["time"], links, shares, fixed=fixed, out=out, closed=closed)
    else:
        way = balanced if options.balance else by_content
        found = way(keys, links, shares, options.seed, strata=of, fixed=fixed, out=out, closed=closed)
    splits = np.where(out | (found.splits == closed), NOWHERE, found.splits)
    named = place or functools.partial(_place, engine)
    faults.update(_faults(found, rows, (*names, "held-out"), engine, held_from, named))
    splits[list(found.left)] = NOWHERE
    return Plan(options, names, shares, rows, splits, found.of, faults, strata, links, held_from, len(kept_rows))


def _of_files(files: Sequence[str], of_rows: NDArray[Any]) -> tuple[tuple[str, ...], tuple[float, ...]]:
    """The splits that files are, and the share of the rows that each has."""
    names = tuple(name for name in NAMES if name in files)
    rows = Counter(files[one] for one in of_rows.tolist())
    return names, tuple(rows[name] / max(rows.total(), 1) for name in names)


def _splits(options: SplitOptions, rows: int) -> tuple[tuple[str, ...], tuple[float, ...]]:
    if options.folds:
        names = tuple(f"fold_{number}" for number in range(1, options.folds + 1))
        return names, (1 / options.folds,) * options.folds
    return options.shares.names, options.shares.of(rows)


def _check_pointers(rows: Rows, options: SplitOptions, held: NDArray[np.bool_], faults: dict[int, Fault]) -> None:
    """Raise ``UsageError`` for a pointer that names nothing in any row; rows without a date are left out."""
    table = rows.table
    for number, pointer in enumerate(options.group_by):
        if not table[f"group_{number}"].any():
            raise UsageError(f"no row has a value at {quote(pointer)}, by which rows were to be grouped")
    if options.stratify_by is not None and options.stratify_by.startswith("/") and not table["stratum"].any():
        raise UsageError(f"no row has a value at {quote(options.stratify_by)}, by which rows were to be stratified")
    if options.time_by is not None:
        undated = np.isnan(table["time"]) & ~held
        if undated.all():
            raise UsageError(f"no row has a date at {quote(options.time_by)}")
        for entry in np.flatnonzero(undated).tolist():
            faults.setdefault(entry, Fault("", f"no date at {quote(options.time_by)}"))


def _kept(
    digests: Words, without: NDArray[np.bool_], kept: Mapping[str, Words], names: tuple[str, ...]
) -> dict[int, int]:
    found: dict[int, int] = {}
    for name, known in kept.items():
        if name in names and len(known):
            places = np.minimum(np.searchsorted(known, digests), len(known) - 1)
            for entry in np.flatnonzero((known[places] == digests) & ~without).tolist():
                found.setdefault(entry, names.index(name))
    return found


def _keys(rows: Rows, options: SplitOptions) -> Words:
    """What decides where a group goes that a row is the first of: its group, its prompt, else the row itself."""
    table = rows.table
    keys = np.where(
        (table["prompt"] != 0) & (_occurrence(table["prompt"]) < PROMPT.most), table["prompt"], table["whole"]
    )
    for number in reversed(range(len(options.group_by))):
        column = table[f"group_{number}"]
        keys = np.where(column != 0, column, keys)
    chosen: Words = keys
    return chosen


def _occurrence(keys: Words) -> Ints:
    """How many earlier entries have the key of each entry."""
    order = np.argsort(keys, kind="stable")
    ordered = keys[order]
    starts = np.flatnonzero(np.concatenate([[True], ordered[1:] != ordered[:-1]]))
    numbers = np.arange(len(keys)) - np.repeat(starts, np.diff(np.append(starts, len(keys))))
    found = np.empty(len(keys), dtype=np.int64)
    found[order] = numbers
    return found


def _faults(
    found: Groups,
    rows: Rows,
    names: tuple[str, ...],
    engine: LocalEngine,
    held_from: int,
    place: Callable[[Ref], str],
) -> Mapping[int, Fault]:
    faults = {}
    for entry, why in found.left.items():
        parts = []
        for kind, other, split in zip(why.kinds, why.entries, why.splits, strict=True):
            ref = rows.table.ref(other)
            where = _place(engine, ref) if ref.file >= held_from else place(ref)
            parts.append(f"{kind.said} {where} ({names[split]})")
        faults[entry] = Fault(why.kinds[0].code, " and ".join(parts))
    return faults


def _place(engine: LocalEngine, ref: Ref) -> str:
    return f"{engine.inputs[ref.file].name}:{ref.line}"
