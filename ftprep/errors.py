"""Errors that are the caller's to mend: one sentence, no traceback, exit 2."""

from __future__ import annotations

import difflib
import os
from collections.abc import Iterable


class FtprepError(Exception):
    """The job cannot be done; ``str(error)`` is one sentence that names the place and the nearest right thing."""


class UsageError(FtprepError):
    """A bad argument, rule code, format name or configuration value."""


class InputError(FtprepError):
    """A file that cannot be opened or read at all."""


class OutputError(FtprepError):
    """A file or stream that cannot be written."""


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return "; did you mean `x`?" for the nearest of ``known``, or "" when nothing is near."""
    choices = {name.lower(): name for name in known}
    near = difflib.get_close_matches(word.lower(), choices, n=1, cutoff=0.6)
    return f"; did you mean `{choices[near[0]]}`?" if near else ""


def nearest_path(path: str | os.PathLike[str]) -> str:
    """:func:`did_you_mean` for a path that does not exist: the nearest name in the folder that it would stand in."""
    folder, name = os.path.split(os.fspath(path).rstrip("/"))
    while folder and not os.path.isdir(folder):
        folder, name = os.path.split(folder)
    try:
        nearest = did_you_mean(name, os.listdir(folder or "."))
    except OSError:
        return ""
    return nearest.replace("`", f"`{folder.rstrip('/')}/", 1) if nearest and folder else nearest
