"""``ftprep formats``: the formats there are, one of them, or which one a file has."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from ftprep.cli import words
from ftprep.cli.terminal import terminal_width, write
from ftprep.errors import InputError, UsageError, did_you_mean
from ftprep.output.cells import cut, fill
from ftprep.text.snippet import escape, quote

if TYPE_CHECKING:
    from ftprep.formats.format import Format


@click.command("formats")
@click.argument("word", metavar="[NAME|FILE]", required=False, shell_complete=words.complete_format_or_file)
def command(word: str | None) -> int:
    """List the formats; explain the one called NAME; or say which format FILE has, and why."""
    from ftprep.formats.format import all_formats

    known = all_formats()
    if word is None:
        names = max(map(len, known))
        lines = (f"{name:<{names}}  {one.method:<17}  {one.title}" for name, one in known.items())
        write(f"{cut(line, terminal_width())}\n" for line in lines)
    elif word in known:
        write(_explain(known[word]))
    elif os.path.exists(word) or word == "-":
        write(_detect(word))
    else:
        near = did_you_mean(word, known)
        raise UsageError(f"`{word}` is neither a format nor a file{near or ' (`ftprep formats` lists the formats)'}")
    return 0


def _explain(format: Format) -> Iterator[str]:
    lines = [
        f"{format.name}   {format.title}   {format.method}",
        *fill(", ".join(sorted(format.keys)), terminal_width(), "keys      ", " " * 10),
        f"example   {json.dumps(dict(format.example), ensure_ascii=False)}",  # whole, to be copied
        f"schema    ftprep schema {format.name}",
    ]
    yield from (f"{line}\n" for line in lines)


def _detect(path: str) -> Iterator[str]:
    from ftprep.inputs import open_input
    from ftprep.io.discover import open_sources

    opened = open_sources(path)
    if opened.problems:
        raise InputError("; ".join(opened.problems))
    for source in opened.sources:
        try:
            detection = open_input(source).detection
        finally:
            source.close()
        if detection.format is None:
            yield f"{escape(source.name)}  unknown format\n"
            if source.probe.problem is not None:
                yield from _entry("because", f"the file is {source.probe.problem.detail}")
                continue
            for reason in detection.reasons:
                yield from _entry("because", reason)
            yield from _entry("keys", ", ".join(map(quote, detection.keys)) or "none")
            yield from _entry("nearest", ", ".join(detection.nearest) or "none")
            continue
        yield f"{escape(source.name)}  {detection.format}  confidence {detection.confidence:.2f}\n"
        for reason in detection.reasons:
            yield from _entry("because", reason)
        for other in detection.alternatives:
            yield from _entry("or", f"{other.name}  {other.confidence:.2f}")


def _entry(key: str, text: str) -> Iterator[str]:
    for line in fill(escape(text), terminal_width(), f"  {key:<7}  ", " " * 11):
        yield f"{line}\n"
