"""``ftprep lint --fix`` and ``--diff``: what is written besides the report."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from typing import IO, TYPE_CHECKING, Any

from ftprep.cli.terminal import complain, is_terminal, write_bytes
from ftprep.fixing.diff import unified
from ftprep.fixing.redact import Redactor
from ftprep.fixing.redaction_map import RedactionMap
from ftprep.fixing.run import Outcome, fix_job
from ftprep.fixing.workpiece import bytes_of
from ftprep.output.figures import count
from ftprep.privacy.redaction_names import manner_of
from ftprep.text.snippet import broken, escape, mask

if TYPE_CHECKING:
    from ftprep.cli.terminal import Progress
    from ftprep.job import Job
    from ftprep.report import Report


def fix_files(job: Job, options: dict[str, Any], progress: Progress) -> tuple[Report, IO[str] | None]:
    """Fix all inputs; the report of what is left, and the stream that it goes to (None: standard output).

    What came from standard input goes to standard output, fixed, and pushes the report to standard error.
    """
    outcome = _fix(job, options, progress, stdin=True)
    if outcome.stdin is None:
        return outcome.report, None
    progress.clear()
    write_bytes(bytes_of(outcome.stdin))
    return outcome.report, sys.stderr


def report_fixed(report: Report, options: dict[str, Any]) -> int:
    """Say what was fixed and nothing else, and return the exit code."""
    for problem in report.problems:
        complain(problem)
    fixed = report.fixed
    assert fixed is not None
    if not options["quiet"]:
        complain(str(fixed))
    if report.verdict.exit_code == 2:
        return 2
    return 1 if fixed.fails and fixed.findings and not options["exit_zero"] else 0


def show_diff(job: Job, options: dict[str, Any], progress: Progress) -> int:
    """Print what would change as a patch, and return the exit code."""
    outcome = _fix(job, options, progress, dry=True)
    report = outcome.report
    progress.clear()
    hidden: list[int] = []
    parts = _masked((part for change in outcome.changes for part in unified(change)), hidden)
    write_bytes(_harmless(parts) if is_terminal(sys.stdout) else parts)
    if hidden:
        lines = count(len(hidden), "line")
        complain(
            f"values are masked in {lines} of the patch, which cannot be applied there; --fix makes the same changes"
        )
    for problem in report.problems:
        complain(problem)
    if not options["quiet"]:
        complain(str(report.fixed))
    if report.problems:
        return 2
    return 1 if outcome.changes and not options["exit_zero"] else 0


def _fix(job: Job, options: dict[str, Any], progress: Progress, *, dry: bool = False, stdin: bool = False) -> Outcome:
    manner = manner_of(options["redact"], options["redact_scope"], options["redact_seed"])
    path = options["redact_map"]
    asked = any(options[name] for name in ("redact", "redact_scope", "redact_seed", "redact_map"))
    outcome = fix_job(
        job,
        redactor=Redactor(manner, remembers=path is not None, tells=asked or None),
        way_back=None if path is None else RedactionMap(path, manner),
        unsafe=job.resolved.unsafe_fixes,
        fails=options["exit_non_zero_on_fix"],
        exit_zero=options["exit_zero"],
        progress=progress,
        dry=dry,
        stdin=stdin,
    )
    if outcome.report.fixed is not None:
        progress.clear()
        for note in outcome.report.fixed.notes:
            complain(note)
    return outcome


def _masked(parts: Iterable[bytes], hidden: list[int]) -> Iterator[bytes]:
    """The parts of a patch with the values in its lines masked; ``hidden`` gets the numbers of the parts with some.

    What ``patch`` makes of such a line is nothing: no line of the file is like it.
    """
    for number, part in enumerate(parts):
        if part.startswith(b"@@ ") or (part.startswith(b"--- ") and b"\n+++ " in part):
            yield part
            continue
        text = part.decode("utf-8", "surrogateescape")
        row = text[1:].rstrip("\n")  # behind the sign of the patch
        cut = broken(row.encode("utf-8", "surrogateescape"))
        masked = text[:1] + mask(row, cut=cut) + text[1 + len(row) :]
        if masked != text:
            hidden.append(number)
        yield masked.encode("utf-8", "surrogateescape")


def _harmless(parts: Iterable[bytes]) -> Iterator[bytes]:
    """What a terminal can be shown: a patch that is to be applied goes to a file or a pipe, as it is."""
    for part in parts:
        text = part.decode("utf-8", "backslashreplace")
        yield "\n".join(escape(line) for line in text.split("\n")).encode()
