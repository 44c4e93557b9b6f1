"""Dialogues written out as one text, with ``Human:`` and ``Assistant:`` before each turn, as in HH-RLHF."""

from __future__ import annotations

import re
from typing import NamedTuple

_MARK = re.compile(r"\n\n(Human|Assistant):")
_FIRST = re.compile(r"\s*(Human|Assistant):")
_LETTERS = {"Human": "u", "Assistant": "a"}


class Utterance(NamedTuple):
    """One turn of a transcript: turn letter (u or a), offset of its mark, and the span of what is said."""

    letter: str
    mark: int
    start: int
    end: int


def utterances(text: str) -> list[Utterance]:
    """The turns of ``text``, in order; empty where it has no mark."""
    marks = list(_MARK.finditer(text))
    first = _FIRST.match(text)
    if first is not None and not text.endswith("\n\n", 0, first.start(1)):
        marks.insert(0, first)
    ends = [*(mark.start() for mark in marks), len(text)][1:]
    return [Utterance(_LETTERS[mark[1]], mark.start(1), mark.end(), end) for mark, end in zip(marks, ends, strict=True)]


def speakers(text: str) -> str:
    """The turn letters of ``text`` alone, which costs less."""
    letters = "".join(map(_LETTERS.__getitem__, _MARK.findall(text)))
    first = _FIRST.match(text)
    if first is not None and not text.endswith("\n\n", 0, first.start(1)):
        letters = _LETTERS[first[1]] + letters
    return letters


def is_transcript(text: object) -> bool:
    """Whether ``text`` has turns of both sides."""
    return isinstance(text, str) and "Human:" in text and len(set(speakers(text))) == 2
