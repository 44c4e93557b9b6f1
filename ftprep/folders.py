"""Folders that are written whole or not at all.

Everything goes into ``NAME.partial`` beside the folder, which takes its place in one step at the end. Where a folder
is replaced, the two change places in one step, too, if the system can do that.
"""

from __future__ import annotations

import contextlib
import ctypes
import ctypes.util
import errno
import functools
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from ftprep.errors import OutputError, UsageError
from ftprep.text.snippet import quote

PARTIAL, OLD = ".partial", ".old"
_AT_FDCWD, _EXCHANGE, _SWAP = -100, 2, 2


def check_folder(path: str | os.PathLike[str], *, overwrite: bool = False, option: str = "--out") -> Path:
    """The folder to be written, checked before any work; raises ``UsageError`` where it holds anything else.

    What an earlier run left behind when it was killed is tidied up first: a finished result that was about to take
    its place is put there.
    """
    folder = Path(os.path.realpath(path))
    shown = quote(os.fspath(path), 200)
    old = folder.with_name(folder.name + OLD)
    if not folder.exists() and old.is_dir():  # killed between two renames, where folders cannot change places
        _do(shown, lambda: os.rename(old, folder))
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{option}: {shown} is a file; a folder is due")
    if folder.is_dir() and any(folder.iterdir()) and not overwrite:
        raise UsageError(f"{option}: {shown} is not empty; --overwrite replaces it")
    return folder


@contextmanager
def new_folder(folder: Path) -> Iterator[Path]:
    """A folder to write into, which takes the place of ``folder`` at the end; without an end it stays as it is.

    Raises :class:`OutputError` when the disk is full or the place cannot be written to. The partial folder is left
    for a look when something failed, and goes away with the next run.
    """
    shown = quote(os.fspath(folder), 200)
    partial, old = folder.with_name(folder.name + PARTIAL), folder.with_name(folder.name + OLD)
    for left in (partial, old):
        if left.exists():
            _do(shown, functools.partial(shutil.rmtree, left))
    _do(shown, lambda: partial.mkdir(parents=True))
    try:
        yield partial
        for path in sorted(partial.rglob("*")):
            if path.is_file():
                _sync(path)
        _put_in_place(partial, folder, old)
    except OSError as error:
        raise _failed(shown, error) from None


def _put_in_place(partial: Path, folder: Path, old: Path) -> None:
    if not folder.exists():
        os.rename(partial, folder)
        return
    if not any(folder.iterdir()):
        with contextlib.suppress(OSError):  # a folder that stands empty gives way where the system lets it
            os.rename(partial, folder)
            return
    if _exchange(partial, folder):
        shutil.rmtree(partial, ignore_errors=True)
        return
    os.rename(folder, old)
    os.rename(partial, folder)
    shutil.rmtree(old, ignore_errors=True)


def _exchange(one: Path, other: Path) -> bool:
    """Let two folders change places in one step; False where the system has no way to do that."""
    names = {"linux": "renameat2", "darwin": "renamex_np"}
    library = ctypes.util.find_library("c") if sys.platform in names else None
    if library is None:
        return False
    try:
        call = getattr(ctypes.CDLL(library, use_errno=True), names[sys.platform])
    except (OSError, AttributeError):
        return False
    first, second = os.fsencode(one), os.fsencode(other)
    if sys.platform == "linux":
        return bool(call(_AT_FDCWD, first, _AT_FDCWD, second, _EXCHANGE) == 0)
    return bool(call(first, second, _SWAP) == 0)


def _sync(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())


def _do(shown: str, step: Callable[[], object]) -> None:
    try:
        step()
    except OSError as error:
        raise _failed(shown, error) from None


def _failed(shown: str, error: OSError) -> OutputError:
    if error.errno == errno.ENOSPC:
        return OutputError(f"{shown} cannot be written: no space left on the disk; nothing was replaced")
    reason = (error.strerror or type(error).__name__).lower()
    return OutputError(f"{shown} cannot be written: {reason}")
