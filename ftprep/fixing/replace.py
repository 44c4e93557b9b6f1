"""A new file in the place of an old one, at once and whole: whatever happens, one of the two is there."""

from __future__ import annotations

import contextlib
import os
import tempfile
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from ftprep.errors import OutputError
from ftprep.io.stream import Compression
from ftprep.text.snippet import quote

_GZIP = 31  # zlib writes the header of gzip itself, without a time and a name: the same bytes each time
_ANYBODY_WRITES = 0o222


class Stamp(NamedTuple):
    """What tells whether somebody else wrote to a file."""

    inode: int
    size: int
    time: int

    @classmethod
    def of(cls, path: Path) -> Stamp | None:
        """The stamp of a file as it is now; None when it is not there."""
        try:
            found = path.stat()
        except OSError:
            return None
        return cls(found.st_ino, found.st_size, found.st_mtime_ns)


def packed(parts: Iterable[bytes], compression: Compression) -> Iterator[bytes]:
    """``parts`` compressed as the file was."""
    if not compression:
        yield from parts
        return
    packer: Any  # two libraries' objects with the same two methods
    if compression == "gzip":
        packer = zlib.compressobj(6, zlib.DEFLATED, _GZIP)
    else:
        import zstandard

        packer = zstandard.ZstdCompressor(level=3, write_checksum=True).compressobj()
    for part in parts:
        yield packer.compress(part)
    yield packer.flush()


def check_writable(path: Path, name: str) -> None:
    """Raise :class:`OutputError` for a file that its owner, or the system, does not want to be changed."""
    target = os.path.realpath(path)
    with contextlib.suppress(OSError):
        if not os.stat(target).st_mode & _ANYBODY_WRITES or not os.access(target, os.W_OK):
            raise OutputError(f"{quote(name, 200)} cannot be fixed: it is read-only")
        if not os.access(os.path.dirname(target), os.W_OK):
            raise OutputError(f"{quote(name, 200)} cannot be fixed: its folder is read-only")


def write_beside(path: Path, name: str, parts: Iterable[bytes]) -> Path:
    """Write ``parts`` to a new hidden file in the folder of ``path`` (of what it links to), and down to the disk.

    Raises :class:`OutputError` when that fails; then nothing is left of it.
    """
    target = os.path.realpath(path)
    try:
        descriptor, temporary = tempfile.mkstemp(dir=os.path.dirname(target), prefix=".ftprep-", suffix=".tmp")
    except OSError as error:
        raise _unwritten(name, error) from None
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.writelines(parts)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:  # reading never raises one: what a file cannot give is an InputError
        discard(Path(temporary))
        raise _unwritten(name, error) from None
    except BaseException:
        discard(Path(temporary))
        raise
    return Path(temporary)


def put_in_place(new: Path, path: Path, name: str, stamp: Stamp | None) -> None:
    """Let ``new`` take the place of ``path``, with its permissions; links to ``path`` stay links.

    Raises :class:`OutputError` when ``path`` is not what ``stamp`` says any more, or cannot be replaced.
    """
    target = os.path.realpath(path)
    if stamp is None or Stamp.of(path) != stamp:
        discard(new)
        raise OutputError(f"{quote(name, 200)} changed while it was being fixed; it was left as it is")
    try:
        old = os.stat(target)
        os.chmod(new, old.st_mode & 0o7777)
        if hasattr(os, "chown"):
            with contextlib.suppress(OSError):  # only root gives files away
                os.chown(new, old.st_uid, old.st_gid)
                os.chmod(new, old.st_mode & 0o7777)
        os.replace(new, target)
    except OSError as error:
        discard(new)
        raise _unwritten(name, error) from None
    with contextlib.suppress(OSError):  # some systems cannot open a folder
        folder = os.open(os.path.dirname(target), os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def discard(path: Path) -> None:
    """Remove a file that is no longer needed."""
    with contextlib.suppress(OSError):
        os.unlink(path)


def _unwritten(name: str, error: OSError) -> OutputError:
    reason = (error.strerror or type(error).__name__).lower()
    return OutputError(f"{quote(name, 200)} cannot be written: {reason}; it was left as it was")
