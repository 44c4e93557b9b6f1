"""``ftprep baseline``: make all that is found known, forget what is gone, or count what is known."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from ftprep.cli import words
from ftprep.cli.terminal import Progress, complain, write
from ftprep.errors import UsageError
from ftprep.text.snippet import escape

if TYPE_CHECKING:
    from ftprep.baseline import Baseline
    from ftprep.job import Job
    from ftprep.report import Report

F = TypeVar("F", bound=Callable[..., Any])


class Verbs(click.Group):
    """The verbs of ``ftprep baseline``; an unknown one is answered with the nearest."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        from ftprep.cli.main import refuse_unknown

        if not ctx.resilient_parsing:
            refuse_unknown(args[0], self.list_commands(ctx))
        return super().resolve_command(ctx, args)


def _options(command: F) -> F:
    for decorate in (
        click.option("--isolated", is_flag=True, envvar="FTPREP_ISOLATED", help="Read no configuration file."),
        click.option(
            "--config", multiple=True, metavar="PATH|'KEY = VALUE'", envvar="FTPREP_CONFIG", help="As in lint."
        ),
        click.option(
            "--ignore", multiple=True, metavar="CODES", help="As in lint.", shell_complete=words.complete_rules
        ),
        click.option(
            "--select", multiple=True, metavar="CODES", help="As in lint.", shell_complete=words.complete_rules
        ),
        click.option(
            "--baseline", metavar="PATH", help="The file, not the usual one.", shell_complete=words.complete_path
        ),
        click.argument("paths", nargs=-1, metavar="[PATHS]...", shell_complete=words.complete_path),
    ):
        command = decorate(command)
    return command


@click.group("baseline", cls=Verbs, invoke_without_command=True)
@click.pass_context
def command(context: click.Context) -> None:
    """Make findings known, and count or forget known ones.

    `ftprep lint` hides what is known. The file, .ftprep-baseline.json, holds fingerprints and no data. A finding stays
    known when its row moves, and no longer when the row is edited.
    """
    if context.invoked_subcommand is None:
        raise UsageError("say what to do with the baseline: write, prune or show")


@command.command("write")
@_options
def write_command(paths: tuple[str, ...], **options: Any) -> int:
    """Lint PATHS and make all that is found known. Give all the files that the baseline is for."""
    job = _open(paths, options)
    try:
        report = _lint(job)
        after = write_baseline(report, job)
        return 2 if after.verdict.exit_code == 2 else 0
    finally:
        job.close()


@command.command("prune")
@_options
def prune_command(paths: tuple[str, ...], **options: Any) -> int:
    """Lint PATHS and remove the entries that were not found again. Give all the files that the baseline is for."""
    from ftprep.baseline import load_baseline, pruned

    job = _open(paths, options)
    try:
        before = load_baseline(_path(job))
        report = _lint(job)
        if report.verdict.exit_code == 2:
            complain("nothing was removed, because not everything could be checked")
            return 2
        after = pruned(before, report)
        if len(after) < len(before):
            after.write()
        write([f"removed {_entries(len(before) - len(after))}, {len(after):,} left in {_shown(before.path)}\n"])
        return 0
    finally:
        job.close()


@command.command("show")
@_options
def show_command(paths: tuple[str, ...], **options: Any) -> int:
    """Count what is known, by rule; with PATHS, lint them and count what was found again, too."""
    from ftprep.baseline import load_baseline, pruned

    job = _open(paths, options, look=bool(paths))
    try:
        baseline = load_baseline(_path(job))
        report = _lint(job) if paths else None
        write(_table(baseline, None if report is None else pruned(baseline, report), report))
        return 2 if report is not None and report.verdict.exit_code == 2 else 0
    finally:
        job.close()


def write_baseline(report: Report, job: Job) -> Report:
    """Make the findings of ``report``, which knows no baseline, known; return the report that hides them.

    What the file said about rules that did not run is kept.
    """
    from ftprep.baseline import baseline_of, load_baseline

    path = _path(job)
    before = load_baseline(path) if os.path.lexists(path) else None
    baseline = baseline_of(report, path, before)
    if report.problems or any(one.code == "FTP900" for one in report.findings):
        complain("the baseline was not written, because not everything could be checked")
        return report
    baseline.write()
    complain(f"{_entries(len(baseline))} in {_shown(path)}")
    return report.without_old(baseline)


def _open(paths: tuple[str, ...], options: dict[str, Any], look: bool = True) -> Job:
    from ftprep.job import Job, open_job, split_config

    given = {key: options[key] for key in ("select", "ignore", "baseline") if options[key]}
    if look:
        return open_job(
            paths or (".",),
            given,
            config=options["config"],
            isolated=options["isolated"],
            with_baseline=False,
            environment=os.environ,
        )
    from ftprep.config import resolve
    from ftprep.config_file import common_config

    file, inline = split_config(options["config"], options["isolated"])
    if file is None and not options["isolated"]:
        file = common_config([])
    return Job((), resolve(given, file=file, inline=inline, environment=os.environ))


def _lint(job: Job) -> Report:
    from ftprep.api import run_job

    if not job.sources and not job.problems:
        raise UsageError("there is no file to lint")
    with Progress(job.total_bytes) as progress:
        report = run_job(job, progress=progress)
    for problem in report.problems:
        complain(problem)
    return report


def _path(job: Job) -> Path:
    from ftprep.job import usual_baseline

    return job.resolved.baseline or usual_baseline(job.resolved)


def _table(baseline: Baseline, found: Baseline | None, report: Report | None) -> Iterator[str]:
    from ftprep.rules import all_rules

    rules = all_rules()
    rows: list[tuple[str, ...]] = [("code", "rule", "known", *(("found", "stale") if found is not None else ()))]
    for code, ones in sorted(baseline.entries.items()):
        name = rules[code].name if code in rules else "(unknown rule)"
        row: tuple[str, ...] = (code, name, f"{ones.total():,}")
        if found is not None and report is not None:
            again = found.entries[code].total()
            ran = code in report.rules
            row = (*row, f"{again:,}", f"{ones.total() - again:,}") if ran else (*row, "not run", "")
        rows.append(row)
    widths = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))]
    for row in rows if len(rows) > 1 else ():
        cells = [
            f"{one:<{width}}" if at < 2 else f"{one:>{width}}"
            for at, (one, width) in enumerate(zip(row, widths, strict=False))
        ]
        yield "  ".join(cells).rstrip() + "\n"
    yield f"{_entries(len(baseline))} in {_shown(baseline.path)}\n"


def _entries(number: int) -> str:
    return f"{number:,} known finding{'' if number == 1 else 's'}"


def _shown(path: Path) -> str:
    from ftprep.config_file import shown_path

    return escape(shown_path(path))
