"""Lint, fix, and lint again until nothing changes: :func:`fix_job`, and the verb :func:`fix`."""

from __future__ import annotations

import os
import time
import weakref
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

from ftprep.api import open_lint, run_lint
from ftprep.errors import FtprepError, InputError, UsageError
from ftprep.finding import Finding
from ftprep.fixed import REWRITTEN, Fixed
from ftprep.fixing.redact import Redactor, replaces_values
from ftprep.fixing.redaction_map import RedactionMap
from ftprep.fixing.replace import Stamp, check_writable, discard, packed, put_in_place, write_beside
from ftprep.fixing.rewrite import CannotRewrite, Rewriting
from ftprep.fixing.rows import is_fixable
from ftprep.fixing.unread import unread_notes
from ftprep.fixing.workpiece import Workpiece
from ftprep.io.chunk import Limits
from ftprep.io.discover import open_path
from ftprep.io.file import FileSource
from ftprep.io.spool import Spool
from ftprep.privacy.redaction_names import Manner, Scope, Style, manner_of
from ftprep.text.snippet import quote

if TYPE_CHECKING:
    from ftprep.job import Job
    from ftprep.report import Report
    from ftprep.selection import Selection

MAX_ROUNDS = 20
"""Rounds of fixing after which fixes must be undoing each other: overlapping ones need two or three."""
STDIN_NAME = "<stdin>"
_OF_LINES = ("JSN005", "JSN006")  # blank lines and marks: in a file without any row, they may be what its format wants
_KINDS = {"csv": "a CSV file", "tsv": "a TSV file", "parquet": "a Parquet file", "objects": "no file"}


class Change(NamedTuple):
    """An input before and after its fixes."""

    before: FileSource
    after: FileSource


class Outcome(NamedTuple):
    """The report after fixing, and the inputs that changed. ``stdin`` is what standard input has become."""

    report: Report
    changes: Sequence[Change]
    stdin: FileSource | None


def fix(
    data: Any,
    *,
    unsafe: bool = False,
    redact: Style | None = None,
    redact_scope: Scope | None = None,
    redact_seed: str = "",
    redact_map: str | os.PathLike[str] | None = None,
    **options: Any,
) -> Report:
    """Fix data in place and return what is left to report; ``Report.fixed`` says what was fixed.

    ``data`` names files as for :func:`ftprep.lint`, whose other arguments are taken, too, but for ``progress``. Safe
    fixes are applied, with ``unsafe`` also those that change what the model reads. Rows never go away. A file is
    replaced at once, by a whole one, or left as it is: tables, Parquet files and objects are linted only.

    Unsafe fixes of personal data, secrets and identifiers put ``<EMAIL_1>`` in the place of a value, or with
    ``redact="surrogate"`` one made up by ``redact_seed``; the same value is named alike in a row, or with
    ``redact_scope="dataset"`` everywhere. ``redact_map`` names a new file that :func:`ftprep.restore` needs.
    """
    manner = manner_of(redact, redact_scope, redact_seed)
    asked = manner != Manner() or redact is not None or redact_map is not None
    redactor = Redactor(manner, remembers=redact_map is not None, tells=asked or None)
    job = open_lint(data, "fix()", **options)
    if asked:
        check_replacing(job, unsafe)
    way_back = None if redact_map is None else RedactionMap(redact_map, manner)
    report = fix_job(job, unsafe=unsafe, redactor=redactor, way_back=way_back).report
    if report.problems and not report.inputs:
        raise InputError("; ".join(report.problems))
    return report


def check_replacing(job: Job, unsafe: bool) -> None:
    """Raise ``UsageError`` where no value is replaced, for somebody who said how."""
    if not replaces_values(job.resolved.selection, unsafe=unsafe):
        job.close()
        raise UsageError("redact= and its like are about values that are replaced, and none is without unsafe=True")


