"""How answers are written, boiled down to numbers: what stands at their ends, thoughts, the shape of JSON."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import orjson
import xxhash
from numpy.typing import NDArray

from ftprep.formats import columns as c
from ftprep.tasks.kinds import Kind, stripped_span

if TYPE_CHECKING:
    from ftprep.shard import Shard

Ints = NDArray[np.int64]
Words = NDArray[np.uint64]

# Flags of the column ``form``.
LEADING, NEWLINE, TRAILING, STOP, STOP_STRING, THINKS, SWITCHED = (1 << bit for bit in range(7))

_BLANK = np.zeros(256, dtype=np.bool_)
_BLANK[list(b" \t\r\n")] = True
_OPENING = 300  # bytes of an answer in which its thoughts begin
# Tags of thoughts, and words that switch thoughts on and off.
_THINKING = re.compile(rb"<(?:think|thinking|reasoning|reflection)>")
_OPENINGS = (b"<think", b"<reasoning>", b"<reflection>")
_SWITCH = re.compile(rb"(?<![<\w])/(?:no_?)?think\b(?!ing)|[Dd]etailed thinking o(?:n|ff)")
_SWITCHES = (b"/think", b"/no_think", b"/nothink", b"etailed thinking o")
_STOP_STRING = re.compile(rb"(?:<\|[\w-]+\|>|</s>|<end_of_turn>|###|\bEND)\s*\Z")
_STOP_ENDS = (b">", b"#", b"D")


def form_flags(shard: Shard, answers: Ints) -> NDArray[np.uint8]:
    """The flags of each of some answers."""
    data = np.frombuffer(shard.buffer, dtype=np.uint8)
    starts, ends = shard.starts[answers], shard.starts[answers + 1] - 1
    flags = np.zeros(len(answers), dtype=np.uint8)
    filled = np.flatnonzero(ends > starts)
    first, last = data[starts[filled]], data[ends[filled] - 1]
    second = data[np.minimum(starts[filled] + 1, len(data) - 1)]
    # Two blanks or a tab before the first word are indentation: of code, of a table, of a verse.
    indented = (first == 0x09) | ((first == 0x20) & ((second == 0x20) | (second == 0x09)))
    newline = (last == 0x0A) | (last == 0x0D)
    flags[filled] |= np.where(_BLANK[first] & ~indented, LEADING, 0).astype(np.uint8)
    flags[filled] |= np.where(newline, NEWLINE, 0).astype(np.uint8)
    flags[filled] |= np.where(_BLANK[last] & ~newline, TRAILING, 0).astype(np.uint8)
    at = ends - 1
    for _ in range(4):
        at = at - (_BLANK[data[np.maximum(at, 0)]] & (at > starts))
    visible = data[np.maximum(at, 0)]
    flags[filled] |= np.where(visible[filled] == ord("."), STOP, 0).astype(np.uint8)
    for number in filled[np.isin(visible[filled], np.frombuffer(b"".join(_STOP_ENDS), dtype=np.uint8))].tolist():
        if _STOP_STRING.search(shard.encoded[int(answers[number])][-40:]):
            flags[number] |= STOP_STRING
    _mark_thoughts(shard, answers, flags)
    return flags


def _mark_thoughts(shard: Shard, answers: Ints, flags: NDArray[np.uint8]) -> None:
    """Flag the answers that open with thoughts, in a tag or beside the answer, and rows that switch thoughts."""
    rows = shard.owners[answers]
    opened = _texts_with(shard, _THINKING, _OPENINGS, _OPENING)
    if len(opened):
        flags[np.isin(answers, opened)] |= THINKS
    beside = (shard.codes & c.KIND_MASK == c.REASONING) & (shard.lengths > 0)
    if beside.any():
        flags[np.isin(rows, shard.owners[beside])] |= THINKS
    switched = _texts_with(shard, _SWITCH, _SWITCHES)
    if len(switched):
        flags[np.isin(rows, shard.owners[switched])] |= SWITCHED


def _texts_with(shard: Shard, pattern: re.Pattern[bytes], literals: tuple[bytes, ...], within: int = 0) -> Ints:
    """Texts with a match of ``pattern``, which holds one of ``literals``; if given, ``within`` their first bytes."""
    if not any(one in shard.buffer for one in literals):  # searching for letters is much faster than for a pattern
        return np.zeros(0, dtype=np.int64)
    places = np.array([match.start() for match in pattern.finditer(shard.buffer)], dtype=np.int64)
    texts = np.searchsorted(shard.starts, places, side="right") - 1
    return texts[places - shard.starts[texts] < within] if within else texts


# --- JSON -----------------------------------------------------------------------------------------------------------

_LEVELS, _PLACES = 12, 2_000  # of one answer; what is nested deeper, or further on, is not looked at
_IN_JSON = frozenset({int(Kind.JSON_OBJECT), int(Kind.JSON_ARRAY), int(Kind.FENCED_JSON)})
_OPENED = re.compile(r"(?:`{3,}|~{3,})[^\n]*\n")
_CLOSED = re.compile(r"\n?(?:`{3,}|~{3,})\s*\Z")


def json_answers(shard: Shard, answers: Ints, kinds: list[int]) -> dict[int, Any]:
    """What the answers in JSON hold, by their number among ``answers``."""
    found = {}
    for number, (text, kind) in enumerate(zip(answers.tolist(), kinds, strict=True)):
        if kind in _IN_JSON:
            found[number] = json_of(shard.values[text])
    return found


def shapes(answers: Mapping[int, Any], count: int) -> Words:
    """For each of ``count`` answers the hash of its shape, given those in JSON; 0 for the others."""
    found = np.zeros(count, dtype=np.uint64)
    for number, data in answers.items():
        shape = sorted(shape_of(data))
        found[number] = xxhash.xxh3_64_intdigest("\n".join(map("\t".join, shape)).encode("utf-8", "replace"))
    return found


def json_of(answer: str) -> Any:
    """What an answer in JSON holds, with or without a fence; None where it does not parse."""
    start, end = json_span(answer)
    try:
        return orjson.loads(answer[start:end])
    except ValueError:
        return None


def json_span(answer: str) -> tuple[int, int]:
    """Where in an answer in JSON the JSON stands: without thoughts, fence and stop strings."""
    start, end = stripped_span(answer)
    opening = _OPENED.match(answer, start, end)
    if opening is not None:
        start = opening.end()
    closing = _CLOSED.search(answer, start, end)
    return start, end if closing is None else closing.start()


def shape_of(data: Any) -> set[tuple[str, str]]:
    """Pointer and type of all that JSON holds, places of lists written ``*``. An object's pointer ends in ``/``."""
    return {(pointer, name) for pointer, name, _ in _walk(data)}


