"""The terminal: what goes to which stream, in which colour and width, and how progress is shown.

Standard output is the result, standard error the conversation. Whatever the data holds, writing never fails for its
characters, and a reader that goes away (``| head``) ends the output quietly.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
import time
from collections.abc import Iterable, Mapping
from typing import IO, TYPE_CHECKING, Any

from ftprep.errors import OutputError

if TYPE_CHECKING:
    from ftprep.output.style import Style

DEFAULT_WIDTH = 88
PROGRESS_AFTER, PROGRESS_EVERY = 0.5, 0.1  # seconds


def prepare_streams() -> None:
    """Make both streams take every character: files and pipes in UTF-8, terminals in their own encoding."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is None:
            continue
        if is_terminal(stream):
            reconfigure(errors="backslashreplace")
        else:
            reconfigure(encoding="utf-8", errors="backslashreplace")


def is_terminal(stream: IO[Any] | None) -> bool:
    """Whether a stream is a terminal; a closed one is not."""
    try:
        return stream is not None and stream.isatty()
    except ValueError:
        return False


def wants_color(stream: IO[Any], option: str, environment: Mapping[str, str] = os.environ) -> bool:
    """Decide on colour: ``--color``, FORCE_COLOR, NO_COLOR (both when not empty), TERM=dumb, is it a terminal."""
    if option != "auto":
        return option == "always"
    if environment.get("FORCE_COLOR"):
        return True
    if environment.get("NO_COLOR") or environment.get("TERM") == "dumb":
        return False
    return is_terminal(stream)


def terminal_width() -> int:
    """Columns of standard output: COLUMNS, the terminal's own, or 88 for files and pipes."""
    fallback = (DEFAULT_WIDTH, 24)
    columns = shutil.get_terminal_size(fallback).columns
    return columns if columns >= 20 else DEFAULT_WIDTH


def takes_unicode(stream: IO[Any]) -> bool:
    """Whether block characters and ellipses can be written to ``stream``."""
    encoding = (getattr(stream, "encoding", None) or "").lower().replace("-", "").replace("_", "")
    return encoding.startswith(("utf", "cp65001"))


def make_style(
    color: str = "auto",
    width: int | None = None,
    show: int | None = 3,
    quiet: bool = False,
    verbose: bool = False,
    file: bool = False,
    stream: IO[str] | None = None,
) -> Style:
    """The style of ``stream`` (default: standard output), or of a ``file``, which has no colour by itself."""
    from ftprep.output.style import Style

    stream = stream if stream is not None else sys.stdout
    return Style(
        color=color == "always" if file else wants_color(stream, color),
        width=width or (DEFAULT_WIDTH if file else terminal_width()),
        unicode=file or takes_unicode(stream),
        show=show,
        quiet=quiet,
        verbose=verbose,
    )


def write(chunks: Iterable[Any], stream: IO[Any] | None = None) -> None:
    """Write text to ``stream`` (default: standard output); ends quietly when nobody reads it any more.

    Raises :class:`OutputError` where it cannot be written for another reason.
    """
    stream = stream if stream is not None else sys.stdout
    if stream is None:  # Python found it closed when it started
        raise OutputError("standard output is closed")
    try:
        for chunk in chunks:
            stream.write(chunk)
        stream.flush()
    except BrokenPipeError:
        _let_go(stream)
    except OSError as error:
        _let_go(stream)
        reason = (error.strerror or type(error).__name__).lower()
        raise OutputError(f"standard output cannot be written: {reason}") from None


def write_bytes(parts: Iterable[bytes]) -> None:
    """Write bytes to standard output as they are; otherwise like :func:`write`."""
    if sys.stdout is None:
        raise OutputError("standard output is closed")
    sys.stdout.flush()
    raw = getattr(sys.stdout, "buffer", None)
    if raw is None:  # somebody put a stream of text in its place
        write((part.decode("utf-8", "backslashreplace") for part in parts), sys.stdout)
    else:
        write(parts, raw)


def _let_go(stream: IO[Any]) -> None:
    """Point a broken stream at nothing, or the interpreter complains when it flushes it at the end."""
    with contextlib.suppress(OSError, ValueError):
        broken = stream.fileno()
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, broken)
        os.close(null)


def complain(message: str) -> None:
    """Say one sentence on standard error. Nothing in it, a file name for example, can steer the terminal.

    With ``--show-values`` too, no value goes there where it is no terminal.
    """
    from ftprep.text.snippet import escape, mask, values_are_shown

    if values_are_shown() and not is_terminal(sys.stderr):
        message = mask(message, always=True)
    if sys.stderr is not None:
        with contextlib.suppress(OutputError):  # there is no place left to say it
            write([f"ftprep: {escape(message)}\n"], sys.stderr)


class Progress:
    """One line on standard error that says how far the run is; nothing unless that is a terminal, nor at once."""

    def __init__(self, total_bytes: int = 0, enabled: bool = True, word: str = "linting") -> None:
        watched = not (os.environ.get("CI") or os.environ.get("PRE_COMMIT") or os.environ.get("TERM") == "dumb")
        self.enabled = enabled and watched and is_terminal(sys.stderr)
        self.total_bytes = total_bytes
        self.word = word
        self.rows = self.bytes = 0
        self._started = time.monotonic()
        self._next = self._started + PROGRESS_AFTER
        self._shown = False

    def __call__(self, rows: int, size: int) -> None:
        """Count ``rows`` more rows of ``size`` bytes, and redraw the line where it is time."""
        self.rows += rows
        self.bytes += size
        now = time.monotonic()
        if self.enabled and now >= self._next:
            self._next = now + PROGRESS_EVERY
            self._shown = True
            line = progress_line(self.rows, self.bytes, self.total_bytes, now - self._started, self.word)
            write([f"\r{line[: terminal_width() - 1]}\x1b[K"], sys.stderr)

    def clear(self) -> None:
        """Take the line away."""
        if self._shown:
            write(["\r\x1b[K"], sys.stderr)
            self._shown = False

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, *_: object) -> None:
        self.clear()


def progress_line(rows: int, size: int, total: int, seconds: float, word: str = "linting") -> str:
    """``linting  61 %  61,204 rows  11k/s  about 4 s``; without share and rest when ``total`` bytes are unknown (0)."""
    speed = rows / seconds if seconds else 0.0
    parts = [f"{rows:,} rows", f"{speed / 1000:.0f}k/s" if speed >= 1000 else f"{speed:.0f}/s"]
    if total and size:
        done = min(size / total, 1.0)
        parts = [f"{done:4.0%}".replace("%", " %"), *parts, f"about {seconds / done - seconds:.0f} s"]
    return f"{word}  " + "  ".join(parts)
