"""The sample of production that data is compared with."""

from __future__ import annotations

import functools
import os
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ftprep.drift.exchanges import SAMPLE_ROWS, Keys, draws, exchange_columns
from ftprep.engine.inspection import with_references
from ftprep.engine.table import Table, TableBuilder
from ftprep.errors import InputError, UsageError
from ftprep.evaluation.items import named_sources
from ftprep.inputs import open_input
from ftprep.io.chunk import fetched_chunk
from ftprep.record import Ref
from ftprep.settings import Settings
from ftprep.shard import Shard
from ftprep.text.snippet import quote

if TYPE_CHECKING:
    from ftprep.formats.format import Format
    from ftprep.record import Record

SAMPLE_BYTES = 64 << 20  # of the sample's rows; where they are longer, it holds fewer of them
_BATCH = 500  # rows that are parsed at a time

Ints = NDArray[np.int64]


class _Drawn:
    """The rows with the smallest numbers of those that it is shown."""

    def __init__(self) -> None:
        self.rows: list[tuple[int, int, int, Ref, bytes]] = []  # number, request, answer, place, text
        self.seen = 0
        self._least_left_out = 1 << 64

    def add(self, numbers: Keys, shard: Shard, columns: Mapping[str, Any]) -> None:
        """Show it some rows of a shard."""
        self.seen += len(numbers)
        for index in np.flatnonzero(numbers < np.uint64(min(self._least_left_out, (1 << 64) - 1))).tolist():
            row = int(columns["row"][index])
            sizes = int(columns["request"][index]), int(columns["answer"][index])
            self.rows.append((int(numbers[index]), *sizes, shard.ref(row), shard.raws[row]))
        if len(self.rows) > 2 * SAMPLE_ROWS or sum(len(row[-1]) for row in self.rows) > SAMPLE_BYTES:
            self.settle()

    def settle(self) -> None:
        """Give up all rows but the sample."""
        self.rows.sort(key=lambda row: row[:4])
        size = 0
        for number, row in enumerate(self.rows):
            size += len(row[-1])
            if number == SAMPLE_ROWS or (number and size > SAMPLE_BYTES):
                self._least_left_out = min(self._least_left_out, row[0])
                del self.rows[number:]
                break


class Production:
    """Rows of production: at most 4,000, drawn by what they hold.

    ``request`` and ``answer`` are their lengths in characters (-1: no answer), ``seen`` is the number of all rows, and
    ``files`` are the real paths of the files.
    """

    def __init__(self, drawn: _Drawn, formats: Sequence[Format], files: Sequence[str]) -> None:
        self._rows = drawn.rows
        self._formats = formats
        self.seen = drawn.seen
        self.files = files
        self.request: Ints = np.array([row[1] for row in self._rows], dtype=np.int64)
        self.answer: Ints = np.array([row[2] for row in self._rows], dtype=np.int64)
        self._kept: dict[str, Any] = {}

    def shards(self) -> Iterator[Shard]:
        """The rows of the sample, parsed anew, a few at a time."""
        for number, format in enumerate(self._formats):
            mine = [row for row in self._rows if row[3].file == number]
            for first in range(0, len(mine), _BATCH):
                part = mine[first : first + _BATCH]
                chunk = fetched_chunk(number, [row[-1] for row in part], [row[3] for row in part])
                yield Shard(chunk, format, Settings())

    def records(self) -> Iterator[tuple[Record, int]]:
        """The rows of the sample one by one, each with the number that it was drawn by."""
        drawn = {row[3]: row[0] for row in self._rows}
        for shard in self.shards():
            for row in range(len(shard)):
                yield shard.record(row), drawn[shard.ref(row)]

    def answers(self) -> Table:
        """The facts about the rows that rules about tasks judge by (``ftprep.tasks.facts``). Worked out once."""
        from ftprep.tasks.facts import answer_columns

        if "answers" not in self._kept:
            builder = TableBuilder()
            for shard in self.shards():
                columns = answer_columns(shard)
                if columns is not None and shard.format is not None and shard.format.method == "sft":
                    builder.add(with_references(columns, shard))
            self._kept["answers"] = builder.build()
        table: Table = self._kept["answers"]
        return table

    def read(self, refs: Sequence[Ref]) -> dict[Ref, Record]:
        """Some rows of the sample, by their places."""
        wanted = set(refs)
        rows = [row for row in self._rows if row[3] in wanted]
        found = {}
        for row in rows:
            chunk = fetched_chunk(row[3].file, [row[-1]], [row[3]])
            found[row[3]] = Shard(chunk, self._formats[row[3].file], Settings()).record(0)
        return found


def load_production(paths: Sequence[str]) -> Production:
    """The sample of the rows in ``paths``, drawn once per process as long as the files stay as they are.

    Raises ``UsageError`` for a file that cannot be read, or whose rows are not known.
    """
    return _load(tuple((path, *_stamp(path)) for path in paths))


def _stamp(path: str) -> tuple[int, int]:
    try:
        state = os.stat(path)
    except (OSError, ValueError):  # a glob, or rows that are written out
        return 0, 0
    return state.st_mtime_ns, state.st_size


@functools.lru_cache(maxsize=2)
def _load(stamped: tuple[tuple[str, int, int], ...]) -> Production:
    drawn, formats, files = _Drawn(), [], []
    for number, source in enumerate(named_sources([path for path, _, _ in stamped])):
        source.index = number
        try:
            one = open_input(source)
            if one.format is None:
                raise UsageError(f"the format of {quote(source.name, 200)} is not known")
            before = drawn.seen
            for chunk in source.chunks():
                shard = Shard(chunk, one.format, Settings())
                columns = exchange_columns(shard)
                if columns is not None:
                    lines = chunk.lines[columns["row"]]
                    drawn.add(draws(columns["key"], lines), shard, columns)
            if drawn.seen == before:
                raise UsageError(f"{quote(source.name, 200)} holds no prompts")
        except InputError as error:
            raise UsageError(str(error)) from None
        finally:
            source.close()
        formats.append(one.format)
        files.append(os.path.realpath(source.name))
    drawn.settle()
    return Production(drawn, formats, files)
