"""Dialogues written out as one text, with ``Human:`` and ``Assistant:`` before each turn, as in HH-RLHF."""

from __future__ import annotations

import re
from typing import NamedTuple

_MARK = re.compile(r"(?:\A\s*|\n\n)(Human|Assistant):")


class Utterance(NamedTuple):
    """One turn of a transcript: turn letter (u or a), offset of its mark, and the span of what is said."""

    letter: str
    mark: int
    start: int
    end: int


def utterances(text: str) -> list[Utterance]:
    """The turns of ``text``, in order; empty where it has no mark."""
    marks = list(_MARK.finditer(text))
    ends = [*(mark.start() for mark in marks), len(text)][1:]
    return [
        Utterance("u" if mark[1] == "Human" else "a", mark.start(1), mark.end(), end)
        for mark, end in zip(marks, ends, strict=True)
    ]


def is_transcript(text: object) -> bool:
    """Whether ``text`` has turns of both sides."""
    return isinstance(text, str) and "Human:" in text and {one.letter for one in utterances(text)} == {"u", "a"}
