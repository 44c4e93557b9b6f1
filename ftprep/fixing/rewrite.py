"""The bytes of one file with its fixes applied, streamed: :class:`Rewriting`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np

from ftprep.finding import Finding, Fix
from ftprep.fixing.compact import one_line
from ftprep.fixing.redact import Redactor
from ftprep.fixing.rows import fix_row
from ftprep.fixing.splices import CannotEdit
from ftprep.io.elements import NEVER_CLOSED
from ftprep.io.file import FileSource

BOM = b"\xef\xbb\xbf"
_BLOCK_BYTES = 1 << 20


class Patch(NamedTuple):
    """``new`` in the place of the bytes [start, end) of the inflated file."""

    start: int
    end: int
    new: bytes


class CannotRewrite(Exception):
    """A fix of the file as a whole that does not fit it: ``finding``, and why."""

    def __init__(self, finding: Finding, reason: str) -> None:
        super().__init__(reason)
        self.finding = finding


class Rewriting:
    """Applies fixable findings to their file. The lists are complete when :meth:`parts` has ended.

    ``rows`` are the numbers, from 0, of the rows that changed, as they count after the rewriting; ``lines`` is the
    number of lines that went away. ``failed`` are findings whose fix does not fit, with the reason. With a
    ``redactor`` all findings are about values that it takes out.
    """

    def __init__(
        self, source: FileSource, findings: Iterable[Finding], redactor: Redactor | None = None, round: int = 0
    ) -> None:
        self.source = source
        self._redactor = redactor
        self._round = round
        self.applied: list[Finding] = []
        self.failed: list[tuple[Finding, str]] = []
        self.rows: set[int] = set()
        self.lines = 0
        self._acts: dict[str, list[Finding]] = {}
        self._of_rows: defaultdict[int, list[Finding]] = defaultdict(list)
        for one in findings:
            if one.ref.line:
                self._of_rows[one.ref.offset].append(one)
            else:
                self._take_act(one)

    def _take_act(self, finding: Finding) -> None:
        """Note what is to be done to the file as a whole, if that would change it."""
        probe = self.source.probe
        act = finding.fix.act if finding.fix is not None else None
        if act == "one-row-per-line":
            due = probe.container in ("array", "concatenated")
        else:
            due = act == ("remove-bom" if probe.bom else "add-bom")
        if act is not None and due:
            self._acts.setdefault(act, []).append(finding)
        else:
            self.failed.append((finding, "it changes nothing"))

    def parts(self) -> Iterator[bytes]:
        """The new bytes of the file, inflated. Raises :class:`CannotRewrite`, and ``InputError`` when reading fails."""
        if "one-row-per-line" in self._acts:
            yield from self._line_by_line(self._acts["one-row-per-line"][0])
        else:
            yield from self._copy()
        self.applied += [one for findings in self._acts.values() for one in findings]

    @property
    def _bom(self) -> bytes:
        """The byte order mark that the new file starts with."""
        return BOM if self.source.probe.bom != bool(self._acts.keys() & {"remove-bom", "add-bom"}) else b""

    # --- in place -------------------------------------------------------------------------------------------------

    def _copy(self) -> Iterator[bytes]:
        """All bytes as they are, but for the patches."""
        with self.source.inflated() as stream:
            at = 0
            for start, end, new in self._patches():
                while at < start and (part := stream.read_exactly(min(_BLOCK_BYTES, start - at))):
                    at += len(part)
                    yield part
                while at < end and (gone := stream.read_exactly(min(_BLOCK_BYTES, end - at))):
                    at += len(gone)
                yield new
            while part := stream.read_exactly(_BLOCK_BYTES):
                yield part

    def _patches(self) -> Iterator[Patch]:
        old = BOM if self.source.probe.bom else b""
        if self._bom != old:
            yield Patch(0, len(old), self._bom)
        for number, offset, raw in self._touched():
            new = self._fixed(number, offset, raw)
            if new is None:
                yield Patch(offset, offset + len(raw) + 1, b"")  # the newline, too
            elif new != raw:
                yield Patch(offset, offset + len(raw), new)

    def _touched(self) -> Iterator[tuple[int, int, bytes]]:
        """Number, offset and text of each row with a fix."""
        if not self._of_rows:
            return
        wanted = np.array(sorted(self._of_rows), dtype=np.int64)
        before = 0
        for chunk in self.source.chunks():
            for row in np.flatnonzero(np.isin(chunk.offsets, wanted)).tolist():
                raw = chunk.data[chunk.starts[row] : chunk.ends[row]]
                yield before + row, int(chunk.offsets[row]), raw
            before += len(chunk)

    def _fixed(self, number: int, offset: int, raw: bytes) -> bytes | None:
        findings = self._of_rows[offset]
        fixes: Sequence[Fix] = [one.fix for one in findings if one.fix is not None]
        if self._redactor is not None:
            place = (self.source.name, number - self.lines, self._round)
            new, applied, failed = self._redactor.redact(raw, findings, place)
        else:
            new, applied, failed = fix_row(raw, fixes)
        self.applied += [findings[one] for one in applied]
        self.failed += [(findings[one], reason) for one, reason in failed.items()]
        if new is None:
            self.lines += 1
        elif applied:
            self.rows.add(number - self.lines)
        return new

    # --- anew -----------------------------------------------------------------------------------------------------

    def _line_by_line(self, finding: Finding) -> Iterator[bytes]:
        """Every row on a line of its own."""
        yield self._bom
        newline = b"\n"
        with self.source.inflated() as stream:
            first = stream.read_exactly(64 << 10).partition(b"\n")
            if first[1] and first[0].endswith(b"\r"):
                newline = b"\r\n"
        number = 0
        for chunk in self.source.chunks():
            offsets = chunk.offsets.tolist()
            lines = []
            for row, raw in enumerate(chunk.rows()):
                if offsets[row] in self._of_rows:
                    raw = self._fixed(number + row, offsets[row], raw) or raw
                try:
                    lines.append(one_line(raw))
                except CannotEdit as error:
                    raise CannotRewrite(finding, f"{error} (line {int(chunk.lines[row]):,})") from None
            number += len(lines)
            yield newline.join([*lines, b""])
        if any(fault.message == NEVER_CLOSED for fault in self.source.faults):
            # Rows may have been cut away, and nothing else would tell of them.
            raise CannotRewrite(finding, NEVER_CLOSED)
