"""The way back from redacted files: :func:`restore`."""

from __future__ import annotations

import json
import os
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from ftprep.errors import InputError
from ftprep.fixing.redaction_map import VERSION, Entry, put_back
from ftprep.fixing.replace import Stamp, check_writable, discard, packed, put_in_place, write_beside
from ftprep.fixing.rewrite import Patch, Rewriting
from ftprep.io.discover import open_path
from ftprep.io.file import FileSource
from ftprep.text.snippet import quote


def restore(path: str | os.PathLike[str], redact_map: str | os.PathLike[str]) -> int:
    """Put the values back into a redacted file, by the map that was written when it was redacted.

    The file is then, byte for byte, what it was before its values were replaced; other fixes stay. Returns the number
    of places. Raises :class:`InputError`, and changes nothing, where the file is not what the map tells of.
    """
    entries = _entries(Path(redact_map), os.fspath(path))
    source = open_path(Path(path), name=os.fspath(path))
    if not isinstance(source, FileSource):
        raise InputError(f"{quote(os.fspath(path), 200)} is no file of rows")
    check_writable(source.path, source.name)
    stamp = Stamp.of(source.path)
    new = write_beside(source.path, source.name, packed(_Restoring(source, entries).parts(), source.probe.compression))
    try:
        put_in_place(new, source.path, source.name, stamp)
    except BaseException:
        discard(new)
        raise
    return len(entries)


def _entries(path: Path, file: str) -> list[Entry]:
    """What a map tells of one file, found by its whole name, then by its last part where that is one file's alone."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
        head, *told = [json.loads(line) for line in lines]
        entries = [Entry(**one) for one in told]
        if head.get("ftprep-redaction-map") != VERSION:
            raise ValueError
    except OSError as error:
        raise InputError(f"cannot read {quote(os.fspath(path), 200)}: {error.strerror}") from None
    except (ValueError, TypeError, AttributeError):
        raise InputError(f"{quote(os.fspath(path), 200)} is no map of redacted values") from None
    names = sorted({one.file for one in entries})
    wanted = [name for name in names if name == file]
    wanted = wanted or [name for name in names if Path(name).name == Path(file).name]
    wanted = wanted or (names if len(names) == 1 else [])
    if len(wanted) != 1:
        raise InputError(f"{quote(os.fspath(path), 200)} does not tell of {quote(file, 200)}")
    return [one for one in entries if one.file == wanted[0]]


class _Restoring(Rewriting):
    """A file with the values back in their places."""

    def __init__(self, source: FileSource, entries: Sequence[Entry]) -> None:
        super().__init__(source, [])
        self._entries: defaultdict[int, list[Entry]] = defaultdict(list)
        for one in entries:
            self._entries[one.row].append(one)

    def _patches(self) -> Iterator[Patch]:
        left = set(self._entries)
        before = 0
        for chunk in self.source.chunks():
            for row in sorted(number - before for number in left if before <= number < before + len(chunk)):
                left.discard(before + row)
                raw = chunk.data[chunk.starts[row] : chunk.ends[row]]
                offset = int(chunk.offsets[row])
                yield Patch(offset, offset + len(raw), self._before(raw, self._entries[before + row]))
            before += len(chunk)
        if left:
            raise self._changed(min(left))

    def _before(self, raw: bytes, entries: Sequence[Entry]) -> bytes:
        text = put_back(raw.decode("utf-8", "replace"), entries)
        if text is None:
            raise self._changed(entries[0].row)
        return text.encode()

    def _changed(self, row: int) -> Any:
        return InputError(f"{quote(self.source.name, 200)} is not what the map tells of: row {row + 1:,} differs")
