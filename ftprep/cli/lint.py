"""``ftprep lint``: check files."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from ftprep.cli.terminal import Progress, complain, make_style, write
from ftprep.errors import FtprepError, UsageError
from ftprep.text.snippet import escape, quote

if TYPE_CHECKING:
    from ftprep.cli.outputs import Output
    from ftprep.job import Job
    from ftprep.report import Report

F = TypeVar("F", bound=Callable[..., Any])

# Settings that configuration files know too: an option, if given, is handed to ftprep.config under this name.
SETTINGS = (
    *("select", "extend-select", "ignore", "per-file-ignores", "profile", "format", "target", "model", "tokenizer"),
    *("max-tokens", "response-format", "exclude", "fail-on", "jobs"),
)
EXAMPLES_SHOWN = 3


class Text(click.types.StringParamType):
    """Text of an option that may be repeated. Comma lists are taken apart later, also those of the environment."""

    def split_envvar_value(self, rv: str) -> tuple[str]:  # click would split at white space
        return (rv,)


class SectionedCommand(click.Command):
    """A command whose help groups the options under headings."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        groups: dict[str, list[tuple[str, str]]] = {}
        for param in self.get_params(ctx):
            record = param.get_help_record(ctx)
            if record is not None and isinstance(param, click.Option):
                groups.setdefault(getattr(param, "section", "Help"), []).append(record)
        for heading, rows in groups.items():
            with formatter.section(heading):
                formatter.write_dl(rows)


class SectionedOption(click.Option):
    """An option that knows its heading, and its environment variable where configuration does not read that."""

    def __init__(self, names: list[str], section: str, **attributes: Any) -> None:
        self.section = section
        name = max(names, key=len).split("/")[0].lstrip("-")
        if name not in SETTINGS and "envvar" not in attributes:
            attributes["envvar"] = "FTPREP_" + name.upper().replace("-", "_")
        super().__init__(names, **attributes)


def _option(section: str, *names: str, help: str, **attributes: Any) -> Callable[[F], F]:
    return click.option(*names, cls=SectionedOption, section=section, help=help, **attributes)


def _list(section: str, *names: str, help: str, metavar: str) -> Callable[[F], F]:
    return _option(section, *names, help=help, metavar=metavar, multiple=True, type=Text())


def _flag(section: str, *names: str, help: str) -> Callable[[F], F]:
    return _option(section, *names, help=help, is_flag=True)


@click.command(
    "lint",
    cls=SectionedCommand,
    epilog="Every option also stands in the environment, as FTPREP_<OPTION>: FTPREP_PROFILE=fast. "
    "Exit code: 0 nothing found at --fail-on, 1 something found, 2 the job could not be done.",
)
@click.argument("paths", nargs=-1, metavar="[PATHS]...")
@_list("Rules", "--select", metavar="CODES", help="Run only these: codes, prefixes, names, or ALL.")
@_list("Rules", "--extend-select", metavar="CODES", help="Run these too.")
@_list("Rules", "--ignore", metavar="CODES", help="Do not run these.")
@_list("Rules", "--per-file-ignores", metavar="GLOB:CODES", help="Hide findings of rules in files that match.")
@_option("Rules", "--profile", metavar="NAME", help="Cost of rules that may run: fast, standard or thorough.")
@_option("Data", "--format", metavar="NAME", help="Format of all inputs, instead of detecting each file's.")
@_option("Data", "--target", metavar="NAME|auto", help="Platform or trainer whose own rules apply.")
@_option("Data", "--model", metavar="NAME", help="Model to be trained: sets tokenizer and context limit.")
@_option("Data", "--tokenizer", metavar="PATH", help="A tokenizer.json, for models without a built-in one.")
@_option("Data", "--max-tokens", metavar="N", type=int, help="Most tokens that a row may have.")
@_option("Data", "--response-format", metavar="FILE", help="JSON Schema that answers to RFT rows must follow.")
@_list("Data", "--exclude", metavar="GLOB", help="Leave out files and folders that match.")
@_flag("Data", "--force-exclude", help="Leave them out even where they are given by name.")
@_option(
    "Data", "--stdin-filename", metavar="NAME", help="Name of what comes through `-`, for its suffix and configuration."
)
@_list("Output", "-o", "--output", metavar="FORMAT[=PATH]", help="full, concise, summary, json or jsonl; repeatable.")
@_option("Output", "--show", metavar="N|all", default=str(EXAMPLES_SHOWN), help="Examples per rule (default 3).")
@_flag("Output", "--show-files", help="List the files that would be linted, and stop.")
@_flag("Output", "-q", "--quiet", help="Say less.")
@_flag("Output", "-v", "--verbose", help="Say where settings came from, and how long it took.")
@_flag("Output", "--no-progress", help="Show no progress.")
@_option("Output", "--color", type=click.Choice(["auto", "always", "never"]), default="auto", help="Use colour.")
@_option("Output", "--width", type=click.IntRange(40, 1000), metavar="N", help="Columns to fill.")
@_option("Verdict", "--fail-on", metavar="LEVEL", help="error (default), warning, info or never.")
@_flag("Verdict", "--exit-zero", help="Exit with 0 whatever is found.")
@_option("Running", "--jobs", metavar="N|auto", help="Number of processes.")
@_option(
    "Running",
    "--config",
    multiple=True,
    type=Text(),
    metavar="PATH|'KEY = VALUE'",
    help="A configuration file instead of the nearest one, or one setting; repeatable.",
)
@_flag("Running", "--isolated", help="Read no configuration file.")
def command(paths: tuple[str, ...], **options: Any) -> int:
    """Check files, folders, globs or standard input (-) for defects; without PATHS, the working folder."""
    from ftprep.cli.outputs import check_writable, parse_outputs
    from ftprep.io.file import FileSource
    from ftprep.job import open_job
    from ftprep.output import RENDERERS

    outputs = parse_outputs(options["output"], tuple(RENDERERS))
    show = examples_shown(options["show"])
    if options["quiet"] and options["verbose"]:
        raise UsageError("--quiet and --verbose exclude each other")
    job = open_job(
        paths or (".",),
        given_settings(options),
        config=options["config"],
        isolated=options["isolated"],
        force_exclude=options["force_exclude"],
        stdin_name=options["stdin_filename"],
        environment=os.environ,
    )
    try:
        names = [source.name for source in job.sources]
        if options["show_files"]:
            for problem in job.problems:
                complain(problem)
            write(f"{escape(name)}\n" for name in names)
            return 2 if job.problems else 0
        if not names:
            complain(f"nothing to lint: {job.excluded:,} excluded")
            return 0
        check_writable(outputs, [os.fspath(source.path) for source in job.sources if isinstance(source, FileSource)])
        if options["verbose"]:
            _say_settings(job)
        return lint_and_write(job, outputs, show, options)
    finally:
        job.close()


