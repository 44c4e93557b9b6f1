"""``ftprep prepare``: from raw rows to files that are ready to train with."""

from __future__ import annotations

import os
import textwrap
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from ftprep.cli import words
from ftprep.cli.sections import (
    FOLDER,
    PREPARING,
    RUNNING,
    SHARES,
    SectionedCommand,
    given_settings,
    listed,
    option,
    redaction,
    switch,
)
from ftprep.cli.terminal import Progress, write
from ftprep.output.figures import count, percent
from ftprep.text.snippet import escape

if TYPE_CHECKING:
    from ftprep.preparation.steps import Prepared

SETTINGS = (
    *("select", "extend-select", "ignore", "format", "target", "model", "tokenizer", "max-tokens", "response-format"),
    *("against", "exclude", "jobs"),
)


@click.command(
    "prepare",
    cls=SectionedCommand,
    epilog="What is not given here may stand in [tool.ftprep.prepare]. "
    "Exit code: 0 the files were written and proven, 2 it could not be done, and nothing was replaced.",
)
@click.argument("paths", nargs=-1, metavar="[PATHS]...", shell_complete=words.complete_path)
@FOLDER
@listed(
    "Rows",
    "--fix",
    metavar="CODES",
    shell_complete=words.complete_rules,
    help="Rules whose unsafe fixes are applied, too; safe ones always are.",
)
@listed(
    "Rows",
    "--drop",
    metavar="CODES",
    help="Rows to leave out: error, rule codes, or none (default: error DUP001 DUP002 CON001 LEK001 LEK002).",
)
@redaction(
    "Rows",
    "Replace personal data, secrets and identifiers, in what is left out, too: by <EMAIL_1>, or by a made-up value.",
    by_click=False,
)
@listed("Rows", "--select", metavar="CODES", shell_complete=words.complete_rules, help="Run only these rules.")
@listed("Rows", "--extend-select", metavar="CODES", shell_complete=words.complete_rules, help="Run these too.")
@listed("Rows", "--ignore", metavar="CODES", shell_complete=words.complete_rules, help="Do not run these.")
@SHARES
@switch(
    "Splits",
    "--keep-files/--no-keep-files",
    help="Every file stays the split that its name or the configuration says; rows that overlap go as --drop says.",
)
@switch(
    "Rows",
    "--provenance/--no-provenance",
    help="Say in `metadata` of rows where they come from and what was found in them, where the format takes it.",
)
@listed(
    "Rows",
    "--tiers",
    metavar="NAME=GLOB",
    help="With --provenance, which files are curated, synthetic or raw; repeatable.",
)
@option("Data", "--format", metavar="NAME", shell_complete=words.complete_format, help="Format of all inputs.")
@option("Data", "--target", metavar="NAME", shell_complete=words.complete_target, help="Platform or trainer.")
@option("Data", "--to", metavar="FORMAT", help="Write this format, where the target's own choice is not meant.")
@listed("Data", "--map", metavar="NEW=COLUMN,...", help="Rename columns before rows are converted: prompt=question.")
@option("Data", "--system", metavar="TEXT", help="A system prompt for rows that have none.")
@option("Data", "--model", metavar="NAME", shell_complete=words.complete_model, help="Model to be trained.")
@option("Data", "--tokenizer", metavar="PATH", help="A tokenizer.json.")
@option("Data", "--max-tokens", metavar="N", type=int, help="Most tokens that a row may have.")
@option("Data", "--response-format", metavar="FILE", help="JSON Schema that answers to RFT rows must follow.")
@listed("Data", "--against", metavar="FILE", help="Evaluation files whose questions no row may hold.")
@listed("Data", "--exclude", metavar="GLOB", help="Leave out files that match.")
@RUNNING
def command(paths: tuple[str, ...], **options: Any) -> int:
    """Fix, clean and split rows.

    What is written is proven to be sound.

    Safe fixes are applied. Rows with errors, duplicates, contradictions and rows of other splits are left out, each
    with its reason in dropped.jsonl. The others are shared out so that no two splits have anything in common. What
    was written is linted again before it is put in place; the inputs are never changed.
    """
    from ftprep.errors import UsageError
    from ftprep.job import open_job
    from ftprep.preparation.options import prepare_options
    from ftprep.preparation.run import run_prepare
    from ftprep.splitting.manifest import kept_digests

    if options["out"] is None and not options["dry_run"]:
        raise UsageError("--out is missing: the folder that the files are written into (or --dry-run)")
    keep = None if options["keep_split"] is None else kept_digests(options["keep_split"])
    job = open_job(
        paths or (".",),
        given_settings(options, SETTINGS) | {"prepare": given_settings(options, PREPARING)},
        config=options["config"],
        isolated=options["isolated"],
        with_baseline=False,
        environment=os.environ,
    )
    try:
        wanted = prepare_options(
            job,
            redact_seed=options["redact_seed"],
            redact_map=options["redact_map"],
            keeps_split=keep is not None,
        )
    except UsageError:
        job.close()
        raise
    with Progress(0, not (options["quiet"] or options["no_progress"])) as progress:
        done = run_prepare(
            job,
            wanted,
            out=options["out"],
            keep=keep,
            overwrite=options["overwrite"],
            dry=options["dry_run"],
            progress=progress,
        )
    if not options["quiet"]:
        write(f"{part}\n" for line in table(done, options["out"]) for part in wrapped(line))
    return 0


