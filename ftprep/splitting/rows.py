"""What a shard is boiled down to for a split: one entry per row with the keys by which rows belong together."""

from __future__ import annotations

import calendar
import datetime
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import orjson
from numpy.typing import NDArray
from xxhash import xxh3_64_intdigest

from ftprep.engine.inspection import with_references
from ftprep.engine.table import REF_COLUMNS, Table, TableBuilder
from ftprep.fingerprint import row_digest
from ftprep.pointer import resolve
from ftprep.record import State
from ftprep.splitting.options import LABELS, SplitOptions
from ftprep.tasks.entities import entity_columns
from ftprep.tasks.facts import answer_columns
from ftprep.tasks.splits import overlap_columns

if TYPE_CHECKING:
    from ftprep.engine.local import LocalEngine
    from ftprep.shard import Shard

Words = NDArray[np.uint64]

NO_TIME = np.nan
_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_LONGEST = 60  # characters of a value that names a stratum


class Fault(NamedTuple):
    """Why a row cannot be in any split: the code of the rule that says so, and its message."""

    code: str
    message: str


@dataclass(slots=True)
class Part:
    """What one shard holds. ``tables`` are columns by name; rows count within the shard in ``faults``."""

    file: int
    tables: dict[str, dict[str, Any]]
    faults: dict[int, Fault]
    strata: dict[int, str]


@dataclass(slots=True)
class Rows:
    """All rows of a run. ``table`` has one entry per row that is not blank, in reading order, with the columns
    ``row`` and ``prompt`` (keys that equal rows and equal prompts share; prompt 0: none), ``digest`` (of the content
    to the letter), ``stratum``, ``time``, and one column ``group_0``, ``group_1`` ... per pointer (0: no value).

    ``entities`` and ``answers`` are tables of their own; ``faults`` are by entry, ``strata`` name the values.
    """

    table: Table
    entities: Table
    answers: Table
    faults: dict[int, Fault] = field(default_factory=dict)
    strata: dict[int, str] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.table)


def read_rows(engine: LocalEngine, options: SplitOptions, progress: Callable[[int, int], None] | None = None) -> Rows:
    """Read all inputs once."""
    builders = {name: TableBuilder() for name in ("rows", "entities", "answers")}
    faults: dict[int, Fault] = {}
    strata: dict[int, str] = {}
    before = 0
    for lines, part in engine.map_shards(_Reading(options)):
        for name, columns in part.tables.items():
            if lines:
                columns["line"] = columns["line"] + lines
            builders[name].add(columns)
        faults.update((before + row, fault) for row, fault in part.faults.items())
        for key, word in part.strata.items():
            strata.setdefault(key, word)
        rows = len(part.tables["rows"]["line"]) if "rows" in part.tables else 0
        before += rows
        if progress is not None:
            progress(rows, 0)
    return Rows(builders["rows"].build(), builders["entities"].build(), builders["answers"].build(), faults, strata)


