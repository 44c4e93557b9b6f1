"""``ftprep lint``: check files."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from ftprep.cli import words
from ftprep.cli.choice import Choice
from ftprep.cli.sections import RUNNING, SectionedCommand, flag, given_settings, listed, option, redaction, switch
from ftprep.cli.terminal import Progress, complain, make_style, write
from ftprep.errors import FtprepError, UsageError
from ftprep.text.snippet import escape, quote, show_values

if TYPE_CHECKING:
    from ftprep.cli.outputs import Output
    from ftprep.inputs import Input
    from ftprep.job import Job
    from ftprep.report import Report

EXAMPLES_SHOWN = 3
NEAR_RULES = ("near-duplicate", "near-split-overlap")


@click.command(
    "lint",
    cls=SectionedCommand,
    epilog="Every option also stands in the environment, as FTPREP_<OPTION>: FTPREP_PROFILE=fast. "
    "Exit code: 0 nothing found at --fail-on, 1 something found, 2 the job could not be done.",
)
@click.argument("paths", nargs=-1, metavar="[PATHS]...", shell_complete=words.complete_path)
@listed(
    "Rules",
    "--select",
    shell_complete=words.complete_rules,
    metavar="CODES",
    help="Run only these: codes, prefixes, names, or ALL.",
)
@listed("Rules", "--extend-select", shell_complete=words.complete_rules, metavar="CODES", help="Run these too.")
@listed("Rules", "--ignore", shell_complete=words.complete_rules, metavar="CODES", help="Do not run these.")
@listed("Rules", "--per-file-ignores", metavar="GLOB:CODES", help="Hide findings of rules in files that match.")
@option(
    "Rules",
    "--profile",
    shell_complete=words.complete_profile,
    metavar="NAME",
    help="Cost of rules that may run: fast, standard or thorough.",
)
@option(
    "Data",
    "--format",
    shell_complete=words.complete_format,
    metavar="NAME",
    help="Format of all inputs, instead of detecting each file's.",
)
@option(
    "Data",
    "--target",
    shell_complete=words.complete_target,
    metavar="NAME|auto",
    help="Platform or trainer whose own rules apply.",
)
@option(
    "Data",
    "--model",
    shell_complete=words.complete_model,
    metavar="NAME",
    help="Model to be trained: sets tokenizer and context limit.",
)
@option(
    "Data",
    "--tokenizer",
    shell_complete=words.complete_path,
    metavar="PATH",
    help="A tokenizer.json, for models without a built-in one.",
)
@option("Data", "--max-tokens", metavar="N", type=int, help="Most tokens that a row may have.")
@option("Data", "--response-format", metavar="FILE", help="JSON Schema that answers to RFT rows must follow.")
@listed(
    "Data",
    "--against",
    shell_complete=words.complete_path,
    metavar="FILE",
    help="Evaluation files whose questions no row may hold.",
)
@listed(
    "Data",
    "--against-production",
    shell_complete=words.complete_path,
    metavar="FILE",
    help="Rows that the model meets at work; how the data differs from them is reported.",
)
@listed(
    "Data",
    "--splits",
    metavar="NAME=PATH",
    help="Which files are train, validation and test, instead of going by their names; they are read, too.",
)
@listed("Data", "--exclude", metavar="GLOB", help="Leave out files and folders that match.")
@option(
    "Data",
    "--pii-engine",
    shell_complete=words.complete_pii_engine,
    metavar="NAME",
    help="How personal data is found: windows (default), or presidio-full, slow.",
)
@option("Data", "--ner-model", metavar="NAME", help="Installed spaCy or transformers model that finds names (PII101).")
@flag("Data", "--force-exclude", help="Leave them out even where they are given by name.")
@option(
    "Data", "--stdin-filename", metavar="NAME", help="Name of what comes through `-`, for its suffix and configuration."
)
@switch("Fixing", "--fix/--no-fix", help="Apply safe fixes, in place; then say what is left.")
@switch(
    "Fixing",
    "--unsafe-fixes/--no-unsafe-fixes",
    help="With --fix or --diff, also fixes that change what the model reads.",
)
@flag("Fixing", "--fix-only", help="Fix as with --fix, and report nothing of what is left.")
@flag("Fixing", "--diff", help="Write nothing; show what --fix would change, as a patch.")
@redaction(
    "Fixing",
    "What unsafe fixes put in the place of a value: <EMAIL_1> (placeholder, the default), or a made-up one.",
    by_click=True,
)
@flag("Fixing", "--exit-non-zero-on-fix", help="Exit with 1 when something was fixed.")
@listed(
    "Output",
    "-o",
    "--output",
    shell_complete=words.complete_output,
    metavar="FORMAT[=PATH]",
    help="full, concise, summary, json or jsonl; repeatable.",
)
@flag("Output", "--statistics", help="Only the table: the same as -o summary.")
@option("Output", "--show", metavar="N|all", default=str(EXAMPLES_SHOWN), help="Examples per rule (default 3).")
@flag("Output", "--show-values", help="Show personal data and secrets in full; on a terminal only.")
@flag("Output", "--show-files", help="List the files that would be linted, and stop.")
@flag("Output", "-q", "--quiet", help="Print findings alone: no header, table or verdict.")
@flag("Output", "-v", "--verbose", help="Say more: where settings came from, every rule not run, the time.")
@flag("Output", "--no-progress", help="Show no progress.")
@option("Output", "--color", type=Choice(["auto", "always", "never"]), default="auto", help="Use colour.")
@option("Output", "--width", type=click.IntRange(40, 1000), metavar="N", help="Columns to fill.")
@option(
    "Verdict",
    "--fail-on",
    shell_complete=words.complete_level,
    metavar="LEVEL",
    help="error (default), warning, info or never.",
)
@listed(
    "Verdict",
    "--max-findings",
    shell_complete=words.complete_allowance,
    metavar="CODE=N|P%",
    help="Findings of a rule, or their share of the records, that do not fail the run.",
)
@flag("Verdict", "--exit-zero", help="Exit with 0 whatever is found.")
@option(
    "Old findings",
    "--baseline",
    shell_complete=words.complete_path,
    metavar="PATH",
    help="Hide the known findings in this file.",
)
@flag("Old findings", "--no-baseline", help="Hide no known findings.")
@flag("Old findings", "--write-baseline", help="Make all that is found known, in the baseline file.")
@option("Old findings", "--since", metavar="REF", help="Show findings about rows that this git revision lacks.")
@flag("Old findings", "--no-ignores", help="Show what per-file ignores and the rows themselves hide.")
@option(
    "Running",
    "--near-dup-engine",
    type=Choice(["minhash", "exact", "datasketch"]),
    help="How near-duplicates are looked for (default minhash; exact misses none, datasketch is the reference).",
)
@RUNNING
def command(paths: tuple[str, ...], **options: Any) -> int:
    """Check files, folders, globs or standard input (-) for defects; without PATHS, the working folder."""
    from ftprep.cli.outputs import check_shown_values, check_writable, parse_outputs
    from ftprep.io.file import FileSource
    from ftprep.job import DATASETS, open_job
    from ftprep.output import RENDERERS

    if options["statistics"] and options["output"]:
        raise UsageError("--statistics is `-o summary`: give one of --statistics and --output")
    outputs = parse_outputs(("summary",) if options["statistics"] else options["output"], tuple(RENDERERS))
    show = examples_shown(options["show"])
    exclusive_options(options)
    check_shown_values(options["show_values"], outputs)
    job = open_job(
        (*paths, *split_paths(options["splits"])) or DATASETS,
        given_settings(options) | _near_engine(options),
        config=options["config"],
        isolated=options["isolated"],
        force_exclude=options["force_exclude"],
        stdin_name=options["stdin_filename"],
        with_baseline=not (options["no_baseline"] or options["write_baseline"]),
        with_siblings=True,
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
        if job.resolved.settings.splits and not options["quiet"]:
            _say_absent(job)
        check_redaction(job, options)
        show_values(options["show_values"])
        return lint_and_write(job, outputs, show, options)
    finally:
        show_values(False)
        job.close()


def split_paths(texts: Sequence[str]) -> list[str]:
    """The paths and globs that ``--splits`` names, which are inputs as well."""
    from ftprep.config_words import split_sets

    return [path for paths in split_sets(texts, "--splits").values() for path in paths]


def _near_engine(options: Mapping[str, Any]) -> dict[str, Any]:
    """What ``--near-dup-engine`` says, as the options of the rules that it is about."""
    engine = options["near_dup_engine"]
    return {"rules": {name: {"engine": engine} for name in NEAR_RULES}} if engine else {}


def exclusive_options(options: Mapping[str, Any]) -> None:
    """Raise ``UsageError`` for options that exclude each other."""
    if options["quiet"] and options["verbose"]:
        raise UsageError("--quiet and --verbose exclude each other")
    if options["no_baseline"] and (options["baseline"] or options["write_baseline"]):
        other = "--baseline" if options["baseline"] else "--write-baseline"
        raise UsageError(f"--no-baseline and {other} exclude each other")
    if options["since"] and options["write_baseline"]:
        raise UsageError("--since and --write-baseline exclude each other: a baseline is of all that is found")
    for name in ("diff", "fix_only"):
        if options[name] and options["output"]:
            raise UsageError(f"--{name.replace('_', '-')} writes no report; leave --output away")


def check_redaction(job: Job, options: Mapping[str, Any]) -> None:
    """Raise ``UsageError`` for words about how values are replaced in a run that replaces none."""
    source = click.get_current_context().get_parameter_source
    names = ("redact", "redact_scope", "redact_seed", "redact_map")
    said = [name for name in names if source(name) is click.core.ParameterSource.COMMANDLINE]
    if not said:  # what the environment says holds where values are replaced
        return
    from ftprep.fixing.redact import replaces_values

    fixes = job.resolved.fix or options["fix_only"] or options["diff"]
    if not fixes or not replaces_values(job.resolved.selection, unsafe=job.resolved.unsafe_fixes):
        option = f"--{said[0].replace('_', '-')}"
        raise UsageError(f"{option} is about values that are replaced, and none is without --fix --unsafe-fixes")


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
    from ftprep.cli.outputs import Output, write_file
    from ftprep.output import renderer
    from ftprep.output.closing import hidden_sentence, stale_sentence

    stream = None  # where the report goes
    with Progress(job.total_bytes, not (options["quiet"] or options["no_progress"])) as progress:
        if options["diff"]:
            from ftprep.cli.fixing import show_diff

            return show_diff(job, options, progress)
        if job.resolved.fix or options["fix_only"]:
            from ftprep.cli.fixing import fix_files, report_fixed

            report, stream = fix_files(job, options, progress)
            if options["fix_only"]:
                return report_fixed(report, options)
        else:
            report = run_job(
                job,
                exit_zero=options["exit_zero"],
                no_ignores=options["no_ignores"],
                since=options["since"],
                progress=progress,
            )
    if options["write_baseline"]:
        from ftprep.cli.baseline import write_baseline

        found = report  # keeps the inputs open
        report = write_baseline(found, job)
    for problem in report.problems:
        complain(problem)
    code = report.verdict.exit_code
    style = {key: options[key] for key in ("color", "width", "quiet", "verbose")} | {"show": show}
    written: list[str] = []
    for format, path in sorted(outputs, key=lambda one: one.path is None):  # files first: a reader may go away
        try:
            if path is None:
                write(renderer(format)(report, make_style(**style, stream=stream)), stream)
            else:
                write_file(path, renderer(format)(report, make_style(**style, file=True)))
                written.append(path)
        except FtprepError as error:
            complain(str(error))
            code = 2
    if all(path is not None for _, path in outputs) and not options["quiet"]:
        reasons = report.verdict.reasons[len(report.problems) :]  # those have been said
        verdict = "; ".join(reasons) or ("not all was read" if report.problems else "ok")
        hidden = hidden_sentence(report)
        complain(f"{verdict}{f'; {hidden}' if hidden else ''} (wrote {', '.join(written) or 'nothing'})")
    elif not options["quiet"] and any(one == Output("concise") for one in outputs):
        # The one output without a last line of its own, and whoever reads it is to know that there is more.
        for sentence in filter(None, (hidden_sentence(report), stale_sentence(report))):
            complain(sentence)
    if not options["stdin_filename"] and not options["quiet"] and any(map(_is_table_on_stdin, report.inputs)):
        complain("standard input was read as JSON Lines; `--stdin-filename NAME.csv` says that it is a table")
    if options["verbose"]:
        _say_run(report)
    return code


def _is_table_on_stdin(one: Input) -> bool:
    """Whether standard input holds no JSON at all, but begins as a table does."""
    source = one.source
    if source.name != "<stdin>" or one.sample or not one.records or source.probe.container != "jsonl":
        return False
    first = next((raw for chunk in source.chunks() for raw in chunk.rows()), b"")
    return first[:1] not in b"{[" and any(mark in first for mark in (b",", b"\t", b";"))


def _say_absent(job: Job) -> None:
    from ftprep.siblings import absent_siblings

    for path in absent_siblings(job.sources, job.resolved.settings.splits):
        complain(f"{quote(path, 200)} of the same dataset is not there, so nothing is compared with it")


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
