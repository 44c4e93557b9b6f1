"""Redaction as a fix: all values of a row at once, and the map that leads back."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Sequence
from typing import IO, Any, NamedTuple

import orjson

from ftprep.errors import OutputError, UsageError
from ftprep.finding import Edit, Finding, Fix
from ftprep.fixing.rows import FixedRow, fix_row
from ftprep.fixing.splices import RowText, Splice
from ftprep.io.source import Source
from ftprep.privacy.redaction import Mark, edits_of
from ftprep.privacy.redaction_names import PLACEHOLDER, SCOPES, STYLES, Manner, Names
from ftprep.text.snippet import quote

VERSION = 1
_RANKS = {"SEC": 0, "PII": 1, "IDS": 2}


class Entry(NamedTuple):
    """One replaced piece: in which row (from 0) of which input, in which round, and from which character of the row on.

    ``new`` stands there now, in the place of ``old``, both as the file writes them. ``value`` is what was there as a
    text, at ``pointer`` of the row.
    """

    file: str
    row: int
    round: int
    at: int
    new: str
    old: str
    pointer: str
    value: str


class Redactor:
    """Replaces the values that findings name, and remembers what it replaced where a map was asked for."""

    def __init__(self, manner: Manner, map_path: str | None = None) -> None:
        if manner.style not in STYLES or manner.scope not in SCOPES:
            raise UsageError("values are redacted by placeholders or surrogates, in a conversation or the dataset")
        self.manner = manner
        self.map_path = map_path
        self.entries: list[Entry] = []
        self._dataset: Names | None = None
        self._map: IO[str] | None = None
        self._written = False

    def begin(self, sources: Iterable[Source]) -> None:
        """Look at what a dataset holds already, once, before the first value is named."""
        if self._dataset is not None or self.manner.scope != "dataset":
            return
        self._dataset = Names(self.manner)
        for source in sources:
            for chunk in source.chunks():
                text = chunk.data.decode("utf-8", "replace")
                plain = text.replace("\\u003c", "<").replace("\\u003C", "<").replace("\\u003e", ">")
                self._dataset.reserve_all(PLACEHOLDER.findall(plain.replace("\\u003E", ">")))

    def redact(self, raw: bytes, findings: Sequence[Finding], place: tuple[str, int, int]) -> FixedRow:
        """Take the values of ``findings`` out of a row; ``place`` is its input, its number and the round."""
        everyone = tuple(range(len(findings)))
        try:
            row = orjson.loads(raw)
            edits = edits_of(row, [_mark(one) for one in findings], self._dataset or Names(self.manner))
        except (ValueError, RecursionError):
            return FixedRow(raw, (), dict.fromkeys(everyone, "the row is not JSON"))
        if not edits:
            return FixedRow(raw, (), dict.fromkeys(everyone, "the value is not there"))
        new, applied, failed = fix_row(raw, [Fix("", edits=tuple(edits))])
        if not applied:
            return FixedRow(raw, (), dict.fromkeys(everyone, next(iter(failed.values()), "it changes nothing")))
        if self.map_path is not None:
            self.entries += _entries(raw, row, edits, place)
        return FixedRow(new, everyone, {})

    # --- the map --------------------------------------------------------------------------------------------------

    def open_map(self) -> None:
        """Make the file of the map, for its owner alone. Raises :class:`OutputError`, also where there is one."""
        if self.map_path is None or self._map is not None:
            return
        try:
            number = os.open(self.map_path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0), 0o600)
            if hasattr(os, "fchmod"):
                os.fchmod(number, 0o600)
        except FileExistsError:
            raise OutputError(f"{quote(self.map_path, 200)} exists: it may be the only way back") from None
        except OSError as error:
            raise OutputError(f"cannot write {quote(self.map_path, 200)}: {error.strerror}") from None
        self._map = os.fdopen(number, "w", encoding="utf-8", newline="\n")

    def write_map(self, files: Iterable[str]) -> None:
        """Write the entries of ``files`` to the map, once more where it was written before."""
        if self._map is None:
            return
        kept = set(files)
        self._map.seek(0)
        self._map.truncate()
        head = {"ftprep-redaction-map": VERSION, "style": self.manner.style, "scope": self.manner.scope}
        self._map.write(json.dumps(head) + "\n")
        for one in self.entries:
            if one.file in kept:
                self._map.write(json.dumps(one._asdict()) + "\n")
        self._map.flush()
        os.fsync(self._map.fileno())
        self._written = bool(kept)

    def close(self) -> None:
        """Close the map; it goes away where it was never written, because nothing was redacted."""
        if self._map is None:
            return
        self._map.close()
        self._map = None
        if not self._written and self.map_path is not None:
            os.unlink(self.map_path)


def _mark(finding: Finding) -> Mark:
    assert finding.fix is not None
    assert finding.fix.redact is not None
    edit = finding.fix.edits[0]
    return Mark(edit.pointer, edit.span or (0, 0), finding.fix.redact, _RANKS.get(finding.code[:3], 3))


def _entries(raw: bytes, row: Any, edits: Sequence[Edit], place: tuple[str, int, int]) -> Iterator[Entry]:
    from ftprep.pointer import resolve

    text = raw.decode()
    writing = RowText(text)
    found: list[tuple[Splice, Edit]] = [(writing.splices([edit])[0], edit) for edit in edits]
    shift = 0
    for splice, edit in sorted(found, key=lambda one: one[0]):
        value = resolve(row, edit.pointer)
        value = value[edit.span[0] : edit.span[1]] if edit.span is not None else str(value)
        old = text[splice.start : splice.end]
        yield Entry(*place, splice.start + shift, splice.new, old, edit.pointer, value)
        shift += len(splice.new) - len(old)
