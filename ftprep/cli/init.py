"""``ftprep init``: look at the data and write a configuration file that says what could be set, and why."""

from __future__ import annotations

import json
import math
import os
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePath
from typing import TYPE_CHECKING

import click

from ftprep.cli import words
from ftprep.cli.terminal import Progress, complain, write
from ftprep.config_prepare import USUAL_DROPS, USUAL_SPLITS
from ftprep.errors import InputError, UsageError
from ftprep.finding import Severity
from ftprep.output.figures import count
from ftprep.text.snippet import escape

if TYPE_CHECKING:
    from ftprep.inputs import Input
    from ftprep.report import Report, RuleSummary

FILES_SHOWN, ALLOWANCES_SHOWN = 12, 8


@click.command("init")
@click.argument("paths", nargs=-1, metavar="[PATHS]...", shell_complete=words.complete_path)
@click.option("--pyproject", is_flag=True, help="Print the table for pyproject.toml, and write nothing.")
@click.option("--dry-run", is_flag=True, help="Print what would be written.")
@click.option("--overwrite", is_flag=True, help="Replace a configuration that is there.")
def command(paths: tuple[str, ...], pyproject: bool, dry_run: bool, overwrite: bool) -> int:
    """Write a configuration file after a look at the data.

    Reads the data in PATHS (default: this folder) and writes ftprep.toml here. Everything in it is a suggestion
    behind a #, with what was found in the data beside it.
    """
    from ftprep.config_file import FILE_NAME, PROJECT_FILE, find_config, shown_path

    target = Path(FILE_NAME)
    printed = pyproject or dry_run
    if not printed and not overwrite:
        if os.path.lexists(target):
            raise UsageError(
                f"{FILE_NAME} is there already; --overwrite replaces it, --dry-run prints what it would be"
            )
        here = find_config(".")
        if here is not None and here.parent == Path.cwd():
            raise UsageError(
                f"{PROJECT_FILE} has a [tool.ftprep] already; --overwrite writes {FILE_NAME}, which comes first"
            )
    lines = list(configuration(_look(paths)))
    if pyproject:
        lines = list(_as_project_table(lines))
    text = "\n".join(lines) + "\n"
    if printed:
        write([text])
        return 0
    from ftprep.files import replace_file

    replace_file(os.fspath(target), [text])
    complain(f"wrote {shown_path(target.absolute())}: everything in it is a suggestion, behind a #")
    return 0


def _look(paths: tuple[str, ...]) -> Report | None:
    """What a lint with the defaults finds; None where there is no data and none was named."""
    from ftprep.api import run_job
    from ftprep.job import open_job

    try:
        job = open_job(paths or (".",), {}, isolated=True, with_baseline=False)
    except InputError as error:
        if paths:
            raise
        complain(f"{error}; the configuration says nothing about data")
        return None
    with Progress(job.total_bytes) as progress:
        report = run_job(job, progress=progress)
    for problem in report.problems:
        complain(problem)
    return report


def configuration(report: Report | None) -> Iterator[str]:
    """The lines of ``ftprep.toml``. Prose stands behind ``# ``, what may be switched on behind ``#`` alone."""
    from ftprep.config_file import config_keys

    known = set(config_keys())
    inputs = report.inputs if report is not None else []
    yield "# Configuration of ftprep. Remove a # to switch a line on; `ftprep config` shows what holds."
    if report is not None:
        yield ""
        yield f"# Read when this was written: {count(report.record_count, 'record')} in {count(len(inputs), 'file')}."
        for one in inputs[:FILES_SHOWN]:
            yield f"#   {_described(one)}"
        if len(inputs) > FILES_SHOWN:
            yield f"#   ... {len(inputs) - FILES_SHOWN:,} more"
    yield from _data(inputs, known)
    yield from _rules(report.summary() if report is not None else [])
    yield from ("", "# The least severity that makes a run fail: error, warning, info or never.", '#fail-on = "error"')
    yield from ("", "# Findings that are known, so that only new ones count; `ftprep baseline write` makes the file.")
    yield '#baseline = ".ftprep-baseline.json"'
    yield from _tables(report.summary() if report is not None else [])
    yield from _prepare()
    if "datasets" in known:
        yield from _datasets(inputs)


