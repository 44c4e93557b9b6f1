"""Elements of a JSON array, or of JSON values written one after the other, as slices of the bytes.

The text is read a window at a time and never parsed. A broken element takes no other with it: where the structure
becomes impossible, reading goes on at the next place that looks like the start of an element of this file, and the
bytes up to there are one row.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ftprep.io.source import Fault, FaultLog
from ftprep.io.structure import State, analyse

Ints = NDArray[np.int64]

_BLANKS = b" \t\r\n"
_FIRST_KEY = re.compile(rb"""\{[ \t\r\n]*("(?:[^"\\]|\\.)*+"|'(?:[^'\\]|\\.)*+')[ \t\r\n]*:""", re.DOTALL)
_ANY_OBJECT = re.compile(rb"\}[ \t\r\n]*,?[ \t\r\n]*(?=\{)")
_GAP = re.compile(rb'(?P<text>"(?:[^"\\]|\\.)*+"?|(?:[^ \t\r\n,"\\]|\\[\\"]?)++)|[,\n]', re.DOTALL)
_SMALL_WINDOW = 4 << 10
_LONG_GAP = 64 << 10
_FAR = 4 << 20  # bytes without a likely start after which any object is taken for one
_OVERLAP = 4 << 10

MISSING_COMMA = "comma missing before this row of the array"
EXTRA_COMMA = "comma with no row before it in the array"
TRAILING_COMMA = "trailing comma at the end of the array"
NEVER_CLOSED = "the array is never closed"
AFTER_ARRAY = "text after the end of the array"
COMMAS = "commas between objects that are in no array"


class Batch(NamedTuple):
    """Rows ``data[starts[i]:ends[i]]``; ``data`` begins at byte ``offset`` of the file.

    ``irregular`` are the rows that do not end where their own brackets say.
    """

    data: bytes
    offset: int
    starts: Ints
    ends: Ints
    lines: Ints
    irregular: list[int]


class Feed:
    """Bytes of a stream that can be put back."""

    def __init__(self, read: Callable[[int], bytes], block_bytes: int) -> None:
        self._read = read
        self._block_bytes = block_bytes
        self._block = b""
        self._at = 0

    def read(self, size: int) -> bytes:
        """At most ``size`` bytes, b"" at the end; fewer only where a block of the stream ends."""
        if self._at >= len(self._block):
            self._block, self._at = self._read(max(size, self._block_bytes)), 0
        data = self._block[self._at : self._at + size]
        self._at += len(data)
        return data

    def put_back(self, data: bytes) -> None:
        """Take back the last bytes that were read."""
        if self._at >= len(data):
            self._at -= len(data)
        else:
            self._block, self._at = data + self._block[self._at :], 0


