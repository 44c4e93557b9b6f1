"""Temporary files for what can be read only once."""

from __future__ import annotations

import os
import tempfile
import weakref
from collections.abc import Callable, Iterable
from pathlib import Path

from ftprep.errors import InputError

_BLOCK_BYTES = 1 << 20


class Spool:
    """A private temporary file (mode 0600) that goes away with :meth:`close`, the object, or the process."""

    def __init__(self) -> None:
        handle, path = tempfile.mkstemp(prefix="ftprep-")
        os.close(handle)
        self.path = Path(path)
        self._remove = weakref.finalize(self, _remove, path, os.getpid())

    def fill(self, parts: Iterable[bytes]) -> None:
        """Write ``parts``; the file is removed when that fails."""
        try:
            with self.path.open("wb") as file:
                for part in parts:
                    try:
                        file.write(part)
                    except OSError as error:
                        raise InputError(f"cannot keep the input in a temporary file: {error.strerror}") from error
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Remove the file."""
        self._remove()


def blocks_of(read: Callable[[int], bytes | str], name: str) -> Iterable[bytes]:
    """The blocks of an open file, text encoded in UTF-8."""
    while True:
        try:
            block = read(_BLOCK_BYTES)
        except OSError as error:
            raise InputError(f"cannot read `{name}`: {(error.strerror or 'read error').lower()}") from error
        if not block:
            return
        yield block.encode("utf-8", "surrogateescape") if isinstance(block, str) else block


def _remove(path: str, owner: int) -> None:
    if os.getpid() == owner:  # a forked child must not take the file from its parent
        try:
            os.unlink(path)
        except OSError:
            return