def fix_job(
    job: Job,
    *,
    unsafe: bool = False,
    dry: bool = False,
    stdin: bool = False,
    fails: bool = False,
    exit_zero: bool = False,
    progress: Callable[[int, int], None] | None = None,
    redactor: Redactor | None = None,
    way_back: RedactionMap | None = None,
    first: Selection | None = None,
) -> Outcome:
    """Fix what a job opened. ``dry`` changes copies only, ``stdin`` lets standard input be fixed (as a copy).

    With ``first``, a part of the rules, these fix until they find nothing, before all rules look at the rows.

    What the ``redactor`` replaced is written to the map ``way_back``, unless ``dry``.
    """
    started = time.perf_counter()
    way_back = None if dry else way_back
    run = _Run(job, unsafe, dry, stdin, exit_zero, progress, redactor or Redactor(Manner()), way_back, first)
    try:
        report = run.rounds()
        if not dry:
            report = run.put_in_place(report)
        if way_back is not None:
            way_back.close()
    except BaseException:
        run.close()
        job.close()
        raise
    counts = sum((one.counts for one in run.files), Counter[str]())
    fixed = Fixed(
        dict(sorted(counts.items())),
        sum(len(one.rows) + one.lines for one in run.files),
        tuple(one.before.name for one in run.files if one.counts),
        (*run.notes(), *run.unread(report)),
        dry,
        unsafe,
        fails,
    )
    problems = tuple(dict.fromkeys([*report.problems, *run.problems]))
    report = replace(report, fixed=fixed, problems=problems, seconds=time.perf_counter() - started)
    weakref.finalize(report, run.close)
    weakref.finalize(report, job.close)
    changes = [
        Change(one.before, one.now)
        for one in run.files
        if one.counts and isinstance(one.before, FileSource) and isinstance(one.now, FileSource)
    ]
    streams = [
        one.now
        for one in run.files
        if one.before.name == STDIN_NAME
        if isinstance(one.before, FileSource) and one.before.spooled and isinstance(one.now, FileSource)
    ]
    return Outcome(report, changes, streams[0] if streams else None)


