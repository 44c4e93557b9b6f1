"""One input of a run: its source, what was detected about it, and what was counted."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

import orjson

from ftprep.formats.detect import Detection, detect
from ftprep.formats.format import Format, format_named
from ftprep.suppression import take_keys

if TYPE_CHECKING:
    from ftprep.io.source import Source

SAMPLE_FIRST, SAMPLE_CHOSEN, SAMPLE_ROWS, SAMPLE_BYTES = 100, 100, 20_000, 8 << 20
SPLIT_WORDS = {
    "train": "train",
    "training": "train",
    "valid": "validation",
    "validation": "validation",
    "val": "validation",
    "dev": "validation",
    "test": "test",
    "eval": "test",
}


@dataclass(slots=True)
class Tokens:
    """Token counts of an input: all tokens, and those that carry loss."""

    encoding: str
    total: int = 0
    trained: int = 0


@dataclass(slots=True)
class Input:
    """A source with its detected format and, after the run, its counts. ``bytes`` are those of the rows.

    ``suppressing`` counts the rows with a key ``_ftprep``, which a platform may refuse. ``dataset`` is the name that
    configuration gives to the files which belong together, "" where nothing was said. ``beside`` says that the input
    was not given, but read for others of its dataset to be compared with.
    """

    source: Source
    detection: Detection
    split: str | None = None
    records: int = 0
    bytes: int = 0
    last_line: int = 0
    tokens: Tokens | None = None
    suppressing: int = 0
    dataset: str = ""
    beside: bool = False
    sample: list[dict[str, Any]] = field(default_factory=list, repr=False)

    @property
    def name(self) -> str:
        """The path as the user gave it, or ``<stdin>``, ``<DataFrame>`` and so on."""
        return self.source.name

    @property
    def index(self) -> int:
        """The input's number in the run."""
        return self.source.index

    @property
    def format(self) -> Format | None:
        """The detected or given format; None when the rows have no known shape."""
        return format_named(self.detection.format) if self.detection.format else None


def open_input(source: Source, forced: str | None = None) -> Input:
    """Read the head of ``source`` and detect its format, unless ``forced`` names it."""
    rows = _sample(source)
    if forced is not None:
        detection = Detection(format_named(forced).name, 1.0, ("given by the user",), forced=True)
    else:
        detection = detect(rows)
    return Input(source, detection, split_of(source.name), sample=rows)


def split_of(name: str) -> str | None:
    """The split that a file name tells by a word of its stem: train, validation or test."""
    stem = PurePath(name).name.split(".", 1)[0].lower()
    for word in re.split(r"[^a-z]+", stem):
        if word in SPLIT_WORDS:
            return SPLIT_WORDS[word]
    return None


def _sample(source: Source) -> list[dict[str, Any]]:
    """The first 100 objects, and 100 more of the first 20,000 rows (at most 8 MB) chosen by content hash."""
    from xxhash import xxh3_64_intdigest

    head: list[dict[str, Any]] = []
    hashed: list[tuple[int, int, bytes]] = []
    seen = size = 0
    for chunk in source.chunks():
        for raw in chunk.rows():
            seen += 1
            size += len(raw)
            if len(head) < SAMPLE_FIRST:
                row = _object(raw)
                if row is not None:
                    head.append(row)
            else:
                hashed.append((xxh3_64_intdigest(raw), seen, raw))
        if len(hashed) > SAMPLE_CHOSEN:
            hashed = sorted(hashed)[:SAMPLE_CHOSEN]
        if seen >= SAMPLE_ROWS or size >= SAMPLE_BYTES:
            break
    chosen = [row for _, _, raw in sorted(hashed) if (row := _object(raw)) is not None]
    return head + chosen


def _object(raw: bytes) -> dict[str, Any] | None:
    try:
        row = orjson.loads(raw)
    except ValueError:
        return None
    if type(row) is not dict:
        return None
    take_keys((raw,), (row,))
    return row
