"""Redaction as a fix: all values of a row at once, with a memory of what stood where."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import orjson

from ftprep.errors import UsageError
from ftprep.finding import Edit, Finding, Fix
from ftprep.fixing.redaction_map import Entry
from ftprep.fixing.rows import FixedRow, fix_row
from ftprep.fixing.splices import RowText, Splice
from ftprep.io.source import Source
from ftprep.privacy.redaction import Mark, edits_of
from ftprep.privacy.redaction_names import PLACEHOLDER, SCOPES, STYLES, Manner, Names
from ftprep.selection import canonical

if TYPE_CHECKING:
    from ftprep.selection import Selection

FAMILIES = ("PII", "SEC", "IDS")
_RANKS = {"SEC": 0, "PII": 1, "IDS": 2}


class Redactor:
    """Replaces the values that findings name; ``entries`` say what was replaced where it ``remembers``.

    Whoever fixes ``tells`` where values may be left: never, always, or (None) where any was replaced.
    """

    def __init__(self, manner: Manner, *, remembers: bool = False, tells: bool | None = None) -> None:
        if manner.style not in STYLES or manner.scope not in SCOPES:
            raise UsageError("values are redacted by placeholders or surrogates, in a conversation or the dataset")
        self.manner = manner
        self.remembers = remembers
        self.tells = tells
        self.entries: list[Entry] = []
        self._dataset: Names | None = None

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
        if self.remembers:
            self.entries += _entries(raw, row, edits, place)
        return FixedRow(new, everyone, {})


def replaces_values(selection: Selection, *, unsafe: bool) -> bool:
    """Whether fixing by such a selection replaces values: with unsafe fixes, or where the user holds theirs safe."""
    safe = [canonical(word) for word in selection.extend_safe_fixes]
    return unsafe or any(one.startswith(family[: len(one)]) for one in safe for family in FAMILIES)


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