class _Run:
    def __init__(
        self,
        job: Job,
        unsafe: bool,
        dry: bool,
        stdin: bool,
        exit_zero: bool,
        progress: Callable[[int, int], None] | None,
        redactor: Redactor,
        way_back: RedactionMap | None,
        first: Selection | None,
    ) -> None:
        self.job = job
        self.first = first
        self.unsafe = unsafe
        self.dry = dry
        self.stdin = stdin
        self.exit_zero = exit_zero
        self.progress = progress
        self.problems: list[str] = []
        self.files = [
            Workpiece(one, one, Stamp.of(one.path) if isinstance(one, FileSource) else None) for one in job.sources
        ]
        self.redactor, self.way_back = redactor, way_back
        self.round = 0
        self._in_place = False

    def close(self) -> None:
        """Remove every copy that was not put in its place."""
        if not self._in_place:
            for one in self.files:
                one.discard()
        if self.way_back is not None:
            self.way_back.close()

    # --- rounds ---------------------------------------------------------------------------------------------------

    def rounds(self) -> Report:
        """Fix until nothing changes, and return the report of what there is then."""
        if self.way_back is not None:
            self.way_back.open()
        for _ in range(MAX_ROUNDS):
            report = self._lint()
            self.round += 1
            if self._lost_rows(report):
                continue
            changed = [self._fix(one, findings) for one, findings in self._plan(report)]
            if not any(changed):
                if self.first is None:
                    return report
                self.first = None
        self.first = None
        for one, findings in self._plan(self._lint()):
            if not one.stuck:
                codes = " ".join(sorted({finding.code for finding in findings}))
                self.problems.append(
                    f"{quote(one.before.name, 200)}: fixes of {codes} undo each other; it was left as it was"
                )
                one.forget()
        return self._lint()

    def _lint(self) -> Report:
        resolved = self.job.resolved
        settings = resolved.settings
        if self.first is not None:
            settings = replace(settings, count_tokens=False, survey=False)
        return run_lint(
            [one.now for one in self.files],
            settings,
            self.first or resolved.selection,
            jobs=resolved.jobs,
            fail_on=resolved.fail_on,
            exit_zero=self.exit_zero,
            progress=self.progress,
            problems=self.job.problems,
            siblings=self.job.siblings,
        )

    def _lost_rows(self, report: Report) -> bool:
        """Whether a file has another number of rows than before, which is not to reach the disk.

        Of a file in which little is JSON, one row more that is may change where its rows seem to begin and end.
        """
        lost = False
        by_source = {id(one.now): one for one in self.files}
        for entry in report.inputs:
            if entry.beside:
                continue
            one = by_source[id(entry.source)]
            if one.records < 0:
                one.records = entry.records
            elif one.records != entry.records and not one.stuck:
                rows = f"{one.records:,} rows would become {entry.records:,}"
                self.problems.append(f"{quote(one.before.name, 200)} cannot be fixed: {rows}; it was left as it was")
                one.forget()
                lost = True
        return lost

    def _plan(self, report: Report) -> Iterator[tuple[Workpiece, list[Finding]]]:
        """The files with something to fix, each with its findings."""
        by_source = {id(one.now): one for one in self.files}
        for entry in report.inputs:
            findings = [
                one for one in report.findings if one.ref.file == entry.index and is_fixable(one, unsafe=self.unsafe)
            ]
            file = by_source.get(id(entry.source))
            if findings and file is not None:
                file.strange = not entry.sample and all(one.code in _OF_LINES for one in findings)
                yield file, findings

    def _fix(self, one: Workpiece, findings: list[Finding]) -> bool:
        """Apply what fits together to a copy of one file; whether anything did.

        Values are redacted when nothing else is left to fix, so that the map tells of the last changes.
        """
        if one.stuck or not self._may_fix(one, len(findings)):
            return False
        one.failed = []
        values = [finding for finding in findings if finding.fix is not None and finding.fix.redact is not None]
        others = [finding for finding in findings if finding.fix is None or finding.fix.redact is None]
        if not (one.redacted and self.redactor.remembers) and self._apply(one, others, None):
            return True
        if not values:
            return False
        self.redactor.begin(file.now for file in self.files)
        return self._apply(one, values, self.redactor)

    def _apply(self, one: Workpiece, left: list[Finding], redactor: Redactor | None) -> bool:
        assert isinstance(one.now, FileSource)
        while left:
            rewriting = Rewriting(one.now, left, redactor, self.round)
            try:
                new = self._copy(one.now, rewriting)
            except CannotRewrite as error:
                one.failed.append((error.finding, str(error)))
                left = [finding for finding in left if finding is not error.finding]
                continue
            except FtprepError as error:
                self.problems.append(str(error))
                one.forget()
                return True  # an earlier round may be lost with it
            one.failed += rewriting.failed
            if not rewriting.applied:
                Workpiece(one.now, new).discard()
                return False
            one.discard()
            one.now = new
            one.counts.update(finding.code for finding in rewriting.applied)
            one.rows |= rewriting.rows
            one.lines += rewriting.lines
            one.redacted |= redactor is not None
            return True
        return False

    def _may_fix(self, one: Workpiece, findings: int) -> bool:
        """Whether the file can be replaced at all; if not, say so, once."""
        source = one.now
        left = f"{findings:,} {'fix' if findings == 1 else 'fixes'} not applied"
        container = source.probe.container
        if source.problems:
            one.note = f"{quote(source.name, 200)} is fixed only when it can be read to its end: {left}"
        elif one.strange:
            one.note = f"{quote(source.name, 200)} holds no row of JSON, so it is left as it is: {left}"
        elif not isinstance(source, FileSource) or source.counts != "line" or container not in REWRITTEN:
            kind = _KINDS.get(container, "no file")
            one.note = f"{quote(source.name, 200)} is {kind}, which cannot be fixed in place: {left}"
        elif (
            one.before is source and source.spooled and not (self.stdin and source.name == STDIN_NAME) and not self.dry
        ):
            one.note = f"{quote(source.name, 200)} is no file, which cannot be fixed in place: {left}"
        elif one.before is source and not self.dry and not source.spooled:
            try:
                check_writable(source.path, source.name)
            except FtprepError as error:
                self.problems.append(str(error))
                one.stuck = True
        one.stuck |= bool(one.note)
        return not one.stuck

    def _copy(self, source: FileSource, rewriting: Rewriting) -> FileSource:
        """Write the new file: beside the old one, or where copies of standard input go."""
        parts = packed(rewriting.parts(), source.probe.compression)
        spool: Spool | None = None
        if self.dry or source.spooled:
            spool = Spool()
            spool.fill(parts)
            path = spool.path
        else:
            path = write_beside(source.path, source.name, parts)
        try:
            limits = Limits(source.block_bytes, source.max_rows)
            opened = open_path(path, name=source.name, called=source.called, spool=spool, limits=limits)
        except BaseException:
            discard(path)
            raise
        assert isinstance(opened, FileSource)
        return opened

    # --- the end --------------------------------------------------------------------------------------------------

    def put_in_place(self, report: Report) -> Report:
        """Let every copy take the place of its file."""
        lost = False
        self._write_map()
        for one in self.files:
            new, before = one.now, one.before
            if new is before or not isinstance(new, FileSource) or not isinstance(before, FileSource) or new.spooled:
                continue
            try:
                put_in_place(new.path, before.path, before.name, one.stamp)
            except FtprepError as error:
                self.problems.append(str(error))
                one.forget()
                lost = True
            else:
                new.path = before.path
        self._in_place = True
        if lost:
            self._write_map()
        return self._lint() if lost else report

    def _write_map(self) -> None:
        if self.way_back is not None:
            names = {one.before.name for one in self.files if one.redacted}
            self.way_back.write(one for one in self.redactor.entries if one.file in names)

    def unread(self, report: Report) -> Iterator[str]:
        """Sentences about where values may be left."""
        tells = self.redactor.tells
        if tells or (tells is None and any(one.redacted for one in self.files)):
            inputs = [one for one in report.inputs if not one.beside]
            yield from unread_notes(inputs, self.job.resolved.settings, self.job.resolved.jobs)

    def notes(self) -> Iterator[str]:
        """Sentences about fixes that were not applied."""
        for one in self.files:
            yield from one.notes()