class Elements:
    """Cuts a stream into elements. ``read(n)`` gives some bytes, b"" at the end.

    The stream starts at byte ``offset`` on line 1. With ``array`` its first character is ``[`` and elements stand
    inside it; else they stand one after the other. Defects between them go to ``faults``.
    """

    def __init__(
        self,
        read: Callable[[int], bytes],
        *,
        array: bool,
        offset: int = 0,
        block_bytes: int = 2 << 20,
        faults: FaultLog | None = None,
    ) -> None:
        self._feed = Feed(read, block_bytes)
        self._window = self._size = block_bytes
        self._array = False  # whether an array is open
        self._may_open = array  # whether a [ here opens an array of rows
        self._was_array = array
        self._offset = offset  # of the first byte not yet handled
        self._line = 1  # of that byte
        self._previous = ord("\n")  # byte before it
        self._row_before = self._comma_before = False
        self._usual_gap: bytes | None = None
        self.faults = faults or FaultLog()
        self._starts: list[int] = []
        self._ends: list[int] = []
        self._irregular: list[int] = []
        self._ready: deque[Batch] = deque()

    def batches(self) -> Iterator[Batch]:
        """Yield the rows in order."""
        kept = b""
        while True:
            more = self._feed.read(max(self._size, len(kept)))
            window = kept + more
            if not window:
                break
            self._size = min(self._size * 2, self._window)
            kept = self._step(window, final=not more)
            while self._ready:
                yield self._ready.popleft()
        if self._array and NEVER_CLOSED not in self.faults:
            self._fault(NEVER_CLOSED, b"", 0)

    # --- one window ---------------------------------------------------------------------------------------------

    def _step(self, window: bytes, *, final: bool) -> bytes:
        """Handle what is certain in ``window``; return the rest, to be seen again with more behind it."""
        if self._may_open:
            blanks = len(window) - len(window.lstrip(_BLANKS))
            if blanks == len(window):
                return self._advance(window, blanks) if final else window
            self._may_open = False
            if window[blanks] == ord("["):
                return self._open(window, blanks)
        found = analyse(window, State(previous=self._previous, solid=self._previous))
        starts = found.at[found.opens & (found.depth == 1)].tolist()
        ends = (found.at[~found.opens & (found.depth == 0)] + 1).tolist()
        self._elements(window, starts, ends)
        at = ends[-1] if ends else 0
        if len(starts) > len(ends):
            if found.trouble < 0 and not final and 2 * (len(window) - starts[-1]) < self._window:
                return self._advance(window, at)  # see it whole with the next window
            self._scalars(window, at, starts[-1])
            self._meet(window, starts[-1])
            if found.trouble >= 0:
                return self._recover(window, starts[-1], found.restart)
            return self._long(window, starts[-1], found.end)
        if found.stop >= 0:
            return self._surplus(window, at, found.stop)
        if found.trouble >= 0:
            at = self._scalars(window, at, found.trouble, closed=False)
            start = len(window) - len(window[at:].lstrip(_BLANKS + b","))
            self._meet(window, start)
            return self._recover(window, start, found.restart)
        return self._tail(window, at, final=final)

    def _open(self, window: bytes, at: int) -> bytes:
        """Enter the array at ``at``."""
        if self._row_before or self._usual_gap is not None:
            self._fault(AFTER_ARRAY, window, at)
        self._array, self._row_before, self._comma_before = True, False, False
        return self._advance(window, at + 1)

    def _elements(self, window: bytes, starts: list[int], ends: list[int]) -> None:
        """Queue the whole elements of a window, and the scalars between them."""
        queued, usual, at = 0, self._usual_gap, 0
        for index, end in enumerate(ends):
            start = starts[index]
            gap = window[at:start]
            if gap != usual or not self._row_before:
                solid = gap.strip(_BLANKS)
                if solid not in (b"", b","):
                    self._starts += starts[queued:index]
                    self._ends += ends[queued:index]
                    queued = index
                self._scalars(window, at, start)
                self._meet(window, start)
                if solid == (b"," if self._array else b""):
                    usual = gap
            at = end
        self._starts += starts[queued : len(ends)]
        self._ends += ends[queued:]
        self._usual_gap = usual

    def _queue(self, start: int, end: int, *, regular: bool = False) -> None:
        if not regular:
            self._irregular.append(len(self._starts))
        self._starts.append(start)
        self._ends.append(end)

    def _flush(self, window: bytes) -> None:
        """Hand out the queued rows of ``window``."""
        if self._starts:
            starts, ends = np.array(self._starts, dtype=np.int64), np.array(self._ends, dtype=np.int64)
            newlines = np.flatnonzero(np.frombuffer(window, dtype=np.uint8) == 10)
            lines = np.searchsorted(newlines, starts) + self._line
            self._ready.append(Batch(window, self._offset, starts, ends, lines, self._irregular))
            self._starts, self._ends, self._irregular = [], [], []

    def _advance(self, window: bytes, count: int) -> bytes:
        """Leave the first ``count`` bytes behind."""
        self._flush(window)
        if not count:
            return window
        self._line += window.count(b"\n", 0, count)
        self._offset += count
        self._previous = window[count - 1]
        return window[count:]

    # --- between elements ---------------------------------------------------------------------------------------

    def _meet(self, window: bytes, at: int) -> None:
        """A row starts. Stray text in a wrong place is a broken row, which says it itself."""
        if window[at] in b"{[":
            if self._array and self._row_before:
                self._fault(MISSING_COMMA, window, at)
            elif self._was_array and not self._array and AFTER_ARRAY not in self.faults:
                self._fault(AFTER_ARRAY, window, at)
        self._row_before, self._comma_before = True, False

    def _scalars(self, window: bytes, start: int, end: int, *, closed: bool = True) -> int:
        """Queue what stands between two elements: numbers, strings, words and stray text.

        Returns the end of what was handled: ``end``, or without ``closed`` the place behind the last comma (behind
        the last newline, outside arrays), since what follows is not complete.
        """
        row, row_end, done = -1, -1, start
        for match in _GAP.finditer(window, start, end):
            if match["text"] is not None:
                row = row if row >= 0 else match.start()
                row_end = match.end()
            elif match[0] == b"," or not self._array:
                if row >= 0:
                    self._scalar(window, row, row_end)
                    row = -1
                if match[0] == b",":
                    self._meet_comma(window, match.start())
                done = match.end()
        if not closed:
            return done
        if row >= 0:
            self._scalar(window, row, row_end)
        return end

    def _scalar(self, window: bytes, start: int, end: int) -> None:
        self._meet(window, start)
        self._queue(start, end)

    def _meet_comma(self, window: bytes, at: int) -> None:
        if not self._array:
            self._fault(COMMAS, window, at)
        elif not self._row_before:
            self._fault(EXTRA_COMMA, window, at)
        self._row_before, self._comma_before = False, True

    def _tail(self, window: bytes, at: int, *, final: bool) -> bytes:
        """Handle the text behind the last element of a window, as far as it is complete."""
        if final:
            self._scalars(window, at, len(window))
            if self._array:
                self._fault(NEVER_CLOSED, window, len(window.rstrip(_BLANKS)))
            return self._advance(window, len(window))
        if len(window) - at > _LONG_GAP:
            if window[at:].isspace():
                at = max(at, window.rfind(b"\n"))
            else:
                at = self._scalars(window, at, len(window), closed=False)
        return self._advance(window, at)

    def _surplus(self, window: bytes, at: int, stop: int) -> bytes:
        """Handle a bracket that closes more than was open: the end of the array, or a stray one."""
        self._scalars(window, at, stop)
        if not self._array or window[stop] != ord("]"):
            self._meet(window, stop)
            return self._recover(window, stop, stop)
        if self._comma_before:
            self._fault(TRAILING_COMMA, window, stop)
        self._array = self._row_before = self._comma_before = False
        self._may_open, self._usual_gap = True, b""
        return self._advance(window, stop + 1)

    # --- elements that do not end in their window, or nowhere ---------------------------------------------------

    def _long(self, window: bytes, start: int, state: State) -> bytes:
        """Read on to the end of the element at ``start``."""
        self._flush(window)
        parts, total = [window], len(window)
        while True:
            more = self._feed.read(self._window)
            if not more:
                return self._rest(b"".join(parts), start)
            found = analyse(more, state, total)
            parts.append(more)
            ends = found.at[~found.opens & (found.depth == 0)]
            if len(ends):
                end = int(ends[0]) + 1
                self._queue(start, end, regular=True)
                return self._put_back(b"".join(parts), end)
            if found.trouble >= 0:
                return self._recover(b"".join(parts), start, found.restart)
            total += len(more)
            state = found.end

    def _recover(self, window: bytes, start: int, restart: int) -> bytes:
        """Take everything from ``start`` to the next likely start of an element for one row."""
        pattern = _start_pattern(window, start, at_line_start=self._previous == ord("\n"))
        look_from = restart = max(start, restart)
        while True:
            match = pattern.search(window, look_from)
            if match is not None and (pattern is _ANY_OBJECT or match.start() < restart + _FAR):
                end = _strip_end(window, start, match.end())
                self._queue(start, end)
                self._size = min(_SMALL_WINDOW, self._window)
                return self._put_back(window, end)
            if pattern is not _ANY_OBJECT and len(window) > restart + _FAR + _OVERLAP:
                pattern, look_from = _ANY_OBJECT, restart
                continue
            more = self._feed.read(max(self._window, len(window)))
            if not more:
                return self._rest(window, start)
            look_from = max(restart, len(window) - _OVERLAP)
            window += more

    def _rest(self, window: bytes, start: int) -> bytes:
        """Make a row of all that is left, but for a last ] that ends the array."""
        text = window[start:].rstrip(_BLANKS)
        if self._array and text.endswith(b"]"):
            shorter = text[:-1].rstrip(_BLANKS)
            text = shorter if shorter.endswith(b"}") else text
        self._queue(start, start + len(text))
        self._array = False  # the row shows that the end is missing
        return self._advance(window, len(window))

    def _put_back(self, window: bytes, end: int) -> bytes:
        """Go on behind ``end`` with a window of usual size."""
        self._feed.put_back(self._advance(window, end))
        return b""

    def _fault(self, message: str, window: bytes, at: int) -> None:
        line = 0 if message in self.faults else self._line + window.count(b"\n", 0, at)
        self.faults.add(Fault(line, self._offset + at, message))


def _strip_end(window: bytes, start: int, end: int) -> int:
    """Where the row that ends before ``end`` really ends: without white space and one comma."""
    text = window[start:end].rstrip(_BLANKS)
    if text.endswith(b","):
        text = text[:-1].rstrip(_BLANKS)
    return start + max(len(text), 1)


def _start_pattern(window: bytes, start: int, *, at_line_start: bool) -> re.Pattern[bytes]:
    """What the start of the next element looks like, judging by the start of this one.

    ``at_line_start`` says whether a line starts with the window.
    """
    line_start = window.rfind(b"\n", 0, start) + 1
    indent = window[line_start:start]
    if (line_start or at_line_start) and not indent.strip(_BLANKS) and window[start] in b"{[":
        return re.compile(rb"\n" + indent + rb"(?=[{\[])")
    key = _FIRST_KEY.match(window, start, start + 1024)
    if key is None:
        return _ANY_OBJECT
    name = rb"""["']""" + re.escape(key[1][1:-1]) + rb"""["']"""
    return re.compile(rb"(?:[}\],]|\n)[ \t\r\n]*(?=\{[ \t\r\n]*" + name + rb"[ \t\r\n]*:)")
