"""``ftprep convert``: rows in another format, or as a platform or trainer wants them."""

from __future__ import annotations

import shlex
import tempfile
from collections import Counter
from typing import TYPE_CHECKING

import click

from ftprep.cli import words
from ftprep.cli.terminal import Progress, complain, write_bytes
from ftprep.errors import OutputError, UsageError
from ftprep.text.snippet import escape

if TYPE_CHECKING:
    from ftprep.conversion.run import Conversion

SHOWN = 3
_BLOCK = 1 << 18


@click.command("convert")
@click.argument("paths", nargs=-1, metavar="[PATHS]...", shell_complete=words.complete_path)
@click.option(
    "--to",
    "to",
    metavar="TARGET|FORMAT",
    envvar="FTPREP_TO",
    help="A platform or trainer (`ftprep targets`), or a format (`ftprep formats`).",
    shell_complete=words.complete_goal,
)
@click.option(
    "-o",
    "--output",
    default="-",
    metavar="FILE",
    help="Where the rows go: .jsonl, or .json for one array, each also .gz or .zst; - is standard output, the default.",
    shell_complete=words.complete_path,
)
@click.option("--format", metavar="NAME", help="The format of the rows read.", shell_complete=words.complete_format)
@click.option(
    "--model", metavar="NAME", help="The model to be tuned, where its target has several with rules of their own."
)
@click.option(
    "--map", "mapping", multiple=True, metavar="NEW=COLUMN,...", help="Rename columns first: prompt=question."
)
@click.option("--system", metavar="TEXT", help="A system prompt for rows that have none.")
@click.option("--strict", is_flag=True, help="Exit 1 and write nothing when a row or a part of one would be lost.")
@click.option(
    "--trainer-file", metavar="FILE", help="Write what the target needs beside the rows: configuration or commands."
)
@click.option(
    "--show", default=SHOWN, metavar="N", help=f"Rows named per reason for not being converted (default {SHOWN})."
)
@click.option("--stdin-filename", metavar="NAME", help="A name for standard input, whose suffix counts.")
@click.option("-q", "--quiet", is_flag=True, help="Say only what was lost.")
def command(
    paths: tuple[str, ...],
    to: str | None,
    output: str,
    format: str | None,
    model: str | None,
    mapping: tuple[str, ...],
    system: str | None,
    strict: bool,
    trainer_file: str | None,
    show: int,
    stdin_filename: str | None,
    quiet: bool,
) -> int:
    """Write the rows of PATHS in another format, or as a platform or trainer wants them.

    Rows go to standard output or a file, what was lost to standard error: parts of rows that the new format cannot
    say, counted, and rows that cannot be converted, by line and reason. PATHS are files, folders, globs, or - for
    standard input.
    """
    from ftprep.conversion.converter import parse_mapping
    from ftprep.conversion.goal import goal_named
    from ftprep.conversion.run import open_conversion
    from ftprep.conversion.writing import check_container
    from ftprep.io.discover import open_sources

    if to is None:
        raise UsageError("say what to convert to: `--to openai`, `--to sharegpt` (`ftprep targets`, `ftprep formats`)")
    if not paths:
        raise UsageError("there is no file to convert; - is standard input")
    goal = goal_named(to, model)
    opened = open_sources(list(paths), stdin_name=stdin_filename)
    conversion = open_conversion(
        opened.sources,
        goal,
        format=format,
        mapping=parse_mapping(mapping),
        system=system,
        problems=opened.problems,
    )
    try:
        if output != "-":
            check_container(output, goal, conversion.format)
        if trainer_file is not None and goal.target is None:
            raise UsageError("--trainer-file: name the trainer or platform by --to")
        kept = _write(conversion, output, strict, quiet)
        _account(conversion, kept, show, quiet)
        if conversion.problems:
            return 2
        if not kept:
            return 1
        _trainer(conversion, output, trainer_file, model, quiet)
        return 0
    finally:
        conversion.close()


