"""``ftprep split``: training, validation and test files that have nothing in common."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from ftprep.cli import words
from ftprep.cli.sections import FOLDER, RUNNING, SHARES, SHARING, SectionedCommand, flag, given_settings, listed, option
from ftprep.cli.terminal import Progress, make_style, write
from ftprep.output.figures import count, percent
from ftprep.text.snippet import escape

if TYPE_CHECKING:
    from ftprep.splitting.run import Split

SETTINGS = ("format", "exclude", "jobs")


@click.command(
    "split",
    cls=SectionedCommand,
    epilog="Shares, seed and pointers may also stand in [tool.ftprep.prepare]. "
    "Exit code: 0 the split was written and proven, 2 it could not be done, and nothing was written.",
)
@click.argument("paths", nargs=-1, metavar="[PATHS]...", shell_complete=words.complete_path)
@FOLDER
@SHARES
@option("Splits", "--folds", metavar="K", type=int, help="K pairs of training and validation sets instead.")
@flag("Splits", "--no-near-duplicates", help="Let near-duplicates be in two splits.")
@option("Data", "--format", metavar="NAME", shell_complete=words.complete_format, help="Format of all inputs.")
@listed("Data", "--exclude", metavar="GLOB", help="Leave out files that match.")
@RUNNING
def command(paths: tuple[str, ...], **options: Any) -> int:
    """Share rows out to training, validation and test files.

    Equal rows, one prompt, near-duplicates, one conversation or customer stay together, and the files are read again
    to prove that no two have anything in common. Each group goes where its own content says: rows that are added at
    the end later move no old row.
    """
    from ftprep.errors import UsageError
    from ftprep.job import open_job
    from ftprep.splitting.manifest import kept_digests
    from ftprep.splitting.options import options_asked
    from ftprep.splitting.run import run_split

    if options["out"] is None and not options["dry_run"]:
        raise UsageError("--out is missing: the folder that the splits are written into (or --dry-run)")
    keep = None if options["keep_split"] is None else kept_digests(options["keep_split"])
    job = open_job(
        paths or (".",),
        given_settings(options, SETTINGS) | {"prepare": given_settings(options, SHARING)},
        config=options["config"],
        isolated=options["isolated"],
        with_baseline=False,
        environment=os.environ,
    )
    try:
        wanted = options_asked(job.resolved.prepare, folds=options["folds"], near=not options["no_near_duplicates"])
    except UsageError:
        job.close()
        raise
    with Progress(0, not (options["quiet"] or options["no_progress"])) as progress:
        done = run_split(
            job,
            wanted,
            out=options["out"],
            keep=keep,
            overwrite=options["overwrite"],
            dry=options["dry_run"],
            progress=progress,
        )
    if not options["quiet"]:
        write(f"{line}\n" for line in table(done, options["out"]))
    return 0


def table(done: Split, out: str | None) -> Iterator[str]:
    """What came out, one line for each thing that matters."""
    from ftprep.splitting.manifest import strata_table
    from ftprep.splitting.write import DROPPED

    plan, counts = done.plan, done.counts
    kept, read = sum(counts.values()), sum(counts.values()) + done.written.dropped
    style = make_style(color="never", width=None, quiet=False, verbose=False, show=None)
    yield f"read        {count(read, 'record')} in {count(len(done.inputs), 'file')}"
    if plan.options.folds:
        sizes = sorted(counts.values())
        yield f"folds       {len(counts)} of {sizes[0]:,} to {sizes[-1]:,} records"
    else:
        shares = (f"{name} {rows:,} ({percent(rows / max(kept, 1), 1)})" for name, rows in counts.items())
        yield f"split       {' | '.join(shares)}"
    yield from _groups(done)
    strata = strata_table(plan)
    if strata:
        worst = strata["largest-deviation"]
        yield (
            f"strata      {strata['count']:,} by {escape(strata['by'])}; largest deviation {worst['points']:g} points, "
            f"`{escape(strata['of'])}` in {worst['split']}"
        )
    if done.written.dropped:
        reasons = Counter(fault.code or "no date" for fault in plan.faults.values())
        named = ", ".join(f"{number:,} {code}" for code, number in sorted(reasons.items()))
        yield f"left out    {count(done.written.dropped, 'record')}: {named}  (see {DROPPED})"
    proof = " ".join(f"{code} {number:,}" for code, number in done.proof.counts.items())
    yield f"proven      {proof}; kept {kept:,} + left out {done.written.dropped:,} = read {read:,}"
    if done.folder is None:
        yield "dry run     nothing was written"
    else:
        left = [DROPPED] if done.written.dropped else []
        yield f"wrote       {style.plain(out or '')}: {', '.join([*done.written.rows, *left, 'manifest.json'])}"


def _groups(done: Split) -> Iterator[str]:
    import numpy as np

    from ftprep.splitting.unmet import unmet

    plan = done.plan
    _, sizes = np.unique(plan.groups[plan.splits >= 0], return_counts=True)
    several = sizes[sizes > 1]
    if len(several):
        yield f"groups      {len(several):,} of several records kept whole (largest {int(several.max()):,})"
    for sentence in unmet(plan):
        yield f"note        {escape(sentence)}"
