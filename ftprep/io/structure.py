"""Brackets and strings of JSON text, found a window at a time: with numpy, or one by one where it is short.

The text need not be valid. Besides the nesting of brackets outside strings, :func:`analyse` finds the first place
that no JSON text can have: a quote in the middle of something, a bracket closed by the other kind, an object value
without a key. There the count of quotes or brackets has gone wrong, and whoever reads on must start anew.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Bytes = NDArray[np.uint8]

_BLANKS = b" \t\r\n"
_MARKS = bytes(byte in b'"\\{}[]' for byte in range(256))
_IS_BLANK = np.array([byte in _BLANKS for byte in range(256)])
_BEFORE_STRING = np.array([byte in b"{[,:" + _BLANKS for byte in range(256)])
_AFTER_STRING = np.array([byte in b"}],:" + _BLANKS for byte in range(256)])
_COMMA, _COLON, _QUOTE, _BACKSLASH, _OPEN_OBJECT = b',:"\\{'
_LOOKBACK = 32
_IN_STRING = re.compile(rb'(?:[^"\\]++|\\.)*+', re.DOTALL)
_MARK = re.compile(rb'["\\{}\[\]]')
_SHORT = 24 << 10  # bytes below which a loop is faster than some sixty numpy calls


@dataclass(frozen=True, slots=True)
class State:
    """What of the text before a window matters in it. Positions count from the caller's origin.

    ``stack`` holds the open brackets, ``previous`` is the byte before the window, ``solid`` the last one that is
    not white space. ``bracket_at`` and ``string_at`` are where the last bracket and the last string began,
    ``closing`` says whether that string ended with the last byte, ``escaped`` whether a backslash acts on the
    first byte of the window.
    """

    stack: bytes = b""
    previous: int = _COMMA
    solid: int = _COMMA
    in_string: bool = False
    closing: bool = False
    escaped: bool = False
    string_at: int = 0
    bracket_at: int = 0


@dataclass(frozen=True, slots=True)
class Structure:
    """Brackets outside strings, in order, up to the stop or the trouble. Positions count from the origin.

    ``stop`` is a bracket that closes more than was open, ``trouble`` the first impossible place (at most one of
    the two, else -1), ``restart`` the place from which to look for the text after the trouble. ``end`` is the
    state behind the window, meaningful without stop and trouble.
    """

    at: Ints
    opens: NDArray[np.bool_]
    depth: Ints
    stop: int
    trouble: int
    restart: int
    end: State


def analyse(window: bytes, state: State, origin: int = 0) -> Structure:
    """Find the brackets of ``window``, whose first byte has position ``origin``."""
    return (_walk if len(window) < _SHORT else _scan)(window, state, origin)


def _walk(window: bytes, state: State, origin: int) -> Structure:
    """:func:`analyse`, mark by mark."""
    at: list[int] = []
    opens: list[bool] = []
    depth: list[int] = []
    stack = bytearray(state.stack)
    place, in_string, string_at = int(state.escaped), state.in_string, state.string_at
    bracket_at, closed_at = state.bracket_at, -1
    stop = trouble = restart = -1
    if state.closing and window and not _AFTER_STRING[window[0]]:
        trouble, restart = 0, string_at
    while stop < 0 and trouble < 0 and place < len(window):
        if in_string:
            end = _IN_STRING.match(window, place).end()  # type: ignore[union-attr]
            place = min(end + 1, len(window))
            if end < len(window) and window[end] == _QUOTE:
                in_string, closed_at = False, end
                if place < len(window) and not _AFTER_STRING[window[place]]:
                    trouble, restart = place, string_at
            elif end < len(window):
                place = end + 2  # a backslash that acts on the next window
            continue
        mark = _MARK.search(window, place)
        if mark is None:
            place = len(window)
            break
        here = mark.start()
        char = window[here]
        place = here + 1
        if char == _BACKSLASH:
            place += 1
        elif char == _QUOTE:
            if _BEFORE_STRING[window[here - 1] if here else state.previous]:
                in_string, string_at = True, here + origin
            else:
                trouble, restart = here, here + origin
        elif char & 2:
            before = window[max(here - 64, 0) : here].rstrip(_BLANKS) or window[:here].rstrip(_BLANKS)
            if ((before[-1] if before else state.solid) == _COLON) != (stack[-1:] == b"{"):
                trouble, restart = here, bracket_at
            else:
                stack.append(char)
        elif not stack:
            stop = here
        elif char - stack[-1] != 2:
            trouble, restart = here, here + origin
        else:
            stack.pop()
        if char not in b'"\\' and stop < 0 and trouble < 0:
            bracket_at = here + origin
            at.append(bracket_at)
            opens.append(bool(char & 2))
            depth.append(len(stack))
    end_state = state
    if stop < 0 and trouble < 0:
        kept = window.rstrip(_BLANKS)
        end_state = State(
            bytes(stack),
            window[-1] if window else state.previous,
            kept[-1] if kept else state.solid,
            in_string,
            closed_at == len(window) - 1 if window else state.closing,
            place > len(window) if window else state.escaped,
            string_at,
            bracket_at,
        )
    return Structure(
        np.array(at, dtype=np.int64),
        np.array(opens, dtype=np.bool_),
        np.array(depth, dtype=np.int64),
        stop + origin if stop >= 0 else -1,
        trouble + origin if trouble >= 0 else -1,
        restart,
        end_state,
    )


def _scan(window: bytes, state: State, origin: int) -> Structure:
    """:func:`analyse`, with numpy."""
    raw: Bytes = np.frombuffer(window, dtype=np.uint8)
    at: Ints = np.flatnonzero(np.frombuffer(window.translate(_MARKS), dtype=np.bool_))
    char = raw[at]
    at, char, escaped = _without_escapes(at, char, state, len(window))
    is_quote = char == _QUOTE
    inside = (np.cumsum(is_quote) + state.in_string) & 1 == 1
    quotes = at[is_quote]
    opening = inside[is_quote]
    outside = ~is_quote & ~inside
    at, char = at[outside], char[outside]

    trouble, restart, string_at = _quote_trouble(raw, quotes, opening, state, origin)
    stop = -1
    if trouble >= 0:
        below = int(np.searchsorted(at, trouble))
        at, char = at[:below], char[:below]
    opens = (char & 2) != 0
    depth = np.cumsum(np.where(opens, 1, -1)) + len(state.stack)
    surplus = np.flatnonzero(depth < 0)
    if surplus.size:
        first = int(surplus[0])
        stop, trouble = int(at[first]), -1
        at, char, opens, depth = at[:first], char[:first], opens[:first], depth[:first]
    wrong, before = _bracket_trouble(raw, at, char, opens, depth, state)
    if wrong >= 0:
        below = int(np.searchsorted(at, wrong))
        at, char, opens, depth = at[:below], char[:below], opens[:below], depth[:below]
        stop, trouble = -1, wrong
        restart = before + origin if before >= 0 else state.bracket_at

    end = state
    if stop < 0 and trouble < 0:
        solid = window.rstrip(_BLANKS)
        end = State(
            _still_open(char, opens, depth, state.stack),
            window[-1] if window else state.previous,
            solid[-1] if solid else state.solid,
            bool(opening[-1]) if quotes.size else state.in_string,
            bool(quotes.size and quotes[-1] == len(window) - 1 and not opening[-1]) or (state.closing and not window),
            escaped,
            string_at,
            int(at[-1]) + origin if len(at) else state.bracket_at,
        )
    return Structure(
        at + origin,
        opens,
        depth,
        stop + origin if stop >= 0 else -1,
        trouble + origin if trouble >= 0 else -1,
        restart,
        end,
    )


def _without_escapes(at: Ints, char: Bytes, state: State, size: int) -> tuple[Ints, Bytes, bool]:
    """Drop backslashes and what they escape; tell whether the last byte is a backslash that escapes the next."""
    slash = char == _BACKSLASH
    if not slash.any():
        if state.escaped and at.size and at[0] == 0:
            return at[1:], char[1:], False
        return at, char, state.escaped and not size
    index = np.flatnonzero(slash)
    places = at[index]
    order = np.arange(len(index))
    run_starts = np.empty(len(index), dtype=np.bool_)
    run_starts[0] = True
    np.not_equal(np.diff(places), 1, out=run_starts[1:])
    in_run = order - np.maximum.accumulate(np.where(run_starts, order, 0))
    if state.escaped and places[0] == 0:
        second = np.flatnonzero(run_starts[1:])
        in_run[: int(second[0]) + 1 if second.size else len(in_run)] += 1
    acts = np.zeros(len(at), dtype=np.bool_)
    acts[index] = in_run & 1 == 0
    hit = np.zeros(len(at), dtype=np.bool_)
    hit[1:] = acts[:-1] & (np.diff(at) == 1)
    hit[0] = state.escaped and at[0] == 0
    keep = ~slash & ~hit
    return at[keep], char[keep], bool(acts[-1] and at[-1] == size - 1)


def _quote_trouble(
    raw: Bytes, quotes: Ints, opening: NDArray[np.bool_], state: State, origin: int
) -> tuple[int, int, int]:
    """First quote that cannot stand where it stands: (its place, place to restart from, start of last string)."""
    string_at = state.string_at
    opened = quotes[opening]
    if opened.size:
        string_at = int(opened[-1]) + origin
    if state.closing and raw.size and not _AFTER_STRING[raw[0]]:
        return 0, state.string_at, string_at
    trouble, restart = -1, -1
    if opened.size:
        before = raw[opened - 1]
        if opened[0] == 0:
            before[0] = state.previous
        bad = np.flatnonzero(~_BEFORE_STRING[before])
        if bad.size:
            trouble = int(opened[bad[0]])
            restart = trouble + origin
    closed = quotes[~opening]
    if closed.size and closed[-1] == len(raw) - 1:
        closed = closed[:-1]
    if closed.size:
        bad = np.flatnonzero(~_AFTER_STRING[raw[closed + 1]])
        if bad.size and (trouble < 0 or closed[bad[0]] < trouble):
            close = int(closed[bad[0]])
            own = int(np.searchsorted(opened, close)) - 1
            trouble = close + 1
            restart = int(opened[own]) + origin if own >= 0 else state.string_at
    return trouble, restart, string_at


def _bracket_trouble(
    raw: Bytes, at: Ints, char: Bytes, opens: NDArray[np.bool_], depth: Ints, state: State
) -> tuple[int, int]:
    """First bracket that cannot stand where it stands, and where to restart from.

    -1 for the first when all is well, -1 for the second when that is a bracket before the window.
    """
    known = len(state.stack)
    if not len(at):
        return -1, -1
    all_char = np.concatenate((np.frombuffer(state.stack, dtype=np.uint8), char))
    all_opens = np.concatenate((np.ones(known, dtype=np.bool_), opens))
    level = np.concatenate((np.arange(1, known + 1), np.where(opens, depth, depth + 1)))
    small = np.int16 if int(level.max()) < 32_000 else np.int32  # 16-bit keys are sorted by radix
    order = np.argsort(level.astype(small), kind="stable")

    # In this order every closing bracket follows the one that it closes: } is { + 2, ] is [ + 2.
    closing = np.flatnonzero(~all_opens[order])
    wrong_kind = order[closing[all_char[order[closing]] - all_char[order[closing - 1]] != 2]]

    # The bracket around an opening one is the bracket just before it, or what is around the sibling before it.
    before_is_open = np.concatenate(([True], all_opens[:-1]))
    first_child = (all_opens & before_is_open)[order]
    source = np.maximum.accumulate(np.where(first_child, np.arange(len(order)), 0))
    around = np.empty(len(order), dtype=np.uint8)
    around[order] = np.concatenate((np.zeros(1, dtype=np.uint8), all_char[:-1]))[order][source]
    opened = np.flatnonzero(opens)
    has_key = _solid_before(raw, at[opened], state.solid) == _COLON
    keyless = opened[has_key != (around[opened + known] == _OPEN_OBJECT)]

    first = min(
        int(wrong_kind.min()) - known if wrong_kind.size else len(at),
        int(keyless[0]) if keyless.size else len(at),
    )
    if first == len(at):
        return -1, -1
    trouble = int(at[first])
    if not opens[first]:
        return trouble, trouble
    return trouble, int(at[first - 1]) if first else -1


def _solid_before(raw: Bytes, at: Ints, solid: int) -> Bytes:
    """For each place the last byte before it that is not white space; ``solid`` where the window has none."""
    where = at - 1
    found = np.where(where >= 0, raw[where], solid).astype(np.uint8)
    todo = np.flatnonzero(_IS_BLANK[found] & (where >= 0))
    for _ in range(_LOOKBACK):
        if not todo.size:
            return found
        where[todo] -= 1
        found[todo] = np.where(where[todo] >= 0, raw[where[todo]], solid)
        todo = todo[_IS_BLANK[found[todo]] & (where[todo] >= 0)]
    if todo.size:
        solids = np.flatnonzero(~_IS_BLANK[raw])
        index = np.searchsorted(solids, where[todo]) - 1
        bytes_there = raw[solids[index]] if solids.size else np.full(len(index), solid)
        found[todo] = np.where(index >= 0, bytes_there, solid)
    return found


def _still_open(char: Bytes, opens: NDArray[np.bool_], depth: Ints, stack: bytes) -> bytes:
    """The brackets that are open behind the window."""
    if not len(depth):
        return stack
    final = int(depth[-1])
    lowest = min(int(depth.min()), len(stack))
    # The last bracket that opened each level above the lowest is still open.
    latest = np.zeros(max(final - lowest, 0), dtype=np.uint8)
    chosen = opens & (depth > lowest) & (depth <= final)
    latest[depth[chosen] - lowest - 1] = char[chosen]
    return stack[:lowest] + latest.tobytes()
