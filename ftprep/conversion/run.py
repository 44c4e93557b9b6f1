"""A conversion of files or rows: inputs, one line after the other, and the account of what became of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from ftprep.conversion.calls import dump, parse_row
from ftprep.conversion.conversation import CannotConvert, Note, Notes, Row
from ftprep.conversion.converter import Converter, mapped
from ftprep.conversion.goal import Goal
from ftprep.errors import InputError, UsageError
from ftprep.formats.detect import Detection, detect
from ftprep.formats.format import format_named
from ftprep.inputs import open_input
from ftprep.io.diagnose import diagnose
from ftprep.suppression import take_keys
from ftprep.text.snippet import quote

if TYPE_CHECKING:
    from ftprep.io.source import Source

NEAR = 0.15
"""Two formats whose confidence differs by less are both possible; which one is meant is for the user to say."""
_COMPARED = 20
_BLANKS = b" \t\r\n"


class Refused(NamedTuple):
    """A row that was not written. ``line`` is 0 where a place between rows is meant."""

    name: str
    line: int
    reason: str


@dataclass(slots=True)
class Part:
    """One input of a conversion, with the converter of its rows and what became of them."""

    source: Source
    converter: Converter
    read: int = 0
    written: int = 0


@dataclass(slots=True)
class Conversion:
    """Inputs that are converted in order. :meth:`rows` and :meth:`lines` may be asked once; then the account stands.

    ``problems`` are sentences about inputs that could not be read to their end; ``columns`` are the top-level keys of
    all rows written.
    """

    goal: Goal
    parts: list[Part]
    refused: list[Refused] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    columns: set[str] = field(default_factory=set)

    @property
    def format(self) -> str:
        """The format that is written."""
        return self.parts[0].converter.format

    @property
    def read(self) -> int:
        """Rows read so far, broken ones with them."""
        return sum(part.read for part in self.parts)

    @property
    def written(self) -> int:
        """Rows written so far."""
        return sum(part.written for part in self.parts)

    @property
    def notes(self) -> Notes:
        """What was lost and what was changed, of all inputs."""
        notes = Notes()
        for part in self.parts:
            notes.add(part.converter.notes)
        return notes

    @property
    def losses(self) -> list[Note]:
        """What the format written cannot say."""
        return self.notes.losses

    @property
    def changes(self) -> list[Note]:
        """What it says in another way."""
        return self.notes.changes

    @property
    def exact(self) -> bool:
        """Whether every row was written, and nothing of it lost."""
        return not self.refused and not self.losses and not self.problems

    def lines(self, progress: Callable[[int, int], None] | None = None) -> Iterator[bytes]:
        """Every row written, as compact JSON without a newline, in the order of the inputs."""
        for row in self.rows(progress):
            yield dump(row)

    def rows(self, progress: Callable[[int, int], None] | None = None) -> Iterator[Row]:
        """Every row written, in the order of the inputs; memory does not grow with them."""
        for part in self.parts:
            for chunk in part.source.chunks():
                for raw, line in zip(chunk.rows(), chunk.lines.tolist(), strict=True):
                    yield from self._converted(part, raw, line)
                if progress is not None:
                    progress(len(chunk), len(chunk.data))
            self.problems += part.source.problems
            self.refused += [Refused(part.source.name, one.line, one.message) for one in part.source.faults]

    def _converted(self, part: Part, raw: bytes, line: int) -> Iterator[Row]:
        if not raw.strip(_BLANKS):
            return
        part.read += 1
        try:
            rows = part.converter.rows(_parsed(raw))
        except CannotConvert as refusal:
            self.refused.append(Refused(part.source.name, line, str(refusal)))
            return
        part.written += len(rows)
        self.columns.update(*rows)
        yield from rows

    def close(self) -> None:
        """Give up temporary files of the inputs."""
        for part in self.parts:
            part.source.close()


def _parsed(raw: bytes) -> Row:
    """A row without what it says to ftprep itself; raises :class:`CannotConvert` for one that is no JSON object."""
    try:
        row = parse_row(raw)
    except (ValueError, RecursionError):
        row = None
    if not isinstance(row, dict):
        found = diagnose(raw)
        raise CannotConvert(f"{found.message} ({found.code})" if found else "no JSON object")
    take_keys((raw,), (row,))
    return row


def open_conversion(
    sources: Sequence[Source],
    goal: Goal,
    *,
    format: str | None = None,
    mapping: Mapping[str, str] | None = None,
    system: str | None = None,
    problems: Sequence[str] = (),
) -> Conversion:
    """Settle for each source which format it has and how it is written.

    Raises ``UsageError`` for rows that cannot become what ``goal`` asks for, or whose format is not clear, and
    ``InputError`` for a file without rows.
    """
    parts = []
    for source in sources:
        found = _detected(source, format, mapping or {}, goal, system)
        parts.append(Part(source, Converter(found, goal, system, mapping or {})))
    formats = {part.converter.format: part for part in parts}
    if len(formats) > 1:
        told = " and ".join(f"{name} ({quote(part.source.name)})" for name, part in formats.items())
        raise UsageError(f"the inputs become different formats: {told}; convert them one by one")
    return Conversion(goal, parts, problems=list(problems))


def _detected(source: Source, format: str | None, mapping: Mapping[str, str], goal: Goal, system: str | None) -> str:
    """The format of a source, whose columns are renamed first."""
    if source.probe.problem is not None:
        raise InputError(f"{quote(source.name, 200)} cannot be converted: it is {source.probe.problem.detail}")
    if format is not None:
        return format_named(format).name
    sample = open_input(source).sample
    rows = [mapped(row, mapping) for row in sample]
    detection = detect(rows)
    if mapping:
        _check_mapping(mapping, sample, source.name)
        alone = detect([{key: row[key] for key in mapping if key in row} for row in rows])
        detection = alone if alone.format is not None else detection
    if detection.format is None and source.problems:
        raise InputError("; ".join(source.problems))
    if detection.format is None and not rows:
        raise InputError(f"{quote(source.name, 200)} cannot be converted: no row of it can be read as a JSON object")
    if detection.format is None:
        keys = ", ".join(quote(key) for key in detection.keys[:8])
        nearest = f"; near: {', '.join(detection.nearest)}" if detection.nearest else ""
        what = f"rows of no known format (keys {keys}{nearest})" if keys else "no rows"
        raise UsageError(f"{quote(source.name, 200)} has {what}; name the format by --format, or columns by --map")
    _insist(source.name, detection, rows[:_COMPARED], goal, system)
    return detection.format


def _check_mapping(mapping: Mapping[str, str], sample: Sequence[Row], name: str) -> None:
    """Raise for a column that no row has."""
    known = {key for row in sample for key in row}
    for old in mapping.values():
        column = old.split("/")[1].replace("~1", "/").replace("~0", "~") if old.startswith("/") else old
        if sample and column not in known:
            have = ", ".join(sorted(known)[:12])
            raise UsageError(f"--map: no row of {quote(name, 200)} has a column {quote(column)}; it has {have}")


def _insist(name: str, detection: Detection, rows: Sequence[Row], goal: Goal, system: str | None) -> None:
    """Raise where another format is as likely and its reading gives other rows."""
    assert detection.format is not None
    for other in detection.alternatives:
        if detection.confidence - other.confidence >= NEAR:
            continue
        try:
            pair = [Converter(one, goal, system) for one in (detection.format, other.name)]
        except UsageError:
            continue
        first, second = pair
        if first.format != second.format or any(_differ(_said(first, row), _said(second, row)) for row in rows):
            likely = f"{detection.format} ({detection.confidence:.2f})"
            raise UsageError(
                f"{quote(name, 200)} may be {likely} or {other.name} ({other.confidence:.2f}); say which by --format"
            )


def _differ(one: Any, other: Any) -> bool:
    """Whether two readings of a row give different rows; one that gives none is no reading."""
    return one is not None and other is not None and bool(one != other)


def _said(converter: Converter, row: Row) -> Any:
    """What becomes of ``row``, keys in any order; None where nothing does."""
    try:
        return converter.rows(row)
    except CannotConvert:
        return None
