"""``ftprep prepare``: from raw rows to files that are ready to train with."""

from __future__ import annotations

import os
import textwrap
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, TypeVar

import click

from ftprep.cli import words
from ftprep.cli.lint import SectionedCommand, SectionedOption, Text
from ftprep.cli.terminal import Progress, write
from ftprep.output.figures import count, percent
from ftprep.text.snippet import escape

if TYPE_CHECKING:
    from ftprep.preparation.run import Prepared

F = TypeVar("F", bound=Callable[..., Any])

SETTINGS = (
    *("select", "extend-select", "ignore", "format", "target", "model", "tokenizer", "max-tokens", "response-format"),
    *("against", "exclude", "jobs"),
)


def _option(section: str, *names: str, help: str, **attributes: Any) -> Callable[[F], F]:
    return click.option(*names, cls=SectionedOption, section=section, help=help, **attributes)


def _list(section: str, *names: str, help: str, **attributes: Any) -> Callable[[F], F]:
    return _option(section, *names, help=help, multiple=True, type=Text(), **attributes)


@click.command(
    "prepare",
    cls=SectionedCommand,
    epilog="Exit code: 0 the files were written and proven, 2 it could not be done, and nothing was replaced.",
)
@click.argument("paths", nargs=-1, metavar="[PATHS]...", shell_complete=words.complete_path)
@_option("Output", "--out", metavar="FOLDER", help="Folder to write, new or empty.")
@_option("Output", "--overwrite", is_flag=True, help="Replace what is in the folder, in one step.")
@_option("Output", "--dry-run", is_flag=True, help="Write nothing; print what would come out.")
@_option("Output", "-q", "--quiet", is_flag=True, help="Print nothing when all went well.")
@_option("Output", "--no-progress", is_flag=True, help="Show no progress.")
@_list(
    "Rows",
    "--fix",
    metavar="CODES",
    shell_complete=words.complete_rules,
    help="Rules whose unsafe fixes are applied, too; safe ones always are.",
)
@_list(
    "Rows",
    "--drop",
    metavar="CODES",
    help="Rows to leave out: error, rule codes, or none (default: error DUP001 DUP002 CON001 LEK001 LEK002).",
)
@_list("Rows", "--select", metavar="CODES", shell_complete=words.complete_rules, help="Run only these rules.")
@_list("Rows", "--extend-select", metavar="CODES", shell_complete=words.complete_rules, help="Run these too.")
@_list("Rows", "--ignore", metavar="CODES", shell_complete=words.complete_rules, help="Do not run these.")
@_option("Splits", "--splits", metavar="SHARES", help="Shares or numbers of rows (default 0.9,0.05,0.05).")
@_option("Splits", "--balance", is_flag=True, help="Meet shares and strata exactly.")
@_option("Splits", "--stratify-by", metavar="POINTER|label", help="What every split should have its share of.")
@_list("Splits", "--group-by", metavar="POINTER", help="Rows with one value here are never in two splits.")
@_list("Splits", "--holdout", metavar="FILE", shell_complete=words.complete_path, help="Existing evaluation files.")
@_option("Splits", "--seed", type=int, default=0, show_default=True, metavar="N", help="Another seed, another split.")
@_option("Splits", "--time-by", metavar="POINTER", help="Hold out the latest rows, by the date here.")
@_option("Splits", "--keep-split", metavar="MANIFEST", help="Keep rows where an earlier run put them.")
@_option("Data", "--format", metavar="NAME", shell_complete=words.complete_format, help="Format of all inputs.")
@_option("Data", "--target", metavar="NAME", shell_complete=words.complete_target, help="Platform or trainer.")
@_option("Data", "--to", metavar="FORMAT", help="Write this format, where the target's own choice is not meant.")
@_list("Data", "--map", metavar="NEW=COLUMN,...", help="Rename columns before rows are converted: prompt=question.")
@_option("Data", "--system", metavar="TEXT", help="A system prompt for rows that have none.")
@_option("Data", "--model", metavar="NAME", shell_complete=words.complete_model, help="Model to be trained.")
@_option("Data", "--tokenizer", metavar="PATH", help="A tokenizer.json.")
@_option("Data", "--max-tokens", metavar="N", type=int, help="Most tokens that a row may have.")
@_option("Data", "--response-format", metavar="FILE", help="JSON Schema that answers to RFT rows must follow.")
@_list("Data", "--against", metavar="FILE", help="Evaluation files whose questions no row may hold.")
@_list("Data", "--exclude", metavar="GLOB", help="Leave out files that match.")
@_option("Running", "--jobs", metavar="N|auto", help="Number of processes.")
@_list("Running", "--config", metavar="PATH|'KEY = VALUE'", help="As for lint.")
@_option("Running", "--isolated", is_flag=True, help="Read no configuration file.")
def command(paths: tuple[str, ...], **options: Any) -> int:
    """Fix, clean and split rows.

    What is written is proven to be sound.

    Safe fixes are applied. Rows with errors, duplicates, contradictions and rows of other splits are left out, each
    with its reason in dropped.jsonl. The others are shared out so that no two splits have anything in common. What
    was written is linted again before it is put in place; the inputs are never changed.
    """
    from dataclasses import replace

    from ftprep.conversion.converter import parse_mapping
    from ftprep.errors import UsageError
    from ftprep.job import open_job
    from ftprep.preparation.drops import USUAL, checked_drops
    from ftprep.preparation.run import PrepareOptions, make_wish, run_prepare
    from ftprep.splitting.manifest import kept_digests
    from ftprep.splitting.options import make_options

    if options["out"] is None and not options["dry_run"]:
        raise UsageError("--out is missing: the folder that the files are written into (or --dry-run)")
    wanted = PrepareOptions(
        make_options(
            options["splits"],
            seed=options["seed"],
            group_by=options["group_by"],
            stratify_by=options["stratify_by"],
            time_by=options["time_by"],
            balance=options["balance"],
        ),
        checked_drops(_words(options["drop"])) if options["drop"] else USUAL,
        checked_drops(_words(options["fix"]), "--fix"),
    )
    keep = None if options["keep_split"] is None else kept_digests(options["keep_split"])
    given = {key: value for key in SETTINGS if (value := options[key.replace("-", "_")]) not in (None, ())}
    if str(given.get("jobs", "")).isdigit():
        given["jobs"] = int(given["jobs"])
    job = open_job(
        paths or (".",),
        given,
        config=options["config"],
        isolated=options["isolated"],
        with_baseline=False,
        environment=os.environ,
    )
    wanted = replace(wanted, wish=make_wish(job, options["to"], parse_mapping(options["map"]), options["system"]))
    with Progress(0, not (options["quiet"] or options["no_progress"])) as progress:
        done = run_prepare(
            job,
            wanted,
            out=options["out"],
            keep=keep,
            holdout=options["holdout"],
            overwrite=options["overwrite"],
            dry=options["dry_run"],
            progress=progress,
        )
    if not options["quiet"]:
        write(f"{part}\n" for line in table(done, options["out"]) for part in wrapped(line))
    return 0


def _words(texts: tuple[str, ...]) -> list[str]:
    return [word for text in texts for word in text.replace(",", " ").split()]


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
    yield from _strata(done)
    yield from _checked(done)
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
