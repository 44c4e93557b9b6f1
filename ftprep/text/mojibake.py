"""Mojibake: text that was decoded with the wrong encoding, line by line as ftfy judges and repairs it."""

from __future__ import annotations

import bisect
import functools
import operator
import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from ftprep.text.code_points import suspects
from ftprep.text.spans import within
from ftprep.text.topics import row_mentions, row_text

if TYPE_CHECKING:
    from ftprep.record import Record

_NAMES = {
    "latin-1": "Latin-1",
    "sloppy-windows-1252": "Windows-1252",
    "sloppy-windows-1250": "Windows-1250",
    "sloppy-windows-1251": "Windows-1251",
    "sloppy-windows-1253": "Windows-1253",
    "sloppy-windows-1254": "Windows-1254",
    "sloppy-windows-1257": "Windows-1257",
    "windows-1252": "Windows-1252",
    "iso-8859-2": "ISO 8859-2",
    "macroman": "Mac Roman",
    "cp437": "code page 437",
}
_ABOUT = (
    "encod", "decod", "codec", "charset", "character set", "utf-8", "utf8", "latin-1", "latin1", "iso-8859", "iso 8859",
    "windows-125", "cp125", "unicode", "ascii", "编码", "編碼", "кодировк", "文字コード", "kodierung", "zeichensatz",
    "codificaci",
)  # fmt: skip
_ABOUT_DAMAGE = (
    "mojibake", "garbled", "replacement character", "u+fffd", "乱码", "亂碼", "文字化け", "кракозябр", "zeichensalat",
)  # fmt: skip
_QUOTED = re.compile(
    r'"[^"\n]{1,400}"|(?<!\w)\'[^\'\n]{1,400}\'(?!\w)|`[^`\n]{1,400}`|“[^”\n]{1,400}”|「[^」\n]{1,400}」|«[^»\n]{1,400}»|'
    r"```.{1,4000}?```",
    re.DOTALL,
)
_start = operator.attrgetter("start")
_EDGE = 32  # characters of a run of ASCII that are kept at each end
_ASCII = re.compile(r"([\x00-\x7f]+)")


class Damage(NamedTuple):
    """A stretch that stands for another text, and the ``line`` that holds it; all places count in the whole text."""

    start: int
    end: int
    repaired: str
    line: tuple[int, int]
    how: str


def damages(record: Record, text: int) -> list[Damage]:
    """What of text number ``text`` of the shard was decoded with the wrong encoding, in order."""
    return record.once(_damages).get(text, [])


def _damages(record: Record) -> dict[int, list[Damage]]:
    shard = record.shard
    mask = shard.once(suspects).misread
    found = {}
    for text in record.text_range:
        if mask[text]:
            value = shard.values[text]
            stretches = misread_lines(value)
            if stretches and row_mentions(record, _ABOUT_DAMAGE):
                stretches = []
            elif stretches and row_mentions(record, _ABOUT):
                quoted = [match.span() for match in _QUOTED.finditer(value)]
                beside = row_text(record)
                stretches = [
                    one
                    for one in stretches
                    if not within(one.start, quoted) and repaired_word(value, stretches, one).lower() not in beside
                ]
            found[text] = stretches
    return found


def repaired_word(value: str, found: list[Damage], damage: Damage) -> str:
    """The word that stands at ``damage``, one of those ``found`` in ``value``, once all of them are repaired."""
    start, end = word_around(value, damage.start)
    pieces, position = [], start
    for one in found[bisect.bisect_left(found, start, key=_start) :]:
        if one.start >= end:
            break
        pieces += [value[position : one.start], one.repaired]
        position = one.end
    pieces.append(value[position : max(end, position)])
    words = "".join(pieces).split(maxsplit=1)
    return words[0].strip(".,;:!?()") if words else ""


def about_encodings(record: Record) -> bool:
    """Whether the row speaks about encodings, so that damage in it may be an example."""
    return row_mentions(record, (*_ABOUT, *_ABOUT_DAMAGE))


def misread_lines(value: str) -> list[Damage]:
    """The stretches of ``value`` that ftfy repairs.

    Lines are judged one by one: a text that also holds characters which the wrong encoding does not have cannot be
    taken back as a whole.
    """
    found = []
    position = 0
    for line in value.split("\n"):
        if not line.isascii():
            place = (position, position + len(line))
            for start, end, new, how in _misread(line):
                found.append(Damage(position + start, position + end, new, place, how))
        position += len(line) + 1
    return found


def word_around(value: str, place: int) -> tuple[int, int]:
    """The places of the word at ``place``, at most sixty characters. Only ASCII white space ends it."""
    start = place
    while start > 0 and place - start < 30 and value[start - 1] not in " \t\r\n":
        start -= 1
    end = place
    while end < len(value) and end - place < 30 and value[end] not in " \t\r\n":
        end += 1
    return start, end


@functools.cache
def _repairer() -> Callable[[str], tuple[str, list[tuple[str, str]]]]:
    """The function that repairs a line and tells its steps; ftfy takes a while to load."""
    from ftfy import fix_encoding_and_explain
    from ftfy.badness import is_bad

    def repair(line: str) -> tuple[str, list[tuple[str, str]]]:
        if not is_bad(line):  # what ftfy asks first, too, after some preparations
            return line, []
        text, steps = fix_encoding_and_explain(line)
        return text, [(step.action, step.parameter) for step in steps or ()]

    return repair


def _misread(line: str) -> Iterator[tuple[int, int, str, str]]:
    """The stretches of a line that ftfy repairs, each with what belongs there, and what happened to it.

    The runs of ASCII stay as they are, as a rule, and cut the line and its repair into pairs. Only their ends can
    matter to ftfy, which looks at neighbours, so that long ones are shortened: that is many times faster.
    """
    repair = _repairer()
    runs = _ASCII.split(line)
    shown = [
        run if number % 2 == 0 or len(run) <= 2 * _EDGE else run[:_EDGE] + run[-_EDGE:]
        for number, run in enumerate(runs)
    ]
    short = "".join(shown)
    repaired, steps = repair(short)
    if repaired == short:
        return
    after = _ASCII.split(repaired)
    if after[1::2] != shown[1::2]:
        repaired, steps = repair(line)
        if repaired != line:
            yield *_difference(line, repaired), _how(steps)
        return
    position = 0
    for number, run in enumerate(runs):
        if number % 2 == 0 and run != after[number]:
            yield position, position + len(run), after[number], _how(steps)
        position += len(run)


def _difference(old: str, new: str) -> tuple[int, int, str]:
    """The stretch of ``old`` that differs from ``new``, and what stands there in ``new``."""
    start = _common(old, new)
    tail = _common(old[: start - 1 if start else None : -1], new[: start - 1 if start else None : -1])
    return start, len(old) - tail, new[start : len(new) - tail]


def _common(one: str, other: str) -> int:
    """The length of the common beginning, found by halving: comparing slices costs less than comparing characters."""
    known, limit = 0, min(len(one), len(other))
    while known < limit:
        middle = (known + limit + 1) // 2
        if one[known:middle] == other[known:middle]:
            known = middle
        else:
            limit = middle - 1
    return known


def _how(steps: list[tuple[str, str]]) -> str:
    """In words, which encoding was read as which."""
    for action, name in steps:
        if action == "encode" and name in _NAMES:
            target = "bytes of Windows-1252" if ("decode", "windows-1252") in steps else "UTF-8"
            return f"{target} read as {_NAMES[name]}"
        if name == "fix_c1_controls":
            return "bytes of Windows-1252 read as Latin-1"
    return "UTF-8 read as Windows-1252"