def wrapped(line: str) -> list[str]:
    """A line of the table as lines of at most 88 columns, where it has places to break; paths stay whole."""
    if line.startswith("wrote"):
        return [line]
    lead = len(line) - len(line.lstrip(" ")) or 10
    return textwrap.wrap(
        line, 88, subsequent_indent=" " * (lead + 2), break_long_words=False, break_on_hyphens=False
    ) or [line]


def table(done: Prepared, out: str | None) -> Iterator[str]:
    """What became of the rows, one line a step."""
    from ftprep.splitting.unmet import unmet
    from ftprep.splitting.write import DROPPED

    tally, inputs = done.tally, done.report.inputs
    found = dict.fromkeys(one.detection.format or "unknown format" for one in inputs)
    formats = ", ".join(found if done.conversion is None else done.conversion.sources)
    yield f"read      {tally.read:>9,}  {count(len(inputs), 'file')} ({formats})"
    fixed = ", ".join(f"{code} {number:,}" for code, number in sorted(tally.fixed.items()))
    yield f"fixed     {tally.changed:>9,}  {fixed or 'nothing to fix'}"
    if done.conversion is not None:
        yield from _converted(done)
    dropped = " | ".join(f"{code} {number:,}" for code, number in tally.dropped.most_common())
    yield f"dropped   {tally.left:>9,}  {dropped}{f'  -> {DROPPED}' if tally.left else 'no row'}"
    yield f"kept      {tally.kept:>9,}"
    shares = (f"{name} {rows:,} ({percent(rows / max(tally.kept, 1), 1)})" for name, rows in tally.splits.items())
    yield f"split     {' | '.join(shares)}"
    for sentence in unmet(done.plan):
        yield f"note      {escape(sentence)}"
    yield from _strata(done)
    yield from _checked(done)
    yield from (f"unread    {sentence}" for sentence in tally.unread)
    tokens = sum(tally.tokens.values())
    if tokens:
        yield f"tokens    {tokens:>9,}"
    if done.folder is None:
        yield "dry run   nothing was written"
    else:
        names = [*done.files, *([DROPPED] if tally.left else []), "manifest.json", "README.md"]
        yield f"wrote     {out}: {', '.join(names)}"


def _converted(done: Prepared) -> Iterator[str]:
    found = done.conversion
    assert found is not None
    yield f"converted {done.tally.made:>9,}  to {found.format}"
    for title, notes in (("lost", found.losses), ("changed", found.changes)):
        for note in notes[:5]:
            yield f"{'':<21}{title}: {escape(str(note))}"
        if len(notes) > 5:
            yield f"{'':<21}{title}: {len(notes) - 5} more kinds (manifest.json)"


def _strata(done: Prepared) -> Iterator[str]:
    from ftprep.splitting.manifest import strata_table
    from ftprep.text.snippet import quote

    strata = strata_table(done.plan)
    if strata:
        worst = strata["largest-deviation"]
        yield (
            f"strata    {strata['count']:,} by {strata['by']}; largest deviation {worst['points']:g} points "
            f"({quote(strata['of'])} in {worst['split']})"
        )


def _checked(done: Prepared) -> Iterator[str]:
    overlaps = ", ".join(f"{code} {number:,}" for code, number in done.checked.overlaps.items())
    yield f"proven    {overlaps}; kept + dropped = read"
    rest = {code: number for code, number in done.checked.counts.items() if number}
    if rest:
        named = " ".join(f"{code} {number:,}" for code, number in sorted(rest.items(), key=lambda one: -one[1])[:8])
        more = f" and {len(rest) - 8} more rules" if len(rest) > 8 else ""
        yield f"left      {named}{more}  (findings that drop no row: ftprep lint shows them)"
