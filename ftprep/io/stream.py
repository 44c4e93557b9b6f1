"""Bytes of a file, inflated where it is compressed, in blocks that end with a newline."""

from __future__ import annotations

import hashlib
import importlib
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any, Literal

from ftprep.errors import InputError

Compression = Literal["gzip", "zstd", ""]

_PACKED_BYTES = {"gzip": 64 << 10, "zstd": 16 << 10}  # read at a time; a Zstandard piece may inflate a lot
_INFLATED_BYTES = 64 << 10  # inflated at a time: what a damaged place may take with it
_MEMBER_STARTS = {"gzip": b"\x1f\x8b", "zstd": b"\x28\xb5\x2f\xfd"}


class Stream:
    """Reads one file from its start. :attr:`damage` says, after the end, why the end came early.

    Raises :class:`InputError` when the file cannot be opened or read. Damaged compressed data is no error: what
    could be inflated is handed out.
    """

    def __init__(self, path: Path, name: str, compression: Compression = "", start: int = 0) -> None:
        self._name = name
        self.damage = ""
        try:
            self._file: IO[bytes] = path.open("rb", buffering=0)
        except OSError as error:
            raise unreadable(name, error) from error
        if start and not compression:
            self.seek(start)
        self._inflated = _inflated(self._read_file, compression, self._set_damage) if compression else None
        self._rest = b""
        if start and compression:
            self._skip(start)

    def __enter__(self) -> Stream:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def read(self, size: int) -> bytes:
        """Up to ``size`` bytes; b"" at the end."""
        if self._inflated is None:
            return self._read_file(size)
        if not self._rest:
            self._rest = next(self._inflated, b"")
        data, self._rest = self._rest[:size], self._rest[size:]
        return data

    def seek(self, place: int) -> None:
        """Go to byte ``place`` of a plain file."""
        try:
            self._file.seek(place)
        except OSError as error:
            raise unreadable(self._name, error) from error

    def read_exactly(self, size: int) -> bytes:
        """``size`` bytes, fewer only at the end."""
        parts = []
        while size > 0 and (part := self.read(size)):
            parts.append(part)
            size -= len(part)
        return b"".join(parts)

    def blocks(self, block_bytes: int) -> Iterator[bytes]:
        """Blocks of about ``block_bytes`` cut behind newlines; a longer line makes its block longer."""
        kept: list[bytes] = []
        while part := self.read_exactly(block_bytes):
            cut = part.rfind(b"\n") + 1
            if not cut:
                kept.append(part)
                continue
            if kept or cut < len(part):
                kept.append(part[:cut])
                yield b"".join(kept)
                kept = [part[cut:]] if cut < len(part) else []
            else:
                yield part
        if kept:
            yield b"".join(kept)

    def _read_file(self, size: int) -> bytes:
        try:
            return self._file.read(size) or b""
        except OSError as error:
            raise unreadable(self._name, error) from error

    def _set_damage(self, damage: str) -> None:
        self.damage = damage

    def _skip(self, count: int) -> None:
        while count > 0 and (part := self.read(min(count, _INFLATED_BYTES))):
            count -= len(part)


def _inflated(
    read: Callable[[int], bytes], compression: Literal["gzip", "zstd"], report: Callable[[str], None]
) -> Iterator[bytes]:
    """Inflate member after member; ``report`` a sentence part when the data is damaged."""
    new, errors = _inflater(compression)
    size = _PACKED_BYTES[compression]
    packed = _next_member(b"", read, compression)
    start = _MEMBER_STARTS[compression]
    while packed:
        if packed[: len(start)] != start[: len(packed)]:
            report(f"holds other bytes behind its {compression} data")
            return
        member = new()
        while not member.eof:
            packed = packed or read(size)
            if not packed:
                report(f"ends in the middle of its {compression} data")
                return
            try:
                data = _inflate(member, packed, compression)
            except errors:
                report(f"holds damaged {compression} data")
                return
            packed = getattr(member, "unconsumed_tail", b"")
            if data:
                yield data
        packed = _next_member(member.unused_data, read, compression)


def _next_member(packed: bytes, read: Callable[[int], bytes], compression: Literal["gzip", "zstd"]) -> bytes:
    """Skip what may stand between members: zeros in gzip, skippable frames in Zstandard."""
    size = _PACKED_BYTES[compression]
    while True:
        if compression == "gzip":
            packed = packed.lstrip(b"\0")
        if len(packed) < 8 and (more := read(size)):
            packed += more
            continue
        if compression == "gzip" or not _is_skippable(packed):
            return packed
        beyond = 8 + int.from_bytes(packed[4:8], "little") - len(packed)
        packed = packed[beyond:] if beyond < 0 else b""
        while beyond > 0 and (more := read(min(size, beyond))):
            beyond -= len(more)


def _is_skippable(packed: bytes) -> bool:
    return packed[1:4] == b"\x2a\x4d\x18" and 0x50 <= packed[0] <= 0x5F


def compression_of(head: bytes) -> Compression:
    """The compression that the first bytes of a file tell."""
    if head.startswith(_MEMBER_STARTS["gzip"]):
        return "gzip"
    return "zstd" if head.startswith(_MEMBER_STARTS["zstd"]) or _is_skippable(head) else ""


def _inflate(member: Any, packed: bytes, compression: str) -> bytes:
    if compression == "gzip":
        data: bytes = member.decompress(packed, _INFLATED_BYTES)
    else:
        data = member.decompress(packed)
    return data


def _inflater(compression: Literal["gzip", "zstd"]) -> tuple[Callable[[], Any], tuple[type[Exception], ...]]:
    """What makes a decompressor for one member, and what it raises for damaged data."""
    if compression == "zstd":
        import zstandard

        packer = zstandard.ZstdDecompressor(max_window_size=1 << 31)
        return packer.decompressobj, (zstandard.ZstdError,)
    try:
        isal_zlib = importlib.import_module("isal.isal_zlib")  # three times as fast, where it is installed
    except ImportError:
        return (lambda: zlib.decompressobj(31)), (zlib.error,)
    return (lambda: isal_zlib.decompressobj(31)), (isal_zlib.error, zlib.error)


def unreadable(name: str, error: OSError) -> InputError:
    """The error for a file that the system does not let us read."""
    return InputError(f"cannot read `{name}`: {(error.strerror or type(error).__name__).lower()}")


def sha256_of(path: Path, name: str) -> str:
    """SHA-256 of a file's bytes, in hex."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise unreadable(name, error) from error