def given_settings(options: dict[str, Any]) -> dict[str, Any]:
    """The options that were given, under the names of configuration keys."""
    given: dict[str, Any] = {}
    for key in SETTINGS:
        value = options[key.replace("-", "_")]
        if value not in (None, ()):
            given[key] = int(value) if key == "jobs" and value.isascii() and value.isdigit() else value
    return given


def examples_shown(text: str) -> int | None:
    """The number of examples that ``--show`` asks for; None for all."""
    if text == "all":
        return None
    if not (text.isascii() and text.isdigit()) or len(text) > 9:
        raise UsageError(f"--show is {quote(text)}; a whole number or `all` is due")
    return int(text)


def lint_and_write(job: Job, outputs: list[Output], show: int | None, options: dict[str, Any]) -> int:
    """Lint what a job opened, write every output, and return the exit code."""
    from ftprep.api import run_job
    from ftprep.cli.outputs import write_file
    from ftprep.output import renderer

    with Progress(job.total_bytes, not (options["quiet"] or options["no_progress"])) as progress:
        report = run_job(job, exit_zero=options["exit_zero"], progress=progress)
    for problem in report.problems:
        complain(problem)
    code = report.verdict.exit_code
    style = {key: options[key] for key in ("color", "width", "quiet", "verbose")} | {"show": show}
    written: list[str] = []
    for format, path in sorted(outputs, key=lambda one: one.path is None):  # files first: a reader may go away
        try:
            if path is None:
                write(renderer(format)(report, make_style(**style)))
            else:
                write_file(path, renderer(format)(report, make_style(**style, file=True)))
                written.append(path)
        except FtprepError as error:
            complain(str(error))
            code = 2
    if all(path is not None for _, path in outputs) and not options["quiet"]:
        reasons = report.verdict.reasons[len(report.problems) :]  # those have been said
        verdict = "; ".join(reasons) or ("not all was read" if report.problems else "ok")
        complain(f"{verdict} (wrote {', '.join(written) or 'nothing'})")
    if options["verbose"]:
        _say_run(report)
    return code


def _say_settings(job: Job) -> None:
    for file in job.resolved.files:
        complain(f"configuration: {file}")
    for key, (value, origin) in job.resolved.values.items():
        if origin != "default":
            said = ", ".join(map(str, value)) if isinstance(value, list | tuple) else value
            complain(f"{key} = {said} ({origin})")


def _say_run(report: Report) -> None:
    complain(f"{report.record_count:,} records in {report.seconds:.2f} s")
    for finding in report.findings:
        if finding.code == "FTP900":
            complain(f"{report.place(finding.ref)}: {finding.message}: {' > '.join(finding.data.get('stack', ()))}")
