"""Where a report is written, by ``-o FORMAT[=PATH]``: at most once to standard output, to files whole or not at all."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from ftprep.cli.terminal import is_terminal
from ftprep.errors import OutputError, UsageError, did_you_mean
from ftprep.files import replace_file
from ftprep.text.snippet import quote

DEFAULT = "full"


class Output(NamedTuple):
    """One rendering of the report. ``path`` None is standard output."""

    format: str
    path: str | None = None


def parse_outputs(texts: Iterable[str], known: Sequence[str]) -> list[Output]:
    """Read the values of ``-o``, each a list of FORMAT or FORMAT=PATH; raises ``UsageError``.

    ``known`` are the names of formats. A path holds no comma, and ``-`` means standard output.
    """
    found: list[Output] = []
    for piece in (part.strip() for text in texts for part in text.split(",")):
        name, equals, path = piece.partition("=")
        if not piece:
            continue
        if name not in known:
            near = did_you_mean(name, known) or "; known: " + ", ".join(known)
            raise UsageError(f"unknown output format {quote(name)}{near}")
        if equals and not path:
            raise UsageError(f"--output {quote(piece)} names no file")
        found.append(Output(name, None if path in ("", "-") else path))
    found = found or [Output(DEFAULT)]
    printed = [one.format for one in found if one.path is None]
    if len(printed) > 1:
        example = f"`-o {printed[1]}=FILE`"
        raise UsageError(f"only one output can go to standard output, not {' and '.join(printed)}: write {example}")
    files = [os.path.realpath(one.path) for one in found if one.path is not None]
    for path in files:
        if files.count(path) > 1:
            raise UsageError(f"two outputs go to {quote(path, 200)}")
    return found


def check_writable(outputs: Iterable[Output], inputs: Iterable[str]) -> None:
    """Raise before a long run what would stop its result: a missing folder, or an output that is an input."""
    read = {os.path.realpath(name) for name in inputs}
    for _, path in outputs:
        if path is None:
            continue
        if os.path.realpath(path) in read:
            raise UsageError(f"{quote(path, 200)} is an input; an output would overwrite it")
        folder = os.path.dirname(os.path.abspath(path))
        if not os.path.isdir(folder):
            raise OutputError(f"{quote(path, 200)} cannot be written: there is no folder {quote(folder, 200)}")
        if os.path.isdir(path):
            raise OutputError(f"{quote(path, 200)} cannot be written: it is a folder")


def check_shown_values(show: bool, outputs: Iterable[Output]) -> None:
    """Raise ``UsageError`` where ``--show-values`` would let values go anywhere but to a terminal."""
    if show and any(one.path is not None for one in outputs):
        raise UsageError("--show-values is for the terminal; no value is written to a file")
    if show and not is_terminal(sys.stdout):
        raise UsageError("--show-values needs a terminal; standard output is none")


def write_file(path: str, chunks: Iterable[str]) -> None:
    """Write an output to a file, whole or not at all; raises :class:`OutputError`."""
    replace_file(path, chunks)
