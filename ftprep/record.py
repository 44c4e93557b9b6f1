"""Rows: :class:`Ref` says where one stands, :class:`Record` is what a rule looks at, :class:`Text` a string in it."""

from __future__ import annotations

from collections.abc import Callable
from enum import IntEnum
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from ftprep.formats import columns as c
from ftprep.text.token_counts import TokenCounts, count_tokens

if TYPE_CHECKING:
    from ftprep.formats.format import Format
    from ftprep.formats.tool_calls import Call, Result, Tool
    from ftprep.formats.validation import SchemaError
    from ftprep.io.diagnose import Diagnosis
    from ftprep.shard import Shard

T = TypeVar("T")


class Ref(NamedTuple):
    """One row of one input; sorts in reading order.

    ``file`` is the index of the input in the run. ``line`` is the 1-based line on which the row starts (the row
    number, from 1, for inputs without lines: Parquet and Python objects); 0 means the input as a whole.
    ``offset`` is the byte offset of the row in the inflated file, or -1 where an input has none.
    """

    file: int
    line: int
    offset: int = -1


class Text(NamedTuple):
    """One string of a row, with the JSON Pointer to it and who says it."""

    pointer: str
    role: str
    value: str


class State(IntEnum):
    """What became of a row."""

    SOUND = 0  # an object of the file's format without schema errors (unknown fields aside)
    FAULTY = 1  # of the file's format, with schema errors
    FOREIGN = 2  # an object of another format, or of none
    BROKEN = 3  # no JSON object
    BLANK = 4  # nothing but white space


class Record:
    """One row of a shard. Everything is looked up when asked for."""

    __slots__ = ("index", "shard")

    def __init__(self, shard: Shard, index: int) -> None:
        self.shard = shard
        self.index = index

    @property
    def ref(self) -> Ref:
        """Where the row stands."""
        return self.shard.ref(self.index)

    @property
    def raw(self) -> bytes:
        """The bytes of the row."""
        return self.shard.raws[self.index]

    @property
    def row(self) -> dict[str, Any]:
        """The parsed object; only for rules that need PARSED or VALID rows."""
        parsed: dict[str, Any] = self.shard.rows[self.index]
        return parsed

    @property
    def format(self) -> Format:
        """The format of the row's file."""
        assert self.shard.format is not None
        return self.shard.format

    @property
    def turns(self) -> str:
        """The row's turn letters."""
        return self.shard.turns_of(self.index)

    @property
    def turn_pointers(self) -> list[str]:
        """The JSON Pointer of each turn, for the letters of :attr:`turns` without separators."""
        return self.format.turn_pointers(self.row)

    @property
    def text_range(self) -> range:
        """Numbers of the row's texts in the columns of the shard."""
        bounds = self.shard.bounds
        return range(bounds[self.index], bounds[self.index + 1])

    def pointer(self, text: int) -> str:
        """The JSON Pointer of text number ``text`` of the shard."""
        code, slot = self.shard.place(text)
        return self.format.pointer(code, slot)

    @property
    def texts(self) -> list[Text]:
        """The row's texts with pointer and role."""
        shard = self.shard
        return [
            Text(self.pointer(text), c.ROLE_NAMES[int(shard.codes[text]) & c.ROLE_MASK], shard.values[text])
            for text in self.text_range
        ]

    @property
    def schema_errors(self) -> tuple[SchemaError, ...]:
        """What the schema found wrong with the row."""
        return self.shard.schema_errors.get(self.index, ())

    @property
    def diagnosis(self) -> Diagnosis | None:
        """Why the row is no JSON object, or None."""
        return self.shard.diagnoses.get(self.index)

    @property
    def tokens(self) -> TokenCounts:
        """The row's token counts; encodes this row alone when the run counts no others."""
        return count_tokens(self)

    @property
    def tools(self) -> list[Tool] | None:
        """The declared tools, or None when the row declares none at all."""
        return self.format.tools(self.row)

    @property
    def exchanges(self) -> list[list[Call | Result]]:
        """Tool calls and results, in order, of each conversation of the row."""
        return self.once(_exchanges)

    def once(self, function: Callable[[Record], T]) -> T:
        """``function(self)``, worked out once per row however many rules ask; the result is not to be changed."""
        key, kept = (function, self.index), self.shard.kept
        if key not in kept:
            kept[key] = function(self)
        value: T = kept[key]
        return value


def _exchanges(record: Record) -> list[list[Call | Result]]:
    return list(record.format.exchanges(record.row))