def _described(one: Input) -> str:
    split = f", {one.split}" if one.split else ""
    return f"{escape(one.name)}  {one.detection.format or 'unknown format'}  {count(one.records, 'record')}{split}"


def _data(inputs: Sequence[Input], known: set[str]) -> Iterator[str]:
    formats = Counter(one.detection.format for one in inputs if one.detection.format)
    yield from (
        "",
        "# The model to be trained: it names the tokenizer and the context limit.",
        '#model = "gpt-4.1-mini"',
    )
    yield from ("", "# For models without a built-in tokenizer, and where no limit is known.")
    yield from ("#max-tokens = 8192", '# tokenizer = "path/to/tokenizer.json"')
    if "target" in known:
        yield from (
            "",
            "# The platform or trainer whose own rules apply; `ftprep targets` lists them.",
            '#target = "openai"',
        )
    yield from ("", "# The format of every file; without it, each file's is detected:")
    yield from (f"#   {name} in {number:,} of {len(inputs):,}" for name, number in formats.most_common())
    if len(formats) < 2:
        yield f'#format = "{next(iter(formats), "openai-chat")}"'
    yield from ("", "# Files and folders to leave out.", '#exclude = ["archive/", "*.bak.jsonl"]')


def _rules(found: list[RuleSummary]) -> Iterator[str]:
    yield from ("", "# The cost of rules that may run: fast (what a commit hook runs), standard or thorough.")
    yield '#profile = "standard"'
    yield from ("", "# Rules not to run." + (" These found something; what is right stays on." if found else ""))
    if not found:
        yield '#ignore = ["DUP001"]'
        return
    yield "#ignore = ["
    for one in found:
        yield f'#  "{one.code}",  # {one.name}: {_numbers(one)}, {one.severity.label}'
    yield "#]"


def _numbers(one: RuleSummary) -> str:
    if not one.records:
        return count(one.files, "file")
    return f"{count(one.records, 'record')} ({one.share:.1%})"


def _tables(found: list[RuleSummary]) -> Iterator[str]:
    yield from (
        "",
        "# How much of a rule may be found: a number of findings, or a share of the records.",
        "#[max-findings]",
    )
    # Errors are for mending.
    warnings = [one for one in found if one.records and one.severity < Severity.ERROR]
    for one in warnings[:ALLOWANCES_SHOWN]:
        # Rounded up to a tenth of a percent, so that the data as they are just pass.
        yield f'#{one.code} = "{min(math.ceil(one.share * 1000) / 10, 100):g}%"  # {one.name}'
    if not warnings:
        yield '#DUP001 = "5%"'
    yield from ("", "# Another severity: error, warning or info.", "#[severity]", '#DUP001 = "error"')
    yield from ("", "# Findings to hide in some files.", "#[per-file-ignores]", '#"legacy/**" = ["CHT004", "DUP"]')


def _prepare() -> Iterator[str]:
    yield from ("", "# How `ftprep prepare` and `ftprep split` share rows out, and which rows `prepare` leaves out.")
    yield from ("#[prepare]", f'#splits = "{USUAL_SPLITS}"', "#seed = 0", '#group-by = "/metadata/customer_id"')
    yield f"#drop = {json.dumps(USUAL_DROPS)}"


def _datasets(inputs: Sequence[Input]) -> Iterator[str]:
    """The splits that file names tell, by folder: what belongs together, so that leaks between them are found."""
    by_folder: defaultdict[str, dict[str, list[str]]] = defaultdict(dict)
    for one in inputs:
        name = PurePath(one.name).as_posix()
        if one.split and one.source.counts == "line" and escape(name) == name:
            by_folder[str(PurePath(name).parent)].setdefault(one.split, []).append(name)
    for folder, splits in by_folder.items():
        key = "data" if folder == "." else folder
        yield from ("", "# Files that belong together, by split.", f"#[datasets.{json.dumps(key, ensure_ascii=False)}]")
        for split, names in splits.items():
            value = names[0] if len(names) == 1 else names
            yield f"#{split} = {json.dumps(value, ensure_ascii=False)}"


def _as_project_table(lines: list[str]) -> Iterator[str]:
    """The same below ``[tool.ftprep]``."""
    yield "[tool.ftprep]"
    for line in lines:
        yield f"#[tool.ftprep.{line[2:]}" if line.startswith("#[") else line