class _Reading:
    """The function of one shard. Picklable: it holds nothing but the options."""

    def __init__(self, options: SplitOptions) -> None:
        self.options = options

    def __call__(self, shard: Shard) -> Part:
        part = Part(shard.chunk.file, {}, {}, {})
        rows = np.flatnonzero(np.frombuffer(bytes(shard.state), dtype=np.uint8) != State.BLANK)
        if not len(rows):
            return part
        parsed = shard.rows
        digests = [row_digest(parsed[row], shard.raws[row]) for row in rows.tolist()]
        digest = np.array(digests, dtype=np.uint64)
        columns: dict[str, Any] = {"row": rows, "digest": digest, "whole": digest.copy()}
        columns["prompt"] = np.zeros(len(rows), dtype=np.uint64)
        self._compared(shard, rows, columns)
        for number, pointer in enumerate(self.options.group_by):
            columns[f"group_{number}"] = np.array([_key_at(parsed[row], pointer) for row in rows.tolist()], np.uint64)
        columns["stratum"] = np.zeros(len(rows), dtype=np.uint64)
        if self.options.stratify_by not in (None, LABELS):
            assert self.options.stratify_by is not None
            words = [_word_at(parsed[row], self.options.stratify_by) for row in rows.tolist()]
            columns["stratum"] = np.array([_hash(word) for word in words], dtype=np.uint64)
            part.strata = dict(zip(columns["stratum"].tolist(), words, strict=True))
        if self.options.time_by is not None:
            times = [_time_at(parsed[row], self.options.time_by) for row in rows.tolist()]
            columns["time"] = np.array(times, dtype=np.float64)
        part.tables["rows"] = with_references(columns, shard)
        place = {row: number for number, row in enumerate(rows.tolist())}
        for row in shard.rows_in(State.BROKEN):
            diagnosis = shard.diagnoses.get(row)
            code, message = (diagnosis.code, diagnosis.message) if diagnosis else ("JSN001", "the row is not JSON")
            part.faults[place[row]] = Fault(code, message)
        self._add(part, "entities", entity_columns(shard), shard)
        if self.options.stratify_by in (None, LABELS) and self.options.time_by is None and shard.format is not None:
            self._add(part, "answers", answer_columns(shard), shard)
        return part

    def _compared(self, shard: Shard, rows: NDArray[np.int64], columns: dict[str, Any]) -> None:
        """Replace the keys of sound rows by those that rules about splits compare."""
        if shard.format is None:
            return
        found = overlap_columns(shard)
        if found is None:
            return
        entries = np.searchsorted(rows, found["row"])
        columns["whole"][entries] = found["folded_0"] ^ (found["folded_1"] * _GOLDEN)
        columns["prompt"][entries] = found["prompt"]

    @staticmethod
    def _add(part: Part, name: str, columns: Mapping[str, Any] | None, shard: Shard) -> None:
        if columns is not None:
            part.tables[name] = with_references(columns, shard)


def entries_of(rows: Table, table: Table) -> NDArray[np.int64]:
    """For each entry of ``table``, which names rows that ``rows`` has, the entry of its row there."""
    keys = place_keys(rows.columns)
    order = np.argsort(keys)
    return order[np.searchsorted(keys[order], place_keys(table.columns))]


def place_keys(columns: Mapping[str, Any]) -> Words:
    """The place of each entry in one number: several rows may stand on one line, and not every source has offsets."""
    total = np.zeros(len(columns[REF_COLUMNS[0]]), dtype=np.uint64)
    for name in REF_COLUMNS:
        total = (total ^ columns[name].astype(np.int64).astype(np.uint64)) * _GOLDEN
        total ^= total >> np.uint64(29)
    return total


def _value_at(row: Any, pointer: str) -> Any:
    try:
        return resolve(row, pointer)
    except KeyError:
        return None


def _key_at(row: Any, pointer: str) -> int:
    """A hash of the value that is never 0; 0 where there is no value."""
    value = _value_at(row, pointer)
    if value is None or value == "":
        return 0
    if isinstance(value, str):
        value = value.strip()
    try:
        return xxh3_64_intdigest(orjson.dumps(value, option=orjson.OPT_SORT_KEYS)) or 1
    except (TypeError, ValueError):
        return xxh3_64_intdigest(repr(value).encode("utf-8", "backslashreplace")) or 1


def _word_at(row: Any, pointer: str) -> str:
    value = _value_at(row, pointer)
    if value is None:
        return ""
    if isinstance(value, str):
        return value.strip()[:_LONGEST]
    try:
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()[:_LONGEST]
    except (TypeError, ValueError):
        return ""


def _hash(word: str) -> int:
    return xxh3_64_intdigest(word.encode("utf-8", "surrogatepass")) if word else 0


def _time_at(row: Any, pointer: str) -> float:
    """Seconds since 1970 of a date (ISO 8601) or a number of seconds or milliseconds; NaN for anything else."""
    value = _value_at(row, pointer)
    if isinstance(value, bool):
        return NO_TIME
    if isinstance(value, int | float):
        return value / 1000 if abs(value) >= 1e11 else float(value)
    if isinstance(value, str):
        try:
            moment = datetime.datetime.fromisoformat(value.strip())
        except ValueError:
            return NO_TIME
        return calendar.timegm(moment.utctimetuple()) + moment.microsecond / 1e6
    return NO_TIME
