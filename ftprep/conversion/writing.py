"""Where converted rows go: a file that is there whole or not at all, or a stream."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from ftprep.conversion.goal import Goal
from ftprep.errors import OutputError, UsageError
from ftprep.fixing.replace import discard, packed, write_beside
from ftprep.io.stream import Compression
from ftprep.targets.target import restrictions_for
from ftprep.text.snippet import quote

BOM = b"\xef\xbb\xbf"
STDOUT = "-"
_PACKED: dict[str, Compression] = {".gz": "gzip", ".zst": "zstd"}
_OTHER = (".csv", ".tsv", ".parquet", ".arrow", ".xlsx")
_BUFFER = 1 << 18


def container_of(path: str) -> tuple[str, Compression]:
    """What a file of this name holds, jsonl or array, and how it is compressed; raises for what is not written."""
    name = os.path.basename(path).lower()
    compression: Compression = next((kind for suffix, kind in _PACKED.items() if name.endswith(suffix)), "")
    if compression:
        name = name.rpartition(".")[0]
    if name.endswith(_OTHER):
        raise UsageError(f"--output: {quote(path, 200)}: JSON Lines and JSON are written, no {name.rpartition('.')[2]}")
    return ("array" if name.endswith(".json") else "jsonl"), compression


def check_container(path: str, goal: Goal, format: str) -> None:
    """Raise where the target does not read what a file of this name would be."""
    container, _ = container_of(path)
    if goal.target is None:
        return
    found = restrictions_for(goal.target.name, "JSN010", "containers", format, goal.model)
    if found and container not in found[0].value:
        raise UsageError(f"--output: {goal.target.name} reads JSON Lines, no JSON array; call the file .jsonl")


def framed(lines: Iterable[bytes], container: str, bom: bool) -> Iterator[bytes]:
    """``lines`` as the bytes of a file, in pieces of a good size."""
    waiting: list[bytes] = [BOM] if bom else []
    size = 0
    between = b"[\n"
    for line in lines:
        piece = line + b"\n" if container == "jsonl" else between + line
        between = b",\n"
        waiting.append(piece)
        size += len(piece)
        if size >= _BUFFER:
            yield b"".join(waiting)
            waiting, size = [], 0
    if container == "array":
        waiting.append(b"[]\n" if between == b"[\n" else b"\n]\n")
    if waiting:
        yield b"".join(waiting)


class NewFile:
    """A file that takes its place only when :meth:`keep` is called; leaving the block without that leaves nothing."""

    def __init__(self, path: str, lines: Iterable[bytes], *, bom: bool) -> None:
        container, compression = container_of(path)
        self.path = path
        self._new: Path | None = write_beside(Path(path), path, packed(framed(lines, container, bom), compression))

    def __enter__(self) -> NewFile:
        return self

    def __exit__(self, *_: object) -> None:
        if self._new is not None:
            discard(self._new)

    def keep(self) -> None:
        """Put the file in its place, with the permissions of the one that was there, or of any new file."""
        assert self._new is not None
        target = os.path.realpath(self.path)
        try:
            os.chmod(self._new, _mode(target))
            os.replace(self._new, target)
        except OSError as error:
            reason = (error.strerror or type(error).__name__).lower()
            raise OutputError(f"{quote(self.path, 200)} cannot be written: {reason}") from None
        self._new = None


def _mode(path: str) -> int:
    with contextlib.suppress(OSError):
        return os.stat(path).st_mode & 0o7777
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask
