"""Text measured and cut in terminal cells, so that carets stand under what they mean."""

from __future__ import annotations

from collections.abc import Iterator


def cells(text: str) -> int:
    """Number of terminal cells that escaped ``text`` takes."""
    if text.isascii():
        return len(text)
    from wcwidth import wcswidth

    return max(wcswidth(text), 0)


def cut(text: str, width: int, ellipsis: str = "…") -> str:
    """Cut ``text`` behind, to at most ``width`` cells."""
    if len(text) <= width and cells(text) <= width:
        return text
    return _head(text, max(width - len(ellipsis), 0)) + ellipsis[:width]


def cut_front(text: str, width: int, ellipsis: str = "…") -> str:
    """Cut ``text`` in front, to at most ``width`` cells."""
    if len(text) <= width and cells(text) <= width:
        return text
    room = max(width - len(ellipsis), 0)
    tail = text[-room:] if room else ""
    while cells(tail) > room:
        tail = tail[1:]
    return ellipsis[:width] + tail


def pad(text: str, width: int) -> str:
    """Fill ``text`` with spaces behind, to ``width`` cells."""
    return text + " " * (width - cells(text))


def fill(text: str, width: int, first: str, rest: str) -> Iterator[str]:
    """Break ``text`` at spaces into lines of at most ``width`` cells that begin with ``first``, then ``rest``."""
    line, started = first, False
    for word in text.split(" "):
        if started and cells(line) + 1 + cells(word) > width:
            yield cut(line, width)
            line, started = rest, False
        line += f" {word}" if started else word
        started = True
    yield cut(line, width)


def _head(text: str, width: int) -> str:
    # A character takes 0, 1 or 2 cells; text of many zero-width ones is cut by characters, too.
    head = text[: 2 * width]
    while cells(head) > width:
        head = head[: -max((cells(head) - width) // 2, 1)]
    return head


def folded(text: str, width: int) -> Iterator[str]:
    """``text`` in pieces of at most ``width`` cells, cut anywhere; one empty piece of no text."""
    piece, used = "", 0
    for one in text:
        size = cells(one)
        if piece and used + size > width:
            yield piece
            piece, used = "", 0
        piece, used = piece + one, used + size
    yield piece