def leaves_of(data: Any) -> Iterator[tuple[str, Any]]:
    """Pointer and value of all strings of JSON, places of lists written ``*``."""
    return ((pointer, value) for pointer, _, value in _walk(data) if isinstance(value, str))


def _walk(data: Any) -> Iterator[tuple[str, str, Any]]:
    waiting: list[tuple[str, Any, int]] = [("", data, 0)]
    places = 0
    while waiting and places < _PLACES:
        pointer, value, level = waiting.pop()
        places += 1
        yield pointer, _type(value), value
        if level == _LEVELS:
            continue
        if isinstance(value, dict):
            waiting += [(f"{pointer}/{_escaped(key)}", one, level + 1) for key, one in value.items()]
        elif isinstance(value, list):
            waiting += [(f"{pointer}/*", one, level + 1) for one in value[:_PLACES]]


def _escaped(key: str) -> str:
    return key.replace("~", "~0").replace("/", "~1")


def _type(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int | float):
        return "number"
    if isinstance(value, str):
        return "string"
    return "list" if isinstance(value, list) else "object"


# --- system prompts -------------------------------------------------------------------------------------------------


def system_words(shard: Shard) -> Words:
    """One hash per row of its system prompts as they are written; 0 for rows without any."""
    keys = np.zeros(len(shard), dtype=np.uint64)
    texts = np.flatnonzero((shard.codes & c.ROLE_MASK == c.SYSTEM) & (shard.codes & c.KIND_MASK != c.NAME))
    for text, row in zip(texts.tolist(), shard.owners[texts].tolist(), strict=True):
        digest = xxhash.xxh3_64_intdigest(shard.encoded[text])
        keys[row] = (int(keys[row]) * 31 + digest) & 0xFFFF_FFFF_FFFF_FFFF
    return keys
