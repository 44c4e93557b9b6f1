"""Files that are written whole or not at all."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterable

from ftprep.errors import OutputError
from ftprep.text.snippet import quote


def replace_file(path: str, chunks: Iterable[str]) -> None:
    """Write text as UTF-8 into a new file beside ``path`` and put it in its place; raises :class:`OutputError`."""
    try:
        if os.path.exists(path) and not os.path.isfile(path):  # a device or a pipe: nothing to put in its place
            with open(path, "w", encoding="utf-8", errors="backslashreplace", newline="\n") as stream:
                stream.writelines(chunks)
            return
        target = os.path.realpath(path)
        descriptor, temporary = tempfile.mkstemp(dir=os.path.dirname(target), prefix=".ftprep-", suffix=".tmp")
        try:
            with open(descriptor, "w", encoding="utf-8", errors="backslashreplace", newline="\n") as stream:
                stream.writelines(chunks)
            os.chmod(temporary, _mode(target))
            os.replace(temporary, target)
        except BaseException:
            with contextlib.suppress(OSError):
                os.unlink(temporary)
            raise
    except OSError as error:
        reason = (error.strerror or type(error).__name__).lower()
        raise OutputError(f"{quote(path, 200)} cannot be written: {reason}") from None


def _mode(path: str) -> int:
    """Permissions of the file that is replaced, or those that any new file gets."""
    with contextlib.suppress(OSError):
        return os.stat(path).st_mode & 0o7777
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask
