"""Code, maths and addresses inside prose: where they stand, and the text without them.

Masked characters become spaces, line breaks stay, so that every place in a masked text is the same place in the text.
"""

from __future__ import annotations

import re
from typing import NamedTuple

# CommonMark 4.5: a fence may stand in quotes and list items; the info string of a back-tick fence has no back-tick.
_OPENING = re.compile(
    r"^(?:[ \t]*(?:>|[-*+]|\d{1,9}[.)])[ \t]?)*[ \t]*(`{3,}(?=[^`\n]*$)|~{3,})([^\n]*)$", re.MULTILINE
)
_CLOSING = re.compile(r"^(?:[ \t]*>)*[ \t]*(`{3,}|~{3,})[ \t]*\r?$", re.MULTILINE)
_INLINE_CODE = re.compile(r"(?<!`)(`{1,3})(?!`)([^`\n]|(?!\1(?!`))`|\n(?!\s*\n)){1,2000}?(?<!`)\1(?!`)")
_MATHS = re.compile(
    r"\$\$.{1,4000}?\$\$|\\\[.{1,4000}?\\\]|\\\(.{1,4000}?\\\)|(?<![\w$\\])\$(?![\s\d.,]*\s)[^$\n]{1,400}?(?<![\s\\])\$(?![\w$])",
    re.DOTALL,
)
_ADDRESSES = re.compile(r"\b(?:https?|ftp|file)://[^\s<>\"'`]+|\bwww\.[^\s<>\"'`]+", re.IGNORECASE)
_VISIBLE = re.compile(r"[^\n]")


class Fence(NamedTuple):
    """A fenced block of code: the half-open range of its lines, fences included, and the word after its opening.

    ``end`` is the end of the text where the block is never closed.
    """

    start: int
    end: int
    info: str
    closed: bool


def fences(text: str) -> list[Fence]:
    """The fenced blocks of ``text`` in order. A fence inside another block is that block's content."""
    found: list[Fence] = []
    if "```" not in text and "~~~" not in text:
        return found
    position = 0
    while opening := _OPENING.search(text, position):
        marks = opening.group(1)
        end, closed = len(text), False
        at = opening.end()
        while closing := _CLOSING.search(text, at):
            if closing.group(1)[0] == marks[0] and len(closing.group(1)) >= len(marks):
                end, closed = closing.end(), True
                break
            at = closing.end()
        found.append(Fence(opening.start(), end, opening.group(2).strip(), closed))
        if not closed:
            break
        position = end
    return found


def mask_fences(text: str) -> str:
    """``text`` with spaces in the place of fenced blocks."""
    pieces, position = [], 0
    for fence in fences(text):
        pieces += [text[position : fence.start], _blank(text[fence.start : fence.end])]
        position = fence.end
    return "".join([*pieces, text[position:]]) if pieces else text


def mask_code(text: str) -> str:
    """``text`` with spaces in the place of fenced blocks and code in back-ticks."""
    if "`" not in text and "~~~" not in text:
        return text
    return _INLINE_CODE.sub(lambda match: _blank(match[0]), mask_fences(text))


def mask_maths(text: str) -> str:
    """``text`` with spaces in the place of LaTeX between dollar signs, or in ``\\[ \\]`` and ``\\( \\)``."""
    if "$" not in text and "\\" not in text:
        return text
    return _MATHS.sub(lambda match: _blank(match[0]), text)


def mask_addresses(text: str) -> str:
    """``text`` with spaces in the place of web addresses."""
    if "://" not in text and "www." not in text.lower():
        return text
    return _ADDRESSES.sub(lambda match: _blank(match[0]), text)


def mask_all(text: str) -> str:
    """``text`` with spaces in the place of code, maths and web addresses."""
    return mask_addresses(mask_maths(mask_code(text)))


def _blank(text: str) -> str:
    return _VISIBLE.sub(" ", text)
