"""Thoughts inside answers: where their tags open and close, and what is wrong with them."""

from __future__ import annotations

import functools
import re
from typing import NamedTuple

from ftprep.text.markdown import fences, mask_code

# Opening and closing tag of each convention. Tags of one convention balance among themselves.
_CONVENTIONS = (
    ("<think>", "</think>"),
    ("<thinking>", "</thinking>"),
    ("<reasoning>", "</reasoning>"),
    ("<scratchpad>", "</scratchpad>"),
    ("[THINK]", "[/THINK]"),
    ("<|START_THINKING|>", "<|END_THINKING|>"),
)


class Imbalance(NamedTuple):
    """A defect of thinking tags: where its tag stands and what is wrong, for a message."""

    start: int
    end: int
    problem: str


class _Tag(NamedTuple):
    start: int
    end: int
    opens: bool
    heads_line: bool
    ends_line: bool


def imbalance(answer: str, before: tuple[str, ...], *, goes_on: bool) -> Imbalance | None:
    """What is wrong with the thoughts of ``answer``, or None.

    Tags in code, in quotation marks and in the middle of a sentence are talk about tags. A template may have opened
    the thoughts at the end of one of the texts ``before``. ``goes_on``: the turn goes on with calls of tools, so that
    nothing need follow the thoughts.
    """
    prose = _without_code(answer)
    for (opening, closing), pattern in _patterns():
        opened_before = any(_ends_in(text, opening) for text in before)
        if opened_before or opening in prose or closing in prose:
            tags = [_tag(prose, match) for match in pattern.finditer(prose) if not _is_quoted(prose, match)]
            found = _unbalanced(tags, opening, closing, opened_before and not _begins_with(answer, tags))
            if found is None and not goes_on:
                found = _without_answer(answer, tags, closing, opened_before)
            if found is not None:
                return found
    return None


def _unbalanced(tags: list[_Tag], opening: str, closing: str, is_open: bool) -> Imbalance | None:
    """Count the tags. ``is_open``: the thoughts were opened before the first of them."""
    opened: _Tag | None = None
    closed_at = 0
    spoken_of = False  # a tag stood in a sentence: then a partner that nothing opened belongs to the sentence
    for number, tag in enumerate(tags):
        if tag.opens:
            if not tag.heads_line and tag.start != closed_at:
                spoken_of = True
            elif is_open:
                return Imbalance(tag.start, tag.end, f"`{opening}` opens again before it is closed")
            else:
                is_open, opened = True, tag
        elif is_open:
            # A tag in a sentence of the thoughts does not close them where another one still comes.
            in_sentence = not tag.heads_line and not tag.ends_line
            if not in_sentence or all(later.opens for later in tags[number + 1 :]):
                is_open, opened, closed_at = False, None, tag.end
        elif (tag.heads_line or tag.ends_line) and not spoken_of:
            again = "closes again" if closed_at else "closes"
            return Imbalance(tag.start, tag.end, f"`{closing}` {again} without being opened")
    if not is_open:
        return None
    if opened is None:
        return Imbalance(0, 0, f"`{opening}` at the end of the prompt is never closed")
    return Imbalance(opened.start, opened.end, f"`{opening}` is never closed")


def _without_answer(answer: str, tags: list[_Tag], closing: str, opened_before: bool) -> Imbalance | None:
    """Whether an answer that begins with thoughts ends with them."""
    if not tags or tags[-1].opens or answer[tags[-1].end :].strip():
        return None
    if _begins_with(answer, tags) or (opened_before and not tags[0].opens):
        return Imbalance(tags[-1].start, tags[-1].end, f"nothing follows `{closing}`")
    return None


def _begins_with(answer: str, tags: list[_Tag]) -> bool:
    return bool(tags) and tags[0].opens and not answer[: tags[0].start].strip()


def _ends_in(prompt: str, opening: str) -> bool:
    """Whether ``prompt`` ends in the opening tag, on a line of its own or behind the marker of a speaker."""
    prompt = prompt[-400:].rstrip()
    if not prompt.endswith(opening):
        return False
    line = prompt[: -len(opening)].rpartition("\n")[2].rstrip()
    return not line or line[-1] in ":>]｜"


def _without_code(answer: str) -> str:
    """``answer`` with spaces for code. A block that is never closed hides nothing: thoughts may be cut inside one."""
    found = fences(answer)
    if found and not found[-1].closed:
        start = found[-1].start
        return mask_code(answer[:start]) + answer[start:]
    return mask_code(answer)


def _tag(prose: str, match: re.Match[str]) -> _Tag:
    before = prose[max(match.start() - 200, 0) : match.start()].rpartition("\n")[2]
    after = prose[match.end() : match.end() + 200].partition("\n")[0]
    return _Tag(match.start(), match.end(), match["end"] is None, not before.strip(), not after.strip())


def _is_quoted(prose: str, match: re.Match[str]) -> bool:
    before, after = prose[max(match.start() - 1, 0) : match.start()], prose[match.end() : match.end() + 1]
    return before in ('"', "'", "“", "‘", "「", "(") and after in ('"', "'", "”", "’", "」", ")")


@functools.cache
def _patterns() -> tuple[tuple[tuple[str, str], re.Pattern[str]], ...]:
    return tuple((pair, re.compile(f"(?:{re.escape(pair[0])}|(?P<end>{re.escape(pair[1])}))")) for pair in _CONVENTIONS)
