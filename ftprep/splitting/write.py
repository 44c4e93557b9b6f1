"""Writing the rows of a plan: one file per split, and one of the rows that are in none."""

from __future__ import annotations

import base64
import contextlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, NamedTuple

import orjson

from ftprep.fixing.compact import one_line
from ftprep.fixing.splices import CannotEdit
from ftprep.splitting.groups import NOWHERE
from ftprep.splitting.rows import Fault

if TYPE_CHECKING:
    from ftprep.inputs import Input
    from ftprep.splitting.plan import Plan

DROPPED = "dropped.jsonl"
TRAIN, VALIDATION = "train", "validation"


class Row(NamedTuple):
    """One row as it is read: its entry, where it stands, and its bytes."""

    entry: int
    input: Input
    line: int
    raw: bytes


class Written(NamedTuple):
    """What was written: rows of each file, by its name in the folder."""

    rows: Mapping[str, int]
    dropped: int

    @property
    def kept(self) -> int:
        """Rows in files of splits."""
        return sum(self.rows.values())


def read_again(inputs: Sequence[Input]) -> Iterator[Row]:
    """All rows that are not blank, in reading order, as entries of a plan count them."""
    entry = 0
    for one in inputs:
        for chunk in one.source.chunks():
            for raw, line in zip(chunk.rows(), chunk.lines.tolist(), strict=True):
                if raw.strip(b" \t\r\n"):
                    yield Row(entry, one, line, raw)
                    entry += 1


def file_names(plan: Plan) -> dict[str, tuple[str, ...]]:
    """For each split the files that its rows go into. A fold is the validation set of one, and trains the others."""
    if not plan.options.folds:
        return {name: (f"{name}.jsonl",) for name in plan.names}
    return {
        name: tuple(f"{other}/{VALIDATION if other == name else TRAIN}.jsonl" for other in plan.names)
        for name in plan.names
    }


def write_rows(plan: Plan, inputs: Sequence[Input], folder: Path) -> Written:
    """Write the splits of ``plan`` into ``folder``, and what is in none of them into :data:`DROPPED`, if anything is.

    Rows keep their order and their bytes; a row over several lines gets one line. No file stands without a row.
    """
    files = file_names(plan)
    counts: dict[str, int] = {name: 0 for names in files.values() for name in names}
    dropped = 0
    with contextlib.ExitStack() as stack:
        streams: dict[str, IO[bytes]] = {}
        for name in counts:
            path = folder / name
            path.parent.mkdir(exist_ok=True)
            streams[name] = stack.enter_context(path.open("wb"))
        left: IO[bytes] | None = None
        splits = plan.splits.tolist()
        for row in read_again(inputs[: plan.held_from]):
            split = splits[row.entry]
            line, fault = _line(row.raw), plan.faults.get(row.entry)
            if split == NOWHERE or line is None:
                if left is None:
                    left = stack.enter_context((folder / DROPPED).open("wb"))
                left.write(dropped_line(row, fault or Fault("", "the row cannot be written on one line")))
                dropped += 1
                continue
            for name in files[plan.names[split]]:
                streams[name].write(line + b"\n")
                counts[name] += 1
    for name in [name for name, rows in counts.items() if not rows]:  # loaders take no empty file
        (folder / name).unlink()
        del counts[name]
    return Written(counts, dropped)


def _line(raw: bytes) -> bytes | None:
    try:
        return one_line(raw)
    except CannotEdit:
        return None


def dropped_line(row: Row, fault: Fault) -> bytes:
    """One line of :data:`DROPPED`: where a row stood, why it is in no split, and its bytes (in base64 if no text)."""
    entry: dict[str, Any] = {"path": row.input.name, "line": row.line, "code": fault.code, "message": fault.message}
    try:
        entry["raw"] = row.raw.decode()
    except UnicodeDecodeError:
        entry["base64"] = base64.b64encode(row.raw).decode()
    return orjson.dumps(entry, option=orjson.OPT_APPEND_NEWLINE)
