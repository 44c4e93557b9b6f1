"""A shard: up to 4,096 rows with the columns that all rules share, each computed once and only when asked for."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import orjson
from numpy.typing import NDArray

from ftprep.formats.columns import ColumnBuilder
from ftprep.formats.detect import foreign_format
from ftprep.formats.message_columns import PlainRows, plain_rows
from ftprep.formats.validation import SchemaError, schema_errors, validator
from ftprep.io.diagnose import Diagnosis, diagnose
from ftprep.io.duplicates import keys_in, pair_counts
from ftprep.record import Record, Ref, State
from ftprep.suppression import MARK, take_keys
from ftprep.text.screens import NOT_ASCII, VISIBLE, bytes_among, text_classes
from ftprep.token_columns import TokenColumns

if TYPE_CHECKING:
    from ftprep.formats.format import Format
    from ftprep.io.chunk import Chunk
    from ftprep.rule import RecordRule
    from ftprep.settings import Settings
    from ftprep.text.screens import LiteralScreen
    from ftprep.text.tokens import Tokenizer

T = TypeVar("T")
Ints = NDArray[np.int64]
_ROWS_WALKED = 128  # at a time: one row that is not like the others makes all of them be walked one by one


class Shard(TokenColumns):
    """Rows and columns of one chunk. Row indices count within the shard, from 0."""

    def __init__(
        self,
        chunk: Chunk,
        format: Format | None,
        settings: Settings,
        tokenizer: Tokenizer | None = None,
        screen: LiteralScreen | None = None,
    ) -> None:
        self.chunk = chunk
        self.format = format
        self.settings = settings
        self._tokenizer = tokenizer
        self.screen = screen
        self.raws: list[bytes] = chunk.rows()
        self.state = bytearray(len(self.raws))
        self.diagnoses: dict[int, Diagnosis] = {}
        self.schema_errors: dict[int, tuple[SchemaError, ...]] = {}
        self.foreign: dict[int, str] = {}
        self.kept: dict[tuple[Callable[[Record], Any], int], Any] = {}
        self._columns: dict[Callable[[Shard], Any], Any] = {}
        self._plain: list[PlainRows | None] = []  # of each _ROWS_WALKED rows, whether these are as simple as rows are
        self.rows: list[Any] = self._parse()
        # Values of the key ``_ftprep``, which is in no row from here on.
        self.suppressions: dict[int, Any] = take_keys(self.raws, self.rows) if MARK in chunk.data else {}
        if format is None:
            for index, state in enumerate(self.state):
                self.state[index] = max(state, State.FOREIGN)
        else:
            self._validate(format)

    def __len__(self) -> int:
        return len(self.raws)

    # --- bytes → objects ----------------------------------------------------------------------------------------

    def _parse(self) -> list[Any]:
        try:
            rows = list(map(orjson.loads, self.raws))
        except ValueError:  # some row is not strict JSON: find out which, one by one
            rows = [self._parse_one(index, raw) for index, raw in enumerate(self.raws)]
        if set(map(type, rows)) != {dict}:
            for index, row in enumerate(rows):
                if type(row) is not dict and not self.state[index]:
                    self._broken(index, self.raws[index])
                    rows[index] = None
        return rows

    def _parse_one(self, index: int, raw: bytes) -> Any:
        try:
            return orjson.loads(raw)
        except ValueError:
            if not raw.strip(b" \t\r\n"):
                self.state[index] = State.BLANK
            else:
                self._broken(index, raw)
            return None

    def _broken(self, index: int, raw: bytes) -> None:
        self.state[index] = State.BROKEN
        diagnosis = diagnose(raw)
        if diagnosis is not None:
            self.diagnoses[index] = diagnosis

    def _validate(self, format: Format) -> None:
        is_valid = validator(format.name).isinstance_python
        for first in range(0, len(self), _ROWS_WALKED):
            rows = self.rows[first : first + _ROWS_WALKED]
            plain = plain_rows(rows, format.messages) if format.messages is not None else None
            self._plain.append(plain)
            verdicts = list(map(is_valid, rows)) if plain is None else ()
            if not all(verdicts):
                self._judge_invalid(format, first, verdicts)

    def _judge_invalid(self, format: Format, first: int, verdicts: Iterable[bool]) -> None:
        for index, verdict in enumerate(verdicts, first):
            if verdict or self.state[index]:
                continue
            row = self.rows[index]
            other = foreign_format(format, row)
            if other is not None:
                self.foreign[index] = other
                self.state[index] = State.FOREIGN
                continue
            errors = schema_errors(format.name, row)
            self.schema_errors[index] = errors
            if any(error.code != "SCH002" for error in errors):
                self.state[index] = State.FAULTY

    # --- objects → columns --------------------------------------------------------------------------------------

    @functools.cached_property
    def _built(self) -> tuple[ColumnBuilder, list[int]]:
        """The filled column lists, and a lower bound of the number of keys in each row (0 where unknown)."""
        out, keys = ColumnBuilder(), list[int]()
        if self.format is None:
            return out, [0] * len(self)
        for number, plain in enumerate(self._plain):
            keys += self._append_each(number * _ROWS_WALKED, out) if plain is None else plain.append(out)
        return out, keys

    def _append_each(self, first: int, out: ColumnBuilder) -> list[int]:
        assert self.format is not None
        keys, block = [], slice(first, first + _ROWS_WALKED)
        append, counts, values, turns = self.format.append, out.counts, out.values, out.turns
        for state, row in zip(self.state[block], self.rows[block], strict=True):
            if state == State.SOUND:
                keys.append(append(row, out))
            elif state == State.FAULTY:
                keys.append(self._append_faulty(row, out))
            else:
                keys.append(0)
            counts.append(len(values))
            turns.append("\n")
        return keys

    def _append_faulty(self, row: Mapping[str, Any], out: ColumnBuilder) -> int:
        """Take what texts a row with schema errors has; none when its shape defeats the format's walk."""
        assert self.format is not None
        texts, turns = len(out.values), len(out.turns)
        try:
            self.format.append(row, out)
        except (TypeError, KeyError, AttributeError, ValueError):
            del out.values[texts:], out.codes[texts:], out.slots[texts:], out.turns[turns:]
        return 0

    @property
    def values(self) -> list[str]:
        """Every text of the shard, in reading order."""
        return self._built[0].values

    @property
    def slots(self) -> list[int]:
        """Per text, the indices that its pointer is built from, packed by :func:`ftprep.formats.columns.slot`."""
        return self._built[0].slots

    def place(self, text: int) -> tuple[int, int]:
        """Code and slot of one text."""
        out, _ = self._built
        return out.codes[text], out.slots[text]

    @property
    def key_counts(self) -> list[int]:
        """A lower bound of the number of keys per row, known from the walk; 0 where the row was not walked."""
        return self._built[1]

    @functools.cached_property
    def codes(self) -> Ints:
        """Role, kind, side and flags per text, packed as in :mod:`ftprep.formats.columns`."""
        return np.array(self._built[0].codes, dtype=np.int64)

    @functools.cached_property
    def ends(self) -> Ints:
        """Index after the last text of each row."""
        counts = self._built[0].counts
        return np.array(counts, dtype=np.int64) if counts else np.zeros(len(self), dtype=np.int64)

    @functools.cached_property
    def firsts(self) -> Ints:
        """Index of the first text of each row."""
        firsts = np.empty_like(self.ends)
        firsts[:1] = 0
        firsts[1:] = self.ends[:-1]
        return firsts

    @functools.cached_property
    def bounds(self) -> list[int]:
        """0, and the index after the last text of each row: a list, which gives one number faster than an array."""
        return [0, *self.ends.tolist()]

    @functools.cached_property
    def owners(self) -> Ints:
        """The row of each text."""
        return np.repeat(np.arange(len(self), dtype=np.int64), self.ends - self.firsts)

    @functools.cached_property
    def encoded(self) -> list[bytes]:
        """Every text in UTF-8. Strict JSON parsing lets no lone surrogate through, so this cannot fail."""
        return [value.encode() for value in self.values]

    @functools.cached_property
    def buffer(self) -> bytes:
        """All texts in UTF-8, each followed by 0xFF, a byte that UTF-8 never has: no pattern crosses texts."""
        return b"\xff".join([*self.encoded, b""])

    @functools.cached_property
    def lengths(self) -> Ints:
        """Length of each text in bytes."""
        return np.fromiter(map(len, self.encoded), dtype=np.int64, count=len(self.encoded))

    @functools.cached_property
    def starts(self) -> Ints:
        """Offset of each text in :attr:`buffer`, and one more: text i is ``buffer[starts[i]:starts[i + 1] - 1]``."""
        starts = np.zeros(len(self.values) + 1, dtype=np.int64)
        np.cumsum(self.lengths + 1, out=starts[1:])
        return starts

    @functools.cached_property
    def classes(self) -> NDArray[np.uint8]:
        """Which classes of ASCII characters each text holds, as :mod:`ftprep.text.screens` lists them."""
        return text_classes(self.buffer, self.starts)

    @functools.cached_property
    def visible(self) -> NDArray[np.bool_]:
        """Whether each text holds a printable ASCII character. Texts without one may be blank, or not ASCII."""
        return (self.classes & VISIBLE).astype(np.bool_)

    @functools.cached_property
    def ascii(self) -> NDArray[np.bool_]:
        """Whether each text is ASCII from end to end."""
        return ~(self.classes & NOT_ASCII).astype(np.bool_)

    @functools.cached_property
    def turns(self) -> bytes:
        """The turn letters of every row, one line per row (see :mod:`ftprep.formats.columns`)."""
        return "".join(self._built[0].turns).encode()

    @functools.cached_property
    def turn_ends(self) -> Ints:
        """Offset of the newline that ends each row in :attr:`turns`."""
        return np.flatnonzero(np.frombuffer(self.turns, dtype=np.uint8) == 10)

    def turns_of(self, row: int) -> str:
        """The turn letters of one row."""
        start = int(self.turn_ends[row - 1]) + 1 if row else 0
        return self.turns[start : int(self.turn_ends[row])].decode()

    # --- screens ------------------------------------------------------------------------------------------------

    def rows_with_turns(self, pattern: re.Pattern[bytes]) -> list[int]:
        """Rows whose turn letters match ``pattern`` (compiled with re.MULTILINE where it has ^ or $)."""
        found = [match.start() for match in pattern.finditer(self.turns)]
        if not found:
            return []
        return self._marked(np.searchsorted(self.turn_ends, np.array(found)))

    def rows_of_texts(self, texts: NDArray[Any]) -> list[int]:
        """The rows, ascending, of the texts that a mask or an index array selects."""
        return self._marked(self.owners[texts])

    def _marked(self, rows: NDArray[Any]) -> list[int]:
        mask = np.zeros(len(self), dtype=np.bool_)
        mask[rows] = True
        return self.rows_where(mask)

    def rows_where(self, mask: NDArray[np.bool_]) -> list[int]:
        """The rows, ascending, that a mask with one entry per row selects."""
        rows: list[int] = np.flatnonzero(mask).tolist()
        return rows

    @functools.cached_property
    def literal_hits(self) -> Mapping[str, Ints]:
        """For each rule code with literals, the texts that hold one of them."""
        if self.screen is None:
            return {}
        return self.screen.scan(self.buffer, self.starts)

    def rows_with_literals(self, rule: RecordRule) -> list[int]:
        """Rows with a text that holds one of the rule's literals."""
        return self.rows_of_texts(self.literal_hits[rule.code])

    @functools.cached_property
    def _rows_by_diagnosis(self) -> Mapping[str, list[int]]:
        rows: dict[str, list[int]] = {}
        for row, diagnosis in self.diagnoses.items():
            rows.setdefault(diagnosis.code, []).append(row)
        return rows

    def rows_diagnosed(self, code: str) -> list[int]:
        """Rows that are no JSON object for the reason that rule ``code`` speaks about."""
        return self._rows_by_diagnosis.get(code, [])

    @functools.cached_property
    def rows_with_spare_pairs(self) -> list[int]:
        """Rows whose text seems to hold more key-value pairs than the parsed row has keys: one may be repeated.

        The number of pairs is an upper bound from the raw bytes; keys are counted in the walk of the columns first
        (a lower bound), and in full only where that does not explain the pairs.
        """
        pairs = pair_counts(self.chunk.data, self.chunk.starts, self.chunk.ends)
        suspects = np.flatnonzero(pairs > np.array(self.key_counts, dtype=np.int64))
        return [
            row
            for row in suspects.tolist()
            if self.state[row] < State.BROKEN and pairs[row] > keys_in([self.rows[row], self.suppressions.get(row)])
        ]

    @functools.cached_property
    def _rows_by_error(self) -> Mapping[str, list[int]]:
        rows: dict[str, list[int]] = {}
        for row, errors in self.schema_errors.items():
            for code in {error.code for error in errors}:
                rows.setdefault(code, []).append(row)
        return rows

    def rows_with_schema_error(self, code: str) -> list[int]:
        """Rows about which the schema raises an error of rule ``code``."""
        return self._rows_by_error.get(code, [])

    @property
    def plain_rows(self) -> list[range]:
        """Ranges of rows that have the same keys, with values of the same types, down to their texts."""
        return self._built[0].plain

    @property
    def media_rows(self) -> set[int]:
        """Rows with images or other parts that are no text."""
        return self._built[0].media

    def rows_in(self, *states: State) -> list[int]:
        """Rows in one of ``states``."""
        return self.rows_where(bytes_among(bytes(states))[np.frombuffer(self.state, dtype=np.uint8)])

    def once(self, function: Callable[[Shard], T]) -> T:
        """``function(self)``, worked out once however many rules ask; the result is not to be changed."""
        if function not in self._columns:
            self._columns[function] = function(self)
        value: T = self._columns[function]
        return value

    def sum_by_row(self, numbers: Ints) -> Ints:
        """Add up one number per text to one number per row."""
        total = np.zeros(len(numbers) + 1, dtype=np.int64)
        np.cumsum(numbers, out=total[1:])
        sums: Ints = total[self.ends] - total[self.firsts]
        return sums

    # --- rows ---------------------------------------------------------------------------------------------------

    def ref(self, row: int) -> Ref:
        """Where a row stands."""
        lines, offsets = self._places
        return Ref(self.chunk.file, lines[row], offsets[row])

    @functools.cached_property
    def _places(self) -> tuple[list[int], list[int]]:
        """Line and offset of each row, as lists, which give one number faster than arrays."""
        return self.chunk.lines.tolist(), self.chunk.offsets.tolist()

    def record(self, row: int) -> Record:
        """One row, for a rule to look at."""
        return Record(self, row)
