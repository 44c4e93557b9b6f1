"""Rule TXT002."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from ftprep.finding import Edit, Finding, Fix, Severity
from ftprep.formats import columns as c
from ftprep.rule import Bad, Good, RecordRule
from ftprep.text.spans import within

if TYPE_CHECKING:
    from ftprep.record import Record
    from ftprep.shard import Shard
    from ftprep.text.code_points import Flags

_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]|\r+(?!\n|\r)|\r+(?=\r\n)")
_ANY = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")  # one class of characters is found much faster
_SEQUENCE = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]{0,400}(?:\x07|\x1b\\)|[()][0-9A-Za-z]|[=>78cDEHM])")
_ABOUT = (
    r"terminal|ansi|escape (?:code|sequence|character)|control (?:char|code|sequence)|\bcolou?rs?\b|\btput\b|"
    r"curses|\\(?:x1b|033|e)\[|steuerzeichen|控制字符|转义"
)
_NAMES = {
    0x00: "null", 0x07: "bell", 0x08: "backspace", 0x0B: "vertical tab", 0x0C: "form feed", 0x0D: "carriage return",
    0x1A: "substitute", 0x1B: "escape", 0x7F: "delete", 0x85: "next line",
}  # fmt: skip


class ControlCharacters(RecordRule):
    """Control characters that no text needs.

    ## What it does
    Reports the control characters of ASCII and Latin-1 other than tab and line ends, and carriage returns that stand
    alone. Silent about colour codes of a terminal in fenced code and in rows about them, about what tools printed,
    about page breaks on a line of their own in fenced code, and about characters that TXT001 or TXT016 explain.

    ## Why is this bad?
    Such characters come from broken exports and cut PDF files. They cost tokens, some loaders refuse them, and a model
    that has learnt them writes them.

    None of 120,000 rows of public sets was flagged.

    ## How to settle it
    `ftprep lint --fix` deletes them; a carriage return that stands alone becomes a line feed.
    """

    code = "TXT002"
    name = "control-characters"
    severity = Severity.WARNING
    examples = (
        Good(
            {"prompt": "a\tb\r\nc\n", "completion": "```\n\x1b[31mred\x1b[0m\n```"},
            {"prompt": "How do I print red in a terminal?", "completion": "Print \x1b[31m first."},
            format="prompt-completion",
        ),
        Good(
            {
                "messages": [
                    {"role": "user", "content": "Run the build."},
                    {
                        "role": "assistant",
                        "content": None,
                        "tool_calls": [
                            {"id": "c1", "type": "function", "function": {"name": "run", "arguments": "{}"}}
                        ],
                    },
                    {"role": "tool", "tool_call_id": "c1", "content": "10 %\r100 %\r\n\x1b[32mdone\x1b[0m"},
                    {"role": "assistant", "content": "It is built."},
                ],
                "tools": [{"type": "function", "function": {"name": "run"}}],
            },
            note="what a tool printed",
        ),
        Good({"prompt": "Angle?", "completion": "It is \beta, you can\x92t see it."}, format="prompt-completion"),
        Bad(
            {"prompt": "Read it.\x00", "completion": "Page 1\x0c\x0cPage\x1d 2"},
            at=[(1, "/completion"), (1, "/prompt")],
            message="3 control characters, the first form feed U+000C",
            fixed=[{"prompt": "Read it.", "completion": "Page 1Page 2"}],
            format="prompt-completion",
        ),
        Bad(
            {"prompt": "Two lines.", "completion": "one\rtwo\r\r\nthree\r\nfour"},
            at=[(1, "/completion")],
            message="2 control characters, the first carriage return U+000D",
            fixed=[{"prompt": "Two lines.", "completion": "one\ntwo\r\nthree\r\nfour"}],
            format="prompt-completion",
        ),
    )

    def screen(self, shard: Shard) -> list[int]:
        return shard.rows_of_texts(shard.once(_texts))

    def check(self, record: Record) -> Iterator[Finding]:
        shard = record.shard
        mask = shard.once(_texts)
        for text in record.text_range:
            places = _unexplained(record, text) if mask[text] else []
            if not places:
                continue
            value, pointer = shard.values[text], record.pointer(text)
            first, end = places[0]
            number = ord(value[first])
            name = f"{_NAMES[number]} U+{number:04X}" if number in _NAMES else f"U+{number:04X}"
            count = sum(end - start for start, end in places)
            message = name if count == 1 else f"{count:,} control characters, the first {name}"
            if count == 1:
                message = f"control character {name}"
            yield self.finding(
                record.ref,
                message,
                pointer=pointer,
                span=(first, end),
                data={"characters": count},
                fix=Fix(
                    "delete control characters",
                    edits=tuple(Edit("replace", pointer, _instead(value, *place), place) for place in places),
                ),
            )


def _texts(shard: Shard) -> Flags:
    from ftprep.text.code_points import has_place, suspects
    from ftprep.text.screens import CONTROL

    texts: Flags = ((shard.classes & CONTROL != 0) & shard.once(has_place)) | shard.once(suspects).misread
    return texts


def _instead(value: str, start: int, end: int) -> str:
    """What comes in the place of the control characters: line ends for carriage returns that stand for them."""
    if value[start] != "\r" or value.startswith("\r", end):
        return ""
    return "\n" * (end - start)


def _unexplained(record: Record, text: int) -> list[tuple[int, int]]:
    """The stretches of control characters in a text that nothing excuses and no other rule explains."""
    from ftprep.text.escapes import swallowed_escapes
    from ftprep.text.markdown import fences
    from ftprep.text.mojibake import about_encodings, damages
    from ftprep.text.topics import row_says

    value = record.shard.values[text]
    if not _ANY.search(value):
        return []
    found = [match.span() for match in _CONTROLS.finditer(value)]
    if not found:
        return found
    printed = int(record.shard.codes[text]) & c.ROLE_MASK == c.TOOL
    if printed:
        found = [(start, end) for start, end in found if value[start] not in "\r\b"]
    explained = set(swallowed_escapes(value))
    damaged = damages(record, text)
    misread, repaired = [one.line for one in damaged], [(one.start, one.end) for one in damaged]
    code = [(one.start, one.end) for one in fences(value)]
    sequences = [match.span() for match in _SEQUENCE.finditer(value)] if "\x1b" in value else []
    about = bool(sequences) and (printed or row_says(record, _ABOUT))
    sequences = [one for one in sequences if about or within(one[0], code)]

    def is_excused(start: int) -> bool:
        if start in explained or within(start, sequences) or within(start, repaired):
            return True
        if value[start] == "\f" and value[start - 1 : start + 2].strip(" \f") in ("\n\n", "\n") and within(start, code):
            return True
        return value[start] >= "\x80" and (within(start, misread) or about_encodings(record))

    return [one for one in found if not is_excused(one[0])]