def _write(conversion: Conversion, output: str, strict: bool, quiet: bool) -> bool:
    """Write the rows; False where nothing was, because strictness forbids it or no row could be converted."""
    from ftprep.conversion.api import check_inputs
    from ftprep.conversion.writing import NewFile, framed

    bom = conversion.goal.dialect(conversion.format).byte_order_mark
    plain = all(
        part.source.probe.container == "jsonl" and not part.source.probe.compression for part in conversion.parts
    )
    total = sum(part.source.size or 0 for part in conversion.parts) if plain else 0
    with Progress(total, enabled=not quiet and output != "-", word="converting") as progress:
        lines = conversion.lines(progress)
        if output != "-":
            check_inputs(output, conversion)
            with NewFile(output, lines, bom=bom) as new:
                kept = _may_keep(conversion, strict)
                if kept:
                    new.keep()
            return kept
        pieces = framed(lines, "jsonl", bom)
        if not strict:
            write_bytes(pieces)
            return bool(conversion.written or not conversion.read)
        with tempfile.TemporaryFile() as spool:
            try:
                spool.writelines(pieces)
                spool.seek(0)
            except OSError as error:
                reason = (error.strerror or type(error).__name__).lower()
                raise OutputError(f"a temporary file cannot be written: {reason}") from None
            kept = _may_keep(conversion, strict)
            if kept:
                write_bytes(iter(lambda: spool.read(_BLOCK), b""))
            return kept


def _may_keep(conversion: Conversion, strict: bool) -> bool:
    """Whether the rows are all that was asked for."""
    if conversion.problems or (strict and not conversion.exact):
        return False
    return bool(conversion.written or not conversion.read)


def _account(conversion: Conversion, kept: bool, show: int, quiet: bool) -> None:
    """Say what became of the rows."""
    target = conversion.goal.target
    for part in () if quiet else conversion.parts:
        goal = conversion.format + (f" for {target.name}" if target else "")
        counts = f"{part.read:,} read, {part.written:,} converted"
        complain(f"{part.source.name}: {part.converter.source} to {goal}: {counts}")
    for note in conversion.losses:
        complain(f"lost: {note}")
    for note in () if quiet else conversion.changes:
        complain(f"changed: {note}")
    reasons = Counter(one.reason for one in conversion.refused)
    shown: Counter[str] = Counter()
    for one in conversion.refused:
        shown[one.reason] += 1
        if shown[one.reason] <= show:
            complain(f"not converted: {one.name}:{one.line}  {one.reason}")
        elif shown[one.reason] == show + 1:
            complain(f"not converted: {reasons[one.reason] - show:,} more rows of which is said: {one.reason}")
    for problem in conversion.problems:
        complain(problem)
    if not kept and not conversion.problems:
        lossy = conversion.read and conversion.written
        why = "--strict allows no loss" if lossy else "no row could be converted"
        complain(f"nothing was written, because {why}")


def _trainer(conversion: Conversion, output: str, path: str | None, model: str | None, quiet: bool) -> None:
    """Write the trainer's file, or say what to do next."""
    from ftprep.conversion.shapes import all_shapes
    from ftprep.conversion.trainer_files import trainer_file
    from ftprep.files import replace_file

    target = conversion.goal.target
    name = "train.jsonl" if output == "-" else output
    if path is not None and target is not None:
        found = trainer_file(target.name, conversion.format, {"train": name}, model=model, columns=conversion.columns)
        if found is None:
            raise UsageError(f"--trainer-file: nothing is known of how {target.name} takes {conversion.format}")
        replace_file(path, [found.text])
    if output != "-" and not quiet:
        named = f" --target {target.name}" if target else ""
        if target is None or all_shapes()[conversion.format].method in ("rft", "prompt-only"):
            named += f" --format {conversion.format}"  # by their columns, tasks may look like another's
        complain(f"next: ftprep lint {escape(shlex.quote(output))}{named}")
