"""From what the user names to sources: files, folders, globs, standard input, Python objects."""

from __future__ import annotations

import glob
import os
import stat
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any, BinaryIO, NamedTuple

from ftprep.errors import InputError, did_you_mean
from ftprep.io.probe import HEAD_BYTES, Probe, probe
from ftprep.io.spool import Spool, blocks_of
from ftprep.io.stream import Stream, compression_of, unreadable

if TYPE_CHECKING:
    from ftprep.io.chunk import Limits
    from ftprep.io.source import Source

SUFFIXES = (".jsonl", ".ndjson", ".json", ".csv", ".tsv", ".parquet")
PACKED = (".gz", ".zst")
STDIN = "-"
_MAGIC_BYTES = 8
_WILD = "*?["


class Opened(NamedTuple):
    """Sources in order, numbered from 0; what could not be read, in sentences; how many files were left out."""

    sources: list[Source]
    problems: list[str]
    excluded: int


class Found(NamedTuple):
    """A file, the name to show for it, and whether the user named this very file."""

    path: Path
    name: str
    named: bool


def open_sources(
    data: Any,
    *,
    exclude: Sequence[str] = (),
    force_exclude: bool = False,
    stdin_name: str | None = None,
    stdin: BinaryIO | None = None,
    limits: Limits | None = None,
    order: Callable[[str], Any] | None = None,
) -> Opened:
    """Open what ``data`` names or holds.

    A string or path, or a list of them, names files, folders, globs or standard input ("-", called ``stdin_name``
    where its suffix matters); anything else holds rows itself. Folders are searched at any depth for files of a known
    suffix; hidden files and folders are passed over, and files come sorted, each once. A file that is named is taken
    whatever its suffix. ``exclude`` are globs as in :func:`ftprep.selection.file_matches`, for files or folders;
    files that are named are excluded only with ``force_exclude``. ``limits`` bound
    the chunks. ``order`` is what files are sorted by, given their names; without it they stay as they were given.

    Raises :class:`InputError` when there is nothing to read, :class:`UsageError` for an object that holds no rows.
    """
    if isinstance(data, str | os.PathLike):
        data = [data]
    if not isinstance(data, list | tuple) or not data or not all(isinstance(one, str | os.PathLike) for one in data):
        return Opened([_open_object(data, 0, limits)], [], 0)
    found, problems, excluded = discover(data, exclude=exclude, force_exclude=force_exclude)
    if order is not None:
        found.sort(key=lambda one: order(one.name))
    sources: list[Source] = []
    for path, name, _ in found:
        try:
            if name == STDIN:
                sources.append(_open_stdin(stdin, stdin_name, len(sources), limits))
            else:
                sources.append(open_path(path, len(sources), name=name, limits=limits))
        except InputError as error:
            problems.append(str(error))
    if not sources and problems:
        raise InputError("; ".join(problems))
    return Opened(sources, problems, excluded)


def discover(
    paths: Sequence[str | os.PathLike[str]], *, exclude: Sequence[str] = (), force_exclude: bool = False
) -> tuple[list[Found], list[str], int]:
    """Find the files that ``paths`` name: files, sentences about paths that lead nowhere, number of excluded files."""
    seen: set[str] = set()
    files: list[Found] = []
    problems: list[str] = []
    excluded = 0
    for given in paths:
        try:
            candidates = list(_candidates(os.fspath(given), problems))
        except InputError as error:
            problems.append(str(error))
            continue
        for one in candidates:
            real = STDIN if one.name == STDIN else os.path.realpath(one.path)
            if real in seen:
                continue
            seen.add(real)
            if (force_exclude or not one.named) and _is_excluded(one.name, exclude):
                excluded += 1
            else:
                files.append(one)
    return files, problems, excluded


def _candidates(text: str, problems: list[str]) -> Iterator[Found]:
    if text == STDIN:
        yield Found(Path(text), text, True)
    elif os.path.isdir(text):
        yield from _files_below(text, problems)
    elif os.path.lexists(text):
        yield Found(Path(text), _shown(text), True)
    elif any(mark in text for mark in _WILD):
        yield from _matches(text)
    else:
        raise InputError(_no_such_path(text))


def _files_below(folder: str, problems: list[str]) -> Iterator[Found]:
    """Data files in ``folder`` at any depth. What cannot be looked into is put into ``problems``."""
    found: list[str] = []
    closed: list[str] = []

    def skip(error: OSError) -> None:
        closed.append(str(unreadable(_shown(error.filename or folder), error)))

    for where, folders, files in os.walk(folder, onerror=skip):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        paths = [os.path.join(where, name) for name in files if not name.startswith(".") and _is_data(name)]
        found += [path for path in paths if os.path.isfile(path) or os.path.islink(path)]
    problems.extend(closed)
    if not found and not closed:
        raise InputError(f"no file in `{_shown(folder)}` ends in {', '.join(SUFFIXES[:-1])} or {SUFFIXES[-1]}")
    for path in sorted(found):
        yield Found(Path(path), _shown(path), False)


