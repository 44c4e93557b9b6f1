"""The map of redacted values: what stood where, in a file for its owner alone, and only where it was asked for."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from typing import IO, NamedTuple

from ftprep.errors import OutputError
from ftprep.privacy.redaction_names import Manner
from ftprep.text.snippet import quote

VERSION = 1


class Entry(NamedTuple):
    """One replaced piece: in which row (from 0) of which file, in which round, and from which character of the row on.

    ``new`` stands there now, in the place of ``old``, both as the file writes them. ``value`` is what was there as a
    text, at ``pointer`` of the row.
    """

    file: str
    row: int
    round: int
    at: int
    new: str
    old: str
    pointer: str
    value: str


def put_back(text: str, entries: Iterable[Entry]) -> str | None:
    """A row with the values of ``entries`` back in their places; None where it is not the row that they are about."""
    for one in sorted(entries, key=lambda one: (-one.round, -one.at)):
        if not text.startswith(one.new, one.at):
            return None
        text = text[: one.at] + one.old + text[one.at + len(one.new) :]
    return text


class RedactionMap:
    """A new file at ``path``, which goes away when nothing was written to it."""

    def __init__(self, path: str | os.PathLike[str], manner: Manner) -> None:
        self.path = os.fspath(path)
        self._manner = manner
        self._stream: IO[str] | None = None
        self._written = False

    def open(self) -> None:
        """Make the file, for its owner alone. Raises :class:`OutputError`, also where there is one."""
        try:
            number = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0), 0o600)
            if hasattr(os, "fchmod"):
                os.fchmod(number, 0o600)
        except FileExistsError:
            raise OutputError(f"{quote(self.path, 200)} exists: it may be the only way back") from None
        except OSError as error:
            raise OutputError(f"cannot write {quote(self.path, 200)}: {error.strerror}") from None
        self._stream = os.fdopen(number, "w", encoding="utf-8", newline="\n")

    def write(self, entries: Iterable[Entry]) -> None:
        """Write ``entries``, in the place of those that were written before."""
        if self._stream is None:
            return
        self._stream.seek(0)
        self._stream.truncate()
        head = {"ftprep-redaction-map": VERSION, "style": self._manner.style, "scope": self._manner.scope}
        self._stream.write(json.dumps(head) + "\n")
        self._written = False
        for one in entries:
            self._stream.write(json.dumps(one._asdict()) + "\n")
            self._written = True
        self._stream.flush()
        os.fsync(self._stream.fileno())

    def close(self) -> None:
        """Close the file; without an entry it goes away."""
        if self._stream is None:
            return
        self._stream.close()
        self._stream = None
        if not self._written:
            os.unlink(self.path)

    def discard(self) -> None:
        """Close the file, and let it go away: what it would lead back from is not there."""
        self._written = False
        self.close()
