"""What fixing changes, as a unified diff that `patch` and `git apply` take: :func:`unified`.

Rows keep their order and number, so the two files are walked side by side, row by row; nothing is compared with
anything but its counterpart.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from difflib import SequenceMatcher
from itertools import chain
from typing import NamedTuple

from ftprep.fixing.run import Change
from ftprep.io.file import FileSource

CONTEXT = 3
_CLOSE_LINES = 400  # rows of more lines are shown as replaced as a whole

_BLANKS = b" \t\r\n"


class Block(NamedTuple):
    """Lines [start, end) of the old file, counted from 0, that lines [new_start, new_end) of the new one replace."""

    start: int
    end: int
    new_start: int
    new_end: int


def unified(change: Change) -> Iterator[bytes]:
    """The diff of one input, with ``path`` in both of its headings; nothing when nothing differs."""
    blocks = _blocks(change)
    first = next(blocks, None)
    if first is None:
        return
    name = change.before.name.encode("utf-8", "backslashreplace")
    yield b"--- " + name + b"\n+++ " + name + b"\n"
    yield from _hunks(_Reader(change.before), _Reader(change.after), chain([first], blocks))


# --- which lines differ -------------------------------------------------------------------------------------------


def _blocks(change: Change) -> Iterator[Block]:
    before, after = change
    if before.probe.container != after.probe.container:
        yield Block(0, _line_count(before), 0, _line_count(after))
    else:
        yield from _joined(_differing(before, after))


def _line_count(source: FileSource) -> int:
    return sum(1 for _ in _Reader(source))


def _differing(before: FileSource, after: FileSource) -> Iterator[Block]:
    by_line = before.probe.container == "jsonl"
    marked = before.probe.bom != after.probe.bom  # which is a change of the first line, whatever row stands there
    if marked and not by_line:
        yield Block(0, 1, 0, 1)
    new = _rows(after)
    at, row = next(new, (0, None))
    for line, old in _rows(before):
        if row == old and not (marked and by_line and not line):
            at, row = next(new, (at + 1, None))
        elif by_line and not old.strip(_BLANKS):
            yield Block(line, line + 1, at, at)
        elif row is not None:
            yield Block(line, line + old.count(b"\n") + 1, at, at + row.count(b"\n") + 1)
            at, row = next(new, (at + 1, None))


def _rows(source: FileSource) -> Iterator[tuple[int, bytes]]:
    """Each row with the number, from 0, of the line on which it starts."""
    for chunk in source.chunks():
        yield from zip((chunk.lines - 1).tolist(), chunk.rows(), strict=True)


def _joined(blocks: Iterable[Block]) -> Iterator[Block]:
    """Blocks that share a line, or of which one follows upon the other, as one."""
    last: Block | None = None
    for block in blocks:
        if last is not None and block.start <= last.end and block.new_start <= last.new_end:
            last = Block(last.start, max(last.end, block.end), last.new_start, max(last.new_end, block.new_end))
            continue
        if last is not None:
            yield last
        last = block
    if last is not None:
        yield last


# --- hunks --------------------------------------------------------------------------------------------------------


class _Reader:
    """The lines of a file, with their newlines, one after the other."""

    def __init__(self, source: FileSource) -> None:
        self._source = source
        self._lines = self._read()
        self.number = 0

    def __iter__(self) -> Iterator[bytes]:
        return self._read()

    def _read(self) -> Iterator[bytes]:
        with self._source.inflated() as stream:
            for block in stream.blocks(1 << 20):
                lines = block.split(b"\n")
                last = lines.pop()
                yield from (line + b"\n" for line in lines)
                if last:
                    yield last

    def take(self, count: int) -> list[bytes]:
        """The next ``count`` lines, fewer at the end."""
        found: list[bytes] = []
        while len(found) < count and (line := next(self._lines, None)) is not None:
            found.append(line)
        self.number += len(found)
        return found


def _hunks(old: _Reader, new: _Reader, blocks: Iterable[Block]) -> Iterator[bytes]:
    body: list[bytes] = []
    counts = [0, 0]
    starts = [0, 0]
    for block in blocks:
        gap = block.start - old.number
        if body and gap <= 2 * CONTEXT:
            same = _context(old, new, gap)
            body += [b" " + line for line in same]
            counts = [count + len(same) for count in counts]
        else:
            if body:
                yield from _hunk(starts, counts, body, _context(old, new, CONTEXT))
            before: deque[bytes] = deque(maxlen=CONTEXT)
            for line in _skipped(old, new, block.start - old.number):
                before.append(line)
            starts = [old.number - len(before), new.number - len(before)]
            body, counts = [b" " + line for line in before], [len(before), len(before)]
        gone, come = old.take(block.end - block.start), new.take(block.new_end - block.new_start)
        body += _closely(gone, come)
        counts = [counts[0] + len(gone), counts[1] + len(come)]
    if body:
        yield from _hunk(starts, counts, body, _context(old, new, CONTEXT))


def _skipped(old: _Reader, new: _Reader, count: int) -> Iterator[bytes]:
    while count > 0 and (lines := old.take(min(count, 1_000))):
        new.take(len(lines))
        count -= len(lines)
        yield from lines


def _context(old: _Reader, new: _Reader, count: int) -> list[bytes]:
    lines = old.take(count)
    new.take(len(lines))
    return lines


def _hunk(starts: list[int], counts: list[int], body: list[bytes], behind: list[bytes]) -> Iterator[bytes]:
    sizes = [count + len(behind) for count in counts]
    # A range without lines is named by the line before it.
    places = [start + 1 if size else start for start, size in zip(starts, sizes, strict=True)]
    yield f"@@ -{places[0]},{sizes[0]} +{places[1]},{sizes[1]} @@\n".encode()
    for line in (*body, *(b" " + line for line in behind)):
        yield line if line.endswith(b"\n") else line + b"\n\\ No newline at end of file\n"


def _closely(gone: list[bytes], come: list[bytes]) -> Iterator[bytes]:
    """The lines of a block; those of a row over several lines that stay are shown as such."""
    if min(len(gone), len(come)) < 2 or max(len(gone), len(come)) > _CLOSE_LINES:
        yield from (b"-" + line for line in gone)
        yield from (b"+" + line for line in come)
        return
    for kind, low, high, new_low, new_high in SequenceMatcher(None, gone, come, autojunk=False).get_opcodes():
        if kind == "equal":
            yield from (b" " + line for line in gone[low:high])
        else:
            yield from (b"-" + line for line in gone[low:high])
            yield from (b"+" + line for line in come[new_low:new_high])