def _matches(pattern: str) -> Iterator[Found]:
    """Files that a glob matches; of those, the ones with a known suffix unless the glob itself ends in a suffix."""
    paths = sorted(glob.glob(pattern, recursive=True))
    any_suffix = not any(mark in os.path.splitext(pattern)[1] for mark in _WILD) and bool(os.path.splitext(pattern)[1])
    files = [path for path in paths if os.path.isfile(path) and (any_suffix or _is_data(path))]
    if not files:
        raise InputError(f"no data file matches {_quoted(pattern)}")
    for path in files:
        yield Found(Path(path), _shown(path), False)


def _is_data(name: str) -> bool:
    lower = name.lower()
    for packed in PACKED:
        lower = lower.removesuffix(packed)
    return lower.endswith(SUFFIXES)


def _is_excluded(name: str, exclude: Sequence[str]) -> bool:
    """Whether a glob matches the file or a folder that it is in."""
    if not exclude:
        return False
    from ftprep.selection import file_matches

    path = PurePath(name)
    places = [name, *(str(folder) for folder in path.parents if folder.name)]
    return any(file_matches(place, pattern.rstrip("/")) for place in places for pattern in exclude)


def _no_such_path(text: str) -> str:
    """One sentence about a path that does not exist, with the nearest name that does."""
    folder, name = os.path.split(text.rstrip("/"))
    while folder and not os.path.isdir(folder):
        folder, name = os.path.split(folder)
    try:
        nearest = did_you_mean(name, os.listdir(folder or "."))
    except OSError:
        nearest = ""
    if nearest and folder:
        nearest = nearest.replace("`", f"`{_shown(folder)}/", 1)
    return f"{_quoted(text)} does not exist{nearest}"


def _quoted(text: str) -> str:
    """What was given for a path and is none: it may be a row."""
    from ftprep.text.snippet import quote

    return quote(_shown(text), 200)


def _shown(path: str | os.PathLike[str]) -> str:
    """A path as text that can be printed: bytes that are no UTF-8 are written as escapes."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


# --- opening ------------------------------------------------------------------------------------------------------


def open_path(
    path: Path,
    index: int = 0,
    *,
    name: str | None = None,
    called: str | None = None,
    spool: Spool | None = None,
    limits: Limits | None = None,
) -> Source:
    """Open one file as number ``index``.

    ``name`` is the name to show (default: the path); ``called`` is the file name whose suffix counts (default:
    ``name``). What is no regular file (a pipe) is copied to a temporary file first.
    """
    shown = _shown(path) if name is None else name
    try:
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            raise InputError(f"`{shown}` is a folder")
        if not stat.S_ISREG(mode):
            with path.open("rb") as pipe:
                return _open_spooled(pipe, shown, shown if called is None else called, index, limits)
        with path.open("rb") as file:
            magic = file.read(_MAGIC_BYTES)
    except OSError as error:
        raise unreadable(shown, error) from error
    compression = compression_of(magic)
    with Stream(path, shown, compression) as stream:
        head = stream.read_exactly(HEAD_BYTES)
        complete = len(head) < HEAD_BYTES or not stream.read(1)
        damaged = bool(stream.damage)
    if damaged and not head:  # nothing to judge by; reading it will say what is wrong
        judged = Probe("jsonl", compression)
    else:
        judged = probe(head, shown if called is None else called, complete=complete, compression=compression)
    source = _source_kind(judged)(path, shown, index, judged, spool=spool, limits=limits)
    source.called = called
    opened: Source = source
    return opened


def _source_kind(judged: Probe) -> Any:
    """The class that reads the container; each brings its own imports."""
    if judged.container == "jsonl":
        from ftprep.io.lines import LinesSource

        return LinesSource
    if judged.container in ("array", "concatenated"):
        from ftprep.io.array import ElementSource

        return ElementSource
    if judged.container in ("csv", "tsv"):
        from ftprep.io.delimited import DelimitedSource

        return DelimitedSource
    if judged.container == "parquet":
        from ftprep.io.parquet import ParquetSource

        return ParquetSource
    from ftprep.io.file import FileSource

    return FileSource


def _open_stdin(stdin: BinaryIO | None, filename: str | None, index: int, limits: Limits | None) -> Source:
    stream = stdin or (sys.stdin.buffer if sys.stdin is not None else None)
    if stream is None:
        raise InputError("standard input is closed")
    return _open_spooled(stream, "<stdin>", filename or "", index, limits)


def _open_spooled(stream: Any, name: str, called: str, index: int, limits: Limits | None) -> Source:
    spool = Spool()
    spool.fill(blocks_of(stream.read, name))
    try:
        return open_path(spool.path, index, name=name, called=called, spool=spool, limits=limits)
    except BaseException:
        spool.close()
        raise


def _open_object(data: Any, index: int, limits: Limits | None) -> Source:
    """Open rows, or an open file."""
    if callable(getattr(data, "read", None)):
        given = getattr(data, "name", None)
        name = given if isinstance(given, str) else ""
        return _open_spooled(data, name or "<file>", name, index, limits)
    from ftprep.io.objects import open_rows

    return open_rows(data, index, limits)
